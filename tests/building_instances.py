"""Random small programmes in two buildings, small enough to try every way of sharing them out."""

from __future__ import annotations

from dataclasses import replace

from habitat_analysis.programme.buildings import Building, Phase
from habitat_analysis.programme.case import Case, ShareRule
from tests.programme_instances import SIZES, Draw


class BuildingDraw(Draw):
    """One seeded draw of a case in two buildings, at most four cells and five dwellings."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed, large=False)
        self.typologies = self.typologies[:2]
        self.tenures = self.tenures[: 4 // len(self.typologies)][:3]
        self.most = self.between(3, 5)

    def case(self) -> Case:
        case = super().case()
        alike = self.chance(0.3)
        phased = not alike and self.chance(0.6)
        a, b = self._building("A", 1), self._building("B", 2 if phased else 1)
        if alike:
            b = replace(a, id="B")
        spaces = tuple(
            replace(
                space,
                area_m2=3 * space.area_m2,
                mandatory=self.chance(0.4),
                building="B" if self.chance(0.6) else None,
            )
            for space in case.spaces
        )
        return replace(
            case,
            buildings=(a, b),
            phases=self._phases(case) if phased else (),
            spaces=spaces,
            rules=replace(
                case.rules,
                building_shares=tuple(self._building_shares()),
                shab_max_m2=case.rules.shab_max_m2 + sum(space.area_m2 for space in spaces),
            ),
        )

    def _building(self, name: str, phase: int) -> Building:
        largest = SIZES[self.typologies[-1]][0]
        return Building(
            id=name,
            shab_max_m2=self.uniform(1.0, 4.0) * largest,
            dwellings_max=self.between(1, 4) if self.chance(0.4) else None,
            parking_max=self.uniform(0.5, 3.5) if self.chance(0.4) else None,
            phase=phase,
        )

    def _building_shares(self) -> list[ShareRule]:
        shares = [self._share(f"in {code}", (code,)) for code in self.tenures if self.chance(0.4)]
        if self.chance(0.3):
            most = self.between(10, 15) / 20
            shares += [ShareRule(id=code, members=(code,), max=most) for code in self.tenures]
        return shares

    def _phases(self, case: Case) -> tuple[Phase, ...]:
        scale = self.most * 1_000.0
        return (
            Phase(number=1, equity_max_eur=self.uniform(5.0, 60.0) * scale),
            Phase(number=2, equity_max_eur=self.uniform(20.0, 80.0) * scale
                  if self.chance(0.4) else None),
        )  # fmt: skip
