"""The same site under one question more: what becomes of it if the land is dearer."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

from habitat_analysis.errors import DataError
from habitat_analysis.feasibility.nouns import Feasibility
from habitat_analysis.feasibility.operation import study_site
from habitat_analysis.formats import number, typeset

VARIANT: Final = "variante"
MOST_TIMES: Final = 20.0


def with_dearer_land(feasibility: Feasibility, times: float) -> Feasibility:
    """Study the same site in the same scenario, the price of its land multiplied.

    Parameters
    ----------
    feasibility
        A site studied; it does not change.
    times
        Price of the land, as a multiple of that of the scenario.

    Raises
    ------
    DataError
        ``E_PARAMETER`` outside ]0, 20].
    """
    if not math.isfinite(times) or not 0 < times <= MOST_TIMES:
        msg = typeset(
            f"Prix du terrain : {times} fois celui de l'étude n'est pas une hypothèse. Donnez un"
            f" nombre entre 0 et {number(MOST_TIMES)}."
        )
        raise DataError(msg, code="E_PARAMETER")
    terms = feasibility.scenario
    dearer = terms.model_copy(
        update={
            "name": VARIANT,
            "label": typeset(f"{terms.label}, terrain à {_times(times)} son prix"),
            "land_factor": terms.land_factor * times,
        }
    )
    ground = feasibility.ground
    study = ground.study.model_copy(update={"scenarios": (dearer,)})
    return study_site(replace(ground, study=study), feasibility.site.idus, scenario=VARIANT)


def _times(times: float) -> str:
    """Write « 2 fois » or « 1,25 fois »."""
    decimals = next(n for n in (0, 1, 2) if n == 2 or round(times, n) == times)
    return f"{number(times, decimals)} fois"
