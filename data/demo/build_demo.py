"""Write the files of the demonstration commune, invented from its church to its field paths.

Usage: ``python data/demo/build_demo.py [--out FOLDER]``. Same bytes at every run.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import shapely
from valserres import people, places, plan, sales, wishes
from valserres.buildings import Building, draw_buildings
from valserres.parcels import Parcel, draw_parcels
from valserres.sections import number_parcels
from valserres.shapes import chance, unparcelled
from valserres.writing import write_csv, write_geojson
from valserres.zoning import draw_flood, draw_zones

HERE = Path(__file__).resolve().parent
PLU_DATE = "20230615"
FLOOD_PLAN = "99DDT20140001"
FLOOD_RULES = {  # level: (code of the zone, name, TYPEREGLEMENT of the CNIG standard)
    "rouge": ("R", "Zone rouge : interdiction de construire (commune inventée)", "03"),
    "bleu": ("B", "Zone bleue : construction soumise à prescriptions (commune inventée)", "02"),
}


def main() -> None:
    """Write every file into the folder given on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE)
    build(parser.parse_args().out)


def build(out: Path) -> None:
    """Draw the town once and write it file by file."""
    parcels = number_parcels(draw_parcels())
    buildings = draw_buildings(parcels, unparcelled())
    _write_land(out, parcels, buildings)
    _write_places(out, parcels)
    _write_people(out)
    built_m2: dict[str, float] = {}
    for building in buildings:
        built_m2[building.idu] = built_m2.get(building.idu, 0.0) + building.shape.area
    brownfields = places.draw_brownfields(parcels, built_m2)
    write_csv(out / "friches.csv", places.BROWNFIELD_COLUMNS, brownfields)
    for year, rows in sales.draw_sales(parcels, set(built_m2)).items():
        write_csv(out / "dvf" / f"{year}.csv", sales.COLUMNS, rows)


def _write_land(out: Path, parcels: list[Parcel], buildings: list[Building]) -> None:
    title = f"{plan.COMMUNE} ({plan.INVENTED})"
    write_geojson(
        out / f"cadastre-{plan.INSEE}-parcelles.json",
        _parcel_rows(parcels),
        identified="id",
        name=title,
    )
    write_geojson(
        out / f"cadastre-{plan.INSEE}-batiments.json", _building_rows(buildings), name=title
    )
    write_geojson(out / "zone_urba.geojson", _zone_rows(parcels), name="zone_urba")
    write_geojson(
        out / "ppri_zonereglementaireurba_s.geojson", _flood_rows(), name="zonereglementaireurba_s"
    )


def _parcel_rows(parcels: list[Parcel]) -> Iterator[tuple[dict[str, object], shapely.Geometry]]:
    luck = chance("land registry")
    for parcel in parcels:
        surveyed = parcel.use in {"activite", "residence"} or luck.random() < 0.2
        error = 0.0 if surveyed else luck.gauss(0, 0.008)
        created = luck.choice(("2005-11-08", "2005-11-08", "2009-03-17", "2014-06-02"))
        known = parcel.key or luck.random() > 0.002
        yield (
            {
                "id": parcel.idu,
                "commune": plan.INSEE,
                "prefixe": "000",
                "section": parcel.section,
                "numero": str(parcel.number),
                "contenance": round(parcel.shape.area * (1 + error)) if known else None,
                "arpente": surveyed,
                "created": created,
                "updated": luck.choice((created, "2019-09-24", "2025-01-15")),
            },
            parcel.shape,
        )


def _building_rows(
    buildings: list[Building],
) -> Iterator[tuple[dict[str, object], shapely.Geometry]]:
    for building in buildings:
        yield (
            {
                "type": building.kind,
                "nom": None,
                "commune": plan.INSEE,
                "created": "2005-11-08",
                "updated": "2024-09-05",
            },
            shapely.MultiPolygon([building.shape]),
        )


def _zone_rows(parcels: list[Parcel]) -> Iterator[tuple[dict[str, object], shapely.Geometry]]:
    for zone, shape in draw_zones(parcels):
        yield (
            {
                "libelle": zone.label,
                "libelong": f"{zone.label_long} ({plan.INVENTED})",
                "typezone": zone.type,
                "destdomi": zone.destination,
                "nomfic": f"{plan.INSEE}_reglement_{PLU_DATE}.pdf",
                "urlfic": "",
                "idurba": f"{plan.INSEE}_PLU_{PLU_DATE}",
                "datvalid": PLU_DATE,
            },
            shapely.MultiPolygon([shape]),
        )


def _flood_rows() -> Iterator[tuple[dict[str, object], shapely.Geometry]]:
    for rank, (level, shape) in enumerate(draw_flood(), 1):
        code, name, kind = FLOOD_RULES[level]
        yield (
            {
                "idzonereglementaire": str(rank),
                "codeprocedure": FLOOD_PLAN,
                "codezonereglement": code,
                "libellezonereglement": name,
                "typereglement": kind,
                "obligationtravaux": None,
            },
            shape,
        )


def _write_places(out: Path, parcels: list[Parcel]) -> None:
    write_csv(out / "stops.txt", places.STOP_COLUMNS, places.draw_stops())
    write_csv(out / "annuaire-education.csv", places.SCHOOL_COLUMNS, places.draw_schools(), ";")
    write_csv(out / "bpe.csv", places.FACILITY_COLUMNS, places.draw_facilities(parcels), ";")
    write_csv(
        out / "parcelles-personnes-morales.csv",
        places.OWNER_COLUMNS,
        places.draw_owners(parcels),
        ";",
    )


def _write_people(out: Path) -> None:
    write_csv(out / "menages.csv", people.COLUMNS, people.group(), ";")
    write_csv(out / "candidats.csv", people.COLUMNS, people.candidates(), ";")
    write_csv(out / "reference.csv", people.REFERENCE_COLUMNS, people.reference(), ";")
    write_csv(out / "votes.csv", people.BALLOT_COLUMNS, people.ballots(), ";")
    everybody = [*people.group(), *people.candidates()]
    write_csv(out / "logements.csv", wishes.PLAN_COLUMNS, wishes.plan(), ";")
    write_csv(out / "voeux.csv", wishes.WISH_COLUMNS, wishes.wishes(everybody), ";")
    write_csv(out / "attribution.csv", wishes.OWN_COLUMNS, wishes.own_allocation(), ";")


if __name__ == "__main__":
    main()
