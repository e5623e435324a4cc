"""The annex of the group: rules first, numbers and labels only, everything said is computed."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from habitat_analysis.allocation.fairness import envy_report, explain
from habitat_analysis.allocation.imposed import judge_allocation
from habitat_analysis.allocation.proposal import allocate, allocation_of
from habitat_analysis.errors import UsageError
from habitat_analysis.feasibility import Feasibility, read_ground, study_site
from habitat_analysis.feasibility.story import Allotted, GroupStory
from habitat_analysis.report.annex_group import group_annex, write_group_annex
from habitat_analysis.report.annex_names import GroupNames, bound_label, group_names, tells_a_value
from habitat_analysis.report.annex_proposal import bound_changes, envy_sentence, swap_table
from habitat_analysis.report.blocks import Document, Section
from habitat_analysis.report.sheets import Sheet
from habitat_analysis.study import GroupBound, Residents, load_study
from tests.offline_browser import browser, visit
from tests.report_samples import HOSTILE
from tests.small_study import idu, write_small_study
from tests.story_samples import GROUP, OWN, RETAINED, SILENT, TENANTS, WHY_REMOVED, story
from tests.test_document import Reading

TITLES = [
    "Les règles en vigueur",
    "La proposition soumise au groupe",
    "Ce que coûtent les limites votées",
    "La proposition que le groupe a faite lui-même",
    "Départs et liste d'attente",
]


def operation_of(folder: Path, group: dict[str, object]) -> Feasibility:
    path = write_small_study(folder, changes={"groupe": group})
    return study_site(read_ground(load_study(path)), (idu(5),))


@pytest.fixture(scope="module")
def operation(tmp_path_factory: pytest.TempPathFactory) -> Feasibility:
    return operation_of(tmp_path_factory.mktemp("petite"), GROUP)


@pytest.fixture(scope="module")
def document(operation: Feasibility) -> Document:
    return group_annex(operation, story())


@pytest.fixture(scope="module")
def page(operation: Feasibility, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("annexe") / "annexe_groupe.html"
    return write_group_annex(operation, story(), path).read_text(encoding="utf-8")


def plain(text: object) -> str:
    return str(text).replace("\u00a0", " ").replace("\u202f", " ")


def words(section: Section) -> str:
    """Sentences and lists of a section, tables apart."""
    said = [getattr(b, "text", None) or " ".join(getattr(b, "items", ())) for b in section.blocks]
    return plain(" ".join(said))


def named(document: Document, name: str) -> Sheet:
    return next(table for table in document.sheets if table.name == name)


def allotted_of(told: GroupStory) -> Allotted:
    assert told.allotted is not None
    return told.allotted


def swapped(assignment: dict[str, str]) -> Allotted:
    """The sample under an allocation made by hand: two members would rather have the other's."""
    whole = allotted_of(story())
    members = whole.of_members
    return replace(
        whole,
        proposal=allocation_of(members, assignment, status="optimal"),
        envy=envy_report(members, assignment),
        explanations=explain(members, assignment, points=True),
    )


def test_the_rules_come_before_any_result(document: Document, page: str) -> None:
    assert [section.title for section in document.sections] == TITLES
    text = plain(Reading(page).text)
    rules = text[text.rindex(TITLES[0]) : text.rindex(TITLES[1])]
    for said in (
        "D'abord, le plus grand nombre de ménages",
        "les points votés servent d'abord",
        "graine publiée 1",
        "parts égales",
        "décidée le 1er septembre 2026",
        "Mixité du bâtiment A",
        "À proposer à la commission : 3 ménages.",
        "sans que personne perde le sien",
    ):
        assert said in rules
    assert "Proposition soumise au groupe :" not in rules
    assert "attribution" not in text.casefold()


def test_nobody_is_named_and_nothing_is_said_of_incomes_or_ages(page: str) -> None:
    text = plain(Reading(page).text)
    assert not re.findall(r"\bM\d\d\b", page)
    assert WHY_REMOVED not in text
    for said in ("Q1", "60 ans", "personne_seule", "A_Q1_max2", "revenu", "quartile", "famille"):
        assert said not in text


