"""The verdict on one operation, with its reasons and its conditions, in the planner's words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from habitat_analysis.feasibility.needs import GroupNeeds
from habitat_analysis.feasibility.nouns import Feasibility, Verdict, Word
from habitat_analysis.feasibility.shortfalls import never_kept, shortfalls
from habitat_analysis.feasibility.synthetic import pool_words
from habitat_analysis.formats import (
    capital,
    count,
    euros,
    join_fr,
    number,
    percent,
    quoted,
    typeset,
)
from habitat_analysis.land.territory import NOT_EXAMINED
from habitat_analysis.montage import Montage
from habitat_analysis.programme.evaluation import Evaluation
from habitat_analysis.programme.optimum import proof_sentence
from habitat_analysis.programme.way_words import conflict_sentence, way_sentence
from habitat_analysis.programme.wording import STATUS_LABELS, broken_sentence

HALF_EURO = 0.5
MOST_OUTLETS = 3  # ways out named on page one
MEMORY = "from-memory-unverified"
PLACES_TOLERANCE = 1e-6


def judge(feasibility: Feasibility) -> Verdict:
    """Judge an operation.

    « Infaisable » only when the solver proved that no programme exists; « sans réponse » when it
    stopped or failed before any; a programme under any condition is at best « faisable sous
    conditions ».
    """
    optimum = feasibility.optimum
    if optimum.status == "infeasible":
        return Verdict(word="infaisable", reasons=_impossible(feasibility), conditions=())
    if optimum.evaluation is None:
        said = typeset(f"{STATUS_LABELS[optimum.status]} : aucun programme à montrer.")
        return Verdict(word="sans réponse", reasons=(said,), conditions=())
    conditions = tuple(typeset(text) for text in _conditions(feasibility))
    word: Word = "faisable sous conditions" if conditions else "faisable"
    return Verdict(word=word, reasons=_possible(feasibility), conditions=conditions)


def covered_sentence(feasibility: Feasibility) -> str:
    """Say how many needs of the group are covered, tenants apart.

    Examples of wording: « 22 besoins du groupe couverts sur 28, dont 9 en locatif sous réserve de
    la commission (CAL) ».
    """
    evaluation, needs = feasibility.optimum.evaluation, feasibility.ground.needs
    if evaluation is None or needs is None:
        return "Aucun groupe de ménages n'est encore constitué."
    text, rental = _covered_words(evaluation, needs), evaluation.housed_rental
    if rental:
        text += f", dont {rental} en locatif sous réserve de la commission (CAL)"
    drawn = "" if needs.synthetic is None else f" {capital(pool_words(needs.synthetic))}."
    return typeset(f"{text}.{_open_words(evaluation.open_dwellings, needs)}{drawn}")


def _covered_words(evaluation: Evaluation, needs: GroupNeeds) -> str:
    """Count the needs covered, those of candidates apart when they enter with the programme."""
    if needs.synthetic is not None:
        covered = count(evaluation.housed, "besoin couvert", "besoins couverts")
        return f"{covered} sur {needs.n_households} synthétiques"
    if needs.traits is None or needs.candidates is None:
        covered = count(evaluation.housed, "besoin du groupe couvert", "besoins du groupe couverts")
        return f"{covered} sur {needs.n_households}"
    entered = evaluation.housed - evaluation.housed_members
    return (
        f"{count(evaluation.housed, 'besoin couvert', 'besoins couverts')} (groupe : "
        f"{evaluation.housed_members} sur {needs.n_households} ; candidats choisis avec le "
        f"programme : {entered} sur {needs.n_candidates})"
    )


def _open_words(n_open: int, needs: GroupNeeds) -> str:
    """Say who the dwellings left open are for."""
    if not n_open:
        return ""
    n_candidates = needs.n_candidates
    if needs.synthetic is not None:
        left = count(n_open, "logement ouvert", "logements ouverts")
        return f" {left} hors de ces besoins, à commercialiser."
    if needs.traits is not None and n_candidates is not None:
        left = count(n_open, "logement ouvert", "logements ouverts")
        return f" {left} hors du groupe et de ses candidats, à commercialiser."
    listed = (
        "à commercialiser"
        if n_candidates is None
        else f"pour une liste d'attente de {count(n_candidates, 'candidat')}"
    )
    return f" {count(n_open, 'logement ouvert', 'logements ouverts')} hors du groupe, {listed}."


def effort_sentence(feasibility: Feasibility) -> str:
    """Say the « effort à réunir », always in its parts."""
    evaluation = feasibility.optimum.evaluation
    if evaluation is None:
        return ""
    subsidies = evaluation.subsidies_eur + evaluation.topup_eur
    return typeset(
        f"Effort à réunir de {euros(evaluation.public_money_eur)} : "
        f"{euros(evaluation.equity_eur)} de fonds propres et {euros(subsidies)} de subventions."
    )


def _possible(feasibility: Feasibility) -> tuple[str, ...]:
    evaluation = feasibility.optimum.evaluation
    assert evaluation is not None  # noqa: S101 - judged by the caller
    site = typeset(
        f"Le programme compte {count(evaluation.dwellings, 'logement')} pour une capacité"
        f" estimée à {count(feasibility.capacity.dwellings, 'logement')} de taille moyenne"
        f" ({count(feasibility.capacity.levels, 'niveau', 'niveaux')})."
    )
    return (site, covered_sentence(feasibility), effort_sentence(feasibility))


def _impossible(feasibility: Feasibility) -> tuple[str, ...]:
    capacity = feasibility.capacity
    room = typeset(
        f"Le site porte au plus {count(capacity.dwellings, 'logement')} de taille moyenne ; "
        f"l'étude en demande au moins {feasibility.ground.study.programme.dwellings_min}."
    )
    short = " ".join((*shortfalls(feasibility.file.case), *never_kept(feasibility.file.case)))
    return (
        "Aucun programme ne respecte toutes les limites.",
        short or _conflict(feasibility) or room,
        typeset(_outlets(feasibility)),
    )


def _conflict(feasibility: Feasibility) -> str:
    diagnosis = feasibility.diagnosis
    if diagnosis is None or diagnosis.status != "infeasible":
        return ""
    return conflict_sentence(feasibility.file.case, diagnosis.conflict)


def _outlets(feasibility: Feasibility) -> str:
    """Name the first ways out, each with its smallest change."""
    case, diagnosis = feasibility.file.case, feasibility.diagnosis
    enough = [way for way in (diagnosis.ways_out if diagnosis else ()) if way.enough]
    if not enough:
        return "Aucune concession sur une seule limite ne rend un programme possible."
    named = " ".join(way_sentence(case, way) for way in enough[:MOST_OUTLETS])
    more = len(enough) - MOST_OUTLETS
    rest = f" {count(more, 'autre issue', 'autres issues')} au tableau." if more > 0 else ""
    return f"Chacune de ces concessions suffit seule. {named}{rest}"


def _conditions(feasibility: Feasibility) -> Iterator[str]:
    """Name all that must be settled before the operation is simply feasible."""
    optimum, evaluation = feasibility.optimum, feasibility.optimum.evaluation
    if optimum.status != "optimal":
        yield proof_sentence(optimum)
    if not feasibility.rules.was_read:
        yield (
            f"Capacité sous règles supposées : le règlement de la zone {feasibility.zone_label}"
            " n'a pas été lu."
        )
    yield from _land_conditions(feasibility)
    yield from _parking_conditions(feasibility)
    yield from _vote_conditions(feasibility)
    yield from _household_conditions(feasibility)
    yield from () if feasibility.legal is None else feasibility.legal.conditions
    for check in evaluation.alerts if evaluation else ():
        yield broken_sentence(feasibility.file.case, check)
    yield from never_kept(feasibility.file.case)
    if feasibility.montage is not None:
        yield from _account_conditions(feasibility.montage)
    yield from _money_conditions(feasibility)


def _account_conditions(montage: Montage) -> Iterator[str]:
    """Name what the detailed accounts ask to settle: ceilings, plans, sales, missing money."""
    for test in montage.ceilings.exceeded:
        yield (
            f"{test.tenure}, {test.subject} : {test.what[0].lower()}{test.what[1:]} de"
            f" {test.written(test.value)}, au-dessus du plafond de {test.written(test.ceiling)}"
            f" ({test.legal_reference}) ; {test.remedy}."
        )
    for code, rental in montage.rentals.items():
        for remark in rental.remarks:
            yield f"{code} : {remark}."
    if montage.sciapp is not None and montage.sciapp.overflow_eur > HALF_EURO:
        yield (
            "SCIAPP : subventions et parts initiales dépassent le prix de revient de"
            f" {euros(montage.sciapp.overflow_eur)} : réduisez-les sous « statuts.SCIAPP »."
        )
    if montage.psla is not None:
        yield from montage.psla.refused
        late = [lot for lot in montage.psla.lots if not lot.option.payment_within_redevance]
        if late:
            yield (
                f"PSLA : à la levée d'option, la mensualité dépasse la redevance pour"
                f" {join_fr([lot.lot.typology for lot in late])} (CCH D331-76-5-1) ; relevez la"
                " part acquisitive, retardez l'option ou baissez le prix."
            )
        if montage.psla.missing:
            yield f"PSLA : contrat à préciser, saisissez {_keys(montage.psla.missing)}."
    if montage.brs is not None and not montage.brs.fee_enough:
        least = montage.brs.account.fee_min_balanced_m2_month_eur
        yield (
            f"BRS : la redevance de {number(montage.brs.terms.fee_m2_month_eur, 2)} €/m² par mois"
            f" n'équilibre pas l'organisme de foncier solidaire (OFS), qui demande"
            f" {number(least, 2)} € (CCH L255-8) ; relevez « statuts.BRS.redevance_ofs_m2_mois »."
        )
    yield from dict.fromkeys(montage.ceilings.untested)
    yield from _margin_conditions(montage)
    if montage.plan.missing_eur > HALF_EURO:
        yield (
            f"Les comptes détaillés laissent {euros(montage.plan.missing_eur)} à trouver, au-delà"
            " des fonds propres et du complément de l'étude."
        )
    stated = montage.operation.study.montage.reserved_lots or 0
    if stated > montage.risks.lots:
        yield (
            f"« montage.lots_reserves » compte {count(stated, 'lot')}, le programme n'en vend que"
            f" {montage.risks.lots} : à accorder."
        )
    presale = montage.risks.presale
    if presale is not None and not presale.ok:
        yield (
            f"Précommercialisation : {count(presale.missing_lots, 'lot')} à réserver encore avant"
            " l'ouverture du crédit."
        )


def _keys(names: Iterable[str]) -> str:
    return join_fr([f"« {name} »" for name in names])


def _margin_conditions(montage: Montage) -> Iterator[str]:
    """Name the tenures sold below the margin that the study aims at, if it aims at one."""
    aimed = montage.operation.study.montage.target_margin
    reached = {code: sale.margin_eur / sale.turnover_ht_eur for code, sale in montage.sales.items()}
    short = [
        f"{code} ({percent(share)})"
        for code, share in reached.items()
        if aimed and share < aimed - PLACES_TOLERANCE
    ]
    if short:
        yield f"Marge visée, {percent(aimed)} des ventes, non atteinte en {join_fr(short)}."


def _land_conditions(feasibility: Feasibility) -> Iterator[str]:
    states = feasibility.ground.territory.states
    absent = states.loc[states["state"] == NOT_EXAMINED, "layer"]
    if len(absent):
        yield f"Non examiné : {join_fr([layer[0].lower() + layer[1:] for layer in absent])}."
    if feasibility.site.landlocked:
        yield "Aucune limite du site ne donne sur une voie : l'accès est à démontrer."
    straddling = feasibility.parcels.get("straddles")
    if straddling is not None and bool(straddling.fillna(False).any()):
        yield "Une parcelle du site est à cheval sur deux zones du PLU."
    level = feasibility.parcels.get("flood_level")
    touched = (
        sorted({str(v) for v in level.dropna() if str(v)} - {"aucun"}) if level is not None else []
    )
    if touched:
        yield f"Le site touche une zone de risque ({join_fr(touched)}) : prescriptions à lire."


def _parking_conditions(feasibility: Feasibility) -> Iterator[str]:
    """Compare the places of the programme with those the rules of the zone ask for."""
    evaluation, due = feasibility.optimum.evaluation, feasibility.places_due
    if evaluation and due is not None and evaluation.parking < due - PLACES_TOLERANCE:
        yield (
            f"Stationnement : {number(evaluation.parking, 1)} places prévues pour {due} demandées"
            f" par la règle de la zone ({number(feasibility.rules.places_per_dwelling, 1)} par"
            " logement, plafonnée pour le locatif social)."
        )


def _household_conditions(feasibility: Feasibility) -> Iterator[str]:
    """Say that some households of the group can live nowhere here, without telling a few."""
    access, needs = feasibility.access, feasibility.ground.needs
    if needs is not None and needs.synthetic is not None:
        yield f"Le groupe reste à constituer : {pool_words(needs.synthetic)}."
        return
    if access is None or not access.n_without_cell:
        return
    yield (
        f"Ménages du groupe sans logement possible dans l'étude (droits, souhaits, taille ou "
        f"budget) : {access.unplaced_in_public}. À reprendre avec eux : statuts, typologies, prix."
    )


def _vote_conditions(feasibility: Feasibility) -> Iterator[str]:
    """Name the rooms voted that a ballot objects to, never who objects nor why."""
    vote = feasibility.ground.vote
    for room in vote.to_discuss if vote else ():
        yield (
            f"Local partagé {quoted(room.label)} : à discuter avec le groupe avant de figer le"
            " programme (objection déposée)."
        )


def _topup(feasibility: Feasibility) -> Iterator[str]:
    """Name the top-up subsidy: that of the detailed accounts, beside that of the calculation."""
    evaluation, montage = feasibility.optimum.evaluation, feasibility.montage
    modelled = evaluation.topup_eur if evaluation else 0.0
    asked = modelled if montage is None else montage.plan.topup_eur
    if max(asked, modelled) < HALF_EURO:
        return
    if abs(asked - modelled) < HALF_EURO:
        yield f"Une subvention complémentaire de {euros(asked)} reste à obtenir."
        return
    wanted = f"en demandent {euros(asked)}" if asked >= HALF_EURO else "n'en demandent pas"
    yield (
        f"Subvention complémentaire à obtenir : le calcul en demande {euros(modelled)}, les comptes"
        f" détaillés {wanted}."
    )


def _money_conditions(feasibility: Feasibility) -> Iterator[str]:
    yield from _topup(feasibility)
    memory = [fact for fact in feasibility.facts if fact.confidence == MEMORY]
    if memory:
        yield f"{count(len(memory), 'barème')} à vérifier dans le texte avant tout engagement."
    projected = [fact for fact in feasibility.facts if fact.projected]
    if projected:
        yield f"{count(len(projected), 'barème')} au-delà de la dernière révision connue."
    stress = feasibility.stress
    failed = [] if stress is None else list(stress.loc[~stress["holds"], "label"])
    if failed:
        yield f"Le programme ne tient plus dans {count(len(failed), 'essai')} : {join_fr(failed)}."
