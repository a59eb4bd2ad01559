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
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEERS = HERE / ".venv-peers"
REPEATS = 3
MIB = 1024  # ru_maxrss is in KiB


@dataclass(frozen=True)
class Child:
    """What one process needed: wall seconds, peak MiB, and what it printed."""

    seconds: float
    peak_mib: float
    printed: str


@dataclass(frozen=True)
class Figure:
    """One line of the table; `met` is None where there is no target."""

    name: str
    value: str
    target: str = ""
    met: bool | None = None


def run_child(*command: object) -> Child:
    """Run a command and measure it alone. Raises SystemExit with its output when it fails."""
    words = [str(word) for word in command]
    began = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(words)} failed:\n{printed}")
    return Child(time.perf_counter() - began, usage.ru_maxrss / MIB, printed)


def measure(kind: str, folder: Path) -> tuple[dict[str, float], Child]:
    child = run_child(sys.executable, HERE / "measure.py", kind, folder)
    figures: dict[str, float] = json.loads(child.printed.splitlines()[-1])
    return figures, child


def loading(folder: Path, events: int) -> Figure:
    shutil.rmtree(folder / ".clew", ignore_errors=True)
    child = run_child(_clew(), "-C", folder, "load")
    rate = events / child.seconds
    value = f"{rate:,.0f} rows/s ({child.seconds:.1f} s, {child.peak_mib:,.0f} MiB)"
    return Figure("load, whole command", value, "≥ 500,000 rows/s", rate >= 500_000)


def folding(folder: Path) -> list[Figure]:
    figures, child = measure("fold", folder)
    return [
        Figure(name, f"{seconds:.2f} s ({child.peak_mib:,.0f} MiB)", "< 10 s at 10⁷", seconds < 10)
        for name, seconds in figures.items()
    ]


def asking(folder: Path) -> list[Figure]:
    figures, _ = measure("questions", folder)
    grouped = {name for name in figures if "--by" in name}
    return [
        Figure(f"show {name}", f"{seconds:.3f} s")
        if name in grouped
        else Figure(f"show {name}", f"{seconds:.3f} s", "< 0.5 s at 10⁷", seconds < 0.5)
        for name, seconds in figures.items()
    ]


def scanning(folder: Path) -> list[Figure]:
    both = {**measure("scan", folder)[0], **measure("scan-parquet", folder)[0]}
    return [Figure(name, f"{seconds:.4f} s") for name, seconds in both.items()]


def whole_process(folder: Path) -> list[Figure]:
    """Stored log to directly-follows transitions, as whole processes that must count alike."""
    ours = _best(sys.executable, HERE / "transitions.py", folder)
    theirs = _best(_peers(), HERE / "peers" / "pm4py_transitions.py", folder / "exports" / "events.parquet")
    if json.loads(ours.printed.splitlines()[-1]) != json.loads(theirs.printed.splitlines()[-1]):
        raise SystemExit(f"Clew counts {ours.printed}, PM4Py counts {theirs.printed}")
    command = _best(_clew(), "-C", folder, *"show transitions --over events --whole --top 0 --json".split())
    faster, smaller = theirs.seconds / ours.seconds, theirs.peak_mib / ours.peak_mib
    return [
        Figure("stored log → transitions, Clew's library", f"{ours.seconds:.2f} s, {ours.peak_mib:,.0f} MiB"),
        Figure("stored log → transitions, PM4Py", f"{theirs.seconds:.2f} s, {theirs.peak_mib:,.0f} MiB"),
        Figure("times faster than PM4Py", f"{faster:.0f}", "≥ 50 at 10⁷", faster >= 50),
        Figure("times less memory than PM4Py", f"{smaller:.1f}", "≥ 8 at 10⁷", smaller >= 8),
        Figure(
            "the command `clew show transitions`, which adds time between events with intervals",
            f"{command.seconds:.2f} s, {command.peak_mib:,.0f} MiB",
        ),
    ]


def _best(*command: object) -> Child:
    return min((run_child(*command) for _ in range(REPEATS)), key=lambda child: child.seconds)


def _compare(ours: str, theirs: str) -> None:
    counts = [row["n"] for row in json.loads(ours)["rows"]]
    expected = json.loads(theirs.splitlines()[-1])
    if (sum(counts), max(counts)) != (expected["transitions"], expected["largest"]):
        raise SystemExit(f"Clew counts {sum(counts)}, at most {max(counts)}; PM4Py counts {expected}")


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


def table(figures: list[Figure], log: dict[str, object]) -> str:
    """Return the markdown section of one log."""
    now = datetime.now(UTC)
    head = [
        f"### {log['events']:,} events of {log['accounts']:,} accounts, from {log['source']}",
        "",
        f"{now:%Y-%m-%d}, {_machine()}. {_versions()}.",
        "",
        "| What | Measured | Target | Met |",
        "| --- | --- | --- | --- |",
    ]
    large = int(str(log["events"])) > 9_000_000
    return "\n".join([*head, *(_line(figure, large) for figure in figures)])


def _line(figure: Figure, large: bool) -> str:
    if figure.met is None or ("10⁷" in figure.target and not large):
        return f"| {figure.name} | {figure.value} | | |"
    return f"| {figure.name} | {figure.value} | {figure.target} | {'yes' if figure.met else '**no**'} |"


def _machine() -> str:
    information = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    named = re.search(r"model name\s*: (.*)", information)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores ({named[1] if named else platform.machine()}), {memory:.0f} GiB"


def _versions() -> str:
    found = [f"Python {platform.python_version()}"]
    for package in ("clew", "numpy", "duckdb", "numba"):
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
    figures = [loading(chosen.folder, log["events"]), *folding(chosen.folder), *asking(chosen.folder)]
    figures += scanning(chosen.folder)
    if not chosen.no_peers:
        figures += whole_process(chosen.folder)
    section = table(figures, log)
    print(section)
    if chosen.write:
        write_into(chosen.write, section)


if __name__ == "__main__":
    main()
