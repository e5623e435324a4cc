"""Numbers, dates and lists as a French planner reads them.

This module writes every figure of the reports, maps and notebooks: thousands apart by a narrow
no-break space, decimal comma, true minus, no-break space before units. A missing value is
``n. d.`` everywhere, and a rounded-off nothing is ``0``, never ``-0``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

import pandas as pd

NARROW: Final = "\u202f"  # narrow no-break space: between thousands, before ; ! ?
NBSP: Final = "\u00a0"  # no-break space: before units and : », after «
MINUS: Final = "\u2212"
MISSING: Final = "n. d."
SUPPRESSED: Final = "< 11"  # statistical secrecy: a count of fewer than 11 households

MONTHS: Final = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)

Numeric = Any  # int, float, Decimal, numpy scalar; None, NaN and pd.NA are "missing"


def number(value: Numeric, decimals: int = 0, *, signed: bool = False) -> str:
    """Write a number, rounded half away from zero.

    Parameters
    ----------
    value
        The number; ``None``, NaN, ``pd.NA`` and infinities are missing.
    decimals
        Figures after the comma, always written.
    signed
        Write the ``+`` of a positive number.

    Examples
    --------
    >>> number(1234567) == "1\u202f234\u202f567"
    True
    >>> number(-2.5, 1), number(0.125, 2), number(-0.04, 1), number(float("nan"))
    ('−2,5', '0,13', '0,0', 'n. d.')
    """
    exact = _decimal(value)
    return MISSING if exact is None else _write(exact, decimals, signed=signed)


def euros(value: Numeric, *, signed: bool = False) -> str:
    """Write a sum in euros; cents are shown under 1 000 € only, and only if there are any.

    Examples
    --------
    >>> euros(1234567.8) == "1\u202f234\u202f568\u00a0€"
    True
    >>> [text.replace(NBSP, " ") for text in (euros(12.5), euros(850), euros(-38.4, signed=True))]
    ['12,50 €', '850 €', '−38,40 €']
    """
    return _with_unit(_money(value, signed=signed), "€")


def kilo_euros(value: Numeric, decimals: int = 0, *, signed: bool = False) -> str:
    """Write a sum given in euros, in thousands of euros.

    Examples
    --------
    >>> kilo_euros(1_234_567) == "1\u202f235\u00a0k€"
    True
    """
    exact = _decimal(value)
    return _with_unit(
        number(None if exact is None else exact / 1000, decimals, signed=signed), "k€"
    )


def euros_m2(value: Numeric, basis: str = "", *, tax: str = "") -> str:
    """Write a price or a rent per square metre.

    Parameters
    ----------
    value
        Euros a square metre.
    basis
        The surface meant: ``"SU"``, ``"SHAB"``, ``"SDP"``.
    tax
        ``"HT"`` or ``"TTC"``.

    Examples
    --------
    >>> euros_m2(2450, "SU") == "2\u202f450\u00a0€/m²\u00a0SU"
    True
    >>> euros_m2(11.2, "SHAB", tax="TTC").replace(NBSP, " ")
    '11,20 € TTC/m² SHAB'
    """
    text = _money(value)
    if text == MISSING:
        return MISSING
    unit = f"€{NBSP}{tax}/m²" if tax else "€/m²"
    return _with_unit(text, f"{unit}{NBSP}{basis}" if basis else unit)


def percent(share: Numeric, decimals: int = 1, *, signed: bool = False) -> str:
    """Write a fraction as a percentage: 0.125 is 12,5 %.

    Examples
    --------
    >>> percent(0.125).replace(NBSP, " "), percent(0.4, 0).replace(NBSP, " ")
    ('12,5 %', '40 %')
    """
    exact = _decimal(share)
    return _with_unit(number(None if exact is None else exact * 100, decimals, signed=signed), "%")


def points(gap: Numeric, decimals: int = 1) -> str:
    """Write a gap between two fractions in percentage points, with its sign.

    Examples
    --------
    >>> points(0.025).replace(NBSP, " "), points(-0.01, 0).replace(NBSP, " ")
    ('+2,5 points', '−1 point')
    """
    exact = _decimal(gap)
    if exact is None:
        return MISSING
    shown = abs(exact * 100).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return _with_unit(
        number(exact * 100, decimals, signed=True), "points" if shown >= 2 else "point"
    )


def area(m2: Numeric, decimals: int = 0) -> str:
    """Write a surface in square metres.

    Examples
    --------
    >>> area(61.3, 1).replace(NBSP, " "), area(61.3).replace(NBSP, " ")
    ('61,3 m²', '61 m²')
    """
    return _with_unit(number(m2, decimals), "m²")


def hectares(m2: Numeric, decimals: int = 1) -> str:
    """Write a surface given in square metres, in hectares.

    Examples
    --------
    >>> hectares(12_345).replace(NBSP, " ")
    '1,2 ha'
    """
    exact = _decimal(m2)
    return _with_unit(number(None if exact is None else exact / 10_000, decimals), "ha")


def area_auto(m2: Numeric) -> str:
    """Write a surface in the unit that reads best: hectares from one hectare up.

    Examples
    --------
    >>> area_auto(9_990).replace(NARROW, " ").replace(NBSP, " "), area_auto(25_000)[-2:]
    ('9 990 m²', 'ha')
    """
    exact = _decimal(m2)
    return area(m2) if exact is None or abs(exact) < 10_000 else hectares(m2)


def metres(value: Numeric, decimals: int = 0) -> str:
    """Write a length; kilometres are left to the reader.

    Examples
    --------
    >>> metres(12.5, 1).replace(NBSP, " ")
    '12,5 m'
    """
    return _with_unit(number(value, decimals), "m")


def months(value: Numeric) -> str:
    """Write a duration in months.

    Examples
    --------
    >>> months(18).replace(NBSP, " ")
    '18 mois'
    """
    return _with_unit(number(value), "mois")


def date_short(day: date | str | None) -> str:
    """Write a date, or an ISO text, as in tables and sources.

    Raises
    ------
    ValueError
        If a text is not an ISO date.

    Examples
    --------
    >>> date_short("2026-11-22"), date_short(None)
    ('22/11/2026', 'n. d.')
    """
    known = _date(day)
    return MISSING if known is None else f"{known:%d/%m/}{known.year:04d}"


def date_long(day: date | str | None) -> str:
    """Write a date, or an ISO text, as in sentences.

    Raises
    ------
    ValueError
        If a text is not an ISO date.

    Examples
    --------
    >>> date_long(date(2026, 11, 22)).replace(NBSP, " "), date_long("2026-03-01").replace(NBSP, " ")
    ('22 novembre 2026', '1er mars 2026')
    """
    known = _date(day)
    if known is None:
        return MISSING
    day_of_month = "1er" if known.day == 1 else str(known.day)
    return f"{day_of_month}{NBSP}{MONTHS[known.month - 1]} {known.year}"


def count(n: Numeric, singular: str, plural: str | None = None) -> str:
    """Write how many there are of something, agreed as French does: plural from two.

    Examples
    --------
    >>> [count(n, "logement").replace(NBSP, " ") for n in (0, 1, 3)]
    ['0 logement', '1 logement', '3 logements']
    >>> count(2, "logement social", "logements sociaux").replace(NBSP, " ")
    '2 logements sociaux'
    """
    exact = _decimal(n)
    several = exact is not None and abs(exact) >= 2
    noun = (plural or f"{singular}s") if several else singular
    decimals = 0 if exact is None or exact == exact.to_integral_value() else 1
    return f"{number(n, decimals)}{NBSP}{noun}"


def quoted(text: object) -> str:
    """Put a text between French quotation marks.

    Examples
    --------
    >>> quoted("PSLA") == "«\u00a0PSLA\u00a0»"
    True
    """
    return f"«{NBSP}{text}{NBSP}»"


def capital(text: str) -> str:
    """Start a sentence: the first letter in capital, the others as they are.

    Examples
    --------
    >>> capital("vivier de la Coop")
    'Vivier de la Coop'
    """
    return text[:1].upper() + text[1:]


def join_fr(items: Sequence[object], last: str = "et") -> str:
    """Write a list as a sentence does.

    Examples
    --------
    >>> join_fr(["PLAI", "PLUS", "BRS"]), join_fr(["PLAI"]), join_fr([])
    ('PLAI, PLUS et BRS', 'PLAI', '')
    >>> join_fr(["un", "deux"], "ou")
    'un ou deux'
    """
    texts = [str(item) for item in items]
    if len(texts) < 2:
        return "".join(texts)
    return f"{', '.join(texts[:-1])} {last} {texts[-1]}"


def typeset(text: str) -> str:
    """Put the no-break spaces of French into a sentence typed with plain ones.

    Examples
    --------
    >>> typeset("Coût : 12 % du « total » !") == (
    ...     "Coût\u00a0: 12\u00a0% du «\u00a0total\u00a0»\u202f!")
    True
    """
    text = re.sub(r" (?=[;!?](?:\s|$))", NARROW, text)
    text = re.sub(r" (?=:(?:\s|$)|»)|(?<=«) ", NBSP, text)
    return re.sub(r"(?<=\d) (?=%|€|k€|m²|ha\b|m\b)", NBSP, text)


def _decimal(value: Numeric) -> Decimal | None:
    """Return the number as written in decimal, or None if there is none."""
    if value is None or pd.isna(value):
        return None
    exact = value if isinstance(value, Decimal) else Decimal(str(float(value)))
    return exact if exact.is_finite() else None


def _write(exact: Decimal, decimals: int, *, signed: bool) -> str:
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    digits = f"{abs(rounded):,f}".replace(",", NARROW).replace(".", ",")
    if rounded == 0:
        return digits
    return (MINUS if rounded < 0 else "+" if signed else "") + digits


def _money(value: Numeric, *, signed: bool = False) -> str:
    """Write a sum without its unit: two decimals under 1 000 € unless the sum is whole."""
    exact = _decimal(value)
    if exact is None:
        return MISSING
    cents = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    whole = cents == cents.to_integral_value() or abs(cents) >= 1000
    return _write(cents if not whole else exact, 0 if whole else 2, signed=signed)


def _with_unit(text: str, unit: str) -> str:
    return text if text == MISSING else f"{text}{NBSP}{unit}"


def _date(day: date | str | None) -> date | None:
    if day is None or day == "" or pd.isna(day):
        return None
    if isinstance(day, str):
        return datetime.fromisoformat(day).date()
    return day.date() if isinstance(day, datetime) else day
