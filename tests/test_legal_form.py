"""The limits of the legal form, with figures one can check by hand."""

import datetime as dt
from typing import Any

import pytest

from habitat_analysis.baremes import FactReader, load_baremes
from habitat_analysis.errors import DataError
from habitat_analysis.feasibility.legal_form import LegalCheck, legal_standing
from habitat_analysis.programme.case import Programme
from habitat_analysis.regulation import legal_form
from habitat_analysis.study import LegalPerson, Study

COMPANY = "COOPERATIVE_HABITANTS"
TWENTY = Programme(units={("T3", "PLUS"): 6, ("T3", "LIBRE"): 14})


def reader() -> FactReader:
    return FactReader(load_baremes(), on=dt.date(2026, 11, 22))


def person(name: str = "Les Tilleuls", kind: str = "association", **changes: Any) -> dict[str, Any]:
    base = {"id": name, "libelle": name, "nature": kind, "lots": {"T3": {"LIBRE": 1}}}
    return base | changes


def body(lots: int, capital: float | None) -> dict[str, Any]:
    return person(
        "Coop", "cooperative", lots={"T3": {"PLUS": lots}}, part_du_capital=capital,
        part_des_voix=0.1,
    )  # fmt: skip


class Asked:
    """The two parts of a study that the limits look at."""

    def __init__(self, form: str | None, persons: list[dict[str, Any]]) -> None:
        self.legal_form = form
        self.legal_persons = tuple(
            LegalPerson.model_validate({k: v for k, v in one.items() if v is not None})
            for one in persons
        )

    @property
    def residents(self) -> "Asked":
        return self


def checks(form: str | None, *persons: dict[str, Any], programme: Programme | None = TWENTY):
    study: Study = Asked(form, list(persons))  # type: ignore[assignment]
    found = legal_standing(study, programme, reader())
    assert found is not None
    return found


def about(found, words: str) -> LegalCheck:
    (check,) = [one for one in found.checks if words in plain(one.subject)]
    return check


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("shares", "state"),
    [
        ((0.30,), "respecté"),
        ((0.31,), "non respecté"),
        ((0.10, 0.20), "respecté"),
        ((0.1, 0.1, 0.1), "respecté"),  # 0.30000000000000004 for a computer
        ((0.15, 0.16), "non respecté"),
    ],
)
def test_thirty_percent_is_kept_and_thirty_one_is_not(shares, state) -> None:
    persons = [
        person(str(rank), part_du_capital=share, part_des_voix=share)
        for rank, share in enumerate(shares)
    ]
    found = checks(COMPANY, *persons)
    for words in ("Part du capital", "Part des voix"):
        assert about(found, words).state == state
        assert about(found, words).limit == 0.30
        assert about(found, words).legal_reference == "CCH L200-3"


def test_figures_are_said_with_their_text() -> None:
    found = checks(COMPANY, person(part_du_capital=0.31, part_des_voix=0.05))
    assert plain(about(found, "Part du capital").said) == (
        "31,0 % du capital aux personnes morales, pour 30,0 % au plus (CCH L200-3)."
    )
    assert plain(found.conditions[0]) == (
        "Personnes morales, limite non respectée : 31,0 % du capital aux personnes morales, pour "
        "30,0 % au plus (CCH L200-3)."
    )


def test_what_is_not_stated_is_to_be_stated_unless_the_limit_is_broken_already() -> None:
    silent = person("Silence", part_du_capital=None, part_des_voix=None)
    one = checks(COMPANY, silent, person(part_du_capital=0.2, part_des_voix=0.4))
    assert about(one, "Part du capital").state == "à préciser"
    assert plain(about(one, "Part du capital").said) == (
        "il manque « part_du_capital » de « Silence » ; 20,0 % du capital aux personnes morales, "
        "pour 30,0 % au plus, sans compter ce qui manque (CCH L200-3)."
    )
    assert about(one, "Part des voix").state == "non respecté"
    alone = checks(COMPANY, silent)
    assert plain(about(alone, "Part des voix").said) == (
        "il manque « part_des_voix » de « Silence » (CCH L200-3)."
    )


