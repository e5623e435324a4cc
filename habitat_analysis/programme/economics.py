"""From a study and a site to a case: the one place where land, group and money meet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import pandas as pd

from habitat_analysis.baremes import FactReader
from habitat_analysis.finance.costs import CostParameters, Fee, Key
from habitat_analysis.finance.unit_costs import CostItem, UnitCosts, unit_costs
from habitat_analysis.programme.building_terms import (
    case_buildings,
    case_phases,
    typed_by_building,
)
from habitat_analysis.programme.case import (
    Case,
    Cell,
    NeedClass,
    Programme,
    SharedSpace,
    TenureTerms,
    Typology,
)
from habitat_analysis.programme.site_figures import Plot, Room
from habitat_analysis.programme.study_rules import legal_lots, programme_rules
from habitat_analysis.programme.terms import Setting, TenureSheet, tenure_sheets
from habitat_analysis.study import ScenarioTerms, Study
from habitat_analysis.study.model import resolved_zones

QUALITY_LINE: Final = "niveau_de_qualite"
KEYS: Final[Mapping[str, Key]] = {"shab": "shab", "su": "su", "logement": "dwellings"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """The case of one site under one scenario, and all that it rests on."""

    case: Case
    sheets: dict[str, TenureSheet]
    unit_costs: UnitCosts  # euros before tax
    items: tuple[CostItem, ...]
    fees: tuple[Fee, ...]
    parameters: CostParameters
    setting: Setting
    land_m2: float
    land_price_eur: float  # the site bare, before tax
    sdp_per_shab: float


def build_case(
    study: Study,
    scenario: ScenarioTerms,
    *,
    site: Plot,
    capacity: Room,
    classes: Sequence[NeedClass],
    facts: FactReader,
) -> CaseFile:
    """Turn a study, a site and the needs of a group into the case to optimise.

    Parameters
    ----------
    study, scenario
        Hypotheses, and what the scenario moves.
    site, capacity
        The land, and what it holds under the rules of its zone.
    classes
        Needs of the group; empty when there is no group yet.
    facts
        Dated values; those read here are remembered for the report.

    Returns
    -------
    file
        The case, with the costs and the tenure sheets it was made from.

    Raises
    ------
    DataError
        ``E_TERMS`` for prices above their cap or loans too long.

    References
    ----------
    ``docs/model.md`` 2.1, 5.1.
    """
    items = cost_items(study, scenario, site)
    fees = _fees(study)
    parameters = cost_parameters(study, scenario)
    sdp_per_shab = 1 / study.ratios.shab_per_sdp
    unit = unit_costs(items, fees, parameters, land_m2=site.area_m2, sdp_per_shab=sdp_per_shab)
    works_factor = _works_factor(fees, parameters)
    setting = _setting(study, scenario, facts, unit=unit, works_factor=works_factor)
    sizes = setting.typologies
    sheets = tenure_sheets(setting)
    fixed_ttc = unit.fixed_ht_eur * (1 + study.costs.fixed_vat)
    rules = programme_rules(study, capacity, group_size=sum(c.count for c in classes))
    return CaseFile(
        case=Case(
            typologies=sizes,
            tenures=tuple(sheet.terms for sheet in sheets.values()),
            rules=rules,
            classes=tuple(classes),
            spaces=shared_spaces(study),
            fixed_cost_eur=fixed_ttc,
            dropout_loss=_dropout(study, scenario),
            fixed_m2_eur=fixed_ttc / rules.shab_max_m2 if rules.shab_max_m2 else 0.0,
            fixed=fixed_numbers(study),
            lots=legal_lots(study),
            buildings=case_buildings(study, rules.shab_max_m2),
            phases=case_phases(study),
        ),
        sheets=sheets,
        unit_costs=unit,
        items=items,
        fees=fees,
        parameters=parameters,
        setting=setting,
        land_m2=site.area_m2,
        land_price_eur=land_price(study, scenario, site),
        sdp_per_shab=sdp_per_shab,
    )


def check_terms(study: Study, facts: FactReader) -> tuple[TenureTerms, ...]:
    """Refuse the terms of a study that no site could use: prices, rents, loans and their limits.

    Returns
    -------
    tenures
        What each tenure costs and brings in, the land apart.

    Raises
    ------
    DataError
        ``E_TERMS`` with every fault, as `build_case` would on each site.
    """
    scenario = study.scenario("base")
    fees, parameters = _fees(study), cost_parameters(study, scenario)
    unit = unit_costs(
        _study_items(study, scenario), fees, parameters,
        land_m2=0.0, sdp_per_shab=1 / study.ratios.shab_per_sdp,
    )  # fmt: skip
    factor = _works_factor(fees, parameters)
    sheets = tenure_sheets(_setting(study, scenario, facts, unit=unit, works_factor=factor))
    return tuple(sheet.terms for sheet in sheets.values())


def _setting(
    study: Study,
    scenario: ScenarioTerms,
    facts: FactReader,
    *,
    unit: UnitCosts,
    works_factor: float,
) -> Setting:
    """Gather what every tenure shares, means weighted by the shares of the typologies."""
    sizes = case_typologies(study, facts)
    weights = [size.share for size in study.programme.typologies]
    return Setting(
        study=study,
        scenario=scenario,
        zones=resolved_zones(study),
        typologies=sizes,
        su_mean_m2=sum(w * size.su_m2 for w, size in zip(weights, sizes, strict=True)),
        shab_mean_m2=sum(w * size.shab_m2 for w, size in zip(weights, sizes, strict=True)),
        unit_costs=unit,
        works_factor=works_factor,
        facts=facts,
    )


def _fees(study: Study) -> tuple[Fee, ...]:
    return tuple(
        Fee(id=f.id, label=f.label, rate=f.rate, chapter=f.chapter) for f in study.costs.fees
    )


def shifted_case(file: CaseFile, *, months: int = 0, rate_shift: float = 0.0) -> Case:
    """Return the same question for works that begin later, or are financed at another rate.

    Parameters
    ----------
    file
        The case and the costs it was made from.
    months
        Delay before the works, in months: revisions run and the land is financed all along.
    rate_shift
        Added to the rate at which works and land are financed, as a fraction a year. The rates
        of the long loans are those of the case: an evaluation shifts them.
    """
    known = file.parameters
    parameters = replace(
        known,
        revision_months=known.revision_months + months,
        land_carry_months=known.land_carry_months + months,
        finance_rate=max(0.0, known.finance_rate + rate_shift),
    )
    unit = unit_costs(
        file.items, file.fees, parameters, land_m2=file.land_m2, sdp_per_shab=file.sdp_per_shab
    )
    study, factor = file.setting.study, _works_factor(file.fees, parameters)
    fixed_ttc = unit.fixed_ht_eur * (1 + study.costs.fixed_vat)
    shab = file.case.rules.shab_max_m2
    return replace(
        file.case,
        tenures=tuple(
            replace(
                terms,
                variable_cost_m2_eur=unit.variable_m2_ht_eur
                + study.terms_of(terms.id).works_gap_m2_eur * factor,
                dwelling_cost_eur=unit.dwelling_ht_eur + unit.parking_ht_eur * terms.parking,
            )
            for terms in file.case.tenures
        ),
        fixed_cost_eur=fixed_ttc,
        fixed_m2_eur=fixed_ttc / shab if shab else 0.0,
    )


def case_typologies(study: Study, facts: FactReader) -> tuple[Typology, ...]:
    """Size the typologies: SU = SHAB + the legal share of the retained annexes."""
    weight = facts.value("surfaces", topic="surface_utile", key="annex_weight")
    return tuple(
        Typology(id=t.id, shab_m2=t.shab_m2, su_m2=t.shab_m2 + weight * t.annexes_m2)
        for t in study.programme.typologies
    )


def land_price(study: Study, scenario: ScenarioTerms, site: Plot) -> float:
    """Price the bare site before tax, each parcel at its own price where the study gives one."""
    prices = [study.land.prices_m2_eur.get(idu, study.land.price_m2_eur) for idu in site.idus]
    mean = sum(prices) / len(prices)
    return mean * site.area_m2 * scenario.land_factor


def cost_items(study: Study, scenario: ScenarioTerms, site: Plot) -> tuple[CostItem, ...]:
    """List the cost items of a site: the land first, then the lines of the study."""
    land = CostItem(
        id="terrain",
        label="Terrain",
        family="foncier",
        basis="forfait",
        value_eur_ht=land_price(study, scenario, site),
    )
    return (land, *_study_items(study, scenario))


def _study_items(study: Study, scenario: ScenarioTerms) -> tuple[CostItem, ...]:
    """List the cost items that the study states, the price of the land apart."""
    factors = {"foncier": 1.0, "travaux": scenario.works_factor}
    return (
        *(
            CostItem(
                id=item.id,
                label=item.label,
                family=item.family,
                basis=item.basis,
                value_eur_ht=item.value_ht_eur * factors[item.family],
            )
            for item in study.costs.items
        ),
        *_quality_items(study, scenario),
    )


def _quality_items(study: Study, scenario: ScenarioTerms) -> tuple[CostItem, ...]:
    """Price the quality level of the study: works by m² of SHAB, none when it costs nothing."""
    quality = study.montage.quality
    if quality is None or not quality.extra_works_m2_eur:
        return ()
    return (
        CostItem(
            id=QUALITY_LINE,
            label=f"Niveau de qualité : {quality.level}",
            family="travaux",
            basis="m2_shab",
            value_eur_ht=quality.extra_works_m2_eur * scenario.works_factor,
        ),
    )


def cost_parameters(study: Study, scenario: ScenarioTerms) -> CostParameters:
    """Bring the contingency, revisions and interest of the study to the costs."""
    costs = study.costs
    return CostParameters(
        contingency=costs.contingency,
        revision_rate=costs.revision_rate,
        revision_months=costs.revision_months,
        finance_rate=max(0.0, costs.finance_rate + scenario.rate_shift),
        land_carry_months=costs.land_carry_months,
        works_months=costs.works_months,
        default_key=KEYS[costs.default_key],
    )


def shared_spaces(study: Study) -> tuple[SharedSpace, ...]:
    """List the shared rooms of the study."""
    return tuple(
        SharedSpace(
            id=room.id,
            area_m2=room.area_m2,
            cost_eur=room.cost_ttc_eur,
            mandatory=room.mandatory,
            value=room.value,
            label=room.label,
            building=room.building,
        )
        for room in study.programme.spaces
    )


def fixed_numbers(study: Study) -> dict[Cell | str, int | bool]:
    """List the numbers that people decided, by cell, tenure or room."""
    fixed = study.programme.fixed
    numbers: dict[Cell | str, int | bool] = {}
    for size, by_tenure in fixed.units.items():
        numbers |= {(size, code): n for code, n in by_tenure.items()}
    numbers |= {str(code): n for code, n in fixed.tenures.items()}
    numbers |= {str(room): built for room, built in fixed.spaces.items()}
    return numbers


def imposed_programme(study: Study) -> Programme | None:
    """Return the programme typed by the group, if there is one."""
    imposed = study.programme.imposed
    if imposed is None:
        return None
    units: dict[Cell, int] = {
        (size, code): n
        for size, by_tenure in imposed.units.items()
        for code, n in by_tenure.items()
        if n
    }
    return Programme(units=units, spaces=imposed.spaces, by_building=typed_by_building(study))


def programme_quantities(file: CaseFile, programme: Programme) -> pd.DataFrame:
    """Measure a programme by tenure, to share its costs.

    Returns
    -------
    quantities
        Indexed by tenure used: ``shab`` and ``su`` (m²), ``dwellings``, ``parking`` (places).
    """
    sizes = {size.id: size for size in file.case.typologies}
    terms = {t.id: t for t in file.case.tenures}
    rows = [
        {
            "tenure": code,
            "shab": n * sizes[size].shab_m2,
            "su": n * sizes[size].su_m2,
            "dwellings": float(n),
            "parking": n * terms[code].parking,
        }
        for (size, code), n in programme.units.items()
        if n
    ]
    columns = ["tenure", "shab", "su", "dwellings", "parking"]
    frame = pd.DataFrame(rows, columns=columns).groupby("tenure").sum()
    return frame.reindex([code for code in terms if code in frame.index])


def _dropout(study: Study, scenario: ScenarioTerms) -> float:
    own = scenario.dropout_loss
    return study.programme.dropout_loss if own is None else own


def _works_factor(fees: Sequence[Fee], parameters: CostParameters) -> float:
    """Return the whole cost of one more euro of works, before tax."""
    probe = CostItem(id="euro", label="", family="travaux", basis="m2_shab", value_eur_ht=1.0)
    unit = unit_costs([probe], fees, parameters, land_m2=0.0, sdp_per_shab=1.0)
    return unit.variable_m2_ht_eur