def test_bounds_go_by_their_label_never_by_a_value() -> None:
    residents = Residents.model_validate(GROUP)
    names = group_names(story(), residents)
    assert names.labels == {"A_Q1_max2": "Mixité du bâtiment A", "b_aines": "b_aines"}
    both = GroupBound.model_validate(
        {"id": "Q1_max", "libelle": "Famille monoparentale", "attribut": "famille",
         "valeurs": ["famille_monoparentale"], "max": 1},
    )  # fmt: skip
    assert bound_label(both, 3, residents) == "limite 3"
    for text in ("60 ANS ET PLUS", "moins-de-35-ans", "Couple avec enfants", "q4", "35 à 59 ans"):
        assert tells_a_value(text, residents), text
    for text in ("mêler les âges", "autre côté", "Q10", "mixité", "T3 à 35 m"):
        assert not tells_a_value(text, residents), text


def test_a_household_without_a_number_is_never_written() -> None:
    names = GroupNames(numbers={"M01": 4}, labels={})
    assert plain(names.household("M01")) == "n° 4"
    with pytest.raises(UsageError) as caught:
        names.household("M02")
    assert "M02" not in str(caught.value)


def test_each_household_finds_its_line(document: Document) -> None:
    told = story()
    table = named(document, "Proposition").frame
    assert len(table) == len(RETAINED)
    given = allotted_of(told).proposal.assignment
    by_number = {plain(row["household"]): row for row in table.to_dict("records")}
    for name in RETAINED:
        row = by_number[f"n° {told.numbers[name]}"]
        if name in given:
            assert row["dwelling"] == given[name]
            assert row["rank"] == allotted_of(told).wishes.household(name).rank(given[name])
        elif name in (*SILENT, "M09"):  # silent or emptied: nobody else can tell which
            assert row["dwelling"] == "sans vœu compté"
        else:
            assert row["dwelling"] == "aucun"
    profile = named(document, "Rangs").frame
    assert profile.iloc[-1].tolist() == ["Total", len(given)]


def test_what_each_household_preferred_has_a_holder_and_a_reason(document: Document) -> None:
    told = story()
    rows = named(document, "Préférés").frame.to_dict("records")
    explained = [p for e in allotted_of(told).explanations for p in e.preferred]
    assert len(rows) == len(explained) > 0
    holders = {d: h for h, d in allotted_of(told).proposal.assignment.items()}
    for row in rows:
        holder = holders.get(row["dwelling"])
        expected = f"n° {told.numbers[holder]}" if holder else "personne"
        assert plain(row["holder"]) == expected
        assert row["why"]


def test_envies_and_swaps_go_by_number(operation: Feasibility) -> None:
    names = group_names(story(), operation.ground.study.residents)
    given = {"M01": "L2", "M04": "L1", "M05": "L4", "M07": "L3", "M06": "L6"}
    allotted = swapped(given)
    assert allotted.envy is not None
    (pair,) = [swap for swap in allotted.envy.swaps if swap.households == ("M01", "M04")]
    assert pair.bounds == ()
    table = swap_table(allotted.envy, names)
    assert table is not None
    assert "aucune : rien ne l'interdit" in plain(table.frame["bounds"].tolist())
    justified = sum(envy.justified for envy in allotted.envy.envies)
    assert justified > 0
    assert f"dont {justified} justifiée" in plain(envy_sentence(allotted.envy))


def test_what_a_bound_changes_is_said_in_households_or_ranks(operation: Feasibility) -> None:
    """A bound that empties building A of all Q1 but none: without it, more have a dwelling."""
    whole = allotted_of(story())
    tight = replace(whole.wishes.bounds[0], max=0)
    strict = replace(whole, wishes=replace(whole.wishes, bounds=(tight, whole.wishes.bounds[1])))
    names = group_names(story(), operation.ground.study.residents)
    found = allocate(strict.of_members, points=True, seed=1)
    free = allocate(strict.of_members.without_bounds(tight.id))
    assert free.housed > found.housed
    table = bound_changes(replace(strict, proposal=found), names)
    assert table is not None
    more = free.housed - found.housed
    assert plain(table.frame.loc[0, "change"]).startswith(f"{more} ménage")


