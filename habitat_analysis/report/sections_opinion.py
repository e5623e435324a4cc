"""The second opinion on the ranking of the sites: where TOPSIS differs, and why."""

from __future__ import annotations

from typing import Final

from habitat_analysis.feasibility import Ground
from habitat_analysis.formats import count, typeset
from habitat_analysis.land.candidates import FIELD_LABELS
from habitat_analysis.report.sheets import Column, Sheet, sheet

FIRST: Final = 10
WHY: Final = (
    "La somme pondérée mesure chaque site entre les bornes fixées par l'étude : ajouter un site "
    "ne change pas la note des autres. TOPSIS mesure chaque site par rapport au meilleur et au "
    "pire des sites retenus : un site très inégal y recule, et la liste des sites compte. Un écart "
    "de rang ne dit donc pas une erreur : il désigne les sites à regarder critère par critère."
)


def rank_gaps(ground: Ground, *, first: int = FIRST) -> Sheet | None:
    """List the first sites whose two ranks differ; None when they agree."""
    kept = ground.screened.kept.head(first)
    rows = kept[kept["ranks_differ"]].assign(gap=kept["topsis_rank"] - kept["rank"])
    if rows.empty:
        return None
    columns = [
        Column(name="idu", header="Parcelle (IDU)"),
        Column(name="rank", header="Rang", kind="whole"),
        Column(name="topsis_rank", header="Rang selon TOPSIS", kind="whole"),
        Column(name="gap", header="Écart", kind="whole"),
        Column(name="score", header="Score (0 à 1)", kind="decimal2"),
        Column(name="topsis", header="TOPSIS (0 à 1)", kind="decimal2"),
    ]
    caption = f"Second avis : sites dont le rang change, parmi les {len(kept)} premiers"
    return sheet("Second avis", caption, rows, columns)


def opinion_sentences(ground: Ground) -> tuple[str, ...]:
    """Say whether the two methods agree on the first site, and why they may not."""
    kept = ground.screened.kept
    if kept.empty:
        return ("Aucun site à classer.",)
    first, differ = kept.iloc[0], int(kept["ranks_differ"].sum())
    if first["topsis_rank"] == 1:
        head = f"Les deux méthodes placent le même site en tête : {first['idu']}."
    else:
        other = kept.loc[kept["topsis_rank"] == 1, "idu"].iloc[0]
        head = f"TOPSIS place {other} en tête, la somme pondérée {first['idu']}."
    said = count(differ, "site change de rang", "sites changent de rang")
    return typeset(head), typeset(f"{said} sur {len(kept)}."), typeset(WHY)


def weight_sweep(ground: Ground) -> Sheet | None:
    """Tell the rank of the first site when each weight is halved or raised by half."""
    sweep = ground.screened.sweep
    if sweep.empty:
        return None
    rows = sweep.assign(
        criterion=[FIELD_LABELS[name] for name in sweep["criterion"]], change=sweep["factor"] - 1
    )
    columns = [
        Column(name="criterion", header="Poids modifié"),
        Column(name="change", header="Variation", kind="share"),
        Column(name="rank_of_first", header="Rang du premier site", kind="whole"),
        Column(name="first_site", header="Site alors en tête"),
    ]
    return sheet("Poids", "Le premier site reste-t-il premier ?", rows, columns)
