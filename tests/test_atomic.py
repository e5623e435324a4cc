import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from habitat_analysis import atomic
from habitat_analysis.files import atomic_folder, atomic_write, clean_temporaries


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def temporary(folder: Path, name: str, *, pid: int, state: str = "partiel") -> Path:
    path = folder / f".{name}.{atomic._machine()}-{pid}-0123abcd.{state}"
    path.mkdir()
    (path / "a.txt").write_text("1")
    return path


def dead_pid() -> int:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def test_a_folder_appears_whole_under_its_name(tmp_path: Path) -> None:
    target = tmp_path / "etude" / "site"
    with atomic_folder(target) as folder:
        (folder / "sub").mkdir()
        (folder / "sub" / "a.txt").write_text("1")
        assert not target.exists()
        assert clean_temporaries(target.parent) == 0  # not while it is being written
        assert folder.name.startswith(".")
    assert (target / "sub" / "a.txt").read_text() == "1"
    assert names(target.parent) == ["site"]


def test_an_error_leaves_the_former_folder_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "site"
    with atomic_folder(target) as folder:
        (folder / "a.txt").write_text("former")
    with pytest.raises(FileNotFoundError):
        _fail_half_way(target)
    assert (target / "a.txt").read_text() == "former"
    assert names(tmp_path) == ["site"]


def _fail_half_way(target: Path) -> None:
    with atomic_folder(target) as folder:
        (folder / "a.txt").write_text("new")
        (folder / "absent.txt").read_text()


def test_a_folder_replaces_the_former_one_entirely(tmp_path: Path) -> None:
    target = tmp_path / "site"
    for name in ("a.txt", "b.txt"):
        with atomic_folder(target) as folder:
            (folder / name).write_text("1")
    assert names(target) == ["b.txt"]
    assert names(tmp_path) == ["site"]


def test_a_refused_rename_puts_the_former_folder_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "site"
    with atomic_folder(target) as folder:
        (folder / "a.txt").write_text("former")
    rename = Path.rename

    def refuse_partial(self: Path, other: Path) -> Path:
        if self.name.endswith(".partiel"):
            raise OSError("No space left on device")
        return rename(self, other)

    monkeypatch.setattr(Path, "rename", refuse_partial)
    with pytest.raises(OSError, match="No space"), atomic_folder(target) as folder:
        (folder / "a.txt").write_text("new")
    assert (target / "a.txt").read_text() == "former"
    assert names(tmp_path) == ["site"]


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "sub" / "a.json"
    atomic_write(path, "é")
    atomic_write(path, b"\x00")
    assert path.read_bytes() == b"\x00"
    assert names(path.parent) == ["a.json"]


def test_a_file_that_cannot_be_renamed_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.json").mkdir()
    with pytest.raises(OSError, match="directory"):
        atomic_write(tmp_path / "a.json", "1")
    assert names(tmp_path) == ["a.json"]


def test_temporaries_of_dead_runs_are_removed(tmp_path: Path) -> None:
    temporary(tmp_path, "site", pid=dead_pid())
    assert clean_temporaries(tmp_path) == 1
    assert names(tmp_path) == []


def test_temporaries_of_living_runs_and_other_machines_stay(tmp_path: Path) -> None:
    living = temporary(tmp_path, "site", pid=os.getppid())
    other = tmp_path / ".site.ffffff-1-0123abcd.partiel"
    other.mkdir()
    (tmp_path / ".bashrc").write_text("")
    assert clean_temporaries(tmp_path) == 0
    assert names(tmp_path) == sorted([".bashrc", living.name, other.name])


def test_a_temporary_older_than_a_day_is_removed(tmp_path: Path) -> None:
    path = temporary(tmp_path, "site", pid=os.getppid())
    past = time.time() - 2 * 24 * 3600
    os.utime(path, (past, past))
    assert clean_temporaries(tmp_path) == 1


def test_a_result_set_aside_by_a_killed_run_is_put_back(tmp_path: Path) -> None:
    temporary(tmp_path, "site", pid=dead_pid(), state="ancien")
    assert clean_temporaries(tmp_path) == 1
    assert (tmp_path / "site" / "a.txt").read_text() == "1"


def test_a_result_set_aside_is_removed_once_replaced(tmp_path: Path) -> None:
    temporary(tmp_path, "site", pid=dead_pid(), state="ancien")
    (tmp_path / "site").mkdir()
    assert clean_temporaries(tmp_path) == 1
    assert names(tmp_path) == ["site"]
    assert names(tmp_path / "site") == []


def test_a_file_left_half_written_is_removed(tmp_path: Path) -> None:
    path = tmp_path / f".a.json.{atomic._machine()}-{dead_pid()}-0123abcd.partiel"
    path.write_text("{")
    assert clean_temporaries(tmp_path, only="b.json") == 0
    assert clean_temporaries(tmp_path, only="a.json") == 1
    assert names(tmp_path) == []


def test_cleaning_nothing_is_nothing(tmp_path: Path) -> None:
    assert clean_temporaries(tmp_path / "absent") == 0


WRITER = """
import sys, time
from pathlib import Path
from habitat_analysis.files import atomic_folder
while True:
    with atomic_folder(Path(sys.argv[1])) as folder:
        for rank in range(20):
            (folder / f"{rank}.txt").write_text("x" * 5000)
            print(rank, flush=True)
"""


@pytest.mark.parametrize("n_lines", [1, 19, 21, 33, 57])
def test_kill_9_never_leaves_an_incomplete_folder(tmp_path: Path, n_lines: int) -> None:
    target = tmp_path / "site"
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(target)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    with writer.stdout as lines:
        for _ in range(n_lines):
            lines.readline()
        writer.send_signal(signal.SIGKILL)
        writer.wait()
    clean_temporaries(tmp_path)
    assert set(names(tmp_path)) <= {"site"}
    assert target.exists() or n_lines <= 21
    if target.exists():
        assert len(names(target)) == 20
        assert {(target / name).stat().st_size for name in names(target)} == {5000}
