"""clew diagnose as somebody uses it: with a log, with answers, with both, with neither, and in conversation."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from clew.diagnosis.interview.answers import read_answers
from clew.diagnosis.interview.questions import interview
from clew.diagnosis.watching.stored import FOLDER, latest
from clew.diagnosis.watching.watch import watch
from clew.questions.library import open_workspace

CLEW = str(Path(sys.executable).with_name("clew"))
ANSWERS = "leader: Anna Berg\nanswers:\n  customers: 400\n  between-teams: nobody\n  says-it-twice: 1 %\n"


def clew(folder: Path, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [CLEW, *arguments], cwd=folder, input=typed, capture_output=True, text=True, check=False, timeout=120
    )


def found(folder: Path, *arguments: str) -> dict[str, object]:
    done = clew(folder, "diagnose", "--json", *arguments)
    assert done.returncode == 0, done.stderr
    data: dict[str, object] = json.loads(done.stdout)
    return data


@pytest.fixture(scope="module")
def firms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The three sample firms, loaded once."""
    home = tmp_path_factory.mktemp("firms")
    for firm in ("product-led", "relationship-led", "coordinated"):
        assert clew(home, "sample", firm, "--firm", firm).returncode == 0
        assert clew(home / firm, "load").returncode == 0
        (home / firm / "answers.yaml").unlink(missing_ok=True)
    return {path.name: path for path in home.iterdir()}


@pytest.fixture
def coordinated(firms: dict[str, Path], tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(firms["coordinated"], tmp_path / "firm"))
    shutil.rmtree(folder / ".clew" / FOLDER, ignore_errors=True)  # what other tests diagnosed
    return folder


# What each sample firm is told by its data alone
VERDICTS = [
    ("product-led", {"no", "not-yet"}, "product-led"),
    ("relationship-led", {"no", "not-yet"}, "relationship-led"),
    ("coordinated", {"start"}, "coordinated"),
]


@pytest.mark.parametrize(("firm", "verdicts", "model"), VERDICTS)
def test_each_sample_firm_gets_its_verdict(firms: dict[str, Path], firm: str, verdicts: set[str], model: str) -> None:
    data = found(firms[firm])

    models: list[dict[str, str]] = data["models"]  # type: ignore[assignment]
    assert data["verdict"] in verdicts
    assert models[0]["model"] == model
    assert bool(data["evident"]) is (firm == "coordinated")


def test_the_coordinated_firm_is_told_its_failure_and_where_to_begin(coordinated: Path) -> None:
    done = clew(coordinated, "diagnose")

    assert done.returncode == 0
    said = " ".join(done.stdout.split())
    assert re.search(r"Start with [\w, -]+, against inconsistent messages and duplicated effort\.", said)
    assert "[measured]" in said
    assert "(clew signals duplicate-contact --since " in said
    assert "nobody was asked" in said
    assert "One record of each customer that every team reads first" in said


def test_answers_of_the_workspace_join_the_data_and_gaps_are_shown(coordinated: Path) -> None:
    (coordinated / "answers.yaml").write_text(ANSWERS, encoding="utf-8")

    said = " ".join(clew(coordinated, "diagnose").stdout.split())

    assert "the answers of Anna Berg" in said
    assert "worse than believed. Believed: 1.0 % (says Anna Berg). Measured: " in said


def test_the_same_data_give_the_same_words_and_the_evidence_every_line(coordinated: Path) -> None:
    short, again, whole = (clew(coordinated, "diagnose", *more).stdout for more in ((), (), ("--evidence",)))

    assert again == short
    assert len(whole) > len(short)
    assert "more: clew diagnose --evidence" not in whole


def test_own_thresholds_change_the_verdict_and_a_mistake_in_them_is_told(coordinated: Path) -> None:
    own = coordinated / "diagnosis.yaml"
    own.write_text("thresholds:\n  answers-in-time: [3 %, 2 %, 1 %]\n", encoding="utf-8")

    data = found(coordinated)

    assert data["verdict"] == "not-yet"
    assert data["broken"] == ["answers-in-time"]
    own.write_text("thresholds:\n  answer-in-time: [3 %, 2 %, 1 %]\n", encoding="utf-8")
    done = clew(coordinated, "diagnose")
    assert done.returncode == 1
    assert "diagnosis.yaml:2:3: unknown key 'answer-in-time'" in done.stderr
    assert "did you mean 'answers-in-time'?" in done.stderr


