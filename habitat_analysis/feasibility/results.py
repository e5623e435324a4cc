"""`resultats.json`: a feasibility as data, under the schema of `results_schema`."""

from __future__ import annotations

import importlib.metadata
import json
import platform
from typing import Any

import pandas as pd

from habitat_analysis.baremes import Fact
from habitat_analysis.feasibility.building_mix import between_buildings
from habitat_analysis.feasibility.circles import is_private_rule as is_private_rule
from habitat_analysis.feasibility.nouns import Feasibility
from habitat_analysis.feasibility.results_argument import (
    impossibility_results,
    requirement_results,
    robust_results,
    tradeoff_results,
)
from habitat_analysis.feasibility.results_buildings import building_results, phase_results
from habitat_analysis.feasibility.results_households import household_results
from habitat_analysis.feasibility.results_joint import joint_results
from habitat_analysis.feasibility.results_land import land_results
from habitat_analysis.feasibility.results_legal import legal_results
from habitat_analysis.feasibility.results_mix import mix_results
from habitat_analysis.feasibility.results_montage import montage_results
from habitat_analysis.feasibility.results_pool import pool_results
from habitat_analysis.feasibility.results_schema import (
    BaremeR,
    CalqueR,
    ChiffresR,
    ControleR,
    EssaiR,
    EtapeR,
    EtudeR,
    ImposeR,
    LigneProgramme,
    ProgrammeR,
    Resultats,
    SiteR,
)
from habitat_analysis.feasibility.results_story import story_results
from habitat_analysis.feasibility.results_vote import vote_results
from habitat_analysis.feasibility.verdict import covered_sentence
from habitat_analysis.programme.case import Case
from habitat_analysis.programme.evaluation import Evaluation
from habitat_analysis.programme.optimum import proof_sentence
from habitat_analysis.programme.wording import rule_label
from habitat_analysis.study import ScenarioTerms

MONEY_DECIMALS = 2
TRACED_PACKAGES = ("habitat-analysis", "pulp", "highspy", "geopandas", "pandas")


def results_of(
    feasibility: Feasibility,
    *,
    fingerprint: str,
    inputs: dict[str, str],
    parameters: dict[str, Any],
) -> Resultats:
    """Serialise a feasibility.

    Parameters
    ----------
    feasibility
        The operation.
    fingerprint
        Hash of inputs, parameters and versions: a rerun with the same is skipped.
    inputs
        SHA-256 of each input file, by its name in the study.
    parameters
        Parameters of the run.
    """
    optimum, needs = feasibility.optimum, feasibility.ground.needs
    costs, evaluation = feasibility.costs, optimum.evaluation
    return Resultats(
        empreinte=fingerprint,
        etude=_study(feasibility),
        scenario=_scenario(feasibility.scenario),
        site=_site(feasibility),
        statut=optimum.status,
        preuve=proof_sentence(optimum),
        verdict=feasibility.verdict.word,
        raisons=list(feasibility.verdict.reasons),
        conditions=list(feasibility.verdict.conditions),
        besoins=covered_sentence(feasibility),
        besoins_groupe=None if needs is None else needs.n_households,
        programme=None if evaluation is None else _programme(feasibility.file.case, evaluation),
        objectifs=_stages(feasibility),
        controle=_certificate(feasibility),
        impose=_imposed(feasibility),
        vote=vote_results(feasibility),
        prix_de_revient_ttc=None if costs is None else _money(costs.total_ttc_eur),
        ecart_modele_comptes=None if costs is None else _money(costs.gap_eur),
        montage=None if feasibility.montage is None else montage_results(feasibility.montage),
        charge_fonciere=land_results(feasibility),
        mixite=mix_results(feasibility),
        vivier_synthetique=pool_results(feasibility),
        accessibilite=household_results(feasibility),
        personnes_morales=legal_results(feasibility.legal),
        choisi_pour_le_groupe_seul=joint_results(feasibility),
        essais=_trials(feasibility.stress),
        arbitrages=tradeoff_results(feasibility),
        exigences=requirement_results(feasibility),
        robustesse=robust_results(feasibility),
        impossibilite=impossibility_results(feasibility),
        groupe=story_results(feasibility),
        calques=_layers(feasibility),
        baremes=[_fact(fact) for fact in feasibility.facts],
        entrees=inputs,
        parametres=parameters,
        versions=traced_versions(),
    )


