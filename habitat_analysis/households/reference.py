"""The reference distributions of the commune or the basin: what a programme is compared with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import pandas as pd

from habitat_analysis.contracts import read_table, to_integer, to_number
from habitat_analysis.errors import Faults, did_you_mean
from habitat_analysis.formats import count, join_fr, percent, quoted, typeset
from habitat_analysis.study.group import FAMILIES
from habitat_analysis.tenures import ORDER, unknown_tenure

Place = Literal["commune", "bassin"]

COLUMNS = {
    "theme": "theme",
    "categorie": "category",
    "valeur": "value",
    "unite": "unit",
    "millesime": "vintage",
    "source": "source",
}
SHARE_UNIT = "part"
SHARE_TOLERANCE = 1e-3  # shares printed with three decimals may add up to 1,001
OLDEST_VINTAGE, LAST_VINTAGE = 1900, 2100

TENURES: Final = "statuts"
SIZES: Final = "tailles_menages"
FAMILY_TYPES: Final = "familles"
INCOMES: Final = "quartiles_revenu"
OLDEST_AGES: Final = "ages_personne_reference"
BASIN: Final = "_bassin"  # ends the theme of the basin, beside that of the commune
THEMES: Final = (
    *(TENURES, SIZES, FAMILY_TYPES, INCOMES, "ages", OLDEST_AGES),
    *(f"{theme}{BASIN}" for theme in (TENURES, SIZES, FAMILY_TYPES)),
)
THEME_LIKENESS: Final = 0.75  # a theme less alike is another idea
SIZE: Final = re.compile(r"(\d{1,2}) *(?:\+|personnes?|et plus|personnes et plus)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Values by theme and category, with their vintage and source."""

    table: pd.DataFrame  # columns theme, category, value, unit, vintage, source
    notes: tuple[str, ...]
    file: str


def read_reference(path: Path | str) -> Reference:
    """Read the reference file of a commune.

    Parameters
    ----------
    path
        CSV with the columns ``theme categorie valeur unite millesime source``. A value whose unit
        is ``part`` is a fraction of its theme.

    Returns
    -------
    reference
        The rows in the order of the file; a theme that nothing reads stays there, and a note says
        so.

    Raises
    ------
    DataError
        With every fault of the file at once (``E_TABLE`` or ``E_REFERENCE``), a tenure, a size or
        a family type that nobody would count among them.
    """
    raw = read_table(path, required=COLUMNS)
    faults = Faults(str(raw.attrs["file"]))
    cells = raw.rename(columns={english: french for french, english in COLUMNS.items()})
    table = pd.DataFrame(
        {
            "theme": _filled(cells["theme"], faults),
            "category": _filled(cells["categorie"], faults),
            "value": to_number(cells["valeur"], faults, minimum=0.0),
            "unit": _filled(cells["unite"], faults),
            "vintage": to_integer(
                cells["millesime"], faults, minimum=OLDEST_VINTAGE, maximum=LAST_VINTAGE
            ),
            "source": _filled(cells["source"], faults),
        }
    )
    _check_categories(table, faults)
    _check_known(table, faults)
    _check_shares(table, faults)
    faults.raise_if_any(code="E_REFERENCE")
    table["vintage"] = table["vintage"].astype(int)
    return Reference(
        table=table.reset_index(drop=True),
        notes=(*raw.attrs["notes"], *_unread_themes(table)),
        file=faults.file,
    )


def distribution(reference: Reference, theme: str) -> dict[str, float]:
    """Return the values of a theme by category, in the order of the file; empty if absent."""
    rows = reference.table[reference.table["theme"] == theme]
    return dict(zip(rows["category"], rows["value"], strict=True))


def theme_of(theme: str, place: Place) -> str:
    """Name a theme in the file: that of the commune, or of the basin.

    Examples
    --------
    >>> theme_of("statuts", "commune"), theme_of("statuts", "bassin")
    ('statuts', 'statuts_bassin')
    """
    return f"{theme}{BASIN}" if place == "bassin" else theme


