"""Random programmes, small enough to enumerate or large enough to be worth a solver."""

from typing import Any

import numpy as np

from habitat_analysis.programme.case import (
    Case,
    MixGroup,
    MixTarget,
    NeedClass,
    ProgrammeRules,
    SharedSpace,
    ShareRule,
    TenureTerms,
    Typology,
)

SIZES = {"T1": (30.0, 32.0), "T2": (46.0, 49.0), "T3": (66.0, 70.0), "T4": (82.0, 87.0)}
OBJECTIVES = ("housed", "public_money", "equity", "mix", "dwellings", "cost", "spaces")
QUARTILES = ("Q1", "Q2", "Q3", "Q4")
TENURES: dict[str, dict[str, Any]] = {
    "PLAI": {
        "kind": "rental", "vat": 0.055, "variable_cost_m2_eur": 2350.0, "loan_rate": 0.013,
        "loan_years": 40, "net_rent_m2_year_eur": 45.0, "subsidy_eur": 22_000.0, "parking": 0.5,
    },
    "PLUS": {
        "kind": "rental", "vat": 0.1, "variable_cost_m2_eur": 2350.0, "loan_rate": 0.023,
        "loan_years": 40, "net_rent_m2_year_eur": 55.0, "subsidy_eur": 8_500.0, "parking": 0.5,
    },
    "PLS": {
        "kind": "rental", "vat": 0.1, "variable_cost_m2_eur": 2400.0, "loan_rate": 0.031,
        "loan_years": 30, "net_rent_m2_year_eur": 95.0, "parking": 1.0,
    },
    "PSLA": {
        "kind": "sale", "vat": 0.055, "variable_cost_m2_eur": 2400.0, "price_m2_eur": 3150.0,
        "parking": 1.0,
    },
    "BRS": {
        "kind": "sale", "vat": 0.055, "variable_cost_m2_eur": 2400.0, "price_m2_eur": 2600.0,
        "ofs_land_m2_eur": 220.0, "subsidy_eur": 5_000.0, "parking": 1.0,
    },
    "SCIAPP": {
        "kind": "progressive", "vat": 0.1, "variable_cost_m2_eur": 2400.0, "loan_rate": 0.02,
        "loan_years": 25, "parking": 1.0,
        "progressive_loan_eur": {"T1": 80e3, "T2": 118e3, "T3": 165e3, "T4": 209e3},
    },
    "VEFA": {
        "kind": "sale", "vat": 0.055, "variable_cost_m2_eur": 2420.0, "price_m2_eur": 3600.0,
        "parking": 1.0,
    },
    "LIBRE": {
        "kind": "sale", "vat": 0.2, "variable_cost_m2_eur": 2450.0, "price_m2_eur": 4300.0,
        "parking": 1.2,
    },
}  # fmt: skip


def tenure(code: str, typologies: tuple[str, ...] = tuple(SIZES), **changes: Any) -> TenureTerms:
    """Return the usual terms of a tenure, some of them changed."""
    terms = TENURES[code] | {"id": code} | changes
    if terms["kind"] == "progressive":
        loans = terms["progressive_loan_eur"]
        terms["progressive_loan_eur"] = {typology: loans[typology] for typology in typologies}
    return TenureTerms(**terms)


def typology(code: str) -> Typology:
    shab, su = SIZES[code]
    return Typology(id=code, shab_m2=shab, su_m2=su)


