"""The mix in a report: worked figures through the sections, entre-soi said plainly, buildings."""

import json
from dataclasses import replace
from functools import cache

import pandas as pd
import pytest

from habitat_analysis.errors import UsageError
from habitat_analysis.feasibility.mix import mix_report
from habitat_analysis.feasibility.results import results_of, results_text
from habitat_analysis.feasibility.results_mix import mix_results
from habitat_analysis.households.reference import Reference
from habitat_analysis.programme.case import Programme
from habitat_analysis.report import sections_building_mix as inside
from habitat_analysis.report import sections_mix as mix
from habitat_analysis.report.charts_mix import building_mix_chart, compared_mix_chart
from tests.building_samples import built
from tests.chart_checks import assert_readable, words
from tests.report_samples import sample, sample_document

WORKED = {"PLAI": 5, "PLUS": 8, "PSLA": 5, "BRS": 6}
COMMUNE = {"PLAI": 9, "PLUS": 17, "PSLA": 4, "BRS": 1, "LIBRE": 69}
BASIN = {"PLUS": 1, "LIBRE": 1}
SILENT = (
    *(mix.separation_sentence, mix.social_sentence, mix.mix_targets, mix.mix_by_tenure),
    *(mix.mix_indicators, mix.mix_figure, inside.building_indicators),
    *(inside.rental_separation_sentence, inside.building_mix_figure),
)


def plain(text):
    return str(text).replace("\u00a0", " ").replace("\u202f", " ")


def known(commune, basin):
    rows = [
        (theme, code, float(n), "logements", 2024, "inventé")
        for theme, counts in (("statuts", commune), ("statuts_bassin", basin))
        for code, n in counts.items()
    ]
    columns = ["theme", "category", "value", "unit", "vintage", "source"]
    return Reference(table=pd.DataFrame(rows, columns=columns), notes=(), file="reference.csv")


def with_mix(counts, commune=None, basin=None, by_building=None):
    """Study the sample with another programme and another reference."""
    found = sample()
    needs = replace(found.ground.needs, reference=known(commune or {}, basin or {}))
    ground = replace(found.ground, needs=needs)
    programme = Programme(
        units={("T3", code): n for code, n in counts.items()},
        by_building={
            name: {("T3", code): n for code, n in units.items()}
            for name, units in (by_building or {}).items()
        },
    )
    return replace(found, ground=ground, mix=mix_report(ground, programme))


@cache
def worked():
    return with_mix(WORKED, COMMUNE, BASIN)


def test_the_worked_example_through_the_report():
    said = plain(mix.separation_sentence(worked()))
    assert said.startswith(
        "Entre-soi : 69 logements sur 100 devraient changer de statut pour que le programme "
        "ressemble à la commune (environ 17 des 24 du programme), 67 pour qu'il ressemble au bassin"
    )
    assert "celui" not in said
    assert "est LIBRE : 0,0 % du programme, 69,0 % dans la commune" in said
    assert "Un seul nombre ne dit jamais la mixité" in said
    table = mix.mix_indicators(worked()).frame.set_index("what")
    assert [plain(cell) for cell in table["programme"]] == [
        *("0,66", "0,74", "0,85", "69,0 %", "66,7 %", "54,2 %", "100,0 %")
    ]  # the list has eight tenures here: entropy 0.8490 x ln 5 / ln 8, Simpson 0.7396 x 8/7
    assert [plain(cell) for cell in table["basin"]][-2:] == ["50,0 %", "50,0 %"]
    groups = mix.mix_targets(worked()).frame.set_index("label")
    assert groups.loc["Libre", ["share", "commune", "basin"]].tolist() == [0, 0.69, 0.5]
    tenures = mix.mix_by_tenure(worked()).frame.set_index("tenure")
    assert tenures.loc["BRS"].tolist() == [6, 0.25, 0.01, 0.0]


