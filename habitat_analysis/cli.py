"""The `habitat` command: in French; exit status 0 fine, 2 input refused, 1 failure."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from pydantic import BaseModel
from rich.console import Console

from habitat_analysis.errors import HabitatError

if TYPE_CHECKING:
    from habitat_analysis.runs.annexes import Annex

FINE, FAILED, REFUSED, INTERRUPTED = 0, 1, 2, 130
KINDS = (
    "etude",
    "parcelles",
    "zonage",
    "batiments",
    "ventes",
    "menages",
    "points",
    "risques",
    "reference",
    "voeux",
    "votes",
    "logements",
    "attribution",
)

ANNEXES = ("groupe", "cooperative")

help_option = click.help_option("-h", "--help", help="Afficher cette aide.")


class FrenchGroup(click.Group):
    """A group of commands whose help is in French."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with the first line of their help, whole."""
        rows = [
            (name, (command.help or "").splitlines()[0])
            for name in self.list_commands(ctx)
            if (command := self.get_command(ctx, name)) is not None
        ]
        with formatter.section("Commandes"):
            formatter.write_dl(rows)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Keep the order in which the commands are written here."""
        return list(self.commands)


def screen(text: str, *, error: bool = False) -> None:
    """Write a line for the planner."""
    Console(stderr=error, highlight=False, soft_wrap=True).print(text, markup=False)


@click.group(cls=FrenchGroup, subcommand_metavar="COMMANDE …", options_metavar="[options]")
@help_option
def app() -> None:
    """Faisabilité d'habitat participatif : du foncier au rapport."""


def command(name: str) -> Callable[[Callable[..., None]], click.Command]:
    """Declare a command with French help."""

    def declare(function: Callable[..., None]) -> click.Command:
        made = app.command(name, options_metavar="[options]")(help_option(function))
        assert isinstance(made, click.Command)  # noqa: S101 - what click returns
        return made

    return declare


@command("run")
@click.argument("study_file", metavar="ETUDE.yaml", type=click.Path(path_type=Path))
@click.option("--sites", default="", metavar="IDU,…", help="Sites ; IDU+IDU pour un assemblage.")
@click.option("--scenario", default="base", metavar="NOM", help="Scénario de l'étude (base).")
@click.option(
    "--jobs",
    default=0,
    type=click.IntRange(min=0),
    metavar="N",
    help="Rapports menés de front (un par cœur).",
)
@click.option(
    "--out",
    default=Path("reports"),
    type=click.Path(path_type=Path),
    metavar="DOSSIER",
    help="Dossier des rapports (reports).",
)
@click.option("--force", is_flag=True, help="Refaire aussi ce qui n'a pas changé.")  # fmt: skip
@click.option("--annexe", "annexes", multiple=True, type=click.Choice(ANNEXES),
              metavar="|".join(ANNEXES),
              help="Écrire aussi une annexe, à ne pas diffuser (répétable).")  # fmt: skip
def run_command(
    study_file: Path,
    sites: str,
    scenario: str,
    jobs: int,
    out: Path,
    force: bool,
    annexes: tuple[Annex, ...],
) -> None:
    """Trier les parcelles, optimiser chaque site, écrire les rapports et leur comparaison."""
    from habitat_analysis.runs.batch import Outcome
    from habitat_analysis.runs.study_run import run_study

    start = time.perf_counter()

    def tell(rank: int, total: int, outcome: Outcome) -> None:
        said = outcome.reason.splitlines()[0] if outcome.reason else str(outcome.job.folder)
        spent = f" en {outcome.seconds:.0f} s" if outcome.state == "fait" else ""
        screen(f"[{rank}/{total}] {outcome.job.site} : {outcome.state}{spent} — {said}")

    named = [name for part in sites.split(",") if (name := part.strip())]
    with Console(stderr=True).status("Calcul en cours…"):
        run = run_study(
            study_file,
            out=out,
            scenario=scenario,
            sites=named,
            n_workers=jobs or None,
            force=force,
            annexes=annexes,
            tell=tell,
            say=screen,
        )
    screen(f"Terminé en {time.perf_counter() - start:.0f} s. Ouvrez {run.index}")
    failed = sum(not outcome.ok for outcome in run.outcomes)
    if failed:
        screen(f"{failed} site(s) en échec : voyez les fichiers ECHEC.", error=True)
    if run.comparison_failure:
        screen(f"Comparaison en échec : {run.comparison_failure}", error=True)
    if not run.ok:
        raise click.exceptions.Exit(FAILED)


@command("check")
@click.argument("file", metavar="FICHIER", type=click.Path(path_type=Path))
@click.option("--kind", required=True, type=click.Choice(KINDS), help="Ce que le fichier contient.")
@click.option("--etude", "study_file", default=None, type=click.Path(path_type=Path),
              metavar="ETUDE.yaml",
              help="Étude dont les logements, les espaces et les ménages servent à vérifier les "
                   "noms (voeux, votes, logements, attribution).")  # fmt: skip
def check_command(file: Path, kind: str, study_file: Path | None) -> None:
    """Vérifier un fichier et dire toutes ses anomalies d'un coup."""
    from habitat_analysis.runs.checks import check_file_of_kind

    for line in check_file_of_kind(file, kind, study_file):
        screen(line)


@command("screen")
@click.argument("study_file", metavar="ETUDE.yaml", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), metavar="FICHIER",
              help="FICHIER.parquet ou FICHIER.gpkg.")  # fmt: skip
