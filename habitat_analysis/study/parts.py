"""The typed bricks of a study file: French keys outside, English names inside."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable
from typing import Annotated, Any, Self

from pydantic import (
    AliasGenerator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError


class Part(BaseModel):
    """A piece of the study: frozen, no unknown key, read by its French keys."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        populate_by_name=False,
        alias_generator=AliasGenerator(),
        allow_inf_nan=False,
        arbitrary_types_allowed=False,
    )


def refusal(kind: str, read: str = "") -> PydanticCustomError:
    """Name a fault; `yaml_door.SENTENCES` says it in French, with what was read."""
    return PydanticCustomError(kind, kind, {"lu": read[:40]})


UNPRINTABLE = {"Cc", "Cf", "Cs", "Co", "Cn"}


def refuse_repeats(names: Iterable[str]) -> None:
    """Refuse a list of names in which one comes twice."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise refusal("doublon", name)
        seen.add(name)


def _real(value: Any) -> Any:
    """Refuse what YAML reads as something else than a number (text, yes/no, dates)."""
    if value is None:
        raise refusal("vide")
    if isinstance(value, bool) or not isinstance(value, int | float):
        shown = str(value)
        kind = "nombre_virgule" if "," in shown and isinstance(value, str) else "nombre"
        raise refusal(kind, shown)
    try:
        number = float(value)
    except OverflowError:
        raise refusal("nombre", "un nombre démesuré") from None
    if not math.isfinite(number):
        raise refusal("nombre", "un nombre infini ou indéfini")
    return number


def _share(value: Any) -> Any:
    number = _real(value)
    if not 0 <= number <= 1:
        raise refusal("part", f"{number:g}")
    return number


def whole_number(value: Any) -> Any:
    """Refuse what is not a whole number."""
    number = _real(value)
    if number != int(number):
        raise refusal("entier", f"{number:g}")
    return int(number)


def _text(value: Any) -> Any:
    if value is None:
        raise refusal("vide")
    if not isinstance(value, str):
        raise refusal("texte", str(value))
    if any(unicodedata.category(char) in UNPRINTABLE for char in value):
        raise refusal("caractere")
    return value.strip()


def _flag(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in {"oui", "non"}:
        return value.strip().lower() == "oui"
    raise refusal("oui_non", str(value))


Real = Annotated[float, BeforeValidator(_real)]
Amount = Annotated[float, BeforeValidator(_real), Field(ge=0, le=1e9)]
Positive = Annotated[float, BeforeValidator(_real), Field(gt=0, le=1e9)]
Share = Annotated[float, BeforeValidator(_share)]
Rate = Annotated[float, BeforeValidator(_real), Field(ge=-0.1, le=0.5)]
Shift = Annotated[float, BeforeValidator(_real), Field(ge=-0.05, le=0.1)]
Months = Annotated[int, BeforeValidator(whole_number), Field(ge=0, le=240)]
Years = Annotated[int, BeforeValidator(whole_number), Field(ge=1, le=99)]
Ratio = Annotated[float, BeforeValidator(_share), Field(gt=0)]
Height = Annotated[float, BeforeValidator(_real), Field(gt=0, le=200)]
Distance = Annotated[float, BeforeValidator(_real), Field(ge=0, le=1000)]
Storeys = Annotated[int, BeforeValidator(whole_number), Field(ge=0, le=60)]
Area = Annotated[float, BeforeValidator(_real), Field(ge=5, le=1000)]
Factor = Annotated[float, BeforeValidator(_real), Field(gt=0, le=5)]
Whole = Annotated[int, BeforeValidator(whole_number), Field(ge=0, le=100_000)]
Rank = Annotated[int, BeforeValidator(whole_number), Field(ge=1, le=20)]
Seed = Annotated[int, BeforeValidator(whole_number), Field(ge=0, le=2_147_483_647)]
Text = Annotated[str, BeforeValidator(_text), StringConstraints(min_length=1, max_length=400)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Slug = Annotated[str, BeforeValidator(_text), StringConstraints(pattern=r"^[a-z0-9-]{1,40}$")]
LongSlug = Annotated[str, BeforeValidator(_text), StringConstraints(pattern=r"^[a-z0-9-]{1,60}$")]
Name = Annotated[
    str, BeforeValidator(_text), StringConstraints(pattern=r"^[A-Za-zÀ-ÿœŒ0-9_ .'’-]{1,60}$")
]
Idu = Annotated[
    str,
    BeforeValidator(_text),
    StringConstraints(pattern=r"^[0-9][0-9AB][0-9]{6}[0-9A-Z]{2}[0-9]{4}$"),
]
Insee = Annotated[str, BeforeValidator(_text), StringConstraints(pattern=r"^[0-9][0-9AB][0-9]{3}$")]


class Bounded(Part):
    """A share between a minimum and a maximum."""

    min: Share | None = None
    max: Share | None = None


class Ordered(Bounded):
    """A share whose minimum and maximum are compared at once, apart from other demands."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise refusal("ordre")
        return self
