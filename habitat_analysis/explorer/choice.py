"""What a planner moves in the explorer, and the study that follows from it. No widget here."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML

from habitat_analysis.atomic import atomic_write
from habitat_analysis.feasibility import Feasibility, Ground, SiteIdus, study_site
from habitat_analysis.study import Costs, Family, Land, Study
from habitat_analysis.study.programme import Programme, TenureCode
from habitat_analysis.tenures import tenures

CHOICE_FILE: Final = "etude-choix.yaml"
CHOICE_SUFFIX: Final = "-choix"
LONGEST_NAME: Final = 60
WORKS: Final = "travaux"
CENTS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The levers of the explorer. Shares are fractions of the dwellings; None: the study's own."""

    rental_min: float | None = None  # locatif social, at least
    accession_min: float | None = None  # accession sociale, at least
    market_max: float | None = None  # prix libre, at most
    works_m2_eur: float | None = None  # works priced by area, EUR before tax per m² of SHAB
    land_m2_eur: float | None = None  # EUR before tax per m² of land
    dwellings_max: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lever:
    """A family of tenures whose share the planner bounds."""

    id: str
    label: str
    tenures: tuple[TenureCode, ...]


def resolve(
    ground: Ground, idus: SiteIdus, choice: Choice, *, scenario: str = "base"
) -> Feasibility:
    """Study a site again under a choice; the ground is read and screened once only.

    Parameters
    ----------
    ground
        The study and its commune. Scores and ranks stay those of the study as read.
    idus
        Parcels of the site.
    choice
        What the planner moved.
    scenario
        Name of a scenario of the study.

    Returns
    -------
    feasibility
        As `study_site` gives it.

    Raises
    ------
    DataError
        As `study_site`.
    """
    study = vary_study(ground.study, idus, choice)
    return study_site(replace(ground, study=study), idus, scenario=scenario)


def vary_study(study: Study, idus: SiteIdus, choice: Choice) -> Study:
    """Return the study that follows from a choice; the one given is unchanged.

    A share asked beyond the other bound of its family moves that bound with it.
    """
    return study.model_copy(
        update={
            "programme": _programme(study.programme, choice),
            "costs": _costs(study, choice),
            "land": _land(study.land, idus, choice),
        }
    )


def first_choice(study: Study, idus: SiteIdus) -> Choice:
    """Read in a study where each lever stands before anybody moves it."""
    rental, accession, market = (_family(study.programme, lever) for lever in levers())
    prices = [study.land.prices_m2_eur.get(idu, study.land.price_m2_eur) for idu in idus]
    return Choice(
        rental_min=(rental.min if rental else None) or 0.0,
        accession_min=(accession.min if accession else None) or 0.0,
        market_max=1.0 if market is None or market.max is None else market.max,
        works_m2_eur=works_m2_eur(study),
        land_m2_eur=sum(prices) / len(prices),
        dwellings_max=study.programme.dwellings_max,
    )


def works_m2_eur(study: Study) -> float:
    """Add up the works that are priced by area, in euros before tax per m² of SHAB."""
    per_shab = {"m2_shab": 1.0, "m2_sdp": 1 / study.ratios.shab_per_sdp}
    return sum(
        item.value_ht_eur * per_shab.get(item.basis, 0.0)
        for item in study.costs.items
        if item.family == WORKS
    )


def save_choice(study: Study, study_file: Path, idus: SiteIdus, choice: Choice) -> Path:
    """Write a choice as a study of its own, next to the one it comes from.

    ``habitat run`` reads it as any study: same files, the one site chosen, another name so that
    its reports stand apart.

    Returns
    -------
    path
        The file written, whole or not at all.
    """
    varied = vary_study(study, idus, choice)
    land = varied.land.model_copy(update={"sites": (idus,), "n_sites": 1})
    name = study.name.removesuffix(CHOICE_SUFFIX)[: LONGEST_NAME - len(CHOICE_SUFFIX)]
    saved = varied.model_copy(update={"land": land, "name": name + CHOICE_SUFFIX})
    path = study_file.with_name(CHOICE_FILE)
    atomic_write(path, _yaml(saved))
    return path