class Draw:
    """One seeded draw of a case."""

    def __init__(self, seed: int, *, large: bool) -> None:
        self.rng = np.random.default_rng(seed)
        self.large = large
        n_typologies = self.between(3, 4) if large else self.between(1, 3)
        most = {1: 5, 2: 3, 3: 2}.get(n_typologies, 0)
        n_tenures = self.between(4, 6) if large else self.between(2, most)
        self.typologies = tuple(self.some(list(SIZES), n_typologies))
        self.tenures = tuple(self.some(list(TENURES), n_tenures))
        self.most = self.between(18, 30) if large else self.between(3, 7)

    def between(self, low: int, high: int) -> int:
        return int(self.rng.integers(low, high + 1))

    def chance(self, probability: float) -> bool:
        return bool(self.rng.random() < probability)

    def uniform(self, low: float, high: float) -> float:
        return float(self.rng.uniform(low, high))

    def some(self, items: list[Any], size: int) -> list[Any]:
        chosen = sorted(self.rng.choice(len(items), size=min(size, len(items)), replace=False))
        return [items[position] for position in chosen]

    def case(self) -> Case:
        shab = self.uniform(0.6, 1.0) * self.most * np.mean([SIZES[t][0] for t in self.typologies])
        shab = float(max(shab, SIZES[self.typologies[0]][0]))
        fixed_cost = self.uniform(300.0, 700.0) * shab
        spaces = self._spaces()
        return Case(
            typologies=tuple(typology(code) for code in self.typologies),
            tenures=tuple(self._tenure(code) for code in self.tenures),
            spaces=spaces,
            classes=self._classes(),
            rules=self._rules(shab + sum(space.area_m2 for space in spaces) / 2),
            fixed_cost_eur=fixed_cost,
            dropout_loss=0.1,
            fixed_m2_eur=fixed_cost / shab / 2 if self.chance(0.5) else None,
            fixed=self._fixed(spaces),
        )

    def objectives(self) -> list[str]:
        size = self.between(1, 3)
        return [str(name) for name in self.rng.permutation(OBJECTIVES)[:size]]

    def _tenure(self, code: str) -> TenureTerms:
        changes: dict[str, Any] = {}
        if self.chance(0.4):
            changes["cost_ceiling_m2_eur"] = self.uniform(2700.0, 3600.0)
        if self.chance(0.3):
            changes["dwelling_cost_eur"] = self.uniform(2_000.0, 15_000.0)
        if self.chance(0.3) and TENURES[code]["kind"] == "rental":
            changes["net_rent_m2_year_eur"] = self.uniform(60.0, 160.0)  # the cap of the loan acts
        return tenure(code, self.typologies, **changes)

    def _spaces(self) -> tuple[SharedSpace, ...]:
        return tuple(
            SharedSpace(
                id=f"room_{position}",
                area_m2=self.uniform(10.0, 40.0),
                cost_eur=self.uniform(15_000.0, 60_000.0),
                mandatory=self.chance(0.2),
                value=float(self.between(0, 3)),
            )
            for position in range(self.between(2, 4) if self.large else self.between(0, 2))
        )

    def _classes(self) -> tuple[NeedClass, ...]:
        cells = [(t, u) for t in self.typologies for u in self.tenures]
        number = self.between(5, 8) if self.large else self.between(1, 3)
        return tuple(
            NeedClass(
                id=f"class {position}",
                count=self.between(2, 6) if self.large else self.between(1, 3),
                quartile=QUARTILES[self.between(0, 3)],
                cells=tuple(self.some(cells, self.between(1, 4 if self.large else 3))),
            )
            for position in range(number)
        )

    def _share(self, name: str, members: tuple[str, ...]) -> ShareRule:
        least, most = self.between(1, 6) / 20, self.between(8, 18) / 20
        return ShareRule(
            id=name,
            members=members,
            min=least if self.chance(0.5) else None,
            max=most if self.chance(0.5) else None,
        )

    def _rules(self, shab_max: float) -> ProgrammeRules:
        families = [self._share(u, (u,)) for u in self.tenures if self.chance(0.3)]
        sizes = [self._share(t, (t,)) for t in self.typologies if self.chance(0.25)]
        quartiles = [self._share(q, (q,)) for q in QUARTILES if self.chance(0.2)]
        mix = MixTarget(
            groups=tuple(
                MixGroup(id=f"group {u}", tenures=(u,), share=1 / len(self.tenures))
                for u in self.tenures
            ),
            eps=self.uniform(0.2, 0.6) if self.chance(0.3) else None,
        )
        scale = self.most * 1_000.0
        return ProgrammeRules(
            shab_max_m2=shab_max,
            parking_max=self.uniform(0.5, 1.2) * self.most if self.chance(0.6) else None,
            dwellings_min=self.between(0, self.most // 3),
            dwellings_max=self.most,
            open_max=self.between(1, self.most) if self.chance(0.5) else None,
            housed_min=self.between(0, 2) if self.chance(0.3) else 0,
            families=tuple(families),
            typology_shares=tuple(sizes),
            quartiles=tuple(quartiles),
            equity_max_eur=self.uniform(30.0, 80.0) * scale if self.chance(0.7) else None,
            topup_max_eur=self.uniform(0.0, 10.0) * scale,
            subsidy_max_eur=self.uniform(8.0, 25.0) * scale if self.chance(0.4) else None,
            mix_target=mix,
        )

    def _fixed(self, spaces: tuple[SharedSpace, ...]) -> dict[Any, int | bool]:
        fixed: dict[Any, int | bool] = {}
        if self.chance(0.15):
            fixed[self.typologies[0], self.tenures[0]] = self.between(0, 1)
        if self.chance(0.1):
            fixed[self.tenures[-1]] = self.between(0, 2)
        if spaces and self.chance(0.1):
            fixed[spaces[0].id] = self.chance(0.5)
        return fixed
