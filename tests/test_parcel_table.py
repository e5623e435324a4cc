"""Every parcel of a small commune described, then kept or put aside."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Polygon, box

from habitat_analysis.land.buildings import built_area, load_buildings
from habitat_analysis.land.candidates import FIELD_LABELS, FIELDS, screen_parcels, unbuilt_parcels
from habitat_analysis.land.context import risk_of_parcels
from habitat_analysis.land.parcel_table import describe_parcels, inscribed_width, unexamined_layers
from habitat_analysis.land.parcels import load_parcels
from habitat_analysis.land.reasons import AFTER_CAPACITY, PHYSICAL, reason_sentences
from habitat_analysis.land.zoning import load_zoning, zones_of_parcels
from habitat_analysis.study.land import Criterion, Exclusion, Land, PluRules, Ratios
from habitat_analysis.study.programme import Typology

REALDATA = Path(__file__).resolve().parents[2] / "shared" / "realdata"

TYPOLOGIES = tuple(
    Typology.model_validate({"id": name, "shab_m2": shab, "part": share})
    for name, shab, share in (("T2", 46, 0.3), ("T3", 66, 0.4), ("T4", 82, 0.3))
)
STUDY = {
    "surface_min_m2": 800,
    "surface_max_m2": 10_000,
    "largeur_min_m": 12,
    "prix_terrain_ht_m2": 200,
    "source_prix": "invention",
    "criteres": [
        {"id": "capacite_logements", "poids": 0.5, "pire": 0, "meilleur": 30},
        {"id": "distance_arret_m", "poids": 0.5, "pire": 1000, "meilleur": 0},
    ],
    "exclusions": [
        {
            "id": "rouge",
            "champ": "niveau_risque",
            "comparaison": "eq",
            "valeur": "rouge",
            "motif": "en zone rouge du plan de prévention",
        }
    ],
}


def plu(**changes):
    stated = {
        "zones": ["U", "AUc"],
        "lues_dans_le_reglement": False,
        "source": "règles supposées",
        "emprise_max": 0.4,
        "recul_voie_m": 4,
    }
    return PluRules.model_validate(stated | changes)


# Ten parcels apart from one another: what each one is made to show.
SHAPES = {
    "good": box(0, 0, 40, 40),
    "small": box(100, 0, 120, 30),
    "large": box(200, 0, 400, 200),
    "field": box(500, 0, 540, 40),
    "built": box(600, 0, 640, 40),
    "shops": box(700, 0, 740, 40),
    "strip": box(800, 0, 808, 150),
    "flooded": box(900, 0, 940, 40),
    "away": box(1000, 0, 1040, 40),
    "two": box(1100, 0, 1140, 40).union(box(1150, 0, 1190, 40)),
}
NAMES = list(SHAPES)
IDU = {name: f"99012000AB{rank:04d}" for rank, name in enumerate(NAMES, start=1)}


def commune():
    geometry = gpd.GeoSeries(list(SHAPES.values()), crs="EPSG:2154").translate(420_000, 6_415_000)
    return gpd.GeoDataFrame(
        {"idu": list(IDU.values()), "contenance_m2": np.nan, "area_m2": geometry.area},
        geometry=geometry,
    )


def zones():
    labels = {"field": ("A", "A", "A", "07"), "shops": ("UX", "U", "U", "02")}
    rows = [
        (IDU[name], *labels.get(name, ("UC", "U", "U", "01"))) for name in NAMES if name != "away"
    ]
    return pd.DataFrame(
        rows, columns=["idu", "zone_label", "zone_type", "zone_family", "destination"]
    )


def study(**changes):
    return Land.model_validate(STUDY | changes)


def layers():
    """Built area, distances and risks of each parcel."""
    everywhere = pd.Series(0.0, index=list(IDU.values()))
    built, levels = everywhere.copy(), everywhere.map(lambda _: "aucun")
    built[IDU["built"]], levels[IDU["flooded"]] = 120.0, "rouge"
    return {
        "built": built,
        "distances": {"transit_m": everywhere + 300.0},
        "risks": pd.DataFrame({"risk_level": levels, "flood_share": everywhere}),
    }


def describe(land=None, rules=(), **changes):
    given = {"zones_of": zones()} | layers() | changes
    return describe_parcels(
        commune(),
        given.pop("zones_of"),
        rules or (plu(),),
        land or study(),
        ratios=Ratios(),
        typologies=TYPOLOGIES,
        shared_area_m2=60.0,
        **given,
    )


def reason_of(screened, name):
    return screened.parcels.set_index("idu").loc[IDU[name], "reason_id"]


def test_each_parcel_is_put_aside_for_what_it_was_made_to_show():
    screened = screen_parcels(describe(), study())
    assert {name: reason_of(screened, name) for name in NAMES} == {
        "good": "",
        "small": "surface_insuffisante",
        "large": "surface_excessive",
        "field": "famille_de_zone",
        "built": "batie",
        "shops": "autre_destination",
        "strip": "trop_etroite",
        "flooded": "exclusion:rouge",
        "away": "hors_zonage",
        "two": "contour",
    }


def test_kept_and_excluded_are_all_the_parcels_each_once():
    screened = screen_parcels(describe(), study())
    both = [*screened.kept["idu"], *screened.excluded["idu"]]
    assert sorted(both) == sorted(IDU.values())
    assert screened.counts["n_main"].sum() == len(screened.excluded) == 9
    assert (screened.excluded["main_reason"] != "").all()


def test_other_reasons_are_listed_after_the_main_one():
    land = study(surface_min_m2=2_000)
    screened = screen_parcels(describe(land), land)
    row = screened.excluded.set_index("idu").loc[IDU["shops"]]
    assert row["reason_id"] == "surface_insuffisante"
    assert row["other_reasons"] == "zone d'une autre destination que l'habitat"
    counts = screened.counts.set_index("reason_id")
    assert counts.loc["autre_destination", ["n_main", "n_any"]].tolist() == [0, 2]


def test_the_order_of_precedence_is_the_documented_one():
    screened = screen_parcels(describe(), study())
    assert screened.counts["reason_id"].tolist() == [*PHYSICAL, *AFTER_CAPACITY, "exclusion:rouge"]


def test_the_capacity_is_computed_only_where_the_parcel_may_be_built():
    table = describe().set_index("idu")
    tried = table.index[table["capacity_status"] != ""]
    assert set(tried) == {IDU["good"], IDU["flooded"], IDU["two"]}
    assert np.isnan(table.loc[IDU["small"], "capacity_dwellings"])
    # 1 600 m² x 0.4 = 640 m², 3 levels x 0.9: 1 728 m² SDP; setbacks leave 32 x 32 (isolated)
    good = table.loc[IDU["good"]]
    assert good["sdp_m2"] <= 0.9 * 3 * 640 + 1e-6
    assert good["land_price_m2_sdp"] == pytest.approx(200 * 1600 / good["sdp_m2"])
    assert good["road_m"] == pytest.approx(160)


def test_a_price_typed_for_a_parcel_prevails():
    land = study(prix_par_parcelle_ht_m2={IDU["good"]: 50})
    cheap, usual = describe(land), describe()
    ratio = cheap["land_price_m2_sdp"] / usual["land_price_m2_sdp"]
    assert ratio.dropna().tolist() == pytest.approx([0.25, 1.0])


def test_owners_are_scored_and_unknown_ones_are_missing():
    control = {IDU["good"]: "public", IDU["small"]: "cooperatif", IDU["large"]: "refus"}
    scores = describe(study(maitrise=control))["owner_score"].tolist()
    assert scores[:3] == [1.0, 0.7, 0.0]
    assert np.isnan(scores[3:]).all()


def test_absent_layers_are_missing_never_zero_and_named():
    table = describe(built=None, distances=None, risks=None)
    assert table[["built_m2", "transit_m", "risk_level", "flood_share"]].isna().all(axis=None)
    assert unexamined_layers(table) == (
        "bâti",
        "arrêts de transport",
        "écoles",
        "commerces",
        "plans de prévention des risques",
        "risques d'inondation",
        "maîtrise foncière",
    )
    screened = screen_parcels(table, study())
    assert reason_of(screened, "built") == reason_of(screened, "flooded") == ""
    kept = screened.kept.set_index("idu")
    assert kept.loc[IDU["good"], "missing"] == "distance à l'arrêt, niveau de risque"


def test_the_layers_are_taken_as_the_loaders_give_them():
    parcels = commune()
    red = gpd.GeoDataFrame(
        {"risk_id": ["1"], "kind": ["inondation"], "level": ["rouge"], "label": ["PPRI"]},
        geometry=parcels.geometry[parcels["idu"] == IDU["flooded"]].to_list(),
        crs="EPSG:2154",
    )
    screened = screen_parcels(describe(risks=risk_of_parcels(parcels, red)), study())
    assert reason_of(screened, "flooded") == "exclusion:rouge"
    levels = screened.parcels.set_index("idu")["risk_level"]
    assert levels[IDU["good"]] == "aucun"
    assert screened.kept["flood_share"].tolist() == [0.0]


def test_without_zoning_no_rule_applies_and_nothing_is_out_of_the_zones():
    screened = screen_parcels(describe(zones_of=None), study())
    assert screened.kept.empty
    assert screened.sweep.empty
    assert "hors_zonage" not in set(screened.excluded["reason_id"])
    assert reason_of(screened, "good") == "sans_regle"
    assert screened.unexamined[0] == "zonage du PLU"


def test_a_parcel_the_loader_found_in_no_zone_is_out_of_the_plan():
    nowhere = {"idu": IDU["away"]} | dict.fromkeys(zones().columns[1:], "")
    every = pd.concat([zones(), pd.DataFrame([nowhere])])
    screened = screen_parcels(describe(zones_of=every), study())
    assert reason_of(screened, "away") == "hors_zonage"


def test_a_zone_without_rules_puts_its_parcels_aside():
    screened = screen_parcels(describe(rules=[plu(zones=["AUc"])]), study())
    assert reason_of(screened, "good") == "sans_regle"


def test_rules_that_leave_nothing_or_less_than_a_dwelling():
    nothing = screen_parcels(describe(rules=[plu(recul_voie_m=30)]), study())
    assert reason_of(nothing, "good") == "non_constructible"
    little = screen_parcels(describe(rules=[plu(emprise_max=0.02)]), study())
    assert reason_of(little, "good") == "sans_logement"


def test_several_candidates_are_ranked_the_best_first():
    land = study(exclusions=[])
    near = pd.Series(900.0, index=list(IDU.values()))
    near[IDU["flooded"]] = 100.0
    screened = screen_parcels(describe(land, distances={"transit_m": near}), land)
    assert screened.kept["idu"].tolist() == [IDU["flooded"], IDU["good"]]
    assert screened.kept["rank"].tolist() == [1, 2]
    best = screened.kept.iloc[0]
    terms = best["term_capacity_dwellings"] + best["term_transit_m"]
    assert best["score"] == pytest.approx(terms)
    assert set(screened.sweep["first_site"]) == {IDU["flooded"]}
    # the terms of a parcel put aside are there too
    aside = screened.parcels.set_index("idu").loc[IDU["field"]]
    assert aside["term_transit_m"] == pytest.approx(0.05)


def test_unbuilt_parcels_of_the_studied_zones_are_a_statistic_before_any_choice():
    names = {IDU[name] for name in ("good", "shops", "strip", "flooded", "two")}
    assert set(unbuilt_parcels(describe(), study())["idu"]) == names


def test_an_exclusion_named_as_one_of_ours_hides_nothing():
    land = study(
        exclusions=[STUDY["exclusions"][0] | {"id": "batie", "motif": "zone rouge de crue"}]
    )
    screened = screen_parcels(describe(land), land)
    assert reason_of(screened, "built") == "batie"
    assert reason_of(screened, "flooded") == "exclusion:batie"


def test_every_field_of_the_study_has_a_column_and_a_french_name():
    asked = {*Criterion.model_fields["id"].annotation.__args__}
    asked |= {*Exclusion.model_fields["field"].annotation.__args__}
    assert asked == set(FIELDS)
    assert set(FIELDS.values()) == set(FIELD_LABELS)
    assert set(FIELDS.values()) <= set(describe())


def test_sentences_are_in_french_typography():
    sentences = reason_sentences(study())
    assert sentences["surface_insuffisante"] == "surface inférieure à 800\u00a0m²"
    assert sentences["surface_excessive"] == "surface supérieure à 10\u202f000\u00a0m²"
    assert sentences["trop_etroite"].endswith("(moins de 12\u00a0m)")


@pytest.mark.parametrize(
    ("shape", "width"),
    [
        (box(0, 0, 100, 8), 8.0),
        (Polygon([(0, 0), (40, 0), (0, 40)]), 2 * (40 - 20 * 2**0.5)),
        (box(0, 0, 40, 40).difference(box(4, 4, 40, 40)), 2 * 4 / (1 + 0.5**0.5) * 1.0),
    ],
    ids=["strip", "triangle", "thin L"],
)
def test_the_width_is_the_largest_circle_inside(shape, width):
    assert inscribed_width([shape])[0] == pytest.approx(width, rel=0.02)


def test_the_parcels_and_layers_are_left_as_given():
    parcels, layer = commune(), zones()
    before = (parcels.copy(), layer.copy())
    describe_parcels(
        parcels,
        layer,
        [plu()],
        study(),
        ratios=Ratios(),
        typologies=TYPOLOGIES,
        shared_area_m2=60.0,
    )
    assert parcels.equals(before[0])
    assert layer.equals(before[1])


# ------------------------------------------------------------------------------ real land


@pytest.fixture(scope="module")
def latresne():
    """Table of the parcels of Latresne, from the loaders, with rules supposed for the test."""
    folder = REALDATA / "33234_latresne"
    if not folder.is_dir():
        pytest.skip("données réelles absentes (../shared/realdata)")
    parcels = load_parcels(folder / "cadastre-33234-parcelles.json").table
    return describe_parcels(
        parcels,
        zones_of_parcels(parcels, load_zoning(folder / "zone_urba.geojson").table),
        [plu(pleine_terre_min=0.3)],
        study(),
        ratios=Ratios(),
        typologies=TYPOLOGIES,
        shared_area_m2=60.0,
        built=built_area(parcels, load_buildings(folder / "batiments.geojson").table),
    )


@pytest.mark.realdata
def test_the_unbuilt_parcels_of_latresne_are_those_of_its_readme(latresne):
    unbuilt = unbuilt_parcels(latresne, study())
    assert len(unbuilt) == 229
    assert round(unbuilt["area_m2"].sum()) == 386_397


@pytest.mark.realdata
def test_latresne_is_screened_without_losing_a_parcel(latresne):
    screened = screen_parcels(latresne, study())
    counts = screened.counts.set_index("reason_id")["n_main"]
    assert len(screened.kept) + len(screened.excluded) == 4_344
    assert counts["famille_de_zone"] == 1_370  # 307 in A, 1 050 in N, 13 in Nh
    assert counts["autre_destination"] == 14  # unbuilt, 800 to 10 000 m², in UX and UE
    assert len(screened.kept) == 229 - 14 - counts["trop_etroite"]
    aside = screened.parcels.query("reason_id == 'autre_destination'")
    assert set(aside["zone_label"]) == {"UX", "UE"}
    assert not screened.kept["rules_were_read"].any()
    assert screened.unexamined == (
        "arrêts de transport",
        "écoles",
        "commerces",
        "plans de prévention des risques",
        "risques d'inondation",
        "maîtrise foncière",
    )