def test_the_groups_own_allocation_stands_beside(document: Document) -> None:
    told = story()
    table = named(document, "Proposition du groupe").frame
    own = {plain(r["household"]): r["own"] for r in table.to_dict("records")}
    for name, dwelling in OWN.items():
        assert own[f"n° {told.numbers[name]}"] == dwelling
    judged = judge_allocation(allotted_of(told).of_members, OWN, points=True)
    assert judged.broken  # three of Q1 in building A
    text = words(document.sections[3])
    assert "Limite « Mixité du bâtiment A » non respectée." in text


def test_departures_and_the_waiting_list_go_by_number(document: Document) -> None:
    told = story()
    table = named(document, "Départs").frame
    assert len(table) == allotted_of(told).proposal.housed
    waiting = named(document, "Liste d'attente").frame
    assert [plain(name) for name in waiting["household"]] == [f"n° {told.numbers['M10']}"]
    tenants = {f"n° {told.numbers[name]}" for name in TENANTS}
    cells = {plain(cell) for t in document.sheets for row in t.table().rows for cell in row}
    assert not tenants & cells


def test_impossible_bounds_say_which_to_vote_again(operation: Feasibility) -> None:
    document = group_annex(operation, story(possible=False))
    said = words(document.sections[1])
    assert "Aucune allocation ne respecte la limite « limite 2 »." in said
    assert "never" not in said


def test_without_a_date_the_annex_says_so(tmp_path: Path) -> None:
    undated = operation_of(tmp_path, {**GROUP, "conserver_jusqu_au": None})
    document = group_annex(undated, story())
    assert "Conservation : à préciser." in plain(document.notice)
    assert "conserver_jusqu_au" in words(document.sections[0])
    assert "31 décembre 2028" in plain(group_annex(operation_of(tmp_path, GROUP), story()).notice)


def test_a_site_with_nothing_to_put_says_why(operation: Feasibility) -> None:
    for told in (None, replace(story(), allotted=None)):
        document = group_annex(operation, told)
        assert [section.title for section in document.sections] == TITLES[:2]


def test_the_page_can_be_read_by_everyone_and_is_the_same_twice(
    operation: Feasibility, page: str, tmp_path: Path
) -> None:
    read = Reading(page)
    assert read.all("html")[0]["lang"] == "fr"
    assert len(read.all("caption")) == len(read.all("table")) > 6
    assert all(cell.get("scope") in ("row", "col") for cell in read.all("th"))
    assert not read.all("script", "link", "iframe")
    again = write_group_annex(operation, story(), tmp_path / "a.html")
    assert again.read_text(encoding="utf-8") == page


def test_hostile_names_of_dwellings_and_bounds_stay_text(tmp_path: Path) -> None:
    limits = GROUP["attribution"]["limites"]
    changed = [{**limits[0], "libelle": HOSTILE}, limits[1]]
    hostile = {**GROUP, "attribution": {**GROUP["attribution"], "limites": changed}}
    page = write_group_annex(operation_of(tmp_path, hostile), story(), tmp_path / "a.html")
    read = Reading(page.read_text(encoding="utf-8"))
    assert not read.all("script")
    assert "<script>alert(1)</script>" in read.text


@pytest.mark.browser
def test_a_browser_finds_no_barrier(chromium: str, operation: Feasibility, tmp_path: Path) -> None:
    from axe_playwright_python.sync_playwright import Axe

    path = write_group_annex(operation, story(), tmp_path / "annexe_groupe.html")
    with browser(chromium) as opened, visit(opened, path) as seen:
        assert (seen.requests, seen.errors) == ([], [])
        assert Axe().run(seen.page).violations_count == 0
        seen.page.set_viewport_size({"width": 640, "height": 800})
        overflow = "document.documentElement.scrollWidth - window.innerWidth"
        assert seen.page.evaluate(overflow) <= 0
