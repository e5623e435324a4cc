from pathlib import Path
from typing import Any

import pytest

from habitat_analysis.errors import DataError
from habitat_analysis.land.risks import load_risks
from tests.layers import box, feature, write_lambert


def load(path: Path, *rows: dict[str, Any]) -> Any:
    return load_risks(write_lambert(path, *(feature(box(0, 0), **row) for row in rows)))


@pytest.mark.parametrize(
    ("code", "level"),
    [
        *(("01", "bleu"), ("02", "bleu"), ("03", "rouge"), ("04", "rouge"), (4, "rouge")),
        *(("05", "autre"), ("06", "rouge"), ("07", "bleu"), ("99", "autre"), (None, "autre")),
        *(("Interdiction stricte", "rouge"), ("Prescriptions", "bleu")),
    ],
)
def test_levels_of_the_cnig_standard(tmp_path: Path, code: Any, level: str) -> None:
    loaded = load(tmp_path / "ppri.geojson", {"typereglement": code})
    assert loaded.table["level"].tolist() == [level]
    assert bool(loaded.notes) == (code in {"99", None})


@pytest.mark.parametrize(("code", "level"), [("02", "bleu"), ("05", "rouge"), ("06", "rouge")])
def test_levels_of_the_covadis_standard(tmp_path: Path, code: str, level: str) -> None:
    row = {"ID_ZONE": "Z1", "NOM": "Zone", "CODEZONE": "B", "TYPEREG": code}
    loaded = load(tmp_path / "N_ZONE_REG_PPRN.geojson", row)
    assert loaded.table["level"].tolist() == [level]
    assert loaded.table[["risk_id", "label"]].to_numpy().tolist() == [["Z1", "Zone"]]


@pytest.mark.parametrize(
    ("file", "label", "kind"),
    [
        ("ppri_zonereglementaireurba_s.geojson", "R1", "inondation"),
        ("pprt_69.geojson", "R1", "risque technologique"),
        ("pprm.geojson", "R1", "risque minier"),
        ("pprn_12.geojson", "R1", "risque naturel"),
        ("zones.geojson", "Lit de la crue centennale", "inondation"),
        ("zones.geojson", "R1", "risque non précisé"),
    ],
)
def test_kinds(tmp_path: Path, file: str, label: str, kind: str) -> None:
    row = {"typereglement": "04", "libellezonereglement": label}
    assert load(tmp_path / file, row).table["kind"].tolist() == [kind]


def test_labels_and_ids_fall_back(tmp_path: Path) -> None:
    loaded = load(
        tmp_path / "ppri.geojson",
        {"typereglement": "04", "codezonereglement": "R1", "libellezonereglement": ""},
        {"typereglement": "02", "idzonereglementaire": "12", "libellezonereglement": "Bleue"},
    )
    assert loaded.table["risk_id"].tolist() == ["R001", "12"]
    assert loaded.table["label"].tolist() == ["R1", "Bleue"]


def test_a_layer_without_rules_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="typereglement"):
        load(tmp_path / "ppri.geojson", {"nom": "zone"})
