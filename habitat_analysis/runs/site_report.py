"""Everything one site leaves in its folder: report, maps, tables, results, journal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from habitat_analysis.feasibility import (
    Feasibility,
    results_of,
    results_text,
    traced_versions,
)
from habitat_analysis.formats import count, join_fr, typeset
from habitat_analysis.programme.optimum import proof_sentence
from habitat_analysis.programme.wording import OBJECTIVE_LABELS, STATUS_LABELS
from habitat_analysis.report.exports import write_site_folder
from habitat_analysis.report.notebook_view import Prose, say
from habitat_analysis.report.sections_site import capacity_sentence, rules_sentence
from habitat_analysis.report.sections_summary import verdict_sentence
from habitat_analysis.runs.fingerprint import input_hashes

RESULTS_FILE: Final = "resultats.json"
JOURNAL_FILE: Final = "journal.txt"
NOT_WRITTEN: Final = "Rien n'est écrit : le paramètre « output_dir » est vide."


def write_site_report(
    feasibility: Feasibility, folder: Path | None, *, study_file: Path, fingerprint: str
) -> Prose:
    """Write all the files of one site, and say what was written.

    Parameters
    ----------
    feasibility
        The site under one scenario.
    folder
        An existing folder, atomic for the caller to make. None: nothing is written.
    study_file
        The study; its hash and those of its files go into the results.
    fingerprint
        Hash of all that the results depend on; a rerun with the same is skipped.

    Returns
    -------
    said
        Names of the files, without any path of this machine.
    """
    if folder is None:
        return say(NOT_WRITTEN)
    hashes = input_hashes(feasibility.ground.study, study_file)
    parameters = {
        "site_id": "+".join(feasibility.site.idus),
        "scenario": feasibility.scenario.name,
    }
    results = results_of(feasibility, fingerprint=fingerprint, inputs=hashes, parameters=parameters)
    written = [path.name for path in write_site_folder(feasibility, folder)]
    (folder / RESULTS_FILE).write_text(results_text(results), encoding="utf-8")
    names = [*written, RESULTS_FILE, JOURNAL_FILE]
    journal = "\n".join(journal_lines(feasibility, files=names, fingerprint=fingerprint))
    (folder / JOURNAL_FILE).write_text(f"{journal}\n", encoding="utf-8")
    return say(f"{count(len(names), 'fichier écrit', 'fichiers écrits')} : {join_fr(names)}.")


def journal_lines(
    feasibility: Feasibility, *, files: list[str], fingerprint: str
) -> tuple[str, ...]:
    """Tell what was done, line by line: no time, no value of a household."""
    parts = (
        _identity(feasibility, fingerprint),
        _reading(feasibility),
        _computing(feasibility),
        [f"Fichiers écrits : {join_fr(files)}."],
    )
    return tuple(typeset(line) for part in parts for line in part)


def _identity(feasibility: Feasibility, fingerprint: str) -> Iterator[str]:
    study = feasibility.ground.study
    yield "JOURNAL"
    yield f"Étude : {study.title} ({study.name})."
    yield f"Site : {', '.join(feasibility.site.idus)}. Scénario : {feasibility.scenario.name}."
    versions = [f"{name} {version}" for name, version in traced_versions().items()]
    yield f"Versions : {join_fr(versions)}."
    yield f"Empreinte : {fingerprint or 'non calculée'}."


def _reading(feasibility: Feasibility) -> Iterator[str]:
    """Tell each layer, what was left out of it, and the notes of the loaders."""
    ground = feasibility.ground
    yield ""
    yield "LECTURE"
    for row in ground.territory.states.to_dict("records"):
        files = f" ({row['files']})" if row["files"] else ""
        read = count(row["n_rows"], "objet lu", "objets lus") if row["files"] else ""
        yield f"{row['layer']} : {row['state']}{files}{', ' if read else ''}{read}."
    for row in ground.territory.dropped.to_dict("records"):
        yield f"{row['layer']}, écartés : {row['count']} — {row['reason']} ({row['ids']})."
    yield from dict.fromkeys(ground.territory.notes)
    if ground.needs is not None:
        yield f"Groupe : {count(ground.needs.n_households, 'ménage lu', 'ménages lus')}."
        yield from ground.needs.group.notes
    kept, whole = len(ground.screened.kept), len(ground.screened.parcels)
    yield f"Tri : {kept} parcelles à étudier, {whole - kept} écartées avec leur motif."


def _computing(feasibility: Feasibility) -> Iterator[str]:
    """Tell how the answer was found and how far it is proved."""
    optimum = feasibility.optimum
    yield ""
    yield "CALCUL"
    yield from feasibility.site.notes
    yield rules_sentence(feasibility)
    yield capacity_sentence(feasibility)
    for rank, stage in enumerate(optimum.stages, start=1):
        label = OBJECTIVE_LABELS[stage.objective]
        yield f"Objectif {rank}, {label} : {STATUS_LABELS[stage.status].lower()}."
    yield f"Solveur : {optimum.solver} {optimum.version}. {proof_sentence(optimum)}"
    if optimum.note:
        yield optimum.note
    if feasibility.argument is not None:
        fronts, prices = feasibility.argument.fronts, feasibility.argument.prices
        points = count(sum(len(front.points) for front in fronts), "compromis", "compromis")
        asked = count(len(prices), "exigence recalculée", "exigences recalculées")
        yield f"Arbitrages : {points}. {asked}."
    yield verdict_sentence(feasibility)
    flagged = sum(bool(fact.flags) for fact in feasibility.facts)
    yield f"Barèmes : {len(feasibility.facts)} valeurs lues, dont {flagged} avec réserve."
    yield ""
