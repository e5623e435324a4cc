"""Read the imports and the shape of a package, and list what breaks `docs/architecture.md`.

`faults(root)` reads the files only: nothing is imported or run.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PACKAGE = "habitat_analysis"

# From the ground up. A room imports from floors below its own and from inside itself.
FLOORS = (
    ("errors",),
    ("formats",),
    ("atomic",),
    ("files",),
    ("columns", "commune_zones"),
    ("contracts",),
    ("bareme_tables",),
    ("baremes",),
    ("tenures",),
    ("regulation",),
    ("study",),
    ("actuarial", "apportionment"),
    ("land", "households", "finance"),
    ("programme",),
    ("allocation",),
    ("montage",),
    ("feasibility",),
    ("report",),
    ("explorer", "runs"),
    ("cli",),
    ("__main__",),
    ("",),  # the package itself, `__init__.py`: its public surface
)
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}

# Modules that may import a library; every other module may not.
DOORS = {
    "pulp": ("programme.", "allocation."),
    "highspy": ("programme.solving",),
    "folium": ("report.maps",),
    "branca": ("report.maps",),
    "papermill": ("runs.",),
    "requests": (),
    "urllib.request": ("land.fetch",),
    "http": ("land.fetch",),
    "socket": (),
}
VAGUE_NAMES = {"utils", "util", "helpers", "common", "misc", "tools", "base", "core"}
MAX_FILE_LINES = 450
MAX_BODY_LINES = 60

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One file of the package: `name` is relative to it, ``land.sites``, "" for the package."""

    name: str
    path: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, filename=str(self.path))

    @property
    def room(self) -> str:
        return self.name.split(".")[0]

    @property
    def is_package(self) -> bool:
        return self.path.name == "__init__.py"


def read_package(root: Path) -> dict[str, Module]:
    """Read every module under `root/habitat_analysis`, by name."""
    modules = {}
    for path in sorted((root / PACKAGE).rglob("*.py")):
        parts = path.relative_to(root / PACKAGE).with_suffix("").parts
        name = ".".join(part for part in parts if part != "__init__")
        modules[name] = Module(name, path)
    return modules


def faults(root: Path) -> list[str]:
    """List every fault of the package under `root`, one sentence each."""
    modules = read_package(root)
    arrows = {name: sorted(arrows_of(module, modules)) for name, module in modules.items()}
    found = []
    for module in modules.values():
        found += floor_faults(module, arrows[module.name])
        found += door_faults(module)
        found += shape_faults(module)
    return [*found, *cycle_faults(arrows)]


def imports_of(module: Module) -> Iterator[tuple[str, str]]:
    """Give every import, wherever it is written, as (module, name in it or "")."""
    base = f"{PACKAGE}.{module.name}".rstrip(".").split(".")
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            up = node.level - module.is_package
            start = base[: len(base) - up] if node.level else []
            source = ".".join([*start, *([node.module] if node.module else [])])
            yield from ((source, alias.name) for alias in node.names)
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = ast.unparse(node.func)
            if called in {"importlib.import_module", "import_module", "__import__"}:
                yield str(node.args[0].value), ""


def arrows_of(module: Module, modules: dict[str, Module]) -> set[str]:
    """Give the modules of the package that `module` imports."""
    arrows = set()
    for source, name in imports_of(module):
        if source != PACKAGE and not source.startswith(f"{PACKAGE}."):
            continue
        inside = source.removeprefix(PACKAGE).removeprefix(".")
        deeper = f"{inside}.{name}".strip(".")
        target = deeper if deeper in modules else inside
        if target or not name.startswith("__"):
            arrows.add(target)
    return arrows - {module.name}


def floor_faults(module: Module, arrows: list[str]) -> Iterator[str]:
    """Find the arrows that climb or cross, and the rooms that have no floor."""
    if module.room not in FLOOR_OF:
        yield f"{module.name}: no floor is given to `{module.room}` (tests/architecture.py)"
        return
    for target in arrows:
        room = target.split(".")[0]
        if room != module.room and FLOOR_OF.get(room, len(FLOORS)) >= FLOOR_OF[module.room]:
            yield f"{module.name} imports {target or PACKAGE}: an arrow that climbs or crosses"


def door_faults(module: Module) -> Iterator[str]:
    """Find the libraries imported elsewhere than at their door."""
    for source, name in imports_of(module):
        for library, doors in DOORS.items():
            used = any(
                f"{part}.".startswith(f"{library}.") for part in (source, f"{source}.{name}")
            )
            if used and not f"{module.name}.".startswith(doors or ("\0",)):
                yield f"{module.name} imports {library}, which belongs to {doors or 'nobody'}"
                break


def shape_faults(module: Module) -> Iterator[str]:
    """Find vague names, long files, long bodies, missing docstrings, work at import time."""
    where = module.name or PACKAGE
    if VAGUE_NAMES & set(module.name.split(".")):
        yield f"{where}: a name that says nothing"
    if (lines := module.text.count("\n")) > MAX_FILE_LINES:
        yield f"{where}: {lines} lines, more than {MAX_FILE_LINES}"
    if ast.get_docstring(module.tree) is None:
        yield f"{where}: no docstring"
    for qualified, function in functions_of(module.tree):
        if (length := body_lines(function)) > MAX_BODY_LINES:
            yield f"{where}.{qualified}: body of {length} lines, more than {MAX_BODY_LINES}"
        public = not any(part.startswith("_") for part in qualified.split("."))
        if public and ast.get_docstring(function) is None and not is_overload(function):
            yield f"{where}.{qualified}: public, without docstring"
    if module.room not in {"cli", "__main__"}:
        yield from (f"{where}:{line}: work at import time" for line in work_lines(module.tree))


def functions_of(
    tree: ast.Module | ast.ClassDef, prefix: str = ""
) -> Iterator[tuple[str, Function]]:
    """Give the functions and methods, with their qualified names; not those inside functions."""
    for node in tree.body:
        if isinstance(node, Function):
            yield f"{prefix}{node.name}", node
        elif isinstance(node, ast.ClassDef):
            yield from functions_of(node, f"{prefix}{node.name}.")


def body_lines(function: Function) -> int:
    """Count the lines of a body, its docstring apart."""
    skipped = ast.get_docstring(function, clean=False) is not None
    body = function.body[skipped:]
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def is_overload(function: Function) -> bool:
    return any("overload" in ast.unparse(decorator) for decorator in function.decorator_list)


def work_lines(tree: ast.Module) -> Iterator[int]:
    """Give the lines of a module that do something else than define."""
    for node in tree.body:
        is_call = isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant)
        if is_call or isinstance(node, ast.For | ast.While | ast.With | ast.Delete):
            yield node.lineno


def cycle_faults(arrows: dict[str, list[str]]) -> Iterator[str]:
    """Find the circles of imports, each told once."""
    done: set[str] = set()

    def walk(name: str, way: list[str]) -> Iterator[str]:
        if name in way:
            yield "imports in a circle: " + " > ".join([*way[way.index(name) :], name])
        elif name not in done:
            for target in arrows.get(name, []):
                yield from walk(target, [*way, name])
            done.add(name)

    for start in arrows:
        yield from walk(start, [])
