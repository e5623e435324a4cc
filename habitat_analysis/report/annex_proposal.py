"""The proposal put to the group, household by household under its number, and what bounds cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from habitat_analysis.allocation.diversity import revote_sentence, what_bounds_change
from habitat_analysis.allocation.fairness import EnvyReport, Explanation, reason_words
from habitat_analysis.allocation.proposal import Allocation
from habitat_analysis.allocation.wishes import Wishes
from habitat_analysis.feasibility.story import Allotted
from habitat_analysis.formats import count, number, typeset
from habitat_analysis.report.annex_names import GroupNames
from habitat_analysis.report.sheets import Column, Sheet, sheet

NOBODY: Final = "personne"
NONE: Final = "aucun"
NO_WISH: Final = "sans vœu compté"
NO_WISH_NOTE: Final = (
    f"{NO_WISH} : le ménage n'a pas rendu de vœux, ou aucun de ses vœux ne porte sur ces logements."
)
PROVED: Final = {
    "optimal": "Aucune proposition plus juste n'existe sous ces règles : c'est prouvé.",
    "feasible": "La meilleure trouvée dans le temps donné ; une plus juste peut exister.",
}


def proposal_sentence(allotted: Allotted, names: GroupNames) -> str:
    """Say how many households have a dwelling and what is proved; or what to vote again."""
    if allotted.revote is not None:
        conflict, alone = allotted.revote.conflict, allotted.revote.alone
        return revote_sentence(names.bounds(conflict), names.bounds(alone))
    proposal = allotted.proposal
    housed = count(proposal.housed, "ménage", "ménages")
    proved = PROVED.get(proposal.status, "Le calcul n'a pas trouvé de proposition.")
    return typeset(
        f"Proposition soumise au groupe : un logement pour {housed} sur {len(_asked(allotted))}. "
        f"{proved} Le groupe décide."
    )


def rank_profile(profiles: Mapping[str, Allocation]) -> Sheet | None:
    """Count the households at each rank, one column an allocation."""
    last = max(
        (rank for a in profiles.values() for rank, n in a.rank_profile.items() if n), default=0
    )
    if not last:
        return None
    rows = [
        {"rank": f"vœu {rank}"}
        | {title: a.rank_profile.get(rank, 0) for title, a in profiles.items()}
        for rank in range(1, last + 1)
    ]
    totals = {title: sum(row[title] for row in rows) for title in profiles}  # type: ignore[misc]
    columns = [
        Column(name="rank", header="Rang obtenu"),
        *(Column(name=title, header=title, kind="whole") for title in profiles),
    ]
    caption = "Ménages à chaque rang de vœu"
    return sheet("Rangs", caption, [*rows, {"rank": "Total"} | totals], columns, total=True)


def proposal_table(allotted: Allotted, names: GroupNames) -> Sheet:
    """Give each household, by number, the dwelling proposed and its rank."""
    told = {line.household: line for line in allotted.explanations}
    rows = [
        _proposed(allotted.of_members, name, told, names) for name in names.sorted(_asked(allotted))
    ]
    columns = [
        Column(name="household", header="Ménage"),
        Column(name="dwelling", header="Logement proposé"),
        Column(name="tenure", header="Statut", absent="—"),
        Column(name="block", header="Bâtiment", absent="—"),
        Column(name="rank", header="Rang du vœu", kind="whole", absent="—"),
        Column(name="wishes", header="Vœux comptés", kind="whole", absent="—"),
    ]
    notes = (NO_WISH_NOTE,) if allotted.silent or allotted.emptied else ()
    return sheet("Proposition", "Proposition soumise au groupe", rows, columns, notes=notes)


def preferred_table(
    explanations: Sequence[Explanation], names: GroupNames, caption: str
) -> Sheet | None:
    """Give, for each dwelling that a household preferred, who has it and why."""
    told = {line.household: line for line in explanations}
    rows = [
        {
            "household": names.household(name),
            "rank": line.rank,
            "dwelling": line.dwelling,
            "holder": names.household(line.holder) if line.holder else NOBODY,
            "why": typeset(reason_words(line.reason, names.bounds(line.bounds))),
        }
        for name in names.sorted(told)
        for line in told[name].preferred
    ]
    if not rows:
        return None
    columns = [
        Column(name="household", header="Ménage"),
        Column(name="rank", header="Rang du vœu", kind="whole"),
        Column(name="dwelling", header="Logement préféré"),
        Column(name="holder", header="Qui l'a"),
        Column(name="why", header="Pourquoi"),
    ]
    note = "Chaque motif est prouvé en recalculant la proposition avec ce logement à ce ménage."
    return sheet("Préférés", caption, rows, columns, notes=[note])


def envy_sentence(report: EnvyReport) -> str:
    """Count the envies, those that are justified, and the swaps wished."""
    if not report.envies:
        return typeset("Aucun ménage ne préfère le logement d'un autre au sien.")
    justified = sum(envy.justified for envy in report.envies)
    return typeset(
        f"{count(len(report.envies), 'envie', 'envies')}, dont "
        f"{count(justified, 'justifiée', 'justifiées')} ; "
        f"{count(len(report.swaps), 'échange souhaité', 'échanges souhaités')} des deux côtés. "
        "Une envie est justifiée quand le ménage a plus de points que celui qu'il envie et "
        "qu'aucune limite n'en serait rompue."
    )


def envy_table(report: EnvyReport, names: GroupNames) -> Sheet | None:
    """List the envies by number."""
    rows = [
        {
            "household": names.household(envy.household),
            "envies": names.household(envy.envies),
            "dwelling": envy.dwelling,
            "justified": envy.justified,
            "bounds": names.quoted_bounds(envy.bounds) or "aucune",
        }
        for envy in sorted(
            report.envies, key=lambda e: (names.number(e.household), names.number(e.envies))
        )
    ]
    if not rows:
        return None
    columns = [
        Column(name="household", header="Ménage"),
        Column(name="envies", header="Préfère le logement de"),
        Column(name="dwelling", header="Logement"),
        Column(name="justified", header="Envie justifiée"),
        Column(name="bounds", header="Limites que le changement romprait"),
    ]
    return sheet("Envies", "Qui préfère le logement de qui", rows, columns)


def swap_table(report: EnvyReport, names: GroupNames) -> Sheet | None:
    """List the swaps that two households both wish."""
    rows = [
        {
            "pair": names.households(swap.households),
            "bounds": names.quoted_bounds(swap.bounds) or "aucune : rien ne l'interdit",
        }
        for swap in sorted(report.swaps, key=lambda s: sorted(map(names.number, s.households)))
    ]
    if not rows:
        return None
    columns = [
        Column(name="pair", header="Ménages qui échangeraient"),
        Column(name="bounds", header="Limites que l'échange romprait"),
    ]
    return sheet("Échanges", "Échanges souhaités des deux côtés", rows, columns)


def diversity_sentence(allotted: Allotted) -> str:
    """Say what the bounds cost, by the measure of the price of diversity."""
    price = allotted.diversity
    if price is None or price.utility_with is None or price.ratio is None:
        return ""
    cost = "elles ne coûtent rien" if price.ratio <= 1 else "elles coûtent au groupe"
    return typeset(
        f"Prix de la mixité : {number(price.ratio, 2)} ({cost}). C'est le rapport entre la plus "
        f"grande utilité sans les limites ({number(price.utility_without)}) et avec elles "
        f"({number(price.utility_with)}) ; un premier vœu vaut {len(allotted.wishes.dwellings)}, "
        "chaque rang un de moins."
    )


def with_and_without_bounds(allotted: Allotted) -> Sheet | None:
    """Put the ranks of the proposal beside those that the group would have without its bounds."""
    if allotted.unbounded is None:
        return None
    table = rank_profile(
        {"Avec les limites": allotted.proposal, "Sans aucune limite": allotted.unbounded}
    )
    return table.with_caption("Ménages à chaque rang, avec et sans limites") if table else None


def bound_changes(allotted: Allotted, names: GroupNames) -> Sheet | None:
    """Say what the group would have without each bound."""
    members = allotted.of_members
    if not members.bounds or allotted.revote is not None:
        return None
    kept = allotted.proposal.fairness
    rows = [
        {"label": names.labels[bound], "change": _change(kept, without)}
        for bound, without in what_bounds_change(members).items()
    ]
    columns = [
        Column(name="label", header="Limite votée"),
        Column(name="change", header="Sans elle"),
    ]
    return sheet("Sans chaque limite", "Ce que change chaque limite", rows, columns)


def _asked(allotted: Allotted) -> list[str]:
    """List the members who were asked for wishes, those without any included."""
    return list(dict.fromkeys([*allotted.members, *allotted.silent, *allotted.emptied]))


def _proposed(
    wishes: Wishes, name: str, told: Mapping[str, Explanation], names: GroupNames
) -> dict[str, Any]:
    household = names.household(name)
    if name not in told:
        return {"household": household, "dwelling": NO_WISH}
    line, wished = told[name], len(wishes.household(name).ranking)
    if line.dwelling is None:
        return {"household": household, "dwelling": NONE, "wishes": wished}
    home = wishes.dwelling(line.dwelling)
    return {
        "household": household,
        "dwelling": home.id,
        "tenure": home.tenure or None,
        "block": home.block or None,
        "rank": line.rank,
        "wishes": wished,
    }


def _change(kept: tuple[int, ...], without: tuple[int, ...]) -> str:
    """Say the first thing that a fairness gains over another: households, else a rank."""
    if kept == without:
        return "rien ne change"
    if without[0] != kept[0]:
        more = count(without[0] - kept[0], "ménage de plus aurait", "ménages de plus auraient")
        return typeset(f"{more} un logement")
    ranks = range(len(kept), 1, -1)  # the worst rank first, down to the second
    for rank, had, has in zip(ranks, kept[1:], without[1:], strict=True):
        if had != has:
            fewer = count(abs(has - had), "ménage", "ménages")
            word = "de moins" if has > had else "de plus"
            return typeset(f"{fewer} {word} au vœu {rank}")
    return "rien ne change"