def test_every_diagnosis_is_stored_with_its_thresholds_and_can_be_watched(coordinated: Path) -> None:
    nothing = clew(coordinated, "diagnose", "--watch")
    assert nothing.returncode == 2
    assert "run 'clew diagnose' first" in nothing.stderr

    clew(coordinated, "diagnose")
    same = clew(coordinated, "diagnose", "--watch")

    stored = latest(coordinated / ".clew")
    assert stored is not None
    assert stored.verdict == "start"
    assert stored.thresholds
    assert same.returncode == 0
    assert f"None of {len(stored.thresholds)} thresholds is crossed since." in same.stdout
    assert watch(open_workspace(coordinated)) == []


def test_a_threshold_that_was_crossed_since_is_told(coordinated: Path) -> None:
    clew(coordinated, "diagnose")
    (path,) = (coordinated / ".clew" / FOLDER).glob("*.json")
    written = json.loads(path.read_text(encoding="utf-8"))
    first = next(each for each in written["thresholds"] if each["comparison"] == "above")
    first["value"], first["now"] = -1.0, -2.0  # as if the fact had been smaller then
    path.write_text(json.dumps(written), encoding="utf-8")

    done = clew(coordinated, "diagnose", "--watch")

    assert done.returncode == 0
    assert f"1 of {len(written['thresholds'])} thresholds crossed since:" in done.stdout
    crossings = json.loads(clew(coordinated, "diagnose", "--watch", "--json").stdout)
    assert [each["threshold"]["fact"] for each in crossings] == [first["fact"]]
    assert [each.threshold.fact for each in watch(open_workspace(coordinated))] == [first["fact"]]


def test_the_history_lists_what_was_diagnosed_and_leaves_out_what_was_asked_for_another_moment(
    coordinated: Path,
) -> None:
    assert "No diagnosis yet" in clew(coordinated, "diagnose", "--history").stdout
    clew(coordinated, "diagnose")
    former = clew(coordinated, "diagnose", "--as-of", "2026-01-01")

    listed = clew(coordinated, "diagnose", "--history").stdout.splitlines()

    assert "so it is not kept" in former.stdout
    assert len(listed) == 1
    assert "log as of 2026-09-30, no answers" in listed[0]


def test_weeks_after_the_export_ended_the_facts_are_those_of_its_end(coordinated: Path) -> None:
    then, later = found(coordinated), found(coordinated, "--as-of", "2026-11-20")

    assert later["facts"] == then["facts"]
    assert later["verdict"] == then["verdict"]
    said = " ".join(clew(coordinated, "diagnose", "--as-of", "2026-11-20").stdout.split())
    assert "the log as of 2026-09-30 17:50 Europe/Berlin, where it ends" in said


def test_a_moment_before_the_log_begins_is_refused(coordinated: Path) -> None:
    done = clew(coordinated, "diagnose", "--as-of", "2001-01-01")

    assert done.returncode == 2
    assert "nothing had happened yet on 2001-01-01: the log begins " in done.stderr


def test_an_earlier_moment_is_diagnosed_as_it_stood(coordinated: Path) -> None:
    data = found(coordinated, "--as-of", "2025-06-01")

    assert str(data["as_of"]).startswith("2025-05-31")  # midnight in the firm's own zone
    facts: dict[str, dict[str, float]] = data["facts"]  # type: ignore[assignment]
    later: dict[str, dict[str, float]] = found(coordinated)["facts"]  # type: ignore[assignment]
    assert facts["customers"]["n"] < later["customers"]["n"]


def test_answers_alone_suffice_anywhere_and_several_leaders_are_compared(tmp_path: Path) -> None:
    (tmp_path / "anna.yaml").write_text(ANSWERS, encoding="utf-8")
    (tmp_path / "tom.yaml").write_text("leader: Tom\nanswers: {between-teams: clear}\n", encoding="utf-8")

    one, other = (
        clew(tmp_path, "diagnose", *(word for name in names for word in ("--answers", name))).stdout
        for names in (("anna.yaml", "tom.yaml"), ("tom.yaml", "anna.yaml"))
    )

    assert one == other
    assert "the answers of Anna Berg and Tom; no log was read." in one
    assert "Where leaders differ by more than a step" in one
    assert not (tmp_path / ".clew").exists()


def test_with_neither_answers_nor_data_it_says_what_to_do(tmp_path: Path) -> None:
    done = clew(tmp_path, "diagnose")

    assert done.returncode == 1
    assert "clew diagnose --ask" in done.stderr
    assert "clew start FILE.csv" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_form_is_written_to_send_around_and_never_over_answers(tmp_path: Path) -> None:
    done = clew(tmp_path, "diagnose", "--form", "anna.yaml")

    assert done.returncode == 0
    assert f"{len(interview())} questions, about 14 minutes" in done.stdout
    again = clew(tmp_path, "diagnose", "--form", "anna.yaml")
    assert again.returncode == 2
    assert "may hold answers" in again.stderr


