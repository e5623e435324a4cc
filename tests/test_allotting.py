"""The dwellings put to the group: wishes kept, proposal, departures, waiting list."""

from habitat_analysis.allocation.wishes import Bound, Dwelling, Wisher, Wishes
from habitat_analysis.feasibility.allotting import Call, allot, draw_departures, keep_possible
from habitat_analysis.study.group import Allotment

HOMES = tuple(Dwelling(id=f"D{n}", block="A", tenure="BRS") for n in range(1, 4))
SITE = {"site": "99012000AB0012"}


def wisher(name, *ranking, quartile="Q2"):
    return Wisher(id=name, ranking=ranking, attributes={"quartile": quartile})


def call(*households, bounds=(), waiting=()):
    return Call(
        wishes=Wishes(dwellings=HOMES, households=households, bounds=bounds),
        members=tuple(h.id for h in households if h.id not in waiting),
    )


def test_only_the_dwellings_open_to_a_household_stay_in_its_ranking():
    wishes = Wishes(
        dwellings=HOMES,
        households=(wisher("M1", "D1", "D2"), wisher("M2", "D1"), wisher("M3", "D3")),
        fixed={"M1": "D1", "M3": "D3"},
    )
    allowed = {"M1": frozenset({"D2"}), "M3": frozenset({"D3"})}
    kept, removed, emptied = keep_possible(wishes, allowed, {("M1", "D1"): "trop cher"})
    assert {h.id: h.ranking for h in kept.households} == {"M1": ("D2",), "M3": ("D3",)}
    assert [(one.household, one.dwelling, one.why) for one in removed] == [
        ("M1", "D1", "trop cher"),
        ("M2", "D1", "logement non ouvert à ce ménage"),
    ]
    assert emptied == ("M2",)
    assert kept.fixed == {"M3": "D3"}  # a pair that M1 may not have is not kept


def test_those_who_wait_are_served_only_after_a_departure():
    asked = call(wisher("M1", "D1"), wisher("C1", "D1", "D2"), waiting=("C1",))
    rules = Allotment.model_validate(SITE)
    allotted = allot(asked, rules, seed=7)
    assert allotted.proposal.assignment == {"M1": "D1"}
    assert allotted.waiting == ("C1",)
    gone = draw_departures(allotted, rules, n=1, seed=8)
    assert (gone.left, gone.again.entered) == (("M1",), ("C1",))


def test_a_bound_nobody_can_keep_is_to_be_voted_again():
    bound = Bound(id="b", attribute="quartile", values=("Q1",), min=2)
    allotted = allot(
        call(wisher("M1", "D1", quartile="Q1"), wisher("M2", "D2"), bounds=(bound,)),
        Allotment.model_validate(SITE),
        seed=7,
    )
    assert allotted.revote.conflict == ("b",)
    assert (allotted.explanations, allotted.envy, allotted.resilience) == ((), None, None)


def test_departures_are_drawn_from_what_households_say_not_from_their_names():
    rankings = [("D1", "D2", "D3"), ("D2", "D1"), ("D3",)]
    rules = Allotment.model_validate(SITE)
    names = {"M": ("M1", "M2", "M3"), "Z": ("Z9", "Z5", "Z1")}
    left = {}
    for key, labels in names.items():
        people = [wisher(n, *r) for n, r in zip(labels, rankings, strict=True)]
        drawn = draw_departures(allot(call(*people), rules, seed=3), rules, n=2, seed=4)
        left[key] = [labels.index(name) for name in drawn.left]
    assert left["M"] == left["Z"]


def test_the_waiting_list_advised_follows_the_stated_probability():
    people = [wisher(f"M{n}", f"D{n}") for n in (1, 2, 3)]
    rules = Allotment.model_validate(
        {**SITE, "departs": {"a_la_fois": 2, "probabilite": 0.1, "confiance": 0.95}}
    )
    allotted = allot(call(*people), rules, seed=7)
    # 1 - 0.9^3 = 27 % one leaves at least, 2.8 % two at least: one household waiting is enough
    assert allotted.waiting_list_needed == 1
    assert len(allotted.resilience.departures) == 3 + 3


def test_the_own_allocation_of_the_group_is_judged_beside():
    people = (wisher("M1", "D1", "D2"), wisher("M2", "D2", "D1"))
    allotted = allot(
        call(*people), Allotment.model_validate(SITE), seed=7, own={"M1": "D2", "M2": "D1"}
    )
    assert allotted.own.as_fair is False
    assert allotted.own.allocation.rank_profile == {1: 0, 2: 2}
    assert allotted.proposal.rank_profile == {1: 2, 2: 0}
