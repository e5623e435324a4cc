"""The wishes of a group read for one site, and what each household may have of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from habitat_analysis.allocation.gathering import wishes_of
from habitat_analysis.allocation.own_allocation import OwnAllocation, read_own_allocation
from habitat_analysis.allocation.plan import Plan, planned_from_programme
from habitat_analysis.allocation.rankings import Rankings, rankings
from habitat_analysis.allocation.wish_lines import read_wish_lines
from habitat_analysis.errors import DataError
from habitat_analysis.feasibility.allotting import Call, allot, keep_possible
from habitat_analysis.feasibility.forming import Cell, Entrant, cell_id
from habitat_analysis.feasibility.group_files import study_plan
from habitat_analysis.feasibility.held_lots import HeldLots, held_lots
from habitat_analysis.feasibility.nouns import Feasibility
from habitat_analysis.feasibility.story import Allotted, Formation, RemovedWish
from habitat_analysis.formats import count, quoted, typeset

NO_WISHES = "Aucun vœu n'est donné : les logements en accession ne sont pas répartis."
NO_WISH_LEFT = "Aucun ménage retenu n'a de vœu à satisfaire."


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the files of the group say of a site: its dwellings, the wishes, the pairs typed."""

    plan: Plan
    held: HeldLots
    ranked: Rankings
    own: OwnAllocation | None

    @property
    def fixed_cells(self) -> dict[str, Cell]:
        """Cell of each household that the group fixed in a dwelling."""
        cells = {one.id: (one.typology, one.tenure) for one in self.plan.dwellings}
        fixed = {} if self.own is None else self.own.fixed
        return {name: cells[dwelling] for name, dwelling in fixed.items()}


def read_asked(
    feasibility: Feasibility, households: Sequence[Entrant]
) -> tuple[Asked | None, list[str]]:
    """Read what the group asks for a site, or say why it asks nothing there.

    Returns
    -------
    asked, notes
        None when no dwelling is to be put to the group; notes are of the public circle.

    Raises
    ------
    DataError
        With every fault of the files of dwellings, of wishes, of pairs.
    """
    study = feasibility.ground.study
    rules = study.residents.allotment
    if rules is None or study.files.wishes is None:
        return None, [NO_WISHES]
    if set(rules.site) != set(feasibility.site.idus):
        site = ", ".join(rules.site)
        return None, [f"Les vœux du groupe portent sur le site {site} : pas de répartition ici."]
    plan = _plan(feasibility)
    held = held_lots(study.residents.legal_persons, plan)
    ranked, own = _read(feasibility, plan, households)
    _refuse_held_pairs(own, held)
    notes = [*plan.notes, *held.notes, *ranked.notes, *_plan_gaps(feasibility, plan)]
    return Asked(plan=plan, held=held, ranked=ranked, own=own), notes


def put_to_the_group(
    feasibility: Feasibility, asked: Asked, formation: Formation, households: Sequence[Entrant]
) -> tuple[Allotted | None, list[str]]:
    """Put the sale and SCIAPP dwellings to the group formed, or say why not.

    Returns
    -------
    allotted, notes
        None when no member has a wish left; the notes are countings of the public circle.

    Raises
    ------
    DataError
        With every fault of the bounds.
    """
    study, own = feasibility.ground.study, asked.own
    rules = study.residents.allotment
    assert rules is not None  # noqa: S101 - asked by `read_asked`
    call = _call(feasibility, asked, formation, households)
    notes = list(_call_notes(call, own))
    if not call.members:
        return None, [*notes, NO_WISH_LEFT]
    typed = None if own is None else own.to_judge
    judged = None if typed is None else _of_members(typed, call)
    return allot(call, rules, seed=study.seed, own=judged), notes


def _plan(feasibility: Feasibility) -> Plan:
    """Read the plan of the study, or make one of the programme."""
    study, evaluation = feasibility.ground.study, feasibility.optimum.evaluation
    assert evaluation is not None  # noqa: S101 - a story has a programme
    plan = study_plan(study)
    if plan is not None:
        return plan
    programme = evaluation.programme
    return planned_from_programme(programme.units, programme.by_building or None)


def _read(
    feasibility: Feasibility, plan: Plan, households: Sequence[Entrant]
) -> tuple[Rankings, OwnAllocation | None]:
    """Read the wishes and the pairs typed by the group."""
    study = feasibility.ground.study
    known = [one.id for one in households]
    assert study.files.wishes is not None  # noqa: S101 - asked by the caller
    lines = read_wish_lines(
        study.path(study.files.wishes),
        dwellings=plan.dwellings,
        households=known,
        buildings=sorted({one.building for one in plan.dwellings if one.building}) or None,
    )
    own = None
    if study.files.own_allocation is not None:
        path = study.path(study.files.own_allocation)
        own = read_own_allocation(path, dwellings=plan.dwellings, households=known)
    said = {one.id: (one.points, sorted(one.attributes.items())) for one in households}
    return rankings(lines, plan.dwellings, study.seed, said), own


