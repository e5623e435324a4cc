"""The vote on shared rooms: three rules, in exact fractions, and what each of them gives to whom.

The rule is the group's decision before the ballots are read (model.md 7). The method of equal
shares gives everybody the same part of the budget; greedy and knapsack count approvals alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, Literal

from habitat_analysis.errors import DataError, Faults, UsageError, did_you_mean
from habitat_analysis.formats import quoted, typeset

Utility = Literal["cost", "count"]
Rule = Literal["equal_shares_cost", "equal_shares_count", "greedy", "knapsack"]
Money = int | float | Fraction

SOURCE: Final = "votes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """What one household approves, and the rooms it objects to, with its words.

    Words of objections stay in the confidential circle: no outcome carries them.
    """

    approved: frozenset[str]
    objections: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Election:
    """Rooms with their cost, ballots and budget, exact; built by `election`."""

    costs: Mapping[str, Fraction]
    ballots: tuple[Ballot, ...]
    budget: Fraction

    def supporters(self, room: str) -> int:
        """Count the ballots that approve a room."""
        return sum(room in ballot.approved for ballot in self.ballots)

    def total(self, rooms: Iterable[str]) -> Fraction:
        """Add up the cost of some rooms."""
        return sum((self.costs[room] for room in rooms), Fraction(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Rooms funded by one rule, in the order in which it funded them.

    `rho` is what each supporter pays per unit of utility, for the method of equal shares only.
    """

    rooms: tuple[str, ...]
    total: Fraction
    rho: tuple[tuple[str, Fraction], ...] = ()
    raised: int = 0  # times that the shares were raised (add1)


@dataclass(frozen=True, slots=True, kw_only=True)
class VoterGroup:
    """Ballots that approve the same rooms, and what an outcome gives them."""

    approved: tuple[str, ...]
    ballots: int
    funded: tuple[str, ...]
    spent: Fraction  # cost of the rooms funded that they approve


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """The outcome of the rule chosen beforehand, the other rules apart.

    `to_discuss` names the funded rooms that a ballot objects to, without whose nor why.
    """

    rule: Rule
    outcome: Outcome
    to_discuss: tuple[str, ...]
    voters: tuple[VoterGroup, ...]
    others: Mapping[Rule, Outcome]
    others_voters: Mapping[Rule, tuple[VoterGroup, ...]]


def election(
    costs: Mapping[str, Money],
    ballots: Iterable[Ballot | Iterable[str]],
    budget: Money,
    source: str = SOURCE,
) -> Election:
    """Return the election once it makes sense, in exact fractions.

    Raises
    ------
    DataError
        With every fault (``E_BALLOT``): a ballot for an unknown room, a cost that is not above
        zero, a negative budget.

    Examples
    --------
    >>> vote = election({"atelier": 0.1}, [["atelier"]], 1)
    >>> vote.costs["atelier"], vote.supporters("atelier")
    (Fraction(1, 10), 1)
    """
    read = tuple(b if isinstance(b, Ballot) else Ballot(approved=frozenset(b)) for b in ballots)
    faults = Faults(source)
    for room, cost in costs.items():
        if not cost > 0:
            faults.add(f"espace {quoted(room)}", "coût nul ou négatif.", "Donnez son coût.")
    if not budget >= 0:
        faults.add("budget", "somme négative.", "Donnez un budget de zéro ou plus.")
    for line, ballot in enumerate(read, start=1):
        for room in sorted((ballot.approved | set(ballot.objections)) - set(costs)):
            near = did_you_mean(room, costs) or "Reprenez un espace de la liste."
            faults.add(f"bulletin {line}", f"espace inconnu {quoted(room)}.", near)
    if faults.list:
        raise DataError([typeset(fault) for fault in faults.list], code="E_BALLOT")
    exact = {room: _exact(cost) for room, cost in costs.items()}
    return Election(costs=exact, ballots=read, budget=_exact(budget))


def equal_shares(vote: Election, utility: Utility) -> Outcome:
    """Fund rooms by the method of equal shares, without completion.

    Parameters
    ----------
    vote
        The election.
    utility
        ``cost``: a room is worth its cost to those who approve it; ``count``: it is worth one.

    Returns
    -------
    outcome
        Repeatedly the room of smallest `rho`, smallest id at equal `rho`.

    References
    ----------
    Peters, Pierczynski, Skowron, "Proportional participatory budgeting", 2021.

    Examples
    --------
    >>> equal_shares(election({"a": 2, "b": 3}, [["a"], ["a", "b"]], 4), "cost").rooms
    ('a',)
    """
    if not vote.ballots:
        return Outcome(rooms=(), total=Fraction(0))
    return _equal_shares(vote, utility, vote.budget / len(vote.ballots))


def equal_shares_add1(vote: Election, utility: Utility, step: Money = 1) -> Outcome:
    """Complete the method of equal shares: raise every share while the outcome fits the budget.

    Parameters
    ----------
    vote, utility
        As in `equal_shares`.
    step
        What each share is raised by, in the unit of the costs.

    Returns
    -------
    outcome
        The last one that fits the budget, or the first to which no approved room can be added.
    """
    added = _exact(step)
    if added <= 0:
        msg = f"Expected `step` above zero: got {step}."
        raise UsageError(msg)
    outcome, raised = equal_shares(vote, utility), 0
    wanted = {room for room in vote.costs if vote.supporters(room)}
    while not _is_exhaustive(vote, outcome, wanted):
        raised += 1
        share = vote.budget / len(vote.ballots) + raised * added
        further = _equal_shares(vote, utility, share)
        if further.total > vote.budget:
            break
        outcome = Outcome(rooms=further.rooms, total=further.total, rho=further.rho, raised=raised)
    return outcome


