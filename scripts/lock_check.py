"""Check that the locked versions fit pyproject.toml, without asking any registry.

Each lock begins with a fingerprint of the dependency tables it was made from, so any later change of them shows.
`--fingerprint` prints that line. Exit code 1 with one line for each fault.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.txt", "requirements-build.txt", "requirements-dev.txt")
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)(?: *; *([^\\]+?))? *\\?$")


def fingerprint(project: dict[str, object]) -> str:
    """Return the comment that a lock of these dependency tables begins with."""
    tables = project["project"]
    assert isinstance(tables, dict)
    inputs = [
        tables["dependencies"],
        tables.get("optional-dependencies"),
        tables["requires-python"],
        project.get("dependency-groups"),
    ]
    digest = hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()
    return f"# Made by scripts/lock; dependencies of pyproject.toml: sha256 {digest}"


def pins(text: str) -> dict[tuple[str, str], str]:
    """Return (name, marker) -> version of every locked package."""
    found = [match.groups() for match in map(PIN.match, text.splitlines()) if match]
    return {(name.lower(), marker or ""): version for name, version, marker in found}


def faults_of(name: str, text: str, expected: str) -> list[str]:
    """List what is wrong with one lock: made from other tables, or a package without a hash."""
    faults = []
    if text.splitlines()[:1] != [expected]:
        faults.append(f"{name} was made from other dependencies than pyproject.toml names now; run scripts/lock --keep")
    packages = re.split(r"\n(?=[A-Za-z0-9])", text)[1:]
    faults += [f"{name}: {block.split()[0]} has no hash" for block in packages if "--hash=sha256:" not in block]
    if not packages:
        faults.append(f"{name} names no package")
    return faults


def main() -> int:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    expected = fingerprint(project)
    if "--fingerprint" in sys.argv[1:]:
        print(expected)
        return 0
    texts = {name: (ROOT / name).read_text() for name in LOCKS}
    faults = [fault for name, text in texts.items() for fault in faults_of(name, text, expected)]
    everything = pins(texts["requirements-dev.txt"])
    for name in LOCKS[:2]:
        faults += [
            f"{name}: {package} {version} differs from requirements-dev.txt"
            for (package, marker), version in pins(texts[name]).items()
            if everything.get((package, marker)) not in (version, None)
        ]
    print("\n".join(faults) or f"locks: {len(everything)} packages, made from the present pyproject.toml")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
