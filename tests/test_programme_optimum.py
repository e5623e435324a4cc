"""The optimum is the best of all programmes, and nothing is said that is not proved."""

from dataclasses import replace

import numpy as np
import pytest

from habitat_analysis.errors import HabitatError, UsageError
from habitat_analysis.programme import search as module
from habitat_analysis.programme.case import (
    Case,
    MixGroup,
    MixTarget,
    NeedClass,
    ProgrammeRules,
    SharedSpace,
    ShareRule,
    TenureTerms,
)
from habitat_analysis.programme.optimum import Optimum, optimise, proof_sentence
from tests.programme_enumeration import best_values
from tests.programme_instances import TENURES, Draw, tenure, typology

SMALL = 500
SMALL_SEEDS = [range(start, start + 10) for start in range(0, SMALL, 10)]


def near(value: float, reference: float, tolerance: float = 1e-6) -> bool:
    return abs(value - reference) <= tolerance * max(1.0, abs(reference))


@pytest.mark.parametrize("seeds", SMALL_SEEDS, ids=lambda seeds: f"{seeds[0]}-{seeds[-1]}")
def test_small_programmes_are_the_best_of_all(seeds):
    for seed in seeds:
        draw = Draw(seed, large=False)
        case, objectives = draw.case(), draw.objectives()
        expected, found = best_values(case, objectives), optimise(case, objectives)
        if expected is None:
            assert_no_numbers(found)
            assert found.status == "infeasible", seed
            continue
        assert found.status == "optimal", seed
        assert list(found.values) == objectives
        for name in objectives:
            assert near(found.values[name], expected[name], 2e-6), (seed, name)
        assert_proved(case, found)


def assert_proved(case: Case, found: Optimum) -> None:
    """The programme printed keeps every rule and reaches what the stages say."""
    assert found.evaluation.feasible
    for stage in found.stages:
        assert near(found.evaluation.reached(stage.objective), stage.value, 2e-6)
        assert stage.gap <= 1e-6
    if case.fixed_m2_eur is not None:
        assert found.evaluation.alerts == ()  # no loan exceeds the cost of its own tenure


def assert_no_numbers(found: Optimum) -> None:
    assert (found.programme, found.evaluation, found.stages, found.values) == (None, None, (), {})


def test_the_instances_meet_every_feature():
    """The draw is worth the enumeration: every kind of rule and tenure occurs, often enough."""
    cases = [Draw(seed, large=False).case() for seed in range(SMALL)]
    kinds = [{u.kind for u in case.tenures} for case in cases]
    for kind in ("rental", "sale", "progressive"):
        assert sum(kind in met for met in kinds) > 100
    features = {
        "ceilings": lambda c: any(u.cost_ceiling_m2_eur for u in c.tenures),
        "quartiles": lambda c: c.rules.quartiles,
        "mix": lambda c: c.rules.mix_target.eps is not None,
        "rooms": lambda c: c.spaces,
        "open": lambda c: c.rules.open_max is not None,
        "loan caps": lambda c: c.fixed_m2_eur is not None,
        "fixed": lambda c: c.fixed,
    }
    for name, met in features.items():
        assert sum(bool(met(case)) for case in cases) > 100, name


@pytest.mark.parametrize("code", TENURES)
def test_each_tenure_is_in_some_optimum(code):
    """Among the eight, households that only one tenure suits bring that tenure."""
    need = NeedClass(id="A", count=6, quartile="Q2", cells=(("T3", code), ("T2", code)))
    case = Case(
        typologies=(typology("T2"), typology("T3")),
        tenures=tuple(tenure(name, ("T2", "T3")) for name in TENURES),
        classes=(need,),
        rules=ProgrammeRules(
            shab_max_m2=900.0,
            dwellings_min=8,
            dwellings_max=12,
            families=(ShareRule(id="libre", members=("LIBRE", "VEFA"), max=0.6),),
            equity_max_eur=600_000.0,
            topup_max_eur=200_000.0,
        ),
        fixed_cost_eur=350_000.0,
        fixed_m2_eur=350_000.0 / 900.0,
    )
    found = optimise(case, ["housed", "public_money"])
    assert (found.status, found.values["housed"]) == ("optimal", 6)
    assert found.evaluation.by_tenure[code] >= 6
    assert found.evaluation.alerts == ()


def test_an_impossible_case_prints_no_number():
    case = Draw(0, large=True).case()
    found = optimise(replace(case, rules=replace(case.rules, shab_max_m2=1.0,
                                                 dwellings_min=1)), ["housed"])  # fmt: skip
    assert found.status == "infeasible"
    assert_no_numbers(found)
    assert proof_sentence(found) == "Aucun programme ne respecte toutes les règles."


