"""A YAML file at the door: small, without aliases, tags or repeated keys, faults in French."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionStartEvent, ScalarEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from habitat_analysis.errors import DataError, Faults, did_you_mean
from habitat_analysis.files import read_text
from habitat_analysis.formats import number

MAX_BYTES = 64_000
MAX_DEPTH = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class YamlFile:
    """The content of a YAML file, and where each key stands in it."""

    name: str
    content: dict[str, Any]
    lines: Mapping[tuple[str | int, ...], int]

    def line_of(self, path: Iterable[str | int]) -> int | None:
        """Give the line of `path`, or of its nearest parent that the file holds."""
        steps = tuple(path)
        while steps and steps not in self.lines:
            steps = steps[:-1]
        return self.lines.get(steps)

    def place(self, path: Iterable[str | int]) -> str:
        """Name a place as a planner reads it: « ligne 137, « programme.batiments.2.phase » »."""
        steps = tuple(path)
        line = self.line_of(steps)
        where = "« " + ".".join(step_name(step) for step in steps) + " »" if steps else ""
        return f"ligne {line}, {where}" if line and where else where


def read_yaml(path: Path) -> YamlFile:
    """Read a YAML mapping, refusing what YAML would silently reinterpret.

    Parameters
    ----------
    path
        A UTF-8 file of at most 64 kB.

    Returns
    -------
    file
        Content as plain Python values, with the line of each key.

    Raises
    ------
    DataError
        Aliases and anchors, tags and objects, repeated keys, several documents, a syntax
        error, too deep or too large a file, or a top level that is not a mapping.
    """
    text = read_text(path, max_bytes=MAX_BYTES)
    _refuse_dangerous(path.name, text)
    try:
        node = YAML(typ="safe", pure=True).compose(text)
        content = YAML(typ="safe", pure=True).load(text)
    except DuplicateKeyError as error:
        raise DataError(_duplicate(path.name, error)) from error
    except (YAMLError, ValueError, OverflowError) as error:
        raise DataError(_syntax(path.name, error)) from error
    if not isinstance(content, dict):
        msg = f"{path.name} : le fichier ne contient pas de clés. Partez de data/demo/etude.yaml."
        raise DataError(msg)
    return YamlFile(name=path.name, content=content, lines=dict(_positions(node, ())))


def _refuse_dangerous(name: str, text: str) -> None:
    """Scan the events before anything is built: aliases, tags and depth."""
    faults = Faults(name)
    depth = 0
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            if isinstance(event, AliasEvent):
                faults.add(
                    _place(event),
                    "les alias YAML (« *nom ») ne sont pas acceptés.",
                    "Recopiez la valeur à cet endroit.",
                )
                break
            tag = getattr(event, "ctag", None)
            if isinstance(event, CollectionStartEvent | ScalarEvent) and tag is not None:
                faults.add(
                    _place(event),
                    f"l'étiquette YAML « {tag} » n'est pas acceptée.",
                    "Retirez-la et écrivez la valeur simplement.",
                )
                break
            depth += isinstance(event, CollectionStartEvent)
            depth -= type(event).__name__ in {"MappingEndEvent", "SequenceEndEvent"}
            if depth > MAX_DEPTH:
                faults.add(
                    _place(event),
                    f"plus de {MAX_DEPTH} niveaux imbriqués.",
                    "Vérifiez l'indentation du fichier.",
                )
                break
    except (YAMLError, ValueError, RecursionError) as error:
        raise DataError(_syntax(name, error)) from error
    faults.raise_if_any()


def _place(event: Any) -> str:
    return f"ligne {event.start_mark.line + 1}"


def _syntax(name: str, error: Exception) -> str:
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    where = f", ligne {mark.line + 1}" if mark is not None else ""
    return (
        f"{name}{where} : ce n'est pas du YAML lisible. "
        "Vérifiez l'indentation (espaces, pas de tabulation), les deux-points et les guillemets."
    )


def _duplicate(name: str, error: DuplicateKeyError) -> str:
    line = error.problem_mark.line + 1 if error.problem_mark else 0
    key = str(error.problem).split('"')[1] if '"' in str(error.problem) else "?"
    return (
        f"{name}, ligne {line} : la clé « {key} » est écrite deux fois. "
        "Gardez une seule des deux valeurs."
    )


def _positions(
    node: Node | None, path: tuple[str | int, ...]
) -> Iterable[tuple[tuple[str | int, ...], int]]:
    if node is None:
        return
    yield path, node.start_mark.line + 1
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if isinstance(key, ScalarNode):
                below = (*path, str(key.value))
                yield below, key.start_mark.line + 1
                yield from ((p, n) for p, n in _positions(value, below) if p != below)
    elif isinstance(node, SequenceNode):
        for rank, value in enumerate(node.value):
            yield from _positions(value, (*path, rank))


def french_faults(
    error: ValidationError, file: YamlFile, known: Mapping[tuple[str, ...], Iterable[str]]
) -> list[str]:
    """Say each fault of a pydantic validation in the planner's words.

    Parameters
    ----------
    error
        What pydantic found, all at once.
    file
        The file read, for its name and lines.
    known
        Known keys by path of the mapping (list ranks left out), to suggest the right one.
    """
    faults = Faults(file.name)
    for detail in error.errors(include_url=False):
        path = _steps(detail["loc"], file.content)
        faults.add(file.place(path), *_sentence(detail, path, known))
    return faults.list


def _steps(loc: Iterable[str | int], content: Any) -> tuple[str | int, ...]:
    """Follow a place in the file: ranks of lists stay numbers, keys (a year) become texts."""
    steps: list[str | int] = []
    for step in loc:
        if step == "[key]":
            continue
        listed = isinstance(content, list)
        steps.append(step if listed else str(step))
        if isinstance(content, dict):
            content = content.get(step)
        elif listed and isinstance(step, int):
            content = content[step] if step < len(content) else None
    return tuple(steps)


def step_name(step: str | int) -> str:
    """Write a step of a place: a rank in a list counts from one."""
    return str(step + 1) if isinstance(step, int) else step


def _sentence(
    detail: ErrorDetails,
    path: tuple[str | int, ...],
    known: Mapping[tuple[str, ...], Iterable[str]],
) -> tuple[str, str]:
    kind, context = detail["type"], detail.get("ctx", {})
    read = context.get("lu", _shown(detail.get("input")))
    if kind == "extra_forbidden":
        return _unknown_key(path, known)
    if kind in {"less_than_equal", "less_than", "greater_than_equal", "greater_than"}:
        return _out_of_bounds(kind, context, read)
    if kind in {"literal_error", "enum"}:
        expected = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
        if read in expected.split(", "):
            return (
                f"« {read} » n'est pas lu comme un texte.",
                f'Écrivez-le entre guillemets : "{read}".',
            )
        return (
            f"« {read} » n'est pas accepté.",
            f"Valeurs acceptées : {expected}. {did_you_mean(read, expected.split(', '))}",
        )
    if kind == "part":
        return f"{read} n'est pas une part (valeur entre 0 et 1).", _percent_hint(read)
    why, remedy = SENTENCES.get(kind, OTHER)
    return why.format(lu=read), remedy.format(lu=read)


OTHER = ("valeur refusée : « {lu} ».", "Corrigez-la d'après data/demo/etude.yaml.")
SENTENCES: dict[str, tuple[str, str]] = {
    "missing": (
        "cette clé obligatoire manque.",
        "Ajoutez-la ; data/demo/etude.yaml montre un exemple.",
    ),
    "nombre": ("« {lu} » n'est pas un nombre.", "Écrivez un nombre sans unité, par exemple 2450."),
    "nombre_virgule": (
        "« {lu} » n'est pas lu comme un nombre.",
        "Dans ce fichier la décimale s'écrit avec un point : 0.25.",
    ),
    "entier": ("{lu} n'est pas un nombre entier.", "Écrivez un entier, par exemple 24."),
    "texte": (
        "« {lu} » n'est pas lu comme un texte.",
        'Mettez la valeur entre guillemets : "01001".',
    ),
    "oui_non": ("« {lu} » n'est ni oui ni non.", "Écrivez oui ou non."),
    "vide": ("aucune valeur n'est donnée.", "Écrivez une valeur ou retirez la clé."),
    "caractere": (
        "le texte contient un caractère invisible ou de commande.",
        "Retapez ce texte au clavier.",
    ),
    "niveau": (
        "« {lu} » n'est pas un niveau de risque comparable.",
        "Écrivez comparaison: eq et valeur: rouge, bleu ou autre.",
    ),
    "poids_nuls": ("tous les poids sont nuls.", "Donnez un poids à un critère au moins."),
    "annee": ("{lu} est hors des années 2000 à 2100.", "Corrigez la date."),
    "zones_incompletes": (
        "les trois zones ne sont pas toutes données.",
        "Donnez « abc », « loyers » et « ressources », ou « liste » (fichier téléchargé).",
    ),
    "termes": (
        "aucun terme n'est donné dans « statuts » pour : {lu}.",
        "Ajoutez ce statut sous « statuts », ou retirez-le de « programme.statuts ».",
    ),
    "bornes": (
        "« pire » et « meilleur » ont la même valeur ({lu}).",
        "Donnez deux bornes différentes.",
    ),
    "travaux_egaux": (
        "« travaux_bas » et « travaux_haut » ont la même valeur ({lu}).",
        "Donnez deux bornes différentes, de part et d'autre de « travaux_mode ».",
    ),
    "probabilites": (
        "« probabilite_rachat » et « probabilite_depart » font {lu} ensemble, plus que 1.",
        "Baissez l'une des deux.",
    ),
    "marge_et_frais": (
        "« commercialisation » et « marge_visee » font {lu} ensemble : il ne reste rien du prix.",
        "Écrivez des parts du prix, par exemple 0.025 et 0.05.",
    ),
    "subventions": (
        "« subventions » font {lu} euros, et « subvention_par_logement » autre chose.",
        "Gardez une seule des deux clés, ou accordez les deux montants.",
    ),
    "surface_de_local": (
        "ni « surface_m2 » ni « surface_terrain_m2 » n'est donnée.",
        "Donnez la surface du local, ou celle du terrain pour un jardin.",
    ),
    "capacite_de_batiment": (
        "le bâtiment « {lu} » n'a pas une capacité et une seule.",
        "Donnez « part_shab » (part du site, 0.5 pour la moitié) ou « shab_max_m2 », pas les deux.",
    ),
    "valeur_d_attribut": (
        "« {lu} » n'est pas une valeur de cet attribut.",
        "Écrivez Q1 à Q4, un type de famille (personne_seule…) ou une tranche de « tranches_age ».",
    ),
    "sans_adulte": (
        "ce ménage n'a pas d'adulte.",
        "Donnez « couples » ou « adultes_seuls » (1 ou plus).",
    ),
    "ages_adultes": (
        "{lu} âge(s) d'adulte donné(s) : ce n'est pas le nombre d'adultes du ménage.",
        "Donnez un âge par adulte (deux par couple), ou aucun.",
    ),
    "ordre": ("le minimum dépasse le maximum.", "Échangez ou corrigez les deux valeurs."),
    "somme": (
        "les parts font {lu} au total au lieu de 1.",
        "Corrigez-les pour que leur somme soit 1.",
    ),
    "doublon": (
        "« {lu} » est donné deux fois (ou réservé à l'outil).",
        "Gardez-en un seul, ou changez son nom.",
    ),
    "string_pattern_mismatch": (
        "« {lu} » n'a pas la forme attendue.",
        (
            "Lettres, chiffres et tirets seulement ; un IDU compte 14 caractères "
            "(99012000AB0012), un code INSEE 5."
        ),
    ),
    "string_too_long": ("le texte est trop long.", "Raccourcissez-le à 400 caractères."),
    "string_too_short": ("le texte est vide.", "Écrivez une valeur ou retirez la clé."),
    "too_short": ("la liste est vide.", "Donnez au moins un élément."),
    "date_type": ("« {lu} » n'est pas une date.", "Écrivez-la ainsi : 2027-03-01."),
    "date_from_datetime_parsing": (
        "« {lu} » n'est pas une date.",
        "Écrivez-la ainsi : 2027-03-01.",
    ),
    "date_from_datetime_inexact": (
        "« {lu} » n'est pas une date.",
        "Écrivez-la ainsi : 2027-03-01.",
    ),
    "model_type": (
        "des clés sont attendues ici, pas « {lu} ».",
        "Reprenez la structure de data/demo/etude.yaml.",
    ),
    "model_attributes_type": (
        "des clés sont attendues ici, pas « {lu} ».",
        "Reprenez la structure de data/demo/etude.yaml.",
    ),
    "dict_type": (
        "des clés sont attendues ici, pas « {lu} ».",
        "Reprenez la structure de data/demo/etude.yaml.",
    ),
    "tuple_type": (
        "une liste est attendue ici, pas « {lu} ».",
        "Écrivez un tiret devant chaque élément.",
    ),
}


def _shown(value: Any) -> str:
    if value is None:
        return "rien"
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, dict | list):
        return "un groupe de valeurs"
    return str(value)[:40]


def _unknown_key(
    path: tuple[str | int, ...], known: Mapping[tuple[str, ...], Iterable[str]]
) -> tuple[str, str]:
    parent = tuple(step for step in path[:-1] if isinstance(step, str))
    keys = sorted(known.get(parent, ()))
    hint = did_you_mean(str(path[-1]), keys)
    if hint:
        return "clé inconnue.", hint
    listed = ", ".join(keys)
    return (
        "clé inconnue.",
        f"Retirez-la. Clés acceptées ici : {listed}." if listed else "Retirez-la.",
    )


def _out_of_bounds(kind: str, context: Mapping[str, Any], read: str) -> tuple[str, str]:
    word, limit = {
        "less_than_equal": ("au plus", context.get("le")),
        "less_than": ("moins de", context.get("lt")),
        "greater_than_equal": ("au moins", context.get("ge")),
        "greater_than": ("plus de", context.get("gt")),
    }[kind]
    shown = number(limit) if float(limit or 0).is_integer() else f"{limit:g}".replace(".", ",")
    said = f"La valeur doit être {word} {shown}."
    if word == "au plus" and 0 < float(limit or 0) < 1:  # a rate or a share, typed in percent?
        said += f" {_percent_hint(read)}"
    return f"{read} est hors des bornes.", said


def _percent_hint(read: str) -> str:
    try:
        value = float(read)
    except ValueError:
        return "Écrivez 0.25 pour 25 %."
    if 1 < value <= 100:
        share = f"{value / 100:g}"
        return f"Vouliez-vous écrire {share.replace('.', ',')}, soit « {share} » dans le fichier ?"
    return "Écrivez 0.25 pour 25 %."
