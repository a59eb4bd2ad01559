"""The repository keeps its promises: one version, current locks, nothing of one machine in a tracked file."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import clew

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

# Written apart, so that this file does not name what it looks for.
FOREIGN = re.compile(
    r"p[y]pi\.org|python[h]osted|npm[j]s\.(?:org|com)|deb\.[d]ebian\.org|archive\.[u]buntu\.com"
    r"|(?<![\w.$}])/(?:[w]ork|[h]ome/\w+|[U]sers/\w+|[o]pt/(?:wheels|pypi)|tmp/[v]env)/"
)


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not in a git checkout")
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def test_package_and_project_agree_on_the_version() -> None:
    assert PROJECT["project"]["version"] == clew.__version__


def test_changelog_tells_of_the_present_version_below_what_is_unreleased() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    headings = re.findall(r"^## (\S+)", changelog, re.MULTILINE)

    assert headings[0] == "Unreleased"
    assert clew.__version__ in headings


def test_locked_versions_were_made_from_the_present_dependencies() -> None:
    checked = subprocess.run([sys.executable, "scripts/lock_check.py"], cwd=ROOT, capture_output=True, text=True)

    assert checked.returncode == 0, checked.stdout


def test_no_tracked_file_names_a_registry_or_a_path_of_one_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in tracked_files()
        if path.suffix not in {".png", ".gz"}
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1)
        if FOREIGN.search(line)
    ]

    assert found == []


@pytest.mark.parametrize("path", sorted((ROOT / "src/clew").rglob("__init__.py")), ids=lambda path: path.parent.name)
def test_folder_init_holds_no_logic(path: Path) -> None:
    if path.parent.name == "clew":
        return  # offers its names on first use, so that importing it stays light

    lines = path.read_text(encoding="utf-8").splitlines()

    assert not [line for line in lines if line.startswith(("def ", "class ", "for ", "if ", "while ", "with "))]


def test_importing_the_package_and_asking_for_help_load_no_heavy_library() -> None:
    heavy = "{'numpy', 'duckdb', 'numba', 'jinja2', 'ruamel.yaml', 'scipy', 'pandas'}"
    program = f"import sys, clew, clew.cli.app; print(sorted({heavy} & set(sys.modules)))"

    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout

    assert printed.strip() == "[]"
