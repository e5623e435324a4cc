"""A synthetic pool: its margins, its seed, its label, and margins that are refused in French."""

from dataclasses import replace

import pytest

from habitat_analysis.errors import DataError
from habitat_analysis.households.group import COLUMNS
from habitat_analysis.households.insee import TYPES, read_insee_households
from habitat_analysis.households.needs import income_per_unit_eur, need_classes
from habitat_analysis.households.occupancy import ConsumptionUnits
from habitat_analysis.households.pool import (
    FamilyType,
    IncomeBand,
    PoolHabits,
    PoolMargins,
    synthetic_pool,
)
from tests.household_samples import RULES

ALONE = FamilyType(label="Seul", couples=0, single_adults=1, children=0, adult_ages=(25, 80))
COUPLE = FamilyType(label="Couple", couples=1, single_adults=0, children=0, adult_ages=(25, 80))
FAMILY = FamilyType(label="Famille", couples=1, single_adults=0, children=2, adult_ages=(25, 50))
MARGINS = PoolMargins(
    types=(ALONE, COUPLE, FAMILY),
    incomes=(
        IncomeBand(label="bas", low_eur=8_000, high_eur=20_000),
        IncomeBand(label="haut", low_eur=20_000, high_eur=45_000),
    ),
    seed=((1.0, 1.0), (1.0, 2.0), (2.0, 1.0)),
    types_counts=(60.0, 80.0, 60.0),
    incomes_counts=(100.0, 100.0),
    source="saisie",
)
HABITS = PoolHabits(rfr_to_income=0.9, savings_years=0.5)


def pool(margins=MARGINS, n=100, seed=7):
    return synthetic_pool(margins, HABITS, n_households=n, seed=seed)


def test_the_pool_has_the_asked_size_and_the_margins_of_the_commune():
    found = pool()
    assert found.counts.to_numpy().sum() == len(found.group.table) == 100
    assert found.counts.sum(axis=1).tolist() == [30, 40, 30]
    assert found.counts.sum().tolist() == pytest.approx([50, 50], abs=1)
    assert found.table.sum(axis=1) == pytest.approx([60, 80, 60])


def test_households_are_those_of_their_cell():
    table = pool().group.table
    assert tuple(table.columns) == COLUMNS
    assert table["household_id"].tolist()[::99] == ["SYN0001", "SYN0100"]
    families = table[table["child_ages"].map(len) == 2]
    assert len(families) == 30
    assert families["adult_ages"].map(lambda ages: all(25 <= age <= 50 for age in ages)).all()
    units = ConsumptionUnits()
    per_unit = [income_per_unit_eur(row, units) for row in table.to_dict("records")]
    assert sum(income <= 20_000 for income in per_unit) == pytest.approx(50, abs=1)
    assert (table["rfr_n2_eur"] / table["income_month_eur"]).round(6).eq(12 * 0.9).all()


def test_same_seed_same_pool():
    assert pool().group.table.equals(pool().group.table)
    assert not pool(seed=8).group.table.equals(pool().group.table)


def test_it_says_that_nobody_in_it_exists():
    found = pool().group
    assert "synthétique" in found.file
    (note,) = found.notes
    assert "synthétiques" in note
    assert "graine 7" in note.replace("\u00a0", " ")


def test_it_goes_the_way_of_a_real_group():
    needs = need_classes(pool(n=40).group.table, RULES)
    assert needs.classes["count"].sum() + len(needs.unplaced) == 40


@pytest.mark.parametrize(
    ("wrong", "code", "words"),
    [
        ({"incomes_counts": (100.0, 90.0)}, "E_IPF_TOTALS", "écart de 10,0"),
        ({"seed": ((0.0, 0.0), (1.0, 2.0), (2.0, 1.0))}, "E_IPF_ZERO_ROW", "« Seul »"),
        ({"seed": ((1.0, 0.0), (1.0, 0.0), (2.0, 0.0))}, "E_IPF_ZERO_COL", "« haut »"),
        ({"seed": ((1.0, 0.0), (1.0, 0.0), (2.0, 1.0))}, "E_IPF_NO_CONVERGENCE", "Ouvrez une case"),
        ({"types_counts": (60.0, 80.0)}, "E_POOL", "3 types de ménage"),
        ({"types_counts": (60.0, 80.0, -60.0)}, "E_POOL", "négatif"),
        ({"types_counts": (0.0, 0.0, 0.0), "incomes_counts": (0.0, 0.0)}, "E_POOL", "nulles"),
        ({"types": (replace(ALONE, single_adults=0), COUPLE, FAMILY)}, "E_POOL", "aucun adulte"),
        ({"types": (replace(ALONE, adult_ages=(80, 25)), COUPLE, FAMILY)}, "E_POOL", "à l'envers"),
    ],
)
def test_margins_that_cannot_be(wrong, code, words):
    with pytest.raises(DataError) as error:
        pool(replace(MARGINS, **wrong))
    assert error.value.code == code
    assert words in str(error.value).replace("\u00a0", " ")


def test_all_faults_come_at_once():
    bad = replace(
        MARGINS,
        types=(replace(ALONE, single_adults=0), COUPLE, FAMILY),
        incomes=(replace(MARGINS.incomes[0], low_eur=30_000), MARGINS.incomes[1]),
    )
    with pytest.raises(DataError) as error:
        pool(bad, n=0)
    assert len(error.value.faults) == 3


HEADER = (
    "CODGEO;REG;C21_MEN;C21_MENPSEUL;C21_MENSFAM;C21_MENFAM;"
    "C21_MENCOUPSENF;C21_MENCOUPAENF;C21_MENFAMMONO"
)


@pytest.fixture
def write(tmp_path):
    def write_file(*lines, header=HEADER):
        path = tmp_path / "base-cc-coupl-fam-men-2021.CSV"
        path.write_text("\n".join((header, *lines, "")), encoding="utf-8")
        return path

    return write_file


def test_the_official_file_is_read(write):
    path = write("99012;99;100,5;40;5.5;55;20;25;10", "99013;99;9;9;0;0;0;0;0")
    found = read_insee_households(path, "99012")
    assert found.counts == dict(zip(TYPES.values(), (40, 5.5, 20, 25, 10), strict=True))
    assert (found.total, found.vintage) == (100.5, 2021)
    assert "recensement 2021" in found.source


def test_the_iris_of_a_commune_are_added_up(write):
    header = HEADER.replace("CODGEO;REG", "IRIS;COM")
    path = write("990120101;99012;10;4;1;5;2;2;1", "990120102;99012;20;8;2;10;4;4;2", header=header)
    assert read_insee_households(path, "99012").total == 30


@pytest.mark.parametrize(
    ("lines", "header", "words"),
    [
        (["99013;99;9;9;0;0;0;0;0"], HEADER, "absente"),
        (["99012;99;100;40;5;55;20;25;20"], HEADER, "totalisent 110,0 ménages pour 100,0"),
        (["99012;99;100;40;secret;55;20;25;10"], HEADER, "ligne 2"),
        (["99012;99;100;40;5;55;20;25"], HEADER, "ligne 2"),
        (["99012;1"], "CODGEO;POP", "n'est pas le fichier"),
        (["99012;1"], "CODGEO;C21_MEN", "colonnes absentes"),
    ],
)
def test_files_that_are_not_the_official_one(write, lines, header, words):
    with pytest.raises(DataError) as error:
        read_insee_households(write(*lines, header=header), "99012")
    assert error.value.code == "E_INSEE"
    assert words in str(error.value).replace("\u00a0", " ")
    assert "secret" not in str(error.value)
