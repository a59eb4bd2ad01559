"""The living demo as a process, and who may sign in to it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from playwright._impl._api_structures import SetCookieParam

VISITOR = "visitor"


class Firm:
    """A demo that runs. Its people by first name in lower case: "visitor", "hedda", ...; each has a cookie."""

    def __init__(self, folder: Path, pace: int = 600) -> None:
        command = [sys.executable, "-m", "clew", "demo", str(folder), "--port", "0", "--pace", str(pace), "--no-open"]
        environ = {**os.environ, "PYTHONUNBUFFERED": "1"}
        self.folder = folder
        self.process = subprocess.Popen(command, env=environ, text=True, stdout=subprocess.PIPE)
        assert self.process.stdout is not None
        said: list[str] = []
        for line in self.process.stdout:
            said.append(line)
            if line.startswith("Ctrl-C"):
                break
        links = dict(_links(said))
        self.address = re.sub(r"/sign-in.*", "", links[VISITOR])
        self._cookies = {name: self._signed_in(link) for name, link in links.items()}

    def _signed_in(self, link: str) -> str:
        with httpx.Client() as client:
            client.post(link)
            return client.cookies["clew"]

    def cookie(self, who: str = VISITOR) -> SetCookieParam:
        """The session of somebody, as Playwright takes it."""
        return {"name": "clew", "value": self._cookies[who], "url": self.address}

    def client(self, who: str = VISITOR) -> httpx.Client:
        """Somebody's session without a browser."""
        return httpx.Client(base_url=self.address, cookies={"clew": self._cookies[who]}, timeout=30)

    def stop(self) -> None:
        self.process.terminate()
        self.process.communicate()


def _links(said: list[str]) -> Iterator[tuple[str, str]]:
    """Yield (first name, link): the visitor's comes first, each other one after a line with the name."""
    name = VISITOR
    for line in said:
        if "/sign-in/link/" in line:
            yield name, line.strip()
        elif line.startswith("  "):
            name = line.split()[0].lower()