def screen_command(study_file: Path, out: Path) -> None:
    """Noter toutes les parcelles de la commune ; les écartées gardent leur motif."""
    from habitat_analysis.runs.screen import write_screening

    for line in write_screening(study_file, out):
        screen(line)


@command("portfolio")
@click.argument(
    "study_files",
    metavar="ETUDE.yaml…",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path),
)
@click.option("--out", default=None, type=click.Path(path_type=Path), metavar="FICHIER",
              help="FICHIER.parquet ; un dossier pour plusieurs études "
                   "(reports/ETUDE/portefeuille.parquet).")  # fmt: skip
@click.option("--scenario", default="base", metavar="NOM", help="Scénario de l'étude (base).")
@click.option("--jobs", default=0, type=click.IntRange(min=0), metavar="N",
              help="Processus menés de front (un par cœur).")  # fmt: skip
@click.option("--scheduler", default="", metavar="ADRESSE",
              help="Ordonnanceur Dask, par exemple tcp://serveur:8786.")  # fmt: skip
@click.option("--force", is_flag=True, help="Refaire aussi ce qui n'a pas changé.")
def portfolio_command(
    study_files: tuple[Path, ...],
    out: Path | None,
    scenario: str,
    jobs: int,
    scheduler: str,
    force: bool,
) -> None:
    """Optimiser toutes les parcelles et tous les assemblages d'une commune."""
    from habitat_analysis.runs.portfolio_batch import run_portfolios
    from habitat_analysis.runs.portfolio_screen import ProgressLine

    start = time.perf_counter()
    with ProgressLine(screen) as line:
        failed = run_portfolios(
            study_files,
            out=out,
            scenario=scenario,
            n_workers=jobs or None,
            scheduler=scheduler or None,
            force=force,
            say=line.say,
            tell=line.tell,
        )
    screen(f"Terminé en {time.perf_counter() - start:.0f} s.")
    if failed:
        screen(f"{failed} commune(s) en échec : le motif est donné plus haut.", error=True)
        raise click.exceptions.Exit(FAILED)


@command("schema")
@click.argument("what", metavar="etude|resultats", type=click.Choice(["etude", "resultats"]))
def schema_command(what: str) -> None:
    """Écrire le schéma JSON d'un fichier d'étude ou de résultats."""
    from habitat_analysis.feasibility import Resultats
    from habitat_analysis.study import Study

    models: dict[str, type[BaseModel]] = {"etude": Study, "resultats": Resultats}
    schema = models[what].model_json_schema(by_alias=True)
    click.echo(json.dumps(schema, ensure_ascii=False, indent=2))


@command("explore")
@click.argument(
    "study_file", metavar="[ETUDE.yaml]", required=False, type=click.Path(path_type=Path)
)
def explore_command(study_file: Path | None) -> None:
    """Ouvrir JupyterLab sur l'explorateur de sites."""
    from habitat_analysis.runs.lab import lab_command

    raise click.exceptions.Exit(subprocess.call(lab_command(study_file)))  # noqa: S603 - our own


def main() -> None:
    """Run the command and turn every refusal into French and an exit status."""
    sys.exit(status(sys.argv[1:]))


def status(arguments: list[str]) -> int:
    """Run the command line and return its exit status; nothing escapes but the status."""
    try:
        result = app(arguments or ["--help"], prog_name="habitat", standalone_mode=False)
    except HabitatError as error:
        screen(str(error), error=True)
        return REFUSED
    except click.ClickException as error:
        screen(_in_french(error), error=True)
        return REFUSED
    except (KeyboardInterrupt, click.exceptions.Abort):
        screen("Interrompu. Les rapports déjà complets sont gardés.", error=True)
        return INTERRUPTED
    except Exception as error:
        return _unexpected(error)
    return result if isinstance(result, int) else FINE


def _in_french(error: click.ClickException) -> str:
    """Say a wrong call of the command in French."""
    help_line = "Tapez « habitat --help » pour l'aide."
    if isinstance(error, click.exceptions.NoSuchOption):
        return f"Option inconnue : « {error.option_name} ». {help_line}"
    parameter: Any = getattr(error, "param", None)
    name = (parameter.metavar or parameter.opts[-1]) if parameter is not None else ""
    if isinstance(parameter, click.Option):
        name = parameter.opts[-1]
    choices = getattr(getattr(parameter, "type", None), "choices", ())
    accepted = f" Valeurs acceptées : {', '.join(choices)}." if choices else ""
    if isinstance(error, click.exceptions.MissingParameter):
        return f"Il manque « {name} ».{accepted} {help_line}"
    if isinstance(error, click.exceptions.BadParameter):
        return f"Valeur refusée pour « {name} ».{accepted} {help_line}"
    known = ", ".join(app.commands)
    return f"Commande mal écrite. Commandes : {known}. {help_line}"


def _unexpected(error: Exception) -> int:
    """Keep the technical detail in a file, and tell the planner where."""
    journal = Path("habitat-erreur.txt")
    detail = "".join(traceback.format_exception(error))
    try:
        journal.write_text(detail, encoding="utf-8")
        where = f"Le détail est dans {journal.resolve()} : transmettez-le aux développeurs."
    except OSError:
        where = "Le détail n'a pas pu être écrit sur le disque."
    screen(f"Erreur inattendue du logiciel ({type(error).__name__}). {where}", error=True)
    return FAILED


if __name__ == "__main__":
    main()
