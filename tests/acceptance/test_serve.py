"""`clew serve` and `clew demo` as processes: from the first link to a run that moves, and a firm that lives."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

JOURNEY = """
journey: onboarding
subject: account
starts: {event: deal won}
stages:
  - {stage: signed, enter: {event: deal won}}
  - {stage: live, enter: {event: went live}}
ends:
  lost: {event: contract cancelled}
"""
PATIENCE_S = 60.0
PASSWORD = "seven quiet lanterns"


class Running:
    """A command that serves, until it is told to stop."""

    def __init__(self, folder: Path, *command: str) -> None:
        environ = {**os.environ, "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "clew", *command], cwd=folder, env=environ, text=True, stdout=subprocess.PIPE
        )
        self.said: list[str] = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.rstrip())
            if line.startswith("Ctrl-C"):
                break

    def link(self) -> str:
        """The link that it printed."""
        return next(word for line in self.said for word in line.split() if "/sign-in/link/" in word)

    @property
    def address(self) -> str:
        return str(re.findall(r"http://[\d.]+:\d+", "\n".join(self.said))[0])

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Tell it to stop; return its exit code and what it said at last."""
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode, rest


@contextmanager
def running(folder: Path, *command: str) -> Iterator[Running]:
    found = Running(folder, *command)
    try:
        yield found
    finally:
        found.process.kill()
        found.process.wait()
        assert found.process.stdout is not None
        found.process.stdout.close()


BROWSERS: list[httpx.Client] = []


@pytest.fixture(autouse=True)
def closed_browsers() -> Iterator[None]:
    yield
    while BROWSERS:
        BROWSERS.pop().close()


def browser_at(address: str) -> httpx.Client:
    BROWSERS.append(httpx.Client(base_url=address, timeout=30))
    return BROWSERS[-1]


def sign_in(link: str, **fields: str) -> httpx.Client:
    """A browser of somebody who followed a link and pressed its button."""
    client = browser_at(re.sub(r"/sign-in.*", "", link))
    assert client.get(link).status_code == 200
    assert client.post(link, data=fields).status_code == 303
    return client


def send(browser: httpx.Client, path: str, page: str, **fields: Any) -> httpx.Response:
    """Send a form of a page, with the token that it holds."""
    token = re.search(r'name="csrf" value="([^"]+)"', browser.get(page).text)
    assert token
    return browser.post(path, data={"csrf": token[1], **fields})


def until(holds: Callable[[], Any]) -> Any:
    """Wait until something holds, and return it."""
    ends = time.monotonic() + PATIENCE_S
    while not (found := holds()):
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.05)
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "clew.yaml").write_text("firm: Hafen\ncurrency: EUR\ntime_zone: UTC\n")
    (tmp_path / "journeys").mkdir()
    (tmp_path / "journeys" / "onboarding.yaml").write_text(JOURNEY)
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "crm.yaml").write_text("receives: clew\n")
    return tmp_path


def connect(browser: httpx.Client) -> str:
    """Make a key on the page of the source."""
    made = send(browser, "/sources/crm/keys", "/sources/crm", scope="events")
    found = re.search(r'id="new-key">([^<]+)<', made.text)
    assert found
    return unescape(found[1])


def tell(browser: httpx.Client, key: str, *names: str) -> None:
    events = [{"id": f"e-{name}", "event": name, "at": now(), "account": "a1"} for name in names]
    headers = {"authorization": f"Bearer {key}"}
    assert httpx.post(browser.base_url.join("/v1/events"), json={"events": events}, headers=headers).status_code == 200


def now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def stages(browser: httpx.Client) -> list[str]:
    return [one["stage"] for one in browser.get("/v1/runs").json()["runs"]]


def test_from_the_first_link_to_a_run_that_moves(folder: Path) -> None:
    with running(folder, "serve", "--port", "0") as served:
        browser = sign_in(served.link(), name="Anna", email="anna@hafen.example", password=PASSWORD)
        key = connect(browser)

        tell(browser, key, "deal won")
        assert until(lambda: stages(browser)) == ["signed"]
        tell(browser, key, "went live")
        until(lambda: stages(browser) == ["live"])

        page = re.sub(r"<[^>]+>|\s+", " ", browser.get("/live").text)
        assert "went live" in page
        ready = browser.get("/readyz")
        assert (ready.json(), "server" in ready.headers) == ({"ready": True}, False)
        code, said = served.stop()

    assert code == 0
    assert "Stopped" in said


