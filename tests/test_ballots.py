"""Ballots at the door: numbers and not names, rooms open to the vote, objections kept silent."""

import gzip

import pytest
from hypothesis import given, settings

from habitat_analysis.allocation.ballots import (
    VotedRooms,
    read_ballot_box,
    read_ballots,
    voted_rooms,
)
from habitat_analysis.allocation.vote import election, hold_vote
from habitat_analysis.files import DATA_DIR
from habitat_analysis.study import load_study
from habitat_analysis.study.programme import Fixed
from tests.group_files import OBJECTION, all_orders, refusal, rows_of, survives, written

HEADER = "bulletin;espaces;objections;motif"
ROOMS = VotedRooms(
    open=("buanderie", "jardin", "chambre d'amis"), decided={"salle_commune": "obligatoire"}
)


@pytest.fixture
def ballots(tmp_path):
    return lambda *lines, header=HEADER: written(tmp_path, "votes.csv", header, lines)


def test_ballots_are_read_in_the_order_of_their_numbers(ballots):
    lines = ["10;jardin;;", "2;Buanderie|jardin;chambre d'amis;trop de bruit", "3;;;"]
    boxes = [read_ballot_box(ballots(*order), ROOMS) for order in all_orders(lines)]
    assert all(box == boxes[0] for box in boxes)
    assert boxes[0].numbers == (2, 3, 10)
    approved = [sorted(ballot.approved) for ballot in boxes[0].ballots]
    assert approved == [["buanderie", "jardin"], [], ["jardin"]]
    assert dict(boxes[0].ballots[0].objections) == {"chambre d'amis": "trop de bruit"}
    assert "trop de bruit" not in repr(boxes[0])
    assert boxes[0].notes == (
        "Bulletins n'approuvant aucun espace\u00a0: 1 (comptés dans le partage du budget).",
    )


def test_the_ballots_read_are_those_that_the_vote_counts(ballots):
    """Shares of 2 000: two pay 1 500 each for the garden; 2 500 is left for a laundry of 4 000."""
    read = read_ballots(
        ballots("1;jardin;;", "2;jardin|buanderie;;", "3;buanderie;jardin;x"), ROOMS
    )
    costs = {"jardin": 3_000, "buanderie": 4_000, "chambre d'amis": 9_000}
    vote = hold_vote(election(costs, read, 6_000), "equal_shares_count")
    assert vote.outcome.rooms == ("jardin",)
    assert vote.to_discuss == ("jardin",)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("1;piscine;;", "« piscine ». Valeurs acceptées : buanderie, jardin, chambre d'amis."),
        ("1;buandrie;;", "« buandrie ». Vouliez-vous « buanderie » ?"),
        ("1;buanderie, jardin;;", "Séparez les mots d'une liste par « | »."),
        ("1;salle_commune;;", "« salle_commune », déjà obligatoire. Il est déjà décidé"),
        ("1;;salle_commune;x", "« objections » nomme « salle_commune », déjà obligatoire."),
        ("0;jardin;;", "« bulletin » n'est pas un numéro."),
        ("1,5;jardin;;", "« bulletin » n'est pas un numéro."),
        (";jardin;;", "« bulletin » est vide."),
        ("M004;jardin;;", "« bulletin » n'est pas un numéro. Écrivez un numéro d'ordre (1, 2, 3…)"),
        (f"1;jardin;;{OBJECTION}", "un motif est donné sans objection."),
        (f"1;jardin;{OBJECTION};", "« objections » nomme un espace inconnu, (texte masqué)."),
        (f"{OBJECTION};jardin;;", "« bulletin » n'est pas un numéro."),
    ],
)
def test_a_bad_ballot_is_refused_with_its_line_and_nobody_s_words(ballots, line, said):
    error = refusal(read_ballots, ballots("7;jardin;;", line), ROOMS)
    message = str(error).replace("\u00a0", " ").replace("\u202f", " ")
    assert error.code == "E_BALLOT"
    assert message.startswith("votes.csv, ligne 3 : ")
    assert said in message
    assert "Dupont" not in message
    assert "M004" not in message
    assert len(error.faults) == 1


