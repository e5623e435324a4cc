"""The mix of each building in a report, beside the whole; nothing for a site taken as a whole."""

from __future__ import annotations

from typing import Any, Final

from habitat_analysis.feasibility import Feasibility
from habitat_analysis.feasibility.building_mix import BuildingsMix, rental_tenures
from habitat_analysis.formats import join_fr, number, percent, quoted, typeset
from habitat_analysis.households.mixity import Mixity, SocialShare
from habitat_analysis.programme.wording import building_name
from habitat_analysis.report.charts_mix import building_mix_chart
from habitat_analysis.report.figures import Chart
from habitat_analysis.report.sections_site import study_sources
from habitat_analysis.report.sheets import NOT_APPLICABLE, Column, Quantity, Sheet, share_of, sheet

WHOLE: Final = "Programme"
EMPTY_NOTE: Final = f"{NOT_APPLICABLE} : sans objet, bâtiment vide ou programme lui-même."


def building_indicators(feasibility: Feasibility) -> Sheet | None:
    """Give the indicators of each building and of the whole; None without buildings."""
    mix, inside = feasibility.mix, _inside(feasibility)
    if mix is None or inside is None:
        return None
    case = feasibility.file.case
    rows = [
        _row(building_name(case, one.id), one.dwellings, one.indicators, one.social)
        | {"gap": _share(one.indicators.dissimilarity)}
        for one in inside.each
    ]
    rows.append(_row(WHOLE, mix.dwellings, mix.indicators, mix.social) | {"gap": NOT_APPLICABLE})
    columns = [
        Column(name="building", header="Bâtiment"),
        Column(name="n", header="Logements", kind="whole"),
        Column(name="entropy", header="Diversité (entropie)", kind="mixed"),
        Column(name="gap", header="Écart au programme", kind="mixed"),
        Column(name="rental", header="Locatif social", kind="mixed"),
        Column(name="social", header="Locatif et accession sociale", kind="mixed"),
    ]
    caption = "Mixité de chaque bâtiment"
    notes = ["Écart au programme : part des logements du bâtiment à changer de statut.", EMPTY_NOTE]
    return sheet("Indicateurs par bâtiment", caption, rows, columns, total=True, notes=notes)


def rental_separation_sentence(feasibility: Feasibility) -> str:
    """Say plainly whether social rental is put aside in one building; "" without buildings."""
    inside = _inside(feasibility)
    if inside is None:
        return ""
    if inside.duncan is None:
        return typeset(
            "Locatif social et autres statuts : l'un des deux est absent du programme, rien à "
            "répartir entre bâtiments."
        )
    case, codes = feasibility.file.case, join_fr(rental_tenures())
    shares = [
        f"{percent(one.social.rental, 0)} dans {quoted(building_name(case, one.id))}"
        for one in inside.each
        if one.social.rental is not None
    ]
    moved = round(inside.duncan * 100)
    told = (
        f"{number(moved)} logement{'s' if moved >= 2 else ''} locatif{'s' if moved >= 2 else ''} "
        f"sur 100 à changer de bâtiment pour que le locatif social ({codes}) suive la répartition "
        "des autres statuts"
        if moved
        else f"le locatif social ({codes}) suit exactement la répartition des autres statuts"
    )
    return typeset(
        f"Entre bâtiments : {told} (indice de Duncan : {number(inside.duncan, 2)}). "
        f"Part de locatif social : {join_fr(shares)}."
    )


def building_mix_figure(feasibility: Feasibility) -> Chart | None:
    """Draw the tenures of each building beside the whole; None without buildings."""
    mix, inside = feasibility.mix, _inside(feasibility)
    if mix is None or inside is None or not mix.dwellings:
        return None
    case = feasibility.file.case
    named = {name: building_name(case, str(name)) for name in inside.counts.columns}
    counts = inside.counts.rename(columns=named).assign(**{WHOLE: mix.tenures["n"]})
    return building_mix_chart(counts, sources=study_sources(feasibility.ground))


def _inside(feasibility: Feasibility) -> BuildingsMix | None:
    """Return the mix of the buildings; None when the site is taken as a whole."""
    mix = feasibility.mix
    return None if mix is None or not mix.inside.each else mix.inside


def _row(name: str, n: int, found: Mixity, social: SocialShare) -> dict[str, Any]:
    entropy = found.entropy
    return {
        "building": name,
        "n": n,
        "entropy": NOT_APPLICABLE if entropy is None else Quantity(value=entropy, decimals=2),
        "rental": _share(social.rental),
        "social": _share(social.with_accession),
    }


def _share(value: float | None) -> Quantity | str:
    return NOT_APPLICABLE if value is None else share_of(value)
