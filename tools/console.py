"""Say things in French to the person at the keyboard."""

from __future__ import annotations

import contextlib
import re
import sys
import time
from collections.abc import Iterator


class Stop(Exception):  # noqa: N818 - a message for the person at the keyboard, not a fault of ours
    """End with a message in French, and no traceback."""


def say(text: str = "") -> None:
    """Print French text, with the no-break spaces that the console can show."""
    if "utf" in (sys.stdout.encoding or "").lower():
        text = re.sub(r" (?=[;!?](\s|$))", "\u202f", text)
        text = re.sub(r"(?<=\w) (?=:(\s|$))|(?<=«) | (?=»)| (?=%)", "\u00a0", text)
    print(text, flush=True)


def seconds_since(start: float) -> str:
    """Write the time passed: ``3,2 s``."""
    return f"{time.monotonic() - start:.1f} s".replace(".", ",")


@contextlib.contextmanager
def step(rank: int, total: int, label: str) -> Iterator[None]:
    """Say which step begins, then how long it took."""
    start = time.monotonic()
    say(f"[{rank}/{total}] {label} …")
    yield
    say(f"      fait en {seconds_since(start)}")
