"""`habitat check` on the files of a group, beside a study or alone: countings, never a person."""

import json
from pathlib import Path

import pytest

from habitat_analysis.cli import status
from tests.group_files import written
from tests.small_study import idu, write_small_study

FILES = {
    "logements.csv": ("logement;statut;typologie", ["A1;BRS;T2", "A2;PSLA;T3", "L1;PLUS;T3"]),
    "voeux.csv": ("pseudonyme;rang;logement;typologie", ["M01;1;A1;", "M02;1;;T3", "M02;4;A1;"]),
    "votes.csv": ("bulletin;espaces;objections;motif", ["1;buanderie;;", "2;;buanderie;bruit"]),
    "attribution.csv": ("pseudonyme;logement;fixe", ["M01;A1;oui"]),
}
KINDS = {"logements.csv": "logements", "voeux.csv": "voeux", "votes.csv": "votes"}


@pytest.fixture
def folder(tmp_path) -> Path:
    """A study that names its files of the group."""
    study = write_small_study(
        tmp_path,
        changes={
            "fichiers": {
                "voeux": "voeux.csv",
                "votes": "votes.csv",
                "logements": "logements.csv",
                "attribution_du_groupe": "attribution.csv",
            },
            "groupe": {
                "vote": {"regle": "approbations", "budget_ttc": 40_000},
                "attribution": {"site": idu(1)},
            },
        },
    )
    for name, (header, lines) in FILES.items():
        written(tmp_path, name, header, lines)
    assert json.loads(study.read_text(encoding="utf-8"))["groupe"]
    return tmp_path


@pytest.fixture
def check(folder, capsys):
    def typed(name: str, *, study: bool) -> tuple[int, str]:
        kind = KINDS.get(name, "attribution")
        also = ["--etude", str(folder / "etude.yaml")] if study else []
        code = status(["check", str(folder / name), "--kind", kind, *also])
        printed = capsys.readouterr()
        return code, (printed.out + printed.err).replace("\u00a0", " ").replace("\u202f", " ")

    return typed


@pytest.mark.parametrize(
    ("name", "alone", "beside"),
    [
        ("logements.csv", ["3 logements", "les noms des bâtiments"], ["locatifs", "(CAL) : 1."]),
        ("votes.csv", ["2 bulletins", "Non vérifié : les noms des espaces."], ["2 bulletins"]),
        (
            "voeux.csv",
            ["3 lignes de 2 ménages", "Non vérifié : les noms des logements et les pseudonymes."],
            ["Rangs sautés puis resserrés dans les vœux de 1 ménage.", "à tirer au sort : 0."],
        ),
        (
            "attribution.csv",
            ["1 logement, dont 1 fixé", "Non vérifié : les noms des logements et les pseudonymes."],
            ["1 logement, dont 1 fixé"],
        ),
    ],
)
def test_a_good_file_is_counted_and_what_was_not_checked_is_said(check, name, alone, beside):
    for study, expected in ((False, alone), (True, beside)):
        code, said = check(name, study=study)
        assert code == 0, said
        assert f"{name} : lisible" in said
        assert all(words in said for words in expected), said
        assert ("Non vérifié" in said) is not study
        assert not any(word in said for word in ("M01", "M02", "bruit"))


@pytest.mark.parametrize(
    ("name", "line", "said"),
    [
        ("voeux.csv", "M99;1;A1;", "ménage M99 : ce ménage n'est ni dans menages.csv"),
        ("voeux.csv", "M03;1;A9;", "logement inconnu « A9 »."),
        ("voeux.csv", "M03;1;L1;", "attribué par la commission (CAL)"),
        ("votes.csv", "3;salle_commune;;", "déjà obligatoire"),
        ("attribution.csv", "M02;A1;", "le logement « A1 » figure 2 fois."),
        ("logements.csv", "A3;PLSA;T3", "Vouliez-vous « PSLA » ?"),
    ],
)
def test_a_bad_line_is_refused_beside_the_study(check, folder, name, line, said):
    header, lines = FILES[name]
    written(folder, name, header, [*lines, line])
    code, printed = check(name, study=True)
    assert code == 2
    assert said in printed
    assert f"ligne {len(lines) + 2}" in printed or "lignes" in printed


def test_a_study_is_of_no_use_to_the_other_kinds(folder, capsys):
    arguments = ["check", str(folder / "menages.csv"), "--kind", "menages", "--etude", "x.yaml"]
    assert status(arguments) == 2
    assert (
        "ne sert qu'avec --kind voeux, votes, logements ou attribution" in capsys.readouterr().err
    )


def test_a_study_without_a_plan_leaves_names_of_dwellings_unchecked(folder, check):
    path = folder / "etude.yaml"
    content = json.loads(path.read_text(encoding="utf-8"))
    del content["fichiers"]["logements"]
    path.write_text(json.dumps(content), encoding="utf-8")
    code, said = check("voeux.csv", study=True)
    assert code == 0
    assert "Non vérifié : les noms des logements." in said
