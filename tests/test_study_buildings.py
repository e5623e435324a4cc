"""Buildings and phases at the door of a study: read, or refused in French at their line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from habitat_analysis.errors import DataError
from habitat_analysis.programme.building_terms import (
    building_shares,
    case_buildings,
    case_phases,
)
from habitat_analysis.programme.buildings import Building, Phase
from habitat_analysis.programme.economics import imposed_programme
from habitat_analysis.study import Study, load_study
from tests.building_samples import built
from tests.report_samples import sample

DEMO = Path(__file__).resolve().parents[1] / "data" / "demo"
MARK = "  programme_impose:\n"
BUILDINGS = """\
  batiments:
    - {id: A, libelle: Bâtiment sur rue, part_shab: 0.6, logements_max: 16}
    - {id: B, part_shab: 0.4, logements_max: 12, places_max: 14, phase: 2}
  mixite_par_batiment:
    part_max_statut: 0.60
    familles:
      - {famille: locatif_social, min: 0.20, max: 0.70}
  phases:
    - {numero: 1, fonds_propres_max: 500000, debut_mois: 0}
    - {numero: 2, debut_mois: 12}
"""


def study(tmp_path: Path, *changes: tuple[str, str]) -> Study:
    """Read the demo study with two buildings, some of its text changed."""
    text = (DEMO / "etude.yaml").read_text(encoding="utf-8").replace(MARK, BUILDINGS + MARK)
    text = text.replace("batiment: Rue", "batiment: A")  # the sketch of the site names others
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    for file in DEMO.iterdir():
        if not (tmp_path / file.name).exists() and file.name != "etude.yaml":
            (tmp_path / file.name).symlink_to(file)
    path = tmp_path / "etude.yaml"
    path.write_text(text, encoding="utf-8")
    return load_study(path)


def refused(tmp_path: Path, *changes: tuple[str, str]) -> str:
    with pytest.raises(DataError) as refusal:
        study(tmp_path, *changes)
    return str(refusal.value).replace("\u00a0", " ").replace("\u202f", " ")


def test_buildings_phases_and_mix_become_those_of_a_case(tmp_path):
    read = study(tmp_path)
    assert case_buildings(read, 1000.0) == (
        Building(id="A", shab_max_m2=600.0, dwellings_max=16, label="Bâtiment sur rue"),
        Building(id="B", shab_max_m2=400.0, dwellings_max=12, parking_max=14, phase=2),
    )
    assert case_phases(read) == (Phase(number=1, equity_max_eur=500_000.0), Phase(number=2))
    family, *tenures = building_shares(read)
    assert (family.id, family.members) == ("locatif_social", ("PLAI", "PLUS", "PLS"))
    assert (family.min, family.max, family.label) == (0.2, 0.7, "Locatif social")
    assert [(rule.members, rule.max) for rule in tenures] == [
        ((code,), 0.6) for code in read.programme.tenures
    ]


def test_before_the_last_phase_the_limit_of_the_operation_holds_by_default(tmp_path):
    read = study(tmp_path, ("fonds_propres_max: 500000, ", ""))
    assert case_phases(read) == (Phase(number=1, equity_max_eur=600_000.0), Phase(number=2))
    bare = study(tmp_path, ("fonds_propres_max: 500000, ", ""),
                 (("  phases:\n    - {numero: 1, debut_mois: 0}\n"
                  "    - {numero: 2, debut_mois: 12}\n"), ""))  # fmt: skip
    assert case_phases(bare) == case_phases(read)


def test_a_building_in_square_metres_does_not_depend_on_the_site(tmp_path):
    read = study(tmp_path, ("part_shab: 0.6", "shab_max_m2: 720"))
    assert [b.shab_max_m2 for b in case_buildings(read, 1000.0)] == [720.0, 400.0]


def test_a_study_without_buildings_asks_the_same_question_as_before():
    case = sample().file.case
    assert (case.buildings, case.phases, case.rules.building_shares) == ((), (), ())
    two = built().file.case
    rules = replace(two.rules, building_shares=())
    assert replace(two, buildings=(), phases=(), rules=rules) == case


@pytest.mark.parametrize(
    ("changes", "place", "said"),
    [
        ([("part_shab: 0.4", "part_shab: 0.5")], "programme.batiments »",
         "font 110,0 % du site, plus que le site entier"),
        ([("part_shab: 0.4, ", "")], "programme.batiments.2 »",
         "n'a pas une capacité et une seule"),
        ([("part_shab: 0.4", "part_shab: 0.4, shab_max_m2: 300")], "programme.batiments.2 »",
         "n'a pas une capacité et une seule"),
        ([("libelle: Bâtiment sur rue", 'libelle: "<b>Rue</b>"')],
         "programme.batiments.1.libelle »", "n'a pas la forme attendue"),
        ([("part_shab: 0.4", "part_shab: 40")], "programme.batiments.2.part_shab »",
         "Vouliez-vous écrire 0,4"),
        ([("part_shab: 0.4", "shab_max_m2: 40")], "programme.batiments.2.shab_max_m2 »",
         "40 m² ne contiennent pas le plus petit logement (T2, 46 m²)"),
        ([("phase: 2", "phase: 3")], "programme.batiments.2.phase »",
         "la phase 3 n'est pas dans « programme.phases ». Phases décrites : 1 et 2."),
        ([("phase: 2", "phase: 3")], "programme.phases.2 »", "aucun bâtiment n'est en phase 2"),
        ([("phase: 2", "phase: 0")], "programme.batiments.2.phase »", "au moins 1"),
        ([("debut_mois: 0", "debut_mois: 24")], "programme.phases.2.debut_mois »",
         "commence au mois 12, avant la phase 1 (mois 24)"),
        ([("numero: 2", "numero: 1")], "programme.phases »", "« 1 » est donné deux fois"),
        ([("id: B", "id: A")], "programme.batiments »", "« A » est donné deux fois"),
        ([("logements_max: 16", "logements_max: 4"), ("logements_max: 12", "logements_max: 5")],
         "programme.batiments »", "tiennent 9 logements au plus, l'étude en demande 10"),
        ([("min: 0.20, max: 0.70", "min: 0.80, max: 0.70")],
         "programme.mixite_par_batiment.familles.1 »", "le minimum dépasse le maximum"),
        ([("famille: locatif_social", "famille: locatif_sociale")],
         "programme.mixite_par_batiment.familles.1.famille »", "Vouliez-vous « locatif_social » ?"),
        ([("part_max_statut: 0.60", "part_max_statut: 0.10")],
         "programme.mixite_par_batiment.part_max_statut »",
         "8 statuts à 10,0 % au plus ne remplissent aucun bâtiment"),
        ([("part_max_statut: 0.60", "part_max_statut: 0.13"), ("min: 0.20, max: 0.70", "min: 0.5")],
         "programme.mixite_par_batiment.familles.1.min »", "ne laisse que 39,0 % à ses statuts"),
        ([("      - {famille: locatif_social, min: 0.20, max: 0.70}\n",
           ("      - {famille: locatif_social, min: 0.6}\n"
           "      - {famille: accession_sociale, min: 0.5}\n"))],
         "programme.mixite_par_batiment.familles »", "les minimums font 110,0 %"),
        ([("obligatoire: oui, valeur: 3", "obligatoire: oui, valeur: 3, batiment: C")],
         "programme.espaces_partages.1.batiment »", "« C » n'est pas un bâtiment de l'étude"),
        ([("surface_m2: 60, cout_ttc: 130000, obligatoire: oui",
           "surface_m2: 90, cout_ttc: 130000, obligatoire: oui, batiment: B"),
          ("part_shab: 0.4", "shab_max_m2: 80")],
         "programme.batiments.2.shab_max_m2 »", "font 90 m², il en contient 80 m²"),
        ([("surface_m2: 60, cout_ttc: 130000", "surface_m2: 190, cout_ttc: 130000"),
          ("part_shab: 0.4", "shab_max_m2: 80"), ("part_shab: 0.6", "shab_max_m2: 90")],
         "programme.batiments »", "font 190 m², les bâtiments 170 m²"),
        ([("mixite_par_batiment:", "mixite_par_bâtiment:")], "programme.mixite_par_bâtiment »",
         "Vouliez-vous « mixite_par_batiment » ?"),
        ([("libelle: Bâtiment sur rue", "libele: Bâtiment sur rue")],
         "programme.batiments.1.libele »", "Vouliez-vous « libelle » ?"),
    ],
)  # fmt: skip
def test_a_fault_is_named_at_its_line(tmp_path, changes, place, said):
    message = refused(tmp_path, *changes)
    fault = next(line for line in message.splitlines() if said in line)
    assert fault.startswith("etude.yaml, ligne ")
    assert place in fault


TYPED = """\
    batiments:
      A: {T2: {PLAI: 2, PLUS: 1}, T3: {PLUS: 2, BRS: 4}, T4: {BRS: 3}}
      B: {T2: {PLUS: 2}, T3: {PLUS: 2, PSLA: 2}, T4: {LIBRE: 2}}
