"""The explorer: a site and a few levers, the programme solved again at once."""

from habitat_analysis.explorer.choice import (
    Choice,
    first_choice,
    resolve,
    save_choice,
    vary_study,
)
from habitat_analysis.explorer.panel import Explorer, explore

__all__ = [
    "Choice",
    "Explorer",
    "explore",
    "first_choice",
    "resolve",
    "save_choice",
    "vary_study",
]
