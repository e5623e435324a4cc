"""Run the worked examples of the specification against the package.

``python -m tests.worked_adapter [--function NAME,…] [--implemented] [FILE.json…]`` prints one
line an example, ``ok FILE ID``, ``differs FILE ID got=… expected=…`` or ``missing FILE ID
FUNCTION``, then a count, and exits 0 only if every example run is ok. The format is that of
``docs/model.md`` 0.1; each module of `tests.worked_calls` maps the labels of one room, in
``CALLS`` (inputs -> answer), in ``ASKED`` (inputs, expected -> answer) where the questions are
named in the answer expected, and, where an optimum is not unique, in ``WITNESSES`` (inputs,
witness -> the fields of the answer that this witness must have).
"""

from __future__ import annotations

import argparse
import importlib
import json
import math
import pkgutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np

from tests import worked_calls

WORKED = Path(__file__).parent / "worked"
STRICT = {"rel": 1e-6, "abs": 1e-6}
SHOWN = 4  # differing fields written on a line
ABSENT = "<absent>"
_ROOMS = [
    importlib.import_module(f"{worked_calls.__name__}.{room.name}")
    for room in pkgutil.iter_modules(worked_calls.__path__)
]
CALLS: dict[str, Callable[[Any], object]] = {
    label: call for room in _ROOMS for label, call in room.CALLS.items()
}
ASKED: dict[str, Callable[[Any, Any], object]] = {
    label: call for room in _ROOMS for label, call in getattr(room, "ASKED", {}).items()
}
WITNESSES: dict[str, Callable[[Any, Any], object]] = {
    label: call for room in _ROOMS for label, call in getattr(room, "WITNESSES", {}).items()
}


@dataclass(frozen=True)
class Example:
    """One worked example and the tolerance of each of its fields."""

    file: str
    id: str
    function: str
    inputs: Any
    expected: Any
    tolerance: Mapping[str, Any]
    default: Mapping[str, float]


@dataclass(frozen=True)
class Difference:
    """A field whose value is not the one expected."""

    field: str
    got: object
    expected: object


def read_examples(path: Path) -> list[Example]:
    """Read a file of the format of ``docs/model.md`` 0.1."""
    case = json.loads(path.read_text("utf-8"))
    default = case.get("default_tolerance") or STRICT
    return [
        Example(
            file=path.name,
            id=item["id"],
            function=item["function"],
            inputs=item["inputs"],
            expected=item["expected"],
            tolerance=item.get("tolerance") or default,
            default=default,
        )
        for item in case["examples"]
    ]


def differences(example: Example) -> list[Difference]:
    """Call the package on one example and return what is not as expected."""
    expected = example.expected
    try:
        got = _call(example)
    except Exception as error:
        return _compare_error(error, expected)
    if isinstance(expected, Mapping) and "error" in expected:
        return [Difference("error", "no error", expected["error"])]
    if not isinstance(expected, Mapping) or "witness" not in expected:
        return list(_compare(got, expected, "", example))
    answer = {key: value for key, value in expected.items() if not _of_witness(key)}
    found = list(_compare(got, answer, "", example))
    return found + _witness_differences(example, answer)


def _call(example: Example) -> object:
    if example.function in ASKED:
        return ASKED[example.function](example.inputs, example.expected)
    return CALLS[example.function](example.inputs)


def _witness_differences(example: Example, answer: Mapping[str, Any]) -> list[Difference]:
    """Evaluate the stated optimum: it must keep the rules and reach the stated values."""
    expected = example.expected
    try:
        got = WITNESSES[example.function](example.inputs, expected["witness"])
    except Exception as error:
        return [Difference("witness", f"{type(error).__name__}: {error}", expected["witness"])]
    stated = {
        key: expected[key]
        for key in _fields(got)
        if key in answer or (key in expected and _of_witness(key))
    }
    return list(_compare(got, stated, "", example))


def _of_witness(field: str) -> bool:
    return field.startswith("witness") or field.endswith("_of_witness")


