"""A real Chromium with the network cut, that notes what a page asks for and what fails in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Visit:
    """A page open, what went wrong in it and what it asked of the network."""

    page: Any
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@contextmanager
def browser(executable: str) -> Iterator[Any]:
    """Open a Chromium for several pages."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=executable, headless=True, args=FLAGS)
        yield opened
        opened.close()


@contextmanager
def visit(opened: Any, path: Path) -> Iterator[Visit]:
    """Open a file without network; its own file and ``data:`` addresses are not requests."""
    context = opened.new_context(viewport={"width": 1280, "height": 800})
    context.set_offline(True)
    seen = Visit(page=context.new_page())
    seen.page.on("pageerror", lambda error: seen.errors.append(str(error)))
    seen.page.on(
        "console", lambda said: seen.errors.append(said.text) if said.type == "error" else None
    )
    seen.page.on("request", lambda request: seen.requests.append(request.url))
    seen.page.goto(path.resolve().as_uri())
    seen.page.wait_for_load_state("load")
    own = path.resolve().as_uri()
    seen.requests[:] = [
        url for url in seen.requests if url != own and not url.startswith(("data:", "blob:"))
    ]
    yield seen
    context.close()