# (arguments, exit code, part of the message)
MISUSES = [
    (("--ask", "--watch"), 2, "--ask and --watch are two commands"),
    (("--answers", "nobody.yaml"), 1, "nobody.yaml:1:1: cannot be read"),
    (("--ask", "--answers", "a.yaml", "--answers", "b.yaml"), 2, "--ask fills in one file"),
    (("--watch",), 1, "No clew.yaml here or in any folder above"),
]


@pytest.mark.parametrize(("arguments", "code", "message"), MISUSES)
def test_misuse_is_told_in_words(tmp_path: Path, arguments: tuple[str, ...], code: int, message: str) -> None:
    done = clew(tmp_path, "diagnose", *arguments)

    assert (done.returncode, "Traceback" in done.stderr) == (code, False)
    assert message in done.stderr


def test_a_moment_that_is_none_is_refused(coordinated: Path) -> None:
    done = clew(coordinated, "diagnose", "--as-of", "soon")

    assert done.returncode == 2
    assert "--as-of 'soon' is no date" in done.stderr


class Screen:
    """The command on a terminal of its own: what it shows, and what somebody types."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.shown, self.read_so_far = "", 0
        self.process, self.file = pty.fork()
        if not self.process:  # pragma: no cover - this is the other process
            os.chdir(folder)
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # a job in the background ignores Ctrl-C
            os.execv(CLEW, [CLEW, *arguments])

    def type_after(self, prompt: str, text: str) -> None:
        self.read_until(prompt)
        os.write(self.file, text.encode())

    def read_until(self, wanted: str | None) -> None:
        end = time.monotonic() + 30
        while wanted is None or wanted not in self.shown[self.read_so_far :]:
            assert time.monotonic() < end, f"'{wanted}' did not come:\n{self.shown}"
            ready, _, _ = select.select([self.file], [], [], 1)
            try:
                piece = os.read(self.file, 4096) if ready else b" "
            except OSError:  # the other side has gone
                break
            if ready and not piece:
                break
            self.shown += piece.decode(errors="replace") if ready else ""
        if wanted is not None:
            self.read_so_far = self.shown.index(wanted, self.read_so_far) + len(wanted)

    def close(self) -> int:
        """Wait for the end; returns the exit code."""
        self.read_until(None)
        _, status = os.waitpid(self.process, 0)
        self.process = 0
        return os.waitstatus_to_exitcode(status)

    def __enter__(self) -> Screen:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process:  # a test that failed half-way
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
        os.close(self.file)


def test_the_interview_on_a_terminal_asks_saves_and_tells_the_diagnosis(tmp_path: Path) -> None:
    with Screen(tmp_path, "diagnose", "--ask") as screen:
        screen.type_after("Your name: ", "Anna Berg\n")
        screen.type_after("responsible for", "\n")
        screen.type_after("1 of 28", "")
        screen.type_after("> ", "40\n")
        screen.type_after("> ", "\n")
        screen.type_after("> ", "3\n")
        screen.type_after("> ", "b\n")
        screen.type_after("so far: two or more kinds", "")
        screen.type_after("> ", "1\n")
        screen.type_after("> ", "q\n")
        code = screen.close()

    assert code == 0
    assert read_answers(tmp_path / "answers.yaml").said == {"customers": 40.0, "kinds-differ": "alike"}
    assert "2 answers in" in screen.shown
    assert "Cannot say yet: " in screen.shown


def test_a_walk_that_is_broken_off_keeps_every_answer_and_goes_on_there(tmp_path: Path) -> None:
    with Screen(tmp_path, "diagnose", "--ask") as screen:
        screen.type_after("Your name: ", "Anna Berg\n")
        screen.type_after("responsible for", "\n")
        screen.type_after("> ", "40\n")
        screen.type_after("2 of 28", "\x03")  # Ctrl-C
        code = screen.close()

    assert code == 130
    assert read_answers(tmp_path / "answers.yaml").said == {"customers": 40.0}
    again = clew(tmp_path, "diagnose", "--ask", typed="5\nq\n")
    assert again.returncode == 0
    assert "Going on with Anna Berg: 1 answered so far." in again.stdout
    assert read_answers(tmp_path / "answers.yaml").said == {"customers": 40.0, "people-with-a-say": 5.0}
