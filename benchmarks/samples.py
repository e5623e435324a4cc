"""What is measured: real candidate sites, more of them drawn from these, a larger model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from habitat_analysis.feasibility import read_ground
from habitat_analysis.programme.case import Case, NeedClass, Typology
from habitat_analysis.programme.mould import cast, counted_land_ht
from habitat_analysis.programme.site_figures import SiteFigures
from habitat_analysis.runs.portfolio_sites import figures_of, gather_portfolio
from habitat_analysis.runs.portfolio_work import Work, make_work
from habitat_analysis.study import load_study

ROOT = Path(__file__).parents[1]
DEMO, COMMUNE = ROOT / "data" / "demo" / "etude.yaml", ROOT / "tests" / "latresne.yaml"
SEED = 20261122
EXTRA_SIZES = (  # invented sizes that make fifteen cells thirty-five
    Typology(id="T1", shab_m2=30.0, su_m2=32.0),
    Typology(id="T5", shab_m2=102.0, su_m2=107.0),
)


def work_of(study_file: Path) -> Work:
    """Gather every site of a study: parcels kept and assemblies."""
    study = load_study(study_file)
    ground = read_ground(study)
    sites = gather_portfolio(ground).examined
    figures = figures_of(sites, shab_per_sdp=study.ratios.shab_per_sdp)
    return make_work(ground, figures, scenario="base")


def cases_of(work: Work) -> list[tuple[Case, float]]:
    """Make the case of each site, with the land in its fixed cost, in euros."""
    factor = work.mould.fixed_ttc_per_land_ht()
    return [
        (cast(work.mould, site), counted_land_ht(work.mould, site) * factor) for site in work.sites
    ]


def more_sites(work: Work, count: int) -> Work:
    """Draw other sites from those of a work: area, surface and places moved by up to 15 %.

    The land bill follows the area. The real sites come first.
    """
    draw = np.random.default_rng(SEED)
    sites: list[SiteFigures] = list(work.sites[:count])
    while len(sites) < count:
        model = work.sites[int(draw.integers(len(work.sites)))]
        area, built, places = draw.uniform(0.85, 1.15, size=3)
        sites.append(
            replace(
                model,
                area_m2=model.area_m2 * float(area),
                shab_m2=model.shab_m2 * float(built),
                parking_places=round(model.parking_places * float(places)),
            )
        )
    return replace(work, sites=tuple(sites))


def larger(case: Case, n_tenures: int = 7) -> Case:
    """Make thirty-five cells of a case: two more typologies, seven of its tenures.

    Sizes are invented; a household that a T4 suits is suited by a T5, the smallest by a T1.
    """
    tenures = tuple(
        replace(
            terms,
            progressive_loan_eur={
                **terms.progressive_loan_eur,
                **{
                    size.id: loan / case.typologies[0].shab_m2 * size.shab_m2
                    for size in EXTRA_SIZES
                    for loan in list(terms.progressive_loan_eur.values())[:1]
                },
            },
        )
        for terms in case.tenures[-n_tenures:]
    )
    codes = {terms.id for terms in tenures}
    rules, target = case.rules, case.rules.mix_target
    families = tuple(
        replace(rule, members=tuple(code for code in rule.members if code in codes))
        for rule in rules.families
    )
    families = tuple(rule for rule in families if rule.members)
    if target is not None:
        groups = tuple(
            replace(group, tenures=tuple(code for code in group.tenures if code in codes))
            for group in target.groups
        )
        target = replace(target, groups=groups)
    return replace(
        case,
        typologies=(*case.typologies, *EXTRA_SIZES),
        tenures=tenures,
        classes=tuple(_suited(group, codes) for group in case.classes),
        rules=replace(rules, families=families, mix_target=target),
    )


def _suited(group: NeedClass, codes: set[str]) -> NeedClass:
    cells = {(size, code) for size, code in group.cells if code in codes}
    cells |= {("T5", code) for size, code in cells if size == "T4"}
    cells |= {("T1", code) for size, code in cells if size == "T2"}
    return replace(group, cells=tuple(sorted(cells)))
