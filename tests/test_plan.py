"""The plan at the door: every dwelling once, its words known; or made of the programme."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habitat_analysis.allocation.plan import (
    PlannedDwelling,
    planned_from_programme,
    read_dwellings,
    read_plan,
)
from tests.group_files import OBJECTION, all_orders, refusal, rows_of, survives, written

HEADER = "logement;statut;typologie;batiment;niveau;orientation;accessible;pres_espace"
GOOD = "A2;brs;t3;A;R+1;S|sud-ouest;oui;non"


@pytest.fixture
def plan(tmp_path):
    return lambda *lines, header=HEADER: written(tmp_path, "logements.csv", header, lines)


def test_a_dwelling_is_read_as_the_plan_says_it(plan):
    assert read_dwellings(plan(GOOD)) == (
        PlannedDwelling(
            id="A2",
            tenure="BRS",
            typology="T3",
            building="A",
            level=1,
            orientations=("S", "SO"),
            accessible=True,
            near_shared=False,
        ),
    )
    bare = read_dwellings(plan("A2;BRS;T3", header="logement;statut;typologie"))[0]
    assert bare == PlannedDwelling(id="A2", tenure="BRS", typology="T3")


def test_dwellings_come_by_name_whatever_the_order_of_the_lines(plan):
    lines = ["A10;BRS;T3;A;2;;;", "A2;PLUS;T3;A;RDC;;;", "B1;PSLA;T2;B;-1;;;"]
    found = [read_dwellings(plan(*order)) for order in all_orders(lines)]
    assert all(dwellings == found[0] for dwellings in found)
    assert [one.id for one in found[0]] == ["A2", "A10", "B1"]
    assert [one.level for one in found[0]] == [0, 2, -1]
    assert [one.is_rental for one in found[0]] == [True, False, False]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("A3;PLSA;T3;A;;;;", "« statut » vaut « PLSA », statut inconnu. Vouliez-vous « PSLA » ?"),
        ("A3;;T3;A;;;;", "« statut » est vide. Valeurs acceptées : PLAI"),
        ("A3;BRS|PSLA;T3;A;;;;", "« statut » donne plusieurs valeurs."),
        ("A3;BRS;F3;A;;;;", "« typologie » vaut « F3 », typologie inconnue."),
        (";BRS;T3;A;;;;", "« logement » est vide."),
        ("Dupont;BRS;T3;A;;;;", "nom de logement non conforme. Donnez un repère avec un numéro"),
        ("=A1+1;BRS;T3;A;;;;", "nom de logement non conforme."),
        ("A3;BRS;T3;C;;;;", "« batiment » vaut « C », bâtiment inconnu. Valeurs acceptées : A, B."),
        ("A3;BRS;T3;A|B;;;;", "« batiment » en nomme plusieurs."),
        ("A3;BRS;T3;;;;;", "« batiment » est vide, d'autres logements en ont un."),
        ("A3;BRS;T3;A;1,5;;;", "« niveau » n'est pas un étage."),
        ("A3;BRS;T3;A;99;;;", "Écrivez un étage de -5 à 60"),
        ("A3;BRS;T3;A;;sudd;;", "« sudd », orientation inconnue. Valeurs acceptées : N, NE"),
        ("A3;BRS;T3;A;;;souvent;", "« accessible » vaut « souvent », ni oui ni non."),
        (f"A3;BRS;T3;A;;{OBJECTION};;", "(texte masqué), orientation inconnue."),
    ],
)
def test_a_bad_dwelling_is_refused_with_its_line(plan, line, said):
    error = refusal(read_dwellings, plan(GOOD, line), ["A", "B"])
    message = str(error).replace("\u00a0", " ").replace("\u202f", " ")
    assert error.code == "E_PLAN"
    assert "logements.csv, ligne 3 : " in message
    assert said in message
    assert "Dupont" not in message
    assert len(error.faults) == 1


def test_the_same_dwelling_twice_is_refused_with_both_lines(plan):
    error = refusal(read_dwellings, plan(GOOD, "B1;BRS;T2;B;;;;", "a-2;PLUS;T3;A;;;;", GOOD))
    assert len(error.faults) == 1
    assert "lignes 2 et 5\u00a0: le logement «\u00a0A2\u00a0» figure 2 fois." in error.faults[0]


def test_names_that_differ_by_a_sign_only_are_refused(plan):
    error = refusal(read_dwellings, plan("A-2;BRS;T3;A;;;;", "a 2;PLUS;T3;A;;;;"))
    assert "lignes 2 et 3" in error.faults[0]


def test_the_name_of_a_person_is_dropped_with_a_warning(plan):
    found = read_plan(plan("A2;BRS;T3;Durand", header="logement;statut;typologie;occupant"))
    assert "«\u00a0occupant\u00a0»" in found.notes[0]
    assert "Durand" not in repr(found)


@settings(max_examples=40)
@given(rows_of(8))
def test_hostile_cells_are_read_or_refused_and_never_repeated(rows):
    said = survives(lambda path: read_plan(path, ["A"]), HEADER, rows)
    for hidden in (OBJECTION, "<script>", "=HYPERLINK", "${7*7}"):
        assert hidden not in said


CELLS = st.dictionaries(
    st.tuples(st.sampled_from(["T2", "T3", "T4"]), st.sampled_from(["PLUS", "BRS", "PSLA"])),
    st.integers(0, 12),
)


@given(CELLS, CELLS)
def test_a_programme_makes_one_dwelling_a_unit_in_its_building(first, second):
    units = {cell: first.get(cell, 0) + second.get(cell, 0) for cell in {*first, *second}}
    plan = planned_from_programme(units, {"A": first, "B": second})
    whole = planned_from_programme(units)
    assert [(one.id, one.tenure, one.typology) for one in plan.dwellings] == [
        (one.id, one.tenure, one.typology) for one in whole.dwellings
    ]
    assert len({one.id for one in plan.dwellings}) == sum(units.values())
    for building, cells in (("A", first), ("B", second)):
        for (typology, tenure), n in cells.items():
            same = [
                one for one in plan.dwellings if (one.typology, one.tenure) == (typology, tenure)
            ]
            assert sum(one.building == building for one in same) == n
            assert all(one.level is None and not one.orientations for one in same)
    assert "ne sont pas examinés" in plan.notes[0]
