"""Each colour can be seen on white, and no two tenures are confused by colour-blind readers."""

from __future__ import annotations

from itertools import combinations

import pytest

from habitat_analysis.report import palette

CLEARLY_APART = 10.0  # CIE 1976 ΔE; 2 is just noticeable


def test_contrast_of_known_pairs() -> None:
    assert palette.contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert palette.contrast("#777777") == pytest.approx(4.48, abs=0.01)  # the usual WCAG example
    assert palette.contrast("#123456", "#123456") == 1


@pytest.mark.parametrize("code", palette.TENURES)
def test_tenures_are_seen_on_white(code: str) -> None:
    assert palette.contrast(palette.TENURES[code]) >= 3


@pytest.mark.parametrize("sight", [None, *palette.COLOUR_BLINDNESS])
def test_tenures_are_told_apart(sight: str | None) -> None:
    gaps = {
        (a, b): palette.distance(palette.TENURES[a], palette.TENURES[b], seen_with=sight)
        for a, b in combinations(palette.TENURES, 2)
    }
    assert min(gaps.values()) >= CLEARLY_APART, min(gaps, key=lambda pair: gaps[pair])


def test_tenures_have_eight_hatches() -> None:
    assert palette.TENURE_HATCHES.keys() == palette.TENURES.keys()
    assert len(set(palette.TENURE_HATCHES.values())) == 8


def test_texts_and_graphics_contrast() -> None:
    for text in (palette.TEXT, palette.MUTED_TEXT):
        assert palette.contrast(text, palette.BACKGROUND) >= 4.5
    graphics = [*palette.CATEGORIES, *palette.RISKS.values(), palette.SELECTED]
    graphics += [palette.ZONE_OUTLINE, palette.BUILDABLE, palette.BUILDING, palette.POSITIVE]
    for colour in (*graphics, palette.NEGATIVE, palette.NEUTRAL):
        assert palette.contrast(colour) >= 3, colour
    for fill in (*palette.TENURES.values(), *palette.SCORES, *palette.CATEGORIES):
        assert palette.contrast(palette.ink_on(fill), fill) >= 4.5, fill


@pytest.mark.parametrize("sight", [None, *palette.COLOUR_BLINDNESS])
def test_scores_are_an_ordered_scale(sight: str | None) -> None:
    ladder = [palette.contrast(colour) for colour in palette.SCORES]
    assert ladder == sorted(ladder, reverse=True)
    steps = zip(palette.SCORES, palette.SCORES[1:], strict=False)
    assert all(palette.distance(a, b, seen_with=sight) >= CLEARLY_APART for a, b in steps)


def test_categories_keep_tenures_and_order() -> None:
    styles = palette.category_colours(["Écoles", "BRS", "Transports"])
    assert list(styles) == ["Écoles", "BRS", "Transports"]
    assert styles["BRS"] == ("#C0392B", "xx")
    assert styles["Écoles"][0] == palette.CATEGORIES[0]
    assert styles["Transports"][0] == palette.CATEGORIES[1]
