"""The panel of the explorer in JupyterLab: a list of sites, sliders, the answer at once.

The panel only reads its widgets and shows; `choice.resolve` computes. Without a front end (nbval,
papermill, a page), the same cell shows the same answer as a plain table.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any, Final

import ipywidgets as widgets

from habitat_analysis.errors import DataError
from habitat_analysis.explorer.choice import Choice, first_choice, resolve, save_choice
from habitat_analysis.feasibility import Feasibility, Ground, SiteIdus, choose_sites
from habitat_analysis.feasibility.shared_vote import before_the_count
from habitat_analysis.formats import count, euros, number, typeset
from habitat_analysis.formats import percent as percent_of
from habitat_analysis.report.escape import html_text
from habitat_analysis.report.notebook_view import screen_png
from habitat_analysis.report.sections_land import candidates_map
from habitat_analysis.report.sections_limits import limiting_rules
from habitat_analysis.report.sections_programme import programme_table
from habitat_analysis.report.sections_summary import key_figures, verdict_sentence, ways_out
from habitat_analysis.report.tables import STYLE

STYLED: Final = {"description_width": "190px"}
WIDTH: Final = "600px"
SHARES: Final = tuple(round(step * 0.05, 2) for step in range(21))
ROWS: Final = 8  # sites seen at once in the list
MAP_DPI: Final = 80
BUSY: Final = "Calcul en cours…"
READY: Final = "Résultat à jour."
WIDGET_VIEW: Final = "application/vnd.jupyter.widget-view+json"


class Explorer:
    """The widgets of one ground, and the last answer. `explore` makes it."""

    def __init__(
        self, ground: Ground, study_file: Path, site: SiteIdus, *, scenario: str, live: bool
    ) -> None:
        self.ground, self.study_file, self.scenario, self.live = ground, study_file, scenario, live
        self.feasibility = resolve(ground, site, Choice(), scenario=scenario)
        self._quiet = False
        if live:
            self._make_widgets(site)
            self._show()
            self._draw_map()
            self._listen()

    def __repr__(self) -> str:
        """Write the answer as text: a notebook compares it."""
        lines = [verdict_sentence(self.feasibility)]
        return "\n\n".join([*lines, *(repr(table) for table in answer(self.feasibility))])

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, Any]:
        """Give the widgets to a front end, and the same answer in words to all others."""
        del include, exclude
        static = {"text/plain": repr(self), "text/html": answer_html(self.feasibility)}
        if not self.live:
            return static
        view = {"version_major": 2, "version_minor": 0, "model_id": self.box.model_id}
        return {**static, WIDGET_VIEW: view}

    @property
    def idus(self) -> SiteIdus:
        """Parcels of the site chosen in the list."""
        chosen: SiteIdus = self.site.value
        return chosen

    @property
    def choice(self) -> Choice:
        """What the sliders say."""
        return Choice(
            rental_min=self.rental.value,
            accession_min=self.accession.value,
            market_max=self.market.value,
            works_m2_eur=self.works.value,
            land_m2_eur=self.land.value,
            dwellings_max=int(self.dwellings.value),
        )

    def _make_widgets(self, site: SiteIdus) -> None:
        start = first_choice(self.ground.study, site)
        self.site = widgets.Select(
            options=site_options(self.ground, site),
            value=site,
            description="Site à étudier",
            rows=ROWS,
            style=STYLED,
            layout={"width": WIDTH},
        )
        self.rental = _slider("Locatif social, au moins", start.rental_min, SHARES, percent)
        self.accession = _slider(
            "Accession sociale, au moins", start.accession_min, SHARES, percent
        )
        self.market = _slider("Prix libre, au plus", start.market_max, SHARES, percent)
        works, land = start.works_m2_eur or 0.0, start.land_m2_eur or 0.0
        self.works = _slider("Travaux HT par m² SHAB", works, _around(works, 50), euros)
        self.land = _slider("Terrain HT par m²", land, _around(land, 10), euros)
        most = start.dwellings_max or 1
        homes = [float(n) for n in range(1, max(2 * most, 10) + 1)]
        self.dwellings = _slider("Logements, au plus", most, homes, number)
        self.state, self.result, self.map, self.saved = (widgets.HTML() for _ in range(4))
        self.save = widgets.Button(
            description="Sauver l'étude",
            tooltip="Écrit etude-choix.yaml à côté de l'étude",
            icon="save",
        )
        # JupyterLab keeps the up and down keys for its cells: buttons walk the list by keyboard.
        self.previous = widgets.Button(description="Site précédent", icon="arrow-up")
        self.following = widgets.Button(description="Site suivant", icon="arrow-down")
        walk = widgets.HBox([self.previous, self.following])
        left = [self.site, walk, *self.sliders, widgets.HBox([self.save, self.saved]), self.state]
        self.box = widgets.VBox([widgets.HBox([widgets.VBox(left), self.map]), self.result])

    @property
    def sliders(self) -> tuple[Any, ...]:
        """The levers, in the order of the panel."""
        return (
            self.rental,
            self.accession,
            self.market,
            self.works,
            self.land,
            self.dwellings,
        )

    def _listen(self) -> None:
        self.site.observe(self._on_site, names="value")
        for slider in self.sliders:
            slider.observe(self._on_lever, names="value")
        self.save.on_click(self._on_save)
        self.previous.on_click(lambda _: self._walk(-1))
        self.following.on_click(lambda _: self._walk(1))

    def _on_site(self, _: object) -> None:
        """Take the price of the new site's land, then solve and draw again."""
        price = first_choice(self.ground.study, self.idus).land_m2_eur or 0.0
        self._quiet = True
        steps = sorted({*_around(price, 10), price})
        self.land.options = [(euros(step), step) for step in steps]
        self.land.value = price
        self._quiet = False
        self._solve()
        self._draw_map()

    def _walk(self, step: int) -> None:
        """Go to the next or former site of the list, and stay at its ends."""
        last = len(self.site.options) - 1
        self.site.index = min(max(self.site.index + step, 0), last)

    def _on_lever(self, _: object) -> None:
        if not self._quiet:
            self._solve()

    def _on_save(self, _: object) -> None:
        try:
            typed = before_the_count(self.ground.study, self.ground.vote)
            path = save_choice(typed, self.study_file, self.idus, self.choice)
        except OSError as error:
            self.saved.value = _paragraph(f"Écriture impossible ({error.strerror}).")
            return
        self.saved.value = _paragraph(
            f"Enregistré dans {path.name}, à côté de l'étude. Pour le rapport complet : habitat "
            f"run {path.name}"
        )

    def _solve(self) -> None:
        """Solve again under the levers; say so while it lasts, and why when it cannot."""
        self.state.value = _paragraph(BUSY, strong=True)
        try:
            self.feasibility = resolve(self.ground, self.idus, self.choice, scenario=self.scenario)
        except DataError as error:
            self.state.value = _paragraph(str(error), strong=True)
            self.result.value = ""
            return
        self._show()

    def _show(self) -> None:
        self.result.value = answer_html(self.feasibility)
        self.state.value = _paragraph(READY)

    def _draw_map(self) -> None:
        chart = candidates_map(self.ground, selected=self.idus)
        if chart is None:
            self.map.value = _paragraph("Aucun site à montrer sur la carte.")
            return
        picture = b64encode(screen_png(chart, dpi=MAP_DPI)).decode()
        self.map.value = (
            f'<img alt="{html_text(chart.alt)}" src="data:image/png;base64,{picture}" '
            'style="max-width:100%">'
        )


