"""The allocation that the group made itself, beside the tool's, by number and by label."""

from __future__ import annotations

from habitat_analysis.allocation.proposal import broken_bounds
from habitat_analysis.feasibility.story import Allotted
from habitat_analysis.formats import quoted, typeset
from habitat_analysis.report.annex_names import GroupNames
from habitat_analysis.report.annex_proposal import NONE
from habitat_analysis.report.sheets import Column, Sheet, sheet


def own_broken(allotted: Allotted, names: GroupNames) -> tuple[str, ...]:
    """Name the rules that the group's own allocation breaks, by labels and numbers."""
    if allotted.own is None:
        return ()
    wishes, own = allotted.of_members, allotted.own.allocation.assignment
    limits = [
        f"Limite {quoted(label)} non respectée."
        for label in names.bounds(broken_bounds(wishes, own))
    ]
    outside = [
        f"Ménage {names.household(name)} : logement {quoted(own[name])} absent de ses vœux comptés."
        for name in names.sorted(own)
        if wishes.household(name).rank(own[name]) is None
    ]
    undone = [
        f"Paire fixée défaite : ménage {names.household(name)}, logement {quoted(dwelling)}."
        for name, dwelling in wishes.fixed.items()
        if own.get(name) != dwelling
    ]
    return tuple(typeset(sentence) for sentence in (*limits, *outside, *undone))


def own_sentence(allotted: Allotted) -> str:
    """Say whether something fairer than the group's own allocation exists."""
    own = allotted.own
    if own is None:
        return ""
    if own.as_fair:
        return typeset(
            "La proposition du groupe garde chaque règle et rien de plus juste n'existe."
        )
    if own.broken:
        return typeset("La proposition du groupe ne garde pas toutes les règles, dites ci-dessous.")
    return typeset(
        "La proposition du groupe garde chaque règle ; une proposition plus juste existe."
    )


def own_table(allotted: Allotted, names: GroupNames) -> Sheet | None:
    """Put the group's own allocation beside the proposal, by number."""
    if allotted.own is None:
        return None
    own, ours = allotted.own.allocation.assignment, allotted.proposal.assignment
    rows = []
    for name in names.sorted({*own, *ours}):
        wisher = allotted.of_members.household(name)
        rows.append(
            {
                "household": names.household(name),
                "own": own.get(name, NONE),
                "own_rank": wisher.rank(own[name]) if name in own else None,
                "ours": ours.get(name, NONE),
                "ours_rank": wisher.rank(ours[name]) if name in ours else None,
            }
        )
    columns = [
        Column(name="household", header="Ménage"),
        Column(name="own", header="Selon le groupe"),
        Column(name="own_rank", header="Rang du vœu (groupe)", kind="whole", absent="—"),
        Column(name="ours", header="Selon le calcul"),
        Column(name="ours_rank", header="Rang du vœu (calcul)", kind="whole", absent="—"),
    ]
    caption = "La proposition du groupe à côté de celle du calcul"
    return sheet("Proposition du groupe", caption, rows, columns)