def test_the_social_share_is_said_both_ways_with_the_dated_conditions():
    said = plain(mix.social_sentence(worked()))
    assert "13 sur 24 (54,2 %) en locatif (PLAI, PLUS et PLS)" in said
    assert "24 sur 24 (100,0 %) avec l'accession sociale (PSLA, BRS et SCIAPP)" in said
    assert "contrat signé depuis le 24/11/2018, jusqu'à 5 ans après la levée d'option" in said
    assert "le BRS pendant la durée de son bail, depuis le 01/01/2019" in said
    assert "SCIAPP tant que" not in said  # none in this programme
    assert set(worked().mix.conditions) == {"PSLA", "BRS"}
    kept = {(fact.table, fact.line) for fact in sample().facts}
    assert {(fact.table, fact.line) for fact in sample().mix.conditions.values()} <= kept


def test_the_same_mix_is_at_zero_and_another_at_one():
    alike = with_mix({"PLUS": 3, "LIBRE": 9}, {"PLUS": 100, "LIBRE": 300}, {"PSLA": 10})
    assert alike.mix.indicators.dissimilarity == pytest.approx(0)
    assert alike.mix.basin_gap == pytest.approx(1)
    said = plain(mix.separation_sentence(alike))
    assert "0 logement sur 100 devrait changer" in said
    assert "s'en écarte le plus" not in said
    assert "100 pour qu'il ressemble au bassin" in said


def test_a_basin_alone_is_enough_and_nothing_is_said_not_measured():
    alone = with_mix(WORKED, None, BASIN)
    said = plain(mix.separation_sentence(alone))
    assert "ressemble au bassin" in said
    assert "dans le bassin" in said
    assert mix.mix_indicators(alone).frame["commune"].iloc[0] == "n. d."
    unknown = with_mix(WORKED)
    assert "non mesuré" in mix.separation_sentence(unknown)
    assert len(mix.mix_indicators(unknown).frame) == 6
    assert [column.name for column in mix.mix_indicators(unknown).columns][-2] == "commune"


def test_without_a_target_every_tenure_is_in_one_of_three_groups():
    found = worked()
    target = found.ground.study.programme.model_copy(update={"mix_target": None})
    study = found.ground.study.model_copy(update={"programme": target})
    ground = replace(found.ground, study=study)
    units = Programme(units={("T3", code): n for code, n in WORKED.items()})
    bare = replace(found, ground=ground, mix=mix_report(ground, units))
    assert mix.mix_targets(bare) is None
    assert bare.mix.groups["share"].sum() == pytest.approx(1)
    assert bare.mix.groups["n"].tolist() == [13, 11, 0]
    assert "cible" not in words(mix.mix_figure(bare))


@pytest.mark.parametrize("say", SILENT, ids=lambda say: say.__name__)
def test_without_a_programme_nothing_is_said(say):
    assert not say(sample("impossible"))


def test_a_site_as_a_whole_has_no_building():
    assert inside.building_indicators(sample()) is inside.building_mix_figure(sample()) is None
    assert inside.rental_separation_sentence(sample()) == ""


def test_buildings_of_the_worked_example():
    """Theil of [[4, 5, 1], [1, 3, 10]] and Duncan of [[4, 6], [1, 13]]: 0.5 (|.8-.3158| x 2)."""
    one, other = {"PLUS": 4, "PSLA": 5, "LIBRE": 1}, {"PLUS": 1, "PSLA": 3, "LIBRE": 10}
    whole = {code: one[code] + other[code] for code in one}
    found = built()
    case = found.file.case
    ids = [building.id for building in case.buildings]
    there = replace(
        with_mix(whole, by_building=dict(zip(ids, (one, other), strict=True))), file=found.file
    )
    assert there.mix.theil_h == pytest.approx(0.2044570525)
    assert there.mix.inside.duncan == pytest.approx(4 / 5 - 6 / 19)
    table = inside.building_indicators(there).frame.set_index("building")
    assert table["n"].tolist() == [10, 14, 24]
    assert [plain(cell) for cell in table["rental"]] == ["40,0 %", "7,1 %", "20,8 %"]
    # 10 dwellings: |.4 - 5/24| + |.5 - 8/24| + |.1 - 11/24|, halved
    assert plain(table["gap"].iloc[0]) == "35,8 %"
    assert plain(table["gap"].iloc[-1]) == "s. o."
    said = plain(inside.rental_separation_sentence(there))
    assert "48 logements locatifs sur 100 à changer de bâtiment" in said
    assert "40 % dans « Bâtiment sur rue » et 7 % dans « Bâtiment sur jardin »" in said
    chart = inside.building_mix_figure(there)
    assert "PSLA 5" in words(chart)
    assert "Bâtiment sur jardin : PLUS 7 %, PSLA 21 % et LIBRE 71 %." in plain(chart.alt)


