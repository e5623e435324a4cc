"""The poorest quarter of the applicants for a social home: the income under which one is in it.

Each intercommunal body (établissement public de coopération intercommunale, EPCI) has its own
threshold, set every year. None is in the tables: the national median stands for it, and says so.
"""

from __future__ import annotations

import math

from habitat_analysis.baremes import FactReader
from habitat_analysis.errors import UsageError


def first_quartile_threshold(reader: FactReader, *, consumption_units: float) -> float:
    """Compute the yearly income under which a household is in the first quartile of applicants.

    The national median of the thresholds is used and flagged: the threshold of the EPCI replaces
    it wherever it is known.

    Parameters
    ----------
    reader
        Reader of the facts.
    consumption_units
        Units of consumption of the household, see `occupancy.consumption_units`.

    Returns
    -------
    threshold
        In euros a year for the whole household.

    Raises
    ------
    DataError
        If the date is before the first value (``E_BAREME_BEFORE``).
    UsageError
        If the household counts for less than one unit.

    References
    ----------
    CCH L441-1; yearly arrêté on the resources of the first quartile of applicants.

    Examples
    --------
    >>> from datetime import date
    >>> from habitat_analysis.baremes import load_baremes
    >>> reader = FactReader(load_baremes(), on=date(2026, 11, 22))
    >>> round(first_quartile_threshold(reader, consumption_units=2.1))
    18209
    >>> [fact.flags[0] for fact in reader.used]
    ["médiane nationale de 2022, à remplacer par le seuil de l'EPCI"]
    """
    if not (math.isfinite(consumption_units) and consumption_units >= 1):
        msg = f"Expected one unit of consumption or more: got {consumption_units}."
        raise UsageError(msg)
    median = reader("mixite", rule="L441-1", scope="France", key="first_quartile_median_threshold")
    year = f" de {median.valid_from.year}" if median.valid_from else ""
    sentence = f"médiane nationale{year}, à remplacer par le seuil de l'EPCI"
    return reader.flag(median, sentence).number * consumption_units
