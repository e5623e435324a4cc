"""The study file: read with French keys, refused with every fault at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from habitat_analysis.errors import DataError
from habitat_analysis.study import Study, load_study
from habitat_analysis.study.model import Files

DEMO = Path(__file__).resolve().parents[1] / "data" / "demo" / "etude.yaml"


@pytest.fixture
def demo_text() -> str:
    return DEMO.read_text(encoding="utf-8")


def refused(tmp_path: Path, text: str | bytes) -> str:
    """Write a study, expect it refused in French, give the message."""
    path = tmp_path / "etude.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(DataError) as refusal:
        load_study(path)
    message = str(refusal.value)
    assert message.startswith("etude.yaml"), message
    assert "Traceback" not in message
    return message


def test_the_demo_study_is_read_with_english_names() -> None:
    study = load_study(DEMO)
    assert study.commune.insee == "99012"
    assert study.zones.abc == "B1"
    assert study.programme.typologies[1].shab_m2 == 66
    assert study.folder == DEMO.parent
    assert study.scenario("base").works_factor == 1
    assert study.scenario("travaux-plus-10").works_factor == 1.1


def test_an_unknown_scenario_names_those_that_exist() -> None:
    with pytest.raises(DataError, match="Scénarios connus : base, travaux-plus-10"):
        load_study(DEMO).scenario("beau-temps")


def test_all_faults_are_listed_at_once_with_their_lines(tmp_path: Path, demo_text: str) -> None:
    text = (
        demo_text.replace("aleas: 0.03", "aleas: 3")
        .replace('insee: "99012"', "insee: 99012")
        .replace("nombre_de_sites: 4", "nombre_de_sites: 4,5")
        .replace("revision_mois: 18", "revisionmois: 18")
    )
    message = refused(tmp_path, text)
    line = text.splitlines().index("  aleas: 3") + 1
    assert f"ligne {line}, « couts.aleas » : 3 n'est pas une part" in message
    assert "soit « 0.03 » dans le fichier" in message
    assert "entre guillemets" in message
    assert "Vouliez-vous « revision_mois » ?" in message
    assert "cette clé obligatoire manque" in message
    assert len(message.splitlines()) == 5


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            ("statuts: [PLAI, PLUS, PLS, PSLA", "statuts: [PLAI, PLUS, PLS, PLSA"),
            "Vouliez-vous « PSLA »",
        ),
        (("min: 0.30, max: 0.60", "min: 30, max: 0.60"), "Vouliez-vous écrire 0,3"),
        (("min: 0.30, max: 0.60", "min: 0.70, max: 0.60"), "le minimum dépasse le maximum"),
        (("part: 0.40}\n    - {id: T4", "part: 0.50}\n    - {id: T4"), "au total au lieu de 1"),
        (("pire: 1200, meilleur: 150", "pire: 150, meilleur: 150"), "deux bornes différentes"),
        (("date_operation: 2026-11-22", "date_operation: 22/11/2026"), "n'est pas une date"),
        (("lues_dans_le_reglement: oui", "lues_dans_le_reglement: peut-être"), "ni oui ni non"),
        (("graine: 20261122", "graine: .nan"), "n'est pas un nombre"),
        (("hauteur_max_m: 10", "hauteur_max_m: -10"), "hors des bornes"),
        (("hauteur_max_m: 10", "hauteur_max_m: .inf"), "n'est pas un nombre"),
        (("etude: valserres-demo", "etude: ../ailleurs"), "n'a pas la forme attendue"),
        (("abc: B1, ", ""), "les trois zones"),
        (("  LIBRE: {prix", "  AUTRE: {prix"), "n'est pas accepté"),
        (("menages: menages.csv", "menages: absent.csv"), "« absent.csv » n'existe pas"),
        (("graine: 20261122", "graine: 1\ngraine: 2"), "« graine » est écrite deux fois"),
        (("graine: 20261122", "graine: !!python/object:os.system 1"), "étiquette YAML"),
        (("graine: 20261122", "graine: &a 1\ncopie: *a"), "alias YAML"),
        (("graine: 20261122", "graine: [[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]"), "niveaux imbriqués"),
        (("graine: 20261122", "graine: {"), "pas du YAML lisible"),
        (("graine: 20261122", "graine: " + "9" * 400), "n'est pas un nombre"),
        (("graine: 20261122", "graine:"), "aucune valeur n'est donnée"),
        (("titre: Habitat", 'titre: "\\u0007Habitat"\nx: Habitat'), "caractère invisible"),
        (("niveaux_max: 3", "niveaux_max: 100000"), "hors des bornes"),
        (("hauteur_etage_m: 3", "hauteur_etage_m: 0.5"), "hors des bornes"),
        (("sdp_par_m2_brut: 0.90", "sdp_par_m2_brut: 0"), "hors des bornes"),
        (("revision_mois: 18", "revision_mois: 100000"), "hors des bornes"),
        (("logements_max: 26", "logements_max: 0"), "hors des bornes"),
        (("poids: 0.20, pire: 1200", "poids: 20, pire: 1200"), "Vouliez-vous écrire 0,2"),
        (("valeur: rouge", "valeur: violet"), "niveau de risque"),
        (("valeur: 2000", "valeur: oui"), "n'est pas un nombre"),
        (("id: chambre_amis", "id: buanderie"), "« buanderie » est donné deux fois"),
        (("id: vrd", "id: terrain"), "« terrain » est donné deux fois"),
        (("statuts: [PLAI, PLUS, PLS], min", "statuts: [PLAI, PLAI], min"), "deux fois"),
        (("[PLAI, PLUS, PLS], part", "[PLAI, LIBRE], part"), "« LIBRE » est donné deux fois"),
        (("espaces: [salle_commune", "espaces: [piscine"), "« piscine » est décidé"),
        (("T4: {BRS: 3", "T6: {BRS: 3"), "« T6 » est décidé"),
        (("nom: taux-plus-1", "nom: base"), "« base » est donné deux fois"),
        (("zones: [UX]", "zones: [UB]"), "« UB » est donné deux fois"),
        (("date_operation: 2026-11-22", "date_operation: 9999-12-31"), "années 2000 à 2100"),
        (("menages: menages.csv", "menages: " + "a" * 300), "n'existe pas"),
        (("menages: menages.csv", "menages: /vsicurl/x"), "fichier virtuel"),
        (('loyers: "2"', "loyers: 2"), "entre guillemets"),
        (("abc: B1,", "liste: absente.csv, abc: B1,"), "« absente.csv » n'existe pas"),
        (("hausse_taux: 0.01", "hausse_taux: 1"), "hors des bornes"),
        (("taux_placement: 0.015", "taux_placement: 1.5"), "Vouliez-vous écrire 0,015"),
        (("commercialisation: 0.025", "commercialisation: 0.97"), "font 1.02 ensemble"),
        (("probabilite_depart: 0.04", "probabilite_depart: 0.999"), "plus que 1"),
        (("travaux_haut: 1.08", "travaux_haut: 0.97"), "le minimum dépasse"),
        (("taux_placement: 0.015", "trajectoire_livret_a: {2028: 3}"), "livret_a.2028 »"),
        (("levee_option_mois: 36", "baisse_annuelle_prix: 0.3"), "hors des bornes"),
        (('["99012000AM0066", "99012000AM0068"]', "[]"), "la liste est vide"),
    ],
)
def test_each_fault_says_what_and_what_to_do(
    tmp_path: Path, demo_text: str, change: tuple[str, str], said: str
) -> None:
    assert change[0] in demo_text
    assert said in refused(tmp_path, demo_text.replace(*change, 1))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "vide"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"bonjour", "ne contient pas de cl"),
        (b"- un\n- deux\n", "ne contient pas de cl"),
        (b"a: 1\n" * 20_000, "au-delà de la limite"),
    ],
)
def test_a_file_that_is_no_study(tmp_path: Path, content: bytes, said: str) -> None:
    assert said in refused(tmp_path, content)


def test_alias_bomb_is_refused_before_it_grows(tmp_path: Path) -> None:
    levels = ["a0: &a0 [x, x]"] + [f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]" for i in range(1, 40)]
    assert "alias YAML" in refused(tmp_path, "\n".join(levels))


def test_the_study_is_frozen() -> None:
    study = load_study(DEMO)
    with pytest.raises(ValueError, match="frozen"):
        study.seed = 1  # type: ignore[misc]


def test_every_key_of_the_schema_is_french() -> None:
    schema = Study.model_json_schema(by_alias=True)
    assert "date_operation" in schema["properties"]
    assert "operation_date" not in schema["properties"]
    assert set(Files.model_json_schema(by_alias=True)["properties"]) >= {"parcelles", "ventes"}
