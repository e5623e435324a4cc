"""The vote on shared rooms of a study: ballots counted under its rule, winners in its programme.

The outcome carries no ballot: words of objections are read apart (`read_objections`), for the
circle of the cooperative alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from habitat_analysis.allocation.ballots import read_ballot_box, voted_rooms
from habitat_analysis.allocation.vote import Election, Rule, Vote, election, hold_vote
from habitat_analysis.study import Study
from habitat_analysis.study.group import VoteRule
from habitat_analysis.study.programme import SharedRoom

RoomState = Literal["financee", "a_discuter", "non_financee"]

KILO: Final = 1000  # ballots are counted in kEUR: equal shares are raised by 1 000 EUR at a time
RULES: Final[Mapping[VoteRule, Rule]] = {
    "parts_egales_cout": "equal_shares_cost",
    "parts_egales_nombre": "equal_shares_count",
    "approbations": "greedy",
    "sac_a_dos": "knapsack",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class VotedRoom:
    """A room put to the vote, with what the rule in force made of it."""

    id: str
    label: str
    area_m2: float
    land_m2: float
    cost_eur: float
    approvals: int
    state: RoomState

    @property
    def funded(self) -> bool:
        """Whether the rule funds it, an objection or not."""
        return self.state != "non_financee"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomVoteResult:
    """The vote of a study, counted.

    Attributes
    ----------
    rule, decided_on, budget_eur
        As the study writes them, decided before the ballots were read.
    n_ballots
        Ballots read, those that approve nothing included.
    rooms
        Those put to the vote: funded ones in the order in which the rule funded them, then the
        others by approvals.
    vote
        Outcomes of all the rules and what each group of voters gets, sums in kEUR.
    notes
        In French, countings only: what was not counted, and why.
    """

    rule: VoteRule
    decided_on: dt.date | None
    budget_eur: float
    n_ballots: int
    rooms: tuple[VotedRoom, ...]
    vote: Vote
    notes: tuple[str, ...]

    @property
    def winners(self) -> tuple[VotedRoom, ...]:
        """Rooms funded, the first funded first."""
        return tuple(room for room in self.rooms if room.funded)

    @property
    def losers(self) -> tuple[VotedRoom, ...]:
        """Rooms not funded: the programme does without them."""
        return tuple(room for room in self.rooms if not room.funded)

    @property
    def to_discuss(self) -> tuple[VotedRoom, ...]:
        """Rooms funded that a ballot objects to: nobody knows whose here, nor why."""
        return tuple(room for room in self.rooms if room.state == "a_discuter")

    @property
    def spent_eur(self) -> float:
        """Cost of the rooms funded, TTC."""
        return sum(room.cost_eur for room in self.winners)


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """An objection with its words: confidential, for the cooperative alone."""

    ballot: int  # its number in the file: never a household
    room: str
    words: str


def read_vote(study: Study) -> RoomVoteResult | None:
    """Count the ballots of a study under the rule that it decided; None without ballots.

    Raises
    ------
    DataError
        With every fault of the file of ballots.
    """
    stated, name = study.residents.vote, study.files.ballots
    if name is None or stated is None:  # `load_study` refuses ballots without a rule
        return None
    rooms = voted_rooms(study.programme)
    box = read_ballot_box(study.path(name), rooms)
    put = [room for room in study.programme.spaces if room.id in rooms.open]
    costs = {room.id: _kilo(room.cost_ttc_eur) for room in put}
    held = election(costs, box.ballots, _kilo(stated.budget_ttc_eur), source=study.name)
    vote = hold_vote(held, RULES[stated.rule])
    return RoomVoteResult(
        rule=stated.rule,
        decided_on=stated.decided_on,
        budget_eur=stated.budget_ttc_eur,
        n_ballots=len(box.ballots),
        rooms=_counted(put, held, vote),
        vote=vote,
        notes=box.notes,
    )


def with_outcome(study: Study, vote: RoomVoteResult | None) -> Study:
    """Return the study after the vote: rooms funded are mandatory, the others are decided against.

    Losers stay in the list, so that a programme typed by the group may still name them.
    """
    if vote is None:
        return study
    return _decided(study, {room.id: room.funded for room in vote.rooms})


def without_voted_rooms(study: Study, vote: RoomVoteResult) -> Study:
    """Return the same study with none of the rooms put to the vote."""
    return _decided(study, {room.id: False for room in vote.rooms})


def before_the_count(study: Study, vote: RoomVoteResult | None) -> Study:
    """Undo `with_outcome`: rooms are again put to the vote, as the planner typed them."""
    return study if vote is None else _decided(study, {room.id: None for room in vote.rooms})


def read_objections(study: Study) -> tuple[Objection, ...]:
    """Read the objections with their words, for the confidential annex only."""
    if study.files.ballots is None:
        return ()
    box = read_ballot_box(study.path(study.files.ballots))
    return tuple(
        Objection(ballot=number, room=room, words=words)
        for number, ballot in zip(box.numbers, box.ballots, strict=True)
        for room, words in ballot.objections.items()
    )


def _decided(study: Study, decisions: Mapping[str, bool | None]) -> Study:
    """Make rooms mandatory (True), decided against (False), or open again (None)."""
    wanted = study.programme
    spaces = tuple(
        room.model_copy(update={"mandatory": decisions[room.id] is True})
        if room.id in decisions
        else room
        for room in wanted.spaces
    )
    fixed = {room: built for room, built in wanted.fixed.spaces.items() if room not in decisions}
    fixed |= {room: False for room, built in decisions.items() if built is False}
    programme = wanted.model_copy(
        update={"spaces": spaces, "fixed": wanted.fixed.model_copy(update={"spaces": fixed})}
    )
    return study.model_copy(update={"programme": programme})


def _kilo(eur: float) -> Fraction:
    return Fraction(str(eur)) / KILO


def _counted(put: Iterable[SharedRoom], held: Election, vote: Vote) -> tuple[VotedRoom, ...]:
    funded = {room: rank for rank, room in enumerate(vote.outcome.rooms)}
    rooms = [
        VotedRoom(
            id=room.id,
            label=room.label,
            area_m2=room.area_m2,
            land_m2=room.land_m2,
            cost_eur=room.cost_ttc_eur,
            approvals=held.supporters(room.id),
            state=_state(room.id, vote),
        )
        for room in put
    ]
    last = len(funded)
    return tuple(sorted(rooms, key=lambda r: (funded.get(r.id, last), -r.approvals, r.id)))


def _state(room: str, vote: Vote) -> RoomState:
    if room in vote.to_discuss:
        return "a_discuter"
    return "financee" if room in vote.outcome.rooms else "non_financee"
