"""The annex of the group (`annexe_groupe.html`): ranks, bounds and envy, by private numbers.

The circle of the group reads no income, age, quartile or family type, and no pseudonym: each
household knows the number that it received in private. Rental dwellings are the commission's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.feasibility.story import Allotted, GroupStory
from habitat_analysis.formats import count, date_short, typeset
from habitat_analysis.report import annex_departures as departures
from habitat_analysis.report import annex_own as own
from habitat_analysis.report import annex_proposal as proposal
from habitat_analysis.report import annex_rules as rules
from habitat_analysis.report.annex_names import GroupNames, group_names
from habitat_analysis.report.blocks import Document, Heading, Item, Paragraph, Section, section
from habitat_analysis.report.document import write_page
from habitat_analysis.study import Study

GROUP_ANNEX: Final = "annexe_groupe.html"
SUBTITLE: Final = "Annexe du groupe, proposition soumise au groupe"
TO_PRECISE: Final = (
    "Date de conservation à préciser : écrivez-la dans l'étude, sous « groupe.conserver_jusqu_au »."
)
NOT_ALLOTTED: Final = (
    "Aucun logement de ce site n'est soumis au groupe : aucun n'est à vendre, personne n'a rendu "
    "de vœux, ou l'étude en répartit un autre."
)
NOT_FORMED: Final = "Ce site n'a pas de programme : il n'y a rien à répartir."


def write_group_annex(
    feasibility: Feasibility,
    story: GroupStory | None,
    path: Path,
    *,
    vote: Sequence[Item] = (),
) -> Path:
    """Write the annex of the group as a page that stands alone.

    Parameters
    ----------
    feasibility, story
        The site, and what happens to the households on it; None without a programme.
    path
        File to write; the folder exists.
    vote
        What the other rules of the vote on shared rooms would have funded, and for whom.

    Returns
    -------
    path
        As given. The same inputs give the same bytes.
    """
    return write_page(group_annex(feasibility, story, vote=vote), path)


def group_annex(
    feasibility: Feasibility, story: GroupStory | None, *, vote: Sequence[Item] = ()
) -> Document:
    """Gather the annex of the group: rules first, then the proposal and what explains it."""
    study = feasibility.ground.study
    edited = study.edited_on
    return Document(
        title=f"{study.title} : le groupe et le site {', '.join(feasibility.site.idus)}",
        subtitle=SUBTITLE,
        notice=_notice(study),
        edited_on=date_short(edited),
        stamp=int(datetime(edited.year, edited.month, edited.day, tzinfo=UTC).timestamp()),
        sections=_sections(study, story, vote),
    )


def _notice(study: Study) -> str:
    kept = rules.retention_words(study.residents)
    said = (
        "Cercle du groupe : ne diffusez pas cette page hors du groupe. Chaque ménage y paraît sous "
        f"le numéro reçu en privé. Conservation : {kept}."
    )
    return typeset(f"{said} {study.notice or ''}".strip())


def _sections(study: Study, story: GroupStory | None, vote: Sequence[Item]) -> tuple[Section, ...]:
    if story is None:
        found = [_rules(study, None, None), ("La proposition soumise au groupe", (NOT_FORMED,))]
    elif story.allotted is None:
        names = group_names(story, study.residents)
        found = [_rules(study, story, names), ("La proposition soumise au groupe", (NOT_ALLOTTED,))]
    else:
        names = group_names(story, study.residents)
        allotted = story.allotted
        found = [
            _rules(study, story, names),
            _proposal(allotted, names),
            _bounds(allotted, names),
            _own(allotted, names),
            _departures(story, allotted, names),
        ]
    found.append(("Le vote des espaces partagés", tuple(vote)))
    made = [section(0, title, *items) for title, items in found]
    filled = [part for part in made if part.blocks]
    return tuple(replace(part, number=rank) for rank, part in enumerate(filled, start=1))


_Part = tuple[str, tuple[Item, ...]]


def _rules(study: Study, story: GroupStory | None, names: GroupNames | None) -> _Part:
    allotted = story.allotted if story else None
    return (
        "Les règles en vigueur",
        (
            None
            if study.residents.keep_until
            else Paragraph(text=typeset(TO_PRECISE), tone="warning"),
            "Ces règles ont été écrites avant tout résultat.",
            rules.rule_sentences(study),
            rules.bound_table(study, names) if names else None,
            rules.fixed_pairs(allotted, names) if allotted and names else None,
            _to_the_commission(story) if story else None,
        ),
    )


def _to_the_commission(story: GroupStory) -> str:
    """Count the households to propose for the rental dwellings; nothing else is said of them."""
    if story.commission is None:
        return ""
    n = len({line.household for line in story.commission.candidates})
    return typeset(
        "Les logements locatifs ne sont pas répartis par le groupe : la commission (CAL) décide. "
        f"À proposer à la commission : {count(n, 'ménage', 'ménages')}."
    )


def _proposal(allotted: Allotted, names: GroupNames) -> _Part:
    found = allotted.revote is None
    envy = allotted.envy
    return (
        "La proposition soumise au groupe",
        (
            Paragraph(text=proposal.proposal_sentence(allotted, names), tone="verdict"),
            proposal.rank_profile({"Ménages": allotted.proposal}) if found else None,
            proposal.proposal_table(allotted, names) if found else None,
            Heading(text="Ce que chaque ménage préférait, et pourquoi il ne l'a pas"),
            proposal.preferred_table(
                allotted.explanations, names, "Les logements préférés au logement proposé"
            ),
            Heading(text="Envies et échanges"),
            proposal.envy_sentence(envy) if envy else None,
            proposal.envy_table(envy, names) if envy else None,
            proposal.swap_table(envy, names) if envy else None,
        ),
    )


def _bounds(allotted: Allotted, names: GroupNames) -> _Part:
    return (
        "Ce que coûtent les limites votées",
        (
            proposal.diversity_sentence(allotted),
            proposal.with_and_without_bounds(allotted),
            proposal.bound_changes(allotted, names),
        ),
    )


def _own(allotted: Allotted, names: GroupNames) -> _Part:
    judged = allotted.own
    if judged is None:
        return "", ()
    profiles = {"Selon le groupe": judged.allocation, "Selon le calcul": allotted.proposal}
    return (
        "La proposition que le groupe a faite lui-même",
        (
            own.own_sentence(allotted),
            own.own_broken(allotted, names),
            proposal.rank_profile(profiles),
            own.own_table(allotted, names),
            proposal.preferred_table(
                judged.explanations, names, "Les logements préférés, selon la proposition du groupe"
            ),
            proposal.envy_sentence(judged.envy),
        ),
    )


def _departures(story: GroupStory, allotted: Allotted, names: GroupNames) -> _Part:
    tried = allotted.resilience
    broken = departures.breaking_sets(tried, names) if tried else ()
    return (
        "Départs et liste d'attente",
        (
            departures.departures_sentence(tried) if tried else None,
            departures.departure_table(tried, names) if tried else None,
            "Départs de plusieurs ménages ensemble qui mettent l'opération en défaut :"
            if broken
            else None,
            broken,
            Heading(text="Liste d'attente"),
            departures.waiting_sentences(allotted),
            departures.waiting_table(story, names),
        ),
    )
