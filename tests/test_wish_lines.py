"""Wishes at the door: a dwelling or criteria at a rank, every fault told with its line."""

import pytest
from hypothesis import given, settings

from habitat_analysis.allocation.own_allocation import read_own_allocation
from habitat_analysis.allocation.wish_lines import Criteria, WishLine, read_wish_lines
from tests.group_files import OBJECTION, PLAN, all_orders, refusal, rows_of, survives, written

HEADER = (
    "pseudonyme;rang;logement;statut;typologie;batiment;niveau_min;niveau_max;orientation;"
    "accessible;pres_espace"
)
GOOD = "M001;1;A1;;;;;;;;"
KNOWN = {"M001", "M002"}


@pytest.fixture
def wishes(tmp_path):
    return lambda *lines, header=HEADER: written(tmp_path, "voeux.csv", header, lines)


@pytest.fixture
def own(tmp_path):
    header = "pseudonyme;logement;fixe"
    return lambda *lines: written(tmp_path, "attribution_du_groupe.csv", header, lines)


def test_a_line_names_a_dwelling_or_gives_criteria(wishes):
    found = read_wish_lines(
        wishes(GOOD, "M002;2;;brs|PSLA;T3;B;RDC;R+2;S|O;oui;non"), dwellings=PLAN, households=KNOWN
    )
    assert found.lines == (
        WishLine(household="M001", rank=1, line=2, dwelling="A1"),
        WishLine(
            household="M002",
            rank=2,
            line=3,
            criteria=Criteria(
                tenures=("BRS", "PSLA"),
                typologies=("T3",),
                buildings=("B",),
                level_min=0,
                level_max=2,
                orientations=("S", "O"),
                accessible=True,
                near_shared=False,
            ),
        ),
    )
    short = wishes("M001;1;A1", header="pseudonyme;rang;logement")
    assert read_wish_lines(short).lines == found.lines[:1]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("M002;1;;;;;;;;;", "ni logement ni critère : le classement est vide."),
        ("M002;1;A1;BRS;T2;;;;;;", "un logement et des critères (statut et typologie) sur la même"),
        ("M002;;A1;;;;;;;;", "« rang » est vide."),
        ("M002;0;A1;;;;;;;;", "« rang » n'est pas un nombre entier à partir de 1."),
        ("M002;-1;A1;;;;;;;;", "« rang » n'est pas un nombre entier à partir de 1."),
        ("M002;1,5;A1;;;;;;;;", "« rang » n'est pas un nombre entier à partir de 1."),
        (f"M002;{OBJECTION};A1;;;;;;;;", "« rang » n'est pas un nombre entier à partir de 1."),
        ("M002;1;A9;;;;;;;;", "logement inconnu « A9 »."),
        ("M002;1;Dupont;;;;;;;;", "nom de logement non conforme."),
        ("M002;1;L1;;;;;;;;", "« L1 » en locatif (PLUS), attribué par la commission (CAL)"),
        ("M002;1;;PLUS;;;;;;;", "du locatif (PLUS), attribué par la commission (CAL) et non par"),
        ("M002;1;;PLSA;;;;;;;", "« PLSA », statut inconnu. Vouliez-vous « PSLA » ?"),
        ("M002;1;;;;C;;;;;", "« C », bâtiment inconnu."),
        ("M002;1;;;;;3;1;;;", "« niveau_min » dépasse « niveau_max »."),
        ("M002;1;;;;;;;;bof;", "« accessible » vaut « bof », ni oui ni non."),
        ("M009;1;A1;;;;;;;;", "ce ménage n'est ni dans menages.csv ni dans candidats.csv."),
    ],
)
def test_a_bad_line_is_refused_with_its_household(wishes, line, said):
    error = refusal(
        read_wish_lines,
        wishes(GOOD, line),
        dwellings=PLAN,
        households=KNOWN,
        buildings=["A", "B"],
    )
    message = str(error).replace("\u00a0", " ").replace("\u202f", " ")
    assert error.code == "E_WISHES"
    assert f"voeux.csv, ligne 3, ménage {line[:4]} : " in message
    assert said in message
    assert "Dupont" not in message
    assert len(error.faults) == 1


@pytest.mark.parametrize("name", ["", "Jean Dupont", "Dupont", "=M1", "M 1"])
def test_what_is_no_pseudonym_is_never_shown(wishes, name):
    message = str(refusal(read_wish_lines, wishes(GOOD, f"{name};1;A1;;;;;;;;")))
    assert "ligne 3\u00a0: " in message
    assert "pseudonyme" in message
    assert not name or name not in message.replace("exemple M006", "")


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ("M001;1;A1;;;;;;;;", "la même ligne est écrite plusieurs fois."),
        ("M001;3;a1;;;;;;;;", "logement «\u00a0A1\u00a0» classé à plusieurs rangs."),
    ],
)
def test_a_dwelling_is_ranked_once_by_a_household(wishes, second, said):
    error = refusal(read_wish_lines, wishes(GOOD, "M002;1;A1;;;;;;;;", second), dwellings=PLAN)
    assert error.faults[0].startswith("voeux.csv, lignes 2 et 4, ménage M001\u00a0: ")
    assert said in error.faults[0]