def levers() -> tuple[Lever, Lever, Lever]:
    """Name the three families of the explorer, from the catalogue of tenures."""
    nature = tenures()
    rental = [code for code, t in nature.items() if t.family == "locatif"]
    social = [c for c, t in nature.items() if t.counts_in_sru and t.family != "locatif"]
    return (
        Lever(id="locatif_social", label="Locatif social", tenures=_codes(rental)),
        Lever(id="accession_sociale", label="Accession sociale", tenures=_codes(social)),
        Lever(id="libre", label="Prix libre", tenures=("LIBRE",)),
    )


def _codes(names: Iterable[str]) -> tuple[TenureCode, ...]:
    return tuple(names)  # type: ignore[arg-type]


def _programme(programme: Programme, choice: Choice) -> Programme:
    rental, accession, market = levers()
    families = _bounded(programme, rental, low=choice.rental_min)
    families = _bounded(_with(programme, families), accession, low=choice.accession_min)
    families = _bounded(_with(programme, families), market, high=choice.market_max)
    changed = _with(programme, families)
    if choice.dwellings_max is None:
        return changed
    low = min(programme.dwellings_min, choice.dwellings_max)
    return changed.model_copy(update={"dwellings_max": choice.dwellings_max, "dwellings_min": low})


def _with(programme: Programme, families: tuple[Family, ...]) -> Programme:
    return programme.model_copy(update={"families": families})


def _family(programme: Programme, lever: Lever) -> Family | None:
    """Find the family of the study that a lever moves: the same tenures among those studied."""
    wanted = set(lever.tenures) & set(programme.tenures)
    for family in programme.families:
        if set(family.tenures) & set(programme.tenures) == wanted:
            return family
    return None


def _bounded(
    programme: Programme, lever: Lever, *, low: float | None = None, high: float | None = None
) -> tuple[Family, ...]:
    """Set a bound of a family, made if the study has none of these tenures."""
    members = tuple(code for code in lever.tenures if code in programme.tenures)
    bounds = {key: value for key, value in (("min", low), ("max", high)) if value is not None}
    if not bounds or not members:
        return programme.families
    old = _family(programme, lever)
    if old is None:
        made = {"id": lever.id, "libelle": lever.label, "statuts": members, **bounds}
        return (*programme.families, Family.model_validate(made))
    if low is not None and old.max is not None:
        bounds["max"] = max(low, old.max)
    if high is not None and old.min is not None:
        bounds["min"] = min(high, old.min)
    new = old.model_copy(update=bounds)
    return tuple(new if family is old else family for family in programme.families)


def _costs(study: Study, choice: Choice) -> Costs:
    """Scale all the works as the planner scales their price per m²."""
    now = works_m2_eur(study)
    if choice.works_m2_eur is None or not now or choice.works_m2_eur == now:
        return study.costs
    factor = choice.works_m2_eur / now
    items = tuple(
        item.model_copy(update={"value_ht_eur": round(item.value_ht_eur * factor, CENTS)})
        if item.family == WORKS
        else item
        for item in study.costs.items
    )
    return study.costs.model_copy(update={"items": items})


def _land(land: Land, idus: SiteIdus, choice: Choice) -> Land:
    if choice.land_m2_eur is None:
        return land
    prices = {**land.prices_m2_eur, **dict.fromkeys(idus, choice.land_m2_eur)}
    return land.model_copy(update={"prices_m2_eur": prices})


def _yaml(study: Study) -> str:
    """Write a study under its French keys, those it states only."""
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.allow_unicode = True
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    writer.width = 100
    text = io.StringIO()
    writer.dump(study.model_dump(mode="json", by_alias=True, exclude_unset=True), text)
    head = "# Étude enregistrée par l'explorateur. Lancez-la : habitat run etude-choix.yaml\n"
    return head + text.getvalue()
