"""What every account of one operation shares: study, costs, paths, caps."""

from __future__ import annotations

from dataclasses import dataclass

from habitat_analysis.baremes import FactReader
from habitat_analysis.montage.costs import DetailedCosts
from habitat_analysis.montage.paths import RatePaths
from habitat_analysis.programme.case import Programme, TenureTerms, Typology
from habitat_analysis.programme.economics import CaseFile
from habitat_analysis.programme.evaluation import Evaluation
from habitat_analysis.study import Study, Terms
from habitat_analysis.study.model import Zones
from habitat_analysis.tenures import ORDER, tenure


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One programme on one site, ready for its accounts."""

    file: CaseFile
    programme: Programme
    evaluation: Evaluation
    costs: DetailedCosts
    paths: RatePaths
    facts: FactReader

    @property
    def study(self) -> Study:
        """Hypotheses."""
        return self.file.setting.study

    @property
    def zones(self) -> Zones:
        """Zones of the commune."""
        return self.file.setting.zones

    @property
    def codes(self) -> tuple[str, ...]:
        """Tenures of the programme, in the order of the reports."""
        return tuple(code for code in ORDER if code in self.costs.quantities.index)

    def of_kind(self, kind: str) -> tuple[str, ...]:
        """Tenures of the programme of one kind: ``rental``, ``sale`` or ``progressive``."""
        return tuple(code for code in self.codes if tenure(code).kind == kind)

    def terms(self, code: str) -> Terms:
        """Return the terms of a tenure, as the study states them."""
        return self.study.terms_of(code)

    def model_terms(self, code: str) -> TenureTerms:
        """Return the terms of a tenure, as the model counts them."""
        return next(terms for terms in self.file.case.tenures if terms.id == code)

    def dwellings(self, code: str) -> float:
        """Count the dwellings of a tenure."""
        return self.costs.quantity(code, "dwellings")

    def shab_m2(self, code: str) -> float:
        """Return the SHAB of a tenure."""
        return self.costs.quantity(code, "shab")

    def su_m2(self, code: str) -> float:
        """Return the SU of a tenure."""
        return self.costs.quantity(code, "su")

    def sizes(self, code: str) -> tuple[tuple[Typology, int], ...]:
        """List the typologies of a tenure in the programme, with the number of dwellings."""
        return tuple(
            (size, n)
            for size in self.file.case.typologies
            if (n := self.programme.units.get((size.id, code), 0))
        )


def is_cost(code: str) -> bool:
    """Whether the VAT of a tenure is a cost for the operation; it is neutral for a sale."""
    return tenure(code).kind != "sale"
