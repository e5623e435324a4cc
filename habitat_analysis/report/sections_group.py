"""The group in a report: totals and medians, never anybody (public circle)."""

from __future__ import annotations

from habitat_analysis.feasibility import Feasibility, Ground, covered_sentence
from habitat_analysis.formats import MISSING, SUPPRESSED, count, euros, typeset
from habitat_analysis.households.horizon import future_needs
from habitat_analysis.households.summary import THRESHOLD, group_summary, suppress_nested
from habitat_analysis.report.sheets import Column, Quantity, Sheet, sheet
from habitat_analysis.report.synthetic import marked
from habitat_analysis.study.programme import SharedRoom

THEMES = {
    "groupe": "Groupe",
    "taille": "Taille des ménages",
    "statut": "Éligibles au statut",
    "revenu": "Ressources",
}
HIDDEN = "n. c."
HIDDEN_NOTE = (
    f"{HIDDEN} : non communiqué, moins de {THRESHOLD} ménages ou chiffre qui permettrait d'en "
    "retrouver moins."
)
NO_GROUP = "Aucun groupe de ménages n'est encore constitué."


def group_table(ground: Ground) -> Sheet | None:
    """Describe the group by totals and medians; None without a group."""
    needs = ground.needs
    if needs is None:
        return None
    summary = group_summary(needs.group.table, needs.needs, tenures=ground.study.programme.tenures)
    rows = [
        {
            "theme": THEMES[row["theme"]],
            "label": row["label"],
            "value": HIDDEN
            if row["suppressed"]
            else Quantity(value=row["value"], unit=row["unit"]),
        }
        for row in summary.to_dict("records")
    ]
    columns = [
        Column(name="theme", header="Thème"),
        Column(name="label", header="Élément"),
        Column(name="value", header="Valeur", kind="mixed"),
    ]
    caption = "Le groupe, sans personne en particulier"
    notes = [HIDDEN_NOTE, "Médianes arrondies à la centaine."]
    return marked(sheet("Groupe", caption, rows, columns, notes=notes), ground)


def needs_sentence(feasibility: Feasibility) -> str:
    """Say how many needs of the group are covered, tenants apart."""
    return covered_sentence(feasibility)


def together_sentence(feasibility: Feasibility) -> str:
    """Say what choosing the programme and the group together changes; "" in the usual mode."""
    joint, apart = feasibility.optimum.evaluation, feasibility.apart
    if joint is None or apart is None:
        return ""
    if apart.evaluation is None:
        return "Choisi pour le groupe seul, aucun programme ne respecterait toutes les limites."
    alone = apart.evaluation
    if (alone.programme.units, alone.programme.spaces) == (
        joint.programme.units,
        joint.programme.spaces,
    ):
        return typeset(
            f"Le programme serait le même pour le groupe seul : {joint.housed_members} de ses "
            "besoins couverts. Ses candidats prennent les logements qui seraient restés ouverts."
        )
    return typeset(
        f"Choisi avec le groupe et ses candidats, le programme couvre {joint.housed_members} "
        f"besoins du groupe en {count(joint.dwellings, 'logement')}, pour un effort de "
        f"{euros(joint.public_money_eur)} ; choisi pour le groupe seul, il en couvrirait "
        f"{alone.housed} en {count(alone.dwellings, 'logement')}, pour "
        f"{euros(alone.public_money_eur)}."
    )


def unplaced_sentence(feasibility: Feasibility) -> str:
    """Say how many households no dwelling of the study suits, without telling a few of them."""
    access, needs = feasibility.access, feasibility.ground.needs
    if access is None or needs is None:
        return NO_GROUP
    n = access.n_without_cell
    if needs.synthetic is not None:
        return typeset(f"Ménages synthétiques qu'aucun logement de l'étude ne satisfait : {n}.")
    if n == 0:
        return typeset("Chaque ménage du groupe accepte au moins un logement de l'étude.")
    return typeset(
        "Ménages du groupe qu'aucun logement de l'étude ne satisfait : "
        f"{access.unplaced_in_public}. "
        "La coopérative en a la liste dans son cercle."
    )


def future_needs_sentence(ground: Ground) -> str:
    """Say how many households will need fewer rooms, when the departures of children are stated."""
    needs = ground.needs
    if needs is None:
        return ""
    years = ground.study.residents.horizon_years
    later = future_needs(needs.group.table, needs.rules, years)
    with_children = needs.group.table["child_ages"].map(len) > 0
    if not later.loc[with_children, "stated"].any():
        return ""
    n = suppress_nested({"falls": int(later["falls"].sum())}, len(later))["falls"]
    shown = SUPPRESSED if n is None else str(n)
    return typeset(
        f"Dans {years} ans, ménages dont le besoin de chambres aura baissé, d'après les départs "
        f"d'enfants annoncés : {shown}. Les échanges de logements se préparent avec le groupe."
    )


def expectations(ground: Ground) -> Sheet | None:
    """List the shared rooms and what the group says they are worth; None without rooms."""
    rooms = ground.study.programme.spaces
    if not rooms:
        return None
    rows = [
        {
            "room": room.label,
            "area": room.area_m2,
            "cost": room.cost_ttc_eur,
            "value": room.value,
            "must": _must(ground, room),
        }
        for room in rooms
    ]
    columns = [
        Column(name="room", header="Local partagé"),
        Column(name="area", header="Surface (m² SHAB)", kind="whole"),
        Column(name="cost", header="Coût TTC (€)", kind="whole"),
        Column(name="value", header="Valeur pour le groupe (points)", kind="decimal"),
        Column(name="must", header="Obligatoire"),
    ]
    return sheet("Attentes", "Locaux partagés souhaités", rows, columns)


def _must(ground: Ground, room: SharedRoom) -> str:
    """Say whether a room must be built, and whether the vote decided it."""
    said = "oui" if room.mandatory else "non"
    voted = {voted.id for voted in ground.vote.rooms} if ground.vote else set()
    return f"{said} (vote)" if room.id in voted else said


def reference_sentence(ground: Ground) -> str:
    """Say what the group and the programme are compared with."""
    reference = ground.needs.reference if ground.needs else None
    if reference is None:
        return typeset("Distribution de référence de la commune : non fournie.")
    table = reference.table
    vintages = sorted({str(value) for value in table["vintage"] if str(value) != MISSING})
    named = sorted({str(value) for value in table["source"]})
    return typeset(
        f"Référence de la commune : {', '.join(named)} (millésime {', '.join(vintages)})."
    )
