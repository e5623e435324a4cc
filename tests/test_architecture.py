"""The rooms of the house and the way between them: see `docs/architecture.md`."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture import MAX_FILE_LINES, PACKAGE, faults, read_package

HEAVY = ("pandas", "geopandas", "folium", "matplotlib", "pulp", "highspy", "papermill")


def test_the_package_honours_its_architecture(project: Path) -> None:
    assert read_package(project)
    assert faults(project) == []


@pytest.mark.parametrize("folder", ["tests", "tools", "benchmarks"])
def test_files_around_the_package_stay_short(project: Path, folder: str) -> None:
    files = [project / "run.py", *(project / folder).rglob("*.py")]
    lengths = {str(f.relative_to(project)): f.read_text("utf-8").count("\n") for f in files}
    assert {name: n for name, n in lengths.items() if n > MAX_FILE_LINES} == {}


def test_importing_the_package_brings_nothing_heavy(project: Path) -> None:
    code = f"import sys, {PACKAGE}; print(*sorted(set(sys.modules) & set({HEAVY!r})))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=True
    )
    assert loaded.stdout.split() == []


def package(root: Path, **files: str) -> Path:
    """Write a made-up package; ``land__sites`` stands for ``land/sites.py``."""
    for name, text in {"__init__": "", **files}.items():
        path = root / PACKAGE / f"{name.replace('__', '/') if name[0] != '_' else name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        (path.parent / "__init__.py").touch()
        path.write_text(f'"""Doc."""\n{text}', encoding="utf-8")
    for init in (root / PACKAGE).rglob("__init__.py"):
        init.write_text('"""Doc."""\n', encoding="utf-8")
    return root


def test_a_good_tree_has_no_fault(tmp_path: Path) -> None:
    root = package(
        tmp_path,
        errors="class Refused(ValueError):\n    '''Doc.'''\n",
        land__parcels=f"from {PACKAGE}.errors import Refused\n",
        land__sites=f"from {PACKAGE}.land import parcels\nfrom . import parcels as again\n",
        programme__solving="import highspy\nimport pulp\n",
        report__maps_static="def draw():\n    '''Doc.'''\n    import folium\n",
    )
    assert faults(root) == []


LONG_BODY = "def long():\n    '''Doc.'''\n" + "    x = 1\n" * 61
BAD = {
    "climbs": ({"errors": f"import {PACKAGE}.formats\n", "formats": ""}, "climbs or crosses"),
    "climbs inside a function": (
        {"files": f"def f():\n    '''Doc.'''\n    from {PACKAGE}.cli import main\n", "cli": ""},
        "climbs or crosses",
    ),
    "crosses": (
        {"land__sites": f"from {PACKAGE}.finance import costs\n", "finance__costs": ""},
        "land.sites imports finance.costs: an arrow that climbs or crosses",
    ),
    "crosses by a relative import": (
        {"households__needs": "from ..land.sites import x\n", "land__sites": "x = 1\n"},
        "households.needs imports land.sites: an arrow that climbs or crosses",
    ),
    "climbs to the public surface": (
        {"land__sites": f"from {PACKAGE} import Study\n"},
        f"land.sites imports {PACKAGE}: an arrow that climbs or crosses",
    ),
    "has no floor": ({"extras": ""}, "no floor is given to `extras`"),
    "solves elsewhere": ({"land__sites": "import pulp\n"}, "imports pulp"),
    "calls the solver elsewhere": ({"programme__model": "import highspy\n"}, "imports highspy"),
    "imports by a string": (
        {"land__sites": "import importlib\nx = importlib.import_module('folium.map')\n"},
        "imports folium",
    ),
    "runs notebooks elsewhere": ({"report__pdf": "from papermill import x\n"}, "papermill"),
    "calls the network": ({"land__sales": "from urllib import request\n"}, "urllib.request"),
    "has a vague name": ({"land__utils": ""}, "a name that says nothing"),
    "is too long": ({"land__sites": "x = 1\n" * 450}, "451 lines"),
    "has a long body": ({"land__sites": LONG_BODY}, "body of 61 lines"),
    "lacks a docstring": (
        {"land__sites": "class A:\n    def b(self):\n        return 1\n"},
        "land.sites.A.b: public, without docstring",
    ),
    "works at import time": ({"land__sites": "print(1)\n"}, "land.sites:2: work at import time"),
    "goes in a circle": (
        {
            "land__a": "from . import b\n",
            "land__b": "from . import c\n",
            "land__c": f"from {PACKAGE}.land.a import x\n",
        },
        "imports in a circle: land.a > land.b > land.c > land.a",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_tree_is_refused(tmp_path: Path, name: str) -> None:
    files, expected = BAD[name]
    found = faults(package(tmp_path, **files))
    assert len(found) == 1, found
    assert expected in found[0]
