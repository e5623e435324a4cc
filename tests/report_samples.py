"""Feasibilities of the small study, made once for all the tests that read a report."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from habitat_analysis.feasibility import (
    Feasibility,
    Ground,
    read_ground,
    study_site,
    with_argument,
)
from habitat_analysis.report.argument_blocks import argument_blocks
from habitat_analysis.report.blocks import Document, Section, section
from habitat_analysis.report.outline import outline
from habitat_analysis.study import load_study
from tests.small_study import idu, impossible, write_small_study

HOSTILE = '<script>alert(1)</script> ${alert(2)} #panic("x") *g* $x^2$ \\ {{7*7}} @ref =1+1 \'"]] é'


@cache
def sample_ground(kind: str = "base") -> Ground:
    """Read the small study: ``base``, ``impossible``, ``hostile`` or ``alone`` (no group)."""
    with tempfile.TemporaryDirectory() as name:
        path = write_small_study(
            Path(name),
            changes=impossible() if kind == "impossible" else None,
            text=HOSTILE if kind == "hostile" else None,
            group=kind != "alone",
        )
        return read_ground(load_study(path))


@cache
def sample(kind: str = "base", rank: int = 1, scenario: str = "base") -> Feasibility:
    """Study one parcel of the small study."""
    return study_site(sample_ground(kind), (idu(rank),), scenario=scenario)


@cache
def argued(kind: str = "base") -> Feasibility:
    """Study the first parcel of the small study, and argue its programme."""
    return with_argument(sample(kind))


@cache
def argued_section(kind: str = "base") -> Section:
    """Gather what argues the programme of the first parcel."""
    return section(9, "Scénarios et sensibilité", *argument_blocks(argued(kind)))


@cache
def sample_document(kind: str = "base") -> Document:
    """Gather the report of the first parcel."""
    return outline(sample(kind))