def explore(
    ground: Ground,
    study_file: Path,
    *,
    site: SiteIdus | None = None,
    scenario: str = "base",
    interactif: bool = True,
) -> Explorer:
    """Open the explorer on the sites of a study.

    Parameters
    ----------
    ground
        The study, read and screened.
    study_file
        Where it comes from: the choice is saved next to it.
    site
        Site shown first; by default the first of the study.
    scenario
        Name of a scenario of the study.
    interactif
        Build the widgets. They add to the answer in words, which is always there.

    Raises
    ------
    DataError
        When no parcel passes the criteria and none is chosen, or as `study_site`.
    """
    sites = choose_sites(ground)
    if site is None and not sites:
        msg = "Aucun site à explorer. Élargissez « foncier » dans l'étude ou choisissez un site."
        raise DataError(msg, code="E_NO_SITE")
    return Explorer(ground, study_file, site or sites[0], scenario=scenario, live=interactif)


def site_options(ground: Ground, shown: SiteIdus) -> list[tuple[str, SiteIdus]]:
    """List the sites of the study, then every site kept, with what tells them apart."""
    kept = ground.screened.kept
    chosen = list(dict.fromkeys([shown, *choose_sites(ground)]))
    taken = {site[0] for site in chosen if len(site) == 1}
    rows = kept.set_index("idu")
    sites = [*chosen, *((idu,) for idu in kept["idu"] if idu not in taken)]
    ranked = sorted(sites, key=lambda site: (_rank(rows, site), site))
    return [(_site_label(rows, site), site) for site in ranked]


def answer(feasibility: Feasibility) -> list[Any]:
    """Give the tables of an answer: figures, programme and limits, or the single ways out."""
    tables = [
        key_figures(feasibility),
        programme_table(feasibility),
        limiting_rules(feasibility),
        ways_out(feasibility),
    ]
    return [table for table in tables if table is not None]


def answer_html(feasibility: Feasibility) -> str:
    """Write an answer as HTML."""
    tables = "".join(table.table().to_html() for table in answer(feasibility))
    head = _paragraph(verdict_sentence(feasibility), strong=True)
    return f"<style>{STYLE}</style>{head}{tables}"


def _rank(rows: Any, site: SiteIdus) -> int:
    return int(rows.at[site[0], "rank"]) if len(site) == 1 and site[0] in rows.index else 0


def _site_label(rows: Any, site: SiteIdus) -> str:
    """Describe a site in the list; one that the ranking does not know says so."""
    name = " + ".join(site)
    if not _rank(rows, site):
        return typeset(f"{name} — choisi par l'étude, hors classement")
    row = rows.loc[site[0]]
    homes = row["capacity_dwellings"]
    size = "" if homes != homes else f", {count(homes, 'logement')}"
    head = f"{row['rank']}. {name} — {row['zone_label']}{size}"
    return typeset(f"{head}, score {number(row['score'], 2)}")


def _slider(
    label: str, start: float | None, steps: Sequence[float], write: Callable[[float], str]
) -> Any:
    """Make a slider whose values are written in French; where the study stands is one of them."""
    value = float(start or 0.0)
    return widgets.SelectionSlider(
        options=[(write(step), step) for step in sorted({*steps, value})],
        value=value,
        description=label,
        continuous_update=False,
        style=STYLED,
        layout={"width": WIDTH},
    )


def percent(share: float) -> str:
    """Write a share without decimals."""
    return percent_of(share, 0)


def _around(value: float, step: int) -> list[float]:
    """Step from nothing to twice a value, and far enough for a value of zero."""
    return [float(euro) for euro in range(0, round(max(2 * value, 20 * step)) + 1, step)]


def _paragraph(text: str, *, strong: bool = False) -> str:
    said = html_text(typeset(text))
    return f'<p role="status">{f"<strong>{said}</strong>" if strong else said}</p>'
