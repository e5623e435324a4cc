"""The income under which applicants are in the first quartile, a national median for now."""

from datetime import date

import pytest

from habitat_analysis.baremes import FactReader, load_baremes
from habitat_analysis.errors import DataError, UsageError
from habitat_analysis.households.first_quartile import first_quartile_threshold
from habitat_analysis.households.occupancy import ConsumptionUnits, consumption_units

NATIONAL = "médiane nationale de 2022, à remplacer par le seuil de l'EPCI"


def reader_on(*day: int) -> FactReader:
    return FactReader(load_baremes(), on=date(*day))


def test_one_person_and_a_family():
    reader = reader_on(2026, 11, 22)
    assert first_quartile_threshold(reader, consumption_units=1) == 8_671
    units = consumption_units([40, 38, 9, 6])
    assert first_quartile_threshold(reader, consumption_units=units) == pytest.approx(18_209.1)


def test_the_threshold_is_told_national_once():
    reader = reader_on(2026, 11, 22)
    for units in (1, 1.5, 2.1):
        first_quartile_threshold(reader, consumption_units=units)
    assert [fact.flags for fact in reader.used] == [(NATIONAL,)]


def test_undated_median_is_still_told_national(tmp_path):
    (tmp_path / "mixite.csv").write_text(
        "rule,scope,key,value,unit,source,confidence\n"
        "L441-1,France,first_quartile_median_threshold,9000,EUR/year/UC,s,official-dataset\n",
        encoding="utf-8",
    )
    reader = FactReader(load_baremes(tmp_path), on=date(2026, 11, 22))
    assert first_quartile_threshold(reader, consumption_units=2) == 18_000
    assert reader.used[0].flags[-1] == "médiane nationale, à remplacer par le seuil de l'EPCI"


def test_the_scale_of_the_package_is_that_of_the_tables():
    reader, scale = reader_on(2026, 11, 22), ConsumptionUnits()

    def weight(key: str) -> float:
        return reader.value("mixite", rule="L441-1", scope="household", key=key)

    assert weight("uc_first_adult") == consumption_units([40])
    assert weight("uc_other_14_and_over") == scale.other_adult
    assert weight("uc_under_14") == scale.child


def test_date_before_the_first_value_is_refused():
    assert first_quartile_threshold(reader_on(2022, 1, 1), consumption_units=1) == 8_671
    with pytest.raises(DataError, match="première valeur connue") as error:
        first_quartile_threshold(reader_on(2021, 12, 31), consumption_units=1)
    assert error.value.code == "E_BAREME_BEFORE"


@pytest.mark.parametrize("units", [0, 0.5, -1, float("nan"), float("inf")])
def test_impossible_household(units):
    with pytest.raises(UsageError):
        first_quartile_threshold(reader_on(2026, 11, 22), consumption_units=units)
