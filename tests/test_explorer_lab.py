"""The explorer in a real JupyterLab: run all, move a slider by keyboard, choose, save."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from habitat_analysis.files import PROJECT_ROOT
from habitat_analysis.runs.lab import STUDY_VARIABLE
from habitat_analysis.study import load_study
from tests.jupyterlab_server import jupyterlab
from tests.offline_browser import browser
from tests.small_study import write_small_study

PATIENCE_MS = 120_000


@pytest.mark.browser
@pytest.mark.slow
def test_a_planner_explores_by_keyboard_and_saves(chromium: str, tmp_path: Path) -> None:
    study = write_small_study(tmp_path / "etude", changes={"scenarios": []})
    opened = {STUDY_VARIABLE: str(study)}
    notebooks = PROJECT_ROOT / "notebooks"
    with jupyterlab(tmp_path, notebooks, **opened) as address, browser(chromium) as chrome:
        page = chrome.new_page(viewport={"width": 1700, "height": 1100})
        page.set_default_timeout(PATIENCE_MS)
        errors: list[str] = []
        outside: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: outside.append(request.url))
        page.goto(address.format("60_explorer.ipynb"))
        page.wait_for_selector(".jp-NotebookPanel .jp-Cell")
        page.get_by_text("| Inactif").wait_for()  # the kernel is ready
        page.get_by_text("Exécution", exact=True).first.click()
        page.locator('[data-command="runmenu:run-all"]').click()
        page.wait_for_selector(".widget-select select")
        panel = page.locator(".jp-OutputArea-output", has=page.locator(".widget-select"))
        figures = panel.locator("table.tableau", has_text="Cinq chiffres clés")
        figures.wait_for()
        before = figures.inner_text()

        panel.locator(".noUi-handle").first.focus()  # « Locatif social, au moins »
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        page.wait_for_function(
            "before => [...document.querySelectorAll('.widget-html table.tableau')]"
            ".every(table => table.innerText !== before)",
            arg=before,
        )
        assert figures.inner_text() != before

        picture = panel.locator("img").get_attribute("src")
        panel.get_by_role("button", name=re.compile("Site suivant")).focus()
        page.keyboard.press("Space")
        page.wait_for_function(
            "src => [...document.querySelectorAll('.widget-html img')]"
            ".every(image => image.src !== src)",
            arg=picture,
        )
        alt = panel.locator("img").get_attribute("alt") or ""
        assert "Carte" in alt

        panel.get_by_role("button", name=re.compile("Sauver")).click()
        page.get_by_text("Enregistré dans etude-choix.yaml").wait_for()
        assert load_study(study.with_name("etude-choix.yaml")).land.n_sites == 1
        assert errors == []
        local = ("http://127.0.0.1:", "data:", "blob:", "about:")
        assert [url for url in outside if not url.startswith(local)] == []
