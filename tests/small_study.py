"""An invented commune of twelve parcels, written in a second: what tests of reports stand on.

Three rows of four parcels of 40 m x 45 m, roads between the rows. ``UA`` (rules read) holds the
first two rows, ``1AU`` (rules supposed) two parcels of the third, ``N`` the last two. Parcels 3
and 4 are built. Parcels 1 and 2 adjoin.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

INSEE = "99901"
ORIGIN_M = (700_000.0, 6_600_000.0)
WIDTH_M, DEPTH_M, ROAD_M = 40.0, 45.0, 12.0

HOUSEHOLDS = """\
pseudonyme;couples;adultes_seuls;ages_adultes;ages_enfants;rfr_n2;revenu_mensuel;epargne
M01;0;1;34;;11000;1200;2000
M02;0;1;68;;14500;1500;9000
M03;1;0;31|33;4;24000;2600;12000
M04;1;0;40|41;9|12;30500;3300;26000
M05;0;1;45;14;16000;1750;4000
M06;1;0;66|70;;33000;3400;60000
M07;1;0;36|35;2|6;38000;3900;31000
M08;0;1;29;;19500;2000;7000
M09;1;0;52|50;;46000;4600;85000
M10;0;1;38;7;21000;2200;5000
M11;1;0;30|29;1;34000;3500;18000
M12;0;1;74;;17800;1800;40000
M13;1;0;44|43;10|13;52000;5100;95000
M14;0;1;27;;12500;1350;1000
"""

REFERENCE = """theme,categorie,valeur,unite,millesime,source
statuts,PLAI,0.04,part,2022,recensement inventé
statuts,PLUS,0.12,part,2022,recensement inventé
statuts,PLS,0.02,part,2022,recensement inventé
statuts,PSLA,0.01,part,2022,recensement inventé
statuts,BRS,0.01,part,2022,recensement inventé
statuts,LIBRE,0.80,part,2022,recensement inventé
quartiles_revenu,Q1,15500,EUR/an/uc,2022,recensement inventé
quartiles_revenu,Q2,21500,EUR/an/uc,2022,recensement inventé
quartiles_revenu,Q3,29000,EUR/an/uc,2022,recensement inventé
"""

SALES_HEADER = (
    "id_mutation,date_mutation,numero_disposition,nature_mutation,valeur_fonciere,code_commune,"
    "id_parcelle,code_type_local,surface_reelle_bati,nombre_pieces_principales,"
    "code_nature_culture,surface_terrain,longitude,latitude"
)


def idu(rank: int) -> str:
    """Identifier of parcel 1 to 12: row by row, from the south-west."""
    return f"{INSEE}000AB{rank:04d}"


def write_small_study(
    folder: Path,
    *,
    changes: Mapping[str, Any] | None = None,
    text: str | None = None,
    group: bool = True,
) -> Path:
    """Write the commune and its study.

    Parameters
    ----------
    folder
        Where to write; made if need be.
    changes
        What differs from the study, by French keys; mappings are merged, all else replaced.
    text
        A (hostile) text put wherever a study or a layer accepts a free one.
    group
        Whether there are households and a reference of the commune.

    Returns
    -------
    path
        ``etude.yaml``, fit for ``load_study``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _write_layer(folder / "parcelles.geojson", _parcels())
    _write_layer(folder / "zonage.geojson", _zones(text or "Zone urbaine"))
    _write_layer(folder / "batiments.geojson", _buildings())
    (folder / "ventes.csv").write_text(_sales(), encoding="utf-8")
    (folder / "menages.csv").write_text(HOUSEHOLDS, encoding="utf-8")
    (folder / "reference.csv").write_text(REFERENCE, encoding="utf-8")
    study = _study(text)
    if not group:
        del study["fichiers"]["menages"], study["fichiers"]["reference"]
        study["programme"].pop("quartiles")
    path = folder / "etude.yaml"
    merged = _merged(study, changes or {})
    path.write_text(json.dumps(merged, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def impossible() -> dict[str, Any]:
    """Changes that leave no programme: far more dwellings than the site holds."""
    return {"programme": {"logements_min": 200, "logements_max": 250, "programme_impose": None}}


def _merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in changes.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(merged.get(key), Mapping):
            merged[key] = _merged(merged[key], value)
        else:
            merged[key] = value
    return merged


def _plots() -> list[shapely.Polygon]:
    x, y = ORIGIN_M
    return [
        shapely.box(
            x + column * WIDTH_M,
            y + row * (DEPTH_M + ROAD_M),
            x + (column + 1) * WIDTH_M,
            y + row * (DEPTH_M + ROAD_M) + DEPTH_M,
        )
        for row in range(3)
        for column in range(4)
    ]


def _parcels() -> gpd.GeoDataFrame:
    ids = [idu(rank) for rank in range(1, 13)]
    return gpd.GeoDataFrame(
        {
            "id": ids,
            "commune": INSEE,
            "prefixe": "000",
            "section": "AB",
            "numero": [str(rank) for rank in range(1, 13)],
            "contenance": [1800] * 11 + [1500],
        },
        geometry=_plots(),
        crs="EPSG:2154",
    )


def _zones(label_long: str) -> gpd.GeoDataFrame:
    plots = _plots()
    shapes = [
        shapely.union_all(plots[:8]).envelope.buffer(6, join_style="mitre"),
        shapely.union_all(plots[8:10]).envelope,
        shapely.union_all(plots[10:]).envelope,
    ]
    return gpd.GeoDataFrame(
        {
            "libelle": ["UA", "1AU", "N"],
            "libelong": [label_long, "Zone à urbaniser", "Zone naturelle"],
            "typezone": ["U", "AUc", "N"],
            "destdomi": ["01", "01", "08"],
        },
        geometry=shapes,
        crs="EPSG:2154",
    )


def _buildings() -> gpd.GeoDataFrame:
    shapes = [shapely.box(*plot.centroid.buffer(7).bounds) for plot in _plots()[2:4]]
    return gpd.GeoDataFrame({"type": ["01", "01"]}, geometry=shapes, crs="EPSG:2154")


def _write_layer(path: Path, table: gpd.GeoDataFrame) -> None:
    path.write_text(table.to_crs("EPSG:4326").to_json(), encoding="utf-8")


def _sales() -> str:
    rows = [SALES_HEADER]
    for rank, price in enumerate((182_000, 205_000, 164_000, 240_000), start=1):
        rows.append(
            f"2025-{rank},2025-03-{rank:02d},1,Vente,{price},{INSEE},{idu(3)},2,{55 + 4 * rank},3,"
            ",,3.0001,46.4999"
        )
    rows.append(rows[-1])  # published twice
    return "\n".join((*rows, ""))


def _rules(zone: str, *, was_read: bool, **more: Any) -> dict[str, Any]:
    return {
        "zones": [zone],
        "lues_dans_le_reglement": was_read,
        "source": f"règlement inventé de la zone {zone}",
        "hauteur_max_m": 12,
        "hauteur_etage_m": 3,
        "niveaux_max": 3,
        "part_dernier_niveau": 0.8,
        "emprise_max": 0.5,
        "recul_voie_m": 4,
        "retrait_min_m": 3,
        "pleine_terre_min": 0.2,
        "places_par_logement": 0.8,
        **more,
    }


def _line(name: str, family: str, basis: str, value: float, label: str) -> dict[str, Any]:
    return {
        "id": name,
        "libelle": label,
        "famille": family,
        "base": basis,
        "valeur_ht": value,
        "source": "hypothèse inventée",
    }


def _study(text: str | None) -> dict[str, Any]:
    return {
        "etude": "petite-commune",
        "titre": text or "Habitat participatif à Petit-Val",
        "maitre_ouvrage": text or "Coop'HLM inventée",
        "avertissement": text or "Commune inventée : aucun chiffre ne décrit un lieu réel.",
        "commune": {"insee": INSEE, "nom": text or "Petit-Val-sur-Orne"},
        "zones": {"abc": "B1", "loyers": "2", "ressources": "autres_regions"},
        "date_operation": "2026-11-22",
        "date_edition": "2026-11-22",
        "graine": 1,
        "temps_de_calcul_max_s": 30,
        "fichiers": {
            "parcelles": "parcelles.geojson",
            "zonage": "zonage.geojson",
            "batiments": "batiments.geojson",
            "ventes": ["ventes.csv"],
            "menages": "menages.csv",
            "reference": "reference.csv",
        },
        "sources": {
            "parcelles": text or "cadastre inventé (2026-07)",
            "zonage": "PLU inventé (2026-05)",
            "batiments": "bâti inventé (2026-07)",
            "ventes": "ventes inventées (2026-04)",
        },
        "foncier": {
            "surface_min_m2": 900,
            "surface_max_m2": 6000,
            "largeur_min_m": 14,
            "bati_max_m2": 1,
            "prix_terrain_ht_m2": 110,
            "source_prix": text or "hypothèse inventée",
            "maitrise": {idu(1): "public", idu(2): "prive"},
            "criteres": [
                {"id": "capacite_logements", "poids": 0.5, "pire": 4, "meilleur": 24},
                {"id": "maitrise_fonciere", "poids": 0.3, "pire": 0, "meilleur": 1},
                {"id": "surface_m2", "poids": 0.2, "pire": 900, "meilleur": 2500},
            ],
            "nombre_de_sites": 3,
            "sites_choisis": [idu(1)],
        },
        "regles_plu": [_rules("UA", was_read=True), _rules("1AU", was_read=False)],
        "programme": _programme(text),
        "couts": _costs(text),
        "exploitation": {
            "source": "hypothèses inventées",
            "vacance_impayes": 0.025,
            "gestion_par_logement": 420,
            "entretien_par_logement": 330,
            "assurance_par_logement": 75,
            "tfpb_par_logement": 345,
            "gros_entretien_taux": 0.004,
        },
        "statuts": _terms(),
        "scenarios": [
            {"nom": "travaux-plus-10", "libelle": "Travaux + 10 %", "facteur_travaux": 1.1}
        ],
    }


def _programme(text: str | None) -> dict[str, Any]:
    return {
        "typologies": [
            {"id": "T2", "shab_m2": 46, "annexes_m2": 6, "part": 0.3},
            {"id": "T3", "shab_m2": 66, "annexes_m2": 8, "part": 0.4},
            {"id": "T4", "shab_m2": 82, "annexes_m2": 10, "part": 0.3},
        ],
        "statuts": ["PLAI", "PLUS", "PSLA", "BRS", "LIBRE"],
        "espaces_partages": [
            {
                "id": "salle_commune",
                "libelle": text or "Salle commune",
                "surface_m2": 40,
                "cout_ttc": 90_000,
                "obligatoire": True,
                "valeur": 3,
            },
            {"id": "buanderie", "libelle": "Buanderie", "surface_m2": 12, "cout_ttc": 30_000},
        ],
        "logements_min": 8,
        "logements_max": 20,
        "logements_ouverts_max": 8,
        "familles": [
            {
                "id": "locatif_social",
                "libelle": text or "Locatif social",
                "statuts": ["PLAI", "PLUS"],
                "min": 0.25,
                "max": 0.6,
            }
        ],
        "parts_de_typologies": [{"id": "petits", "typologies": ["T2"], "min": 0.15}],
        "quartiles": [{"id": "Q1", "max": 0.6}],
        "mixite_visee": {
            "groupes": [
                {
                    "id": "loc",
                    "libelle": "Locatif social",
                    "statuts": ["PLAI", "PLUS"],
                    "part": 0.5,
                },
                {"id": "acc", "libelle": "Accession", "statuts": ["PSLA", "BRS"], "part": 0.4},
                {"id": "lib", "libelle": "Libre", "statuts": ["LIBRE"], "part": 0.1},
            ],
            "ecart_max": 0.4,
        },
        "fonds_propres_max": 900_000,
        "subvention_complementaire_max": 200_000,
        "subventions_max": 500_000,
        "objectifs": ["besoins_couverts", "effort", "mixite"],
        "programme_impose": {
            "logements": {"T2": {"PLAI": 2, "PLUS": 1}, "T3": {"BRS": 4}, "T4": {"LIBRE": 3}},
            "espaces": ["salle_commune"],
        },
    }


def _costs(text: str | None) -> dict[str, Any]:
    return {
        "source": text or "hypothèses inventées",
        "lignes": [
            _line("frais", "foncier", "m2_terrain", 3, text or "Frais d'acquisition"),
            _line("raccordements", "foncier", "logement", 4500, "Taxes et raccordements"),
            _line("batiment", "travaux", "m2_shab", 1800, "Bâtiment"),
            _line("vrd", "travaux", "forfait", 110_000, "Voirie et jardin"),
            _line("places", "travaux", "place", 4200, "Stationnement en surface"),
        ],
        "honoraires": [
            {"id": "moe", "libelle": "Maîtrise d'œuvre", "taux": 0.085, "source": "inventé"},
            {"id": "amo", "libelle": "Accompagnement", "taux": 0.015, "source": "inventé"},
        ],
        "aleas": 0.03,
        "revision_taux": 0.02,
        "revision_mois": 18,
        "taux_financier": 0.03,
        "portage_foncier_mois": 30,
        "duree_travaux_mois": 20,
        "tva_charges_fixes": 0.085,
    }


def _terms() -> dict[str, Any]:
    source = {"source": "hypothèse inventée"}
    return {
        "PLAI": {"subvention_par_logement": 24_000, "places_par_logement": 0.5, **source},
        "PLUS": {"subvention_par_logement": 9_000, "places_par_logement": 0.5, **source},
        "PSLA": {"prix_ttc_m2_shab": 3150, "places_par_logement": 1, **source},
        "BRS": {
            "prix_ttc_m2_shab": 2750,
            "foncier_ofs_m2_shab": 180,
            "redevance_ofs_m2_mois": 1.6,
            "subvention_par_logement": 5000,
            "places_par_logement": 1,
            **source,
        },
        "LIBRE": {"prix_ttc_m2_shab": 4150, "places_par_logement": 1.2, **source},
    }
