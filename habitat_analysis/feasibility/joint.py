"""The households that a programme may choose with itself: the group, its candidates, their traits.

In joint mode (``groupe.mode: conjoint``) the programme and the group are one question: classes of
need hold the whole pool, told apart by what the quotas of the study count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from habitat_analysis.households.feasible import FeasibleSet
from habitat_analysis.households.group import Group
from habitat_analysis.households.needs import Cell, NeedRules
from habitat_analysis.households.traits import household_traits
from habitat_analysis.programme.case import NeedClass
from habitat_analysis.study.group import Residents

Traits = tuple[tuple[str, str], ...]
_Key = tuple[bool, str, Traits, tuple[Cell, ...]]  # candidate, quartile, traits, cells


def quota_traits(
    lists: tuple[Group, ...], rules: NeedRules, residents: Residents
) -> dict[str, Traits]:
    """Give each household the attributes that the quotas of the group count; confidential."""
    named = sorted({quota.attribute for quota in residents.quotas})
    found: dict[str, Traits] = {}
    for one in lists:
        for who, own in household_traits(one.table, rules, residents).items():
            found[who] = tuple((name, own[name]) for name in named)
    return found


def joint_classes(
    traits: Mapping[str, Traits],
    rules: NeedRules,
    members: FeasibleSet,
    candidates: FeasibleSet | None,
) -> tuple[NeedClass, ...]:
    """Gather members, then candidates, by quartile, traits and cells.

    Parameters
    ----------
    traits
        By household, as `quota_traits`.
    rules
        Order of the typologies and tenures.
    members, candidates
        What each household can live in; those without a cell are in no class.

    Returns
    -------
    classes
        The same whatever the names and the order of the households.
    """
    counts = Counter(
        key
        for candidate, one in ((False, members), (True, candidates))
        if one is not None
        for key in _keys(one, traits, candidate=candidate)
    )
    sizes = {name: rank for rank, name in enumerate(rules.typologies)}
    tenures = {name: rank for rank, name in enumerate(rules.tests)}

    def in_order(key: _Key) -> tuple[object, ...]:
        *told, cells = key
        return (*told, [(sizes[t], tenures[u]) for t, u in cells])

    ordered = sorted(counts, key=in_order)
    width = max(2, len(str(len(ordered))))
    return tuple(
        NeedClass(
            id=f"C{number:0{width}d}",
            count=counts[key],
            candidate=key[0],
            quartile=key[1],
            traits=key[2],
            cells=key[3],
        )
        for number, key in enumerate(ordered, start=1)
    )


def _keys(one: FeasibleSet, traits: Mapping[str, Traits], *, candidate: bool) -> Iterator[_Key]:
    table = one.needs.households[["household_id", "quartile", "cells"]]
    for who, quartile, cells in table.itertuples(index=False):
        if cells:
            yield candidate, quartile, traits[who], tuple(cells)
