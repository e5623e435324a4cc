"""The mix of a group: by hand, against references, and what the public circle may read of it."""

import json
from dataclasses import replace

import pytest

from habitat_analysis.feasibility.group_mix import (
    PublicMix,
    group_mix,
    group_mix_of,
    public_mix,
)
from habitat_analysis.feasibility.results import results_of, results_text
from habitat_analysis.households.reference import read_reference
from habitat_analysis.report.sections_group import HIDDEN
from habitat_analysis.report.sections_group_mix import (
    group_mix_sentence,
    household_sizes_table,
    mix_table_of,
)
from tests.report_samples import sample, sample_ground

HEADER = "theme;categorie;valeur;unite;millesime;source"
BANDS = ("moins de 35 ans", "35 à 59 ans", "60 ans et plus")


def traits_with(trait, counts):
    values = [value for value, n in counts.items() for _ in range(n)]
    return {f"M{rank:02}": {trait: value} for rank, value in enumerate(values)}


@pytest.fixture
def reference(tmp_path):
    def read(*lines):
        path = tmp_path / "reference.csv"
        rows = [f"{line};ménages;2022;inventée" for line in lines]
        path.write_text("\n".join((HEADER, *rows, "")), encoding="utf-8")
        return read_reference(path)

    return read


def test_the_quartiles_of_the_worked_example():
    mix = group_mix(traits_with("quartile", {"Q1": 7, "Q2": 6, "Q3": 6, "Q4": 5}), None)
    (theme,) = mix.themes
    assert mix.n_households == 24
    assert theme.evenness == pytest.approx(0.9444444444)
    assert theme.indicators.dissimilarity == pytest.approx(1 / 24)
    assert public_mix(mix) == (
        PublicMix(theme="quartile", withheld=False, entropy=1.0, commune_gap=0.05, evenness=0.95),
    )


def test_a_group_like_its_commune_is_at_zero_and_one_unlike_it_at_one(reference):
    commune = reference("familles;personne_seule;40", "familles;autre;60")
    like = group_mix(traits_with("famille", {"personne_seule": 8, "autre": 12}), commune)
    assert like.themes[0].indicators.dissimilarity == pytest.approx(0)
    unlike = group_mix(traits_with("famille", {"couple_sans_enfant": 20}), commune)
    assert unlike.themes[0].indicators.dissimilarity == pytest.approx(1)
    assert unlike.themes[0].basin_gap is None


def test_sizes_are_gathered_where_every_list_ends(reference):
    known = reference(
        *("tailles_menages;1;50", "tailles_menages;2;30", "tailles_menages;6+;20"),
        *("tailles_menages_bassin;1;10", "tailles_menages_bassin;2;10"),
        "tailles_menages_bassin;4+;20",
    )
    (theme,) = group_mix(traits_with("taille", {"1": 3, "4": 4, "7": 5}), known).themes
    assert theme.counts == {"1": 3, "2": 0, "3": 0, "4+": 9}
    assert theme.commune == {"1": 50, "2": 30, "3": 0, "4+": 20}
    assert theme.basin == {"1": 10, "2": 10, "3": 0, "4+": 20}
    # |3/12 - .5| + .3 + 0 + |9/12 - .2|, halved
    assert theme.indicators.dissimilarity == pytest.approx(0.5 * (0.25 + 0.3 + 0.55))
    assert theme.basin_gap == pytest.approx(0.5 * (0 + 0.25 + 0.25))
    # Cut elsewhere than the table of the group: nothing is told.
    assert public_mix(
        group_mix(traits_with("taille", {"1": 9, "2": 8, "4": 9, "7": 8}), known)
    ) == (PublicMix(theme="taille", withheld=True),)


def test_ages_are_compared_only_by_the_bands_of_the_study(reference):
    ages = {"moins de 35 ans": 6, "35 à 59 ans": 9, "60 ans et plus": 5}
    same = reference(*(f"ages_personne_reference;{band};10" for band in BANDS))
    other = reference("ages_personne_reference;moins de 40 ans;10")
    traits = traits_with("age", ages)
    found = group_mix(traits, same, age_bands=BANDS).themes[0]
    assert found.indicators.dissimilarity == pytest.approx(9 / 20 - 1 / 3)
    alone = group_mix(traits, other, age_bands=BANDS).themes[0]
    assert alone.indicators.dissimilarity is None
    assert alone.indicators.entropy > 0.9


