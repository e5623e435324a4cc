"""Every rule has a French name and a French sentence."""

import re
from dataclasses import replace

import pytest

from habitat_analysis.programme.case import (
    OBJECTIVES,
    MixGroup,
    MixTarget,
    Programme,
    SharedSpace,
    ShareRule,
)
from habitat_analysis.programme.certificate import Check
from habitat_analysis.programme.evaluation import evaluate
from habitat_analysis.programme.model import build_programme
from habitat_analysis.programme.wording import (
    OBJECTIVE_LABELS,
    STATUS_LABELS,
    broken_sentence,
    rule_label,
)
from tests.test_programme_model import CASE

BUILT = Programme(units={("T2", "PLUS"): 4, ("T2", "LIBRE"): 2}, spaces=("salle",))
TECHNICAL = re.compile("^(used|dev|keep):")
LABELLED = replace(
    CASE,
    spaces=(SharedSpace(id="salle", area_m2=1.0, cost_eur=1.0, label="Salle commune"),),
    rules=replace(
        CASE.rules,
        families=(ShareRule(id="social", members=("PLUS",), min=0.3, label="Locatif social"),),
        mix_target=MixTarget(groups=(MixGroup(id="g", tenures=("PLUS",), share=0.5),), eps=0.1),
    ),
)


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def test_every_rule_of_the_model_and_of_the_certificate_is_named():
    rules = set(build_programme(CASE).rules.values())
    rules |= {check.rule for check in evaluate(CASE, BUILT).certificate}
    for rule in rules:
        if not TECHNICAL.match(rule):
            assert rule_label(CASE, rule) != rule
            assert "_" not in rule_label(CASE, rule)


@pytest.mark.parametrize(
    ("rule", "label"),
    [
        ("share:social:min", "Part minimale de « Locatif social »"),
        ("quartile:Q1:min", "Part minimale des ménages « Q1 »"),
        ("mandatory:salle", "Local partagé obligatoire « Salle commune »"),
        ("cell:T2,PLUS", "Ménages placés en T2 PLUS"),
        ("ceiling:PLUS", "Prix de revient du PLUS, hors stationnement"),
        ("keep:housed", "keep:housed"),
    ],
)
def test_labels(rule, label):
    assert plain(rule_label(LABELLED, rule)) == label


BROKEN = {
    "Surface habitable, locaux partagés compris : 530,5 m² pour 500 m² au plus, soit 30,5 m² de "
    "trop.": ("surface", 530.5, "<=", 500.0, "m2"),
    "Équilibre de l'opération : il manque 38 400 €, fonds propres et subvention complémentaire "
    "mobilisés au plus haut.": ("balance", 100_000.0, ">=", 138_400.0, "eur"),
    "Prix de revient du PLUS, hors stationnement : 3 600 € TTC/m² SHAB pour 3 500 € TTC/m² SHAB "
    "au plus, soit 100 € TTC/m² SHAB de trop.": ("ceiling:PLUS", 3600.0, "<=", 3500.0, "eur_m2"),
    "Part minimale de « Locatif social » : au moins 30,0 % des logements, soit 3 ; le programme "
    "en compte 2 logements, il manque 1 logement.": (
        "share:social:min", 2, ">=", 2.7, "logements"
    ),
    "Nombre minimal de logements : 2 logements pour 3 logements au moins, il manque 1 "
    "logement.": ("dwellings:min", 2, ">=", 3, "logements"),
    "Décision du groupe, T2 PLUS : 2 logements au lieu de 3 logements.": (
        "fixed:T2,PLUS", 2, "=", 3, "logements"
    ),
    "Local partagé obligatoire « Salle commune » : il n'est pas prévu.": (
        "mandatory:salle", 0, ">=", 1, "locaux"
    ),
    "Décision du groupe, « Salle commune » : il est prévu.": (
        "fixed:salle", 1, "=", 0, "locaux"
    ),
}  # fmt: skip


@pytest.mark.parametrize("sentence", BROKEN)
def test_sentences(sentence):
    names = ("rule", "value", "sense", "limit", "unit")
    check = Check(**dict(zip(names, BROKEN[sentence], strict=True)))
    assert plain(broken_sentence(LABELLED, check)) == sentence


def test_sentences_have_the_spaces_of_french():
    check = Check(rule="surface", value=1530.0, sense="<=", limit=500.0, unit="m2")
    sentence = broken_sentence(LABELLED, check)
    assert "1\u202f530\u00a0m²" in sentence
    assert "compris\u00a0:" in sentence


def test_objectives_and_statuses_are_all_named():
    assert set(OBJECTIVE_LABELS) == set(OBJECTIVES)
    statuses = {"optimal", "feasible", "infeasible", "unbounded", "no_solution", "error"}
    assert set(STATUS_LABELS) == statuses
