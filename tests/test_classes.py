"""Classes of equal dwellings: what is gathered, checked, allocated, and who gets which dwelling."""

import random

import pytest

from habitat_analysis.allocation.classes import (
    TypedDwelling,
    allocate_by_class,
    class_pairs,
    class_wishes,
    dwelling_classes,
)
from habitat_analysis.allocation.proposal import allocate, bound_counts, drawn_order
from habitat_analysis.allocation.wishes import Bound, Dwelling, Wisher, Wishes
from habitat_analysis.errors import DataError
from tests.allocation_enumeration import drawing

T3, T4, OTHER = "A BRS T3", "A BRS T4", "B BRS T3"


def homes(**classes):
    """``homes(A_T3=2)`` gives two T3 of building A."""
    return [
        TypedDwelling(id=f"{kind}_{number}", block=kind[0], tenure="BRS", typology=kind[2:])
        for kind, count in classes.items()
        for number in range(count)
    ]


def group(chance: random.Random, count, classes, **attributes):
    return [
        Wisher(
            id=f"H{number}",
            ranking=tuple(chance.sample(classes, chance.randint(1, len(classes)))),
            points=chance.randint(1, 9),
            attributes={name: chance.choice(values) for name, values in attributes.items()},
        )
        for number in range(count)
    ]


def test_equal_dwellings_are_gathered():
    mixed = [
        *homes(B_T3=1, A_T4=2, A_T3=1),
        TypedDwelling(id="x", block="", tenure="", typology="T3"),
    ]
    assert [(c.id, c.dwellings) for c in dwelling_classes(mixed)] == [
        ("T3", ("x",)), (T3, ("A_T3_0",)), (T4, ("A_T4_0", "A_T4_1")), (OTHER, ("B_T3_0",)),
    ]  # fmt: skip


def test_worth_counts_ranks_from_the_number_of_classes():
    said = class_wishes(homes(A_T3=2, A_T4=1), [Wisher(id="H", ranking=(T4, T3), points=5)])
    places, value = class_pairs(said, said.wishes.households, points=True)
    assert places.capacity.tolist() == [2, 1]
    assert places.place.tolist() == [1, 0]
    assert value.tolist() == [10, 5]  # 5 x 2, 5 x 1
    assert class_pairs(said, said.wishes.households)[1].tolist() == [2, 1]


@pytest.mark.parametrize(
    ("dwellings", "households", "code", "word"),
    [
        ([TypedDwelling(id="D", block="A", tenure="PLUS", typology="T3")], [], "E_RENTAL", "CAL"),
        (homes(A_T3=1) * 2, [], "E_WISHES", "plusieurs fois"),
        (homes(A_T3=1), [Wisher(id="H", ranking=("A BRS T5",))], "E_WISHES", "Vouliez-vous"),
        ([], [], "E_NO_DWELLING", "Aucun logement"),
    ],
)
def test_what_makes_no_sense_is_refused(dwellings, households, code, word):
    with pytest.raises(DataError, match=word) as refusal:
        class_wishes(dwellings, households)
    assert refusal.value.code == code


@pytest.mark.parametrize("seed", range(6))
def test_as_many_are_housed_as_dwelling_by_dwelling(seed):
    chance = drawing(seed)
    kinds = homes(A_T3=4, A_T4=3, B_T3=3)
    people = group(chance, 20, [T3, T4, OTHER], quartile=["Q1", "Q2"])
    bounds = [Bound(id="b", attribute="quartile", values=("Q1",), block="A", min=1, max=3)]
    said = class_wishes(kinds, people, bounds)
    found = allocate_by_class(said, points=True, seed=seed)
    of_class = {c.id: c.dwellings for c in said.classes}
    one_by_one = Wishes(
        dwellings=tuple(Dwelling(id=home.id, block=home.block) for home in kinds),
        households=tuple(
            Wisher(
                id=wisher.id,
                ranking=tuple(home for name in wisher.ranking for home in of_class[name]),
                attributes=wisher.attributes,
            )
            for wisher in people
        ),
        bounds=tuple(bounds),
    )
    assert found.placement.status == "optimal"
    assert found.housed == allocate(one_by_one).housed
    assert 1 <= bound_counts(one_by_one, found.assignment)["b"] <= 3
    assert len(set(found.assignment.values())) == found.housed
    assert all(home in of_class[found.classes[h]] for h, home in found.assignment.items())


@pytest.mark.parametrize("seed", range(6))
def test_names_and_lines_change_nothing_but_names(seed):
    chance = drawing(seed)
    kinds = homes(A_T3=3, A_T4=3, B_T3=2)
    people = group(chance, 15, [T3, T4, OTHER])
    renamed = [
        Wisher(id=f"Z{w.id}", ranking=w.ranking, points=w.points)
        for w in chance.sample(people, len(people))
    ]
    before = allocate_by_class(class_wishes(kinds, people), seed=seed)
    after = allocate_by_class(class_wishes(kinds, renamed), seed=seed)
    keys = {w.id: (w.ranking, w.points) for w in [*people, *renamed]}

    def said(found):  # households that say the same are one to the draw
        return sorted((keys[name], home) for name, home in found.assignment.items())

    assert said(before) == said(after)


def test_inside_a_class_dwellings_follow_the_draw():
    people = [Wisher(id=f"H{n}", ranking=(T3,), points=n) for n in range(4)]
    found = allocate_by_class(class_wishes(homes(A_T3=4), people), seed=7)
    order = drawn_order(people, 7, {})
    assert [found.assignment[name] for name in order] == [f"A_T3_{n}" for n in range(4)]


def test_bounds_that_cannot_be_kept_are_named():
    people = [Wisher(id="H", ranking=(T3,), attributes={"quartile": "Q1"})]
    bounds = [
        Bound(id="trop", attribute="quartile", values=("Q1",), min=2),
        Bound(id="large", attribute="quartile", values=("Q1",), max=9),
    ]
    found = allocate_by_class(class_wishes(homes(A_T3=3), people, bounds))
    assert (found.placement.status, found.placement.conflict) == ("infeasible", ("trop",))
    assert (found.housed, found.classes) == (0, {})
