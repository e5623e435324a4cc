"""What argues a programme in a report: every figure found again by a fresh solve or by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from habitat_analysis.errors import DataError
from habitat_analysis.feasibility import Feasibility, results_of, results_text
from habitat_analysis.feasibility.argued import Argument
from habitat_analysis.feasibility.circles import is_private_rule
from habitat_analysis.feasibility.operation import objectives
from habitat_analysis.feasibility.results_schema import Resultats
from habitat_analysis.feasibility.variants import with_dearer_land
from habitat_analysis.formats import euros
from habitat_analysis.programme.account import Scenario
from habitat_analysis.programme.certificate import Check
from habitat_analysis.programme.evaluation import evaluate
from habitat_analysis.programme.optimum import optimise
from habitat_analysis.report import sections_impossible as impossible
from habitat_analysis.report import sections_requirements as requirements
from habitat_analysis.report import sections_robust as robust
from habitat_analysis.report import sections_tradeoffs as tradeoffs
from habitat_analysis.report.argument_blocks import argument_blocks
from habitat_analysis.report.blocks import Heading
from habitat_analysis.report.document import write_page
from habitat_analysis.report.outline import outline
from habitat_analysis.report.sections_programme import certificate, certificate_sentence
from habitat_analysis.report.sheets import Sheet
from tests.report_samples import argued, argued_section, sample, sample_document


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def argument_of(operation: Feasibility) -> Argument:
    assert operation.argument is not None
    return operation.argument


# --------------------------------------------------------------------------- compromises


def test_each_compromise_is_a_programme_whose_figures_add_up() -> None:
    operation = argued()
    for rank, front in enumerate(argument_of(operation).fronts):
        table = tradeoffs.front_table(operation, rank)
        assert table is not None
        rows = table.frame.to_dict("records")
        on_front = rows[: len(front.points)]
        for row, point in zip(on_front, front.points, strict=True):
            again = evaluate(operation.file.case, point.optimum.programme)
            assert row["effort"] == pytest.approx(again.public_money_eur, abs=1)
            assert row["own"] + row["helped"] == pytest.approx(row["effort"], abs=0.01)
            assert row["dwellings"] == sum(point.optimum.programme.units.values())
            counted = [int(part.split("\u00a0")[1]) for part in row["tenures"].split(", ")]
            assert sum(counted) == row["dwellings"]
        starred = [row for row in rows if row["mark"].startswith("★")]
        kept = operation.optimum.evaluation
        assert [row["effort"] for row in starred] == [kept.public_money_eur]


def test_needs_are_counted_only_where_they_are_sought() -> None:
    first, second = (tradeoffs.front_table(argued(), rank) for rank in (0, 1))
    assert "housed" in first.frame
    assert "housed" not in second.frame
    assert "mix" in second.frame


def test_one_need_more_than_the_last_compromise_is_impossible() -> None:
    operation = argued()
    front = argument_of(operation).fronts[0]
    most = max(point.reached["housed"] for point in front.points)
    said = [plain(text) for text in tradeoffs.front_proofs(operation)]
    group = operation.ground.needs.n_households
    case = operation.file.case
    more = replace(case, rules=replace(case.rules, housed_min=int(most) + 1))
    if most < group:
        assert optimise(more, ["public_money"]).status == "infeasible"
        none = "aucun programme ne respecte toutes les limites (prouvé)"
        assert said == [f"Au-delà de {most:.0f} besoins couverts, {none}."]
    else:
        assert said == [f"Les {most:.0f} besoins du groupe peuvent tous être couverts."]


def test_each_step_says_the_difference_of_two_rows() -> None:
    for rank in (0, 1):
        efforts = list(tradeoffs.front_table(argued(), rank).frame["effort"])
        n = len(argument_of(argued()).fronts[rank].points)
        steps = tradeoffs.step_sentences(argued(), rank)
        assert len(steps) == n - 1 > 0
        for before, after, said in zip(efforts, efforts[1:], steps, strict=False):
            assert euros(after - before) in said


def test_a_front_cut_short_says_so() -> None:
    operation = argued()
    front = replace(argument_of(operation).fronts[0], status="no_solution")
    cut = replace(operation, argument=replace(argument_of(operation), fronts=(front,)))
    (said,) = tradeoffs.front_proofs(cut)
    assert said.startswith("Front incomplet")
    assert "prouvé)" not in said


def test_without_a_group_dwellings_are_opposed_to_the_effort() -> None:
    table = tradeoffs.front_table(argued("alone"))
    assert table is not None
    assert "housed" not in table.frame
    front = argument_of(argued("alone")).fronts[0]
    assert list(table.frame["dwellings"][: len(front.points)]) == [
        point.reached["dwellings"] for point in front.points
    ]
    assert "logement" in tradeoffs.step_sentences(argued("alone"))[0]


def test_three_objectives_are_drawn_without_steps() -> None:
    operation = argued()
    points = argument_of(operation).fronts[1].points
    wide = [replace(p, reached={**p.reached, "housed": float(p.optimum.evaluation.housed)})
            for p in points]  # fmt: skip
    front = replace(argument_of(operation).fronts[1], points=tuple(wide),
                    objectives=("public_money", "mix", "housed"))  # fmt: skip
    three = replace(operation, argument=replace(argument_of(operation), fronts=(front,)))
    assert len(tradeoffs.front_table(three).columns) <= 8
    figure = tradeoffs.front_figure(three)
    assert not [line for line in figure.figure.axes[0].lines if len(line.get_xdata()) > 1]


# --------------------------------------------------------------------------- requirements


def test_each_price_is_found_again_by_a_fresh_solve() -> None:
    operation = argued()
    wanted = objectives(operation.ground)[:2]
    today = optimise(operation.file.case, wanted).evaluation
    table = requirements.price_table(operation)
    assert table is not None
    prices = {p.lever.rule: p for p in argument_of(operation).prices}
    moving = [p for p in prices.values() if not is_private_rule(p.lever.rule)][: len(table.frame)]
    for price, row in zip(moving, table.frame.to_dict("records"), strict=True):
        for side, case in (("looser", price.lever.looser), ("tighter", price.lever.tighter)):
            if case is None:
                assert row[side] == "sans objet"
                continue
            moved = optimise(case, wanted).evaluation
            if moved is None:
                assert row[side] == "plus aucun programme possible"
                continue
            euro = moved.public_money_eur - today.public_money_eur
            if abs(euro) >= 0.5:
                assert euros(abs(euro)) in row[side]
            elif moved.housed == today.housed:
                assert row[side] == "rien ne change"


def test_every_requirement_is_in_the_table_or_in_the_sentence() -> None:
    operation = argued()
    public = [p for p in argument_of(operation).prices if not is_private_rule(p.lever.rule)]
    moving = len(requirements.price_table(operation).frame)
    still = plain(requirements.unmoved_sentence(operation))
    assert still.startswith(f"{len(public) - moving} exigences ne changent rien")
    assert len(requirements.price_sentences(operation)) == moving
    assert requirements.late_sentence(operation) == ""


def test_a_requirement_left_out_for_lack_of_time_is_named() -> None:
    operation = argued()
    kept = tuple(p for p in argument_of(operation).prices
                 if p.lever.rule != "parking" and not p.lever.rule.startswith("plu:"))  # fmt: skip
    late = replace(operation, argument=replace(argument_of(operation), prices=kept))
    said = requirements.late_sentence(late)
    assert "places de stationnement" in said
    assert "niveaux permis par le PLU" in said


def test_a_requirement_looked_at_closely_shows_the_programme_on_both_sides() -> None:
    operation = argued()
    table = requirements.requirement_table(operation, "familles.locatif_social.min")
    assert table is not None
    price = next(p for p in argument_of(operation).prices
                 if p.lever.rule == "share:locatif_social:min")  # fmt: skip
    rows = table.frame.set_index("what")
    for side in ("looser", "tighter"):
        found = getattr(price, side).optimum.evaluation
        assert rows.loc["Effort à réunir", side].value == found.public_money_eur
        assert rows.loc["Logements", side].value == found.dwellings
    assert [c.header.replace("\u00a0", " ") for c in table.columns][2:] == [
        "5 points de moins", "5 points de plus",
    ]  # fmt: skip


@pytest.mark.parametrize("key", ["familles.locatif_socail.min", "quartiles.Q1.min", ""])
def test_an_unknown_or_private_requirement_lists_the_known_ones(key: str) -> None:
    with pytest.raises(DataError) as caught:
        requirements.requirement_table(argued(), key)
    assert caught.value.code == "E_REQUIREMENT"
    said = plain(str(caught.value))
    assert f"Exigence « {key} » inconnue." in said
    assert "familles.locatif_social.min" in said
    assert "regles_plu.niveaux_max" in said
    assert "quartiles" not in said.replace(key, "")


def test_the_prices_of_the_relaxation_are_titled_for_what_they_are() -> None:
    table = requirements.relaxation_table(argued())
    assert table is not None
    assert "fractions" in table.caption
    assert "indicatif" in table.caption
    relaxed = argument_of(argued()).relaxation
    assert set(table.frame["price"]) <= set(relaxed.prices.values())


# --------------------------------------------------------------------------- what is withstood


def test_the_robust_table_is_evaluated_again_trial_by_trial() -> None:
    operation = argued()
    argument, table = argument_of(operation), robust.robust_table(operation)
    assert table is not None
    rows = table.frame.set_index("label")
    works = Scenario(id="travaux", cost_factor=1.10)
    for name, programme in (("kept", operation.programme), ("robust", argument.robust.programme)):
        again = evaluate(operation.file.case, programme, works)
        label = next(t.label for t in argument.tested if t.id == "travaux")
        found = {plain(k): v for k, v in rows[name].items()}[plain(label)]
        assert found == pytest.approx(again.public_money_eur)
    stress = operation.stress.set_index("label")["public_money_eur"]
    for tested in argument.tested[: len(stress)]:
        known = {plain(label): value for label, value in stress.items()}[plain(tested.label)]
        assert tested.kept.public_money_eur == pytest.approx(known)
    assert max(table.frame["robust"]) <= max(table.frame["kept"]) + 1
    assert (table.frame["worst"] == "pire cas").sum() == 1
    assert "effort" in robust.robust_sentence(operation)


def test_a_trouble_said_to_be_withstood_is_and_a_little_more_is_not() -> None:
    operation = argued()
    made = {
        "works": lambda rise: Scenario(cost_factor=1 + rise),
        "land": lambda rise: Scenario(fixed_factor=1 + rise),
        "rate": lambda rise: Scenario(rate_shift=rise),
        "dropout": lambda rise: Scenario(buyer_dropout=rise),
    }
    broken = [p for p in argument_of(operation).breaking if p.reached]
    assert broken
    for point in broken:
        for rise, holds in ((point.reached - 1e-4, True), (point.reached + 1e-4, False)):
            scenario = made[point.trouble](max(0.0, rise))
            assert evaluate(operation.file.case, operation.programme, scenario).feasible == holds
    table = robust.breaking_table(operation)
    assert len(table.frame) == 4
    assert "tient jusqu'à" in robust.breaking_sentence(operation)


def test_troubles_are_rounded_down_so_that_what_is_said_holds() -> None:
    operation = argued()
    points = tuple(
        replace(p, reached=value)
        for p, value in zip(
            argument_of(operation).breaking, (0.0249, 0.0089, 0.5, None), strict=True
        )
    )
    named = tuple(replace(p, trouble=t) for p, t in
                  zip(points, ("works", "rate", "dropout", "land"), strict=True))  # fmt: skip
    changed = replace(operation, argument=replace(argument_of(operation), breaking=named))
    cells = [plain(cell) for cell in robust.breaking_table(changed).frame["holds"]]
    assert cells == ["+ 2,4 %", "+ 0,89 point", "50 % des acheteurs", "la fin de l'essai"]
    none = replace(argument_of(operation), breaking=(replace(named[0], reached=0.0),))
    assert "aucune marge" in robust.breaking_sentence(replace(operation, argument=none))


# --------------------------------------------------------------------------- impossible


def test_an_impossible_programme_is_not_argued_but_explained() -> None:
    lost = argued("impossible")
    assert argument_blocks(lost) == ()
    assert argument_blocks(sample()) == ()
    for said in (tradeoffs.front_table, tradeoffs.front_figure, requirements.price_table):
        assert said(lost) is None
    for said in (requirements.price_figure, robust.robust_table, robust.breaking_table):
        assert said(lost) is None
    assert requirements.requirement_table(lost, "surface") is None
    published = results_of(lost, fingerprint="f", inputs={}, parameters={})
    assert published.arbitrages == published.exigences == []
    assert published.impossibilite.conflit
    assert published.impossibilite.concessions == {"dwellings:min": 178.0}
    assert impossible.concessions_sentence(lost) == ""  # the very first way out


def test_concessions_made_together_are_said_with_their_sense_and_enough() -> None:
    lost = argued("impossible")
    spent = {"surface": 12.34, "equity": 23_777.2, "share:locatif_social:min": 0.55,
             "quartile:Q1:max": 1.0, "topup": 3e-5, "mandatory:salle_commune": 1.0}  # fmt: skip
    several = replace(lost, diagnosis=replace(lost.diagnosis, concessions=spent))
    said = plain(impossible.concessions_sentence(several))
    assert "ces 5 concessions" in said
    assert "12,4 m² de plus" in said
    assert "fonds propres, 23 778 € de plus" in said
    assert "0,6 logement de moins" in said
    assert "chiffres réservés" in said
    assert "y renoncer" in said
    assert "complémentaire" not in said


def test_dearer_land_is_the_same_site_with_its_land_multiplied() -> None:
    operation = sample()
    dearer = with_dearer_land(operation, 2)
    assert dearer.file.land_price_eur == pytest.approx(2 * operation.file.land_price_eur)
    assert dearer.site.idus == operation.site.idus
    assert "2 fois son prix" in plain(dearer.scenario.label)
    assert operation.ground.study.scenarios != dearer.ground.study.scenarios
    for wrong in (0, -1, float("nan"), 1e9):
        with pytest.raises(DataError):
            with_dearer_land(operation, wrong)


# --------------------------------------------------------------------------- certificate


@pytest.mark.parametrize(
    ("sense", "value", "slack"), [("<=", 90.0, 10.0), (">=", 90.0, -10.0), ("=", 90.0, -10.0)]
)
def test_the_slack_of_a_rule(sense: str, value: float, slack: float) -> None:
    check = Check(rule="equity", value=value, sense=sense, limit=100.0, unit="eur")
    assert check.slack == slack


def test_the_certificate_gives_the_slack_of_each_rule() -> None:
    table = certificate(sample())
    for row in table.frame.to_dict("records"):
        room = row["limit"].value - row["value"].value
        wanted = -room if row["sense"] == "au moins" else room
        assert row["slack"].value == pytest.approx(wanted, abs=0.01)
    n = len(sample().optimum.evaluation.certificate)
    assert plain(certificate_sentence(sample())) == (
        f"Programme revérifié sans le solveur : {n} règles recalculées, toutes respectées."
    )


# --------------------------------------------------------------------------- who may read it


def test_nothing_on_the_incomes_of_households_is_published() -> None:
    operation = argued()
    assert any(is_private_rule(p.lever.rule) for p in argument_of(operation).prices)
    prices = {"class:C01": -9.0, "cell:T2,PLAI": 3.0, "quartile:Q1:max": 5.0, "surface": -2.0}
    relaxed = replace(argument_of(operation).relaxation, prices=prices)
    shown = requirements.relaxation_table(
        replace(operation, argument=replace(argument_of(operation), relaxation=relaxed))
    )
    assert list(shown.frame["price"]) == [-2.0]
    said = [*requirements.price_sentences(operation), requirements.unmoved_sentence(operation)]
    said += [repr(block) for block in argued_section().blocks if isinstance(block, Sheet)]
    assert not [text for text in said if "Q1" in text or "C01" in text]
    published = results_of(operation, fingerprint="f", inputs={}, parameters={})
    for part in (published.exigences, published.arbitrages, published.robustesse):
        text = repr(part)
        assert "quartile" not in text
        assert "C01" not in text


def test_the_argument_is_published_as_data() -> None:
    operation = argued()
    results = results_of(operation, fingerprint="f", inputs={}, parameters={})
    content = json.loads(results_text(results))
    assert Resultats.model_validate(content) == results
    fronts = argument_of(operation).fronts
    assert [len(front["points"]) for front in content["arbitrages"]] == [
        len(front.points) for front in fronts
    ]
    assert [front["objectifs"] for front in content["arbitrages"]] == [
        ["effort", "besoins_couverts"], ["effort", "mixite"],
    ]  # fmt: skip
    assert sum(p["retenu"] for p in content["arbitrages"][0]["points"]) == 1
    first = content["exigences"][0]
    assert first["cle"] == "familles.locatif_social.min"
    assert first["phrase"] == requirements.price_sentences(operation)[0]
    assert len(content["robustesse"]["essais"]) == len(argument_of(operation).tested)
    assert content["impossibilite"] is None
    assert all(check["marge"] is not None for check in content["controle"])
    without = results_of(sample(), fingerprint="f", inputs={}, parameters={})
    assert (without.arbitrages, without.exigences, without.robustesse) == ([], [], None)


def test_hostile_labels_are_inert_in_the_page(tmp_path: Path) -> None:
    path = tmp_path / "rapport.html"
    write_page(replace(sample_document(), sections=(argued_section("hostile"),)), path)
    text = path.read_text(encoding="utf-8")
    assert "Le prix de chaque exigence" in text
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>alert(1)" not in text


def test_the_report_argues_in_order_on_tables_that_fit_a_page() -> None:
    blocks = next(s for s in outline(argued()).sections if s.number == 9).blocks
    titles = [plain(block.text) for block in blocks if isinstance(block, Heading)]
    assert titles == [
        "Essais de résistance",
        "Ce qui casse en premier",
        "Le prix de la robustesse",
        "Arbitrage : effort à réunir et besoins couverts",
        "Arbitrage : effort à réunir et écart à la mixité visée",
        "Le prix de chaque exigence",
    ]
    tables = [block for block in blocks if isinstance(block, Sheet)]
    assert [t.name for t in tables if len(t.columns) > 8 or len(t.name) > 31] == []
    assert len({t.name for t in tables}) == len(tables)
