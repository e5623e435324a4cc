"""Outputs appear whole or not at all, even when the run is killed.

A file or a folder is made under the name of a hidden neighbour, reaches the disk, and is renamed.
The neighbours are called ``.NAME.MACHINE-PID-RANDOM.partiel`` while they are being written and
``.ancien`` while a former result is set aside for its successor.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_TEMPORARY: Final = re.compile(
    r"\.(?P<name>.+)\.(?P<machine>[0-9a-f]{6})-(?P<pid>\d+)-[0-9a-f]{8}\.(?P<state>partiel|ancien)"
)
_STALE_SECONDS: Final = 24 * 3600
_active: set[Path] = set()  # temporaries that this very process is writing


@contextmanager
def atomic_folder(target: Path) -> Iterator[Path]:
    """Fill a folder that gets its final name only when it is complete.

    Yields a hidden neighbour of `target`; when the block ends well its files reach the disk and it
    is renamed. An earlier folder of that name is set aside first and removed last. On an error
    nothing changes. What a killed run leaves is cleared by `clean_temporaries`.

    Raises
    ------
    OSError
        If the disk refuses (full, read-only); an earlier `target` is intact.
    """
    target = Path(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    clean_temporaries(target.parent, only=target.name)
    partial = _neighbour(target, "partiel")
    _active.add(partial)
    try:
        partial.mkdir()
        yield partial
        _sync_tree(partial)
        _take_place(partial, target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        _active.discard(partial)


def atomic_write(path: Path, content: bytes | str) -> None:
    """Write a file whole: readers see the former content or the new one, never a part.

    Raises
    ------
    OSError
        If the disk refuses; the former file is intact.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = _neighbour(path, "partiel")
    _active.add(partial)
    try:
        with partial.open("xb") as stream:
            stream.write(content.encode() if isinstance(content, str) else content)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
        _sync_folder(path.parent)
    finally:
        partial.unlink(missing_ok=True)
        _active.discard(partial)


def clean_temporaries(parent: Path, *, only: str | None = None) -> int:
    """Remove what dead runs left in a folder, and put back a result they had set aside.

    Parameters
    ----------
    parent
        Folder of the outputs; its sub-folders are not visited.
    only
        Restrict to the temporaries of this output.

    Returns
    -------
    count
        Number of temporaries removed or put back.
    """
    count = 0
    for path in sorted(parent.glob(".*")) if parent.is_dir() else ():
        match = _TEMPORARY.fullmatch(path.name)
        if not match or (only is not None and match["name"] != only) or _in_use(path, match):
            continue
        final = parent / match["name"]
        if match["state"] == "ancien" and not final.exists():
            with suppress(OSError):
                path.rename(final)
        else:
            _remove(path)
        count += 1
    return count


def _neighbour(target: Path, state: str) -> Path:
    token = f"{_machine()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    return target.with_name(f".{target.name}.{token}.{state}")


def _take_place(partial: Path, target: Path) -> None:
    if not target.exists():
        partial.rename(target)
        _sync_folder(target.parent)
        return
    former = _neighbour(target, "ancien")
    _active.add(former)
    try:
        target.rename(former)
        try:
            partial.rename(target)
        except OSError:
            former.rename(target)
            raise
        _sync_folder(target.parent)
        _remove(former)
    finally:
        _active.discard(former)


def _in_use(path: Path, match: re.Match[str]) -> bool:
    if path in _active:
        return True
    with suppress(OSError):
        old = time.time() - path.stat().st_mtime > _STALE_SECONDS
        if old and match["state"] == "partiel":
            return False
    if match["machine"] != _machine():
        return True
    pid = int(match["pid"])
    return pid != os.getpid() and _is_alive(pid)


def _is_alive(pid: int) -> bool:
    if os.name == "nt":  # there, signal 0 is a keyboard interrupt: only age tells
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _machine() -> str:
    return hashlib.sha256(platform.node().encode()).hexdigest()[:6]


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _sync_tree(folder: Path) -> None:
    for directory, _, names in os.walk(folder):
        for name in names:
            path = Path(directory, name)
            if path.is_file() and not path.is_symlink():
                with path.open("rb+" if os.name == "nt" else "rb") as stream:
                    os.fsync(stream.fileno())
        _sync_folder(Path(directory))


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network volumes cannot
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
