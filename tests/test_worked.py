"""Every worked example whose function is written gives what the specification states."""

import json
from pathlib import Path

import pytest

from tests.worked_adapter import WORKED, differences, is_implemented, main, read_examples

EXAMPLES = [example for path in sorted(WORKED.glob("*.json")) for example in read_examples(path)]
WRITTEN = [example for example in EXAMPLES if is_implemented(example)]


@pytest.mark.parametrize("example", WRITTEN, ids=lambda example: f"{example.file[:2]}-{example.id}")
def test_worked_example(example):
    assert differences(example) == []


def loan(**changes):
    """Return a stated loan: 1 200 EUR at 0 % over three years."""
    item = {
        "id": "zero",
        "function": "loan_schedule",
        "inputs": {"principal": 1200.0, "rate": 0.0, "years": 3},
        "expected": {"payments": [400.0, 400.0, 400.0]},
        "tolerance": None,
    }
    return item | changes


def write(folder: Path, *items, name="99_made_up.json") -> Path:
    path = folder / name
    path.write_text(
        json.dumps({"default_tolerance": {"rel": 1e-6, "abs": 1e-6}, "examples": items}), "utf-8"
    )
    return path


def run(capsys, *arguments) -> tuple[int, list[str]]:
    code = main([str(argument) for argument in arguments])
    return code, capsys.readouterr().out.splitlines()


def test_a_right_file_is_ok(tmp_path, capsys):
    code, lines = run(capsys, write(tmp_path, loan()))
    assert (code, lines) == (0, ["ok 99_made_up.json zero", "1 ok, 0 differs, 0 missing"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"payments": [400.0, 400.0, 400.1]},
        {"payments": [400.0, 400.0]},
        {"payments": [400.0, 400.0, None]},
        {"payments": [400.0, 400.0, True]},
        {"payments": 400.0},
        {"absent": 1.0},
        {"balances": None},
        {"error": "E_LOAN"},
    ],
    ids=str,
)
def test_a_wrong_answer_is_told(tmp_path, capsys, wrong):
    code, lines = run(capsys, write(tmp_path, loan(expected=wrong)))
    assert code == 1
    assert lines[0].startswith("differs 99_made_up.json zero got={")
    assert "expected={" in lines[0]
    assert lines[-1] == "0 ok, 1 differs, 0 missing"


def test_an_expected_error_must_carry_its_code(tmp_path, capsys):
    refused = {"principal": -1.0, "rate": 0.0, "years": 3}
    items = [
        loan(id="right", inputs=refused, expected={"error": "E_LOAN"}),
        loan(id="wrong", inputs=refused, expected={"error": "E_OTHER"}),
        loan(id="unexpected", inputs=refused),
    ]
    code, lines = run(capsys, write(tmp_path, *items))
    assert code == 1
    assert [line.split()[0] for line in lines[:-1]] == ["ok", "differs", "differs"]


def test_a_tolerance_may_be_given_field_by_field(tmp_path, capsys):
    near = {"payments": [400.4, 400.0, 400.0], "balances": [1200.0, 800.0, 400.0, 0.0]}
    loose = {"payments": {"abs": 0.5}}
    code, _ = run(capsys, write(tmp_path, loan(expected=near, tolerance=loose)))
    assert code == 0
    tight = {"payments": {"abs": 0.3}}
    code, _ = run(capsys, write(tmp_path, loan(expected=near, tolerance=tight)))
    assert code == 1


def test_missing_functions_are_named_and_fail(tmp_path, capsys):
    path = write(tmp_path, loan(), loan(id="other", function="not_written"))
    code, lines = run(capsys, path)
    assert code == 1
    assert lines[1] == "missing 99_made_up.json other not_written"
    assert run(capsys, "--implemented", path)[0] == 0
    assert run(capsys, "--function", "loan_schedule", path)[0] == 0
    assert run(capsys, "--function", "loan_schedule,not_written", path)[0] == 1


def test_running_nothing_is_not_a_success(tmp_path, capsys):
    assert run(capsys, "--function", "unheard_of", write(tmp_path, loan()))[0] == 1


def test_a_witness_must_keep_the_rules_and_reach_the_values(tmp_path, capsys):
    first, stated = json.loads((WORKED / "10_programme.json").read_text("utf-8"))["examples"][:2]
    dear = first["expected"]["witness"]["x"]
    for spaces, told in ((["salle_commune"], "values.public_money"), ([], "mandatory")):
        answer = {
            "values": stated["expected"]["values"],
            "witness": {"x": dear, "spaces": spaces},
        }
        code, lines = run(capsys, write(tmp_path, stated | {"expected": answer}))
        assert code == 1
        assert told in lines[0]


def test_a_witness_that_nobody_can_evaluate_is_missing(tmp_path, capsys):
    item = loan(expected={"payments": [400.0, 400.0, 400.0], "witness": {"x": 1}})
    assert run(capsys, write(tmp_path, item))[1][0].startswith("missing")


def test_every_file_is_read_and_every_id_is_unique():
    assert len(list(WORKED.glob("*.json"))) == 18
    assert len({(example.file, example.id) for example in EXAMPLES}) == len(EXAMPLES) == 93


def test_the_acceptance_list_is_written():
    ours = {"01_", "02_", "03_", "16_"}
    labels = {"optimise_programme", "evaluate_programme", "loan_schedule"}
    labels |= {"structure_coefficient", "eligibility", "min_typology"}
    needed = [e for e in EXAMPLES if e.file[:3] in ours or e.function in labels]
    assert [e.id for e in needed if not is_implemented(e)] == []
