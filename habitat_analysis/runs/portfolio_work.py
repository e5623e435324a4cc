"""The work of a portfolio, cut in chunks that any process or machine can do alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from pydantic import TypeAdapter

from habitat_analysis.baremes import FactReader
from habitat_analysis.errors import UsageError
from habitat_analysis.feasibility import Ground
from habitat_analysis.feasibility.access import access_of_study
from habitat_analysis.feasibility.answers import Answer, answer_many
from habitat_analysis.feasibility.operation import objectives
from habitat_analysis.formats import typeset
from habitat_analysis.programme.case import Case
from habitat_analysis.programme.mould import Mould, cast, counted_land_ht, make_mould
from habitat_analysis.programme.site_figures import SiteFigures

CHUNK_SITES: Final = 40
STOPPED: Final = (
    "Le calcul de ce site s'est arrêté à chaque essai (mémoire ?) : relancez la commande."
)
_ANSWERS: Final = TypeAdapter(tuple[Answer, ...])


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Sites to answer: no geometry, a few kilobytes, so that it travels."""

    mould: Mould
    sites: tuple[SiteFigures, ...]
    objectives: tuple[str, ...]
    time_limit_s: float

    def chunks(self, size: int = CHUNK_SITES) -> tuple[Work, ...]:
        """Cut the work in parts of `size` sites, in order."""
        starts = range(0, len(self.sites), size)
        return tuple(replace(self, sites=self.sites[at : at + size]) for at in starts)


def make_work(ground: Ground, sites: Sequence[SiteFigures], *, scenario: str) -> Work:
    """Gather what the answers of some sites of a study need.

    Raises
    ------
    DataError
        Unknown scenario, terms the law refuses.
    """
    study = ground.study
    access = access_of_study(ground, scenario=scenario)
    mould = make_mould(
        study,
        study.scenario(scenario),
        classes=access.classes if access else (),
        facts=FactReader(ground.baremes, on=study.operation_date),
    )
    return Work(
        mould=mould,
        sites=tuple(sites),
        objectives=tuple(objectives(ground)),
        time_limit_s=float(study.time_limit_s),
    )


def do_work(work: Work) -> tuple[Answer, ...]:
    """Answer every site of a work, in order; one that fails never stops the others."""
    mould = work.mould
    cases = [_case(mould, site) for site in work.sites]
    factor = mould.fixed_ttc_per_land_ht()
    whole = [
        (case, counted_land_ht(mould, site) * factor)
        for case, site in zip(cases, work.sites, strict=True)
        if isinstance(case, Case)
    ]
    answers = iter(
        answer_many(
            [case for case, _ in whole],
            work.objectives,
            lands_eur=[land for _, land in whole],
            time_limit_s=work.time_limit_s,
        )
    )
    return tuple(next(answers) if isinstance(case, Case) else case for case in cases)


def stopped(work: Work) -> tuple[Answer, ...]:
    """Answer for sites whose process died each time: nothing is known of them."""
    return tuple(Answer(status="error", note=typeset(STOPPED)) for _ in work.sites)


def answers_text(answers: Sequence[Answer]) -> bytes:
    """Write answers as JSON: `read_answers` gives back the very same numbers."""
    return _ANSWERS.dump_json(tuple(answers))


def read_answers(text: bytes) -> tuple[Answer, ...]:
    """Read what `answers_text` wrote.

    Raises
    ------
    ValueError
        For anything else.
    """
    return _ANSWERS.validate_json(text)


def _case(mould: Mould, site: SiteFigures) -> Case | Answer:
    try:
        return cast(mould, site)
    except UsageError as error:  # figures of this site that mean nothing
        return Answer(status="error", note=typeset(f"Données du site refusées : {error}"))