def results_text(results: Resultats) -> str:
    """Write the results as JSON text, keys in the order of the schema."""
    return json.dumps(results.model_dump(), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def traced_versions() -> dict[str, str]:
    """List the versions that a result depends on."""
    packages = {name: importlib.metadata.version(name) for name in TRACED_PACKAGES}
    return {"python": platform.python_version(), **packages}


def summary_row(results: Resultats) -> dict[str, Any]:
    """Return the line of a site in the comparison of sites."""
    programme = results.programme
    figures = programme.chiffres if programme else None
    return {
        "site": results.site.nom,
        "idus": ", ".join(results.site.idus),
        "zone": results.site.zone,
        "surface_m2": results.site.surface_m2,
        "statut": results.statut,
        "verdict": results.verdict,
        "logements": figures.logements if figures else None,
        "besoins_couverts": figures.besoins_couverts if figures else None,
        "besoins_groupe": results.besoins_groupe,
        "effort_eur": figures.effort if figures else None,
        "fonds_propres_eur": figures.fonds_propres if figures else None,
        "subventions_eur": figures.subventions + figures.subvention_complementaire
        if figures
        else None,
        "cout_m2_shab_eur": figures.cout_ttc / figures.shab_m2
        if figures and figures.shab_m2
        else None,
        "part_locatif_social": _rental_share(programme),
        "score": results.site.score,
        "rang": results.site.rang,
    }


def _rental_share(programme: ProgrammeR | None) -> float | None:
    if programme is None or not programme.chiffres.logements:
        return None
    rental = sum(
        line.nombre for line in programme.logements if line.statut in {"PLAI", "PLUS", "PLS"}
    )
    return rental / programme.chiffres.logements


def _money(value: float) -> float:
    return round(float(value), MONEY_DECIMALS)


def _known(value: Any) -> Any:
    """Turn a missing cell into None and a numpy number into a plain one."""
    if value is None or pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value


def _study(feasibility: Feasibility) -> EtudeR:
    study = feasibility.ground.study
    return EtudeR(
        nom=study.name,
        titre=study.title,
        maitre_ouvrage=study.cooperative,
        commune=study.commune.name,
        insee=study.commune.insee,
        date_operation=study.operation_date.isoformat(),
        avertissement=study.notice,
    )


def _scenario(scenario: ScenarioTerms) -> dict[str, str | float | None]:
    dumped: dict[str, str | float | None] = scenario.model_dump(by_alias=True)
    return dumped


def _site(feasibility: Feasibility) -> SiteR:
    site, capacity = feasibility.site, feasibility.capacity
    single = feasibility.parcels.iloc[0] if len(feasibility.parcels) == 1 else None
    rank = None if single is None else _known(single["rank"])
    score = None if single is None else _known(single["score"])
    return SiteR(
        nom=site.name,
        idus=list(site.idus),
        surface_m2=round(site.area_m2, 2),
        contenance_m2=site.contenance_m2,
        zone=feasibility.zone_label,
        regles_lues=feasibility.rules.was_read,
        source_regles=feasibility.rules.source,
        score=None if score is None else round(float(score), 6),
        rang=None if rank is None else int(rank),
        niveaux=capacity.levels,
        regle_limitante=capacity.binding,
        sdp_m2=round(capacity.sdp_m2, 2),
        shab_m2=round(capacity.shab_m2, 2),
        logements_capacite=capacity.dwellings,
        places=capacity.parking_places,
        remarques=list(site.notes),
    )


def _programme(case: Case, evaluation: Evaluation) -> ProgrammeR:
    programme = evaluation.programme
    return ProgrammeR(
        logements=[
            LigneProgramme(typologie=size, statut=code, nombre=n)
            for (size, code), n in sorted(programme.units.items())
        ],
        espaces=list(programme.spaces),
        chiffres=ChiffresR(
            logements=evaluation.dwellings,
            besoins_couverts=evaluation.housed,
            besoins_couverts_locatif=evaluation.housed_rental,
            besoins_couverts_groupe=evaluation.housed_members,
            logements_ouverts=evaluation.open_dwellings,
            shab_m2=round(evaluation.shab_m2, 2),
            shab_avec_espaces_m2=round(evaluation.shab_with_spaces_m2, 2),
            places=round(evaluation.parking, 2),
            cout_ttc=_money(evaluation.cost_eur),
            emprunts=_money(evaluation.loans_eur),
            subventions=_money(evaluation.subsidies_eur),
            ventes=_money(evaluation.sales_eur),
            fonds_propres=_money(evaluation.equity_eur),
            subvention_complementaire=_money(evaluation.topup_eur),
            manque=_money(evaluation.missing_eur),
            effort=_money(evaluation.public_money_eur),
            mixite_logements_a_deplacer=evaluation.mix,
            cout_m2_shab={
                code: None if cost is None else _money(cost)
                for code, cost in evaluation.cost_m2_eur.items()
            },
        ),
        batiments=building_results(case, evaluation),
        phases=phase_results(case, evaluation),
        theil_batiments=between_buildings(programme),
    )


def _stages(feasibility: Feasibility) -> list[EtapeR]:
    return [
        EtapeR(
            objectif=stage.objective,
            valeur=round(stage.value, 4),
            borne=None if stage.bound is None else round(stage.bound, 4),
            ecart=None if stage.gap is None else round(stage.gap, 9),
            statut=stage.status,
        )
        for stage in feasibility.optimum.stages
    ]


def _certificate(feasibility: Feasibility) -> list[ControleR]:
    """Publish the certificate, less the rows of the classes of need."""
    evaluation = feasibility.optimum.evaluation
    checks = evaluation.certificate if evaluation else ()
    return [
        ControleR(
            regle=check.rule,
            libelle=rule_label(feasibility.file.case, check.rule),
            valeur=round(check.value, 4),
            sens=check.sense,
            limite=round(check.limit, 4),
            marge=round(check.slack, 4),
            unite=check.unit,
            respectee=check.ok,
        )
        for check in checks
        if not is_private_rule(check.rule)
    ]


def _imposed(feasibility: Feasibility) -> ImposeR | None:
    imposed = feasibility.imposed
    if imposed is None:
        return None
    return ImposeR(
        programme=_programme(feasibility.file.case, imposed.evaluation),
        regles_rompues=[
            broken.sentence for broken in imposed.broken if not is_private_rule(broken.rule)
        ],
        surcout=None if imposed.extra_cost_eur is None else _money(imposed.extra_cost_eur),
        ecart_besoins=imposed.housed_difference,
        phrase=imposed.sentence,
    )


def _trials(stress: pd.DataFrame | None) -> list[EssaiR]:
    if stress is None:
        return []
    return [
        EssaiR(
            libelle=row["label"],
            fonds_propres_necessaires=_money(row["equity_needed_eur"]),
            effort=_money(row["public_money_eur"]),
            dette_max=_money(row["peak_debt_eur"]),
            tient=bool(row["holds"]),
            premiere_regle_rompue=row["broken"],
        )
        for row in stress.to_dict("records")
    ]


def _layers(feasibility: Feasibility) -> list[CalqueR]:
    return [
        CalqueR(
            calque=row["layer"],
            etat=row["state"],
            fichiers=row["files"],
            lignes=int(row["n_rows"]),
            ecartees=int(row["n_dropped"]),
            source=row["source"],
        )
        for row in feasibility.ground.territory.states.to_dict("records")
    ]


def _fact(fact: Fact) -> BaremeR:
    return BaremeR(
        table=fact.table,
        cle=dict(fact.key),
        valeur=fact.value,
        unite=fact.unit,
        depuis=None if fact.valid_from is None else fact.valid_from.isoformat(),
        jusqu_a=None if fact.valid_to is None else fact.valid_to.isoformat(),
        reference=fact.legal_reference,
        source=fact.source,
        confiance=fact.confidence,
        alertes=list(fact.flags),
        prolonge=fact.projected,
    )
