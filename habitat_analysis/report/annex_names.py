"""Names in the circle of the group: numbers for households, labels for bounds, nothing else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from habitat_analysis.errors import UsageError
from habitat_analysis.feasibility.story import GroupStory
from habitat_analysis.formats import NBSP, join_fr, quoted
from habitat_analysis.study import Residents
from habitat_analysis.study.group import Attribute, GroupBound

ATTRIBUTES: Final[tuple[Attribute, ...]] = ("quartile", "age", "famille")
SAYS_NOTHING: Final = frozenset({"autre"})  # a value, and a word of every label


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupNames:
    """How the annex of the group names households and bounds.

    Attributes
    ----------
    numbers
        Number that each household received in private, by pseudonym.
    labels
        What each bound is called, by id; never the values that it counts.
    """

    numbers: Mapping[str, int]
    labels: Mapping[str, str]

    def household(self, pseudonym: str) -> str:
        """Name a household by its number.

        Raises
        ------
        UsageError
            If it has none: a pseudonym is never written instead.
        """
        return f"n°{NBSP}{self.number(pseudonym)}"

    def number(self, pseudonym: str) -> int:
        """Return the number of a household; see `household`."""
        if pseudonym not in self.numbers:
            msg = "A household of the annex has no number."
            raise UsageError(msg)
        return self.numbers[pseudonym]

    def sorted(self, pseudonyms: Iterable[str]) -> list[str]:
        """Put pseudonyms in the order of their numbers."""
        return sorted(pseudonyms, key=self.number)

    def households(self, pseudonyms: Iterable[str]) -> str:
        """Name several households, by number."""
        return join_fr([self.household(name) for name in self.sorted(pseudonyms)])

    def bounds(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Give the labels of some bounds."""
        return tuple(self.labels[name] for name in ids)

    def quoted_bounds(self, ids: Iterable[str]) -> str:
        """Write the labels of some bounds in a sentence."""
        return join_fr([quoted(label) for label in self.bounds(ids)])


def group_names(story: GroupStory, residents: Residents) -> GroupNames:
    """Gather the names of the circle of the group."""
    bounds = residents.allotment.bounds if residents.allotment else ()
    labels = {b.id: bound_label(b, n, residents) for n, b in enumerate(bounds, start=1)}
    allotted = story.allotted
    for rank, bound in enumerate(allotted.wishes.bounds if allotted else (), start=1):
        labels.setdefault(bound.id, f"limite {rank}")
    return GroupNames(numbers=story.numbers, labels=labels)


def bound_label(bound: GroupBound, rank: int, residents: Residents) -> str:
    """Name a bound by its label, else its id; by its rank when both say a value that it counts."""
    for name in (bound.label, bound.id):
        if name and not tells_a_value(name, residents):
            return name
    return f"limite {rank}"


def tells_a_value(text: str, residents: Residents) -> bool:
    """Whether a text holds the value of a quartile, an age band or a family type of the study.

    Examples
    --------
    >>> tells_a_value("max_Q1 du bâtiment A", Residents()), tells_a_value("mixité", Residents())
    (True, False)
    """
    values = {value for name in ATTRIBUTES for value in residents.values_of(name)} - SAYS_NOTHING
    words = f" {_words(text)} "
    return any(f" {_words(value)} " in words for value in values)


def _words(text: str) -> str:
    """Keep the letters and figures of a text, lower-cased, without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(re.findall(r"[a-z0-9]+", kept))
