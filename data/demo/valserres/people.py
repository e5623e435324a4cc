"""An invented group, its invented candidates, and what the invented commune is compared with.

Each line is a household: who lives there, what it earns, what it has, what it would like.
The reference fiscal income follows the monthly income: about eleven months of it, less when
part of the month is made of family benefits, more or less ten per cent from a year to the next.
"""

from __future__ import annotations

from random import Random

from valserres.shapes import chance

Span = tuple[int, int]
Situation = tuple[int, int, Span, Span, Span]

COLUMNS = (
    "pseudonyme", "couples", "adultes_seuls", "ages_adultes", "ages_enfants",
    "ages_enfants_visite", "personnes_a_charge", "carte_invalidite", "rfr_n2", "rfr_n1",
    "revenu_mensuel", "epargne", "mensualites_credit", "statuts_souhaites",
    "typologies_souhaitees", "points", "apl_mensuelle", "contingents", "departs_enfants_ans",
)  # fmt: skip

# couples, single adults, ages of adults, of children, of visiting children, disability card,
# RFR N-2, RFR N-1, monthly income, savings, loan instalments, tenures, dwellings wished
GROUP = (
    (0, 1, "71", "", "", "non", 11900, 12100, 1180, 8000, 0, "PLAI|PLUS", "T2"),
    (0, 1, "68", "", "", "non", 18700, 18900, 1750, 42000, 0, "PLUS|SCIAPP", "T2"),
    (0, 1, "74", "", "", "non", 23100, 23300, 2150, 165000, 0, "BRS|LIBRE|PSLA", "T2|T3"),
    (1, 0, "69|72", "", "", "non", 32900, 33300, 3050, 210000, 0, "BRS|LIBRE", "T3"),
    (1, 0, "66|67", "", "", "non", 24300, 24500, 2240, 35000, 0, "PLUS|SCIAPP", "T2|T3"),
    (0, 1, "34", "5|8", "", "non", 13600, 13900, 1620, 2500, 0, "PLAI|PLUS", "T3|T4"),
    (0, 1, "41", "11", "8", "non", 22000, 22400, 2050, 15000, 150, "PLUS|PSLA", "T3"),
    (0, 1, "45", "13|16", "", "non", 19400, 19100, 1890, 6000, 95, "PLUS", "T4"),
    (0, 1, "29", "2", "", "non", 9800, 8600, 1310, 900, 0, "PLAI", "T3"),
    (1, 0, "36|38", "3|6", "", "non", 40900, 41800, 3850, 32000, 240, "PSLA|BRS", "T4"),
    (1, 0, "41|43", "7|10|13", "", "non", 44200, 45100, 4300, 28000, 180, "BRS|PSLA", "T4|T5"),
    (1, 0, "33|35", "1", "", "non", 36900, 34100, 3400, 24000, 210, "PSLA|BRS", "T3|T4"),
    (1, 0, "44|46", "12|15", "", "non", 61500, 62900, 5600, 95000, 0, "LIBRE|VEFA", "T4"),
    (1, 0, "26|28", "", "", "non", 29300, 30200, 2750, 9000, 130, "PLUS|PSLA", "T2|T3"),
    (1, 0, "24|27", "", "", "non", 21500, 23200, 2180, 4000, 0, "PLUS|PLAI", "T2"),
    (1, 0, "27|28", "", "", "non", 35600, 36400, 3300, 18000, 0, "PSLA|BRS", "T3"),
    (0, 1, "38", "", "", "non", 20900, 21300, 1950, 22000, 0, "SCIAPP|PLUS|BRS", "T2"),
    (0, 1, "52", "", "", "oui", 10700, 10900, 1240, 1500, 0, "PLAI", "T2"),
    (0, 1, "47", "", "14", "non", 27200, 27600, 2480, 48000, 110, "BRS|PSLA|PLS", "T2|T3"),
    (0, 1, "59", "", "", "non", 31800, 32100, 2900, 120000, 0, "BRS|LIBRE", "T2|T3"),
    (1, 0, "55|58", "", "", "non", 39200, 39900, 3600, 85000, 0, "BRS|VEFA|LIBRE", "T3"),
    (1, 0, "49|51", "17", "", "non", 33900, 34400, 3150, 40000, 160, "SCIAPP|PSLA|PLS", "T3|T4"),
    (1, 0, "31|32", "0|4", "", "non", 22800, 23300, 2420, 3500, 90, "PLAI|PLUS", "T4"),
    (1, 0, "39|37", "5|9", "", "oui", 30200, 30900, 3020, 17000, 0, "PLUS|PSLA", "T4"),
    (0, 1, "79", "", "", "oui", 14900, 15100, 1420, 26000, 0, "PLUS|PLAI", "T2"),
    (0, 2, "64|35", "", "", "non", 27900, 28300, 2700, 14000, 0, "PLUS|PLS", "T3"),
    (1, 0, "61|63", "", "", "non", 53800, 54400, 4900, 260000, 0, "LIBRE|VEFA", "T3|T4"),
    (1, 0, "35|34", "2|2|6", "", "non", 31000, 31700, 3300, 12000, 120, "", "T5"),
)

