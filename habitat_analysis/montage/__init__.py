"""The montage of one operation: every tenure financed line by line, from costs to risks."""

from habitat_analysis.montage.accounts import Montage, build_montage
from habitat_analysis.montage.costs import DetailedCosts, detail_costs

__all__ = ["DetailedCosts", "Montage", "build_montage", "detail_costs"]