def greedy_approval(vote: Election) -> Outcome:
    """Fund the most approved room that still fits, again and again.

    At equal approvals, the cheaper, then the smaller id; a room that nobody approves, never.
    """
    left, rooms = vote.budget, []
    order = sorted(vote.costs, key=lambda room: (-vote.supporters(room), vote.costs[room], room))
    for room in order:
        if vote.supporters(room) and vote.costs[room] <= left:
            rooms.append(room)
            left -= vote.costs[room]
    return Outcome(rooms=tuple(rooms), total=vote.budget - left)


def knapsack_approval(vote: Election) -> Outcome:
    """Fund the rooms that gather most approvals within the budget, exactly.

    At equal approvals, the cheaper, then the smallest list of ids. Rooms come in the order of
    their ids, so that between two lists of the same cost the first difference decides.
    """
    best: dict[Fraction, tuple[int, tuple[str, ...]]] = {Fraction(0): (0, ())}
    for room in sorted(vote.costs):
        if not (approvals := vote.supporters(room)):
            continue
        for total, (gathered, rooms) in list(best.items()):
            cost = total + vote.costs[room]
            added = (gathered + approvals, (*rooms, room))
            if cost <= vote.budget and _beats(added, best.get(cost)):
                best[cost] = added
    total = min(best, key=lambda cost: (-best[cost][0], cost, best[cost][1]))
    return Outcome(rooms=best[total][1], total=total)


def what_voters_get(vote: Election, outcome: Outcome) -> tuple[VoterGroup, ...]:
    """Tell, for ballots that approve the same rooms, what an outcome gives them."""
    groups = Counter(tuple(sorted(ballot.approved)) for ballot in vote.ballots)
    lines = []
    for approved, ballots in sorted(groups.items(), key=lambda item: (-item[1], item[0])):
        funded = tuple(room for room in approved if room in outcome.rooms)
        lines.append(
            VoterGroup(approved=approved, ballots=ballots, funded=funded, spent=vote.total(funded))
        )
    return tuple(lines)


def hold_vote(vote: Election, rule: Rule) -> Vote:
    """Count the ballots by the rule chosen beforehand, and by the others for the annex.

    Returns
    -------
    vote
        Funded rooms that a ballot objects to are `to_discuss`; the words of the objections are
        not in it.
    """
    if rule not in RULES:
        msg = f"Expected a rule among {', '.join(RULES)}: got {rule!r}."
        raise UsageError(msg)
    outcomes = {name: count(vote) for name, count in RULES.items()}
    objected = {room for ballot in vote.ballots for room in ballot.objections}
    outcome = outcomes.pop(rule)
    return Vote(
        rule=rule,
        outcome=outcome,
        to_discuss=tuple(room for room in outcome.rooms if room in objected),
        voters=what_voters_get(vote, outcome),
        others=outcomes,
        others_voters={name: what_voters_get(vote, other) for name, other in outcomes.items()},
    )


RULES: Final[Mapping[Rule, Callable[[Election], Outcome]]] = {
    "equal_shares_cost": lambda vote: equal_shares_add1(vote, "cost"),
    "equal_shares_count": lambda vote: equal_shares_add1(vote, "count"),
    "greedy": greedy_approval,
    "knapsack": knapsack_approval,
}


def _exact(value: Money) -> Fraction:
    """Return a number as it is written: 0.1 is one tenth."""
    return Fraction(str(value)) if isinstance(value, float) else Fraction(value)


def _equal_shares(vote: Election, utility: Utility, share: Fraction) -> Outcome:
    money = [share] * len(vote.ballots)
    left = set(vote.costs)
    rho: list[tuple[str, Fraction]] = []
    while True:
        prices = [
            (price, room)
            for room in left
            if (price := _price(vote, room, money, _worth(vote, room, utility))) is not None
        ]
        if not prices:
            break
        price, room = min(prices)
        paid = price * _worth(vote, room, utility)
        money = [
            max(Fraction(0), held - paid) if room in ballot.approved else held
            for held, ballot in zip(money, vote.ballots, strict=True)
        ]
        left.remove(room)
        rho.append((room, price))
    rooms = tuple(room for room, _ in rho)
    return Outcome(rooms=rooms, total=vote.total(rooms), rho=tuple(rho))


def _worth(vote: Election, room: str, utility: Utility) -> Fraction:
    return vote.costs[room] if utility == "cost" else Fraction(1)


def _price(
    vote: Election, room: str, money: Sequence[Fraction], worth: Fraction
) -> Fraction | None:
    """Return the smallest rho at which the supporters pay for a room, None if they cannot."""
    purses = sorted(
        held for held, ballot in zip(money, vote.ballots, strict=True) if room in ballot.approved
    )
    if sum(purses) < vote.costs[room]:
        return None
    due = vote.costs[room]
    for index, purse in enumerate(purses):
        each = due / (len(purses) - index)
        if each <= purse:
            return each / worth
        due -= purse
    return None


def _is_exhaustive(vote: Election, outcome: Outcome, wanted: set[str]) -> bool:
    left = vote.budget - outcome.total
    return all(vote.costs[room] > left for room in wanted - set(outcome.rooms))


def _beats(added: tuple[int, tuple[str, ...]], known: tuple[int, tuple[str, ...]] | None) -> bool:
    return known is None or (-added[0], added[1]) < (-known[0], known[1])