def stubborn(n_tenures: int = 40, n_groups: int = 60) -> Case:
    """Write a market split as a target mix: a solution is at hand, its proof out of reach."""
    draw = np.random.default_rng(1)
    weights = draw.dirichlet(np.ones(n_tenures))
    chosen = [np.flatnonzero(draw.random(n_tenures) < 0.5) for _ in range(n_groups)]
    groups = tuple(
        MixGroup(
            id=f"g{position}",
            tenures=tuple(f"S{j}" for j in members),
            share=float(min(1.0, weights[members].sum())),
        )
        for position, members in enumerate(chosen)
    )
    sales = tuple(
        TenureTerms(
            id=f"S{j}", kind="sale", vat=0.2, variable_cost_m2_eur=2000.0 + j, price_m2_eur=2400.0
        )
        for j in range(n_tenures)
    )
    rules = ProgrammeRules(
        shab_max_m2=66.0 * 37,
        dwellings_min=34,
        dwellings_max=37,
        mix_target=MixTarget(groups=groups),
    )
    return Case(typologies=(typology("T3"),), tenures=sales, rules=rules)


def test_stopped_by_time_is_not_proved_optimal():
    found = optimise(stubborn(), ["mix", "public_money"], time_limit_s=1.5)
    first, second = found.stages
    assert found.status == first.status == "feasible"
    assert first.bound < first.value
    assert first.gap == pytest.approx((first.value - first.bound) / max(1, first.value))
    assert second.status != "optimal"
    assert found.evaluation.feasible
    assert proof_sentence(found).startswith("Non prouvé optimal")
    assert "de mieux existe" in proof_sentence(found)


def test_one_stage_without_proof_is_enough_to_say_so():
    found = optimise(stubborn(), ["dwellings", "mix"], time_limit_s=1.5)
    assert [stage.status for stage in found.stages] == ["optimal", "feasible"]
    assert found.status == "feasible"
    assert "la mixité visée" in proof_sentence(found)


def test_stopped_before_any_programme_prints_no_number():
    found = optimise(stubborn(), ["mix"], time_limit_s=0.0)
    assert found.status == "no_solution"
    assert_no_numbers(found)
    assert "rien n'est prouvé" in proof_sentence(found)


def test_a_proved_programme_says_so():
    found = optimise(Draw(3, large=False).case(), ["cost"])
    assert (found.status, proof_sentence(found)) == ("optimal", "Prouvé optimal.")
    assert (found.solver, found.note) == ("HiGHS", "")


def test_an_unknown_objective_is_refused():
    with pytest.raises(UsageError) as refused:
        optimise(Draw(3, large=False).case(), ["profit"])
    assert refused.value.code == "E_OBJECTIVE"


