"""The twelve sections of a feasibility report, in order, for the page and the PDF alike."""

from __future__ import annotations

from datetime import UTC, datetime

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.formats import date_long, date_short, typeset
from habitat_analysis.report import sections_costs as costs
from habitat_analysis.report import sections_funding as funding
from habitat_analysis.report import sections_group as group
from habitat_analysis.report import sections_hypotheses as hypotheses
from habitat_analysis.report import sections_land as land
from habitat_analysis.report import sections_mix as mix
from habitat_analysis.report import sections_programme as programme
from habitat_analysis.report import sections_security as security
from habitat_analysis.report import sections_sensitivity as sensitivity
from habitat_analysis.report import sections_site as site
from habitat_analysis.report import sections_sources as sources
from habitat_analysis.report import sections_summary as summary
from habitat_analysis.report.blocks import (
    Document,
    Heading,
    Link,
    Paragraph,
    Points,
    Section,
    section,
)
from habitat_analysis.report.sections_glossary import glossary
from habitat_analysis.report.sheets import facts_sheet
from habitat_analysis.report.software import software_version

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
        summary.ways_out(feasibility),
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
        group.unplaced_sentence(ground),
        group.needs_sentence(feasibility) if feasibility.programme else None,
        group.expectations(ground),
    )


def _programme(feasibility: Feasibility) -> Section:
    title = "Programme"
    if feasibility.programme is None:
        return section(5, title, NO_PROGRAMME, *_own_rules(feasibility))
    return section(
        5,
        title,
        programme.programme_figure(feasibility),
        programme.programme_table(feasibility),
        programme.surfaces(feasibility),
        programme.shared_rooms(feasibility),
        Heading(text="Ce qui a été cherché, ce qui est prouvé"),
        programme.stages(feasibility),
        programme.certificate(feasibility),
        Heading(text="Le programme du groupe, à côté de l'optimum"),
        programme.imposed_sentence(feasibility),
        programme.imposed_rules(feasibility),
        programme.imposed_table(feasibility),
        programme.imposed_units(feasibility),
    )


def _mix(feasibility: Feasibility) -> Section:
    if feasibility.programme is None:
        return section(6, "Mixité", NO_PROGRAMME)
    return section(
        6,
        "Mixité",
        mix.mix_figure(feasibility),
        mix.mix_targets(feasibility),
        mix.mix_by_tenure(feasibility),
        mix.mix_indicators(feasibility),
        group.reference_sentence(feasibility.ground),
    )


def _money(feasibility: Feasibility) -> Section:
    caps = (
        Heading(text="Loyers et prix, face aux plafonds"),
        funding.price_figure(feasibility),
        funding.sale_prices(feasibility),
        funding.rents(feasibility),
        funding.net_rents(feasibility),
    )
    if feasibility.programme is None:
        return section(7, "Coûts et financement", NO_PROGRAMME, *caps)
    return section(
        7,
        "Coûts et financement",
        Heading(text="Prix de revient"),
        costs.cost_chapters(feasibility),
        costs.cost_figure(feasibility),
        costs.cost_lines(feasibility),
        costs.cost_by_tenure(feasibility),
        costs.reconciliation(feasibility),
        Heading(text="Plan de financement"),
        summary.effort_line(feasibility),
        funding.funding_figure(feasibility),
        funding.funding(feasibility),
        funding.tenure_balance(feasibility),
        funding.balance_sentence(feasibility),
        funding.loan_alerts(feasibility),
        *caps,
    )


def _affordability(feasibility: Feasibility) -> Section:
    return section(
        8,
        "Accessibilité pour les ménages",
        funding.dwelling_prices(feasibility),
        funding.ofs_fees(feasibility),
        typeset(
            "Le taux d'effort, le reste à vivre et la mensualité d'un accédant ne sont pas "
            "calculés dans cette version : ils demandent les ressources et l'apport de chaque type "
            "de ménage."
        ),
    )


def _sensitivity(feasibility: Feasibility) -> Section:
    return section(
        9,
        "Scénarios et sensibilité",
        sensitivity.scenario_terms(feasibility),
        sensitivity.stress_sentence(feasibility) if feasibility.programme else NO_PROGRAMME,
        sensitivity.stress_figure(feasibility),
        sensitivity.stress(feasibility),
        sensitivity.NOT_COMPUTED,
    )


def _security(feasibility: Feasibility) -> Section:
    return section(
        10,
        "Sécurisation",
        security.legal_forms(feasibility),
        security.guarantees(feasibility),
        security.durations(feasibility),
        Heading(text="Points à lever"),
        Points(items=security.open_points(feasibility), checklist=True)
        if feasibility.verdict.conditions
        else None,
        Heading(text="Non étudié dans cette version"),
        security.not_studied(),
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
