"""The lock and the conda environment say the same as `pyproject.toml`."""

import re
import tomllib
from pathlib import Path

import pytest
import rattler
from ruamel.yaml import YAML

from tools.make_environment import environment_text, requirement_parts


@pytest.fixture
def lock(project: Path) -> str:
    return (project / "requirements.lock").read_text(encoding="utf-8")


@pytest.fixture
def pyproject(project: Path) -> str:
    return (project / "pyproject.toml").read_text(encoding="utf-8")


def locked(lock: str) -> dict[str, str]:
    """Give the requirements of a lock, by name; a hash is a line that follows its requirement."""
    entries = re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.MULTILINE)
    named = [(re.match(r"[A-Za-z0-9._-]+(?===)", entry), entry) for entry in entries if entry]
    assert all(name for name, _ in named), "a requirement without an exact version"
    lines: dict[str, str] = {}
    for name, entry in named:
        assert name is not None
        lines[name[0]] = lines.get(name[0], "") + entry
    return lines


def test_the_committed_environment_is_the_generated_one(project: Path, pyproject: str) -> None:
    committed = (project / "environment.yml").read_text(encoding="utf-8")
    assert committed == environment_text(pyproject), "run `make environment`"


def test_every_line_of_the_environment_is_understood_by_conda(project: Path) -> None:
    content = YAML(typ="safe").load((project / "environment.yml").read_text(encoding="utf-8"))
    *conda, through_pip = content["dependencies"]
    names = [rattler.MatchSpec(line, strict=True).name.normalized for line in conda]
    assert names[:2] == ["python", "pip"]
    assert {"typst-py", "matplotlib-base", "ruamel.yaml", "pulp"} <= set(names)
    assert through_pip["pip"][-1] == "-e ."


def test_a_requirement_that_conda_would_not_understand_is_refused() -> None:
    with pytest.raises(ValueError, match="Only plain requirements"):
        requirement_parts("pulp[cbc]>=4 ; python_version >= '3.12'")


def test_the_lock_covers_every_dependency(lock: str, pyproject: str) -> None:
    project = tomllib.loads(pyproject)
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    missing = {requirement_parts(line)[0] for line in wanted} - set(locked(lock))
    assert missing == set(), "run `make lock`"


def test_every_locked_requirement_has_its_hashes(lock: str) -> None:
    entries = locked(lock)
    assert [name for name, text in entries.items() if "--hash=sha256:" not in text] == []
    assert len(entries) > 100


def test_the_lock_holds_no_address(lock: str) -> None:
    assert "://" not in lock
    assert "--index" not in lock


def test_a_lock_without_hash_or_version_would_be_seen() -> None:
    entries = locked("a==1 \\\n    --hash=sha256:00\nb==2\n    # via a\n")
    assert [name for name, text in entries.items() if "--hash" not in text] == ["b"]
    with pytest.raises(AssertionError, match="exact version"):
        locked("a>=1\n")


def test_addressed_locks_are_ignored_by_git(project: Path) -> None:
    ignored = (project / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"uv.lock", "pylock.toml"} <= set(ignored)