def test_an_empty_building_and_a_missing_group_are_said():
    found = built()
    ids = [building.id for building in found.file.case.buildings]
    units = dict(zip(ids, ({"PSLA": 6}, {}), strict=True))
    there = replace(with_mix({"PSLA": 6}, by_building=units), file=found.file)
    row = inside.building_indicators(there).frame.iloc[1]
    assert [str(row[name]) for name in ("n", "entropy", "gap", "rental")] == [
        *("0", "s. o.", "s. o.", "s. o.")
    ]
    assert "absent du programme" in inside.rental_separation_sentence(there)
    assert inside.building_mix_figure(there).png()


def test_the_results_publish_the_mix():
    block = mix_results(worked())
    assert block.programme.ecart_commune == pytest.approx(0.69)
    assert block.programme.locatif_social == pytest.approx(13 / 24, abs=1e-6)
    assert block.programme.locatif_et_accession_sociale == 1
    assert block.bassin.locatif_social == 0.5
    assert [one.cible for one in block.groupes_de_statuts][:3] == [0.5, 0.4, 0.1]
    assert mix_results(with_mix(WORKED)).commune is None
    content = json.loads(
        results_text(results_of(built(), fingerprint="f", inputs={}, parameters={}))
    )
    assert set(content["mixite"]["batiments"]) == {"A", "B"}
    assert content["mixite"]["duncan_locatif"] == pytest.approx(built().mix.inside.duncan, abs=1e-6)


def test_section_six_has_the_sentence_first_and_the_group_last():
    chapter = next(one for one in sample_document().sections if one.number == 6)
    assert chapter.blocks[0].text.startswith("Entre-soi")
    titles = [block.text for block in chapter.blocks if type(block).__name__ == "Heading"]
    assert titles == ["Le groupe, la commune et le bassin"]  # one building: no other heading


SHARES = pd.DataFrame(
    [
        ("Locatif social", "Programme", "PLAI", 0.2),
        ("Locatif social", "Programme", "PLUS", 0.25),
        ("Locatif social", "Commune", "PLUS", 0.17),
        ("Libre", "Programme", "LIBRE", 0.55),
        ("Libre", "Commune", "LIBRE", 0.83),
    ],
    columns=["group", "place", "tenure", "share"],
)
COUNTS = pd.DataFrame({"A": [3, 1], "B": [0, 0], "Programme": [3, 1]}, index=["PLUS", "LIBRE"])


def test_charts_are_readable_and_tell_the_finding():
    assert_readable(
        lambda: compared_mix_chart(SHARES, {"Libre": 0.5}, sources="Source inventée"),
        sources="Source inventée",
    )
    chart = compared_mix_chart(SHARES, {"Libre": 0.5})
    assert plain(chart.alt) == (
        "Locatif social : programme 45,0 % et commune 17,0 %. "
        "Libre : programme 55,0 % (cible 50,0 %) et commune 83,0 %."
    )
    assert {"PLAI", "PLUS", "LIBRE", "cible"} <= set(words(chart))
    assert_readable(
        lambda: building_mix_chart(COUNTS, sources="Source inventée"), sources="Source inventée"
    )
    assert "B" not in words(building_mix_chart(COUNTS))  # an empty building has no bar


@pytest.mark.parametrize(
    "draw",
    [lambda: compared_mix_chart(SHARES.head(0), {}), lambda: building_mix_chart(COUNTS[["B"]])],
)
def test_nothing_to_draw_is_refused(draw):
    with pytest.raises(UsageError, match="Nothing to draw"):
        draw()
