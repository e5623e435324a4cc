"""The group of households: its file is read once, checked, and leaves nobody's name inside.

Columns that name or reach a person are dropped as they are read. Messages show a line, a
pseudonym and the faulty word of a coded column; never an income, an age or a free text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from habitat_analysis.contracts import read_table, to_bool, to_integer, to_number
from habitat_analysis.errors import Faults
from habitat_analysis.formats import count, join_fr, typeset
from habitat_analysis.households.list_columns import place, to_ages, to_words, to_years
from habitat_analysis.tenures import ORDER as TENURE_CODES

REQUIRED = {
    "pseudonyme": "household_id",
    "couples": "couples",
    "adultes_seuls": "single_adults",
    "ages_enfants": "child_ages",
    "rfr_n2": "rfr_n2_eur",
    "revenu_mensuel": "income_month_eur",
}
OPTIONAL = {
    "ages_adultes": "adult_ages",
    "ages_enfants_visite": "visiting_child_ages",
    "personnes_a_charge": "dependants",
    "carte_invalidite": "disabled",
    "rfr_n1": "rfr_n1_eur",
    "annee_rfr_n2": "income_year",
    "epargne": "savings_eur",
    "mensualites_credit": "loan_payments_month_eur",
    "statuts_souhaites": "wished_tenures",
    "typologies_souhaitees": "wished_typologies",
    "points": "points",
    "apl_mensuelle": "apl_month_eur",
    "contingents": "reservations",
    "departs_enfants_ans": "child_departures_years",
}
FRENCH = {english: french for french, english in {**REQUIRED, **OPTIONAL}.items()}
COLUMNS = (
    "household_id",
    "couples",
    "single_adults",
    "adult_ages",
    "child_ages",
    "visiting_child_ages",
    "dependants",
    "disabled",
    "rfr_n2_eur",
    "rfr_n1_eur",
    "income_year",
    "income_month_eur",
    "savings_eur",
    "loan_payments_month_eur",
    "wished_tenures",
    "wished_typologies",
    "points",
    "apl_month_eur",
    "reservations",
    "child_departures_years",
    "line",
)
UNSTATED: Mapping[str, Any] = {  # what a household that is not read in a file says nothing of
    "visiting_child_ages": (),
    "disabled": False,
    "rfr_n1_eur": math.nan,
    "income_year": pd.NA,
    "loan_payments_month_eur": 0.0,
    "wished_tenures": (),
    "wished_typologies": (),
    "points": math.nan,
    "apl_month_eur": math.nan,
    "reservations": (),
    "child_departures_years": (),
}
TYPOLOGIES = ("T1", "T2", "T3", "T4", "T5", "T6")

OLDEST = 120  # beyond, an age is a typing error
MOST_PERSONS = 20
LONGEST_STAY = 40  # years before a child leaves
FIRST_YEAR, LAST_YEAR = 1990, 2100  # of an income
YEARS_BACK = 2  # ceilings look at the income of the year before last
LARGEST_YEAR_EUR = 5_000_000.0  # beyond, an income of one year is a typing error
LARGEST_MONTH_EUR = 500_000.0
LARGEST_SAVINGS_EUR = 50_000_000.0
LARGEST_APL_EUR = 5_000.0  # a month
LARGEST_POINTS = 1_000_000.0

# A drawn number or a keyed hash has a digit; a name has none.
PSEUDONYM = re.compile(r"(?=.*\d)[A-Za-z0-9_.-]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The households of a project, one row each, and what was said about their file."""

    table: pd.DataFrame  # columns COLUMNS
    notes: tuple[str, ...]
    file: str