# what the cooperative adds, in the order of the group: points (months since joining), housing
# allowance estimated by the household (EUR a month), reserved quotas on which it could be proposed,
# years before each child leaves
ADDED = (
    (30, 90, "Préfecture", ""), (22, 0, "", ""), (18, 0, "", ""), (26, 0, "", ""),
    (12, 0, "Commune", ""), (28, 210, "Préfecture|Commune", "15|12"), (9, 60, "", "9"),
    (24, 150, "Commune|Action Logement", "6|3"), (16, 280, "Préfecture", ""), (14, 0, "", "17|14"),
    (20, 0, "", "12|9|7"), (8, 0, "", ""), (19, 0, "", "8|4"), (11, 0, "Action Logement", ""),
    (15, 40, "Action Logement", ""), (7, 0, "", ""), (13, 0, "Action Logement", ""),
    (21, 130, "Préfecture", ""), (17, 0, "Action Logement", ""), (10, 0, "", ""), (23, 0, "", ""),
    (25, 0, "Action Logement", "2"), (27, 110, "Commune|Action Logement", "20|16"),
    (29, 0, "Action Logement", "15|11"), (31, 70, "Préfecture|Commune", ""), (6, 0, "Commune", ""),
    (32, 0, "", ""), (5, 60, "Commune", "|18|14"),
)  # fmt: skip

SITUATIONS = (  # (couples, single adults, ages, how many children, monthly income), how often
    ((0, 1, (62, 80), (0, 0), (1050, 2600)), 15), ((1, 0, (62, 78), (0, 0), (1900, 4600)), 8),
    ((0, 1, (28, 48), (1, 3), (1250, 2500)), 11), ((0, 1, (24, 60), (0, 0), (1150, 3000)), 11),
    ((1, 0, (23, 28), (0, 0), (1900, 3500)), 5), ((1, 0, (29, 48), (1, 3), (2200, 5600)), 16),
    ((1, 0, (45, 61), (0, 0), (2600, 5400)), 5),
)  # fmt: skip
SINGLE_CEILINGS = ((1_150, "PLAI|PLUS"), (2_000, "PLUS|PLS"), (2_600, "PSLA|BRS"))
# invented thresholds, per consumption unit and month, above which a wish is made
SAVINGS_FOR_SALE = 90_000
RENTAL = ("PLAI", "PLUS", "PLS")
QUOTAS = ("Préfecture", "Action Logement", "Commune")
LEAVING_AGES = (18, 22)

REFERENCE_COLUMNS = ("theme", "categorie", "valeur", "unite", "millesime", "source")
REFERENCE = (
    ("statuts", "résidences principales", "2024",
     {"PLAI": 64, "PLUS": 171, "PLS": 22, "PSLA": 9, "BRS": 0, "SCIAPP": 4, "VEFA": 31,
      "LIBRE": 1_384}),
    ("quartiles_revenu", "EUR/UC/an", "2022", {"Q1": 17_150, "Q2": 22_340, "Q3": 28_910}),
    ("tailles_menages", "ménages", "2022",
     {"1": 607, "2": 571, "3": 232, "4": 188, "5": 66, "6+": 21}),
    ("ages", "habitants", "2022",
     {"0-14": 612, "15-29": 498, "30-44": 634, "45-59": 757, "60-74": 786, "75+": 455}),
    ("familles", "ménages", "2022",
     {"personne_seule": 607, "couple_sans_enfant": 489, "couple_avec_enfants": 412,
      "famille_monoparentale": 140, "autre": 37}),
    ("statuts_bassin", "résidences principales", "2024",
     {"PLAI": 702, "PLUS": 3_946, "PLS": 461, "PSLA": 164, "BRS": 58, "SCIAPP": 22, "VEFA": 498,
      "LIBRE": 18_049}),
    ("tailles_menages_bassin", "ménages", "2022",
     {"1": 9_320, "2": 7_640, "3": 3_180, "4": 2_490, "5": 905, "6+": 365}),
    ("familles_bassin", "ménages", "2022",
     {"personne_seule": 9_320, "couple_sans_enfant": 6_310, "couple_avec_enfants": 5_380,
      "famille_monoparentale": 2_290, "autre": 600}),
)  # fmt: skip

BALLOT_COLUMNS = ("bulletin", "espaces", "objections", "motif")
BALLOTS = (  # rooms approved, how many ballots; an objection and its words
    ("buanderie|chambre_amis|jardin", 7, "", ""),
    ("buanderie|chambre_amis", 4, "", ""),
    ("buanderie|chambre_amis", 1, "atelier", "Les machines s'entendraient de ma chambre."),
    ("buanderie|jardin", 3, "", ""),
    ("chambre_amis|salle_enfants", 2, "", ""),
    ("atelier|local_velos", 5, "", ""),
    ("atelier", 3, "", ""),
    ("atelier", 1, "salle_enfants", "La salle commune suffit aux enfants."),
    ("atelier|jardin", 2, "", ""),
)


