"""The group on a site, for the public circle: rules first, then totals, never anybody.

Who lives where is a proposition put to the group; tenants are only proposed to the commission.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pandas as pd

from habitat_analysis.allocation.commission import CommissionFile
from habitat_analysis.feasibility import Feasibility
from habitat_analysis.feasibility.allotting import draw_departures
from habitat_analysis.feasibility.results_story import left_out_counts
from habitat_analysis.feasibility.story import Allotted, DrawnDepartures, Formation
from habitat_analysis.formats import count, join_fr, number, percent, quoted, typeset
from habitat_analysis.report.charts_story import rank_chart
from habitat_analysis.report.figures import Chart
from habitat_analysis.report.scenes import source_line
from habitat_analysis.report.sections_group import HIDDEN, HIDDEN_NOTE
from habitat_analysis.report.sheets import Column, Quantity, Sheet, sheet
from habitat_analysis.report.synthetic import LABEL, marked, pool_sentence
from habitat_analysis.study.group import GroupQuota

HEADING: Final = "Du vivier au groupe, du groupe aux logements"
DEPARTURE_SEED: Final = 1  # added to the seed of the study: departures are another draw
REASON_WORDS: Final = {
    "no_cell": "aucune place du programme ne convient",
    "fixed": "paires fixées par le groupe",
    "quota": "quotas de mixité",
    "points": "points, ou priorité aux ménages du groupe",
    "draw": "tirage entre groupes aussi bons",
}
ORDERS: Final = {
    "groupe": "le plus de places pourvues, puis les ménages du groupe avant les candidats",
    "conjoint": "le plus de ménages du groupe, puis le plus de places pourvues par ses candidats",
    "vivier": "le plus de places pourvues",
}
LAST_STAGES: Final = {
    "points": "les points votés par le groupe départagent, puis un tirage",
    "tirage": "un tirage départage",
}
PROFILE_NOTE: Final = (
    "Proposition soumise au groupe, jamais une attribution. Rang 1 : le logement que le ménage "
    "a classé premier parmi ceux qui lui sont ouverts."
)


def rules_in_force(feasibility: Feasibility) -> tuple[str, ...]:
    """Say the rules before any result; empty when no story was told."""
    if feasibility.story is None:
        return ()
    return tuple(typeset(rule) for rule in _rules(feasibility))


def formation_sentence(feasibility: Feasibility) -> str:
    """Say who was chosen in the pool, in numbers."""
    if feasibility.story is None:
        return ""
    formation = feasibility.story.formation
    formed = formation.formed
    if formed.status == "infeasible":
        return typeset("Aucun groupe du vivier ne respecte les quotas de mixité demandés.")
    nouns = ("ménage", "ménages")
    if feasibility.ground.synthetic is not None:
        nouns = ("ménage synthétique", LABEL)
    households = count(formation.pool_size, *nouns)
    said = (
        f"Vivier de {households} : "
        f"{count(len(formed.members), 'ménage retenu', 'ménages retenus')} en accession et en "
        f"SCIAPP, {len(formed.candidates)} à proposer à la commission (CAL) pour le locatif, "
        f"{len(formed.waiting_list)} sur liste d'attente."
    )
    return typeset(said)


def formation_table(feasibility: Feasibility) -> Sheet | None:
    """Tell the group formed and what the mix costs; None when no story was told."""
    if feasibility.story is None or feasibility.story.formation.formed.status == "infeasible":
        return None
    formation = feasibility.story.formation
    rows = [{"what": what, "value": value} for what, value in _formation_rows(formation)]
    columns = [
        Column(name="what", header="Élément"),
        Column(name="value", header="Valeur", kind="mixed"),
    ]
    caption = "Le groupe formé pour ce programme"
    table = sheet("Groupe formé", caption, rows, columns, notes=[HIDDEN_NOTE])
    return marked(table, feasibility.ground)


def allotment_sentence(feasibility: Feasibility) -> str:
    """Say how well the proposition serves the group, or what to vote again."""
    story = feasibility.story
    if story is None or story.allotted is None:
        return ""
    allotted = story.allotted
    if allotted.revote is not None:
        return revote_sentence(feasibility)
    housed, first = allotted.proposal.housed, allotted.proposal.rank_profile.get(1, 0)
    silent = len(allotted.silent) + len(allotted.emptied)
    apart = f", {silent} n'ayant pas de vœu compté" if silent else ""
    said = (
        f"Proposition soumise au groupe : {count(housed, 'ménage servi', 'ménages servis')} sur "
        f"{len(allotted.members) + silent} retenus{apart} ; selon leur premier vœu : {first}."
    )
    return typeset(f"{said} {_diversity_words(allotted)}")


def revote_sentence(feasibility: Feasibility) -> str:
    """Name the bounds to vote again by their labels, when no allocation keeps them."""
    story = feasibility.story
    if story is None or story.allotted is None or story.allotted.revote is None:
        return ""
    again = story.allotted.revote
    if not again.conflict:
        return typeset("Les paires fixées ne peuvent pas tenir ensemble : libérez-en une.")
    labels = bound_labels(feasibility)
    named = join_fr([quoted(labels[name]) for name in again.conflict])
    why = f"Aucune proposition ne respecte ensemble : {named}."
    if not again.alone:
        return typeset(f"{why} En revoter une seule ne suffit pas.")
    ways = join_fr([quoted(labels[name]) for name in again.alone], "ou")
    return typeset(f"{why} Le groupe peut revoter {ways}.")


def rank_profile(feasibility: Feasibility) -> Sheet | None:
    """Tell how many households have their first wish, their second…; None without an answer."""
    allotted = _answered(feasibility)
    if allotted is None:
        return None
    return profile_sheet(allotted)


def profile_sheet(allotted: Allotted) -> Sheet:
    """Set the profiles of ranks side by side: the tool's, without the bounds, the group's own."""
    profiles = {"Proposition": allotted.proposal.rank_profile}
    if allotted.unbounded is not None:
        profiles["Sans les limites"] = allotted.unbounded.rank_profile
    if allotted.own is not None:
        profiles["Faite par le groupe"] = allotted.own.allocation.rank_profile
    reached = {rank for profile in profiles.values() for rank, n in profile.items() if n}
    rows: list[dict[str, object]] = [
        {"rank": f"rang {rank}", **{name: p.get(rank, 0) for name, p in profiles.items()}}
        for rank in sorted(reached)
    ]
    rows.append({"rank": "servis", **{name: sum(p.values()) for name, p in profiles.items()}})
    columns = [
        Column(name="rank", header="Ménages par rang obtenu"),
        *(Column(name=name, header=name, kind="whole") for name in profiles),
    ]
    caption = "Vœux satisfaits, par rang"
    return sheet("Rangs obtenus", caption, rows, columns, total=True, notes=[PROFILE_NOTE])


def rank_figure(feasibility: Feasibility) -> Chart | None:
    """Draw the profile of ranks; None without an answer."""
    allotted = _answered(feasibility)
    if allotted is None:
        return None
    profile = allotted.proposal.rank_profile
    reached = [rank for rank, n in profile.items() if n]
    table = pd.DataFrame({"rank": range(1, max(reached, default=1) + 1)})
    table["n"] = table["rank"].map(profile).fillna(0).astype(int)
    study = feasibility.ground.study
    named = [f"étude « {study.name} », proposition calculée (graine {study.seed})"]
    return rank_chart(table, sources=typeset(source_line(named, edited_on=study.edited_on)))


def envy_sentence(feasibility: Feasibility) -> str:
    """Say in numbers who would rather have another dwelling."""
    allotted = _answered(feasibility)
    if allotted is None or allotted.envy is None:
        return ""
    envies, swaps = allotted.envy.envies, allotted.envy.swaps
    jealous = len({one.household for one in envies})
    justified = sum(one.justified for one in envies)
    if not jealous:
        return typeset("Aucun ménage ne préfère le logement d'un autre.")
    free = sum(not swap.bounds for swap in swaps)
    said = (
        f"{count(jealous, 'ménage préférerait', 'ménages préféreraient')} le logement d'un autre ; "
        f"envies justifiées (plus de points, aucune limite franchie) : {justified}."
    )
    if swaps:
        said += (
            f" Échanges que deux ménages souhaiteraient : {len(swaps)}, dont {free} sans franchir "
            "de limite."
        )
    return typeset(said)


def own_sentence(feasibility: Feasibility) -> str:
    """Judge the group's own proposition beside the tool's; empty without one."""
    allotted = _answered(feasibility)
    if allotted is None or allotted.own is None:
        return ""
    own = allotted.own
    if own.as_fair:
        return typeset(
            "La proposition du groupe respecte toutes ses règles : aucune n'est plus juste."
        )
    if own.broken:
        broken = count(len(own.broken), "règle votée n'est pas respectée",
                       "règles votées ne sont pas respectées")  # fmt: skip
        return typeset(f"Dans la proposition du groupe, {broken} : détail dans l'annexe du groupe.")
    return typeset(
        "La proposition du groupe respecte ses règles, mais une autre est plus juste : voir les "
        "rangs obtenus côte à côte."
    )


def resilience_sentence(feasibility: Feasibility) -> str:
    """Say what departures would do."""
    allotted = _answered(feasibility)
    if allotted is None or allotted.resilience is None:
        return ""
    return typeset(" ".join(_resilience(feasibility, allotted)))


def departures_sentence(feasibility: Feasibility, n: int) -> str:
    """Draw departures among the households served, and say what the proposal made again changes."""
    allotted = _answered(feasibility)
    rules = feasibility.ground.study.residents.allotment
    if allotted is None or rules is None or not n:
        return ""
    seed = feasibility.ground.study.seed + DEPARTURE_SEED
    return departure_sentence(draw_departures(allotted, rules, n=n, seed=seed))


def departure_sentence(drawn: DrawnDepartures) -> str:
    """Say in numbers what the allocation made again changes."""
    again = drawn.again
    left = count(len(drawn.left), "ménage tiré au sort part", "ménages tirés au sort partent")
    return typeset(
        f"{left} (graine {drawn.seed}). Ménages servis ensuite : {again.allocation.housed} ; "
        f"gardent leur logement : {len(again.kept)} ; en changent : {len(again.moved)} ; entrent "
        f"de la liste d'attente : {len(again.entered)} ; n'en ont plus : {len(again.lost)}."
    )


def commission_lines(feasibility: Feasibility) -> tuple[str, ...]:
    """Say how many households may be proposed for the rental dwellings, and the warnings."""
    story = feasibility.story
    if story is None or story.commission is None:
        return ()
    file = story.commission
    return tuple(
        typeset(line) for line in (_proposed(file, story.rental_dwellings), *file.warnings)
    )


def story_notes(feasibility: Feasibility) -> tuple[str, ...]:
    """Say what was put aside, in numbers."""
    return () if feasibility.story is None else feasibility.story.notes


def bound_labels(feasibility: Feasibility) -> dict[str, str]:
    """Return the words of each bound of the group; its values stay out of them."""
    rules = feasibility.ground.study.residents.allotment
    return {} if rules is None else {bound.id: bound.label or bound.id for bound in rules.bounds}


def _answered(feasibility: Feasibility) -> Allotted | None:
    story = feasibility.story
    if story is None or story.allotted is None or story.allotted.revote is not None:
        return None
    return story.allotted


def _rules(feasibility: Feasibility) -> Iterator[str]:
    study = feasibility.ground.study
    residents = study.residents
    if said := pool_sentence(feasibility.ground):
        yield said
    order = ORDERS["vivier" if residents.pool is not None else residents.mode]
    if residents.chosen_together:
        yield "Le programme et le groupe sont choisis ensemble, quotas de mixité compris."
    yield f"Formation du groupe : {order}, puis les points, puis un tirage (graine {study.seed})."
    for quota in residents.quotas:
        named = quoted(quota.label or quota.id)
        yield f"Quota de mixité {named} : {_span(quota)} des ménages retenus."
    rules = residents.allotment
    if rules is not None:
        yield (
            "Logements en accession et en SCIAPP : le plus de ménages servis, puis le moins "
            "possible de ménages au dernier rang, et ainsi de suite ; à égalité, "
            f"{LAST_STAGES[rules.last_stage]} (graine {study.seed})."
        )
        labels = [quoted(label) for label in bound_labels(feasibility).values()]
        if labels:
            yield f"Limites votées : {join_fr(labels)}."
    if residents.reservations:
        quotas = [f"{body} {n}" for body, n in residents.reservations.items()]
        yield f"Logements locatifs réservés : {join_fr(quotas)}."
    yield (
        "Logements locatifs : la commission d'attribution (CAL) décide, l'étude ne fait que "
        "préparer des candidats à proposer."
    )


def _span(quota: GroupQuota) -> str:
    bounds = []
    if quota.min is not None:
        bounds.append(f"au moins {percent(quota.min, 0)}")
    if quota.max is not None:
        bounds.append(f"au plus {percent(quota.max, 0)}")
    return join_fr(bounds)


def _formation_rows(formation: Formation) -> Iterator[tuple[str, object]]:
    formed = formation.formed
    yield "Ménages du vivier", Quantity(value=formation.pool_size)
    if formation.priority:
        yield "dont ménages du groupe", Quantity(value=formation.group_size)
    yield "Retenus en accession et en SCIAPP", Quantity(value=len(formed.members))
    yield "À proposer à la commission (CAL)", Quantity(value=len(formed.candidates))
    yield "Sur liste d'attente", Quantity(value=len(formed.waiting_list))
    for reason, n in left_out_counts(formation).items():
        shown = HIDDEN if n is None else Quantity(value=n)
        if n != 0:
            yield f"Non retenus : {REASON_WORDS[reason]}", shown
    if formation.has_quotas:
        members, points = formation.worth(formed.points)
        free_members, free_points = formation.worth(formed.points_without_quotas)
        fewer = formed.size_without_quotas - formed.size
        yield "Ce que coûte la mixité : ménages placés en moins", Quantity(value=fewer)
        if formation.priority:
            lost = free_members - members
            yield "Ce que coûte la mixité : ménages du groupe en moins", Quantity(value=lost)
        yield "Ce que coûte la mixité : points", Quantity(value=free_points - points, decimals=1)


def _diversity_words(allotted: Allotted) -> str:
    price = allotted.diversity
    if price is None or price.ratio is None:
        return "Aucune limite de mixité n'est posée sur les logements."
    if price.ratio <= 1:
        return "Les limites de mixité ne coûtent rien en satisfaction des vœux."
    return (
        f"Prix de la diversité : {number(price.ratio, 3)} (satisfaction des vœux sans limites, "
        "divisée par celle avec limites ; 1 : les limites ne coûtent rien)."
    )


def _resilience(feasibility: Feasibility, allotted: Allotted) -> Iterator[str]:
    tried = allotted.resilience
    assert tried is not None  # noqa: S101 - asked by the caller
    for size, missing in tried.waiting_list.items():
        lines = [line for line in tried.departures if len(line.left) == size]
        breaking = sum(line.breaks for line in lines)
        left = count(size, "départ", "départs ensemble")
        said = f"Essais de {left} : {len(lines)}, dont bloquants (lot vide, limite intenable)"
        found = f", ménages à trouver alors : {missing} au plus" if missing else ""
        yield f"{said} : {breaking}{found}."
    if allotted.waiting_list_needed is not None:
        rules = feasibility.ground.study.residents.allotment
        assert rules is not None  # noqa: S101 - the needed list comes from it
        yield (
            f"Liste d'attente conseillée : {count(allotted.waiting_list_needed, 'ménage')} "
            f"(chance de départ de {percent(rules.departures.share, 0)} par ménage, confiance de "
            f"{percent(rules.departures.confidence, 0)}, si chacun accepte tout logement laissé)."
        )


def _proposed(file: CommissionFile, dwellings: int) -> str:
    able = len({line.household for line in file.candidates})
    return (
        f"{count(dwellings, 'logement locatif', 'logements locatifs')}, dont {file.unreserved} "
        f"sans réservation ; {count(able, 'ménage')} à proposer à la commission (CAL), "
        f"{file.proposable} ensemble au plus."
    )
