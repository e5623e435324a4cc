"""What the maps show: layers, legends, warnings, lightness."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from habitat_analysis.errors import UsageError
from habitat_analysis.report.scene_layers import lighten, zone_layer
from habitat_analysis.report.scenes import Scene, candidates_scene, site_scene
from tests import map_samples


def candidates(**changes: object) -> Scene:
    arguments, options = map_samples.candidates()
    return candidates_scene(*arguments, **(options | changes))


def site(**changes: object) -> Scene:
    arguments, options = map_samples.site()
    return site_scene(*arguments, **(options | changes))


def legend(scene: Scene) -> dict[str, list[str]]:
    return {heading: [symbol.label for symbol in rows] for heading, rows in scene.legend}


def test_layers_come_from_bottom_to_top() -> None:
    keys = [layer.key for layer in candidates().layers]
    assert keys == ["zones", "parcels", "selected", "risks", "points"]
    keys = [layer.key for layer in site().layers]
    assert keys[:3] == ["zones", "parcels", "buildings"]
    assert keys[3:] == ["selected", "buildable", "roads", "risks", "points"]


def test_legend_counts_the_sites_and_orders_the_zones() -> None:
    read = legend(candidates())
    assert read["Score des sites"] == [
        "0,71 à 0,81 (1\u00a0site)",
        "0,61 à 0,71 (1\u00a0site)",
        "0,51 à 0,61 (1\u00a0site)",
        "0,41 à 0,51 (1\u00a0site)",
        "0,31 à 0,41 (1\u00a0site)",
        "score non disponible (1\u00a0site)",
    ]
    starts = [label.split(" ")[0] for label in read["Zonage du PLU"]]
    assert starts == ["U", "AUc", "AUs", "A", "N", "X"]
    assert read["Équipements"][0] == "arrêt de transport"


def test_legend_lists_only_what_the_view_shows() -> None:
    arguments, options = map_samples.site()
    far = map_samples.zones()
    far.loc[5, "geometry"] = map_samples.square(5, 1)
    scene = site_scene(*arguments[:4], far, *arguments[5:], **options)
    assert len(legend(scene)["Zonage du PLU"]) == 5
    assert len(scene.layers[0].shapes) == 6  # still there for who moves the map


def test_warnings() -> None:
    assert candidates().notices == ("Commune inventée", "Règles supposées")
    assert candidates(notice="", rules_assumed=False).notices == ()


def test_sites_can_be_reached_by_the_keyboard() -> None:
    shapes = {shape.name: shape for shape in candidates().layers[1].shapes}
    assert [name for name, shape in shapes.items() if not shape.focusable] == ["99012000AB0005"]
    assert dict(shapes["99012000AB0004"].facts) == {
        "Parcelle": "99012000AB0004",
        "Surface": "1\u202f600\u00a0m²",
        "Zone": "UB",
        "Score": "0,81",
        "Rang": "1",
        "Propriétaire": "public",
    }


def test_inputs_are_left_as_they_were() -> None:
    arguments, options = map_samples.candidates()
    before = [frame.copy() for frame in arguments]
    candidates_scene(*arguments, **options)
    for frame, copy in zip(arguments, before, strict=True):
        assert frame.equals(copy)


def test_degrees_are_projected() -> None:
    arguments, options = map_samples.candidates()
    in_degrees = candidates_scene(arguments[0].to_crs(4326), arguments[1], **options)
    assert in_degrees.view == pytest.approx(candidates().view, abs=0.01)


def test_an_empty_map_is_refused() -> None:
    arguments, options = map_samples.candidates()
    with pytest.raises(UsageError, match="at least one parcel"):
        candidates_scene(arguments[0].head(0), arguments[1], **options)


def test_missing_layers_and_geometry() -> None:
    plot = map_samples.square(0, 0)
    empty = shapely.Polygon()
    scene = site_scene(plot, None, empty, *[None] * 5, rules_assumed=False, sources="s", title="t")
    assert [layer.key for layer in scene.layers] == ["selected"]


def test_zones_are_cut_and_small_ones_carry_no_code() -> None:
    view = (map_samples.X, map_samples.Y, map_samples.X + 100, map_samples.Y + 100)
    zones = map_samples.zones()
    zones.loc[0, "geometry"] = map_samples.square(0, 0, 3)
    layer = zone_layer(zones, view)
    assert "U1" not in [text.text for text in layer.texts]
    assert len(layer.texts) == 3


def test_light_shapes_stay_close() -> None:
    circle = shapely.Point(0, 0).buffer(100, quad_segs=20_000)
    series = gpd.GeoSeries([circle], crs="EPSG:2154")
    (light,) = lighten(series, most=1000)
    assert shapely.get_num_coordinates(light) <= 1000
    assert light.symmetric_difference(circle).area / circle.area < 0.02
    assert lighten(series, most=10**6)[0].equals(circle)
