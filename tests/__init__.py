"""Tests: `tests/test_<module>.py` holds those of `habitat_analysis/<module>.py`."""
