"""What people walk to: stops, schools, shops and services, and who owns the public land."""

from __future__ import annotations

from shapely.geometry import Point

from valserres import plan
from valserres.addresses import address_of
from valserres.parcels import Parcel
from valserres.shapes import chance
from valserres.writing import degrees, lambert

Row = dict[str, object]
_SQUARE = Point(0, 0)


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


STOP_COLUMNS = ("stop_id", "stop_code", "stop_name", "stop_desc", "stop_lat", "stop_lon", "zone_id",
                "stop_url", "location_type", "parent_station", "wheelchair_boarding")  # fmt: skip
STOPS = (  # (id, name, metres east, metres north, location type, station)
    ("VSL:HALTE", "Valserres-sur-Lisse (halte, commune inventée)", 606, 625, 1, ""),
    ("VSL:HALTE:1", "Valserres-sur-Lisse voie 1", 596, 636, 0, "VSL:HALTE"),
    ("VSL:HALTE:2", "Valserres-sur-Lisse voie 2", 604, 644, 0, "VSL:HALTE"),
    ("VSL:01", "Gare", 588, 584, 0, ""), ("VSL:02", "Place de l'Église", 34, 24, 0, ""),
    ("VSL:03", "Mail", -34, 178, 0, ""), ("VSL:04", "Pont", -22, -228, 0, ""),
    ("VSL:05", "Écoles", -110, 361, 0, ""), ("VSL:06", "Les Vignes", 24, 540, 0, ""),
    ("VSL:07", "Saint-Jacques", -27, -384, 0, ""), ("VSL:08", "Les Tilleuls", -505, 31, 0, ""),
    ("VSL:09", "Prés Longs", 1070, 129, 0, ""), ("VSL:10", "Sainte-Aubaine", 480, 90, 0, ""),
    ("VSL:11", "Les Ormeaux", -1146, 62, 0, ""),
)  # fmt: skip

SCHOOL_COLUMNS = _names(
    "Identifiant_de_l_etablissement Nom_etablissement Type_etablissement Statut_public_prive "
    "Adresse_1 Adresse_2 Adresse_3 Code_postal Code_commune Nom_commune Code_departement "
    "Code_academie Code_region Ecole_maternelle Ecole_elementaire Voie_generale "
    "Voie_technologique Voie_professionnelle Telephone Fax Web Mail Restauration Hebergement "
    "ULIS Apprentissage Segpa Section_arts Section_cinema Section_theatre Section_sport "
    "Section_internationale Section_europeenne Lycee_Agricole Lycee_militaire "
    "Lycee_des_metiers Post_BAC Appartenance_Education_Prioritaire GRETA SIREN_SIRET "
    "Nombre_d_eleves Fiche_onisep position Type_contrat_prive Libelle_departement "
    "Libelle_academie Libelle_region coordX_origine coordY_origine epsg_origine "
    "nom_circonscription latitude longitude precision_localisation date_ouverture "
    "date_maj_ligne etat ministere_tutelle multi_uai rpi_concentre rpi_disperse code_nature "
    "libelle_nature Code_type_contrat_prive PIAL etablissement_mere "
    "type_rattachement_etablissement_mere code_circonscription "
    "code_zone_animation_pedagogique libelle_zone_animation_pedagogique code_bassin_formation "
    "libelle_bassin_formation"
)
SCHOOLS = (  # (id, name, type, status, pupils, nature, metres east and north or None)
    ("0990001A", "École maternelle de la Foire (commune inventée)", "Ecole", "Public", 96,
     ("101", "ECOLE MATERNELLE"), (-118, 340)),
    ("0990002B", "École élémentaire de la Foire (commune inventée)", "Ecole", "Public", 187,
     ("151", "ECOLE DE NIVEAU ELEMENTAIRE"), (-72, 318)),
    ("0990003C", "Collège de la Lisse (commune inventée)", "Collège", "Public", 342,
     ("340", "COLLEGE"), (-95, 405)),
    ("0990004D", "École primaire privée du Chapitre (commune inventée)", "Ecole", "Privé", 121,
     ("151", "ECOLE DE NIVEAU ELEMENTAIRE"), (60, 62)),
    ("0990005E", "Service de scolarité à distance (commune inventée)", "Service Administratif",
     "Public", None, ("809", "SERVICE ADMINISTRATIF"), None),
)  # fmt: skip

