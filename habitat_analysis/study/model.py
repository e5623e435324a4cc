"""The study itself: one YAML file with French keys, refused with all its faults at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, Self, get_args

from pydantic import BaseModel, Field, PrivateAttr, ValidationError, model_validator

from habitat_analysis.commune_zones import zones_from_list
from habitat_analysis.errors import DataError, Faults
from habitat_analysis.study.building_faults import building_faults
from habitat_analysis.study.contradiction_words import refuse_contradictions
from habitat_analysis.study.decisions import refuse_decisions
from habitat_analysis.study.group import Residents
from habitat_analysis.study.group_faults import group_faults
from habitat_analysis.study.land import Files, Land, LayerSources, PluRules, Ratios
from habitat_analysis.study.money import Costs, Operating, ScenarioTerms, Terms
from habitat_analysis.study.montage import Montage
from habitat_analysis.study.parts import (
    Insee,
    LongSlug,
    Part,
    Seed,
    Text,
    Whole,
    refusal,
    refuse_repeats,
)
from habitat_analysis.study.programme import Programme, TenureCode
from habitat_analysis.study.yaml_door import YamlFile, french_faults, read_yaml, step_name

YEARS = (2000, 2100)
BASE = ScenarioTerms(nom="base", libelle="Hypothèses de l'étude")


class Commune(Part):
    """The commune studied."""

    insee: Insee
    name: Text = Field(alias="nom")


class Zones(Part):
    """The three zonings that ceilings depend on, stated or read in a downloaded list."""

    abc: Literal["Abis", "A", "B1", "B2", "C"] | None = None
    rents: Literal["1bis", "1", "2", "3"] | None = Field(default=None, alias="loyers")
    incomes: Literal["paris_limitrophes", "idf_hors_paris_limitrophes", "autres_regions"] | None = (
        Field(default=None, alias="ressources")
    )
    listing: Text | None = Field(default=None, alias="liste")

    @model_validator(mode="after")
    def _stated_or_listed(self) -> Self:
        if self.listing is None and None in (self.abc, self.rents, self.incomes):
            raise refusal("zones_incompletes")
        return self


class Study(Part):
    """What the planner asks: where, with what, for whom, at which cost, by which rules."""

    name: LongSlug = Field(alias="etude")
    title: Text = Field(alias="titre")
    cooperative: Text = Field(alias="maitre_ouvrage")
    notice: Text | None = Field(default=None, alias="avertissement")
    commune: Commune
    zones: Zones
    operation_date: dt.date = Field(alias="date_operation")
    edition_date: dt.date | None = Field(default=None, alias="date_edition")
    seed: Seed = Field(default=0, alias="graine")
    time_limit_s: Whole = Field(default=60, alias="temps_de_calcul_max_s")
    files: Files = Field(alias="fichiers")
    sources: LayerSources = Field(default_factory=LayerSources)
    land: Land = Field(alias="foncier")
    rules: tuple[PluRules, ...] = Field(min_length=1, alias="regles_plu")
    ratios: Ratios = Field(default_factory=Ratios)
    programme: Programme
    costs: Costs = Field(alias="couts")
    operating: Operating = Field(alias="exploitation")
    terms: dict[TenureCode, Terms] = Field(min_length=1, alias="statuts")
    montage: Montage = Field(default_factory=Montage)
    residents: Residents = Field(default_factory=Residents, alias="groupe")
    scenarios: tuple[ScenarioTerms, ...] = Field(default=())
    _folder: Path = PrivateAttr(default=Path())
    _file: YamlFile | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _terms_for_each_tenure(self) -> Self:
        missing = [code for code in self.programme.tenures if code not in self.terms]
        if missing:
            raise refusal("termes", ", ".join(missing))
        refuse_repeats(["base", *(scenario.name for scenario in self.scenarios)])
        refuse_repeats(zone for rules in self.rules for zone in rules.zones)
        for day in (self.operation_date, self.edition_date):
            if day is not None and not YEARS[0] <= day.year <= YEARS[1]:
                raise refusal("annee", day.isoformat())
        return self

    @property
    def folder(self) -> Path:
        """Folder of the study file: its other paths are relative to it."""
        return self._folder

    def terms_of(self, code: str) -> Terms:
        """Return the terms of a tenure by its code."""
        by_code: Mapping[str, Terms] = {str(key): terms for key, terms in self.terms.items()}
        return by_code[code]

    def place(self, *keys: str | int) -> str:
        """Name a place of the study file, with its line when the study was read from one.

        A rank in a list counts from zero, and is written from one.
        Examples of wording: « ligne 137, « statuts.PLUS.duree_pret_ans » ».
        """
        said = f"« {'.'.join(step_name(key) for key in keys)} »"
        line = self.line(*keys)
        return said if line is None else f"ligne {line}, {said}"

    def line(self, *keys: str | int) -> int | None:
        """Find the line of a place, None when the study was not read from a file."""
        return self._file.line_of(keys) if self._file is not None else None

    def path(self, name: str) -> Path:
        """Locate a file named by the study."""
        return self._folder / name

    @property
    def edited_on(self) -> dt.date:
        """Date printed on maps and reports."""
        return self.edition_date or dt.datetime.now(tz=dt.UTC).date()

    def scenario(self, name: str) -> ScenarioTerms:
        """Find a scenario by name; `base` always exists.

        Raises
        ------
        DataError
            If the study has no scenario of this name.
        """
        for scenario in (*self.scenarios, BASE):
            if scenario.name == name:
                return scenario
        known = ", ".join(s.name for s in (BASE, *self.scenarios))
        msg = f"Le scénario « {name} » n'est pas dans l'étude. Scénarios connus : {known}."
        raise DataError(msg, code="E_SCENARIO")


def load_study(path: Path) -> Study:
    """Read and check a study file.

    Parameters
    ----------
    path
        YAML file, French keys. Paths inside are relative to its folder.

    Returns
    -------
    study
        The study, with English names.

    Raises
    ------
    DataError
        With every fault of the file: syntax, unknown or missing keys, units, missing files.
    """
    file = read_yaml(path)
    try:
        study = Study.model_validate(file.content)
    except ValidationError as error:
        raise DataError(french_faults(error, file, _known_keys(Study))) from error
    study._folder, study._file = path.resolve().parent, file
    faults = Faults(file.name)
    _check_files(study, file, faults)
    _check_demands(study, faults)
    _check_buildings(study, faults)
    _check_group(study, faults)
    faults.raise_if_any()
    return study


def _check_demands(study: Study, faults: Faults) -> None:
    """Note the targets, limits and decisions that no site could meet together."""
    parking = {str(code): study.terms_of(code).parking for code in study.programme.tenures}

    def place(keys: tuple[str | int, ...]) -> str:
        return study.place(*keys)

    def line(keys: tuple[str | int, ...]) -> int | None:
        return study.line(*keys)

    refuse_decisions(study.programme, faults, place=place, line=line)
    refuse_contradictions(study.programme, parking, faults, place=place, line=line)


def _check_files(study: Study, file: YamlFile, faults: Faults) -> None:
    listing = study.zones.listing
    if listing is not None and not _exists(study.path(listing)):
        faults.add("« zones.liste »", f"le fichier « {listing} » n'existe pas.", "Corrigez-le.")
    for key, name in named_files(study):
        line = file.line_of(("fichiers", key))
        where = f"ligne {line}, « fichiers.{key} »"
        if "://" in name or name.startswith("/vsi"):
            faults.add(where, "adresse réseau ou fichier virtuel.", "Téléchargez le fichier.")
        elif not _exists(study.path(name)):
            faults.add(where, f"le fichier « {name} » n'existe pas.", "Corrigez le chemin.")


def _check_buildings(study: Study, faults: Faults) -> None:
    for path, why, remedy in building_faults(study.programme):
        faults.add(study.place("programme", *path), why, remedy)


def _check_group(study: Study, faults: Faults) -> None:
    for path, why, remedy in group_faults(study.residents, study.files, study.programme):
        faults.add(study.place(*path), why, remedy)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name too long for the disk
        return False


def resolved_zones(study: Study) -> Zones:
    """Return the three zones of the commune, read in the downloaded list where not stated.

    Raises
    ------
    DataError
        If the list does not know the commune, or leaves a zone that the study does not state.
    """
    zones = study.zones
    if zones.listing is None:
        return zones
    listed = zones_from_list(study.path(zones.listing), study.commune.insee)
    found = {
        "abc": zones.abc or listed.abc,
        "loyers": zones.rents or listed.zone_123,
        "ressources": zones.incomes or listed.ressources,
    }
    missing = [f"« {key} »" for key, value in found.items() if value is None]
    if missing:
        msg = (
            f"{zones.listing} : la liste ne donne pas {', '.join(missing)} pour la commune "
            f"{study.commune.insee}. Écrivez cette zone dans « zones »."
        )
        raise DataError(msg, code="E_ZONES")
    return Zones.model_validate(found)


def named_files(study: Study) -> list[tuple[str, str]]:
    """List the files a study names: (French key, path as written)."""
    files = []
    for attribute, info in Files.model_fields.items():
        value = getattr(study.files, attribute)
        names = (value,) if isinstance(value, str) else (value or ())
        files += [(info.alias or attribute, name) for name in names]
    return files


def _known_keys(
    model: type[BaseModel], path: tuple[str, ...] = ()
) -> Mapping[tuple[str, ...], Iterable[str]]:
    """Known keys of each mapping of the study, by path."""
    keys = {path: [info.alias or name for name, info in model.model_fields.items()]}
    for name, info in model.model_fields.items():
        for part in _parts_of(info.annotation):
            below = (*path, info.alias or name)
            for sub, names in _known_keys(part, below).items():
                keys[sub] = list(names)
    return keys


def _parts_of(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [part for inner in get_args(annotation) for part in _parts_of(inner)]
