"""The command as a planner types it: French, one line per fault, the right exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import jsonschema
import pandas as pd
import pytest

from habitat_analysis.cli import status
from habitat_analysis.feasibility import Resultats
from tests.small_study import write_small_study


@dataclass(frozen=True)
class Done:
    """What a call of the command gave."""

    returncode: int
    stdout: str
    stderr: str


Typed = Callable[..., Done]


@pytest.fixture
def habitat(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Type a command in a folder, in this process."""

    def typed(*arguments: str, cwd: Path) -> Done:
        monkeypatch.chdir(cwd)
        code = status(list(arguments))
        printed = capsys.readouterr()
        return Done(returncode=code, stdout=printed.out, stderr=printed.err)

    return typed


def test_help_is_french_and_names_only_what_exists(habitat: Typed, tmp_path: Path) -> None:
    done = habitat(cwd=tmp_path)
    assert done.returncode == 0
    assert "Commandes" in done.stdout
    assert "Show this message" not in done.stdout
    for name in ("run", "check", "screen", "portfolio", "schema", "explore"):
        assert name in done.stdout
        assert "Afficher cette aide" in habitat(name, "--help", cwd=tmp_path).stdout
    assert "fetch" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run"], "Il manque « ETUDE.yaml »"),
        (["run", "x.yaml", "--rapide"], "Option inconnue : « --rapide »"),
        (["check", "x.csv"], "Il manque « --kind »"),
        (["check", "x.csv", "--kind", "menage"], "Valeurs acceptées : etude, parcelles"),
        (["construire"], "Commandes : run, check"),
        (["schema", "autre"], "Valeurs acceptées : etude, resultats"),
        (["run", "x.yaml", "--jobs", "-1"], "Valeur refusée pour « --jobs »"),
        (["run", "absente.yaml"], "introuvable"),
    ],
)
def test_a_wrong_call_is_answered_in_french_with_status_2(
    habitat: Typed, tmp_path: Path, arguments: list[str], said: str
) -> None:
    done = habitat(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_wrong_study_writes_nothing(habitat: Typed, tmp_path: Path) -> None:
    study = write_small_study(tmp_path / "etude", changes={"graine": "demain"})
    done = habitat("run", str(study), "--out", "sortie", cwd=tmp_path)
    assert done.returncode == 2
    assert "graine" in done.stderr
    assert not (tmp_path / "sortie").exists()


@pytest.mark.parametrize(
    "site", ["../../ailleurs", "99901000ZZ9999", "99901000AB0001+99901000AC0003"]
)
def test_a_site_that_is_no_parcel_is_refused(habitat: Typed, tmp_path: Path, site: str) -> None:
    study = write_small_study(tmp_path / "etude")
    done = habitat("run", str(study), "--sites", site, "--out", "sortie", cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "sortie").exists()


def test_an_unknown_scenario_is_refused_before_anything_is_written(
    habitat: Typed, tmp_path: Path
) -> None:
    study = write_small_study(tmp_path / "etude")
    done = habitat("run", str(study), "--scenario", "../x", "--out", "sortie", cwd=tmp_path)
    assert done.returncode == 2
    assert "Scénarios connus" in done.stderr
    assert not (tmp_path / "sortie").exists()


def test_check_tells_what_a_good_file_holds(habitat: Typed, tmp_path: Path) -> None:
    folder = write_small_study(tmp_path / "etude").parent
    for file, kind, said in (
        ("etude.yaml", "etude", "lisible"),
        ("parcelles.geojson", "parcelles", "12"),
        ("zonage.geojson", "zonage", "lisible"),
        ("batiments.geojson", "batiments", "lisible"),
        ("ventes.csv", "ventes", "lisible"),
        ("menages.csv", "menages", "14"),
        ("reference.csv", "reference", "lisible"),
    ):
        done = habitat("check", str(folder / file), "--kind", kind, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert said in done.stdout


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"date_operation": "2024-03-01"}, "« date_operation » : prets.csv"),
        ({"montage": {"differe_ans": 4}}, "« montage.differe_ans »"),
    ],
)
def test_check_refuses_money_that_no_site_could_use(
    habitat: Typed, tmp_path: Path, changes: dict[str, object], said: str
) -> None:
    folder = write_small_study(tmp_path / "etude", changes=changes).parent
    done = habitat("check", "etude.yaml", "--kind", "etude", cwd=folder)
    assert done.returncode == 2
    assert said in done.stderr
    assert "ligne " in done.stderr


def test_check_never_shows_an_income(habitat: Typed, tmp_path: Path) -> None:
    bad = tmp_path / "menages.csv"
    bad.write_text(
        "pseudonyme;couples;adultes_seuls;ages_enfants;rfr_n2;revenu_mensuel\n"
        "M01;0;1;;vingt-trois mille;7777,7x\n",
        encoding="utf-8",
    )
    done = habitat("check", str(bad), "--kind", "menages", cwd=tmp_path)
    assert done.returncode == 2
    assert "ligne 2" in done.stderr
    assert "vingt-trois" not in done.stderr
    assert "7777" not in done.stderr


@pytest.mark.parametrize("suffix", [".parquet", ".gpkg"])
def test_screen_writes_every_parcel_with_its_reason(
    habitat: Typed, tmp_path: Path, suffix: str
) -> None:
    study = write_small_study(tmp_path / "etude")
    out = tmp_path / f"parcelles{suffix}"
    done = habitat("screen", str(study), "--out", str(out), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "12 parcelles" in done.stdout.replace("\u00a0", " ").replace("\u202f", " ")
    table = gpd.read_parquet(out) if suffix == ".parquet" else gpd.read_file(out)
    assert len(table) == 12
    assert table.crs.to_epsg() == 2154
    aside = table[~table["kept"].astype(bool)]
    assert aside["main_reason"].str.len().gt(0).all()
    assert pd.api.types.is_string_dtype(table["idu"])


def test_screen_refuses_another_suffix(habitat: Typed, tmp_path: Path) -> None:
    study = write_small_study(tmp_path / "etude")
    done = habitat("screen", str(study), "--out", "x.shp", cwd=tmp_path)
    assert done.returncode == 2
    assert ".parquet ou .gpkg" in done.stderr


def test_the_schemas_are_json_schemas(habitat: Typed, tmp_path: Path) -> None:
    for what in ("etude", "resultats"):
        done = habitat("schema", what, cwd=tmp_path)
        assert done.returncode == 0
        jsonschema.Draft202012Validator.check_schema(json.loads(done.stdout))
    assert json.loads(done.stdout) == Resultats.model_json_schema()


def test_an_unexpected_error_leaves_its_detail_in_a_file(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from habitat_analysis import cli\n"
        "@cli.command('casse')\n"
        "def casse():\n"
        "    'Casser.'\n"
        "    raise RuntimeError('détail')\n"
        "sys.argv = ['habitat', 'casse']\n"
        "cli.main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "détail" in (tmp_path / "habitat-erreur.txt").read_text(encoding="utf-8")
