"""From the surface habitable (SHAB) and its annexes to the surface utile (SU), two definitions.

The SU of a rental dwelling leaves garages out; that of accession (PSLA, BRS), on which the sale
price is capped, counts a part of them. Weights and limits are read from ``data/baremes``.
"""

from __future__ import annotations

import math

from habitat_analysis.baremes import FactReader
from habitat_analysis.errors import UsageError
from habitat_analysis.regulation import PRICES


def surface_utile(reader: FactReader, *, shab_m2: float, annexes_m2: float) -> float:
    """Compute the surface utile of a rental dwelling, in m².

    Parameters
    ----------
    reader
        Reader of the facts.
    shab_m2
        Surface habitable of the dwelling, in m².
    annexes_m2
        Cellars, balconies, loggias, terraces within their limit..., in m², garages left out.

    Returns
    -------
    su_m2
        SU = SHAB + weight x annexes, not rounded.

    Raises
    ------
    UsageError
        ``E_SU`` when an area is negative or not finite.

    References
    ----------
    CCH D331-10 and D353-16; arrêté of 9 May 1995; ``docs/model.md`` 0.4.

    Examples
    --------
    >>> from datetime import date
    >>> from habitat_analysis.baremes import load_baremes
    >>> surface_utile(FactReader(load_baremes(), on=date(2026, 11, 22)), shab_m2=62, annexes_m2=12)
    68.0
    """
    _check_areas(shab_m2, annexes_m2)
    return shab_m2 + _annex_weight(reader) * annexes_m2


def surface_utile_accession(
    reader: FactReader, *, shab_m2: float, annexes_m2: float, garage_m2: float
) -> float:
    """Compute the surface utile of a dwelling for sale in PSLA or BRS, in m².

    Parameters
    ----------
    reader
        Reader of the facts.
    shab_m2
        Surface habitable of the dwelling, in m².
    annexes_m2
        Annexes, in m², garage left out.
    garage_m2
        Garage or parking place of the dwelling, in m².

    Returns
    -------
    su_m2
        SU = SHAB + weight x annexes + the least of weight x garage and its limit, not rounded.

    Raises
    ------
    UsageError
        ``E_SU`` when an area is negative or not finite.

    References
    ----------
    Arrêté of 26 March 2004, article 2.

    Examples
    --------
    >>> from datetime import date
    >>> from habitat_analysis.baremes import load_baremes
    >>> surface_utile_accession(FactReader(load_baremes(), on=date(2026, 11, 22)),
    ...     shab_m2=65, annexes_m2=10, garage_m2=12)
    76.0
    """
    _check_areas(shab_m2, annexes_m2, garage_m2)
    limit_m2 = reader.value(PRICES, zone_scheme="formula", zone="garage_area_in_SU")
    garage_part_m2 = min(_annex_weight(reader) * garage_m2, limit_m2)
    return surface_utile(reader, shab_m2=shab_m2, annexes_m2=annexes_m2) + garage_part_m2


def _annex_weight(reader: FactReader) -> float:
    return reader.value("surfaces", topic="surface_utile", key="annex_weight")


def _check_areas(*areas_m2: float) -> None:
    """Refuse an area that cannot be."""
    if not all(math.isfinite(area) and area >= 0 for area in areas_m2):
        msg = f"Expected areas of zero m² or more: got {areas_m2}."
        raise UsageError(msg, code="E_SU")