LIES = {
    "cheaper": {"objective": 1.0},
    "dearer": {"objective": 1e9},
    "nothing built": {"values": {}},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_solver_that_lies_stops_everything(monkeypatch, lie):
    """Fault injected: the only way to see the certificate refuse an answer."""
    honest = module.solve_arrays
    monkeypatch.setattr(module, "solve_arrays", lambda *a, **k: replace(honest(*a, **k), **lie))
    case = Draw(0, large=True).case()
    case = replace(case, fixed={}, rules=ProgrammeRules(shab_max_m2=900.0, dwellings_max=9,
                                                        dwellings_min=5))  # fmt: skip
    with pytest.raises(HabitatError) as refused:
        optimise(case, ["public_money"])
    assert refused.value.code == "E_CERTIFICATE"


def test_a_solver_that_breaks_a_rule_stops_everything(monkeypatch):
    honest = module.solve_arrays

    def doubled(*args, **options):
        result = honest(*args, **options)
        values = {name: 2 * value for name, value in result.values.items()}
        return replace(result, values=values, objective=2 * result.objective)

    monkeypatch.setattr(module, "solve_arrays", doubled)
    case = replace(Draw(0, large=True).case(), fixed={}, spaces=())
    rules = ProgrammeRules(shab_max_m2=900.0, dwellings_max=9)
    with pytest.raises(HabitatError, match="dwellings:max") as refused:
        optimise(replace(case, rules=rules), ["dwellings"])
    assert refused.value.code == "E_CERTIFICATE"


OBJECTIVES = ["housed", "public_money", "spaces"]
INVARIANT = range(2000, 2012)


def same_values(case: Case, other: Case, scale: float = 1.0) -> None:
    first, second = optimise(case, OBJECTIVES), optimise(other, OBJECTIVES)
    assert first.status == second.status
    for name, value in first.values.items():
        factor = scale if name == "public_money" else 1.0
        assert near(second.values[name], factor * value, 3e-6), name


@pytest.mark.parametrize("seed", INVARIANT)
def test_the_order_of_the_data_does_not_matter(seed):
    case = Draw(seed, large=True).case()
    rules = case.rules
    same_values(
        case,
        replace(
            case,
            typologies=case.typologies[::-1],
            tenures=case.tenures[::-1],
            spaces=case.spaces[::-1],
            classes=tuple(replace(c, cells=c.cells[::-1]) for c in case.classes[::-1]),
            rules=replace(rules, families=rules.families[::-1], quartiles=rules.quartiles[::-1]),
        ),
    )


@pytest.mark.parametrize("seed", INVARIANT)
def test_names_do_not_matter(seed):
    case = Draw(seed, large=True).case()
    codes = {u.id: f"{u.id[::-1]} é_{n}" for n, u in enumerate(case.tenures)}
    sizes = {t.id: f"{9 - n}-{t.id}" for n, t in enumerate(case.typologies)}
    target = case.rules.mix_target
    renamed = replace(
        case,
        fixed={},
        typologies=tuple(replace(t, id=sizes[t.id]) for t in case.typologies),
        tenures=tuple(
            replace(u, id=codes[u.id], progressive_loan_eur={
                sizes[t]: loan for t, loan in u.progressive_loan_eur.items()})
            for u in case.tenures
        ),
        classes=tuple(
            replace(c, cells=tuple((sizes[t], codes[u]) for t, u in c.cells)) for c in case.classes
        ),
        rules=replace(
            case.rules,
            families=renamed_members(case.rules.families, codes),
            typology_shares=renamed_members(case.rules.typology_shares, sizes),
            mix_target=replace(target, groups=tuple(
                replace(g, tenures=tuple(codes[u] for u in g.tenures)) for g in target.groups)),
        ),
    )  # fmt: skip
    same_values(replace(case, fixed={}), renamed)


def renamed_members(rules, names):
    return tuple(replace(r, members=tuple(names[m] for m in r.members)) for r in rules)


@pytest.mark.parametrize("factor", [0.5, 3.0])
@pytest.mark.parametrize("seed", INVARIANT)
def test_another_currency_scales_the_money_and_nothing_else(seed, factor):
    case = Draw(seed, large=True).case()
    same_values(case, in_currency(case, factor), scale=factor)


def in_currency(case: Case, factor: float) -> Case:
    """Multiply every sum of a case."""

    def scaled(item):
        names = [name for name in item.__slots__ if name.endswith("_eur")]
        sums = {name: getattr(item, name) for name in names}
        return replace(item, **{
            name: {t: factor * v for t, v in value.items()} if isinstance(value, dict)
            else factor * value for name, value in sums.items() if value is not None
        })  # fmt: skip

    return replace(
        scaled(case),
        tenures=tuple(scaled(item) for item in case.tenures),
        spaces=tuple(scaled(item) for item in case.spaces),
        rules=scaled(case.rules),
    )


@pytest.mark.parametrize("seed", range(2100, 2112))
def test_a_rule_less_never_hurts(seed):
    case = Draw(seed, large=True).case()
    freer = replace(case, rules=replace(case.rules, parking_max=None, quartiles=(), families=()))
    bound, free = optimise(case, ["housed"]), optimise(freer, ["housed"])
    if bound.status == "optimal":
        assert free.values["housed"] >= bound.values["housed"]


@pytest.mark.parametrize("seed", range(2200, 2212))
def test_the_optimum_does_not_depend_on_the_run(seed):
    draw = Draw(seed, large=True)
    case, objectives = draw.case(), draw.objectives()
    first, second = optimise(case, objectives), optimise(case, objectives)
    assert (first.programme, first.values) == (second.programme, second.values)


def test_fixed_numbers_are_kept():
    case = Draw(11, large=True).case()
    room = SharedSpace(id="salle", area_m2=20.0, cost_eur=30_000.0)
    cell = (case.typologies[0].id, case.tenures[0].id)
    rules = ProgrammeRules(shab_max_m2=1200.0, dwellings_max=14, dwellings_min=6)
    fixed = {cell: 3, case.tenures[1].id: 4, "salle": True}
    found = optimise(replace(case, spaces=(room,), rules=rules, fixed=fixed), ["public_money"])
    assert found.programme.units[cell] == 3
    assert found.evaluation.by_tenure[case.tenures[1].id] == 4
    assert found.programme.spaces == ("salle",)
