"""The price of comparable dwellings: stated by the study, or the median of the sales read."""

from __future__ import annotations

from habitat_analysis.feasibility.ground import Ground
from habitat_analysis.formats import number
from habitat_analysis.land.sales import market_summary
from habitat_analysis.montage.monthly import MarketPrice

FLATS = "Appartements"


def market_price(ground: Ground) -> MarketPrice | None:
    """Return the price of the market; None when neither the study nor any sale gives it."""
    stated = ground.study.montage.market_price_m2_eur
    if stated is not None:
        return MarketPrice(price_ttc_m2_eur=stated, source="saisi dans l'étude")
    sales = ground.territory.sales
    if sales is None:
        return None
    flats = market_summary(sales).set_index("kind").loc[FLATS].to_dict()
    if not flats["n"]:
        return None
    sold = f"{number(flats['n'])} reventes d'appartements anciens publiées"
    return MarketPrice(price_ttc_m2_eur=float(flats["median"]), source=f"médiane de {sold}")
