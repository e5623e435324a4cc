#!/usr/bin/env python3
"""Prepare, show, check or open the project: ``python3 run.py setup|demo|check|lab``.

Standard library only, and readable by Python 3.7, so that an old Python gets a clear message
instead of a traceback. What it prints is French: planners type these commands too. Everything it
makes stays in this folder, in ``.venv``, ``.cache`` and ``reports``.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from tools.advice import OLDEST_PYTHON, explain, too_old_message
from tools.commands import CACHE, ROOT, ToolError, run_shown, venv_python
from tools.console import Stop, say, seconds_since
from tools.environment import setup
from tools.verification import check

HELP = """Utilisation : python3 run.py COMMANDE

  setup   prépare l'environnement Python dans .venv (rien à refaire s'il est à jour)
  demo    prépare, puis étudie la commune de démonstration et écrit les rapports
  check   prépare, puis lance toutes les vérifications du projet
  lab     prépare, puis ouvre les carnets dans JupyterLab (ses options sont acceptées)
"""


def main(arguments: list[str]) -> int:
    """Run a command; give 0 when all is well, 1 on failure, 130 on Ctrl-C."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        return dispatch(arguments)
    except Stop as stop:
        say(str(stop))
    except (ToolError, OSError) as error:
        say(explain(str(error)))
    except KeyboardInterrupt:
        say("\nInterrompu. Relancez la même commande : elle reprendra.")
        return 130
    return 1


def dispatch(arguments: list[str]) -> int:
    """Do what was asked."""
    name, options = (arguments or ["--help"])[0], arguments[1:]
    if name in ("-h", "--help"):
        say(HELP)
        return 0
    if name not in ("setup", "demo", "check", "lab") or (options and name != "lab"):
        msg = f"Commande inconnue : « {' '.join(arguments)} ».\n\n{HELP}"
        raise Stop(msg)
    check_version(tuple(sys.version_info[:3]))
    setup()
    if name == "lab":
        return lab(options)
    return {"setup": where_next, "demo": demo, "check": check}[name]()


def check_version(version: tuple[int, ...]) -> None:
    """Refuse a Python that is too old."""
    if version[:2] < OLDEST_PYTHON:
        raise Stop(too_old_message(version))


def where_next() -> int:
    """Say what can be done now."""
    say("Ensuite : python3 run.py demo (rapports), check (vérifications) ou lab (carnets).")
    return 0


def demo() -> int:
    """Study the invented commune and say where the reports are."""
    say("Étude de la commune de démonstration (inventée) …")
    start = time.monotonic()
    status = run_shown(demo_command())
    indexes = sorted(ROOT.glob("reports/*/index.html"), key=lambda file: file.stat().st_mtime)
    if status or not indexes:
        msg = "La démonstration n'a pas abouti : voir les messages ci-dessus."
        raise Stop(msg)
    say(f"Démonstration terminée en {seconds_since(start)}.")
    say(f"À ouvrir dans un navigateur : {indexes[-1].relative_to(ROOT)}")
    return 0


def demo_command() -> list[str]:
    """Give the command that studies the invented commune."""
    study = str(Path("data", "demo", "etude.yaml"))
    return [venv_python(), "-m", "habitat_analysis.cli", "run", study, "--out", "reports"]


def lab(options: list[str]) -> int:
    """Open JupyterLab on the first notebook, until Ctrl-C."""
    os.environ.update(lab_settings(CACHE / "jupyter"))
    say("JupyterLab s'ouvre dans votre navigateur ; sinon, suivez l'adresse affichée ci-dessous.")
    say("Pour l'arrêter : Ctrl-C dans cette fenêtre.")
    try:
        return run_shown(lab_command(options))
    except KeyboardInterrupt:
        say("JupyterLab est arrêté.")
        return 0


def lab_command(options: list[str]) -> list[str]:
    """Give the command that serves the notebooks, to this machine only."""
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [
        *(venv_python(), "-m", "jupyterlab"),
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.root_dir={ROOT}",
        "--LabApp.default_url=/lab/tree/notebooks/00_accueil.ipynb",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        *(["--allow-root"] if as_root else []),
        *options,
    ]


def lab_settings(home: Path) -> dict[str, str]:
    """Write JupyterLab's settings inside the project (French, no news from the network).

    Settings that the planner changed since are kept. Returns the variables that name the folders.
    """
    wanted = {
        "translation-extension/plugin": {"locale": "fr_FR"},
        "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    }
    for name, values in wanted.items():
        file = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            file.write_text(json.dumps(values), encoding="utf-8")
    return {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