"""


def test_the_group_may_say_what_it_wants_in_each_building(tmp_path):
    imposed = imposed_programme(study(tmp_path, (MARK, MARK + TYPED)))
    assert imposed.by_building["B"] == {
        ("T2", "PLUS"): 2, ("T3", "PLUS"): 2, ("T3", "PSLA"): 2, ("T4", "LIBRE"): 2,
    }  # fmt: skip
    assert sum(sum(units.values()) for units in imposed.by_building.values()) == 20
    assert imposed_programme(study(tmp_path)).by_building == {}
    message = refused(tmp_path, (MARK, MARK + TYPED.replace("      B:", "      C:")))
    assert "« programme.programme_impose.batiments.C » : « C » n'est pas un bâtiment" in message
    message = refused(tmp_path, (MARK, MARK + TYPED.replace("LIBRE: 2", "LIBRE: 1")))
    assert "T4 LIBRE : 1 dans les bâtiments, 2 dans « logements »" in message
    without = BUILDINGS
    message = refused(tmp_path, (MARK, MARK + TYPED), (without, ""))
    assert "« programme.programme_impose.batiments » : l'étude ne décrit aucun" in message


def test_all_faults_of_the_buildings_come_at_once(tmp_path):
    message = refused(
        tmp_path, ("part_shab: 0.4", "part_shab: 0.5"), ("phase: 2", "phase: 7"),
        ("famille: locatif_social", "famille: inconnue"),
    )  # fmt: skip
    assert len(message.splitlines()) == 4  # the share, the phase twice, the family


def test_what_speaks_of_buildings_is_refused_without_any(tmp_path):
    lines = BUILDINGS.splitlines(keepends=True)
    message = refused(
        tmp_path,
        ("".join(lines[:3]), ""),
        ("obligatoire: oui, valeur: 3", "obligatoire: oui, valeur: 3, batiment: A"),
    )
    assert message.count("l'étude ne décrit aucun bâtiment") == 3
    for key in ("mixite_par_batiment", "phases", "espaces_partages.1.batiment"):
        assert f"« programme.{key} »" in message
