"""The typed bricks of a study file: French keys outside, English names inside."""

from __future__ import annotations

import math
from typing import Annotated, Any

from pydantic import (
    AliasGenerator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
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


def _real(value: Any) -> Any:
    """Refuse what YAML reads as something else than a number (text, yes/no, dates)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        shown = str(value)
        kind = "nombre_virgule" if "," in shown and isinstance(value, str) else "nombre"
        raise refusal(kind, shown)
    if not math.isfinite(value):
        raise refusal("nombre", str(value))
    return float(value)


def _share(value: Any) -> Any:
    number = _real(value)
    if not 0 <= number <= 1:
        raise refusal("part", f"{number:g}")
    return number


def _whole(value: Any) -> Any:
    number = _real(value)
    if number != int(number):
        raise refusal("entier", f"{number:g}")
    return int(number)


def _text(value: Any) -> Any:
    if not isinstance(value, str):
        raise refusal("texte", str(value))
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
Factor = Annotated[float, BeforeValidator(_real), Field(gt=0, le=5)]
Whole = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=100_000)]
Seed = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=2_147_483_647)]
Text = Annotated[str, BeforeValidator(_text), StringConstraints(min_length=1, max_length=400)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Slug = Annotated[str, BeforeValidator(_text), StringConstraints(pattern=r"^[a-z0-9-]{1,40}$")]
LongSlug = Annotated[str, BeforeValidator(_text), StringConstraints(pattern=r"^[a-z0-9-]{1,60}$")]
Name = Annotated[
    str, BeforeValidator(_text), StringConstraints(pattern=r"^[A-Za-zÀ-ÿ0-9_ .'’-]{1,60}$")
]
Idu = Annotated[
    str,
    BeforeValidator(_text),
    StringConstraints(pattern=r"^[0-9][0-9AB][0-9]{6}[0-9A-Z]{2}[0-9]{4}$"),
]
Insee = Annotated[str, BeforeValidator(_text), StringConstraints(pattern=r"^[0-9][0-9AB][0-9]{3}$")]
