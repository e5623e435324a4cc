"""The vote on shared rooms in a report: the rule first, the outcome, what it costs and changes.

Public circle, the annex of the group apart (`vote_annex_tables`). No ballot and no word of an
objection is in either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import pandas as pd

from habitat_analysis.allocation.vote import Outcome, Rule, VoterGroup
from habitat_analysis.feasibility import Feasibility, Ground
from habitat_analysis.feasibility.shared_vote import KILO, RULES, RoomVoteResult, VotedRoom
from habitat_analysis.formats import (
    capital,
    count,
    date_long,
    euros,
    join_fr,
    percent,
    quoted,
    typeset,
)
from habitat_analysis.households.summary import THRESHOLD
from habitat_analysis.report.charts_vote import STATE_LABELS, vote_chart
from habitat_analysis.report.figures import Chart
from habitat_analysis.report.scenes import source_line
from habitat_analysis.report.sections_group import HIDDEN, HIDDEN_NOTE
from habitat_analysis.report.sections_programme import programme_figures
from habitat_analysis.report.sheets import Column, Quantity, Sheet, sheet
from habitat_analysis.study.group import RoomVote, VoteRule
from habitat_analysis.study.programme import SharedRoom

HEADING: Final = "Le vote sur les locaux partagés"
RULE_LABELS: Final[Mapping[VoteRule, str]] = {
    "parts_egales_cout": "parts égales, un local vaut son coût",
    "parts_egales_nombre": "parts égales, un local vaut un",
    "approbations": "le plus approuvé d'abord",
    "sac_a_dos": "le plus d'approbations possible",
}
EQUAL_SHARES_RULES: Final = ("parts_egales_cout", "parts_egales_nombre")
EQUAL_SHARES: Final = (
    "chaque bulletin reçoit la même part du budget, et un local est financé quand les bulletins"
    " qui l'approuvent peuvent le payer ensemble"
)
RULE_WORDS: Final[Mapping[VoteRule, str]] = {
    "parts_egales_cout": f"{EQUAL_SHARES} ; obtenir un local compte pour ce qu'il coûte",
    "parts_egales_nombre": f"{EQUAL_SHARES} ; obtenir un local compte pour un, cher ou non",
    "approbations": "le local le plus approuvé d'abord, puis le suivant, tant que le budget suffit",
    "sac_a_dos": "la liste de locaux qui réunit le plus d'approbations dans le budget",
}
EFFECT_NOTE: Final = (
    "Sans local voté : la même étude, résolue à nouveau sans aucun des locaux soumis au vote. Avec"
    " les locaux votés : le programme retenu."
)

DISCUSSED_NOTE: Final = (
    "À discuter : financé, mais au moins une objection est déposée ; ni qui ni pourquoi ne sont"
    " dits ici."
)


def rule_sentence(ground: Ground) -> str:
    """Say the rule in force and its date, before any outcome; empty without a vote."""
    stated = ground.study.residents.vote
    if stated is None:
        return ""
    when = (
        "(date de la décision non renseignée)"
        if stated.decided_on is None
        else f"décidée le {date_long(stated.decided_on)}"
    )
    rule = (
        f"Règle en vigueur, {when} : {RULE_LABELS[stated.rule]} ({RULE_WORDS[stated.rule]})."
        f" Budget : {euros(stated.budget_ttc_eur)} TTC."
    )
    pending = "" if ground.vote else " Aucun bulletin n'est encore lu : aucun local n'est voté."
    return typeset(rule + pending)


def vote_sentence(ground: Ground) -> str:
    """Say what the rule funds, what is to be discussed and how much budget it uses."""
    vote = ground.vote
    if vote is None:
        return ""
    if not vote.winners:
        return typeset(f"{_ballots(vote)} : aucun local n'est financé par le budget.")
    funded = join_fr([quoted(room.label) for room in vote.winners])
    said = (
        f"{_ballots(vote)} : {count(len(vote.winners), 'local financé', 'locaux financés')}"
        f" ({funded}), {_budget_used(vote)}. Un local financé devient obligatoire dans le programme"
        " de tous les sites, les autres en sont retirés."
    )
    return typeset(" ".join([said, *_discussed(vote)]))


def vote_table(ground: Ground) -> Sheet | None:
    """List the rooms put to the vote, with what the rule made of them; None without ballots."""
    vote = ground.vote
    if vote is None:
        return None
    hidden = vote.n_ballots < THRESHOLD
    rows: list[dict[str, Any]] = [
        {
            "room": room.label,
            "area": room.area_m2,
            "land": room.land_m2,
            "cost": room.cost_eur,
            "approvals": HIDDEN if hidden else Quantity(value=room.approvals),
            "state": STATE_LABELS[room.state],
        }
        for room in vote.rooms
    ]
    rows.append(
        {"room": "Total financé", "approvals": "", "state": _n_funded(vote)}
        | {
            "area": sum(room.area_m2 for room in vote.winners),
            "land": sum(room.land_m2 for room in vote.winners),
            "cost": vote.spent_eur,
        }
    )
    columns = [
        Column(name="room", header="Local soumis au vote"),
        Column(name="area", header="Surface (m² SHAB)", kind="decimal"),
        Column(name="land", header="Terrain (m²)", kind="decimal"),
        Column(name="cost", header="Coût TTC (€)", kind="whole"),
        Column(name="approvals", header=f"Approbations sur {vote.n_ballots}", kind="mixed"),
        Column(name="state", header="Issue"),
    ]
    if not any(row["land"] for row in rows):
        columns = [column for column in columns if column.name != "land"]
    said = (DISCUSSED_NOTE if vote.to_discuss else "", _passed_over(vote), _left_over(vote))
    notes = [note for note in (*said, HIDDEN_NOTE if hidden else "", *vote.notes) if note]
    return sheet("Vote", "Issue du vote sur les locaux partagés", rows, columns, total=True,
                 notes=notes)  # fmt: skip


def vote_figure(ground: Ground) -> Chart | None:
    """Draw the approvals of each room; None without ballots or with too few to show them."""
    vote = ground.vote
    if vote is None or vote.n_ballots < THRESHOLD:
        return None
    rows = [
        {"label": room.label, "approvals": room.approvals, "state": room.state}
        for room in sorted(vote.rooms, key=lambda room: (-room.approvals, room.id))
    ]
    return vote_chart(
        pd.DataFrame(rows),
        n_ballots=vote.n_ballots,
        title="Approbations des locaux partagés",
        sources=_sources(ground),
    )


def vote_burden(feasibility: Feasibility) -> Sheet | None:
    """Share the cost and area of the rooms by household and by dwelling, before and after.

    None without ballots or without a programme.
    """
    vote, evaluation = feasibility.ground.vote, feasibility.optimum.evaluation
    if vote is None or evaluation is None:
        return None
    needs = feasibility.ground.needs
    built = set(evaluation.programme.spaces)
    rooms = [room for room in feasibility.ground.study.programme.spaces if room.id in built]
    voted = {room.id for room in vote.winners}
    before = [room for room in rooms if room.id not in voted]
    counted = (None if needs is None else needs.n_households, evaluation.dwellings)
    rows = [
        _burden("Avant le vote : locaux déjà décidés", before, counted),
        _burden("Locaux votés", [room for room in rooms if room.id in voted], counted),
        _burden("Après le vote", rooms, counted),
    ]
    columns = [
        Column(name="what", header="Locaux partagés"),
        Column(name="cost", header="Coût TTC (€)", kind="whole"),
        Column(name="cost_household", header="€ par ménage du groupe", kind="whole"),
        Column(name="cost_dwelling", header="€ par logement", kind="whole"),
        Column(name="area", header="Surface (m² SHAB)", kind="decimal"),
        Column(name="area_household", header="m² par ménage du groupe", kind="decimal2"),
        Column(name="area_dwelling", header="m² par logement", kind="decimal2"),
    ]
    if needs is None:
        columns = [column for column in columns if not column.name.endswith("household")]
    group = "" if needs is None else f"{count(needs.n_households, 'ménage')} dans le groupe, "
    note = (
        f"{group}{count(evaluation.dwellings, 'logement')} au programme. Un jardin n'a pas de"
        " surface habitable : seul son coût est compté."
    )
    caption = "Locaux partagés, avant et après le vote"
    return sheet("Vote, par ménage", caption, rows, columns, total=True, notes=[note])


def vote_effect_sentence(feasibility: Feasibility) -> str:
    """Say that the rooms voted make the programme impossible, or need another proof; else empty."""
    effect = feasibility.argument.vote if feasibility.argument else None
    if effect is None or feasibility.optimum.evaluation is not None:
        return ""
    possible = effect.before.evaluation is not None
    return typeset(
        "Sans les locaux votés, un programme serait possible sur ce site : le vote est à reprendre,"
        " ou le site à écarter."
        if possible
        else "Sans les locaux votés, aucun programme n'est trouvé non plus sur ce site."
    )


def vote_effect_table(feasibility: Feasibility) -> Sheet | None:
    """Set the programme beside what it would be without the rooms voted; None when not asked."""
    effect = feasibility.argument.vote if feasibility.argument else None
    after = feasibility.optimum.evaluation
    if effect is None or after is None or effect.before.evaluation is None:
        return None
    rows = [
        {
            "what": what,
            "before": old,
            "after": new,
            "delta": Quantity(value=new.value - old.value, unit=new.unit, decimals=new.decimals),
        }
        for (what, old), (_, new) in zip(
            programme_figures(effect.before.evaluation), programme_figures(after), strict=True
        )
    ]
    columns = [
        Column(name="what", header="Indicateur"),
        Column(name="before", header="Sans local voté", kind="mixed"),
        Column(name="after", header="Avec les locaux votés", kind="mixed"),
        Column(name="delta", header="Écart", kind="mixed"),
    ]
    caption = "Ce que les locaux votés changent au programme"
    return sheet("Vote, effet", caption, rows, columns, notes=[EFFECT_NOTE])


def vote_annex_tables(vote: RoomVoteResult) -> tuple[Sheet, ...]:
    """Compare the rules for the annex of the group: what each funds, what voters get from it.

    Ballots that approve the same rooms are one line; no ballot is told from another.
    """
    return _rules_table(vote), _voters_table(vote)


def _rules_table(vote: RoomVoteResult) -> Sheet:
    rows = [
        {
            "rule": capital(RULE_LABELS[name]),
            "rooms": _labels(vote, outcome.rooms) or "aucun",
            "cost": float(outcome.total * KILO),
            "used": float(outcome.total * KILO) / vote.budget_eur,
            "in_force": "oui" if name == vote.rule else "non",
        }
        for name, outcome, _ in _by_rule(vote)
    ]
    columns = [
        Column(name="rule", header="Règle"),
        Column(name="in_force", header="En vigueur"),
        Column(name="rooms", header="Locaux financés"),
        Column(name="cost", header="Coût TTC (€)", kind="whole"),
        Column(name="used", header="Part du budget", kind="share"),
    ]
    notes = [f"Budget : {euros(vote.budget_eur)} TTC. Seule la règle en vigueur décide."]
    caption = "Ce que chaque règle aurait financé"
    return sheet("Règles du vote", caption, rows, columns, notes=notes)


def _voters_table(vote: RoomVoteResult) -> Sheet:
    """Tell what each rule gives to the ballots that approve the same rooms."""
    by_rule = list(_by_rule(vote))
    rows: list[dict[str, Any]] = []
    for rank, group in enumerate(vote.vote.voters):
        rows.append(
            {
                "approved": _labels(vote, group.approved) or "aucun local",
                "ballots": group.ballots,
                "funded": _labels(vote, group.funded) or "rien",
            }
            | {name: float(voters[rank].spent * KILO) for name, _, voters in by_rule}
        )
    columns = [
        Column(name="approved", header="Bulletins qui approuvent"),
        Column(name="ballots", header="Bulletins", kind="whole"),
        Column(name="funded", header="Obtiennent (règle en vigueur)"),
        *(
            Column(name=name, header=f"{capital(RULE_LABELS[name])} (€ TTC)", kind="whole")
            for name, _, _ in by_rule
        ),
    ]
    note = (
        "Pour chaque règle : coût TTC des locaux financés que ces bulletins approuvent. La première"
        " règle est celle en vigueur."
    )
    caption = "Ce que chaque groupe de bulletins obtient, selon la règle"
    return sheet("Votants par règle", caption, rows, columns, notes=[note])


def _by_rule(
    vote: RoomVoteResult,
) -> Iterable[tuple[VoteRule, Outcome, tuple[VoterGroup, ...]]]:
    """List the rules with their outcome and what voters get, the one in force first."""
    outcomes: dict[Rule, Outcome] = {vote.vote.rule: vote.vote.outcome, **vote.vote.others}
    voters = {vote.vote.rule: vote.vote.voters, **vote.vote.others_voters}
    for name in sorted(RULES, key=lambda name: name != vote.rule):
        yield name, outcomes[RULES[name]], voters[RULES[name]]


def _labels(vote: RoomVoteResult, ids: Iterable[str]) -> str:
    labels = {room.id: room.label for room in vote.rooms}
    return ", ".join(labels[name] for name in ids)


def _burden(
    what: str, rooms: Iterable[SharedRoom], counted: tuple[int | None, int]
) -> dict[str, Any]:
    listed, (households, dwellings) = list(rooms), counted
    cost = sum(room.cost_ttc_eur for room in listed)
    area = sum(room.area_m2 for room in listed)
    row: dict[str, Any] = {"what": what, "cost": cost, "area": area}
    for name, n in (("household", households), ("dwelling", dwellings)):
        row[f"cost_{name}"] = cost / n if n else None
        row[f"area_{name}"] = area / n if n else None
    return row


def _sources(ground: Ground) -> str:
    study = ground.study
    named = [f"étude « {study.name} » (règle et coûts)", "bulletins du groupe"]
    return typeset(source_line(named, edited_on=study.edited_on))


def _ballots(vote: RoomVoteResult) -> str:
    return count(vote.n_ballots, "bulletin lu", "bulletins lus")


def _n_funded(vote: RoomVoteResult) -> str:
    return f"{len(vote.winners)} sur {len(vote.rooms)}"


def _budget_used(vote: RoomVoteResult) -> str:
    share = percent(vote.spent_eur / vote.budget_eur, 0)
    return f"{euros(vote.spent_eur)} employés sur {euros(vote.budget_eur)} ({share})"


def _discussed(vote: RoomVoteResult) -> list[str]:
    named = [quoted(room.label) for room in vote.to_discuss]
    if not named:
        return []
    kept = "est gardé" if len(named) == 1 else "sont gardés"
    return [f"{join_fr(named)} {kept}, à discuter avec le groupe avant de figer le programme."]


def _left_over(vote: RoomVoteResult) -> str:
    """Explain why what is left does not pay for a room that it could; empty when it could not."""
    left = vote.budget_eur - vote.spent_eur
    payable = [room for room in vote.losers if room.approvals and room.cost_eur <= left]
    if not payable or vote.rule not in EQUAL_SHARES_RULES:
        return ""
    return (
        f"Il reste {euros(left)}, assez pour {_named(payable)}, que la part des bulletins qui"
        f" l'approuvent ne paie pas. Chaque part a été relevée {vote.vote.outcome.raised} fois de"
        f" {euros(KILO)} ; au pas suivant, les locaux financés dépasseraient le budget."
    )


def _passed_over(vote: RoomVoteResult) -> str:
    """Explain why a room more approved than another is not funded; empty when none is."""
    least = min((room.approvals for room in vote.winners), default=0)
    passed = [room for room in vote.losers if room.approvals > least]
    if not passed or vote.rule not in EQUAL_SHARES_RULES or vote.n_ballots < THRESHOLD:
        return ""
    return (
        f"Non financé bien que plus approuvé qu'un local financé : {_named(passed, last='et')}. Ce"
        " qui reste de leur part aux bulletins qui l'approuvent ne le paie pas."
    )


def _named(rooms: Iterable[VotedRoom], last: str = "ou") -> str:
    return join_fr([quoted(room.label) for room in rooms], last=last)


def vote_hypotheses(stated: RoomVote) -> tuple[tuple[str, str | Quantity], ...]:
    """Give the two choices of the vote that the table of hypotheses lists."""
    return (
        ("Vote des locaux partagés, règle", RULE_LABELS[stated.rule]),
        ("Vote des locaux partagés, budget", Quantity(value=stated.budget_ttc_eur, unit="€ TTC")),
    )