def read_group(
    path: Path | str,
    *,
    tenures: Sequence[str] = TENURE_CODES,
    typologies: Sequence[str] = TYPOLOGIES,
    operation_year: int | None = None,
    reservations: Sequence[str] | None = None,
) -> Group:
    """Read the file of households of a group.

    Parameters
    ----------
    path
        CSV, one row a household; columns `REQUIRED` and `OPTIONAL` (keys: names in the file).
        Lists are written ``34|36``.
    tenures, typologies
        Words accepted in the wishes.
    operation_year
        Year of the operation: where the file states the year of an income (``annee_rfr_n2``), it
        has to be the year before last. Without it, all stated years must agree.

    Returns
    -------
    group
        Typed rows in the order of the file; unknown sums are NaN, lists are tuples, and
        ``dependants`` is the number of children at home where the file says nothing.
        ``child_departures_years`` goes with ``child_ages``, None where unknown, or is empty.

    Raises
    ------
    DataError
        With every fault of the file at once (``E_TABLE`` or ``E_GROUP``).
    """
    raw = read_table(path, required=REQUIRED, optional=OPTIONAL)
    faults = Faults(str(raw.attrs["file"]))
    cells = raw.reindex(columns=[*REQUIRED.values(), *OPTIONAL.values()], fill_value="")
    cells = cells.rename(columns=FRENCH)
    labels = _pseudonyms(cells["pseudonyme"], faults)
    known = {"tenures": tenures, "typologies": typologies, "reservations": reservations}
    table = _typed(cells, labels, faults, known)
    _check_households(table, labels, faults)
    _check_years(table["income_year"], labels, faults, operation_year)
    faults.list.sort(key=first_line)
    faults.raise_if_any(code="E_GROUP")
    table["dependants"] = (
        table["dependants"].fillna(table["child_ages"].map(len).astype("Int64")).astype(int)
    )
    for column in ("couples", "single_adults"):
        table[column] = table[column].astype(int)
    notes = (*raw.attrs["notes"], *_doubts(table))
    return Group(table=table.reset_index(drop=True), notes=notes, file=faults.file)


def _pseudonyms(cells: pd.Series, faults: Faults) -> pd.Series:
    """Check the pseudonyms; return what to call each line in messages ("" when unfit to show)."""
    fit = cells.map(lambda text: bool(PSEUDONYM.fullmatch(text)))
    remedy = "Donnez un numéro tiré au sort ou une empreinte, par exemple M006, jamais un nom."
    for line in cells.index[~fit]:
        why = "« pseudonyme » est vide." if cells.loc[line] == "" else "pseudonyme non conforme."
        faults.add(f"ligne {line}", why, remedy)
    for pseudonym, lines in cells[fit].groupby(cells[fit], sort=False).groups.items():
        if len(lines) > 1:
            places = join_fr([str(line) for line in lines])
            why = f"le ménage {pseudonym} figure {len(lines)} fois."
            faults.add(f"lignes {places}", why, "Gardez une seule ligne par ménage.")
    return ("ménage " + cells).where(fit, "")


def _typed(
    cells: pd.DataFrame,
    labels: pd.Series,
    faults: Faults,
    known: Mapping[str, Sequence[str] | None],
) -> pd.DataFrame:
    """Type every column; each faulty cell is noted and left missing."""
    private: Any = {"minimum": 0, "labels": labels, "private": True}

    def number(french: str, largest: float, *, required: bool = False) -> pd.Series:
        return to_number(cells[french], faults, maximum=largest, required=required, **private)

    def whole(french: str, *, required: bool = True) -> pd.Series:
        return to_integer(cells[french], faults, maximum=MOST_PERSONS, required=required, **private)

    def words(french: str, kind: str, noun: str) -> pd.Series:
        return to_words(cells[french], labels, faults, known=known[kind], noun=noun)

    def ages(french: str) -> pd.Series:
        return to_ages(cells[french], labels, faults, oldest=OLDEST, most=MOST_PERSONS)

    disabled = to_bool(
        cells["carte_invalidite"], faults, required=False, labels=labels, private=True
    )
    table = pd.DataFrame(
        {
            "household_id": cells["pseudonyme"],
            "couples": whole("couples"),
            "single_adults": whole("adultes_seuls"),
            "adult_ages": ages("ages_adultes"),
            "child_ages": ages("ages_enfants"),
            "visiting_child_ages": ages("ages_enfants_visite"),
            "dependants": whole("personnes_a_charge", required=False),
            "disabled": disabled.fillna(value=False).astype(bool),
            "rfr_n2_eur": number("rfr_n2", LARGEST_YEAR_EUR, required=True),
            "rfr_n1_eur": number("rfr_n1", LARGEST_YEAR_EUR),
            "income_year": to_integer(
                cells["annee_rfr_n2"],
                faults,
                minimum=FIRST_YEAR,
                maximum=LAST_YEAR,
                required=False,
                labels=labels,
            ),
            "income_month_eur": number("revenu_mensuel", LARGEST_MONTH_EUR, required=True),
            "savings_eur": number("epargne", LARGEST_SAVINGS_EUR),
            "loan_payments_month_eur": number("mensualites_credit", LARGEST_MONTH_EUR),
            "wished_tenures": words("statuts_souhaites", "tenures", "statut inconnu"),
            "wished_typologies": words("typologies_souhaitees", "typologies", "typologie inconnue"),
            "points": number("points", LARGEST_POINTS),
            "apl_month_eur": number("apl_mensuelle", LARGEST_APL_EUR),
            "reservations": words("contingents", "reservations", "contingent absent de l'étude"),
            "child_departures_years": to_years(
                cells["departs_enfants_ans"], labels, faults, longest=LONGEST_STAY
            ),
        }
    )
    return table.assign(line=table.index)[list(COLUMNS)]


