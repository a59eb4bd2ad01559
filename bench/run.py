"""Time loading, folding and every question on a generated log, beside plain scans and PM4Py.

    python bench/run.py FOLDER [--no-peers] [--write docs/speed.md]

FOLDER comes from bench/generate.py. PM4Py runs as a separate process in bench/.venv-peers, which is made when missing.
Each figure comes from a process of its own; memory is the peak resident size of that process.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEERS = HERE / ".venv-peers"
REPEATS = 3
MIB = 1024  # ru_maxrss is in KiB


@dataclass(frozen=True)
class Child:
    """What one process needed: wall seconds, CPU seconds of all its threads, peak MiB, and what it printed."""

    seconds: float
    cpu: float
    peak_mib: float
    printed: str


@dataclass(frozen=True)
class Figure:
    """One line of the table; `met` is None where there is no target."""

    name: str
    value: str
    cpu: str = ""
    target: str = ""
    met: bool | None = None


def run_child(*command: object) -> Child:
    """Run a command and measure it alone. Raises SystemExit with its output when it fails."""
    words = [str(word) for word in command]
    with tempfile.TemporaryFile("w+") as complaints:
        began = time.perf_counter()
        process = subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=complaints, stdin=subprocess.DEVNULL, text=True
        )
        assert process.stdout is not None
        printed = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            complaints.seek(0)
            raise SystemExit(f"{' '.join(words)} failed:\n{printed}{complaints.read()}")
    return Child(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / MIB, printed)


def measure(kind: str, folder: Path) -> tuple[dict[str, tuple[float, float]], Child]:
    """Run bench/measure.py; returns (wall, CPU) seconds by name, and the process."""
    child = run_child(sys.executable, HERE / "measure.py", kind, folder)
    printed: dict[str, list[float]] = json.loads(child.printed.splitlines()[-1])
    return {name: (wall, cpu) for name, (wall, cpu) in printed.items()}, child


def loading(folder: Path, events: int) -> Figure:
    def load() -> Child:
        shutil.rmtree(folder / ".clew", ignore_errors=True)
        return run_child(_clew(), "-C", folder, "load")

    child = min((load() for _ in range(REPEATS)), key=lambda child: child.seconds)
    rate = events / child.seconds
    value = f"{rate:,.0f} rows/s ({child.seconds:.1f} s, {child.peak_mib:,.0f} MiB)"
    return Figure("load, whole command", value, f"{child.cpu:.1f} s", "≥ 500,000 rows/s", rate >= 500_000)


def folding(folder: Path) -> list[Figure]:
    figures, child = measure("fold", folder)
    return [
        Figure(name, f"{wall:.2f} s ({child.peak_mib:,.0f} MiB)", f"{cpu:.2f} s", "< 10 s at 10⁷", wall < 10)
        for name, (wall, cpu) in figures.items()
    ]


def asking(folder: Path) -> list[Figure]:
    figures, _ = measure("questions", folder)
    return [_asked(name, wall, cpu) for name, (wall, cpu) in figures.items()]


def _asked(name: str, wall: float, cpu: float) -> Figure:
    figure = Figure(f"show {name}", f"{wall:.3f} s", f"{cpu:.3f} s")
    return figure if "--by" in name else replace(figure, target="< 0.5 s at 10⁷", met=wall < 0.5)


def scanning(folder: Path) -> list[Figure]:
    both = {**measure("scan", folder)[0], **measure("scan-parquet", folder)[0]}
    return [Figure(name, f"{wall:.4f} s", f"{cpu:.4f} s") for name, (wall, cpu) in both.items()]


def whole_process(folder: Path) -> list[Figure]:
    """Stored log to directly-follows transitions, as whole processes that must count alike."""
    ours = _best(sys.executable, HERE / "transitions.py", folder)
    theirs = _best(_peers(), HERE / "peers" / "pm4py_transitions.py", folder / "exports" / "events.parquet")
    if json.loads(ours.printed.splitlines()[-1]) != json.loads(theirs.printed.splitlines()[-1]):
        raise SystemExit(f"Clew counts {ours.printed}, PM4Py counts {theirs.printed}")
    command = _best(_clew(), "-C", folder, *"show transitions --over events --whole --top 0 --json".split())
    faster, smaller = theirs.seconds / ours.seconds, theirs.peak_mib / ours.peak_mib
    return [
        _process("stored log → transitions, Clew's library", ours),
        _process("stored log → transitions, PM4Py", theirs),
        Figure("times faster than PM4Py", f"{faster:.0f}", f"{theirs.cpu / ours.cpu:.0f}", "≥ 50 at 10⁷", faster >= 50),
        Figure("times less memory than PM4Py", f"{smaller:.1f}", "", "≥ 8 at 10⁷", smaller >= 8),
        _process("the command `clew show transitions`, which adds time between events with intervals", command),
    ]


def _process(name: str, child: Child) -> Figure:
    return Figure(name, f"{child.seconds:.2f} s ({child.peak_mib:,.0f} MiB)", f"{child.cpu:.2f} s")


def _best(*command: object) -> Child:
    return min((run_child(*command) for _ in range(REPEATS)), key=lambda child: child.seconds)


def _clew() -> Path:
    return Path(sys.executable).with_name("clew")


def _peers() -> Path:
    python = PEERS / "bin" / "python"
    if not python.exists():
        print(f"making {PEERS} ...", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", PEERS], check=True)
        locked = HERE / "peers" / "requirements.txt"
        subprocess.run([python, "-m", "pip", "install", "-qq", "--require-hashes", "-r", locked], check=True)
    return python


def table(figures: list[Figure], log: dict[str, object], *, busy: tuple[float, float]) -> str:
    """Return the markdown section of one log.

    busy  load average of the machine before and after
    """
    now = datetime.now(UTC)
    head = [
        f"### {log['events']:,} events of {log['accounts']:,} accounts, from {log['source']}",
        "",
        f"{now:%Y-%m-%d}, {_machine()}. {_versions()}. "
        f"Load average of the machine {busy[0]:.1f} before and {busy[1]:.1f} after, this bench included.",
        "",
        "| What | Measured | CPU | Target | Met |",
        "| --- | --- | --- | --- | --- |",
    ]
    large = int(str(log["events"])) > 9_000_000
    return "\n".join([*head, *(_line(figure, large) for figure in figures)])


def _line(figure: Figure, large: bool) -> str:
    if figure.met is None or ("10⁷" in figure.target and not large):
        return f"| {figure.name} | {figure.value} | {figure.cpu} | | |"
    return f"| {figure.name} | {figure.value} | {figure.cpu} | {figure.target} | {'yes' if figure.met else '**no**'} |"


def _machine() -> str:
    information = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    named = re.search(r"model name\s*: (.*)", information)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores ({named[1] if named else platform.machine()}), {memory:.0f} GiB"


def _versions() -> str:
    found = [f"Python {platform.python_version()}"]
    for package in ("numpy", "duckdb", "numba"):
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            found.append(f"without {package}")
    return ", ".join(found)


def write_into(page: Path, section: str) -> None:
    """Replace the page's section with the same heading between its marks, or add it there."""
    begin, end = "<!-- measured -->\n", "<!-- /measured -->"
    before, rest = page.read_text().split(begin, 1)
    measured, after = rest.split(end, 1)
    heading = section.splitlines()[0]
    others = [part for part in re.split(r"\n(?=### )", measured.strip()) if part and not part.startswith(heading)]
    page.write_text(before + begin + "\n\n".join([*others, section]) + "\n" + end + after)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--write", type=Path, help="page to write the table into")
    chosen = parser.parse_args()
    log = json.loads((chosen.folder / "log.json").read_text())
    before = os.getloadavg()[0]
    figures = [loading(chosen.folder, log["events"]), *folding(chosen.folder)]
    figures += [*scanning(chosen.folder), *asking(chosen.folder)]
    if not chosen.no_peers:
        figures += whole_process(chosen.folder)
    section = table(figures, log, busy=(before, os.getloadavg()[0]))
    print(section)
    if chosen.write:
        write_into(chosen.write, section)


if __name__ == "__main__":
    main()
