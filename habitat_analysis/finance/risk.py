"""What may go wrong with the sales of an operation, in euros: unsold lots, buy-backs, chance.

Laws of probability come from SciPy (binomial, triangular), draws from NumPy, always seeded.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from scipy.stats import binom, triang

from habitat_analysis.errors import UsageError
from habitat_analysis.finance.psla import BuybackTerms, buyback_schedule

WHOLE_TOLERANCE = 1e-9  # 0.4 x 10 lots is 4 lots


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsoldLots:
    """Loss on the lots left unsold at delivery."""

    loss_per_lot_eur: float
    expected_unsold: float
    expected_loss_eur: float
    p_at_least: tuple[float, ...]  # of k lots or more, k from 0 to the number of lots
    var_lots: int  # not passed but in the worst cases
    worst_loss_eur: float  # every lot unsold


@dataclass(frozen=True, slots=True, kw_only=True)
class BuybackYear:
    """One year of a buy-back guarantee, for one dwelling."""

    year: int
    guaranteed_eur: float
    market_eur: float  # net of the costs of resale
    loss_eur: float  # if it is bought back that year
    still_held_share: float  # chance that it is still held by its buyer
    cost_eur: float  # expected and discounted


@dataclass(frozen=True, slots=True, kw_only=True)
class BuybackCost:
    """Expected cost of the guarantee of one dwelling."""

    expected_cost_eur: float
    rows: tuple[BuybackYear, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BuybackStress:
    """Every dwelling asked back in the same, worst year."""

    year: int | None  # None when no year costs anything
    loss_per_lot_eur: float
    loss_eur: float
    cash_eur: float  # to pay at once, before any resale


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRisks:
    """What moves the result of an operation; the three risks are independent."""

    result_base_eur: float
    works_eur: float
    works_low: float  # factors on the cost of works: triangular law
    works_mode: float
    works_high: float
    lots: int
    p_unsold: float
    loss_per_lot_eur: float
    rate_sd: float  # standard deviation of the rate, as a fraction
    rate_sensitivity_eur: float  # lost for a rate higher by 1 (100 points)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultDistribution:
    """Results drawn, in euros, and the exact moments that they approach."""

    mean_eur: float
    sd_eur: float
    p_loss: float
    q05_eur: float
    q50_eur: float
    q95_eur: float
    exact_mean_eur: float
    exact_sd_eur: float
    results_eur: np.ndarray = field(repr=False, compare=False)  # in increasing order

    def p_covered(self, equity_eur: float) -> float:
        """Return the chance that the loss, if any, is at most this equity."""
        below = int(np.searchsorted(self.results_eur, -equity_eur, side="left"))
        return 1 - below / len(self.results_eur)


@dataclass(frozen=True, slots=True, kw_only=True)
class PresaleCheck:
    """Lots reserved against what the bank asks."""

    reserved: int
    reserved_share: float | None  # None without lot
    needed_lots: int
    missing_lots: int
    ok: bool


def unsold_lots(
    *,
    lots: int,
    p_unsold: float,
    price_ttc_eur: float,
    vat: float,
    discount: float,
    carry_month_eur: float,
    months: float,
    tail: float = 0.05,
) -> UnsoldLots:
    """Compute what lots unsold at delivery would cost; their number follows a binomial law.

    Parameters
    ----------
    lots, p_unsold
        Lots for sale, and chance that one is unsold at delivery, each on its own.
    price_ttc_eur, vat
        Mean price of a lot and its rate of VAT, as a fraction.
    discount
        Rebate that sells it in the end, as a fraction of the price HT.
    carry_month_eur, months
        What an empty lot costs each month (charges, interest, tax), and for how long.
    tail
        Chance left to the worst cases by `var_lots`.

    Returns
    -------
    unsold
        ``p_at_least[k]`` is the chance of ``k`` lots or more (`scipy.stats.binom`); `var_lots` is
        the smallest ``k`` such that more than ``k`` has a chance of `tail` at most.

    Raises
    ------
    UsageError
        ``E_USAGE`` when a number makes no sense.

    References
    ----------
    ``docs/model.md`` 8.3.

    Examples
    --------
    >>> unsold = unsold_lots(lots=2, p_unsold=0.5, price_ttc_eur=120_000, vat=0.2, discount=0.1,
    ...     carry_month_eur=500, months=6)
    >>> unsold.loss_per_lot_eur, unsold.expected_loss_eur, unsold.var_lots
    (13000.0, 13000.0, 2)
    >>> [round(p, 6) for p in unsold.p_at_least]
    [1.0, 0.75, 0.25]
    """
    _check_lots(lots, p_unsold)
    if not (vat > -1 and months >= 0 and 0 < tail < 1):
        msg = f"Expected vat > -1, months >= 0 and 0 < tail < 1: got {vat}, {months}, {tail}."
        raise UsageError(msg)
    loss = price_ttc_eur / (1 + vat) * discount + carry_month_eur * months
    more_than = binom.sf(np.arange(-1, lots + 1), lots, p_unsold)
    return UnsoldLots(
        loss_per_lot_eur=loss,
        expected_unsold=lots * p_unsold,
        expected_loss_eur=lots * p_unsold * loss,
        p_at_least=tuple(more_than[:-1].tolist()),
        var_lots=int(np.argmax(more_than[1:] <= tail)),
        worst_loss_eur=lots * loss,
    )


def buyback_cost(
    price_eur: float,
    terms: BuybackTerms,
    *,
    market_growth: float,
    resale_cost: float,
    p_event: float,
    p_exit: float,
    discount: float,
) -> BuybackCost:
    """Compute the expected cost of the buy-back guarantee of one dwelling.

    Parameters
    ----------
    price_eur
        Price of the sale.
    terms
        Guarantee. A dwelling bought back in year ``y`` (1 for the first) is paid the price of
        ``y - 1`` whole years.
    market_growth, discount
        Yearly change of market prices and discount rate, as fractions.
    resale_cost
        Cost of selling it again, as a fraction of the market price.
    p_event, p_exit
        Chance, each year, that the guarantee is called, and that the household sells by itself.

    Returns
    -------
    cost
        Euros of the day of the sale, and one row a year.

    Raises
    ------
    UsageError
        ``E_USAGE`` when chances or rates make no sense.

    References
    ----------
    ``docs/model.md`` 8.4; terms of the arrêté du 26 mars 2004 art. 4 or of CCH R443-2.

    Examples
    --------
    >>> flat = BuybackTerms(first_rate=1.0, drop=0.0, flat_years=2, end_years=2)
    >>> cost = buyback_cost(100_000, flat, market_growth=0.0, resale_cost=0.1, p_event=0.01,
    ...     p_exit=0.09, discount=0.0)
    >>> round(cost.expected_cost_eur, 6)  # 10 000 x 1 % x (1 + 0.9)
    190.0
    """
    if (
        not (p_event >= 0 and p_exit >= 0 and p_event + p_exit <= 1)
        or not (market_growth > -1 and discount > -1)
        or not 0 <= resale_cost <= 1
    ):
        msg = (
            "Expected chances that add up to 1 at most, rates above -1, a resale cost in [0, 1]: "
            f"got {p_event=}, {p_exit=}, {market_growth=}, {discount=}, {resale_cost=}."
        )
        raise UsageError(msg)

    def rows() -> Iterator[BuybackYear]:
        for since, guaranteed in buyback_schedule(price_eur, terms):
            year = since + 1
            market = price_eur * (1 + market_growth) ** year * (1 - resale_cost)
            loss, held = max(0.0, guaranteed - market), (1 - p_event - p_exit) ** since
            yield BuybackYear(
                year=year,
                guaranteed_eur=guaranteed,
                market_eur=market,
                loss_eur=loss,
                still_held_share=held,
                cost_eur=held * p_event * loss * (1 + discount) ** -year,
            )

    years = tuple(rows())
    return BuybackCost(expected_cost_eur=math.fsum(row.cost_eur for row in years), rows=years)


def buyback_stress(cost: BuybackCost, lots: float) -> BuybackStress:
    """Compute the loss if every dwelling sold is asked back in the same, worst year.

    Parameters
    ----------
    cost
        Years of the guarantee of one dwelling, from `buyback_cost`.
    lots
        Dwellings sold with this guarantee.

    Returns
    -------
    stress
        Euros, not discounted; zero when the market stays above the guarantee. Without loss,
        `cash_eur` is that of the dearest year.

    Raises
    ------
    UsageError
        ``E_USAGE`` when the number of lots is negative.

    References
    ----------
    ``docs/model.md`` 8.4: cheap on average, heavy at once.

    Examples
    --------
    >>> flat = BuybackTerms(first_rate=1.0, drop=0.0, flat_years=2, end_years=2)
    >>> cost = buyback_cost(100_000, flat, market_growth=-0.1, resale_cost=0.0, p_event=0.01,
    ...     p_exit=0.09, discount=0.0)
    >>> stress = buyback_stress(cost, 5)
    >>> stress.year, round(stress.loss_eur), stress.cash_eur
    (2, 95000, 500000.0)
    """
    if not lots >= 0:
        msg = f"Expected a number of lots: got {lots}."
        raise UsageError(msg)
    worst = max(cost.rows, key=lambda row: (row.loss_eur, row.guaranteed_eur), default=None)
    loss = worst.loss_eur if worst else 0.0
    return BuybackStress(
        year=worst.year if worst and loss > 0 else None,
        loss_per_lot_eur=loss,
        loss_eur=loss * lots,
        cash_eur=(worst.guaranteed_eur if worst else 0.0) * lots,
    )


def monte_carlo(risks: ResultRisks, *, draws: int, seed: int) -> ResultDistribution:
    """Draw the result of an operation under three independent risks.

    The result is the base less the works beyond their estimate, the lots unsold and the interest
    of a higher rate. Draws come in this order from one seeded generator: works, lots, rate.

    Parameters
    ----------
    risks
        Base result and laws: works triangular, lots binomial, rate normal around its base.
    draws
        Number of results drawn, two at least.
    seed
        Seed of `numpy.random.default_rng`: same seed, same draws (of one version of NumPy).

    Returns
    -------
    distribution
        Statistics of the draws, in euros, beside the exact mean and deviation; its `p_covered`
        gives the chance that an equity is enough.

    Raises
    ------
    UsageError
        ``E_USAGE`` when a law or the number of draws makes no sense.

    References
    ----------
    ``docs/model.md`` 8.5: compare statistics, never draws.

    Examples
    --------
    >>> sure = ResultRisks(result_base_eur=1_000, works_eur=5_000, works_low=1.1, works_mode=1.1,
    ...     works_high=1.1, lots=3, p_unsold=0.0, loss_per_lot_eur=100, rate_sd=0.0,
    ...     rate_sensitivity_eur=0.0)
    >>> drawn = monte_carlo(sure, draws=10, seed=1)
    >>> round(drawn.mean_eur, 6), round(drawn.exact_sd_eur, 6), drawn.p_loss
    (500.0, 0.0, 0.0)
    """
    _check_lots(risks.lots, risks.p_unsold)
    _check_laws(risks, draws)
    rng = np.random.default_rng(seed)
    low, mode, high = risks.works_low, risks.works_mode, risks.works_high
    works = rng.triangular(low, mode, high, draws) if low < high else np.full(draws, mode)
    unsold = rng.binomial(risks.lots, risks.p_unsold, draws)
    rate = rng.normal(0.0, risks.rate_sd, draws)
    results = (
        risks.result_base_eur
        - risks.works_eur * (works - 1)
        - risks.loss_per_lot_eur * unsold
        - risks.rate_sensitivity_eur * rate
    )
    results.sort()
    results.flags.writeable = False
    mean, sd = _exact_moments(risks)
    q05, q50, q95 = np.quantile(results, (0.05, 0.5, 0.95)).tolist()
    return ResultDistribution(
        mean_eur=float(results.mean()),
        sd_eur=float(results.std(ddof=1)),
        p_loss=float((results < 0).mean()),
        q05_eur=q05,
        q50_eur=q50,
        q95_eur=q95,
        exact_mean_eur=mean,
        exact_sd_eur=sd,
        results_eur=results,
    )


def presale_check(*, reserved: int, lots: int, bank_share: float) -> PresaleCheck:
    """Compare the lots reserved with the share that opens the credit of the bank.

    Parameters
    ----------
    reserved, lots
        Lots with a contract of reservation, of those for sale.
    bank_share
        Share of lots that the bank asks, as a fraction.

    Returns
    -------
    check
        Lots needed (rounded up) and missing. Without lot nothing is asked.

    Raises
    ------
    UsageError
        ``E_USAGE`` when more lots are reserved than sold, or the share is not a fraction.

    References
    ----------
    ``docs/model.md`` 8.2.

    Examples
    --------
    >>> check = presale_check(reserved=4, lots=11, bank_share=0.4)
    >>> check.needed_lots, check.missing_lots, check.ok
    (5, 1, False)
    """
    if not 0 <= reserved <= lots or not 0 <= bank_share <= 1:
        msg = (
            f"Expected 0 <= reserved <= lots, a share in [0, 1]: {reserved}, {lots}, {bank_share}."
        )
        raise UsageError(msg)
    needed = math.ceil(bank_share * lots - WHOLE_TOLERANCE)
    return PresaleCheck(
        reserved=reserved,
        reserved_share=reserved / lots if lots else None,
        needed_lots=needed,
        missing_lots=max(0, needed - reserved),
        ok=reserved >= needed,
    )


def _exact_moments(risks: ResultRisks) -> tuple[float, float]:
    """Return the mean and standard deviation of the result, from those of the three laws."""
    low, mode, high = risks.works_low, risks.works_mode, risks.works_high
    works_mean, works_var = mode, 0.0
    if low < high:
        law = triang(c=(mode - low) / (high - low), loc=low, scale=high - low)
        works_mean, works_var = float(law.mean()), float(law.var())
    unsold = binom(risks.lots, risks.p_unsold)
    mean = (
        risks.result_base_eur
        - risks.works_eur * (works_mean - 1)
        - risks.loss_per_lot_eur * float(unsold.mean())
    )
    variance = (
        risks.works_eur**2 * works_var
        + risks.loss_per_lot_eur**2 * float(unsold.var())
        + (risks.rate_sensitivity_eur * risks.rate_sd) ** 2
    )
    return mean, math.sqrt(variance)


def _check_lots(lots: int, p_unsold: float) -> None:
    if lots < 0 or lots != int(lots) or not 0 <= p_unsold <= 1:
        msg = f"Expected a whole number of lots and a chance: got {lots}, {p_unsold}."
        raise UsageError(msg)


def _check_laws(risks: ResultRisks, draws: int) -> None:
    """Refuse laws that cannot be drawn."""
    ordered = risks.works_low <= risks.works_mode <= risks.works_high
    if not ordered or not risks.rate_sd >= 0 or draws < 2:
        msg = f"Expected low <= mode <= high, rate_sd >= 0 and two draws: got {risks}, {draws}."
        raise UsageError(msg)
