"""From lines of wishes to rankings: first rank kept, ties drawn and shown, nothing by the line."""

import itertools
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from habitat_analysis.allocation.plan import PlannedDwelling, planned_from_programme
from habitat_analysis.allocation.rankings import rankings
from habitat_analysis.allocation.wish_lines import Criteria, WishLine, WishLines
from habitat_analysis.allocation.wishes import draw_key
from tests.group_files import PLAN, refusal

SEED = 20261122


def lines_of(*said: tuple[str, int, str | Criteria]) -> WishLines:
    """Wishes said as (household, rank, dwelling or criteria), from line 2 on."""
    return WishLines(
        lines=tuple(
            WishLine(household=one, rank=rank, line=line, dwelling=wish)
            if isinstance(wish, str)
            else WishLine(household=one, rank=rank, line=line, criteria=wish)
            for line, (one, rank, wish) in enumerate(said, start=2)
        ),
        notes=(),
        file="voeux.csv",
    )


def ranked(*said, plan=PLAN, seed=SEED):
    return rankings(lines_of(*said), plan, seed)


def plain(notes):
    return [note.replace("\u00a0", " ") for note in notes]


def test_a_dwelling_counts_at_the_first_rank_that_describes_it():
    found = ranked(("M1", 1, "B1"), ("M1", 2, Criteria(typologies=("T3",))), ("M1", 3, "A1"))
    assert found.by_household == {"M1": ("B1", "A2", "A1")}  # L1 is rental, B1 already ranked
    assert found.draws == ()
    assert found.notes == ()


def test_dwellings_liked_as_much_are_drawn_with_the_published_seed_and_shown():
    found = ranked(("M1", 1, Criteria(tenures=("BRS",))), ("M1", 1, "B2"), ("M1", 2, "B1"))
    own = [["A1", "A2", "B2"], ["B1"]], None  # what the household says, not its name
    expected = sorted(("A1", "A2", "B2"), key=lambda name: draw_key(SEED, own, name))
    assert found.by_household["M1"] == (*expected, "B1")
    assert [(draw.household, draw.rank, draw.dwellings) for draw in found.draws] == [
        ("M1", 1, tuple(expected))
    ]
    others = {ranked(("M1", 1, Criteria()), seed=seed).by_household["M1"] for seed in range(40)}
    assert len(others) > 10  # the seed decides


def test_skipped_ranks_are_closed_with_a_counted_note():
    found = ranked(("M1", 2, "A1"), ("M1", 7, "B1"), ("M2", 1, "A1"))
    assert found.by_household == {"M1": ("A1", "B1"), "M2": ("A1",)}
    assert plain(found.notes) == ["Rangs sautés puis resserrés dans les vœux de 1 ménage."]


def test_criteria_that_nothing_meets_are_counted_and_the_household_is_silent():
    nothing = Criteria(typologies=("T6",))
    found = ranked(("M1", 1, nothing), ("M2", 1, nothing), ("M2", 2, "A1"))
    assert found.by_household == {"M2": ("A1",)}
    assert found.silent == ("M1",)
    assert plain(found.notes) == [
        "Lignes de vœux qui ne décrivent aucun logement proposé au groupe : 2.",
        "Ménages dont aucun vœu ne décrit un logement proposé au groupe : 1.",
    ]


def test_a_rental_dwelling_is_never_ranked():
    assert "L1" not in ranked(("M1", 1, Criteria())).by_household["M1"]
    error = refusal(rankings, lines_of(("M1", 1, "L1")), PLAN, SEED)
    assert "attribué par la commission (CAL)" in str(error)
    assert "ligne 2, ménage M1" in str(error)


def test_an_unknown_dwelling_is_refused_here_too():
    plan = planned_from_programme({("T3", "BRS"): 2}).dwellings
    error = refusal(rankings, lines_of(("M1", 1, "BRS-T3-03")), plan, SEED)
    assert "Vouliez-vous" in str(error)
    assert "ou donnez des critères" in str(refusal(rankings, lines_of(("M1", 1, "99")), plan, SEED))


def test_a_plan_made_of_the_programme_leaves_levels_aside_and_says_so():
    plan = planned_from_programme({("T3", "BRS"): 1, ("T2", "BRS"): 1}).dwellings
    found = ranked(
        ("M1", 1, Criteria(typologies=("T3",), level_min=1, orientations=("S",))), plan=plan
    )
    assert found.by_household == {"M1": ("BRS-T3-01",)}
    (note,) = plain(found.notes)
    assert note.startswith("Critères non examinés, le plan n'en dit rien")
    assert note.endswith("niveau (1) et orientation (1).")


def test_what_the_plan_says_of_some_dwellings_only_is_not_supposed_of_the_others():
    """Only A1 is said to be accessible; of the others nothing is said."""
    assert ranked(("M1", 1, Criteria(accessible=True))).by_household == {"M1": ("A1",)}
    assert ranked(("M1", 1, Criteria(accessible=False))).silent == ("M1",)


TRI = st.sampled_from([None, True, False])
LEVEL = st.sampled_from([None, 0, 1, 2])
SIDES = st.sampled_from([(), ("S",), ("N", "S"), ("O",)])


