"""Write ``environment.yml`` (conda-forge) from ``pyproject.toml``.

Run by ``python -m tools.make_environment``. The file serves those who work with conda;
``requirements.lock`` stays the reference. It holds what the package needs to run; what conda-forge
lacks goes through pip.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CONDA_NAMES = {
    "matplotlib": "matplotlib-base",  # without the Qt windows
    "ruamel-yaml": "ruamel.yaml",
    "typst": "typst-py",
}
THROUGH_PIP = (
    "pyxirr",  # conda-forge has no build for Apple silicon
    "xstatic-jquery",
    "xstatic-leaflet",
)
HEADER = """\
# Generated from pyproject.toml by `make environment`: do not edit.
# conda env create -f environment.yml
"""


def requirement_parts(requirement: str) -> tuple[str, str]:
    """Split a requirement into its normalised name and its version specifier.

    Examples
    --------
    >>> requirement_parts("PuLP>=3.3.2,<5")
    ('pulp', '>=3.3.2,<5')
    """
    match = re.fullmatch(r"([A-Za-z0-9._-]+)\s*([<>=!~0-9.,* ]*)", requirement.strip())
    if match is None:
        msg = f"Only plain requirements are translated (no extra, no marker): {requirement}."
        raise ValueError(msg)
    name = re.sub(r"[-_.]+", "-", match[1]).lower()
    return name, match[2].replace(" ", "")


def environment_text(pyproject: str) -> str:
    """Translate the text of ``pyproject.toml`` into that of ``environment.yml``."""
    project = tomllib.loads(pyproject)["project"]
    conda = [f"python{project['requires-python']}", "pip"]
    pip = []
    for requirement in project["dependencies"]:
        name, versions = requirement_parts(requirement)
        if name in THROUGH_PIP:
            pip.append(f"{name}{versions}")
        else:
            conda.append(f"{CONDA_NAMES.get(name, name)}{versions}")
    return "\n".join(
        [
            f"{HEADER}name: {project['name']}",
            "channels:",
            "  - conda-forge",
            "  - nodefaults",
            "dependencies:",
            *(f'  - "{line}"' for line in (*conda[:2], *sorted(conda[2:]))),
            "  - pip:",
            *(f'      - "{line}"' for line in (*sorted(pip), "-e .")),
            "",
        ]
    )


def main() -> None:
    """Write the file at the root of the project."""
    text = environment_text((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (ROOT / "environment.yml").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