def test_the_same_criteria_twice_at_one_rank_are_refused(wishes):
    line = "M001;1;;BRS;T3;;;;;;"
    assert "plusieurs fois" in str(refusal(read_wish_lines, wishes(line, line)))
    assert len(read_wish_lines(wishes(line, line.replace("1;;", "2;;"))).lines) == 2


def test_names_and_addresses_are_dropped_with_a_warning(wishes):
    path = wishes("M001;1;A1;Durand;3 rue X", header="pseudonyme;rang;logement;nom;adresse")
    found = read_wish_lines(path)
    assert len(found.notes) == 1
    assert found.notes[0].endswith("conservées : «\u00a0nom\u00a0» et «\u00a0adresse\u00a0».")
    assert "Durand" not in repr(found)


def test_all_faults_are_told_at_once(wishes):
    lines = ["M001;x;A9;;;;;;;;", "M009;1;;;;;;;;;", "Jean;1;L1;;;;;;;;"]
    error = refusal(read_wish_lines, wishes(*lines), dwellings=PLAN, households=KNOWN)
    assert len(error.faults) == 6
    assert [fault.split("ligne ")[1][0] for fault in error.faults] == list("223344")


def test_a_long_hopeless_file_is_refused_at_once(wishes):
    lines = [f"M{n:05d};1;ZZ{n};;;;;;;;" for n in range(4_000)]
    error = refusal(read_wish_lines, wishes(*lines), dwellings=PLAN, households=KNOWN)
    assert len(error.faults) == 8_000
    assert len(str(error).splitlines()) == 21


@settings(max_examples=50)
@given(rows_of(11))
def test_hostile_cells_are_read_or_refused_and_never_repeated(rows):
    said = survives(
        lambda path: read_wish_lines(path, dwellings=PLAN, households=KNOWN), HEADER, rows
    )
    for hidden in (OBJECTION, "<script>", "=HYPERLINK", "${7*7}", "06 12"):
        assert hidden not in said


def test_the_allocation_of_the_group_tells_fixed_pairs_from_the_rest(own):
    lines = ["M002;a1;oui", "M001;B1;non", "M003;B2;"]
    found = [read_own_allocation(own(*order), dwellings=PLAN) for order in all_orders(lines)]
    assert all(one == found[0] for one in found)
    assert found[0].pairs == {"M001": "B1", "M002": "A1", "M003": "B2"}
    assert found[0].fixed == {"M002": "A1"}
    assert found[0].to_judge == found[0].pairs
    only_fixed = read_own_allocation(own("M002;A1;oui"), dwellings=PLAN)
    assert only_fixed.to_judge is None


@pytest.mark.parametrize(
    ("line", "place", "said"),
    [
        ("M009;A2;", "ligne 3, ménage M009", "ni dans menages.csv ni dans candidats.csv."),
        ("M001;A2;", "lignes 2 et 3", "le ménage M001 figure 2 fois."),
        ("M002;A9;", "ligne 3, ménage M002", "logement inconnu « A9 »."),
        ("M002;a1;", "lignes 2 et 3", "le logement « A1 » figure 2 fois."),
        ("M002;L1;", "ligne 3, ménage M002", "attribué par la commission (CAL)"),
        ("M002;;", "ligne 3, ménage M002", "« logement » est vide."),
        ("M002;A2;souvent", "ligne 3, ménage M002", "« fixe » vaut « souvent », ni oui ni non."),
        ("Jean Dupont;A2;", "ligne 3", "pseudonyme non conforme."),
    ],
)
def test_a_bad_pair_is_refused(own, line, place, said):
    error = refusal(read_own_allocation, own("M001;A1;non", line), dwellings=PLAN, households=KNOWN)
    message = str(error).replace("\u00a0", " ")
    assert error.code == "E_WISHES"
    assert message.startswith(f"attribution_du_groupe.csv, {place} : ")
    assert said in message
    assert "Dupont" not in message
    assert len(error.faults) == 1


@settings(max_examples=30)
@given(rows_of(3))
def test_hostile_pairs_are_read_or_refused_and_never_repeated(rows):
    header = "pseudonyme;logement;fixe"
    said = survives(lambda path: read_own_allocation(path, dwellings=PLAN), header, rows)
    for hidden in (OBJECTION, "<script>", "=HYPERLINK"):
        assert hidden not in said
