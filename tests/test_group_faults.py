"""What a study says of its residents and cannot hold together, refused with the line of the key."""

import json
from pathlib import Path

import pytest

from habitat_analysis.errors import DataError
from habitat_analysis.files import DATA_DIR
from habitat_analysis.study import load_study
from habitat_analysis.study.group_faults import group_faults
from habitat_analysis.study.yaml_door import read_yaml

DEMO = DATA_DIR / "demo"
SITE = "99012000AB0012"
VOTE = "  vote: {regle: parts_egales_cout, budget_ttc: 60000}\n"
ALLOTMENT = f'  attribution:\n    site: "{SITE}"\n'
BUILDINGS = "  batiments:\n    - {id: A, part_shab: 0.5}\n    - {id: B, part_shab: 0.5}\n"


@pytest.fixture
def refused(tmp_path):
    """Write the demo study with a key « groupe » and changes; give the faults, or none."""
    for file in DEMO.iterdir():
        if file.name != "etude.yaml":
            (tmp_path / file.name).symlink_to(file)
    for name in ("voeux.csv", "votes.csv", "logements.csv", "attribution.csv"):
        if not (tmp_path / name).exists():
            (tmp_path / name).write_text("x\n")

    def load(group: str = "", files: str = "", changes: tuple[tuple[str, str], ...] = ()):
        text = demo_without_group()
        for before, after in (("fichiers:\n", f"fichiers:\n{files}"), *changes):
            assert before in text
            text = text.replace(before, after, 1)
        path = tmp_path / "etude.yaml"
        path.write_text(text + (f"\ngroupe:\n{group}" if group else ""), encoding="utf-8")
        try:
            load_study(path)
        except DataError as error:
            faults = error.faults
        else:
            return []
        lines = path.read_text(encoding="utf-8").splitlines()
        plain = [fault.replace("\u00a0", " ") for fault in faults]
        for fault in plain:  # the line named is that of the key named
            line = int(fault.split("ligne ")[1].split(",")[0])
            keys = fault.split("« ")[1].split(" »")[0].split(".")
            named = next(key for key in reversed(keys) if not key.isdigit())
            assert named in lines[line - 1] or lines[line - 1].lstrip().startswith("-"), fault
        return plain

    return load


def demo_without_group() -> str:
    """The demo study, less its key « groupe » and the files that only this key explains."""
    kept, skipping = [], False
    for line in (DEMO / "etude.yaml").read_text(encoding="utf-8").splitlines():
        if line and not line[0].isspace():
            skipping = line.startswith("groupe:")
        names = ("voeux:", "votes:", "logements:", "attribution_du_groupe:")
        named = line.startswith("  ") and line[2:].startswith(names) and line.endswith(".csv")
        if not skipping and not named:
            kept.append(line)
    return "\n".join(kept) + "\n"


def test_ballots_wait_for_their_rule(refused):
    (fault,) = refused(files="  votes: votes.csv\n")
    assert "« fichiers.votes » : la règle du vote se décide avant de lire les bulletins." in fault
    assert "Écrivez « groupe.vote » (regle, budget_ttc)" in fault
    assert refused(VOTE, files="  votes: votes.csv\n") == []


@pytest.mark.parametrize("key", ["voeux", "logements", "attribution_du_groupe"])
def test_wishes_wait_for_the_rules_of_the_allotment(refused, key):
    name = "attribution" if key.startswith("attribution") else key
    faults = refused(files=f"  {key}: {name}.csv\n")
    assert f"« fichiers.{key} » : les règles de l'attribution se décident avant" in faults[0]
    assert len(faults) == (2 if key == "attribution_du_groupe" else 1)
    more = "" if key != "attribution_du_groupe" else "  voeux: voeux.csv\n"
    assert refused(ALLOTMENT, files=f"  {key}: {name}.csv\n{more}") == []


def test_an_allocation_of_the_group_is_not_judged_without_wishes(refused):
    (fault,) = refused(ALLOTMENT, files="  attribution_du_groupe: attribution.csv\n")
    assert "Ajoutez « fichiers.voeux »" in fault


def test_the_site_of_the_allotment_is_a_parcel_once(refused):
    assert "n'a pas la forme attendue" in refused("  attribution:\n    site: AB12\n")[0]
    (fault,) = refused(f'  attribution:\n    site: ["{SITE}", "{SITE}"]\n')
    assert f"la parcelle {SITE} est écrite 2 fois." in fault


def limits(*said: str) -> str:
    return f"{ALLOTMENT}    limites:\n" + "".join(f"      - {{{one}}}\n" for one in said)