def _compare_error(error: Exception, expected: object) -> list[Difference]:
    """Accept a ValueError that carries the code expected."""
    code = expected.get("error") if isinstance(expected, Mapping) else None
    carried = getattr(error, "code", None)
    if code and isinstance(error, ValueError) and (carried == code or code in str(error)):
        return []
    got = f"{type(error).__name__} {carried or ''} {error}".replace("\n", " ")
    return [Difference("error", got, code or "no error")]


def _compare(got: Any, expected: Any, field: str, example: Example) -> Iterable[Difference]:
    """Compare an answer with what is stated of it: maps are subsets, lists are whole."""
    if isinstance(expected, Mapping):
        fields = _fields(got)
        for key, value in expected.items():
            name = f"{field}.{key}" if field else key
            if key in fields:
                yield from _compare(fields[key], value, name, example)
            else:
                yield Difference(name, ABSENT, value)
    elif isinstance(expected, list):
        items = got.tolist() if isinstance(got, np.ndarray) else got
        if not isinstance(items, Sequence) or isinstance(items, str) or len(items) != len(expected):
            yield Difference(field, items, expected)
            return
        for position, (item, value) in enumerate(zip(items, expected, strict=True)):
            yield from _compare(item, value, f"{field}[{position}]", example)
    elif not _same(got, expected, _tolerance(example, field)):
        yield Difference(field, got, expected)


def _fields(got: object) -> Mapping[str, Any]:
    """Read an answer as a map: a mapping, or the public attributes of a dataclass."""
    if isinstance(got, Mapping):
        return {str(key): value for key, value in got.items()}
    if is_dataclass(got):
        return {name: getattr(got, name) for name in dir(got) if not name.startswith("_")}
    return {}


def _same(got: Any, expected: Any, tolerance: Mapping[str, float]) -> bool:
    if isinstance(got, np.generic):
        got = got.item()
    if expected is None or isinstance(expected, bool | str):
        return type(got) is type(expected) and bool(got == expected)
    if isinstance(got, bool) or not isinstance(got, Real) or not math.isfinite(got):
        return False
    error = abs(got - expected)
    return error <= tolerance.get("abs", 0.0) or error <= tolerance.get("rel", 0.0) * abs(expected)


def _tolerance(example: Example, field: str) -> Mapping[str, float]:
    """Return the tolerance of a field: its own, its parent's, or the example's."""
    tolerance = example.tolerance
    if not any(isinstance(value, Mapping) for value in tolerance.values()):
        return tolerance
    names = [field, field.split(".")[0].split("[")[0], field.split(".")[-1].split("[")[0]]
    return next((tolerance[name] for name in names if name in tolerance), example.default)


def is_implemented(example: Example) -> bool:
    """Whether the package answers to this label."""
    witness = isinstance(example.expected, Mapping) and "witness" in example.expected
    return example.function in {**CALLS, **ASKED} and (not witness or example.function in WITNESSES)


def report(example: Example) -> str:
    """Run one example and write its line."""
    if not is_implemented(example):
        return f"missing {example.file} {example.id} {example.function}"
    found = differences(example)
    if not found:
        return f"ok {example.file} {example.id}"
    got = _written({item.field: item.got for item in found[:SHOWN]})
    expected = _written({item.field: item.expected for item in found[:SHOWN]})
    return f"differs {example.file} {example.id} got={got} expected={expected}"


def _written(values: Mapping[str, object]) -> str:
    return json.dumps(values, ensure_ascii=False, default=str)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.worked_adapter", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE.json")
    parser.add_argument("--function", default="", help="labels to run, separated by commas")
    parser.add_argument("--implemented", action="store_true", help="skip the labels not written")
    options = parser.parse_args(arguments)
    wanted = set(filter(None, options.function.split(",")))
    lines = [
        report(example)
        for path in options.files or sorted(WORKED.glob("*.json"))
        for example in read_examples(path)
        if not wanted or example.function in wanted
        if not options.implemented or is_implemented(example)
    ]
    counts = dict.fromkeys(("ok", "differs", "missing"), 0)
    for line in lines:
        counts[line.split(" ", 1)[0]] += 1
        print(line)
    print(", ".join(f"{number} {state}" for state, number in counts.items()))
    return 0 if lines and counts["ok"] == len(lines) else 1


if __name__ == "__main__":
    sys.exit(main())
