"""The explorer: a choice gives a study, the study an answer; the panel only shows it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ipywidgets import SelectionSlider

from habitat_analysis.errors import DataError
from habitat_analysis.explorer import (
    Choice,
    Explorer,
    explore,
    first_choice,
    resolve,
    save_choice,
    vary_study,
)
from habitat_analysis.explorer.choice import CHOICE_FILE, levers, works_m2_eur
from habitat_analysis.explorer.panel import READY, WIDGET_VIEW, site_options
from habitat_analysis.feasibility import Ground, choose_sites, find_site, read_ground, study_site
from habitat_analysis.study import load_study
from tests.small_study import idu, write_small_study

RENTAL = {"PLAI", "PLUS", "PLS"}


@pytest.fixture(scope="module")
def study_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_study(tmp_path_factory.mktemp("petite"))


@pytest.fixture(scope="module")
def ground(study_file: Path) -> Ground:
    return read_ground(load_study(study_file))


SITE = (idu(5),)


def share(ground: Ground, choice: Choice, codes: set[str]) -> float:
    programme = resolve(ground, SITE, choice).programme
    assert programme is not None
    units = programme.units
    return sum(n for (_, code), n in units.items() if code in codes) / sum(units.values())


def test_the_choice_of_the_study_itself_changes_nothing(ground: Ground) -> None:
    plain = study_site(ground, SITE)
    for choice in (Choice(), first_choice(ground.study, SITE)):
        same = resolve(ground, SITE, choice)
        assert same.optimum.values == pytest.approx(plain.optimum.values)
        assert same.optimum.status == plain.optimum.status


def test_the_study_and_the_ground_are_left_as_they_were(ground: Ground) -> None:
    before = ground.study.model_dump()
    vary_study(ground.study, SITE, Choice(rental_min=0.5, land_m2_eur=1.0, works_m2_eur=900.0))
    assert ground.study.model_dump() == before


def test_a_share_asked_is_a_share_obtained(ground: Ground) -> None:
    assert share(ground, Choice(rental_min=0.5), RENTAL) >= 0.5
    assert share(ground, Choice(market_max=0.0), {"LIBRE"}) == 0


def test_a_bound_beyond_the_other_moves_it(ground: Ground) -> None:
    varied = vary_study(ground.study, SITE, Choice(rental_min=1.0, market_max=0.0))
    for family in varied.programme.families:
        low, high = family.min, family.max
        assert low is None or high is None or low <= high


def test_a_family_the_study_has_not_is_made(ground: Ground) -> None:
    programme = ground.study.programme.model_copy(update={"families": ()})
    bare = ground.study.model_copy(update={"programme": programme})
    assert first_choice(bare, SITE).rental_min == 0.0
    assert first_choice(bare, SITE).market_max == 1.0
    made = vary_study(bare, SITE, Choice(rental_min=0.4)).programme.families
    assert [(f.id, f.min) for f in made] == [("locatif_social", 0.4)]
    assert set(made[0].tenures) <= RENTAL


def test_the_levers_share_no_tenure() -> None:
    codes = [code for lever in levers() for code in lever.tenures]
    assert len(codes) == len(set(codes))
    assert levers()[0].tenures == ("PLAI", "PLUS", "PLS")
    assert levers()[1].tenures == ("PSLA", "BRS", "SCIAPP")


def test_works_scale_as_their_price_per_m2(ground: Ground) -> None:
    now = works_m2_eur(ground.study)
    varied = vary_study(ground.study, SITE, Choice(works_m2_eur=1.1 * now))
    assert works_m2_eur(varied) == pytest.approx(1.1 * now, abs=0.02)
    pairs = zip(ground.study.costs.items, varied.costs.items, strict=True)
    for old, new in pairs:
        factor = 1.1 if old.family == "travaux" else 1.0
        assert new.value_ht_eur == pytest.approx(factor * old.value_ht_eur, abs=0.01)


def test_dearer_land_and_fewer_dwellings_are_obeyed(ground: Ground) -> None:
    base = resolve(ground, SITE, Choice())
    price = first_choice(ground.study, SITE).land_m2_eur or 0.0
    dear = resolve(ground, SITE, Choice(land_m2_eur=price + 10))
    gap = dear.file.land_price_eur - base.file.land_price_eur
    assert gap == pytest.approx(10 * base.site.area_m2)
    few = resolve(ground, SITE, Choice(dwellings_max=4))
    assert few.optimum.evaluation is not None
    assert few.optimum.evaluation.dwellings <= 4


def test_a_saved_choice_is_a_study_that_gives_the_same_answer(
    ground: Ground, study_file: Path
) -> None:
    choice = Choice(rental_min=0.5, market_max=0.1, works_m2_eur=1500.0, land_m2_eur=42.0,
                    dwellings_max=8)  # fmt: skip
    path = save_choice(ground.study, study_file, SITE, choice)
    assert path == study_file.with_name(CHOICE_FILE)
    saved = load_study(path)
    assert saved.name == f"{ground.study.name}-choix"
    fresh = read_ground(saved)
    assert choose_sites(fresh) == (SITE,)
    again, live = study_site(fresh, SITE), resolve(ground, SITE, choice)
    assert again.optimum.values == pytest.approx(live.optimum.values)
    assert saved.programme == vary_study(ground.study, SITE, choice).programme


def test_saving_twice_keeps_one_name(ground: Ground, study_file: Path) -> None:
    path = save_choice(ground.study, study_file, SITE, Choice())
    second = save_choice(load_study(path), path, SITE, Choice(rental_min=0.3))
    assert load_study(second).name == f"{ground.study.name}-choix"


def test_the_list_has_every_site_once_the_best_first(ground: Ground) -> None:
    both = find_site(ground, f"{idu(1)}+{idu(2)}")
    options = site_options(ground, both)
    sites = [site for _, site in options]
    assert len(sites) == len(set(sites))
    assert {site[0] for site in sites if len(site) == 1} >= set(ground.screened.kept["idu"])
    assert both in sites
    ranked = [label for label, _ in options if label[0].isdigit() and ". " in label[:4]]
    assert [int(label.split(".")[0]) for label in ranked] == sorted(
        int(label.split(".")[0]) for label in ranked
    )
    assert any("hors classement" in label for label, site in options if site == both)


# --- the panel ------------------------------------------------------------------------------


@pytest.fixture
def panel(ground: Ground, study_file: Path) -> Explorer:
    return explore(ground, study_file, site=SITE)


def widgets_of(panel: Explorer) -> list[Any]:
    return [panel.site, panel.previous, panel.following, *panel.sliders, panel.save]


def test_every_widget_is_labelled_and_waits_for_the_end_of_a_move(panel: Explorer) -> None:
    assert all(widget.description for widget in widgets_of(panel))
    assert not [slider for slider in panel.sliders if slider.continuous_update]
    assert all(isinstance(slider, SelectionSlider) for slider in panel.sliders)
    assert "%" in panel.rental.options[3][0]


def test_a_move_solves_again_and_shows_it(panel: Explorer) -> None:
    seen: list[str] = []
    panel.state.observe(lambda change: seen.append(change["new"]), names="value")
    before = panel.result.value
    panel.rental.value = 0.5
    assert "Calcul en cours" in seen[0]
    assert READY in seen[-1]
    assert panel.choice.rental_min == 0.5
    assert panel.result.value != before
    evaluation = panel.feasibility.optimum.evaluation
    assert evaluation is not None
    rental = sum(evaluation.by_tenure.get(code, 0) for code in RENTAL)
    assert rental >= 0.5 * evaluation.dwellings


def test_another_site_brings_its_price_and_its_map(panel: Explorer) -> None:
    picture = panel.map.value
    other = next(site for _, site in panel.site.options if site != SITE)
    panel.site.value = other
    assert panel.feasibility.site.idus == tuple(sorted(other))
    assert panel.map.value != picture
    assert re.search(r'<img alt="Carte[^"]{20,}"', panel.map.value)
    price = first_choice(panel.ground.study, other).land_m2_eur
    assert panel.land.value == price


def test_buttons_walk_the_list_and_stop_at_its_ends(panel: Explorer) -> None:
    panel.site.index = 0
    panel.previous.click()
    assert panel.site.index == 0
    panel.following.click()
    assert panel.site.index == 1
    assert panel.feasibility.site.idus == tuple(sorted(panel.idus))
    panel.site.index = len(panel.site.options) - 1
    panel.following.click()
    assert panel.site.index == len(panel.site.options) - 1


def test_an_impossible_choice_says_what_would_unlock_it(panel: Explorer) -> None:
    panel.rental.value, panel.accession.value = 1.0, 0.6
    assert panel.feasibility.programme is None
    assert "infaisable" in panel.result.value
    assert "Il suffirait, seul" in panel.result.value
    assert READY in panel.state.value


def test_a_refusal_is_shown_in_words(panel: Explorer, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = panel.ground.study.rules[:1]
    bare = panel.ground.study.model_copy(update={"rules": rules})
    panel.ground = replace(panel.ground, study=bare)
    outside = next(site for label, site in panel.site.options if "1AU" in label)
    panel.site.value = outside
    assert "ne donne pas de règles" in panel.state.value
    assert panel.result.value == ""


def test_the_button_saves_next_to_the_study(panel: Explorer, study_file: Path) -> None:
    study_file.with_name(CHOICE_FILE).unlink(missing_ok=True)
    panel.dwellings.value = 6.0
    panel.save.click()
    assert CHOICE_FILE in panel.saved.value
    assert load_study(study_file.with_name(CHOICE_FILE)).programme.dwellings_max == 6


def test_a_folder_that_cannot_be_written_is_said(panel: Explorer, tmp_path: Path) -> None:
    (tmp_path / "fichier").write_text("")
    panel.study_file = tmp_path / "fichier" / "etude.yaml"
    panel.save.click()
    assert "Écriture impossible" in panel.saved.value


def test_without_a_front_end_the_same_cell_shows_the_same_words(
    ground: Ground, study_file: Path, panel: Explorer
) -> None:
    quiet = explore(ground, study_file, site=SITE, interactif=False)
    bundle = quiet._repr_mimebundle_()
    assert WIDGET_VIEW not in bundle
    live = panel._repr_mimebundle_()
    assert live[WIDGET_VIEW]["model_id"] == panel.box.model_id
    assert live["text/plain"] == bundle["text/plain"] == repr(quiet)
    assert "Ce qui limite le programme" in bundle["text/plain"]
    assert live["text/html"] == bundle["text/html"]


def test_a_study_without_site_is_refused(ground: Ground, study_file: Path) -> None:
    parcels = ground.screened.parcels.assign(kept=False)
    none = replace(ground, screened=replace(ground.screened, parcels=parcels))
    land = none.study.land.model_copy(update={"sites": ()})
    none = replace(none, study=none.study.model_copy(update={"land": land}))
    with pytest.raises(DataError, match="Aucun site à explorer"):
        explore(none, study_file)


def test_by_default_the_first_site_of_the_study_is_shown(ground: Ground, study_file: Path) -> None:
    assert explore(ground, study_file).feasibility.site.idus == choose_sites(ground)[0]
