"""A synthetic pool in a study: its margins at the door, every fault at its line, in French."""

from pathlib import Path
from typing import Any

import pytest

from habitat_analysis.errors import DataError
from habitat_analysis.feasibility.synthetic import draw_pool
from habitat_analysis.runs.checks import check_file_of_kind
from habitat_analysis.study import load_study
from tests.small_study import write_small_study

TYPES = [
    {"libelle": "Personne seule", "adultes_seuls": 1, "ages_adultes": [25, 80], "effectif": 60},
    {"libelle": "Couple avec enfants", "couples": 1, "enfants": 2, "ages_adultes": [25, 50],
     "effectif": 40},
]  # fmt: skip
BANDS = [
    {"libelle": "bas", "de": 9000, "a": 20000, "effectif": 50},
    {"libelle": "haut", "de": 20000, "a": 40000, "effectif": 50},
]
NO_HOUSEHOLD = {"menages": None, "candidats": None, "voeux": None, "attribution_du_groupe": None}
INSEE = "CODGEO;C22_MEN;C22_MENPSEUL;C22_MENSFAM;C22_MENCOUPSENF;C22_MENCOUPAENF;C22_MENFAMMONO\n"


def plain(text: object) -> str:
    return str(text).replace("\u00a0", " ").replace("\u202f", " ")


def pool(**changes: Any) -> dict[str, Any]:
    return {
        "menages": 40,
        "types": TYPES,
        "revenus": BANDS,
        "tableau_de_depart": [[1, 1], [1, 2]],
        "rfr_sur_revenu": 0.9,
        "epargne_en_annees_de_revenu": 0.5,
        "source": "essai",
        **changes,
    }


def write(folder: Path, stated: dict[str, Any], **files: str | None) -> Path:
    changes = {"groupe": {"vivier": stated}, "fichiers": {**NO_HOUSEHOLD, **files}}
    return write_small_study(folder, changes=changes)


def test_a_pool_is_drawn_with_the_margins_and_the_seed_of_the_study(tmp_path: Path) -> None:
    study = load_study(write(tmp_path, pool()))
    drawn = draw_pool(study)
    assert drawn is not None
    assert drawn.counts.sum(axis=1).tolist() == [24, 16]
    assert (drawn.seed, drawn.source) == (study.seed, "essai")
    again = draw_pool(study)
    assert again is not None
    assert drawn.group.table.equals(again.group.table)


def test_shares_and_households_are_the_same_margins(tmp_path: Path) -> None:
    shares = [{**band, "effectif": 0.5} for band in BANDS]
    one, other = tmp_path / "a", tmp_path / "b"
    one.mkdir()
    other.mkdir()
    first = draw_pool(load_study(write(one, pool())))
    second = draw_pool(load_study(write(other, pool(revenus=shares))))
    assert first is not None
    assert second is not None
    assert first.counts.equals(second.counts)


def test_the_counts_of_the_types_come_from_the_official_file(tmp_path: Path) -> None:
    code = load_study(write(tmp_path, pool())).commune.insee
    (tmp_path / "insee.csv").write_text(f"{INSEE}{code};100;30;0;0;70;0\n", "utf-8")
    types = [{k: v for k, v in kind.items() if k != "effectif"} for kind in TYPES]
    study = load_study(write(tmp_path, pool(types=types), menages_insee="insee.csv"))
    drawn = draw_pool(study)
    assert drawn is not None
    assert drawn.counts.sum(axis=1).tolist() == [12, 28]
    assert plain(drawn.source) == "INSEE, recensement 2022, insee.csv ; essai"


def test_a_type_that_the_official_file_does_not_count_is_named(tmp_path: Path) -> None:
    code = load_study(write(tmp_path, pool())).commune.insee
    (tmp_path / "insee.csv").write_text(f"{INSEE}{code};100;30;0;0;70;0\n", "utf-8")
    types = [{"libelle": "Tribu", "adultes_seuls": 5, "ages_adultes": [20, 60]}]
    stated = pool(types=types, tableau_de_depart=[[1, 1]])
    with pytest.raises(DataError) as caught:
        draw_pool(load_study(write(tmp_path, stated, menages_insee="insee.csv")))
    said = plain(caught.value)
    assert (
        "« Tribu » n'est pas un type du fichier de l'INSEE. Types connus : « Personne seule »"
        in said
    )


