"""The site in a report: identity, rules, surroundings, capacity, and what nobody examined."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any, Final

from habitat_analysis.feasibility import Feasibility, Ground
from habitat_analysis.formats import count, typeset
from habitat_analysis.land.capacity import NOT_EXAMINED as UNSEEN
from habitat_analysis.land.territory import LABELS
from habitat_analysis.report.figures import Chart
from habitat_analysis.report.scenes import INVENTED, source_line
from habitat_analysis.report.sheets import Column, Quantity, Sheet, counted, facts_sheet, sheet
from habitat_analysis.report.static_maps import draw_site
from habitat_analysis.report.synthetic import LABEL
from habitat_analysis.study.model import resolved_zones

BINDING: Final = {
    "emprise": "emprise au sol",
    "retraits": "retraits et reculs",
    "pleine_terre": "pleine terre et stationnement",
    "densite": "densité",
    "hauteur": "hauteur",
}
OWNERS: Final = {
    "public": "publique",
    "cooperatif": "coopérative",
    "prive": "privée",
    "refus": "refus de vendre",
}
INCOME_ZONES: Final = {
    "paris_limitrophes": "Paris et communes limitrophes",
    "idf_hors_paris_limitrophes": "Île-de-France hors Paris et communes limitrophes",
    "autres_regions": "autres régions",
}
EXAMINED: Final = "examiné"
SALES: Final = LABELS["sales"]


def identity(feasibility: Feasibility) -> Sheet:
    """Identify the site: parcels, surfaces, commune, zone, price of the land."""
    study, site = feasibility.ground.study, feasibility.site
    controls = [study.land.control.get(idu) for idu in site.idus]
    known = sorted({OWNERS[control] for control in controls if control})
    return facts_sheet(
        "Site",
        "Fiche d'identité du site",
        {
            "Commune": f"{study.commune.name} ({study.commune.insee})",
            "Identifiant cadastral (IDU)": ", ".join(site.idus),
            "Surface mesurée sur le plan (retenue)": Quantity(value=site.area_m2, unit="m²"),
            "Contenance cadastrale": _area(site.contenance_m2),
            "Zone du PLU (plan local d'urbanisme)": feasibility.zone_label or "inconnue",
            "Zones A/B/C ; loyers ; ressources": _zones(feasibility),
            "Propriété": ", ".join(known) or "non examinée",
            "Prix du terrain, HT": Quantity(value=feasibility.file.land_price_eur, unit="€"),
            "Source du prix": study.land.price_source,
        },
    )


def parcels(feasibility: Feasibility) -> Sheet:
    """List the parcels of the site with their zone, surface, score and rank."""
    columns = [
        Column(name="idu", header="Parcelle (IDU)"),
        Column(name="contenance_m2", header="Contenance (m²)", kind="whole"),
        Column(name="area_m2", header="Surface du plan (m²)", kind="whole"),
        Column(name="zone_label", header="Zone"),
        Column(name="score", header="Score", kind="decimal2"),
        Column(name="rank", header="Rang", kind="whole"),
        Column(name="main_reason", header="Écartée du classement car", absent=""),
    ]
    return sheet("Parcelles", "Parcelles du site", feasibility.parcels, columns)


def zone_rules(feasibility: Feasibility) -> Sheet:
    """State the rules of the zone used for the capacity, and whether anybody read them."""
    rules = feasibility.rules
    facts: dict[str, Any] = {
        "Hauteur maximale": Quantity(value=rules.height_max_m, unit="m", decimals=1),
        "Hauteur d'un étage": Quantity(value=rules.floor_height_m, unit="m", decimals=1),
        "Nombre de niveaux": rules.levels_max,
        "Part du dernier niveau": Quantity(value=rules.attic_share, unit="%"),
        "Emprise au sol maximale": Quantity(value=rules.coverage_max, unit="%"),
        "Recul sur voie": Quantity(value=rules.road_setback_m, unit="m", decimals=1),
        "Retrait minimal": Quantity(value=rules.side_min_m, unit="m", decimals=1),
        "Retrait, en part de la hauteur": Quantity(value=rules.side_height_factor, unit="%"),
        "Pleine terre minimale": Quantity(value=rules.open_ground_min, unit="%"),
        "Places de stationnement par logement": Quantity(
            value=rules.places_per_dwelling, decimals=2
        ),
        "Part des places en surface": Quantity(value=rules.surface_place_share, unit="%"),
    }
    if rules.density_max is not None:
        facts["Densité maximale (SDP / terrain)"] = Quantity(value=rules.density_max, decimals=2)
    if rules.band_depth_m is not None:
        facts["Bande constructible"] = Quantity(value=rules.band_depth_m, unit="m", decimals=1)
    state = "lues dans le règlement" if rules.was_read else "règles supposées"
    return facts_sheet(
        "Règles",
        f"Règles de la zone {feasibility.zone_label} : {state}",
        facts,
        notes=[f"Source : {rules.source}."],
    )


def rules_sentence(feasibility: Feasibility) -> str:
    """Say whether the capacity stands on rules that somebody read."""
    if feasibility.rules.was_read:
        text = f"Les règles de la zone {feasibility.zone_label} ont été lues dans le règlement."
    else:
        text = (
            f"Capacité sous règles supposées : personne n'a lu le règlement de la zone "
            f"{feasibility.zone_label}. Toute la suite en dépend."
        )
    return typeset(text)


def capacity_options(feasibility: Feasibility) -> Sheet:
    """Compare what the site holds with each number of levels, and the rule that binds."""
    capacity = feasibility.capacity
    rows = [
        {
            "levels": option.levels,
            "height": option.height_m,
            "setback": option.side_setback_m,
            "footprint": option.buildable_footprint_m2,
            "coverage": option.coverage_m2,
            "sdp": option.sdp_m2,
            "binding": BINDING[option.binding],
            "kept": "retenu" if option.levels == capacity.levels else "",
        }
        for option in capacity.options
    ]
    columns = [
        Column(name="levels", header="Niveaux", kind="whole"),
        Column(name="height", header="Hauteur (m)", kind="decimal"),
        Column(name="setback", header="Retrait (m)", kind="decimal"),
        Column(name="footprint", header="Terrain hors retraits (m²)", kind="whole"),
        Column(name="coverage", header="Emprise (m²)", kind="whole"),
        Column(name="sdp", header="SDP (m²)", kind="whole"),
        Column(name="binding", header="Règle qui limite"),
        Column(name="kept", header="Choix", absent=""),
    ]
    return sheet("Capacité", "Capacité selon le nombre de niveaux", rows, columns)


def capacity_sentence(feasibility: Feasibility) -> str:
    """Say the capacity and the rule that limits it."""
    capacity = feasibility.capacity
    if capacity.status != "OK":
        return typeset("Les règles ne laissent aucune emprise après reculs sur ce site.")
    assumed = "" if feasibility.rules.was_read else " sous règles supposées"
    return typeset(
        f"Capacité estimée{assumed} : {count(capacity.dwellings, 'logement')} de taille moyenne "
        f"en {count(capacity.levels, 'niveau', 'niveaux')}, "
        f"{Quantity(value=capacity.sdp_m2, unit='m²')} de surface de plancher (SDP), "
        f"{Quantity(value=capacity.shab_m2, unit='m²')} de surface habitable (SHAB) et "
        f"{count(capacity.parking_places, 'place')} de stationnement. "
        f"Règle qui limite : {BINDING[capacity.binding]}."
    )


def unseen(feasibility: Feasibility) -> tuple[str, ...]:
    """List what the envelope does not say, to check before any commitment."""
    del feasibility  # the same for every site: the capacity never looks at these
    return tuple(text[0].upper() + text[1:] for text in UNSEEN)


def site_notes(feasibility: Feasibility) -> tuple[str, ...]:
    """Say how the site was measured and assembled."""
    return feasibility.site.notes


def layers(ground: Ground) -> Sheet:
    """State the layers examined, and those that were not."""
    states = ground.territory.states
    rows = [
        {
            "layer": row["layer"],
            "state": row["state"],
            **_read_and_dropped(row),
            "source": row["source"] or "",
        }
        for row in states.to_dict("records")
    ]
    columns = [
        Column(name="layer", header="Couche"),
        Column(name="state", header="État"),
        Column(name="n_rows", header="Objets lus", kind="mixed"),
        Column(name="n_dropped", header="Écartés", kind="mixed"),
        Column(name="source", header="Source et millésime"),
    ]
    return sheet("Couches", "Couches examinées", rows, columns)


def _read_and_dropped(row: Mapping[Any, Any]) -> dict[str, Quantity | None]:
    """Count what a layer holds; sales are mutations, of which only repeated lines are dropped."""
    if row["state"] != EXAMINED:
        return {"n_rows": None, "n_dropped": None}
    if row["layer"] != SALES:
        return {name: Quantity(value=row[name]) for name in ("n_rows", "n_dropped")}
    return {
        "n_rows": counted(row["n_rows"], "mutation"),
        "n_dropped": counted(row["n_dropped"], "ligne répétée", "lignes répétées"),
    }


def dropped(ground: Ground) -> Sheet | None:
    """Count all that was dropped while reading, with its reason; None when nothing was."""
    rows = ground.territory.dropped
    if rows.empty:
        return None
    gathered = (
        rows.astype({"ids": str})
        .groupby(["layer", "reason"], sort=False, as_index=False)
        .agg({"count": "sum", "ids": ", ".join})
    )
    columns = [
        Column(name="layer", header="Couche"),
        Column(name="reason", header="Motif"),
        Column(name="count", header="Nombre", kind="whole"),
        Column(name="ids", header="Exemples"),
    ]
    return sheet("Objets écartés", "Objets écartés à la lecture", gathered, columns)


def reading_notes(ground: Ground) -> tuple[str, ...]:
    """Say what was converted or assumed while reading, each sentence once."""
    return tuple(dict.fromkeys(ground.territory.notes))


def site_map(feasibility: Feasibility) -> Chart:
    """Draw the site and its surroundings."""
    ground, site = feasibility.ground, feasibility.site
    land = ground.territory
    return draw_site(
        site.geometry,
        site.road_edges,
        feasibility.capacity.buildable,
        land.parcels,
        land.zones,
        land.buildings,
        land.risks,
        land.points,
        rules_assumed=not feasibility.rules.was_read,
        sources=sources(ground),
        title=site_title(feasibility),
        notice=map_notice(ground),
    )


def site_title(feasibility: Feasibility) -> str:
    """Name the site on its map."""
    return f"Site {', '.join(feasibility.site.idus)}, {feasibility.ground.study.commune.name}"


BADGE_CHARACTERS = 60


def map_notice(ground: Ground) -> str:
    """Warn on maps when the study says that its commune is invented or has a notice."""
    notice = ground.study.notice
    if notice is None:
        return ""
    drawn = ground.synthetic is not None
    if notice.lower().startswith("commune inventée"):
        return f"{INVENTED}, {LABEL}" if drawn else INVENTED
    if drawn:
        return LABEL[0].upper() + LABEL[1:]
    return textwrap.shorten(notice.split(". ")[0].rstrip("."), BADGE_CHARACTERS, placeholder="…")


def sources(ground: Ground) -> str:
    """Write the line of sources of the layers examined."""
    states = ground.territory.states
    named = states.loc[states["state"] == EXAMINED, "source"]
    return source_line(list(named), edited_on=ground.study.edited_on)


def study_sources(ground: Ground) -> str:
    """Write the line of sources of a figure computed from the hypotheses of the study."""
    named = [f"étude « {ground.study.name} » (hypothèses)", "calcul du programme"]
    return typeset(source_line(named, edited_on=ground.study.edited_on))


def _area(m2: float | None) -> Any:
    return "non fournie" if m2 is None else Quantity(value=m2, unit="m²")


def _zones(feasibility: Feasibility) -> str:
    zones = resolved_zones(feasibility.ground.study)
    incomes = INCOME_ZONES.get(str(zones.incomes), str(zones.incomes))
    return f"{zones.abc} ; {zones.rents} ; {incomes}"