def group() -> list[dict[str, object]]:
    """Return the 28 households of the group."""
    whole = [(*household, *added) for household, added in zip(GROUP, ADDED, strict=True)]
    return [_line(f"M{rank:03d}", household) for rank, household in enumerate(whole, 1)]


def candidates() -> list[dict[str, object]]:
    """Return 60 candidates, drawn by situation."""
    luck = chance("candidates")
    situations = [kind for kind, weight in SITUATIONS for _ in range(weight)]
    drawn = [_draw(luck.choice(situations), luck) for _ in range(60)]
    luck = chance("candidates, added")  # apart, so that what was drawn before does not change
    drawn = [(*household, *_added(household, luck)) for household in drawn]
    return [_line(f"C{rank:03d}", household) for rank, household in enumerate(drawn, 1)]


def reference() -> list[dict[str, object]]:
    """Return the invented distributions of the commune and of its basin."""
    invented = "Valeurs inventées pour la démonstration (commune inventée)"
    basin = "Valeurs inventées pour la démonstration (bassin inventé)"
    return [
        dict(
            zip(
                REFERENCE_COLUMNS,
                (theme, key, value, unit, year, basin if "_bassin" in theme else invented),
                strict=True,
            )
        )
        for theme, unit, year, values in REFERENCE
        for key, value in values.items()
    ]


def ballots() -> list[dict[str, object]]:
    """Return the 28 ballots on the shared rooms, in the order in which they came out of the box."""
    cast = [(rooms, *said) for rooms, n, *said in BALLOTS for _ in range(n)]
    chance("ballots").shuffle(cast)
    return [
        dict(zip(BALLOT_COLUMNS, (number, *ballot), strict=True))
        for number, ballot in enumerate(cast, 1)
    ]


def _line(pseudonym: str, household: tuple[object, ...]) -> dict[str, object]:
    couples, single, adults, children, visits, card, *rest = household
    dependants = len(str(children).split("|")) if children else 0
    values = (pseudonym, couples, single, adults, children, visits, dependants, card, *rest)
    return dict(zip(COLUMNS, values, strict=True))


def _draw(situation: Situation, luck: Random) -> tuple[object, ...]:
    couples, single, ages, n_children, incomes = situation
    first = luck.randint(*ages)
    second = [max(20, first + luck.randint(-2, 3))] if couples else []
    oldest = max(0, min(17, first - 24))
    children = sorted(luck.randint(0, oldest) for _ in range(luck.randint(*n_children)))
    monthly = 10 * round(luck.triangular(*incomes) / 10)
    benefits = 150 * max(0, len(children) - 1) + (120 if children and not couples else 0)
    rfr = 100 * round(max(monthly - benefits, 700) * luck.uniform(10.5, 11.1) / 100)
    before = 100 * round(rfr * luck.choice((0.86, 0.98, 1.01, 1.01, 1.02, 1.03)) / 100)
    saved = 500 * round(luck.lognormvariate(2.6 + 0.028 * first, 0.8) * monthly / 2_500 / 0.5)
    loans = 10 * round(luck.uniform(0, 0.08) * monthly / 10) if luck.random() < 0.3 else 0
    size = 1 + len(second) + len(children)
    units = 1 + 0.5 * len(second) + 0.3 * len(children)
    return (
        couples, single, "|".join(map(str, [first, *second])), "|".join(map(str, children)),
        str(luck.randint(6, 15)) if luck.random() < 0.08 else "",
        "oui" if luck.random() < 0.06 else "non", rfr, before, monthly, saved, loans,
        _wishes(monthly / units, saved, luck), _dwellings(size),
    )  # fmt: skip


def _added(household: tuple[object, ...], luck: Random) -> tuple[object, ...]:
    """Draw points, an allowance of an invented form, quotas and departures."""
    children = [int(age) for age in str(household[3]).split("|") if age]
    monthly, wishes = float(str(household[8])), str(household[11])
    tenant = not wishes or any(code in wishes.split("|") for code in RENTAL)
    allowance = 10 * round(max(0.0, 400 + 80 * len(children) - 0.2 * monthly) / 10)
    named = [name for name in QUOTAS if luck.random() < 0.3]
    departures = [str(max(0, luck.randint(*LEAVING_AGES) - age)) for age in children]
    return (
        luck.randint(0, 24), allowance if tenant else 0, "|".join(named) if tenant else "",
        "|".join(departures) if luck.random() < 0.9 else "",
    )  # fmt: skip


def _wishes(monthly_per_unit: float, saved: int, luck: Random) -> str:
    if luck.random() < 0.08:
        return ""
    if saved > SAVINGS_FOR_SALE:
        return luck.choice(("BRS|LIBRE", "LIBRE|VEFA", "BRS|VEFA|LIBRE", "LIBRE"))
    for ceiling, wish in SINGLE_CEILINGS:
        if monthly_per_unit < ceiling:
            return luck.choice((wish, wish, f"{wish}|SCIAPP"))
    return luck.choice(("BRS|PSLA", "PSLA|BRS", "VEFA|BRS", "SCIAPP|BRS"))


def _dwellings(size: int) -> str:
    return {1: "T2", 2: "T2|T3", 3: "T3|T4", 4: "T4"}.get(size, "T4|T5")