def household_sizes(reference: Reference, place: Place) -> dict[int, float]:
    """Return the households of a place by number of persons; the largest means "and more"."""
    sizes: dict[int, float] = {}
    for category, value in distribution(reference, theme_of(SIZES, place)).items():
        found = SIZE.fullmatch(category)
        if found:
            size = int(found.group(1))
            sizes[size] = sizes.get(size, 0.0) + value
    return sizes


def sources_of(reference: Reference, *themes: str) -> tuple[str, ...]:
    """Name each source of these themes once, with its vintage."""
    rows = reference.table[reference.table["theme"].isin(themes)]
    named = dict.fromkeys(zip(rows["source"], rows["vintage"], strict=True))
    return tuple(f"{source}, {vintage}" for source, vintage in named)


def _filled(cells: pd.Series, faults: Faults) -> pd.Series:
    """Note the empty cells of a column of texts."""
    for line in cells.index[cells.eq("")]:
        faults.add(f"ligne {line}", f"{quoted(cells.name)} est vide.", "Complétez la cellule.")
    return cells


def _check_categories(table: pd.DataFrame, faults: Faults) -> None:
    """Note the categories stated twice and the themes in several units."""
    for (theme, category), rows in table.groupby(["theme", "category"], sort=False):
        if len(rows) > 1 and theme and category:
            lines = join_fr([str(line) for line in rows.index])
            why = f"{quoted(category)} du thème {quoted(theme)} figure {len(rows)} fois."
            faults.add(f"lignes {lines}", why, "Gardez une seule ligne.")
    for theme, cells in table.groupby("theme", sort=False)["unit"]:
        units = sorted(set(cells))
        if len(units) > 1 and theme:
            why = f"le thème {quoted(theme)} mêle les unités {join_fr(units)}."
            faults.add("", why, "Donnez la même unité à tout le thème.")


def _check_known(table: pd.DataFrame, faults: Faults) -> None:
    """Note the categories that nobody would count: a tenure, a size or a family type misspelt."""
    for line, theme, category in table[["theme", "category"]].itertuples():
        if not category:
            continue
        kind = theme.removesuffix(BASIN)
        if kind == TENURES and category not in ORDER:
            faults.add(f"ligne {line}", unknown_tenure(category), "Corrigez la catégorie.")
        elif kind == FAMILY_TYPES and category not in FAMILIES:
            near = did_you_mean(category, FAMILIES) or f"Types : {join_fr(FAMILIES, 'ou')}."
            faults.add(f"ligne {line}", f"type de ménage inconnu {quoted(category)}.", near)
        elif kind == SIZES and not SIZE.fullmatch(category):
            why = f"{quoted(category)} n'est pas une taille de ménage."
            faults.add(f"ligne {line}", why, "Écrivez un nombre de personnes : 1, 2… ou 6+.")


def _unread_themes(table: pd.DataFrame) -> Iterator[str]:
    """Say which themes nothing reads, with the nearest one that is read."""
    for theme, rows in table.groupby("theme", sort=False):
        if theme not in THEMES:
            near = (
                did_you_mean(str(theme), THEMES, likeness=THEME_LIKENESS)
                or f"Thèmes lus : {join_fr(THEMES)}."
            )
            yield typeset(
                f"Thème {quoted(theme)} de la référence, {count(len(rows), 'ligne')} : rien ne le "
                f"lit, il n'est comparé à rien. {near}"
            )


def _check_shares(table: pd.DataFrame, faults: Faults) -> None:
    """Note the shares above one, line by line, and those of a theme that exceed the whole."""
    shares = table[(table["unit"] == SHARE_UNIT) & table["value"].notna()]
    for line, value in shares.loc[shares["value"] > 1, "value"].items():
        why = f"{value:g} n'est pas une part (valeur entre 0 et 1)."
        remedy = "Écrivez 0,25 pour 25 %, ou changez l'unité."
        faults.add(f"ligne {line}", why, remedy)
    for theme, total in shares.groupby("theme", sort=False)["value"].sum().items():
        if total > 1 + SHARE_TOLERANCE and (shares["value"] <= 1).all():
            why = f"les parts du thème {quoted(theme)} totalisent {percent(total)}."
            faults.add("", why, "Corrigez-les : leur somme ne peut dépasser 1.")
