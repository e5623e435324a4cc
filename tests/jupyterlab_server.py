"""A JupyterLab of one test: its own folders, this machine only, in French, without news."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SETTINGS = {
    "translation-extension/plugin": '{"locale": "fr_FR"}',
    "apputils-extension/notification": '{"fetchNews": "false", "checkForUpdates": false}',
}
FOLDERS = (
    "JUPYTER_CONFIG_DIR",
    "JUPYTER_DATA_DIR",
    "JUPYTERLAB_SETTINGS_DIR",
    "JUPYTERLAB_WORKSPACES_DIR",
)
READY_S = 90


@contextmanager
def jupyterlab(folder: Path, notebooks: Path, **env: str) -> Iterator[str]:
    """Serve a copy of `notebooks`; give the address of its first page, without the notebook."""
    served = Path(shutil.copytree(notebooks, folder / "carnets"))
    own = {name: str(folder / name.lower()) for name in FOLDERS}
    for name, text in SETTINGS.items():
        path = Path(own["JUPYTERLAB_SETTINGS_DIR"]) / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    port = _free_port()
    log = (folder / "serveur.log").open("w", encoding="utf-8")
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
            *("--ip=127.0.0.1", f"--port={port}", "--IdentityProvider.token=test"),
            f"--ServerApp.root_dir={served}",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        ],
        env={**os.environ, **own, **env},
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        _wait(f"http://127.0.0.1:{port}/api?token=test")
        yield f"http://127.0.0.1:{port}/lab/tree/{{}}?token=test"
    finally:
        server.terminate()
        server.wait(30)
        log.close()


def _wait(address: str) -> None:
    limit = time.monotonic() + READY_S
    while time.monotonic() < limit:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - our own server
                return
        except OSError:
            time.sleep(0.3)
    msg = "JupyterLab did not start."
    raise RuntimeError(msg)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
