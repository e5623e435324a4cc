"""PSLA lots in a report: rent then purchase, test of the option, guarantees year by year."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from habitat_analysis.actuarial import MONTHS
from habitat_analysis.feasibility import Feasibility
from habitat_analysis.formats import euros, months, number, percent, typeset
from habitat_analysis.montage import Montage
from habitat_analysis.montage.psla import PslaLot, buyback_terms
from habitat_analysis.report.sheets import (
    Column,
    Quantity,
    Sheet,
    sheet,
    whole_sum,
)

CODE: Final = "PSLA"
FEW_ROWS: Final = 16  # beyond, one typology stands for all
TEXT_TEST: Final = "article D331-76-5-1 du code de la construction et de l'habitation"
DECREE: Final = "arrêté du 26 mars 2004"
MEANING: Final = "PSLA, prêt social location-accession : le logement est loué, puis acheté."


def psla_phases(feasibility: Feasibility) -> Sheet | None:
    """Describe both phases of each typology; None without a PSLA account."""
    lots = _lots(feasibility)
    if not lots:
        return None
    facts = {lot.lot.typology: _phases(lot) for lot in lots}
    names = next(iter(facts.values()))
    rows = [
        {"what": typeset(name), **{size: values[name] for size, values in facts.items()}}
        for name in names
    ]
    columns = [
        Column(name="what", header="Élément, pour un logement"),
        *(Column(name=size, header=size, kind="mixed") for size in facts),
    ]
    terms = lots[0].terms
    notes = [
        (
            f"{MEANING} Redevance : part locative, plus part acquisitive, qui est une épargne. "
            f"Prix de l'option : prix du contrat, moins {percent(terms.decrease)} par année "
            "entière. "
            "Prêt : prix et frais, moins épargne et apport. Mensualité : à "
            f"{percent(terms.loan_rate, 2)} sur {months(terms.loan_months)}, hors assurance."
        ),
        (
            "Règle : à la levée de l'option, la mensualité ne dépasse pas la redevance "
            f"({TEXT_TEST} ; {DECREE}). Elle est testée hors assurance : que le texte l'y compte "
            "ou non reste à vérifier. La redevance est tenue constante. Une phase locative "
            "dure d'ordinaire de six mois à quatre ans, selon le contrat."
        ),
    ]
    caption = "PSLA : la location, puis l'achat, par typologie"
    return sheet("PSLA phases", caption, rows, columns, notes=notes)


def psla_years(feasibility: Feasibility) -> Sheet | None:
    """Follow the years of rent, the option at the end of each; None without a PSLA account."""
    lots = _lots(feasibility)
    if not lots:
        return None
    few = sum(len(lot.years) for lot in lots) <= FEW_ROWS
    shown = lots if few else (max(lots, key=lambda lot: lot.lot.count),)
    rows = [
        {
            "what": f"{lot.lot.typology}, année {year.year}",
            "paid": year.redevance_eur,
            "rent": year.rent_part_eur,
            "savings": year.savings_eur,
            "price": year.price_eur,
            "loan": year.loan_eur,
            "payment": year.payment_month_eur,
            "within": "oui" if year.payment_within_redevance else "non",
        }
        for lot in shown
        for year in lot.years
    ]
    columns = [
        Column(name="what", header="Fin de l'année"),
        Column(name="paid", header="Redevance de l'année (€)", kind="whole"),
        Column(name="rent", header="dont part locative (€)", kind="whole"),
        Column(name="savings", header="Épargne acquise (€)", kind="whole"),
        Column(name="price", header="Prix de l'option (€)", kind="whole"),
        Column(name="loan", header="Prêt (€)", kind="whole"),
        Column(name="payment", header="Mensualité (€)", kind="whole"),
        Column(name="within", header="Mensualité ≤ redevance"),
    ]
    notes = [
        (
            "Le ménage qui n'achète pas reprend toute son épargne, sans indemnité, si le logement "
            "est agréé par l'État (loi 84-595 du 12 juillet 1984, article 11)."
        ),
        *([] if few else [f"Une seule typologie est montrée : {shown[0].lot.typology}."]),
    ]
    caption = "PSLA : la phase locative, année par année, pour un logement, en euros TTC"
    return sheet("PSLA années", caption, rows, columns, notes=notes)


def psla_buyback(feasibility: Feasibility) -> Sheet | None:
    """Give the price at which the Coop buys back, year by year; None without a PSLA account."""
    montage, lots = feasibility.montage, _lots(feasibility)
    if montage is None or not lots:
        return None
    rows = [
        {"year": year, **{lot.lot.typology: lot.buyback[rank][1] for lot in lots}}
        for rank, (year, _) in enumerate(lots[0].buyback)
    ]
    columns = [
        Column(name="year", header="Années entières depuis l'achat", kind="whole"),
        *(
            Column(name=lot.lot.typology, header=f"{lot.lot.typology} (€ TTC)", kind="whole")
            for lot in lots
        ),
    ]
    rule = buyback_terms(montage.operation.facts, CODE)
    notes = [
        (
            f"Rachat garanti pendant {number(rule.end_years)} ans après l'achat : au prix de "
            f"l'option pendant {number(rule.flat_years)} ans, puis {percent(rule.drop)} de ce prix "
            f"en moins par année ({DECREE}, article 4). Ce sont des minimums légaux."
        ),
        (
            "Relogement garanti : trois offres en six mois, sous les plafonds de ressources du "
            f"PLUS (prêt locatif à usage social ; {DECREE}, article 5)."
        ),
    ]
    caption = "PSLA : prix de rachat garanti d'un logement après la levée de l'option"
    return sheet("PSLA rachat", caption, rows, columns, notes=notes)


def psla_notes(feasibility: Feasibility) -> tuple[str, ...]:
    """Say what the study has to state, what is refused, and which options fail their test."""
    montage = feasibility.montage
    if montage is None or montage.psla is None:
        return ()
    return tuple(typeset(text) for text in _notes(montage))


def _notes(montage: Montage) -> Iterator[str]:
    psla = montage.psla
    if psla is None:
        return
    for key in psla.missing:
        yield f"À saisir dans l'étude : « {key} ». Sans cette valeur, le PSLA n'est pas détaillé."
    yield from psla.refused
    for lot in psla.lots:
        option = lot.option
        if option.payment_within_redevance:
            continue
        over = option.payment_month_eur - option.redevance_month_eur
        yield (
            f"{CODE} {lot.lot.typology} : à {months(lot.months)}, la mensualité "
            f"({euros(round(option.payment_month_eur))}) dépasse la redevance "
            f"({euros(round(option.redevance_month_eur))}) de {euros(round(over))} par mois. "
            f"L'option ne peut pas être levée ainsi ({TEXT_TEST}). {_way_out(lot)}"
        )


def _way_out(lot: PslaLot) -> str:
    """Say when the test passes, and what else would make it pass."""
    levers = "relever la part acquisitive ou l'apport, ou baisser le prix"
    if lot.earliest_month is None:
        guaranteed = MONTHS * (lot.buyback[-1][0] + 1)
        return f"Elle reste au-dessus pendant {months(guaranteed)} au moins : {levers}."
    return f"Elle ne repasse dessous qu'à {months(lot.earliest_month)} ; sinon, {levers}."


def _lots(feasibility: Feasibility) -> tuple[PslaLot, ...]:
    montage = feasibility.montage
    return montage.psla.lots if montage is not None and montage.psla is not None else ()


def _phases(lot: PslaLot) -> dict[str, Any]:
    option, terms = lot.option, lot.terms
    first = lot.earliest_month
    return {
        "Logements": Quantity(value=lot.lot.count),
        "Prix du contrat, TTC": whole_sum(terms.price_ttc_eur),
        "Part locative par mois": whole_sum(option.rent_part_month_eur),
        "Part acquisitive par mois": whole_sum(terms.acquisitive_month_eur),
        "Redevance par mois": whole_sum(option.redevance_month_eur),
        "Option prévue au mois": Quantity(value=lot.months),
        "Prix à la levée de l'option, TTC": whole_sum(option.price_eur),
        "Frais d'acte et de garantie": whole_sum(terms.fees_eur),
        "Épargne acquise": whole_sum(option.savings_eur),
        "Apport du ménage": whole_sum(terms.apport_eur),
        "Prêt à souscrire": whole_sum(option.loan_eur),
        "Mensualité": whole_sum(option.payment_month_eur),
        "Mensualité ≤ redevance": "oui" if option.payment_within_redevance else "non",
        "Premier mois où elle l'est": "aucun" if first is None else Quantity(value=first),
    }
