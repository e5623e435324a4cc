"""The mix of a site in `resultats.json`: the key « mixite », public figures alone."""

from __future__ import annotations

import math

from pydantic import BaseModel, ConfigDict

from habitat_analysis.feasibility.group_mix import Theme, group_mix_of, public_mix
from habitat_analysis.feasibility.mix import MixReport
from habitat_analysis.feasibility.nouns import Feasibility
from habitat_analysis.households.mixity import Mixity, SocialShare

DECIMALS = 6


class IndicateursR(BaseModel):
    """Indicators of one distribution of dwellings by tenure; None where not defined or unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    entropie: float | None
    simpson: float | None
    simpson_normalise: float | None
    locatif_social: float | None
    locatif_et_accession_sociale: float | None
    ecart_commune: float | None = None
    ecart_bassin: float | None = None
    ecart_programme: float | None = None


class GroupeDeStatutsR(BaseModel):
    """A group of tenures: share in the programme, the commune, the basin; target."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    libelle: str
    statuts: list[str]
    logements: int
    part: float | None
    commune: float | None
    bassin: float | None
    cible: float | None


class ThemeDuGroupeR(BaseModel):
    """One theme of the group of households, figures rounded; all None when not told."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    theme: Theme
    non_communique: bool
    entropie: float | None
    ecart_commune: float | None
    ecart_bassin: float | None
    mixite_de_revenus: float | None


class MixiteR(BaseModel):
    """The mix of the programme, of its buildings and of the group; fractions and indices."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    programme: IndicateursR | None = None
    commune: IndicateursR | None = None
    bassin: IndicateursR | None = None
    groupes_de_statuts: list[GroupeDeStatutsR] = []
    batiments: dict[str, IndicateursR] = {}
    theil_batiments: float | None = None
    duncan_locatif: float | None = None
    groupe: list[ThemeDuGroupeR] = []


def mix_results(feasibility: Feasibility) -> MixiteR | None:
    """Publish the mix of a site; None with neither a programme nor a group."""
    mix, group = feasibility.mix, _group(feasibility)
    if mix is None:
        return MixiteR(groupe=group) if group else None
    return MixiteR(
        programme=_indicators(
            mix.indicators,
            mix.social,
            ecart_commune=mix.indicators.dissimilarity,
            ecart_bassin=mix.basin_gap,
        ),
        commune=_place(mix.commune, mix.social_commune),
        bassin=_place(mix.basin, mix.social_basin),
        groupes_de_statuts=_groups(mix),
        batiments={
            one.id: _indicators(
                one.indicators, one.social, ecart_programme=one.indicators.dissimilarity
            )
            for one in mix.inside.each
        },
        theil_batiments=_rounded(mix.theil_h),
        duncan_locatif=_rounded(mix.inside.duncan),
        groupe=group,
    )


def _group(feasibility: Feasibility) -> list[ThemeDuGroupeR]:
    """Publish the themes of the group that may be told, and name those that may not."""
    group = group_mix_of(feasibility.ground)
    return [
        ThemeDuGroupeR(
            theme=one.theme,
            non_communique=one.withheld,
            entropie=one.entropy,
            ecart_commune=one.commune_gap,
            ecart_bassin=one.basin_gap,
            mixite_de_revenus=one.evenness,
        )
        for one in (public_mix(group) if group else ())
    ]


def _groups(mix: MixReport) -> list[GroupeDeStatutsR]:
    return [
        GroupeDeStatutsR(
            libelle=row["label"],
            statuts=list(row["tenures"]),
            logements=int(row["n"]),
            part=_rounded(row["share"]),
            commune=_rounded(row["reference_share"]),
            bassin=_rounded(row["basin_share"]),
            cible=_rounded(row["target"]),
        )
        for row in mix.groups.to_dict("records")
    ]


def _place(found: Mixity, social: SocialShare) -> IndicateursR | None:
    return None if social.rental is None else _indicators(found, social)


def _indicators(found: Mixity, social: SocialShare, **gaps: float | None) -> IndicateursR:
    return IndicateursR(
        entropie=_rounded(found.entropy),
        simpson=_rounded(found.simpson),
        simpson_normalise=_rounded(found.simpson_normalised),
        locatif_social=_rounded(social.rental),
        locatif_et_accession_sociale=_rounded(social.with_accession),
        **{name: _rounded(gap) for name, gap in gaps.items()},
    )


def _rounded(value: float | None) -> float | None:
    """Round a figure; unknown is None."""
    return None if value is None or math.isnan(value) else round(value, DECIMALS)
