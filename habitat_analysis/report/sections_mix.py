"""The mix of a programme in a report: target, result, commune, basin; the table first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pandas as pd

from habitat_analysis.feasibility import Feasibility, Ground
from habitat_analysis.feasibility.building_mix import rental_tenures, social_sale_tenures
from habitat_analysis.feasibility.mix import MixReport
from habitat_analysis.formats import count, date_short, join_fr, number, percent, typeset
from habitat_analysis.households.mixity import Mixity, SocialShare
from habitat_analysis.households.reference import TENURES, sources_of, theme_of
from habitat_analysis.report.charts_mix import PROGRAMME, compared_mix_chart
from habitat_analysis.report.figures import Chart
from habitat_analysis.report.scenes import source_line
from habitat_analysis.report.sections_programme import tenure_label
from habitat_analysis.report.sheets import NOT_APPLICABLE, Column, Quantity, Sheet, share_of, sheet

UNKNOWN: Final = "n. d."
COMMUNE: Final = "Commune"
BASIN: Final = "Bassin"
PLACES: Final = ((COMMUNE, "reference_share"), (BASIN, "basin_share"))
OF_PLACES: Final = {PROGRAMME: "du programme", COMMUNE: "de la commune", BASIN: "du bassin"}
CAUTION: Final = (
    "Un seul nombre ne dit jamais la mixité : l'écart ne dit ni dans quel sens, ni qui manque, et "
    "un programme qui rééquilibre la commune s'en écarte à dessein. Lire les tableaux."
)
READINGS: Final = (  # indicator, how to read it
    ("Diversité (entropie normalisée)", "0 : un seul statut ; 1 : tous à parts égales"),
    ("Indice de Simpson", "chance que deux logements tirés au sort diffèrent"),
    ("Simpson normalisé", "1 quand tous les statuts sont à égalité"),
    ("Écart à la commune (entre-soi)", "part à changer pour lui ressembler"),
    ("Écart au bassin (entre-soi)", "part à changer pour lui ressembler"),
    ("Locatif social", "part des logements"),
    ("Locatif et accession sociale", "part comptée par la loi SRU, sous conditions"),
)


def separation_sentence(feasibility: Feasibility) -> str:
    """Say plainly how far the programme is from the commune and the basin; "" without either."""
    mix = feasibility.mix
    if mix is None:
        return ""
    gaps = [("à la commune", mix.indicators.dissimilarity), ("au bassin", mix.basin_gap)]
    known = [(where, gap) for where, gap in gaps if gap is not None]
    if not known:
        return typeset(
            "Entre-soi : non mesuré, le fichier de référence ne donne pas les statuts de la "
            "commune ni du bassin."
        )
    (first, gap), *others = known
    said = (
        f"Entre-soi : {_in_hundred(gap)} pour que le programme ressemble {first}"
        f" (environ {number(gap * mix.dwellings)} des {number(mix.dwellings)} du programme)"
    )
    said += "".join(f", {number(other * 100)} pour qu'il ressemble {to}" for to, other in others)
    return typeset(" ".join([f"{said}.", *_widest(mix), CAUTION]))


def social_sentence(feasibility: Feasibility) -> str:
    """Say the share of social dwellings both ways, and what each counts; "" without a programme."""
    mix = feasibility.mix
    if mix is None or mix.social.rental is None or mix.social.with_accession is None:
        return ""
    n = mix.dwellings
    rental = round(mix.social.rental * n)
    both = round(mix.social.with_accession * n)
    said = (
        f"Logements sociaux, dits de deux façons : {number(rental)} sur {number(n)} "
        f"({percent(mix.social.rental)}) en locatif ({join_fr(rental_tenures())}) ; {number(both)} "
        f"sur {number(n)} ({percent(mix.social.with_accession)}) avec l'accession sociale "
        f"({join_fr(social_sale_tenures())})."
    )
    conditions = list(_conditions(mix))
    counted = f" L'article L302-5 du CCH compte : {' ; '.join(conditions)}." if conditions else ""
    quota = (
        " Les quotas SRU (loi Solidarité et renouvellement urbain) s'apprécient à l'échelle de la "
        "commune, non d'une opération."
    )
    return typeset(said + counted + quota)


def mix_targets(feasibility: Feasibility) -> Sheet | None:
    """Set the result beside target, commune and basin, by group of tenures; None without a target.

    The tenures that the target leaves out are the last line, without a target.
    """
    mix = feasibility.mix
    if mix is None or mix.targets.empty:
        return None
    rows = [
        {
            "label": row["label"],
            "tenures": ", ".join(row["tenures"]),
            "target": row["target"],
            "share": row["share"],
            "n": row["n"],
            "commune": row["reference_share"],
            "basin": row["basin_share"],
        }
        for row in mix.groups.to_dict("records")
    ]
    columns = [
        Column(name="label", header="Groupe de statuts"),
        Column(name="tenures", header="Statuts"),
        Column(name="target", header="Cible", kind="share", absent=NOT_APPLICABLE),
        Column(name="share", header="Résultat", kind="share"),
        Column(name="n", header="Logements", kind="whole"),
        Column(name="commune", header="Commune", kind="share"),
        *([Column(name="basin", header="Bassin", kind="share")] if _has_basin(mix) else []),
    ]
    caption = f"Mixité : cible, résultat, {_compared_with(mix)}"
    return sheet("Mixité visée", caption, rows, columns)


def mix_by_tenure(feasibility: Feasibility) -> Sheet | None:
    """Set each tenure beside its share in the commune and the basin; None without a programme."""
    mix = feasibility.mix
    if mix is None:
        return None
    table = mix.tenures
    present = table[["n", "reference_share", "basin_share"]].fillna(0).gt(0).any(axis=1)
    rows = [
        {"tenure": tenure_label(str(code)), **row}
        for code, row in table[present].to_dict("index").items()
    ]
    columns = [
        Column(name="tenure", header="Statut"),
        Column(name="n", header="Logements", kind="whole"),
        Column(name="share", header="Part du programme", kind="share"),
        Column(name="reference_share", header="Part dans la commune", kind="share"),
    ]
    if _has_basin(mix):
        columns.append(Column(name="basin_share", header="Part dans le bassin", kind="share"))
    caption = f"Statuts : programme, {_compared_with(mix)}"
    return sheet("Mixité", caption, rows, columns)


def mix_indicators(feasibility: Feasibility) -> Sheet | None:
    """Give the indicators of mix with how to read them; None without a programme."""
    mix = feasibility.mix
    if mix is None:
        return None
    values = {
        "programme": _values(mix.indicators, mix.social, mix.indicators.dissimilarity),
        "commune": _values(mix.commune, mix.social_commune, NOT_APPLICABLE),
        "basin": _values(mix.basin, mix.social_basin, NOT_APPLICABLE),
    }
    values["programme"][4] = _share(mix.basin_gap)
    rows = [
        {"what": what, "how": how} | {where: column[i] for where, column in values.items()}
        for i, (what, how) in enumerate(READINGS)
        if i != 4 or _has_basin(mix)
    ]
    columns = [
        Column(name="what", header="Indicateur"),
        Column(name="programme", header="Programme", kind="mixed"),
        Column(name="commune", header="Commune", kind="mixed"),
        *([Column(name="basin", header="Bassin", kind="mixed")] if _has_basin(mix) else []),
        Column(name="how", header="Lecture"),
    ]
    notes = [
        f"Statuts de la liste : {join_fr(list(mix.tenures.index))}. {NOT_APPLICABLE} : sans objet."
    ]
    return sheet("Indicateurs", "Indicateurs de mixité", rows, columns, notes=notes)


def mix_figure(feasibility: Feasibility) -> Chart | None:
    """Draw each group of tenures in the programme, the commune and the basin; None without one."""
    mix = feasibility.mix
    if mix is None or not mix.dwellings:
        return None
    places = [(PROGRAMME, "share"), *((p, c) for p, c in PLACES if mix.tenures[c].notna().any())]
    rows = [
        {"group": group["label"], "place": place, "tenure": code, "share": share}
        for group in mix.groups.to_dict("records")
        for place, column in places
        for code, share in mix.tenures.loc[list(group["tenures"]), column].items()
    ]
    aimed = mix.groups.dropna(subset=["target"])
    targets = dict(zip(aimed["label"], aimed["target"], strict=True))
    return compared_mix_chart(
        pd.DataFrame(rows),
        targets,
        title=typeset(f"Entre-soi : statuts {join_fr([OF_PLACES[place] for place, _ in places])}"),
        sources=mix_sources(feasibility.ground),
    )


def mix_sources(ground: Ground) -> str:
    """Write the line of sources of a figure of mix: the study and the reference, with vintages."""
    reference = ground.needs.reference if ground.needs else None
    named = [f"étude « {ground.study.name} » (hypothèses)", "calcul du programme"]
    if reference is not None:
        named += sources_of(reference, TENURES, theme_of(TENURES, "bassin"))
    return typeset(source_line(named, edited_on=ground.study.edited_on))


def reference_notes(ground: Ground) -> tuple[str, ...]:
    """Say what the reference file holds that nothing reads."""
    reference = ground.needs.reference if ground.needs else None
    return () if reference is None else reference.notes


def _in_hundred(gap: float) -> str:
    n = round(gap * 100)
    verb = "devraient" if n >= 2 else "devrait"
    return f"{count(n, 'logement')} sur 100 {verb} changer de statut"


def _widest(mix: MixReport) -> Iterator[str]:
    """Name the tenure that differs most from the commune, or the basin when it alone is known."""
    place, column = next(
        (name, column) for name, column in PLACES if mix.tenures[column].notna().any()
    )
    gaps = (mix.tenures["share"] - mix.tenures[column]).abs()
    if gaps.max() > 0:
        code = str(gaps.idxmax())
        here, there = (mix.tenures[one].to_dict()[code] for one in ("share", column))
        where = "dans la commune" if place == COMMUNE else "dans le bassin"
        yield (
            f"Le statut qui s'en écarte le plus est {code} : {percent(here)} du programme, "
            f"{percent(there)} {where}."
        )


def _conditions(mix: MixReport) -> Iterator[str]:
    """Say on which conditions the accession of this programme is counted, from dated values."""
    for code, fact in mix.conditions.items():
        since = (
            f", contrat signé depuis le {date_short(fact.valid_from)}" if fact.valid_from else ""
        )
        if code == "PSLA":
            years = count(fact.number, "an")
            yield f"le PSLA occupé{since}, jusqu'à {years} après la levée d'option"
        else:
            opened = f", depuis le {date_short(fact.valid_from)}" if fact.valid_from else ""
            yield f"le {code} pendant la durée de son bail{opened}"
    if mix.tenures["n"].to_dict()["SCIAPP"]:
        yield "la SCIAPP tant que le logement est loué sous convention APL (lecture à confirmer)"


def _values(found: Mixity, social: SocialShare, gap: Any) -> list[Any]:
    shown: list[Any] = [
        UNKNOWN if value is None else Quantity(value=value, decimals=2)
        for value in (found.entropy, found.simpson, found.simpson_normalised)
    ]
    to_commune = gap if isinstance(gap, str) else _share(gap)
    return [
        *shown,
        to_commune,
        NOT_APPLICABLE,
        _share(social.rental),
        _share(social.with_accession),
    ]


def _share(value: float | None) -> Quantity | str:
    return UNKNOWN if value is None else share_of(value)


def _compared_with(mix: MixReport) -> str:
    return "commune et bassin" if _has_basin(mix) else "commune"


def _has_basin(mix: MixReport) -> bool:
    return bool(mix.tenures["basin_share"].notna().any())