# The columns of the file of geolocated facilities (ensemble, edition 2021)
FACILITY_COLUMNS = _names(
    "AAV2020 AN BV2012 DEP DEPCOM DOM EPCI DCIRIS LAMBERT_X LAMBERT_Y QP QUALI_IRIS QUALI_QP "
    "QUALI_QVA QUALI_ZFU QUALI_ZUS QUALITE_XY QVA REG SDOM TYPEQU UU2020 ZFU ZUS"
)
FACILITIES = (  # (code of the facility, ground, how many)
    ("B203", "centre", 3), ("B204", "centre", 2), ("B202", "centre", 1), ("B201", "faubourg", 1),
    ("B105", "activite", 1), ("B302", "centre", 2), ("B306", "activite", 2), ("B309", "centre", 1),
    ("A203", "centre", 2), ("A206", "centre", 1), ("A501", "centre", 4), ("A504", "centre", 6),
    ("A301", "faubourg", 2), ("A401", "pavillon", 5), ("A402", "faubourg", 3),
    ("D201", "centre", 3), ("D221", "faubourg", 1), ("D232", "centre", 4), ("D233", "centre", 2),
    ("D301", "centre", 2), ("D401", "faubourg", 1), ("D502", "pavillon", 1),
    ("B316", "activite", 1), ("F113", "terrain", 1),
)  # fmt: skip
FACILITIES_OF_PLACES = (("C101", "ecole"), ("C104", "ecole"), ("C201", "college"), ("E109", "gare"))

BROWNFIELD_COLUMNS = _names(
    "site_id site_nom site_type site_adresse site_identif_date site_actu_date site_url "
    "site_ademe_url site_securite site_occupation site_statut site_projet_url "
    "site_reconv_annee site_reconv_type activite_libelle activite_code activite_fin_annee "
    "comm_nom comm_insee bati_type bati_nombre bati_surface bati_pollution bati_vacance "
    "bati_patrimoine bati_etat local_ancien_annee local_recent_annee proprio_type "
    "proprio_personne proprio_nom sol_pollution_annee sol_pollution_existe "
    "sol_pollution_origine sol_pollution_commentaire sol_depollution_fiche "
    "unite_fonciere_surface unite_fonciere_refcad urba_zone_type urba_zone_lib "
    "urba_zone_formdomi urba_zaer urba_doc_type desserte_distance desserte_commentaire "
    "source_nom source_url source_producteur source_contact geompoint geomsurf"
)

OWNER_COLUMNS = tuple(
    f"{name} ({group})"
    for group, names in (
        ("Champ géographique",
         ("Département", "Code Direction", "Code Commune", "Nom de la Commune")),
        ("Références cadastrales", ("Préfixe", "Section", "N° plan", "Contenance")),
        ("Adresse de la parcelle", ("N° de voirie", "Code voie rivoli", "Nom voie")),
        ("Propriétaire(s) parcelle",
         ("Code droit", "N° MAJIC", "N° SIREN", "Groupe personne", "Forme juridique abrégée",
          "Dénomination")),
    )
    for name in names
)  # fmt: skip
OWNERS = {  # (group of legal persons, short form, name): nothing here is a person
    "commune": ("4", "COM", "COMMUNE DE VALSERRES-SUR-LISSE (INVENTÉE)"),
    "departement": ("3", "DEPT", "DEPARTEMENT INVENTE 99"),
    "sncf": ("5", "SA", "GESTIONNAIRE FERROVIAIRE INVENTE"),
    "scierie": ("0", "SARL", "ANCIENNE SCIERIE DE LA LISSE (INVENTÉE)"),
}


def draw_stops() -> list[Row]:
    """Return the stops of the invented network, as GTFS writes them."""
    rows = []
    for code, name, x, y, kind, station in STOPS:
        lon, lat = degrees(x, y, decimals=6)
        rows.append({"stop_id": code, "stop_name": name, "stop_lat": f"{lat:.6f}",
                     "stop_lon": f"{lon:.6f}", "location_type": kind, "parent_station": station,
                     "stop_code": code.split(":")[1]})  # fmt: skip
    return rows


def draw_schools() -> list[Row]:
    """Return the schools, one of them without coordinates."""
    return [_school(*school) for school in SCHOOLS]


def _school(
    code: str,
    name: str,
    kind: str,
    status: str,
    pupils: int | None,
    nature: tuple[str, str],
    where: tuple[int, int] | None,
) -> Row:
    row: Row = {
        "Identifiant_de_l_etablissement": code, "Nom_etablissement": name,
        "Type_etablissement": kind, "Statut_public_prive": status, "Code_postal": plan.POSTCODE,
        "Code_commune": plan.INSEE, "Nom_commune": plan.COMMUNE, "Code_departement": "099",
        "Ecole_maternelle": int(nature[0] == "101"), "Ecole_elementaire": int(nature[0] == "151"),
        "Libelle_departement": "Département inventé", "etat": "OUVERT", "code_nature": nature[0],
        "libelle_nature": nature[1], "multi_uai": 0, "date_maj_ligne": plan.VINTAGE,
        "Nombre_d_eleves": "" if pupils is None else pupils,
    }  # fmt: skip
    if where is None:
        return row
    (x, y), (lon, lat) = lambert(*where), degrees(*where, decimals=6)
    return row | {
        "coordX_origine": f"{x:.1f}", "coordY_origine": f"{y:.1f}", "epsg_origine": "EPSG:2154",
        "latitude": f"{lat:.6f}", "longitude": f"{lon:.6f}", "position": f"{lat:.6f},{lon:.6f}",
        "precision_localisation": "Numéro de rue",
    }  # fmt: skip