def _call(
    feasibility: Feasibility, put: Asked, formation: Formation, households: Sequence[Entrant]
) -> Call:
    """Gather what the members and those who wait may have of what they wish."""
    ranked, own = put.ranked, put.own
    retained = [*formation.formed.members, *formation.formed.waiting_list]
    by_id = {one.id: one for one in households}
    ranked_all = {name: ranked.by_household.get(name, ()) for name in retained}
    asked, lots = _without_lots(ranked_all, put.held)
    open_dwellings = put.held.open_to_households(put.plan)
    wishes = wishes_of(
        feasibility.ground.study,
        open_dwellings,
        asked,
        points={name: by_id[name].points for name in retained},
        attributes={name: by_id[name].attributes for name in retained},
        fixed={} if own is None else {n: d for n, d in own.fixed.items() if asked.get(n)},
    )
    cell_of = {one.id: (one.typology, one.tenure) for one in open_dwellings}
    allowed = {
        name: frozenset(d for d, cell in cell_of.items() if cell in by_id[name].cells)
        for name in retained
    }
    kept, removed, emptied = keep_possible(wishes, allowed, _reasons(feasibility, cell_of, asked))
    members = set(formation.formed.members)
    return Call(
        wishes=kept,
        members=tuple(h.id for h in kept.households if h.id in members),
        removed=(*lots, *removed),
        silent=tuple(n for n in formation.formed.members if not ranked_all[n]),
        emptied=tuple(
            name
            for name in formation.formed.members
            if name in emptied or (ranked_all[name] and not asked[name])
        ),
    )


def _without_lots(
    asked: Mapping[str, tuple[str, ...]], held: HeldLots
) -> tuple[dict[str, tuple[str, ...]], tuple[RemovedWish, ...]]:
    """Take the lots of legal persons out of the rankings; their names are public."""
    kept = {
        name: tuple(dwelling for dwelling in ranking if dwelling not in held.holder)
        for name, ranking in asked.items()
    }
    removed = tuple(
        RemovedWish(household=name, dwelling=dwelling, why=held.why(dwelling))
        for name, ranking in asked.items()
        for dwelling in ranking
        if dwelling in held.holder
    )
    return kept, removed


def _refuse_held_pairs(own: OwnAllocation | None, held: HeldLots) -> None:
    """Refuse an allocation of the group that gives a household the lot of a legal person.

    Raises
    ------
    DataError
        ``E_LOTS``, with every dwelling.
    """
    taken = sorted(set(() if own is None else own.pairs.values()) & set(held.holder))
    if taken:
        raise DataError(
            [
                typeset(
                    f"attribution du groupe, logement {quoted(name)} : {held.why(name)}, aucun "
                    "ménage n'y entre. Donnez-lui un autre logement, ou corrigez « logements »."
                )
                for name in taken
            ],
            code="E_LOTS",
        )


def _reasons(
    feasibility: Feasibility,
    cell_of: Mapping[str, Cell],
    asked: Mapping[str, Sequence[str]],
) -> dict[tuple[str, str], str]:
    """Find why a household may not have a dwelling that it ranked; confidential."""
    access = feasibility.access
    assert access is not None  # noqa: S101 - a story has one
    told = {
        (who, typology, code): reason
        for one in access.sets
        for who, code, typology, reason in one.cells[
            ["household_id", "tenure", "typology", "reason"]
        ].itertuples(index=False)
        if reason
    }
    return {
        (name, dwelling): told[name, *cell_of[dwelling]]
        for name, ranking in asked.items()
        for dwelling in ranking
        if (name, *cell_of[dwelling]) in told
    }


def _plan_gaps(feasibility: Feasibility, plan: Plan) -> Iterator[str]:
    """Say where the plan and the programme do not count the same dwellings."""
    evaluation = feasibility.optimum.evaluation
    if evaluation is None or not plan.file:
        return
    drawn: dict[Cell, int] = {}
    for one in plan.dwellings:
        cell = (one.typology, one.tenure)
        drawn[cell] = drawn.get(cell, 0) + 1
    for cell in sorted({*drawn, *evaluation.programme.units}):
        built = int(evaluation.programme.units.get(cell, 0))
        if drawn.get(cell, 0) != built:
            yield (
                f"Plan et programme diffèrent en {cell_id(cell)} : {drawn.get(cell, 0)} sur le "
                f"plan, {built} au programme. La répartition suit le plan."
            )


def _call_notes(call: Call, own: OwnAllocation | None) -> Iterator[str]:
    if call.removed:
        n = len(call.removed)
        yield (
            f"Vœux écartés, car le logement n'est pas ouvert au ménage : {n}. La coopérative en a "
            "la liste."
        )
    unserved = len(call.silent) + len(call.emptied)
    if unserved:  # told together: the difference between the two would speak of incomes
        yield f"{count(unserved, 'ménage retenu', 'ménages retenus')} sans vœu compté."
    if own is not None:
        apart = len(own.pairs) - len(_of_members(own.pairs, call))
        if apart:
            yield f"Paires du groupe non comparées, ménage non retenu ou sans vœu compté : {apart}."
        lost = len(own.fixed) - len(call.wishes.fixed)
        if lost:
            yield f"Paires fixées non tenues, ménage non retenu ou logement non ouvert : {lost}."


def _of_members(pairs: Mapping[str, str], call: Call) -> Mapping[str, str]:
    """Keep the pairs of the members who wish something: those that can be compared."""
    return {name: dwelling for name, dwelling in pairs.items() if name in call.members}