@pytest.mark.parametrize(
    ("lots", "capital", "gap", "state"),
    [
        (6, 0.30, 0.0, "respecté"),  # 6 of 20 dwellings are 30 %
        (6, 0.27, 0.6, "respecté"),  # 27 % of 20 are 5.4 dwellings: 6 is the next whole number
        (6, 0.25, 1.0, "non respecté"),  # 25 % of 20 are 5: one too many
        (4, 0.30, -2.0, "non respecté"),
    ],
)
def test_the_dwellings_of_an_hlm_body_follow_its_capital(lots, capital, gap, state) -> None:
    check = about(checks(COMPANY, body(lots, capital)), "Logements de « Coop »")
    assert (check.state, check.value, check.limit) == (state, lots / 20, capital)
    assert check.gap_dwellings == pytest.approx(gap)
    assert check.legal_reference == "CCH L200-4"


def test_the_gap_is_said_in_dwellings() -> None:
    check = about(checks(COMPANY, body(4, 0.30)), "Logements de « Coop »")
    assert plain(check.said) == (
        "« Coop » tient 4 logements sur 20, soit 20,0 %, pour 30,0 % du capital, écart de −2,0 "
        "logements (CCH L200-4)."
    )


def test_the_proportion_waits_for_the_share_or_the_programme() -> None:
    assert about(checks(COMPANY, body(6, None)), "Logements de").state == "à préciser"
    assert about(checks(COMPANY, body(6, 0.3), programme=None), "Logements de").state == (
        "à préciser"
    )


def test_rental_dwellings_of_a_company_without_landlord_are_to_be_checked() -> None:
    check = about(checks(COMPANY, body(4, 0.20)), "Bailleur")
    assert check.state == "à vérifier"
    assert plain(check.said).startswith("2 logements locatifs du programme sans bailleur nommé")
    assert not [c for c in checks(COMPANY, body(6, 0.3)).checks if "Bailleur" in c.subject]


def test_a_form_without_limit_says_why_and_is_no_condition() -> None:
    found = checks("SCCV_OR_HLM_VEFA_THEN_COPROPRIETE", person(part_du_capital=0.9))
    (check,) = found.checks
    assert (check.state, found.conditions) == ("sans objet", ())
    assert "ne visent que les coopératives d'habitants" in check.said
    assert found.form_reference.startswith("CCH L211-1")


def test_without_a_form_nothing_is_examined_and_the_verdict_says_so() -> None:
    found = checks(None, person())
    assert [check.state for check in found.checks] == ["non examiné"]
    assert "écrivez « groupe.forme_juridique »" in plain(found.conditions[0])


def test_a_study_that_says_nothing_has_nothing_to_tell() -> None:
    study: Study = Asked(None, [])  # type: ignore[assignment]
    assert legal_standing(study, TWENTY, reader()) is None


def test_what_the_baremes_do_not_settle_is_to_be_checked_not_refused() -> None:
    odd = person(lots={"T3": {"PLUS": 1, "BRS": 1}})
    found = checks("SCIA", odd)
    assert [check.state for check in found.checks] == ["sans objet", "à vérifier", "à vérifier"]
    assert "qualité de bailleur à établir" in found.checks[1].said
    assert "en BRS, dont l'acquéreur est un ménage sous plafonds" in found.checks[2].said
    town = person(kind="commune", lots={"T3": {"PLUS": 1}})
    assert [check.state for check in checks("SCIA", town).checks] == ["sans objet"]


def test_a_form_that_the_baremes_do_not_know_is_refused() -> None:
    with pytest.raises(DataError, match="forme juridique « GIE » absente"):
        legal_form(reader(), "GIE")
