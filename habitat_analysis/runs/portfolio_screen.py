"""The progress of a portfolio on the planner's screen."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


class ProgressLine:
    """One line that moves on a terminal, and nothing at all in a file.

    Parameters
    ----------
    write
        Writes a whole line for the planner.
    """

    def __init__(self, write: Callable[[str], None]) -> None:
        console = Console(stderr=True)
        self._write = write
        self._bar = Progress(
            TextColumn("Calculés"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("sites", total=None)

    def __enter__(self) -> Self:
        """Wait for something to count."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the line away."""
        self._bar.stop()

    def say(self, text: str) -> None:
        """Write a line where the moving one was."""
        self._bar.stop()
        self._write(text)

    def tell(self, done: int, total: int) -> None:
        """Say how many are answered."""
        self._bar.start()
        self._bar.update(self._task, completed=done, total=total)