def test_every_fault_is_told_at_once_in_the_order_of_the_lines(ballots):
    error = refusal(read_ballots, ballots("1;piscine;;", "x;jardin;;", "1;jardin;;"), ROOMS)
    places = [fault.split(" :")[0].split("\u00a0:")[0] for fault in error.faults]
    assert places == ["votes.csv, ligne 2", "votes.csv, lignes 2 et 4", "votes.csv, ligne 3"]


def test_only_twenty_faults_are_shown(ballots):
    error = refusal(read_ballots, ballots(*(f"{n};piscine;;" for n in range(1, 400))), ROOMS)
    assert len(str(error).splitlines()) == 21
    assert "379 autre(s)" in str(error)


def test_a_pseudonym_on_a_ballot_is_no_column_and_a_name_is_dropped(ballots):
    named = ballots("1;jardin;Durand", header="bulletin;espaces;nom")
    assert "écartées à la lecture" in read_ballot_box(named, ROOMS).notes[0]
    traced = ballots("1;jardin;M001", header="bulletin;espaces;pseudonyme")
    assert "pseudonyme" in str(refusal(read_ballots, traced, ROOMS))


def test_without_a_study_names_are_not_checked(ballots):
    assert read_ballots(ballots("1;piscine|jardin;;"))[0].approved == {"piscine", "jardin"}


@pytest.mark.parametrize(
    "content",
    [
        f"{HEADER}\r\n1;jardin;;\r\n".encode("utf-8-sig"),
        b"bulletin,espaces\n1,jardin\n",
        b"bulletin\tespaces\n1\tjardin\n",
        b"BULLETIN;Espaces;;\n1;jardin\n".replace(b";;\n", b"\n"),
    ],
)
def test_what_spreadsheets_write_is_read_alike(tmp_path, content):
    path = tmp_path / "votes.csv"
    path.write_bytes(content)
    assert read_ballots(path, ROOMS)[0].approved == {"jardin"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (f"{HEADER}\n1;jardin;jardin;gêné\n".encode("latin-1"), "CSV UTF-8"),
        (b"", "vide"),
        (b"PK\x03\x04xxxx", "classeur"),
        (f"{HEADER}\n".encode(), "aucune ligne"),
        (f"{HEADER}\n1;jardin;;;;\n".encode(), "valeurs pour 4"),
        (b"bulletin|espaces\n1|jardin\n", "en-tête attendu est absent"),
        (b"x" * 4_000_001, "au-delà de la limite"),
        (f'{HEADER}\n1;"jardin;;\n'.encode(), "guillemet mal fermé"),
    ],
)
def test_another_file_is_refused_in_french(tmp_path, content, said):
    path = tmp_path / "votes.csv"
    path.write_bytes(content)
    assert said in str(refusal(read_ballots, path, ROOMS)).replace("\u00a0", " ")


def test_a_packed_file_is_read_within_limits(tmp_path):
    path = tmp_path / "votes.csv.gz"
    path.write_bytes(gzip.compress(f"{HEADER}\n1;jardin;;\n".encode()))
    assert len(read_ballots(path, ROOMS)) == 1


@settings(max_examples=40)
@given(rows_of(4))
def test_hostile_cells_are_read_or_refused_and_never_repeated(rows):
    said = survives(lambda path: read_ballots(path, ROOMS), HEADER, rows)
    assert OBJECTION not in said
    assert "<script>" not in said
    assert "=HYPERLINK" not in said


def test_rooms_decided_by_the_study_are_not_voted():
    programme = load_study(DATA_DIR / "demo" / "etude.yaml").programme
    rooms = voted_rooms(programme)
    assert rooms.open == (
        "buanderie", "chambre_amis", "jardin", "atelier", "local_velos", "salle_enfants"
    )  # fmt: skip
    assert dict(rooms.decided) == {"salle_commune": "obligatoire"}
    fixed = Fixed.model_validate({"espaces": {"buanderie": False, "jardin": True}})
    rooms = voted_rooms(programme.model_copy(update={"fixed": fixed}))
    assert rooms.open == ("chambre_amis", "atelier", "local_velos", "salle_enfants")
    assert rooms.decided["buanderie"] == "écarté par l'étude"
    assert rooms.decided["jardin"] == "fixé par l'étude"
