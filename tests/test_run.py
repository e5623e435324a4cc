"""`run.py`: what it says on an incomplete machine, and what it would run."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tools import advice, commands, environment, verification
from tools.console import Stop

BLOCKER = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {blocked!r}:
            raise ModuleNotFoundError("No module named " + name, name=name)

sys.meta_path.insert(0, Absent())
"""
SYSTEMS = ("sudo apt install", "sudo dnf install", "brew install", "winget install")


@pytest.fixture(scope="session")
def run(project: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("run", project / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def copy(project: Path, tmp_path: Path) -> Path:
    """Copy what `run.py` needs, so that the project's own environment is out of reach."""
    folder = tmp_path / "projet"
    folder.mkdir()
    for name in ("run.py", "pyproject.toml", "requirements.lock"):
        shutil.copy(project / name, folder)
    shutil.copytree(project / "tools", folder / "tools", ignore=shutil.ignore_patterns("__pyc*"))
    return folder


def stripped_python(folder: Path, *blocked: str) -> Path:
    """Make a real Python that lacks some modules of the standard library."""
    command = [sys.executable, "-m", "venv", "--without-pip", str(folder)]
    subprocess.run(command, check=True)
    site = next(folder.glob("[lL]ib/**/site-packages"))
    (site / "sitecustomize.py").write_text(BLOCKER.format(blocked=blocked), encoding="utf-8")
    return Path(commands.venv_python(folder))


def launch(python: Path, folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run `run.py` where no uv is on the path."""
    return subprocess.run(
        [str(python), "run.py", *arguments],
        cwd=folder,
        env={"PATH": str(folder), "HOME": str(folder), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("command", ["setup", "demo", "check", "lab"])
@pytest.mark.parametrize("module", ["ensurepip", "venv"])
def test_an_incomplete_python_is_told_what_to_install(
    copy: Path, tmp_path: Path, command: str, module: str
) -> None:
    python = stripped_python(tmp_path / "python", module)
    done = launch(python, copy, command)
    assert done.returncode == 1
    assert f"il lui manque {module}." in done.stdout
    assert all(system in done.stdout for system in SYSTEMS)
    assert "python3-venv" in done.stdout or f"python3.{sys.version_info[1]}-venv" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert not (copy / ".venv").exists()


def test_a_uv_that_answers_makes_ensurepip_needless(copy: Path, tmp_path: Path) -> None:
    if os.name == "nt":
        pytest.skip("le faux uv est un script shell")
    uv = copy / "uv"
    answer = '[ "$1" = --version ] && echo uv 1 && exit 0'
    uv.write_text(f'#!/bin/sh\n{answer}\necho "strange trouble 28"; exit 1\n', encoding="utf-8")
    uv.chmod(0o755)
    done = launch(stripped_python(tmp_path / "python", "ensurepip"), copy, "setup")
    assert done.returncode == 1
    assert "incomplet" not in done.stdout
    assert "L'installation a échoué" in done.stdout
    assert "strange trouble 28" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("arguments", [["tout"], ["setup", "vite"], ["--version"]])
def test_an_unknown_command_gets_the_help(copy: Path, arguments: list[str]) -> None:
    done = launch(Path(sys.executable), copy, *arguments)
    assert done.returncode == 1
    assert "Commande inconnue" in done.stdout
    assert "python3 run.py COMMANDE" in done.stdout
    assert not (copy / ".venv").exists()


def test_without_command_the_help_is_shown(copy: Path) -> None:
    done = launch(Path(sys.executable), copy)
    assert done.returncode == 0
    assert "python3 run.py COMMANDE" in done.stdout


def test_a_folder_that_is_no_environment_is_left_alone(copy: Path) -> None:
    mine = copy / ".venv" / "mes_documents" / "lettre.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("à garder", encoding="utf-8")
    uv = copy / "uv"
    uv.write_text("#!/bin/sh\necho uv 1\n", encoding="utf-8")
    uv.chmod(0o755)
    done = launch(Path(sys.executable), copy, "setup")
    assert done.returncode == 1
    assert "n'est pas un environnement Python" in done.stdout
    assert mine.read_text(encoding="utf-8") == "à garder"


def test_an_old_python_is_refused_by_name(run: ModuleType) -> None:
    with pytest.raises(Stop, match=r"Python 3\.11 ou plus récent est nécessaire") as stop:
        run.check_version((3, 9, 18))
    assert "celui-ci est 3.9.18" in str(stop.value)
    run.check_version((3, 11, 0))
    run.check_version((3, 13, 0))


def test_the_remedy_of_this_system_comes_first() -> None:
    first = advice.remedies("python3-venv").splitlines()[1]
    expected = {"debian": "apt", "fedora": "dnf", "darwin": "brew", "win32": "winget"}
    assert expected.get(advice.this_system(), "apt") in first


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("OSError: [Errno 28] No space left on device", "disque est plein"),
        ("Failed to fetch: dns error: failed to lookup address", "ne répond pas"),
        ("NewConnectionError: Temporary failure in name resolution", "ne répond pas"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES", "empreinte"),
        ("SSLError(SSLCertVerificationError(1, 'certificate verify failed'))", "certificat"),
        ("PermissionError: [Errno 13] Permission denied: 'x'", "écriture est refusée"),
        ("one\ntwo\nsomething new", "| something new"),
    ],
)
def test_a_failure_of_the_installer_is_explained(output: str, message: str) -> None:
    assert message in advice.explain(output)


def test_the_demo_runs_the_demonstration_study(run: ModuleType) -> None:
    python, *rest = run.demo_command()
    assert python == commands.venv_python()
    study = str(Path("data/demo/etude.yaml"))
    assert rest == ["-m", "habitat_analysis.cli", "run", study, "--out", "reports"]


def test_the_checks_are_all_planned(tmp_path: Path) -> None:
    steps = [" ".join(command[1:]) for _, command in verification.check_steps(tmp_path)]
    expected = (
        ("-m ruff format --check .",),
        ("-m ruff check .",),
        ("-m mypy",),
        ("-m pytest", "--cov-branch", "--cov-fail-under=90"),
        ("-m pytest", "--nbval", "--dist loadfile", "tests/nbval_sanitize.cfg", "notebooks"),
        ("-m tests.worked_adapter --implemented",),
    )
    assert len(steps) == len(expected)
    for step, parts in zip(steps, expected, strict=True):
        assert [part for part in parts if part not in step] == []


JUNIT = """<testsuites><testsuite>
<testcase name="a"/><testcase name="b"/>
<testcase name="c"><skipped type="pytest.skip" message="Chromium absent"/></testcase>
<testcase name="d"><skipped type="pytest.skip" message="Chromium absent"/></testcase>
<testcase name="e"><failure message="x"/></testcase>
<testcase name="f"><error message="y"/></testcase>
</testsuite></testsuites>"""


def test_the_closing_count_says_why_tests_were_skipped(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(JUNIT, encoding="utf-8")
    (tmp_path / "b.xml").write_text('<testsuite><testcase name="g"/></testsuite>', encoding="utf-8")
    counts = verification.count_results(sorted(tmp_path.glob("*.xml")))
    assert counts == (3, 2, {"Chromium absent": 2})
    assert verification.summary(*counts) == "3 passed, 2 failed, 2 skipped\n  2 × Chromium absent"
    assert verification.summary(7, 0, {}) == "7 passed, 0 skipped"


def test_jupyterlab_is_french_local_and_keeps_to_the_project(
    run: ModuleType, tmp_path: Path
) -> None:
    folders = run.lab_settings(tmp_path)
    assert all(str(tmp_path) in folder for folder in folders.values())
    file = next(tmp_path.rglob("translation-extension/plugin.jupyterlab-settings"))
    assert file.read_text(encoding="utf-8") == '{"locale": "fr_FR"}'
    file.write_text('{"locale": "en"}', encoding="utf-8")
    run.lab_settings(tmp_path)
    assert file.read_text(encoding="utf-8") == '{"locale": "en"}'
    command = run.lab_command(["--no-browser"])
    assert "--ServerApp.ip=127.0.0.1" in command
    assert command[-1] == "--no-browser"


def test_the_fingerprint_follows_the_lock(copy: Path) -> None:
    code = "from tools.environment import fingerprint; print(fingerprint())"
    before, again = (environment_output(copy, code) for _ in range(2))
    with (copy / "requirements.lock").open("a", encoding="utf-8") as lock:
        lock.write("# changed\n")
    assert before == again != environment_output(copy, code)
    assert len(environment.fingerprint()) == 64


def environment_output(folder: Path, code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_an_environment_is_ours_only_where_it_was_made(copy: Path, tmp_path: Path) -> None:
    code = "from tools.environment import venv_is_ours; print(venv_is_ours())"
    assert environment_output(copy, code) == "False"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", copy / ".venv"], check=True)
    assert environment_output(copy, code) == "True"
    moved = copy.rename(tmp_path / "ailleurs")
    assert environment_output(moved, code) == "False"


def test_a_broken_environment_is_not_ours(copy: Path) -> None:
    code = "from tools.environment import venv_is_ours; print(venv_is_ours())"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", copy / ".venv"], check=True)
    Path(commands.venv_python(copy / ".venv")).unlink()
    assert environment_output(copy, code) == "False"