def one_fault(changed: dict[str, Any]) -> dict[str, Any]:
    return {**TYPES[0], **changed}


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "totals": (
        {"revenus": [BANDS[0], {**BANDS[1], "effectif": 60}]},
        "les types totalisent 100,0 ménages et les tranches de revenu 110,0 : écart de 10,0.",
    ),
    "no adult": ({"types": [one_fault({"adultes_seuls": 0}), TYPES[1]]}, "ne compte aucun adulte."),
    "ages": (
        {"types": [one_fault({"ages_adultes": [80, 25]}), TYPES[1]]},
        "les âges du type « Personne seule » sont donnés à l'envers.",
    ),
    "no count": (
        {"types": [{k: v for k, v in TYPES[0].items() if k != "effectif"}, TYPES[1]]},
        "l'effectif du type « Personne seule » manque. Donnez-le, ou nommez le fichier de l'INSEE",
    ),
    "shape": (
        {"tableau_de_depart": [[1, 1]]},
        "le tableau n'a pas 2 lignes (types) de 2 nombres (tranches de revenu).",
    ),
    "empty row": (
        {"tableau_de_depart": [[0, 0], [1, 1]]},
        "aucun ménage plausible pour le type « Personne seule ».",
    ),
    "empty column": (
        {"tableau_de_depart": [[0, 1], [0, 1]]},
        "aucun ménage plausible dans la tranche « bas ».",
    ),
    "upside down": (
        {"revenus": [{**BANDS[0], "a": 5000}, BANDS[1]]},
        "la tranche « bas » finit avant de commencer.",
    ),
    "twice": ({"revenus": [BANDS[0], BANDS[0]]}, "« bas » est donné deux fois."),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_cannot_be_drawn_is_refused_at_its_line(name: str, tmp_path: Path) -> None:
    changes, expected = FAULTS[name]
    with pytest.raises(DataError) as caught:
        load_study(write(tmp_path, pool(**changes)))
    said = plain(caught.value)
    assert expected in said
    assert "ligne" in said


def test_zeros_that_forbid_the_margins_are_said_with_the_place(tmp_path: Path) -> None:
    """40 families must earn little and 60 lone people a lot: 50 and 50 cannot be reached."""
    stated = pool(tableau_de_depart=[[0, 1], [1, 0]])
    with pytest.raises(DataError) as caught:
        draw_pool(load_study(write(tmp_path, stated)))
    assert caught.value.code == "E_IPF_NO_CONVERGENCE"
    said = plain(caught.value)
    assert "groupe.vivier" in said
    assert "les cases à zéro du tableau de départ ne permettent pas" in said


@pytest.mark.parametrize("key", ["menages", "candidats"])
def test_a_pool_beside_real_households_is_refused(key: str, tmp_path: Path) -> None:
    changes = {"groupe": {"vivier": pool()}, "fichiers": {**NO_HOUSEHOLD, key: "menages.csv"}}
    with pytest.raises(DataError) as caught:
        load_study(write_small_study(tmp_path, changes=changes))
    said = plain(caught.value)
    assert f"« fichiers.{key} »" in said
    assert "un vivier synthétique remplace les ménages : aucun n'existe." in said


def test_an_official_file_without_a_pool_is_refused(tmp_path: Path) -> None:
    (tmp_path / "insee.csv").write_text(INSEE, "utf-8")
    with pytest.raises(DataError) as caught:
        load_study(
            write_small_study(tmp_path, changes={"fichiers": {"menages_insee": "insee.csv"}})
        )
    assert "Écrivez « groupe.vivier », ou retirez-le." in plain(caught.value)


def test_check_says_that_nobody_exists(tmp_path: Path) -> None:
    lines = [plain(line) for line in check_file_of_kind(write(tmp_path, pool()), "etude")]
    assert any("vivier synthétique de 40 ménages" in line for line in lines)
    assert any("aucun de ces ménages n'existe" in line for line in lines)
