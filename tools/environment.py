"""Make `.venv` hold the locked packages and the project: with uv, else with pip.

uv is taken where it is installed, else brought by pip into ``.cache/uv``; where neither way works,
pip does it alone. Nothing is done again while the lock, ``pyproject.toml``, Python and the folder
stay the same.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import shutil
import sys
from pathlib import Path

from tools.advice import explain, missing_message
from tools.commands import (
    CACHE,
    LOG,
    ROOT,
    VENV,
    ToolError,
    base_python,
    output_of,
    run_logged,
    venv_python,
)
from tools.console import Stop, say, step

LOCK = ROOT / "requirements.lock"
STAMP = VENV / ".habitat-setup"
OWN_UV = CACHE / "uv"
NEEDED_GB = 3.0
VENV_NAMES = {"bin", "include", "lib", "lib64", "share", "etc", "Scripts", "Include", "Lib"}
FIRST_IMPORTS = "import habitat_analysis, geopandas, folium, matplotlib.pyplot, pulp, highspy"


def setup() -> None:
    """Make the environment ready, or say that it already is."""
    wanted = fingerprint()
    version = "Python {}.{}".format(*sys.version_info[:2])
    if is_ready(wanted):
        say(f"Environnement à jour : .venv ({version}).")
        return
    prepare_folders()
    if VENV.exists() and not venv_is_ours():
        say("L'ancien .venv (autre Python, déplacé ou abîmé) est remplacé.")
    with step(1, 4, "Outil d'installation"):
        uv = find_uv() or bring_uv()
    with step(2, 4, "Environnement .venv et paquets (1 à 4 minutes la première fois)"):
        install = install_packages(uv)
    with step(3, 4, "Le projet lui-même"):
        run_logged([*install, "--no-deps", "--no-build-isolation", "-e", "."])
    with step(4, 4, "Premiers imports (les suivants seront rapides)"):
        run_logged([venv_python(), "-c", FIRST_IMPORTS])
    STAMP.write_text(wanted, encoding="utf-8")
    say(f"Environnement prêt : .venv ({version}).")


def fingerprint() -> str:
    """Give the hash of all that decides what the environment holds."""
    digest = hashlib.sha256()
    for file in (LOCK, ROOT / "pyproject.toml"):
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    digest.update(f"{sys.version}\n{ROOT}".encode())
    return digest.hexdigest()


def is_ready(wanted: str) -> bool:
    """Tell whether nothing has changed since the last complete setup."""
    try:
        return STAMP.read_text(encoding="utf-8") == wanted and venv_is_ours()
    except OSError:
        return False


def venv_is_ours() -> bool:
    """Tell whether `.venv` runs, with this Python, and was made in this very folder."""
    code = "import sys; print(*sys.version_info[:2])"
    own = "{} {}".format(*sys.version_info[:2])
    if VENV.is_symlink() or output_of([venv_python(), "-I", "-c", code]) != own:
        return False
    scripts = Path(venv_python()).parent
    activate = scripts / ("activate.bat" if scripts.name == "Scripts" else "activate")
    return activate.is_file() and str(VENV) in activate.read_text("utf-8", "replace")


def prepare_folders() -> None:
    """Stop before the disk is full rather than in the middle; begin a new log."""
    CACHE.mkdir(exist_ok=True)
    free = shutil.disk_usage(str(ROOT)).free / 1e9
    if free < NEEDED_GB and not STAMP.exists():
        msg = f"Il reste {free:.1f} Go sur ce disque ; il en faut environ 3.".replace(".", ",", 1)
        raise Stop(msg)
    LOG.write_bytes(b"")
    with contextlib.suppress(OSError):
        STAMP.unlink()


def missing_modules() -> list[str]:
    """List the modules without which Python alone can make no environment."""
    return [name for name in ("venv", "ensurepip") if not can_import(name)]


def can_import(name: str) -> bool:
    """Tell whether this Python really has a module."""
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


def find_uv() -> list[str]:
    """Find a uv that answers: on the path, or brought by an earlier setup."""
    candidates = (["uv"], [venv_python(OWN_UV), "-m", "uv"])
    return next((uv for uv in candidates if output_of([*uv, "--version"])), [])


def bring_uv() -> list[str]:
    """Install uv with pip in a folder of its own; give nothing where that is impossible."""
    make_plain_venv(OWN_UV)
    python = venv_python(OWN_UV)
    try:
        run_logged([python, "-m", "pip", "install", "--quiet", "uv>=0.5"])
    except ToolError:
        say("      uv ne s'installe pas ici : pip fera le travail, plus lentement.")
        return []
    return [python, "-m", "uv"]


def make_plain_venv(folder: Path) -> None:
    """Make an environment with pip, by Python alone."""
    missing = missing_modules()
    if missing:
        raise Stop(missing_message(missing))
    try:
        run_logged([base_python(), "-m", "venv", "--clear", str(folder)])
    except ToolError as error:
        if "ensurepip" in str(error):
            raise Stop(missing_message(["ensurepip"])) from error
        raise


def install_packages(uv: list[str]) -> list[str]:
    """Install the locked packages; give the command that installs one more."""
    if uv:
        try:
            return install_with_uv(uv)
        except ToolError as error:
            if missing_modules():
                raise
            reason = explain(str(error)).split(".")[0]
            say(f"      uv n'aboutit pas ({reason}) : pip essaie à son tour.")
    return install_with_pip()


def install_with_uv(uv: list[str]) -> list[str]:
    """Make `.venv` hold exactly the locked packages, with uv."""
    if not venv_is_ours():
        remove_venv()
        run_logged([*uv, "venv", "--python", base_python(), str(VENV)])
    here = ["--python", venv_python()]
    lock = ["--require-hashes", "--compile-bytecode", LOCK.name]
    run_logged([*uv, "pip", "sync", *here, *lock])
    return [*uv, "pip", "install", *here]


def install_with_pip() -> list[str]:
    """Make a new `.venv` and fill it with the locked packages, with pip."""
    remove_venv()
    make_plain_venv(VENV)
    install = [venv_python(), "-m", "pip", "install"]
    run_logged([*install, "--require-hashes", "--no-deps", "-r", LOCK.name])
    return install


def remove_venv() -> None:
    """Remove a broken or foreign environment, but nothing that is not one."""
    if VENV.is_symlink() or VENV.is_file():
        VENV.unlink()
    if not VENV.exists():
        return
    strangers = {p.name for p in VENV.iterdir() if not p.name.startswith(".")} - VENV_NAMES
    if strangers and not (VENV / "pyvenv.cfg").exists():
        msg = (
            "Le dossier .venv existe mais n'est pas un environnement Python : il reste intact.\n"
            "Déplacez-le ou renommez-le, puis relancez."
        )
        raise Stop(msg)
    shutil.rmtree(str(VENV))
