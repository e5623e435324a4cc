"""What can go wrong, said once.

ValueError
└── HabitatError            anything refused by this package, with a code
    ├── DataError           the planner's data or study: French, all faults at once
    └── UsageError          our own callers: English
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

MAX_FAULTS_SHOWN = 20


class HabitatError(ValueError):
    """A refusal, with the code by which tests and callers recognise it."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code


class UsageError(HabitatError):
    """A call that makes no sense. The message is for developers, in English."""

    def __init__(self, message: str, *, code: str = "E_USAGE") -> None:
        super().__init__(message, code=code)


class DataError(HabitatError):
    """Data that cannot be used. The message is for the planner, in French.

    Parameters
    ----------
    faults
        One sentence a fault: what (file, line or id, value), why, what to do.
    code
        Code of the error family, see ``docs/model.md`` 0.2.
    """

    def __init__(self, faults: str | Iterable[str], *, code: str = "E_DATA") -> None:
        self.faults = (faults,) if isinstance(faults, str) else tuple(faults)
        shown = self.faults[:MAX_FAULTS_SHOWN]
        hidden = len(self.faults) - len(shown)
        tail = (f"… et {hidden} autre(s) anomalie(s) du même fichier.",) if hidden else ()
        super().__init__("\n".join((*shown, *tail)), code=code)


class Faults:
    """Gather the faults of one file, to refuse it once and completely.

    Examples
    --------
    >>> faults = Faults("menages.csv")
    >>> faults.add("ligne 7", "statut inconnu « PLSA ».", "Vouliez-vous « PSLA » ?")
    >>> faults.list
    ['menages.csv, ligne 7 : statut inconnu « PLSA ». Vouliez-vous « PSLA » ?']
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.list: list[str] = []

    def add(self, where: str, why: str, remedy: str = "") -> None:
        """Note a fault: `where` in the file (may be empty), `why`, and what to do."""
        place = f"{self.file}, {where}" if where else self.file
        self.list.append(f"{place} : {why} {remedy}".rstrip())

    def raise_if_any(self, *, code: str = "E_DATA") -> None:
        """Refuse the file if it has any fault.

        Raises
        ------
        DataError
            With every fault noted so far.
        """
        if self.list:
            raise DataError(self.list, code=code)


def did_you_mean(word: str, known: Iterable[str], *, likeness: float = 0.6) -> str:
    """Suggest the nearest of the `known` words, or say nothing.

    Letters in another order come first, then spelling, if alike enough (`likeness`, 0 to 1).

    Examples
    --------
    >>> did_you_mean("PLSA", ["PLS", "PSLA"])
    'Vouliez-vous « PSLA » ?'
    >>> did_you_mean("xyz", ["PLS", "PSLA"])
    ''
    """
    words = list(known)
    folded = word.casefold()
    same_letters = [w for w in words if sorted(w.casefold()) == sorted(folded)]
    by_fold = {w.casefold(): w for w in words}
    alike = difflib.get_close_matches(folded, by_fold, n=1, cutoff=likeness)
    near = same_letters or [by_fold[match] for match in alike]
    return f"Vouliez-vous « {near[0]} » ?" if near else ""
