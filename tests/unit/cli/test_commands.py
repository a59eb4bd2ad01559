"""The command as a whole: every question is a command, help holds examples that parse, errors become exit codes."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clew.cli import app as application
from clew.cli.app import app, exit_code, main
from clew.errors import BadInput, BadRequest, ClewError, FileProblems, NotAWorkspace, UnknownName
from clew.questions.registry import REGISTRY

EXAMPLES = [example for question in REGISTRY.values() for example in question.examples]


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without a workspace, here and above."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", REGISTRY)
def test_every_question_explains_itself_with_its_options_and_examples(name: str) -> None:
    text = " ".join(run("show", name, "--help").split())

    assert " ".join(REGISTRY[name].tells.split()) in text
    for option in REGISTRY[name].options:
        assert (option.name.upper() if option.many < 0 else f"--{option.name}") in text
    for example in REGISTRY[name].examples:
        assert example in text


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_of_the_help_are_commands_that_parse(example: str, outside: Path) -> None:
    done = CliRunner().invoke(app, shlex.split(example)[1:])

    assert isinstance(done.exception, NotAWorkspace), done.output  # all words were understood; only the folder is wrong


def test_the_list_of_questions_shows_each_with_a_short_line() -> None:
    text = run("show", "--help")

    for name, question in REGISTRY.items():
        assert any(line.split()[:1] == [name] and question.short in line for line in text.splitlines()), name


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BadRequest("x"), 2),
        (UnknownName("stage", "x", ["y"]), 2),
        (BadInput("x"), 1),
        (NotAWorkspace(), 1),
        (FileProblems([]), 1),
        (ClewError("x"), 1),
    ],
)
def test_wrong_usage_is_2_and_problems_in_files_or_input_are_1(error: ClewError, code: int) -> None:
    assert exit_code(error) == code


def test_an_error_is_a_sentence_on_stderr_and_no_traceback(
    outside: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["clew", "show", "runs"])

    with pytest.raises(SystemExit) as end:
        main()

    assert end.value.code == 1
    assert capsys.readouterr().err.startswith("No clew.yaml here or in any folder above")


def test_a_stopped_command_says_how_to_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(application, "app", stopped)

    with pytest.raises(SystemExit) as end:
        main()

    assert (end.value.code, capsys.readouterr().err) == (130, "stopped; run it again to go on\n")


def test_a_full_disk_is_a_sentence_with_the_file_it_struck(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails() -> None:
        raise OSError(28, "No space left on device", "/data/.clew/names/team.jsonl")

    monkeypatch.setattr(application, "app", fails)

    with pytest.raises(SystemExit) as left:
        main()

    assert left.value.code == 1
    told = "/data/.clew/names/team.jsonl: No space left on device; mend that and run the command again"
    assert capsys.readouterr().err.strip() == told


def test_a_folder_that_cannot_be_entered_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["clew", "-C", "no-such-folder", "show", "runs"])

    with pytest.raises(SystemExit) as end:
        main()

    assert end.value.code == 2
    assert "cannot work in 'no-such-folder'" in capsys.readouterr().err


def test_the_version_is_that_of_the_package() -> None:
    import clew

    assert run("--version").strip() == f"clew {clew.__version__}"
