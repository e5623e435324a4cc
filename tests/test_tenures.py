"""The catalogue of tenures."""

import dataclasses
from pathlib import Path

import pytest

from habitat_analysis.bareme_tables import BAREMES_DIR
from habitat_analysis.baremes import load_baremes
from habitat_analysis.errors import DataError
from habitat_analysis.tenures import ORDER, read_tenures, tenure, tenures, unknown_tenure

PRODUCT_TABLES = {
    "income_product": "plafonds_ressources",
    "rent_product": "loyers_plafonds",
    "price_product": "prix_plafonds",
    "vat_product": "fiscalite",
    "vat_product_qpv": "fiscalite",
    "tfpb_product": "fiscalite",
}


def changed(tmp_path: Path, old: str, new: str) -> Path:
    text = (BAREMES_DIR / "tenures.csv").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "tenures.csv").write_text(text.replace(old, new), encoding="utf-8")
    return tmp_path


def test_order_kind_and_family():
    assert tuple(tenures()) == ORDER
    kinds = {code: item.kind for code, item in tenures().items()}
    assert [code for code, kind in kinds.items() if kind == "rental"] == ["PLAI", "PLUS", "PLS"]
    assert [code for code, kind in kinds.items() if kind == "progressive"] == ["SCIAPP"]
    assert {item.family for item in tenures().values() if item.kind == "sale"} == {"accession"}


def test_products_are_codes_of_the_tables_they_point_to():
    baremes = load_baremes()
    for item in tenures().values():
        for field, table in PRODUCT_TABLES.items():
            product = getattr(item, field)
            known = {row.cells["product"] for row in baremes.table(table).rows}
            assert product in known | {""}, (item.code, field)
        loans = {row.cells["loan"] for row in baremes.table("prets").rows}
        assert item.loan_product in loans | {""}


def test_each_rental_tenure_has_a_rent_a_loan_and_ceilings():
    for code in ("PLAI", "PLUS", "PLS", "SCIAPP"):
        item = tenure(code)
        assert item.rent_product
        assert item.rent_product == item.loan_product == item.income_product
    assert tenure("LIBRE").income_product == ""
    assert tenure("VEFA").vat_product == "LIBRE"


def test_sru_counts_rental_psla_brs_and_rented_sciapp():
    counted = [code for code, item in tenures().items() if item.counts_in_sru]
    assert counted == ["PLAI", "PLUS", "PLS", "PSLA", "BRS", "SCIAPP"]


def test_every_text_a_planner_reads_is_there_with_its_source():
    for item in tenures().values():
        read = (
            item.label,
            item.owner_of_land,
            item.owner_of_building,
            item.household_pays,
            item.securities,
            item.resale_rule,
            item.source,
            item.legal_reference,
        )
        assert all(read), item.code
        assert not any(word in " ".join(read[:6]) for word in (" the ", "household", "owner"))


def test_catalogue_cannot_be_changed():
    with pytest.raises(TypeError):
        tenures()["PLAI"] = tenure("BRS")
    with pytest.raises(dataclasses.FrozenInstanceError):
        tenure("PLAI").label = "autre"
    assert tenures() is tenures()


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [("PLSA", "PSLA"), ("plus", "PLUS"), ("SCIAP", "SCIAPP"), ("LOC_PLAI", "PLAI"),
     ("VEFA_LIBRE", "LIBRE"), ("BSR", "BRS"), ("VEFA_SOCIALE", "VEFA")],
)  # fmt: skip
def test_unknown_tenure_names_the_nearest(typed, nearest):
    with pytest.raises(DataError) as error:
        tenure(typed)
    assert error.value.code == "E_TENURE"
    assert str(error.value) == f"statut inconnu « {typed} ». Vouliez-vous « {nearest} » ?"


def test_unknown_tenure_like_no_other_lists_them():
    assert "PLAI, PLUS, PLS, PSLA, BRS, SCIAPP, VEFA ou LIBRE" in unknown_tenure("")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("\nBRS,", "\nBRZ,", "Attendus, une fois chacun"),
        ("\nBRS,", "\nPSLA,", "statuts lus : PLAI, PLUS, PLS, PSLA, PSLA"),
        ("progressive,progressive", "progressive,vente", "ligne 7 : kind inconnu « vente »"),
        ("SCIAPP,progressive", "SCIAPP,autre", "ligne 7 : family inconnu « autre »"),
    ],
)
def test_catalogue_is_checked_at_the_door(tmp_path, old, new, message):
    with pytest.raises(DataError, match=message) as error:
        read_tenures(load_baremes(changed(tmp_path, old, new)))
    assert error.value.code == "E_TENURE"
