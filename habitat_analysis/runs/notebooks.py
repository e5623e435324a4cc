"""A notebook run as a function of its parameters, checked before any kernel starts."""

from __future__ import annotations

import json
import logging
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from habitat_analysis.errors import DataError, UsageError
from habitat_analysis.files import PROJECT_ROOT

NOTEBOOKS = PROJECT_ROOT / "notebooks"
KERNEL = "python3"
CELL_TIMEOUT_S = 600
TYPES: dict[str, tuple[type, ...]] = {"str": (str,), "int": (int,), "float": (int, float)}


class NotebookFailure(Exception):  # noqa: N818 - not an error of ours: what happened in a kernel
    """A notebook stopped: the reason in French when it is about data, and the technical detail."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookRun:
    """One run: which notebook, with which parameters, written where."""

    notebook: str  # name in notebooks/, without its suffix
    parameters: dict[str, Any]
    output: Path
    shown: dict[str, Any]  # what the saved notebook says instead of machine paths


def run_notebook(run: NotebookRun) -> None:
    """Execute a notebook and save it under its output name, without times or machine paths.

    Raises
    ------
    UsageError
        Unknown parameter names or wrong types, before any kernel starts.
    NotebookFailure
        When a cell fails; the output is left to the caller, who discards its folder.
    """
    import papermill
    from papermill.exceptions import PapermillExecutionError

    from habitat_analysis.runs.kernels import QuietKernelManager

    source = NOTEBOOKS / f"{run.notebook}.ipynb"
    check_parameters(source, run.parameters)
    logging.getLogger("papermill").setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the kernel machinery, not ours
            papermill.execute_notebook(
                str(source),
                str(run.output),
                parameters=run.parameters,
                kernel_name=KERNEL,
                cwd=str(run.output.parent),
                progress_bar=False,
                log_output=False,
                kernel_manager_class=QuietKernelManager,
                execution_timeout=CELL_TIMEOUT_S,
            )
    except PapermillExecutionError as error:
        raise NotebookFailure(_reason(error), "\n".join(error.traceback)) from error
    _settle(run)


def check_parameters(notebook: Path, parameters: dict[str, Any]) -> None:
    """Refuse parameters that the notebook does not declare, or of another type.

    Papermill escapes values but not names, and only warns about unknown ones.

    Raises
    ------
    UsageError
        Naming every unknown or ill-typed parameter.
    """
    import papermill

    declared = papermill.inspect_notebook(str(notebook))
    faults = [f"unknown parameter {name!r}" for name in parameters if name not in declared]
    for name, value in parameters.items():
        kind = str(declared.get(name, {}).get("inferred_type_name", "None"))
        if kind in TYPES and not isinstance(value, TYPES[kind]):
            faults.append(f"parameter {name!r} must be {kind}, got {type(value).__name__}")
    if faults:
        msg = f"{notebook.name}: {'; '.join(faults)}. Known: {', '.join(declared)}."
        raise UsageError(msg, code="E_PARAMETER")


def _reason(error: Any) -> str:
    """Keep the French message of a data error; otherwise say that it is ours to mend."""
    if error.ename == DataError.__name__:
        return str(error.evalue)
    return (
        "Le calcul de ce site s'est interrompu sur une erreur du logiciel, pas de vos données. "
        f"Transmettez le journal aux développeurs ({error.ename})."
    )


def _settle(run: NotebookRun) -> None:
    """Rewrite the saved notebook: same bytes from the same run, and no path of this machine."""
    content = json.loads(run.output.read_text(encoding="utf-8"))
    content["metadata"].pop("papermill", None)
    content["metadata"]["parametres"] = run.shown
    for rank, cell in enumerate(content["cells"]):
        tags = cell.get("metadata", {}).get("tags", [])
        cell["id"] = f"cellule-{rank:02d}"
        cell["metadata"] = {"tags": tags} if tags else {}
        if "injected-parameters" in tags:
            lines = [f"{name} = {value!r}" for name, value in run.shown.items()]
            cell["source"] = "# Paramètres de ce rapport\n" + "\n".join(lines)
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    run.output.write_text(text, encoding="utf-8")