Q1 = "attribut: quartile, valeurs: [Q1]"
LOW = "attribut: quartile, valeurs: [Q1, Q2]"


def test_bounds_name_buildings_of_the_study_when_it_names_some(refused):
    bound = limits(f"id: une, {Q1}, batiment: C, max: 2")
    assert refused(bound) == []  # the plan will tell
    changes = (("  logements_min: 10\n", f"{BUILDINGS}  logements_min: 10\n"),)
    (fault,) = refused(bound, changes=changes)
    assert "« C » n'est pas un bâtiment de l'étude. Bâtiments décrits : A et B." in fault
    assert refused(bound.replace("batiment: C", "batiment: A"), changes=changes) == []


@pytest.mark.parametrize(
    ("said", "n"),
    [
        ((f"id: une, {Q1}",), 1),
        ((f"id: une, {Q1}, min: 3", f"id: deux, {Q1}, max: 2"), 1),
        ((f"id: une, {Q1}, min: 3", f"id: deux, {LOW}, max: 2"), 1),
        ((f"id: une, {LOW}, min: 3", f"id: deux, {Q1}, max: 2"), 0),
        ((f"id: une, {Q1}, batiment: A, min: 3", f"id: deux, {Q1}, max: 2"), 1),
        ((f"id: une, {Q1}, min: 3", f"id: deux, {Q1}, batiment: A, max: 2"), 0),
        ((f"id: une, {Q1}, batiment: A, min: 3", f"id: deux, {Q1}, batiment: B, max: 2"), 0),
        ((f"id: une, {Q1}, min: 2", f"id: deux, {Q1}, max: 2"), 0),
        ((f"id: une, {Q1}, min: 3", "id: deux, attribut: age, valeurs: [35 à 59 ans], max: 2"), 0),
    ],
)
def test_bounds_that_no_count_honours_are_refused(refused, said, n):
    """A bound counts inside another when its values and its building are inside the other's."""
    assert len(refused(limits(*said))) == n


def test_quotas_that_contradict_each_other_are_refused_in_percent(refused):
    quotas = f"  quotas:\n    - {{id: une, {Q1}, min: 0.5}}\n    - {{id: deux, {LOW}, max: 0.25}}\n"
    (fault,) = refused(quotas)
    assert "« groupe.quotas.1 » : « une » demande au moins 50,0 %, « deux » au plus 25,0 %" in fault


def test_a_vote_needs_a_room_to_decide_and_its_cost(refused):
    free = (("cout_ttc: 38000", "cout_ttc: 0"),)
    (fault,) = refused(VOTE, changes=free)
    assert "« programme.espaces_partages.2.cout_ttc »" in fault
    assert "« buanderie » est soumis au vote et ne coûte rien." in fault
    assert refused(changes=free) == []
    decided = tuple(
        (f"cout_ttc: {cost}", f"cout_ttc: {cost}, obligatoire: oui")
        for cost in (38000, 76000, 18000, 48000, 27000, 58000)
    )
    (fault,) = refused(VOTE, changes=decided)
    assert "« groupe.vote » : aucun espace partagé n'est à voter" in fault


def test_no_more_rental_dwellings_are_reserved_than_there_can_be(refused):
    assert refused("  contingents: {État: 5, Action Logement: 4}\n") == []
    (fault,) = refused("  contingents: {État: 20, Action Logement: 7}\n")
    assert "27 logements réservés, le programme en compte 26 au plus." in fault


def test_reservations_without_a_rental_tenure_are_refused():
    study = load_study(DEMO / "etude.yaml")
    programme = study.programme.model_copy(update={"tenures": ("BRS", "PSLA")})
    residents = study.residents.model_copy(
        update={"reservations": {"État": 1}, "allotment": None, "vote": None, "quotas": ()}
        | {"legal_persons": ()}
    )
    files = study.files.model_copy(
        update=dict.fromkeys(("ballots", "wishes", "dwellings", "own_allocation"))
    )
    ((path, why, _),) = group_faults(residents, files, programme)
    assert path == ("groupe", "contingents")
    assert "1\u00a0logement réservé, aucun statut locatif" in why


def test_a_study_without_choices_on_residents_has_no_fault():
    content = read_yaml(DEMO / "etude.yaml").content
    assert json.dumps(content, default=str)
    study = load_study(DEMO / "etude.yaml")
    assert list(group_faults(study.residents, study.files, study.programme)) == []
    assert Path(study.path("menages.csv")).exists()