def test_the_group_retained_is_measured_like_the_group():
    traits = traits_with("quartile", {"Q1": 12, "Q2": 12, "Q3": 12, "Q4": 12})
    first = [name for name, own in traits.items() if own["quartile"] in ("Q1", "Q2")]
    retained = group_mix(traits, None, members=first)
    assert retained.n_households == 24
    assert retained.themes[0].evenness == pytest.approx(1 / 3)
    assert str(mix_table_of(retained).frame["evenness"][0]) == "0,35"


@pytest.mark.parametrize(
    "counts", [{"Q1": 4, "Q2": 3, "Q3": 3}, {"Q1": 27, "Q2": 1}, {"Q3": 28}, {"Q1": 26, "Q4": 2}]
)
def test_small_cells_are_told_to_nobody(counts):
    mix = group_mix(traits_with("quartile", counts), None)
    assert public_mix(mix) == (PublicMix(theme="quartile", withheld=True),)
    table = mix_table_of(mix).frame
    for column in ("entropy", "evenness", "commune", "basin"):
        assert list(table[column]) == [HIDDEN]


def test_living_alone_told_by_sizes_is_known_of_family_types():
    """Twelve alone are told by the table of sizes; the five couples are then a subtraction."""
    families = {"personne_seule": 12, "couple_avec_enfants": 13, "couple_sans_enfant": 5}
    apart = traits_with("famille", families)
    (told,) = public_mix(group_mix(apart, None))
    assert not told.withheld
    sizes = {"personne_seule": "1", "couple_avec_enfants": "3", "couple_sans_enfant": "3"}
    both = {name: own | {"taille": sizes[own["famille"]]} for name, own in apart.items()}
    told = {one.theme: one for one in public_mix(group_mix(both, None))}
    assert told["famille"].withheld
    assert not told["taille"].withheld


def test_the_small_study_has_its_own_traits():
    mix = group_mix_of(sample_ground())
    counts = {theme.theme: dict(theme.counts) for theme in mix.themes}
    assert sum(counts["famille"].values()) == sum(counts["taille"].values()) == 14
    # by hand, from the file: M01 M02 M08 M12 M14 alone; M05 M10 with a child
    assert counts["taille"]["1"] == counts["famille"]["personne_seule"] == 5
    assert counts["famille"]["famille_monoparentale"] == 2
    assert counts["famille"]["couple_avec_enfants"] == 5
    assert counts["age"] == {"moins de 35 ans": 5, "35 à 59 ans": 6, "60 ans et plus": 3}
    assert group_mix_of(sample_ground("alone")) is None
    assert group_mix_sentence(sample_ground("alone")) == ""
    assert household_sizes_table(sample_ground()) is None  # the reference says nothing of sizes


def test_a_group_of_ten_is_a_sentence_without_a_figure():
    ground = sample_ground()
    few = replace(ground.needs.group, table=ground.needs.group.table.head(10))
    small = replace(ground, needs=replace(ground.needs, group=few))
    said = group_mix_sentence(small)
    assert "non communiquée sous 11" in said.replace("\u00a0", " ")


def test_the_results_publish_figures_and_no_cell():
    results = results_of(sample(), fingerprint="f", inputs={}, parameters={})
    block = json.loads(results_text(results))["mixite"]
    assert [one["theme"] for one in block["groupe"]] == ["quartile", "taille", "famille", "age"]
    allowed = {"theme", "non_communique", "entropie", "ecart_commune", "ecart_bassin"}
    for one in block["groupe"]:
        assert set(one) == allowed | {"mixite_de_revenus"}
        for name in ("entropie", "ecart_commune", "ecart_bassin", "mixite_de_revenus"):
            steps = None if one[name] is None else one[name] / 0.05
            assert steps is None or steps == pytest.approx(round(steps))
    without = results_of(sample("impossible"), fingerprint="f", inputs={}, parameters={})
    assert without.mixite.programme is None
    assert without.mixite.groupe == results.mixite.groupe
