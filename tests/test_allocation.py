"""Allocations against every allocation there is, and what must hold of any of them."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habitat_analysis.allocation.diversity import (
    bounds_to_revote,
    is_possible,
    price_of_diversity,
    what_bounds_change,
)
from habitat_analysis.allocation.proposal import allocate, broken_bounds
from habitat_analysis.allocation.wishes import (
    Bound,
    Dwelling,
    Wisher,
    Wishes,
    break_ties,
    check_wishes,
)
from habitat_analysis.errors import DataError
from tests.allocation_enumeration import (
    all_assignments,
    drawing,
    fairness,
    profile,
    random_wishes,
)


def homes(*ids, **changes):
    return tuple(Dwelling(id=name, **changes) for name in ids)


def people(**rankings):
    return tuple(Wisher(id=name, ranking=tuple(r.split())) for name, r in rankings.items())


def test_500_random_allocations_have_the_rank_profile_of_the_best_of_all():
    chance = drawing(12)
    impossible = 0
    for _ in range(500):
        wishes = random_wishes(chance)
        best = max((fairness(wishes, a) for a in all_assignments(wishes)), default=None)
        found = allocate(wishes)
        if best is None:
            impossible += 1
            assert found.status == "infeasible"
            assert found.assignment == {}
            continue
        assert found.status == "optimal"
        assert found.fairness == best
        assert found.rank_profile == profile(wishes, dict(found.assignment))
        assert broken_bounds(wishes, found.assignment) == ()
        assert len(set(found.assignment.values())) == found.housed
    assert 20 < impossible < 200


def test_points_are_the_last_stage_and_the_draw_leaves_exactly_one():
    chance = drawing(13)
    for _ in range(60):
        wishes = random_wishes(chance)
        every = list(all_assignments(wishes))
        if not every:
            continue
        worth = len(wishes.dwellings) + 1

        def points(assignment, wishes=wishes, worth=worth):
            return sum(
                h.points * (worth - h.rank(assignment[h.id]))
                for h in wishes.households
                if h.id in assignment
            )

        best = max((fairness(wishes, a), points(a)) for a in every)
        found = allocate(wishes, points=True, seed=3)
        assert (found.fairness, found.points) == best
        as_good = [a for a in every if (fairness(wishes, a), points(a)) == best]
        ranks = {h.id: {d: r for r, d in enumerate(h.ranking)} for h in wishes.households}
        served = min(as_good, key=lambda a: [ranks[n].get(a.get(n), 9) for n in found.drawn])
        assert found.assignment == served


WISHES = st.integers(0, 10**6).map(lambda seed: random_wishes(drawing(seed)))


@settings(max_examples=40)
@given(WISHES, st.randoms(use_true_random=False), st.integers(0, 99))
def test_names_and_order_change_nothing_but_the_names(wishes, chance, seed):
    """Two households that say the same are told apart by their name alone: they are counted."""
    order = list(wishes.households)
    chance.shuffle(order)
    renamed = {h.id: f"R{n:02}" for n, h in enumerate(chance.sample(order, len(order)))}
    other = replace(
        wishes,
        households=tuple(replace(h, id=renamed[h.id]) for h in order),
        bounds=wishes.bounds[::-1],
    )
    assert said(wishes, seed) == said(other, seed)


def said(wishes, seed):
    found = allocate(wishes, points=True, seed=seed)
    return found.status, sorted(
        (
            h.ranking,
            h.points,
            sorted(h.attributes.items()),
            found.assignment.get(h.id, ""),
        )
        for h in wishes.households
    )


@settings(max_examples=40)
@given(st.integers(0, 10**6), st.integers(1, 7))
def test_complete_lists_without_bounds_house_everybody(seed, size):
    chance = drawing(seed)
    ids = [f"D{n}" for n in range(size)]
    households = [Wisher(id=f"H{n}", ranking=tuple(chance.sample(ids, size))) for n in range(size)]
    found = allocate(Wishes(dwellings=homes(*ids), households=tuple(households)))
    assert found.housed == size


@settings(max_examples=40)
@given(st.integers(0, 10**6))
def test_one_more_dwelling_never_houses_fewer(seed):
    chance = drawing(seed)
    wishes = random_wishes(chance)
    more = replace(
        wishes,
        dwellings=(*wishes.dwellings, Dwelling(id="D9", block=chance.choice("ABC"))),
        households=tuple(
            replace(h, ranking=(*h.ranking, "D9")) if chance.random() < 0.5 else h
            for h in wishes.households
        ),
    )
    assert allocate(more).housed >= allocate(wishes).housed


def test_price_of_diversity_is_that_of_all_allocations():
    chance = drawing(14)
    for _ in range(60):
        wishes = random_wishes(chance)
        worth = len(wishes.dwellings) + 1

        def utility(assignment, wishes=wishes, worth=worth):
            return sum(worth - wishes.household(h).rank(d) for h, d in assignment.items())

        free = max(map(utility, all_assignments(wishes.without_bounds())))
        within = max(map(utility, all_assignments(wishes)), default=None)
        price = price_of_diversity(wishes)
        assert (price.utility_without, price.utility_with) == (free, within)
        assert price.ratio == (free / within if within else None)


def test_an_impossible_allocation_names_the_bounds_to_vote_again():
    chance = drawing(15)
    seen = 0
    for _ in range(150):
        wishes = random_wishes(chance)
        revote = bounds_to_revote(wishes)
        assert is_possible(wishes) == any(True for _ in all_assignments(wishes))
        assert (revote is None) == is_possible(wishes)
        if revote is None:
            continue
        seen += 1
        ids = {bound.id for bound in wishes.bounds}
        only = wishes.without_bounds(*(ids - set(revote.conflict) or {""}))
        assert not is_possible(only)
        for name in revote.conflict:
            assert is_possible(only.without_bounds(name))
        assert set(revote.alone) == {n for n in ids if is_possible(wishes.without_bounds(n))}
    assert seen > 5


def test_a_minimum_that_nobody_meets_is_infeasible_and_said_in_french():
    bound = Bound(id="deux Q1", attribute="quartile", values=("Q1",), min=2)
    one = Wisher(id="H1", ranking=("D1",), attributes={"quartile": "Q1"})
    wishes = check_wishes(Wishes(dwellings=homes("D1"), households=(one,), bounds=(bound,)))
    assert allocate(wishes).status == "infeasible"
    revote = bounds_to_revote(wishes)
    assert revote is not None
    assert revote.conflict == revote.alone == ("deux Q1",)
    assert revote.sentence.replace("\xa0", " ") == (
        "Aucune allocation ne respecte la limite « deux Q1 ». Le groupe peut revoter « deux Q1 »."
    )
    assert what_bounds_change(wishes) == {"deux Q1": (1,)}


def test_a_pair_fixed_before_solving_is_kept():
    wishes = Wishes(dwellings=homes("D1", "D2"), households=people(H1="D1 D2", H2="D1 D2"))
    for household in ("H1", "H2"):
        found = allocate(check_wishes(wishes.with_fixed(household, "D2")), seed=1)
        assert found.assignment[household] == "D2"


def test_pairs_fixed_that_cannot_hold_are_told():
    bound = Bound(id="b", attribute="quartile", values=("Q1",), max=0)
    one = Wisher(id="H1", ranking=("D1",), attributes={"quartile": "Q1"})
    wishes = Wishes(dwellings=homes("D1"), households=(one,), bounds=(bound,), fixed={"H1": "D1"})
    revote = bounds_to_revote(wishes)
    assert revote is not None
    assert revote.alone == ("b",)


def test_ties_are_drawn_from_the_seed_and_not_from_the_order():
    liked = {"H1": ["D3", ["D1", "D2"]], "H2": [["D1", "D2", "D3"]]}
    drawn = break_ties(liked, seed=5)
    turned = break_ties({"H2": [["D3", "D2", "D1"]], "H1": ["D3", ["D2", "D1"]]}, seed=5)
    assert drawn == turned
    assert {break_ties(liked, seed=n)["H2"] for n in range(60)} > {drawn["H2"]}


FAULTY = Wishes(
    dwellings=(
        Dwelling(id="D1", block="A"),
        Dwelling(id="D1", block="A"),
        Dwelling(id="D2", block="B", tenure="PLSA"),
    ),
    households=(
        Wisher(id="H1", ranking=("D1", "D1"), attributes={"quartile": "Q1"}),
        Wisher(id="H1", ranking=()),
        Wisher(id="H2", ranking=("D7",)),
    ),
    bounds=(
        Bound(id="b1", attribute="quartile", values=("Q1",), block="A", min=2),
        Bound(id="b2", attribute="quartile", values=("Q1",), block="A", max=1),
        Bound(id="b3", attribute="quartil", values=(), block="C"),
        Bound(id="b4", attribute="quartile", values=("Q1",), min=-1),
    ),
    fixed={"H9": "D8", "H2": "D2", "H1": "D2"},
)


def test_every_fault_is_told_at_once():
    with pytest.raises(DataError) as refused:
        check_wishes(FAULTY)
    faults = [fault.replace("\xa0", " ") for fault in refused.value.faults]
    assert refused.value.code == "E_WISHES"
    assert len(faults) == len(set(faults)) == 17
    for told in (
        "voeux, ménage « H1 » : inscrit plusieurs fois. Gardez une seule ligne.",
        "voeux, ménage « H1 » : aucun logement classé.",
        "voeux, ménage « H2 » : logement inconnu « D7 ».",
        "statut inconnu « PLSA ». Vouliez-vous « PSLA » ?",
        "voeux, limite « b1 » et « b2 » : au moins 2 et au plus 1 pour les mêmes ménages.",
        "voeux, limite « b3 » : caractère inconnu « quartil ». Vouliez-vous « quartile » ?",
        "voeux, limite « b3 » : bâtiment inconnu « C ».",
        "logement « D2 » : fixé pour plusieurs ménages.",
    ):
        assert any(told in fault.replace("\u202f", " ") for fault in faults), (told, faults)


@pytest.mark.parametrize("tenure", ["PLAI", "PLUS", "PLS"])
def test_a_rental_dwelling_is_never_allocated(tenure):
    wishes = Wishes(
        dwellings=(Dwelling(id="D1", tenure=tenure), Dwelling(id="D2", tenure="BRS")),
        households=people(H1="D1 D2"),
    )
    with pytest.raises(DataError, match="commission") as refused:
        check_wishes(wishes)
    assert refused.value.code == "E_RENTAL"
    assert len(refused.value.faults) == 1


def test_nobody_is_an_allocation_of_nobody():
    found = allocate(Wishes(dwellings=homes("D1"), households=()))
    assert (found.status, found.housed, found.rank_profile) == ("optimal", 0, {})


def test_nobody_does_not_meet_a_minimum():
    bound = Bound(id="b", attribute="quartile", values=("Q1",), min=1)
    wishes = Wishes(dwellings=homes("D1"), households=(), bounds=(bound,))
    assert allocate(wishes).status == "infeasible"
    with pytest.raises(DataError, match="Aucun logement"):
        allocate(Wishes(dwellings=(), households=()))
