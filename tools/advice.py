"""What to do when Python is too old or incomplete, or when an installer fails."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from tools.commands import LOG, base_python, output_of

OLDEST_PYTHON = (3, 11)

SYMPTOMS = {
    "no space left|errno 28|disk full|not enough space": """\
Le disque est plein. Libérez de la place (environ 3 Go), puis relancez la commande.""",
    "do not match the hashes|hash mismatch": """\
Un paquet reçu n'a pas l'empreinte attendue : il n'a pas été installé. Relancez ; si cela persiste,
prévenez la personne qui gère votre serveur de paquets.""",
    "certificate|ssl error|sslerror": """\
Le certificat du serveur de paquets est refusé. Derrière un proxy d'entreprise, indiquez le fichier
de son certificat dans les variables SSL_CERT_FILE et PIP_CERT, puis relancez.""",
    "name resolution|failed to resolve|dns error|connection|network|timed out|proxy"
    "|error sending request|failed to fetch|could not connect": """\
Le serveur de paquets ne répond pas. Vérifiez la connexion (et le proxy éventuel), puis relancez la
même commande : elle reprendra.""",
    "permission denied|access is denied|read-only file system": """\
L'écriture est refusée. Copiez le projet dans un dossier à vous, ou fermez les programmes qui
utilisent .venv, puis relancez.""",
}


def explain(output: str) -> str:
    """Turn the output of a tool that failed into a message that says what to do."""
    for pattern, advice in SYMPTOMS.items():
        if re.search(pattern, output, flags=re.IGNORECASE):
            return f"{advice}\nDétail : {LOG}"
    last = "\n".join(f"  | {line}" for line in output.strip().splitlines()[-12:])
    return f"L'installation a échoué. Derniers mots de l'outil :\n{last}\nDétail : {LOG}"


def missing_message(modules: list[str]) -> str:
    """Say which part of Python is missing, and the command that brings it, by system."""
    return (
        f"Ce Python ({sys.executable}) est incomplet : il lui manque {' et '.join(modules)}.\n"
        f"{remedies(debian_package())}\n"
        "puis relancez la même commande. (Là où l'outil « uv » est installé, c'est inutile.)"
    )


def too_old_message(version: tuple[int, ...]) -> str:
    """Say that Python is too old, and name a newer one if this machine has it."""
    needed, own = (".".join(map(str, numbers[:3])) for numbers in (OLDEST_PYTHON, version))
    newer = newer_python()
    found = f"Cette machine en a un. Tapez : {newer} run.py {' '.join(sys.argv[1:])}".rstrip()
    return (
        f"Python {needed} ou plus récent est nécessaire ; celui-ci est {own} ({sys.executable}).\n"
        f"{found if newer else remedies('python3 python3-venv')}"
    )


def newer_python() -> str:
    """Name a recent enough Python of this machine, or nothing."""
    for name in ("python3.13", "python3.12", "python3.11"):
        if shutil.which(name) and output_of([name, "-c", "print(1)"]):
            return name
    return ""


def debian_package() -> str:
    """Name the Debian package that completes this very Python."""
    own = "python{}.{}".format(*sys.version_info[:2])
    default = Path("/usr/bin/python3").resolve().name
    installed_apart = base_python().startswith("/usr/bin/") and default != own
    return f"{own}-venv" if installed_apart else "python3-venv"


def remedies(debian: str) -> str:
    """List the installation commands, the one for this system first."""
    commands = {
        "debian": f"  Debian, Ubuntu : sudo apt install {debian}",
        "fedora": "  Fedora : sudo dnf install python3 python3-pip",
        "darwin": "  macOS : brew install python@3.13",
        "win32": "  Windows : winget install --exact --id Python.Python.3.13",
    }
    here = commands.get(this_system())
    lines = sorted(commands.values(), key=lambda line: line != here)
    return "\n".join(["Tapez la commande de votre système :", *lines])


def this_system() -> str:
    """Tell the family of this system: debian, fedora, or the name given by Python."""
    try:
        release = Path("/etc/os-release").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return sys.platform
    families = re.findall(r'^ID(?:_LIKE)?="?([^"\n]*)', release, flags=re.MULTILINE)
    names = set(" ".join(families).split())
    if names & {"debian", "ubuntu"}:
        return "debian"
    return "fedora" if names & {"fedora", "rhel"} else sys.platform
