"""The project's folders, its interpreters, and how commands are run there."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

from tools.console import say

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
CACHE = ROOT / ".cache"
LOG = CACHE / "run.log"  # full output of the installers
HEARTBEAT_SECONDS = 15
STRAYS = ("PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "__PYVENV_LAUNCHER__")


class ToolError(Exception):
    """A command ended badly; the text is what it printed."""


def base_python() -> str:
    """Give the interpreter under the environment, if one is active."""
    return str(getattr(sys, "_base_executable", None) or sys.executable)


def venv_python(folder: Path = VENV) -> str:
    """Give the interpreter of an environment."""
    return str(folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


def output_of(command: list[str]) -> str:
    """Give what a short command prints, or nothing where it fails or does not exist."""
    try:
        answer = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.decode("utf-8", "replace").strip()


def child_environment() -> dict[str, str]:
    """Give the variables of the commands: those of the user, less what would lead astray."""
    kept = {name: value for name, value in os.environ.items() if name not in STRAYS}
    fixed = {
        "PATH": os.pathsep.join([str(Path(venv_python()).parent), kept.get("PATH", "")]),
        "VIRTUAL_ENV": str(VENV),
        "UV_PYTHON_DOWNLOADS": "never",
        "PIP_USER": "0",
        "PIP_NO_INPUT": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PYTHONNOUSERSITE": "1",
        "PYTHONUTF8": "1",
        "JUPYTER_PLATFORM_DIRS": "1",
        "IPYTHONDIR": str(CACHE / "ipython"),
    }
    return {**kept, **fixed}


def run_logged(command: list[str]) -> None:
    """Run a command, its output kept in the log, with a sign of life now and then.

    Raises
    ------
    ToolError
        With the output, when the exit status is not 0.
    """
    with LOG.open("ab") as log:
        log.write("\n$ {}\n".format(" ".join(command)).encode("utf-8"))
        log.flush()
        begin = log.tell()
        process = subprocess.Popen(
            command,
            cwd=str(ROOT),
            env=child_environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_aloud(process)
        except BaseException:
            process.terminate()
            process.wait()
            raise
    if process.returncode:
        raise ToolError(LOG.read_bytes()[begin:].decode("utf-8", "replace"))


def wait_aloud(process: subprocess.Popen[bytes]) -> None:
    """Wait for the end of a command, and say the time passed every quarter of a minute."""
    start = time.monotonic()
    while process.poll() is None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(HEARTBEAT_SECONDS)
            return
        say(f"      … {time.monotonic() - start:.0f} s")


def run_shown(command: list[str]) -> int:
    """Run a command before the reader's eyes and give its exit status."""
    with subprocess.Popen(command, cwd=str(ROOT), env=child_environment()) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.wait()
            raise