def draw_facilities(parcels: list[Parcel]) -> list[Row]:
    """Return the shops, health and public services, one of them not located."""
    luck, found = chance("facilities"), []
    for code, use, count in FACILITIES:
        near = [p for p in parcels if p.use == use and p.shape.centroid.distance(_SQUARE) < 560]
        pool = near or [p for p in parcels if p.use == use]
        found += [(code, parcel) for parcel in luck.sample(pool, count)]
    by_key = {parcel.key: parcel for parcel in parcels}
    found += [(code, by_key[key]) for code, key in FACILITIES_OF_PLACES]
    rows = [_facility(code, parcel) for code, parcel in found]
    return [*rows, {**rows[0], "LAMBERT_X": "", "LAMBERT_Y": "", "QUALITE_XY": "_U"}]


def _facility(code: str, parcel: Parcel) -> Row:
    here = parcel.shape.representative_point()
    x, y = lambert(here.x, here.y)
    return {
        "AN": "2021", "DEP": "99", "DEPCOM": plan.INSEE, "DCIRIS": f"{plan.INSEE}0000",
        "DOM": code[0], "SDOM": code[:2], "TYPEQU": code, "LAMBERT_X": f"{x:.1f}",
        "LAMBERT_Y": f"{y:.1f}", "QUALITE_XY": "Bonne", "QP": "CSZ", "REG": "99",
    }  # fmt: skip


def draw_brownfields(parcels: list[Parcel], built_m2: dict[str, float]) -> list[Row]:
    """Return the one brownfield of the commune, the sawmill closed in 2008 (CNIG standard)."""
    site = next(parcel for parcel in parcels if parcel.key == "scierie")
    here, address = site.shape.representative_point(), address_of(site)
    lon, lat = degrees(here.x, here.y, decimals=6)
    row: Row = {
        "site_id": f"{plan.INSEE}_1", "site_nom": "Ancienne scierie (commune inventée)",
        "site_type": "friche industrielle", "site_adresse": f"{address.number} {address.street}",
        "site_identif_date": "2019-05-14", "site_actu_date": "2026-03-02",
        "site_occupation": "inoccupé", "site_statut": "friche sans projet",
        "activite_libelle": "Sciage et rabotage du bois", "activite_code": "C16.10A",
        "activite_fin_annee": 2008, "comm_nom": plan.COMMUNE, "comm_insee": plan.INSEE,
        "bati_type": "hangar", "bati_nombre": 4, "bati_surface": round(built_m2[site.idu]),
        "bati_pollution": "inconnu", "bati_vacance": "vacant", "bati_etat": "dégradation forte",
        "proprio_personne": "personne morale", "sol_pollution_existe": "pollution supposée",
        "sol_pollution_origine": "pollution due au fonctionnement de l'installation",
        "unite_fonciere_surface": round(site.shape.area), "unite_fonciere_refcad": site.idu,
        "urba_zone_type": "U", "urba_zone_lib": "UB", "urba_doc_type": "PLU",
        "source_nom": "Démonstration (commune inventée)", "geompoint": f"POINT({lon} {lat})",
    }  # fmt: skip
    return [row]


def draw_owners(parcels: list[Parcel]) -> list[Row]:
    """Return the parcels that belong to legal persons: commune, departement, railway, sawmill."""
    named = {place.key: place.owner for place in plan.PLACES if place.owner}
    rows = []
    for parcel in parcels:
        owner = "sncf" if parcel.use == "voie_ferree" else named.get(parcel.key, "")
        if owner or parcel.key == "scierie":
            rows.append(_owned(parcel, *OWNERS[owner or "scierie"]))
    return rows


def _owned(parcel: Parcel, group: str, form: str, name: str) -> Row:
    address = address_of(parcel)
    values = (
        "99", "0", plan.INSEE[2:], plan.COMMUNE.upper(), "", parcel.section, str(parcel.number),
        str(round(parcel.shape.area)), address.number, address.code, address.street, "P", "", "",
        group, form, name,
    )  # fmt: skip
    return dict(zip(OWNER_COLUMNS, values, strict=True))
