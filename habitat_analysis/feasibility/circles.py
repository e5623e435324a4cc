"""What stays in the circle of the cooperative: rules whose figures speak of few households."""

from __future__ import annotations

from typing import Final

PRIVATE_FAMILIES: Final = frozenset({"class", "cell", "quartile", "quota"})


def is_private_rule(rule: str) -> bool:
    """Tell whether a rule speaks of households class by class: its figures are never published.

    Examples
    --------
    >>> is_private_rule("quartile:Q1:max"), is_private_rule("share:plai:min")
    (True, False)
    """
    return rule.partition(":")[0] in PRIVATE_FAMILIES
