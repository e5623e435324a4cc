"""The mix of the group in a report: figures that tell nobody, beside the commune and the basin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from habitat_analysis.feasibility import Ground
from habitat_analysis.feasibility.group_mix import (
    GroupMix,
    PublicMix,
    Theme,
    ThemeMix,
    group_mix_of,
    public_mix,
)
from habitat_analysis.formats import count, join_fr, number, typeset
from habitat_analysis.households.disclosure import LEAST_DOUBT, STEP
from habitat_analysis.households.reference import SIZES, sources_of, theme_of
from habitat_analysis.households.summary import LARGEST_SIZE, THRESHOLD, suppress_table
from habitat_analysis.report.sections_group import HIDDEN, HIDDEN_NOTE
from habitat_analysis.report.sheets import Column, Quantity, Sheet, share_of, sheet
from habitat_analysis.report.synthetic import LABEL, POOL, marked, pool_or_group

UNKNOWN: Final = "n. d."
LABELS: Final[Mapping[Theme, str]] = {
    "quartile": "Revenus, par quart de la commune",
    "taille": "Taille des ménages",
    "famille": "Type de ménage",
    "age": "Âge du plus âgé des adultes",
}
READINGS: Final[Mapping[Theme, str]] = {
    "quartile": "quarts égaux dans la commune, par définition",
    "taille": f"de 1 à {LARGEST_SIZE} personnes et plus",
    "famille": "personne seule, couple avec ou sans enfant, parent seul, autre",
    "age": "tranches de l'étude",
}
ROUNDING: Final = (
    f"Indicateurs arrondis à {number(STEP, 2)} près, et tus ({HIDDEN}) sous {THRESHOLD} ménages, "
    "quand tous sont dans la même catégorie, ou quand ils laisseraient retrouver une petite "
    f"catégorie à moins de {LEAST_DOUBT} ménages près."
)
ALL_HIDDEN: Final = (
    "Tailles du groupe non communiquées : elles laisseraient retrouver des catégories de moins de "
    f"{THRESHOLD} ménages."
)
SEPARATION_WORDS: Final[Mapping[Theme, str]] = {
    "quartile": "changer de quart de revenu pour que les quatre soient également présents",
    "taille": "changer de taille pour que le {who} ressemble à la commune",
    "famille": "changer de type pour que le {who} ressemble à la commune",
    "age": "changer de tranche d'âge pour que le {who} ressemble à la commune",
}


def group_mix_table(ground: Ground) -> Sheet | None:
    """Give the indicators of mix of the group, theme by theme; None without a group."""
    group = group_mix_of(ground)
    if group is None:
        return None
    caption = f"Mixité du {pool_or_group(ground)}, sans personne en particulier"
    return marked(mix_table_of(group, caption=caption), ground)


def mix_table_of(
    group: GroupMix, *, caption: str = "Mixité du groupe, sans personne en particulier"
) -> Sheet:
    """Give the public indicators of a group, as it is or retained on a site."""
    rows = [
        {
            "theme": LABELS[one.theme],
            "entropy": _figure(one, one.entropy),
            "evenness": _figure(one, one.evenness),
            "commune": _gap(one, one.commune_gap),
            "basin": _gap(one, one.basin_gap),
            "how": READINGS[one.theme],
        }
        for one in public_mix(group)
    ]
    columns = [
        Column(name="theme", header="Thème"),
        Column(name="entropy", header="Diversité (entropie)", kind="mixed"),
        Column(name="evenness", header="Mixité de revenus", kind="mixed"),
        Column(name="commune", header="Écart à la commune", kind="mixed"),
        Column(name="basin", header="Écart au bassin", kind="mixed"),
        Column(name="how", header="Catégories"),
    ]
    notes = [
        (
            "Diversité et mixité de revenus : de 0 (une seule catégorie) à 1 (toutes également "
            "présentes). Écart : part des ménages qui devraient changer. "
            f"{UNKNOWN} : sans référence, ou sans objet."
        ),
        ROUNDING,
    ]
    return sheet("Mixité du groupe", caption, rows, columns, notes=notes)


def group_mix_sentence(ground: Ground) -> str:
    """Say plainly how far the group is from the commune; what may not be said is named."""
    group = group_mix_of(ground)
    if group is None:
        return ""
    if group.n_households < THRESHOLD:
        return typeset(
            f"Mixité du groupe : non communiquée sous {THRESHOLD} ménages. La coopérative la "
            "connaît dans son cercle."
        )
    who = pool_or_group(ground)
    whose = f"Mixité du vivier ({LABEL})" if who == POOL else "Mixité du groupe"
    shown = public_mix(group)
    said = [
        f"{_households(one.commune_gap)} {SEPARATION_WORDS[one.theme].format(who=who)}"
        for one in shown
        if not one.withheld and one.commune_gap is not None
    ]
    hidden = [LABELS[one.theme].lower() for one in shown if one.withheld]
    parts = [f"{whose} : {' ; '.join(said)}." if said else ""]
    if hidden:
        parts.append(
            f"Non communiqué ({join_fr(hidden)}) : les chiffres laisseraient retrouver la "
            "situation de quelques ménages."
        )
    return typeset(" ".join(part for part in parts if part))


def household_sizes_table(ground: Ground) -> Sheet | None:
    """Set household sizes of the group beside the commune and the basin; None without either.

    A size is told as the table of the group tells it, or not at all.
    """
    group = group_mix_of(ground)
    theme = next((one for one in group.themes if one.theme == "taille"), None) if group else None
    if theme is None or group is None or not (theme.commune or theme.basin):
        return None
    shown = _shown(theme)
    rows: list[dict[str, Any]] = [
        {
            "label": _size_label(category),
            "n": HIDDEN if n is None else Quantity(value=n),
            "group": HIDDEN if n is None else share_of(n / group.n_households),
            "commune": _part(theme.commune, category),
            "basin": _part(theme.basin, category),
        }
        for category, n in shown.items()
    ]
    told, who = any(n is not None for n in shown.values()), pool_or_group(ground)
    columns = [
        Column(name="label", header="Ménages"),
        *([Column(name="n", header=who.capitalize(), kind="mixed")] if told else []),
        *([Column(name="group", header=f"Part du {who}", kind="mixed")] if told else []),
        Column(name="commune", header="Part dans la commune", kind="mixed"),
        *(
            [Column(name="basin", header="Part dans le bassin", kind="mixed")]
            if theme.basin
            else []
        ),
    ]
    reference = ground.needs.reference if ground.needs else None
    named = sources_of(reference, SIZES, theme_of(SIZES, "bassin")) if reference else ()
    notes = [HIDDEN_NOTE if told else ALL_HIDDEN, *(f"Source : {one}." for one in named)]
    caption = f"Taille des ménages : {who}, commune, bassin"
    return marked(sheet("Tailles comparées", caption, rows, columns, notes=notes), ground)


def _shown(theme: ThemeMix) -> dict[str, int | None]:
    """Hide small cells; all of them when sizes are cut elsewhere than in the table of the group."""
    cells = list(theme.counts.values())
    same = len(cells) == LARGEST_SIZE
    told = suppress_table(cells) if same else [None] * len(cells)
    return dict(zip(theme.counts, told, strict=True))


def _part(values: Mapping[str, float], category: str) -> Quantity | str:
    total = sum(values.values())
    return share_of(values[category] / total) if total else UNKNOWN


def _size_label(category: str) -> str:
    if category.endswith("+"):
        return f"{category[:-1]} personnes et plus"
    return typeset(count(int(category), "personne"))


def _households(gap: float | None) -> str:
    n = round((gap or 0.0) * 100)
    return f"environ {number(n)} ménages sur 100 devraient" if n else "presque aucun ne devrait"


def _figure(one: PublicMix, value: float | None) -> Quantity | str:
    if one.withheld:
        return HIDDEN
    return UNKNOWN if value is None else Quantity(value=value, decimals=2)


def _gap(one: PublicMix, value: float | None) -> Quantity | str:
    if one.withheld:
        return HIDDEN
    return UNKNOWN if value is None else share_of(value, 0)
