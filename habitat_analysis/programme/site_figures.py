"""The few figures of a site that enter its case: what is paid, and what may be built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Plot(Protocol):
    """What of a site is paid: its parcels and its area."""

    @property
    def idus(self) -> tuple[str, ...]:
        """Parcels of the site."""

    @property
    def area_m2(self) -> float:
        """Area measured on the plan."""


class Room(Protocol):
    """What of a capacity limits a programme."""

    @property
    def shab_m2(self) -> float:
        """Largest SHAB, shared rooms included."""

    @property
    def parking_places(self) -> int:
        """Places that the rules ask for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFigures:
    """A site reduced to the figures of its case: a `Plot` and a `Room`, without geometry."""

    idus: tuple[str, ...]  # sorted
    area_m2: float
    shab_m2: float
    parking_places: int
