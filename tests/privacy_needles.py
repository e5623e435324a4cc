"""The private values of a study, chosen so that finding one proves something.

What is looked for, and what is too common to prove anything:

- every pseudonym, and every objection of a ballot, word for word;
- yearly sums and savings of five figures at least, except whole thousands: 24 000 is a grant, a
  price or a ceiling, and 1 620 a number of square metres. Nearly every household keeps one such
  sum, or a list of ages (a test counts them); its pseudonym covers it anyway;
- ages as lists of two or more (``36|38``): one age alone is any number;
- in the circle of the group, besides: the values of quartiles, age bands and family types, as the
  study writes them and in words.

A sum that the public accounts of the same run hold (`montage`, `baremes`...) proves nothing
either: it is put aside, that sum alone, by `proven_public`; so is the published median.
"""

from __future__ import annotations

import csv
import json
import statistics
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from habitat_analysis.study import Study
from habitat_analysis.study.group import FAMILIES, QUARTILES
from tests.privacy_search import Needle

SUMS = ("rfr_n2", "rfr_n1", "revenu_mensuel", "epargne")
LISTS = ("ages_adultes", "ages_enfants", "departs_enfants_ans")
LEAST_SUM, COMMON_STEP = 10_000, 1_000
# Blocks of `resultats.json` computed from land, costs and legal values: no household is in them.
ACCOUNTS = (
    "montage", "baremes", "charge_fonciere", "arbitrages", "exigences", "robustesse", "essais",
    "prix_de_revient_ttc", "impose", "programme",
)  # fmt: skip
FAMILY_WORDS = (
    "personne seule", "couple sans enfant", "couple avec enfants", "famille monoparentale",
    "couple_avec_enfants", "monoparental",
)  # fmt: skip


def household_rows(study: Study) -> list[dict[str, str]]:
    """Rows of the group and of the candidates, as the files write them."""
    files = [name for name in (study.files.group, study.files.candidates) if name]
    return [row for name in files for row in _rows(study.path(name))]


def household_needles(study: Study) -> list[Needle]:
    """Pseudonyms, sums and ages of everybody."""
    found: dict[tuple[str, str], Needle] = {}
    for row in household_rows(study):
        for needle in _of_household(row):
            found.setdefault((needle.form, needle.value), needle)
    return list(found.values())


def objection_needles(study: Study) -> list[Needle]:
    """Words of the objections of the ballots."""
    if study.files.ballots is None:
        return []
    rows = _rows(study.path(study.files.ballots))
    return [Needle("objection", row["motif"], "phrase") for row in rows if row["motif"]]


def trait_needles(study: Study) -> list[Needle]:
    """Values of the attributes that the circle of the group must not read."""
    bands = study.residents.values_of("age")
    phrases = [Needle("trait", value, "phrase") for value in (*bands, *FAMILY_WORDS)]
    values = [value for value in (*QUARTILES, *FAMILIES) if value != "autre"]
    return [*phrases, *(Needle("trait", value, "word") for value in values)]


def proven_public(study: Study, results: Mapping[str, Any]) -> set[int]:
    """Sums that the run publishes for another reason: its accounts, legal values, medians."""
    accounts = {n for key in ACCOUNTS for n in _numbers(results.get(key))}
    incomes = [int(row["rfr_n2"]) for row in _rows(study.path(str(study.files.group)))]
    months = [int(row["revenu_mensuel"]) for row in _rows(study.path(str(study.files.group)))]
    medians = {
        statistics.median(incomes),
        statistics.median(months),
        12 * statistics.median(months),
    }
    return accounts | {round(median / 100) * 100 for median in medians}


def results_of_run(folder: Path) -> dict[str, Any]:
    """Read the results of the only site of a run."""
    (path,) = folder.glob("*/*/*/resultats.json")
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def _of_household(row: Mapping[str, str]) -> Iterator[Needle]:
    yield Needle("pseudonyme", row["pseudonyme"], "word")
    for name in SUMS:
        value = int(row.get(name) or 0)
        if value >= LEAST_SUM and value % COMMON_STEP:
            yield Needle(name, str(value), "money")
    for name in LISTS:
        if "|" in row.get(name, ""):
            yield Needle(name, row[name], "ages")


def _numbers(value: Any) -> Iterator[int]:
    if isinstance(value, Mapping):
        yield from (n for inner in value.values() for n in _numbers(inner))
    elif isinstance(value, list):
        yield from (n for inner in value for n in _numbers(inner))
    elif isinstance(value, int | float):
        yield round(abs(value))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))