@st.composite
def plans(draw):
    return [
        PlannedDwelling(
            id=f"D{n}",
            tenure=draw(st.sampled_from(["BRS", "PSLA", "PLUS"])),
            typology=draw(st.sampled_from(["T2", "T3"])),
            building=draw(st.sampled_from(["A", "B"])),
            level=draw(LEVEL),
            orientations=draw(SIDES),
            accessible=draw(TRI),
            near_shared=draw(TRI),
        )
        for n in range(draw(st.integers(1, 6)))
    ]


CRITERIA = st.builds(
    Criteria,
    tenures=st.sampled_from([(), ("BRS",), ("BRS", "PSLA")]),
    typologies=st.sampled_from([(), ("T2",)]),
    buildings=st.sampled_from([(), ("A",), ("C",)]),
    level_min=LEVEL,
    level_max=LEVEL,
    orientations=SIDES,
    accessible=TRI,
    near_shared=TRI,
)
WISHES = st.lists(
    st.tuples(st.sampled_from(["M1", "M2", "M3"]), st.integers(1, 4), CRITERIA),
    min_size=1,
    max_size=6,
    unique=True,
)


def accepted_by_hand(one: PlannedDwelling, wish: Criteria, plan: list[PlannedDwelling]) -> bool:
    """Say again, criterion by criterion, what a dwelling must be."""
    if one.tenure == "PLUS" or (wish.tenures and one.tenure not in wish.tenures):
        return False
    if wish.typologies and one.typology not in wish.typologies:
        return False
    if wish.buildings and one.building not in wish.buildings:
        return False
    if any(other.level is not None for other in plan):
        if wish.level_min is not None and (one.level is None or one.level < wish.level_min):
            return False
        if wish.level_max is not None and (one.level is None or one.level > wish.level_max):
            return False
    looked = wish.orientations and any(other.orientations for other in plan)
    if looked and not any(side in one.orientations for side in wish.orientations):
        return False
    for trait in ("accessible", "near_shared"):
        asked, said = getattr(wish, trait), getattr(one, trait)
        looked = asked is not None and any(getattr(o, trait) is not None for o in plan)
        if looked and said is not asked:
            return False
    return True


@settings(max_examples=150)
@given(plans(), WISHES)
def test_each_household_ranks_what_its_lines_describe_tier_by_tier(plan, said):
    found = rankings(lines_of(*said), plan, SEED)
    for household in {name for name, _, _ in said}:
        left = list(found.by_household.get(household, ()))
        for rank in range(1, 5):
            wishes = [wish for name, at, wish in said if (name, at) == (household, rank)]
            before = [w for name, at, w in said if name == household and at < rank]
            tier = {
                one.id
                for one in plan
                if any(accepted_by_hand(one, wish, plan) for wish in wishes)
                and not any(accepted_by_hand(one, wish, plan) for wish in before)
            }
            assert set(left[: len(tier)]) == tier
            drawn = [d.dwellings for d in found.draws if (d.household, d.rank) == (household, rank)]
            assert drawn == ([tuple(left[: len(tier)])] if len(tier) > 1 else [])
            left = left[len(tier) :]
        assert not left
        assert (household in found.silent) == (household not in found.by_household)


@settings(max_examples=60)
@given(plans(), WISHES, st.randoms(use_true_random=False))
def test_the_order_of_lines_and_dwellings_changes_nothing(plan, said, random):
    lines, dwellings = list(said), list(plan)
    random.shuffle(lines)
    random.shuffle(dwellings)
    assert rankings(lines_of(*lines), dwellings, SEED) == rankings(lines_of(*said), plan, SEED)


@settings(max_examples=60)
@given(plans(), WISHES)
def test_renaming_households_only_renames_their_rankings(plan, said):
    """Ties are drawn from what a household says: another name changes no order."""
    names = {"M1": "Z9", "M2": "K4", "M3": "A7"}
    first = rankings(lines_of(*said), plan, SEED)
    again = rankings(lines_of(*((names[one], rank, wish) for one, rank, wish in said)), plan, SEED)
    renamed = {names[one]: ranking for one, ranking in first.by_household.items()}
    assert renamed == dict(again.by_household)
    assert sorted(names[one] for one in first.silent) == sorted(again.silent)
    assert first.notes == again.notes


def test_many_wishes_are_ranked_in_a_moment():
    """500 households, 30 lines each, 200 dwellings: criteria are looked at once."""
    plan = [replace(PLAN[0], id=f"D{n}", level=n % 5) for n in range(200)]
    wishes = [
        (f"M{n}", rank, Criteria(level_min=rank % 5) if rank % 2 else f"D{(7 * n + rank) % 200}")
        for n, rank in itertools.product(range(500), range(1, 31))
    ]
    found = ranked(*wishes, plan=plan)
    assert len(found.by_household) == 500


def test_two_households_that_differ_elsewhere_draw_the_same_tie_apart():
    """With other points, two households rarely draw alike; saying the same, they always do."""
    lines = lines_of(("M1", 1, Criteria()), ("M2", 1, Criteria()))
    alike = rankings(lines, PLAN, SEED).by_household
    assert alike["M1"] == alike["M2"]
    apart = [rankings(lines, PLAN, n, {"M1": 4.0, "M2": 7.0}).by_household for n in range(40)]
    assert sum(found["M1"] != found["M2"] for found in apart) > 30
