"""The reference distributions of the commune or the basin: what a programme is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from habitat_analysis.contracts import read_table, to_integer, to_number
from habitat_analysis.errors import Faults
from habitat_analysis.formats import join_fr, percent, quoted

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
        The rows in the order of the file.

    Raises
    ------
    DataError
        With every fault of the file at once (``E_TABLE`` or ``E_REFERENCE``).
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
    _check_shares(table, faults)
    faults.raise_if_any(code="E_REFERENCE")
    table["vintage"] = table["vintage"].astype(int)
    return Reference(
        table=table.reset_index(drop=True), notes=tuple(raw.attrs["notes"]), file=faults.file
    )


def distribution(reference: Reference, theme: str) -> dict[str, float]:
    """Return the values of a theme by category, in the order of the file; empty if absent."""
    rows = reference.table[reference.table["theme"] == theme]
    return dict(zip(rows["category"], rows["value"], strict=True))


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
