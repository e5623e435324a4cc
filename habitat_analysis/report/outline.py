"""The twelve sections of a feasibility report, in order, for the page and the PDF alike."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.formats import date_long, date_short
from habitat_analysis.report import sections_accounts as accounts
from habitat_analysis.report import sections_buildings as buildings
from habitat_analysis.report import sections_costs as costs
from habitat_analysis.report import sections_funding as funding
from habitat_analysis.report import sections_group as group
from habitat_analysis.report import sections_hypotheses as hypotheses
from habitat_analysis.report import sections_impossible as impossible
from habitat_analysis.report import sections_land as land
from habitat_analysis.report import sections_land_value as land_value
from habitat_analysis.report import sections_legal as legal
from habitat_analysis.report import sections_monthly as monthly
from habitat_analysis.report import sections_ofs_sciapp as ofs
from habitat_analysis.report import sections_operating as operating
from habitat_analysis.report import sections_programme as programme
from habitat_analysis.report import sections_psla as psla
from habitat_analysis.report import sections_rental as rental
from habitat_analysis.report import sections_risks as risks
from habitat_analysis.report import sections_sale as sale
from habitat_analysis.report import sections_security as security
from habitat_analysis.report import sections_sensitivity as sensitivity
from habitat_analysis.report import sections_site as site
from habitat_analysis.report import sections_sources as sources
from habitat_analysis.report import sections_summary as summary
from habitat_analysis.report import synthetic
from habitat_analysis.report.argument_blocks import argument_blocks
from habitat_analysis.report.blocks import (
    Document,
    Heading,
    Item,
    Link,
    Paragraph,
    Points,
    Section,
    section,
)
from habitat_analysis.report.household_blocks import household_blocks
from habitat_analysis.report.mix_blocks import mix_blocks
from habitat_analysis.report.sections_glossary import glossary
from habitat_analysis.report.sheets import facts_sheet
from habitat_analysis.report.software import software_version
from habitat_analysis.report.story_blocks import story_blocks
from habitat_analysis.report.trace import traced
from habitat_analysis.report.vote_blocks import vote_blocks

MAP_FILE = "carte.html"
SUBTITLE = "Étude de faisabilité, document de travail"
NO_PROGRAMME = programme.NO_PROGRAMME


def outline(feasibility: Feasibility) -> Document:
    """Gather a report: twelve sections, tables and figures drawn.

    Parameters
    ----------
    feasibility
        One site under one scenario. Without a programme, no figure of a solution is anywhere.
    """
    study = feasibility.ground.study
    edited = study.edited_on
    return Document(
        title=f"{study.title} : site {', '.join(feasibility.site.idus)}",
        subtitle=SUBTITLE,
        notice=study.notice or "",
        edited_on=date_short(edited),
        stamp=int(datetime(edited.year, edited.month, edited.day, tzinfo=UTC).timestamp()),
        sections=tuple(
            make(feasibility)
            for make in (
                _cover,
                _summary,
                _site,
                _group,
                _programme,
                _mix,
                _money,
                _affordability,
                _sensitivity,
                _security,
                _hypotheses,
                _sources,
            )
        ),
    )


def _cover(feasibility: Feasibility) -> Section:
    study = feasibility.ground.study
    facts = facts_sheet(
        "Page de garde",
        "L'étude",
        {
            "Site": ", ".join(feasibility.site.idus),
            "Commune": f"{study.commune.name} ({study.commune.insee})",
            "Maître d'ouvrage": study.cooperative,
            "Scénario": feasibility.scenario.label,
            "Date de l'opération": date_long(study.operation_date),
            "Date d'édition": date_long(study.edited_on),
            "Logiciel": f"habitat-analysis {software_version()}",
            "Statut du document": "document de travail",
        },
    )
    return section(1, "Page de garde", facts)


def _summary(feasibility: Feasibility) -> Section:
    verdict = feasibility.verdict
    return section(
        2,
        "Synthèse",
        Paragraph(text=summary.verdict_sentence(feasibility), tone="verdict"),
        Heading(text="Raisons"),
        verdict.reasons,
        summary.key_figures(feasibility),
        *((Heading(text="Conditions à lever"), verdict.conditions) if verdict.conditions else ()),
        impossible.conflict_line(feasibility),
        summary.ways_out(feasibility),
        impossible.concessions_sentence(feasibility),
        Heading(text="Sur quoi reposent ces chiffres"),
        summary.warnings(feasibility),
    )


def _site(feasibility: Feasibility) -> Section:
    ground = feasibility.ground
    return section(
        3,
        "Le site",
        site.site_map(feasibility),
        Link(text="Ouvrir la carte interactive du site", href=MAP_FILE),
        site.identity(feasibility),
        site.parcels(feasibility),
        site.site_notes(feasibility),
        Heading(text="Urbanisme et capacité"),
        _warned(site.rules_sentence(feasibility), ok=feasibility.rules.was_read),
        site.zone_rules(feasibility),
        site.capacity_sentence(feasibility),
        site.capacity_options(feasibility),
        Heading(text=land_value.HEADING),
        land_value.land_value_sentence(feasibility),
        land_value.land_value_table(feasibility),
        Heading(text="Ce que l'enveloppe ne dit pas"),
        Points(items=site.unseen(feasibility), checklist=True),
        Heading(text="Le site parmi ceux de la commune"),
        land.screening_sentence(ground),
        land.screening_counts(ground),
        land.candidates_map(ground, selected=feasibility.site.idus),
        land.ranking(ground),
        land.ranking_figure(ground),
        land.contributions(ground),
        Heading(text="Marché"),
        land.market(ground),
        land.land_price_check(feasibility),
    )


def _group(feasibility: Feasibility) -> Section:
    ground = feasibility.ground
    if ground.needs is None:
        return section(4, "Le groupe et les besoins", group.NO_GROUP, group.expectations(ground))
    return section(
        4,
        "Le groupe et les besoins",
        group.group_table(ground),
        group.unplaced_sentence(feasibility),
        group.future_needs_sentence(ground),
        synthetic.pool_sentence(ground),
        synthetic.pool_table(ground),
        group.needs_sentence(feasibility) if feasibility.programme else None,
        group.together_sentence(feasibility),
        group.expectations(ground),
        *story_blocks(feasibility),
    )


def _programme(feasibility: Feasibility) -> Section:
    title = "Programme"
    if feasibility.programme is None:
        return section(5, title, NO_PROGRAMME, *vote_blocks(feasibility), *_own_rules(feasibility))
    return section(
        5,
        title,
        programme.programme_figure(feasibility),
        programme.programme_table(feasibility),
        legal.lots_sentence(feasibility),
        programme.surfaces(feasibility),
        programme.shared_rooms(feasibility),
        *vote_blocks(feasibility),
        *_building_blocks(feasibility),
        Heading(text="Ce qui a été cherché, ce qui est prouvé"),
        programme.stages(feasibility),
        programme.certificate_sentence(feasibility),
        programme.certificate(feasibility),
        Heading(text="Le programme du groupe, à côté de l'optimum"),
        programme.imposed_sentence(feasibility),
        programme.imposed_rules(feasibility),
        programme.imposed_table(feasibility),
        programme.imposed_units(feasibility),
    )


def _building_blocks(feasibility: Feasibility) -> tuple[Item, ...]:
    see = partial(traced, feasibility)
    return (
        Heading(text="Bâtiments et phases"),
        see(buildings.building_table(feasibility)),
        buildings.phase_sentence(feasibility),
        see(buildings.phase_table(feasibility)),
    )


def _mix(feasibility: Feasibility) -> Section:
    return section(6, "Mixité", *mix_blocks(feasibility))


def _money(feasibility: Feasibility) -> Section:
    title = "Coûts et financement"
    if feasibility.programme is None:
        return section(7, title, NO_PROGRAMME, *_land_blocks(feasibility), *_caps(feasibility))
    return section(
        7,
        title,
        *_cost_blocks(feasibility),
        *_plan_blocks(feasibility),
        *_rental_blocks(feasibility),
        *_sale_blocks(feasibility),
        *_land_blocks(feasibility),
        *_caps(feasibility),
        *_reconciliation_blocks(feasibility),
    )


def _cost_blocks(feasibility: Feasibility) -> tuple[Item, ...]:
    see = partial(traced, feasibility)
    return (
        Heading(text="Prix de revient"),
        see(costs.cost_chapters(feasibility)),
        costs.waterfall_figure(feasibility),
        see(costs.cost_lines(feasibility)),
        see(costs.cost_by_tenure(feasibility)),
        *(see(table) for table in costs.cost_matrix(feasibility)),
        see(costs.key_table(feasibility)),
        see(costs.room_table(feasibility)),
    )


def _plan_blocks(feasibility: Feasibility) -> tuple[Item, ...]:
    see = partial(traced, feasibility)
    return (
        Heading(text="Plan de financement de l'opération"),
        accounts.needs_sentence(feasibility),
        accounts.plan_figure(feasibility),
        see(accounts.uses(feasibility)),
        see(accounts.resources(feasibility)),
        see(accounts.needs(feasibility)),
    )


def _rental_blocks(feasibility: Feasibility) -> tuple[Item, ...]:
    see = partial(traced, feasibility)
    return (
        Heading(text="Locatif : loyers, prêts, compte d'exploitation"),
        rental.rental_sentence(feasibility),
        see(rental.rent_caps(feasibility)),
        see(rental.rental_plans(feasibility)),
        see(rental.rental_loans(feasibility)),
        see(operating.rental_results(feasibility)),
        operating.treasury_figure(feasibility),
        *(see(table) for table in operating.operating_accounts(feasibility)),
        rental.rental_remarks(feasibility),
    )


def _sale_blocks(feasibility: Feasibility) -> tuple[Item, ...]:
    see = partial(traced, feasibility)
    return (
        Heading(text="Accession : bilan promoteur"),
        see(sale.promoter_balances(feasibility)),
        see(sale.sale_ratios(feasibility)),
        see(sale.sale_lots(feasibility)),
        Heading(text="PSLA : de la location à l'achat"),
        see(psla.psla_phases(feasibility)),
        see(psla.psla_years(feasibility)),
        psla.psla_notes(feasibility),
        Heading(text="BRS : le terrain porté par l'OFS"),
        see(ofs.ofs_account(feasibility)),
        see(ofs.ofs_years(feasibility)),
        see(ofs.brs_resale(feasibility)),
        ofs.ofs_notes(feasibility),
        Heading(text="SCIAPP : l'achat de parts"),
        see(ofs.sciapp_path(feasibility)),
        ofs.sciapp_figure(feasibility),
        see(ofs.sciapp_account(feasibility)),
        ofs.sciapp_liability_sentence(feasibility),
    )


def _land_blocks(feasibility: Feasibility) -> tuple[Item, ...]:
    see = partial(traced, feasibility)
    return (
        Heading(text=land_value.HEADING),
        land_value.land_value_sentence(feasibility),
        see(land_value.land_walk_table(feasibility)),
    )


def _caps(feasibility: Feasibility) -> tuple[Item, ...]:
    see = partial(traced, feasibility)
    return (
        Heading(text="Loyers et prix, face aux plafonds"),
        see(accounts.ceiling_table(feasibility)),
        accounts.ceiling_alerts(feasibility),
        funding.price_figure(feasibility),
        see(funding.sale_prices(feasibility)),
        see(funding.rents(feasibility)),
        see(funding.net_rents(feasibility)),
        see(accounts.income_ceilings(feasibility)),
    )


def _reconciliation_blocks(feasibility: Feasibility) -> tuple[Item, ...]:
    see = partial(traced, feasibility)
    return (
        Heading(text="Rapprochement du calcul et des comptes"),
        summary.effort_line(feasibility),
        costs.reconciliation(feasibility),
        see(accounts.cost_reconciliation(feasibility)),
        see(accounts.balance_reconciliation(feasibility)),
        see(accounts.tenure_reconciliation(feasibility)),
        see(accounts.loan_reconciliation(feasibility)),
        see(funding.funding(feasibility)),
        see(funding.tenure_balance(feasibility)),
        funding.balance_sentence(feasibility),
        funding.loan_alerts(feasibility),
    )


def _affordability(feasibility: Feasibility) -> Section:
    see = partial(traced, feasibility)
    return section(
        8,
        "Accessibilité pour les ménages",
        monthly.monthly_sentence(feasibility),
        see(monthly.monthly_table(feasibility)),
        monthly.quality_sentence(feasibility),
        see(funding.dwelling_prices(feasibility)),
        see(funding.ofs_fees(feasibility)),
        *household_blocks(feasibility),
    )


def _sensitivity(feasibility: Feasibility) -> Section:
    see = partial(traced, feasibility)
    return section(
        9,
        "Scénarios et sensibilité",
        sensitivity.scenario_terms(feasibility),
        Heading(text="Essais de résistance"),
        sensitivity.stress_sentence(feasibility) if feasibility.programme else NO_PROGRAMME,
        sensitivity.stress_figure(feasibility),
        see(sensitivity.stress(feasibility)),
        *argument_blocks(feasibility),
    )


def _security(feasibility: Feasibility) -> Section:
    see = partial(traced, feasibility)
    return section(
        10,
        "Sécurisation",
        security.legal_forms(feasibility),
        security.guarantees(feasibility),
        *_legal_blocks(feasibility),
        risks.securities(feasibility),
        see(psla.psla_buyback(feasibility)),
        Heading(text="Risques"),
        risks.presale_sentence(feasibility),
        risks.chance_sentence(feasibility),
        see(risks.chance_table(feasibility)),
        see(risks.unsold_table(feasibility)),
        see(risks.buyback_table(feasibility)),
        risks.cash_sentence(feasibility),
        security.durations(feasibility),
        Heading(text="Points à lever"),
        Points(items=security.open_points(feasibility), checklist=True)
        if feasibility.verdict.conditions
        else None,
        Heading(text="Non étudié dans cette version"),
        security.not_studied(feasibility),
    )


def _legal_blocks(feasibility: Feasibility) -> tuple[Item, ...]:
    if feasibility.legal is None:
        return ()
    return (
        Heading(text=legal.HEADING),
        legal.form_sentence(feasibility),
        legal.persons_table(feasibility),
        legal.checks_table(feasibility),
    )


def _hypotheses(feasibility: Feasibility) -> Section:
    return section(11, "Hypothèses", hypotheses.hypotheses(feasibility))


def _sources(feasibility: Feasibility) -> Section:
    ground = feasibility.ground
    return section(
        12,
        "Sources, limites, glossaire",
        Heading(text="Couches"),
        site.layers(ground),
        site.dropped(ground),
        site.reading_notes(ground),
        Heading(text="Valeurs réglementaires"),
        summary.facts_sentence(feasibility),
        sources.facts_used(feasibility),
        Heading(text="Limites"),
        sources.limits(),
        Heading(text="Glossaire"),
        glossary(),
        sources.reproducibility(ground, version=software_version()),
    )


def _warned(text: str, *, ok: bool) -> Paragraph:
    return Paragraph(text=text, tone="plain" if ok else "warning")


def _own_rules(feasibility: Feasibility) -> tuple[Heading | Points, ...]:
    """Name the rules that the group's own programme breaks, when there is no optimum beside it."""
    broken = programme.imposed_rules(feasibility)
    if not broken:
        return ()
    title = "Règles que le programme du groupe ne respecte pas"
    return Heading(text=title), Points(items=broken)