def test_second_start_goes_on_where_the_first_one_was_killed(folder: Path) -> None:
    with running(folder, "serve", "--port", "0") as served:
        browser = sign_in(served.link(), name="Anna", email="anna@hafen.example", password=PASSWORD)
        key = connect(browser)
        tell(browser, key, "deal won", "went live")
        served.process.kill()

    with running(folder, "serve", "--port", "0") as served:
        assert not any("/sign-in/link/" in line for line in served.said)
        again = browser_at(served.address)
        signed_in = again.post("/sign-in", data={"email": "anna@hafen.example", "password": PASSWORD, "back": "/"})
        assert signed_in.status_code == 303
        assert until(lambda: stages(again)) == ["live"]
        assert served.stop(signal.SIGINT)[0] == 0


def test_web_process_alone_leaves_the_work_to_others(folder: Path) -> None:
    with running(folder, "serve", "--port", "0", "--no-worker") as served:
        browser = sign_in(served.link(), name="Anna", email="anna@hafen.example", password=PASSWORD)
        tell(browser, connect(browser), "deal won")
        until(lambda: [one["role"] for one in browser.get("/v1/workers").json()["workers"]] == ["web"])
        assert "Nothing works on what arrives" in browser.get("/pipes").text
        assert stages(browser) == []

        with running(folder, "serve", "--port", "0"):
            assert until(lambda: stages(browser)) == ["signed"]


def test_open_pages_are_told_what_has_changed_and_let_go_when_the_server_stops(folder: Path) -> None:
    with running(folder, "serve", "--port", "0") as served:
        browser = sign_in(served.link(), name="Anna", email="anna@hafen.example", password=PASSWORD)
        key = connect(browser)
        with browser.stream("GET", "/changes?of=arrived,runs") as stream:
            lines = stream.iter_lines()
            assert next(lines).startswith("retry:")
            tell(browser, key, "deal won")
            seen = {next(line for line in lines if line.startswith("event:")) for _ in range(2)}
            assert seen == {"event: arrived", "event: runs"}
            last = next(line for line in lines if line.startswith("id:")).removeprefix("id: ")

        tell(browser, key, "went live")
        until(lambda: stages(browser) == ["live"])
        with browser.stream("GET", "/changes?of=runs", headers={"last-event-id": last}) as stream:
            lines = stream.iter_lines()
            assert next(line for line in lines if line.startswith("event:")) == "event: runs"
            assert served.stop()[0] == 0
            assert not [line for line in lines if line.startswith("event:")]


def test_port_that_is_taken_is_told_as_a_sentence(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = subprocess.run(
            [sys.executable, "-m", "clew", "serve", "--port", port], cwd=folder, capture_output=True, text=True
        )

    assert ended.returncode == 2
    assert f"127.0.0.1:{port} cannot be listened on" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_demo_firm_lives(tmp_path: Path) -> None:
    with running(tmp_path, "demo", "firm", "--port", "0", "--pace", "1200", "--no-open") as demo:
        browser = sign_in(demo.link())

        def moved() -> bool:
            counts = browser.get("/v1/sources").json()["sources"]
            today = [one["last_24_hours"] for one in counts if one["receives"]]
            became = {name: sum(one[name] for one in today) for name in ("accepted", "duplicate", "rejected", "late")}
            return len(today) == 4 and all(became.values())

        until(moved)
        until(lambda: "No run has moved" not in browser.get("/pipes").text)
        assert "could not be used" in browser.get("/pipes").text
        assert "● live" not in browser.get("/live").text  # the script says that, and only where it runs
        code, said = demo.stop()

    assert (code, said.splitlines()[-1][:8]) == (0, "Stopped.")
    with running(tmp_path, "demo", "firm", "--port", "0", "--no-open") as demo:
        assert "Made an invented firm" not in " ".join(demo.said)
        assert sign_in(demo.link()).get("/journeys").status_code == 200


def test_demo_leaves_a_folder_alone_that_is_none_of_its_own(folder: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "clew", "demo", str(folder), "--no-open"], capture_output=True, text=True
    )

    assert ended.returncode == 2
    assert "holds something else" in ended.stderr