def _check_households(table: pd.DataFrame, labels: pd.Series, faults: Faults) -> None:
    """Note the households that nobody lives in, or whose parts do not agree."""
    for line, row in table.iterrows():
        if pd.isna(row["couples"]) or pd.isna(row["single_adults"]):
            continue  # already noted
        adults = int(2 * row["couples"] + row["single_adults"])
        children = len(row["child_ages"])
        reachable = adults - 1 + children + len(row["visiting_child_ages"])
        where = place(line, labels)
        if adults == 0:
            who = "aucun adulte" if children else "personne"
            remedy = "Complétez « couples » ou « adultes_seuls », ou retirez la ligne."
            faults.add(where, f"le ménage ne compte {who}.", remedy)
            continue
        if row["adult_ages"] and len(row["adult_ages"]) != adults:
            why = "« ages_adultes » n'a pas autant d'âges que le ménage a d'adultes."
            faults.add(where, why, "Donnez un âge par adulte, ou laissez la cellule vide.")
        if pd.notna(row["dependants"]) and row["dependants"] > reachable:
            why = "« personnes_a_charge » dépasse ce que la composition du ménage permet."
            faults.add(where, why, "Corrigez le nombre, ou complétez les âges des enfants.")
        if row["child_departures_years"] and len(row["child_departures_years"]) != children:
            why = "« departs_enfants_ans » n'a pas autant de valeurs que le ménage a d'enfants."
            remedy = "Donnez un nombre d'années par enfant, dans l'ordre de « ages_enfants »."
            faults.add(where, why, remedy)


def _check_years(
    years: pd.Series, labels: pd.Series, faults: Faults, operation_year: int | None
) -> None:
    """Note the incomes of another year than the one that the ceilings look at."""
    stated = years.dropna()
    if operation_year is None:
        if len(set(stated)) > 1:
            why = f"« annee_rfr_n2 » mêle {join_fr(sorted(int(year) for year in set(stated)))}."
            faults.add("", why, "Donnez à tous les ménages le revenu fiscal de la même année.")
        return
    due = operation_year - YEARS_BACK
    for line, year in stated[stated != due].items():
        why = (
            f"« annee_rfr_n2 » vaut {int(year)} ; une opération de {operation_year} demande {due}."
        )
        remedy = (
            f"Prenez l'avis d'impôt {due + 1} (revenus de {due}) ; un revenu plus récent se met "
            "dans « rfr_n1 »."
        )
        faults.add(place(line, labels), typeset(why), remedy)


def _doubts(table: pd.DataFrame) -> tuple[str, ...]:
    """Say what is allowed but looks wrong, by line, without any sum."""
    monthly = table["income_month_eur"]
    yearly = table.index[
        (monthly > 0) & (monthly > table["rfr_n2_eur"]) & (table["rfr_n2_eur"] > 0)
    ]
    if yearly.empty:
        return ()
    lines = join_fr([str(line) for line in yearly])
    return (
        typeset(
            f"{count(len(yearly), 'ménage')} au revenu mensuel supérieur au revenu fiscal annuel "
            f"(lignes {lines}) : vérifiez qu'un revenu annuel n'a pas été écrit."
        ),
    )


def first_line(fault: str) -> int:
    """Return the line that a fault names first, 0 if none: faults are told in the file's order."""
    found = re.search(r"lignes? (\d+)", fault)
    return int(found[1]) if found else 0
