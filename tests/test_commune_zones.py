"""The zones of a commune, from lists in each known form."""

import gzip
from pathlib import Path

import pytest

from habitat_analysis.commune_zones import CommuneZones, zones_from_list
from habitat_analysis.errors import DataError

SHARED = Path(__file__).resolve().parents[2] / "shared"
NATIONAL = SHARED / "realdata" / "national"
FULL = (
    "code_insee,commune,departement,region,zone_abc_2025,zone_abc_2024,zone_123,zone_ressources\n"
    "05023,Briançon,05,93,A,B1,3,autres_regions\n"
    "35238,Rennes,35,53,A,A,2,autres_regions\n"
    "75056,Paris,75,11,Abis,Abis,1bis,paris_limitrophes\n"
    "55138,Culey,55,44,,C,,autres_regions\n"
)
MINISTRY = (
    "CODGEO;REG;DEP;LIBGEO;Zone en vigueur depuis le 5 juillet 2024;Reclassement juillet 2024\r\n"
    "01004;84;01;Ambérieu-en-Bugey;B1;Non\r\n"
    "75056;11;75;Paris;A bis;Non\r\n"
)


def written(tmp_path: Path, text: str, name: str = "zones.csv") -> Path:
    path = tmp_path / name
    content = text.encode("utf-8")
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


def refused(path: Path, insee: str, code: str) -> str:
    with pytest.raises(DataError) as error:
        zones_from_list(path, insee)
    assert error.value.code == code
    return str(error.value)


@pytest.mark.parametrize("name", ["zones.csv", "zones.csv.gz"])
def test_list_with_the_three_zones(tmp_path, name):
    path = written(tmp_path, FULL, name)
    assert zones_from_list(path, "05023") == ("A", "3", "autres_regions")
    assert zones_from_list(path, "75056") == ("Abis", "1bis", "paris_limitrophes")


def test_zones_the_list_does_not_say_are_none(tmp_path):
    path = written(tmp_path, FULL)
    assert zones_from_list(path, "55138") == CommuneZones(None, None, "autres_regions")


def test_list_of_the_ministry(tmp_path):
    path = written(tmp_path, "\ufeff" + MINISTRY)
    assert zones_from_list(path, "01004") == ("B1", None, None)
    assert zones_from_list(path, "75056").abc == "Abis"


def test_list_of_zones_1_2_3(tmp_path):
    path = written(tmp_path, "CODGEO,LIBCOM_2014,REG,DEP,Zonage\n75056,Paris,11,75,1bis\n")
    assert zones_from_list(path, "75056") == (None, "1bis", None)


@pytest.mark.parametrize(
    ("insee", "city"), [("75111", "75056"), ("69383", "69123"), ("13208", "13055")]
)
def test_city_district_is_sent_to_its_city(tmp_path, insee, city):
    message = refused(written(tmp_path, FULL), insee, "E_ZONE_COMMUNE")
    assert f"commune {insee} absente" in message
    assert message.endswith(f"donnez le code de la ville entière, {city}.")


def test_commune_not_found(tmp_path):
    message = refused(written(tmp_path, FULL), "99001", "E_ZONE_COMMUNE")
    assert "75056, 69123 ou 13055" in message
    assert "saisissez les zones dans l'étude" in message
    lost = written(tmp_path, FULL.replace("05023", "5023"), "perdu.csv")
    assert "zéro initial" in refused(lost, "05023", "E_ZONE_COMMUNE")


def test_bad_lists(tmp_path):
    assert "colonnes non reconnues" in refused(
        written(tmp_path, "a,b\n1,2\n"), "75056", "E_ZONE_LIST"
    )
    unknown = written(tmp_path, FULL.replace(",A,B1,3", ",D,B1,3"))
    assert "ligne 2 : zone inconnue « d »" in refused(unknown, "05023", "E_ZONE_LIST")
    twice = written(tmp_path, FULL + "35238,Rennes,35,53,B1,A,2,autres_regions\n")
    assert "lignes 3 et 6 : zones différentes" in refused(twice, "35238", "E_ZONE_LIST")
    same = written(tmp_path, FULL + "35238,Rennes,35,53,A,A,2,autres_regions\n")
    assert zones_from_list(same, "35238").abc == "A"


def test_files_that_are_not_lists(tmp_path):
    refused(tmp_path / "absent.csv", "75056", "E_FILE")
    refused(written(tmp_path, ""), "75056", "E_FILE")
    cut = written(tmp_path, FULL * 50, "coupe.csv.gz")
    cut.write_bytes(cut.read_bytes()[:-20])
    refused(cut, "75056", "E_ARCHIVE")
    bomb = written(tmp_path, "code_insee,zone_123\n" + "0" * 150_000_000, "bombe.csv.gz")
    refused(bomb, "75056", "E_ARCHIVE")


@pytest.mark.realdata
@pytest.mark.skipif(not NATIONAL.exists(), reason="données réelles absentes (../shared/realdata)")
def test_real_lists():
    ministry = NATIONAL / "zonage-abc-juillet-2024.csv"
    assert zones_from_list(ministry, "35238") == ("A", None, None)
    assert zones_from_list(ministry, "05023") == ("B1", None, None)  # before September 2025
    assert zones_from_list(NATIONAL / "zonage-123-20110914.csv", "35238") == (None, "2", None)
    lead = SHARED / "facts" / "zonage_abc_communes.csv.gz"
    assert zones_from_list(lead, "05023") == ("A", "3", "autres_regions")
    assert zones_from_list(lead, "33234")[2] == "autres_regions"
    refused(lead, "69381", "E_ZONE_COMMUNE")
