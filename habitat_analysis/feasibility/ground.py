"""What all the sites of a study share: the commune screened, the needs of the group."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from habitat_analysis.baremes import Baremes, load_baremes
from habitat_analysis.errors import DataError
from habitat_analysis.feasibility.needs import GroupNeeds, read_needs
from habitat_analysis.feasibility.shared_vote import RoomVoteResult, read_vote, with_outcome
from habitat_analysis.feasibility.shortfalls import refuse_more_than_the_group
from habitat_analysis.feasibility.synthetic import with_pool_notice
from habitat_analysis.households.pool import Pool
from habitat_analysis.land.candidates import Screened, screen_parcels
from habitat_analysis.land.parcel_table import describe_parcels
from habitat_analysis.land.sites import site_name
from habitat_analysis.land.territory import Territory, load_territory
from habitat_analysis.study import Study

SiteIdus = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A study with its layers read, its parcels screened, its group and its vote understood."""

    study: Study  # its shared rooms as the vote left them
    baremes: Baremes
    territory: Territory
    screened: Screened
    needs: GroupNeeds | None  # None: no group yet
    vote: RoomVoteResult | None = None  # None: no ballots

    @property
    def synthetic(self) -> Pool | None:
        """The pool drawn in place of an unknown group; None for a real group, or none."""
        return None if self.needs is None else self.needs.synthetic


def read_ground(study: Study) -> Ground:
    """Read all that a study names, once for all its sites.

    Raises
    ------
    DataError
        From the first file that cannot be used, with all its faults; ``E_GROUP`` when more needs
        must be covered than the group has.
    """
    vote = read_vote(study)
    study = with_outcome(study, vote)
    territory = load_territory(study)
    baremes = load_baremes()
    needs = read_needs(study, baremes)
    refuse_more_than_the_group(study, needs)
    study = with_pool_notice(study, None if needs is None else needs.synthetic)
    return Ground(
        study=study,
        baremes=baremes,
        territory=territory,
        screened=screen_parcels(parcel_table(study, territory), study.land),
        needs=needs,
        vote=vote,
    )


def parcel_table(study: Study, territory: Territory) -> pd.DataFrame:
    """Describe every parcel of the commune under the rules of the study."""
    return describe_parcels(
        territory.parcels,
        territory.zones_of,
        study.rules,
        study.land,
        ratios=study.ratios,
        typologies=study.programme.typologies,
        shared_area_m2=mandatory_area(study),
        built=territory.built_m2,
        distances=territory.distances_m,
        risks=territory.risk_of,
    )


def mandatory_area(study: Study) -> float:
    """Add up the shared rooms that must be built, in m² of SHAB."""
    return sum(room.area_m2 for room in study.programme.spaces if room.mandatory)


def choose_sites(ground: Ground) -> tuple[SiteIdus, ...]:
    """List the sites to study: those the planner chose, then the best ranked.

    Returns
    -------
    sites
        One tuple of IDU a site, none twice.
    """
    land = ground.study.land
    chosen = [tuple(sorted(site)) for site in land.sites]
    taken = {idu for site in chosen for idu in site}
    ranked = [(idu,) for idu in ground.screened.kept["idu"] if idu not in taken]
    wanted = max(land.n_sites, len(chosen))
    return tuple(dict.fromkeys([*chosen, *ranked]))[:wanted]


def find_site(ground: Ground, name: str) -> SiteIdus:
    """Find the parcels of a site from its name or an IDU.

    Raises
    ------
    DataError
        ``E_NO_PARCEL`` when no site of the study and no parcel of the commune has this name.
    """
    for site in choose_sites(ground):
        if name.lower() == site_name(site):
            return site
    parts = tuple(part.strip().upper() for part in name.split("+"))
    known = set(ground.territory.parcels["idu"])
    unknown = [part for part in parts if part not in known]
    if unknown:
        msg = (
            f"Site « {name} » : la parcelle « {unknown[0]} » n'est pas dans la commune. "
            "Un IDU compte 14 caractères, par exemple 99012000AB0012."
        )
        raise DataError(msg, code="E_NO_PARCEL")
    return parts
