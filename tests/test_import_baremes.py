"""The tables of facts come into the project the same way at every run."""

import csv
import re
from pathlib import Path

import pytest

from habitat_analysis.baremes import check_baremes, load_baremes
from tools.import_baremes import TABLES, import_table, main

FACTS = Path(__file__).resolve().parents[2] / "shared" / "facts"
pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not FACTS.exists(), reason="faits absents (../shared/facts)"),
]


def test_two_imports_give_the_same_bytes_and_a_folder_that_loads(tmp_path, capsys):
    for name in ("un", "deux"):
        assert main([str(FACTS), str(tmp_path / name)]) == 0
    assert "plafonds_ressources.csv: 353 rows" in capsys.readouterr().out
    names = sorted(path.name for path in (tmp_path / "un").iterdir())
    assert names == sorted(f"{table}.csv" for table in TABLES)
    for name in names:
        content = (tmp_path / "un" / name).read_bytes()
        assert content == (tmp_path / "deux" / name).read_bytes()
        assert b"\r" not in content
    check_baremes(load_baremes(tmp_path / "un"), ())


def test_values_and_provenance_are_not_touched():
    kept = ("value", "unit", "valid_from", "legal_reference", "source", "confidence")
    for table in TABLES:
        with (FACTS / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            facts = list(csv.DictReader(file))
        imported = import_table(FACTS, table)
        assert len(imported) == len(facts)
        if table != "tenures":
            for column in set(kept) & set(facts[0]):
                pairs = zip(imported, facts, strict=True)
                changed = [b[column] for a, b in pairs if a[column] != b[column]]
                if column != "legal_reference":
                    assert not [text for text in changed if "same" not in text]


def test_legal_references_are_french_and_keep_their_numbers():
    for table in TABLES:
        with (FACTS / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            facts = list(csv.DictReader(file))
        for row, fact in zip(import_table(FACTS, table), facts, strict=True):
            text, origin = row.get("legal_reference", ""), fact.get("legal_reference", "")
            assert not re.search(r"\b(since|before|and|the|of|yearly|last|law)\b", text), text
            if table not in ("tenures", "prix_plafonds") and not origin.startswith(
                ("same", "idem")
            ):
                assert re.findall(r"\d+", text) == re.findall(r"\d+", origin)


def test_same_is_spelled_out_from_the_row_above():
    rows = import_table(FACTS, "prix_plafonds")
    cap = next(row for row in rows if row["year"] == "2026" and row["zone"] == "B1")
    assert cap["legal_reference"].startswith("CCH R331-76-5-1")
    assert not [row for row in rows if row["legal_reference"].startswith("same")]


def test_dates_stated_in_notes_are_put_in_their_columns():
    livret = [row for row in import_table(FACTS, "prets") if row["loan"] == "LIVRET_A"]
    assert [row["next_revision"] for row in livret if row["next_revision"]] == ["2027-02-01"]
    ended = [row for row in import_table(FACTS, "fiscalite") if row["tax"] == "TFPB"]
    assert [row["valid_to"] for row in ended if row["valid_to"]] == ["2026-12-31"]


def test_usage(capsys):
    assert main([]) == 2
    assert "Usage" in capsys.readouterr().err
