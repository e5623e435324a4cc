"""Chunks already answered, kept beside the output: a killed run loses only what was under way."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from habitat_analysis.atomic import atomic_write, clean_temporaries
from habitat_analysis.feasibility.answers import Answer
from habitat_analysis.runs.portfolio_work import Work, answers_text, read_answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """A folder of answered chunks, named by the fingerprint of all that they depend on."""

    folder: Path
    keys: tuple[str, ...]  # file name of each chunk

    def missing(self) -> list[int]:
        """List the chunks that have no complete answer, dropping what cannot be read."""
        clean_temporaries(self.folder)
        return [rank for rank in range(len(self.keys)) if self._read(rank) is None]

    def keep(self, rank: int, answers: Sequence[Answer]) -> None:
        """Write the answers of a chunk, whole."""
        atomic_write(self.folder / self.keys[rank], answers_text(answers))

    def answers(self, rank: int) -> tuple[Answer, ...]:
        """Read the answers of a chunk.

        Raises
        ------
        FileNotFoundError
            If it was not kept.
        """
        found = self._read(rank)
        if found is None:
            raise FileNotFoundError(self.folder / self.keys[rank])
        return found

    def remove(self) -> None:
        """Remove the folder: the output is complete."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _read(self, rank: int) -> tuple[Answer, ...] | None:
        try:
            return read_answers((self.folder / self.keys[rank]).read_bytes())
        except (OSError, ValueError):
            return None


def open_store(out: Path, fingerprint: str, chunks: Sequence[Work]) -> Store:
    """Name the work folder of an output: a hidden neighbour.

    Parameters
    ----------
    out
        The final file.
    fingerprint
        Hash of all that the answers depend on.
    chunks
        The work, in order; each file is named by its rank and its parcels.
    """
    folder = out.with_name(f".{out.name}.{fingerprint[:16]}.travail")
    return Store(folder=folder, keys=tuple(_key(rank, work) for rank, work in enumerate(chunks)))


def _key(rank: int, work: Work) -> str:
    idus = "\n".join("+".join(site.idus) for site in work.sites)
    return f"{rank:05d}-{hashlib.sha256(idus.encode()).hexdigest()[:8]}.json"
