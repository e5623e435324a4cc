"""What the package shows is what it says it shows."""

from __future__ import annotations

import pytest

import habitat_analysis


def test_every_public_name_exists_and_no_other_is_served() -> None:
    assert sorted(habitat_analysis._HOME) == sorted(habitat_analysis.__all__)
    for name in habitat_analysis.__all__:
        assert getattr(habitat_analysis, name).__doc__, name
        assert name in dir(habitat_analysis)
    with pytest.raises(AttributeError, match="no attribute 'parcelles'"):
        _ = habitat_analysis.parcelles  # type: ignore[attr-defined]


def test_the_surface_studies_a_site_from_its_file() -> None:
    assert habitat_analysis.load_study.__module__.startswith("habitat_analysis.study")
    assert habitat_analysis.study_site.__module__.startswith("habitat_analysis.feasibility")
