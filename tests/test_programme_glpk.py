"""GLPK, which shares no code with HiGHS, agrees on the file PuLP writes."""

import pytest
import swiglpk as glpk

from habitat_analysis.programme.model import build_programme, keep_objective, set_objective
from habitat_analysis.programme.solving import solve
from tests.programme_instances import Draw

PROVED, NO_SOLUTION = glpk.GLP_OPT, (glpk.GLP_NOFEAS, glpk.GLP_UNDEF)


def glpk_value(problem, path):
    """Solve the file of a problem with GLPK: its optimum, or None if there is none."""
    problem.writeLP(path)
    glpk.glp_term_out(glpk.GLP_OFF)
    made = glpk.glp_create_prob()
    try:
        assert glpk.glp_read_lp(made, None, path) == 0
        options = glpk.glp_iocp()
        glpk.glp_init_iocp(options)
        options.presolve = options.gmi_cuts = options.mir_cuts = glpk.GLP_ON
        options.tm_lim = 60_000
        options.tol_int = 1e-9  # its default, 1e-5, lets a tenth of a euro through
        stopped = glpk.glp_intopt(made, options)
        if stopped in (glpk.GLP_ENOPFS, glpk.GLP_ENODFS):
            return None
        assert stopped == 0
        status = glpk.glp_mip_status(made)
        assert status in (PROVED, *NO_SOLUTION)
        return glpk.glp_mip_obj_val(made) if status == PROVED else None
    finally:
        glpk.glp_delete_prob(made)


@pytest.mark.parametrize("seed", range(1000, 1075))
def test_two_solvers_agree_stage_after_stage(seed, tmp_path):
    draw = Draw(seed, large=True)
    model = build_programme(draw.case())
    for name in draw.objectives()[:2]:
        set_objective(model, name)
        ours = solve(model.problem)
        theirs = glpk_value(model.problem, str(tmp_path / "model.lp"))
        if theirs is None:
            assert ours.status == "infeasible"
            return
        theirs += model.problem.objective.constant  # the LP format drops it
        assert ours.status == "optimal"
        assert abs(ours.objective - theirs) <= 1e-6 * max(1.0, abs(theirs))
        keep_objective(model, name, ours.objective)


def test_enough_of_them_have_a_solution():
    cases = [Draw(seed, large=True).case() for seed in range(1000, 1075)]
    models = [build_programme(case) for case in cases]
    for model in models:
        set_objective(model, "dwellings")
    assert sum(solve(model.problem).has_solution for model in models) >= 50
