"""Every check of the project, in order, to the end, then one count of the tests."""

from __future__ import annotations

import collections
import tempfile
import time
import xml.etree.ElementTree as ET
from pathlib import Path

from tools.commands import run_shown, venv_python
from tools.console import say, seconds_since

COVERAGE_FLOOR = 90


def check() -> int:
    """Run every verification, sum up, and give the exit status."""
    failures = []
    with tempfile.TemporaryDirectory(prefix="habitat-check-") as folder:
        steps = check_steps(Path(folder))
        for rank, (label, command) in enumerate(steps, 1):
            start = time.monotonic()
            say(f"\n[{rank}/{len(steps)}] {label} …")
            bad = run_shown(command)
            failures += [label] if bad else []
            say(f"      {'ÉCHEC' if bad else 'fait'} en {seconds_since(start)}")
        counts = count_results(sorted(Path(folder).glob("*.xml")))
    say(f"\nEn échec : {' ; '.join(failures)}." if failures else "\nTout est vérifié.")
    print(summary(*counts), flush=True)
    return 1 if failures else 0


def check_steps(results: Path) -> list[tuple[str, list[str]]]:
    """List the verifications: a French label and a command."""
    python = [venv_python(), "-m"]
    workers = ["-n", "2", "--dist", "loadfile"]
    covered = ["--cov", "--cov-branch", f"--cov-fail-under={COVERAGE_FLOOR}"]
    nbval = ["-o", "addopts=", "-p", "no:cacheprovider", "--nbval", "--nbval-current-env"]
    tests, notebooks = (f"--junitxml={results / name}.xml" for name in ("tests", "notebooks"))
    sanitize = ["--nbval-sanitize-with", "tests/nbval_sanitize.cfg"]
    return [
        ("Mise en forme (ruff format)", [*python, "ruff", "format", "--check", "."]),
        ("Règles d'écriture (ruff check)", [*python, "ruff", "check", "."]),
        ("Types (mypy)", [*python, "mypy"]),
        ("Tests et couverture (pytest)", [*python, "pytest", *workers, *covered, tests]),
        (
            "Carnets comparés à leurs sorties (nbval)",
            [*python, "pytest", *nbval, *sanitize, *workers, notebooks, "notebooks"],
        ),
        ("Exemples chiffrés du modèle", [*python, "tests.worked_adapter", "--implemented"]),
    ]


def count_results(files: list[Path]) -> tuple[int, int, dict[str, int]]:
    """Count passed and failed tests in JUnit files, and the skipped ones by reason."""
    passed = failed = 0
    skipped: collections.Counter[str] = collections.Counter()
    for file in files:
        for case in ET.parse(str(file)).iter("testcase"):  # noqa: S314 - our own pytest wrote it
            skip = case.find("skipped")
            if case.find("failure") is not None or case.find("error") is not None:
                failed += 1
            elif skip is not None:
                skipped[skip.get("message") or skip.get("type") or "sans raison"] += 1
            else:
                passed += 1
    return passed, failed, skipped


def summary(passed: int, failed: int, skipped: dict[str, int]) -> str:
    """Write the closing count, then the reasons of the skips."""
    counts = [f"{passed} passed", f"{sum(skipped.values())} skipped"]
    if failed:
        counts.insert(1, f"{failed} failed")
    return "\n".join([", ".join(counts), *(f"  {n} × {why}" for why, n in sorted(skipped.items()))])
