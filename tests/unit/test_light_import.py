"""Importing the package and asking for help load nothing heavy: a command line answers at once."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {"numpy", "duckdb", "numba", "jinja2", "ruamel", "rich", "pandas", "scipy"}
MODULES_OF_HELP = 420  # Python's own and typer's included; a heavy library brings hundreds of its own


def loaded_by(code: str) -> set[str]:
    """Modules that a fresh interpreter has loaded after running the code."""
    report = "import sys; print(chr(10) + '@' + ' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", f"{code}\n{report}"], capture_output=True, text=True, check=True)
    return set(done.stdout.rpartition("@")[2].split())


def run_command(*arguments: str) -> str:
    """Code that runs the command as the shell does and goes on after it."""
    return (
        f"import sys; sys.argv = ['clew', *{list(arguments)!r}]\n"
        "from clew.cli.app import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert end.code in (0, None), end.code"
    )


def test_importing_clew_loads_nothing_heavy() -> None:
    modules = loaded_by("import clew; clew.Query, clew.REGISTRY, clew.ClewError")

    assert not {module.partition(".")[0] for module in modules} & HEAVY


@pytest.mark.parametrize("arguments", [("--help",), ("show", "--help"), ("show", "time", "--help"), ("--version",)])
def test_help_loads_nothing_heavy(arguments: tuple[str, ...]) -> None:
    modules = loaded_by(run_command(*arguments))

    assert not {module.partition(".")[0] for module in modules} & HEAVY
    assert len(modules) < MODULES_OF_HELP


def test_every_public_name_can_be_had() -> None:
    import clew

    assert all(hasattr(clew, name) for name in clew.__all__)
    assert set(clew.__all__) <= set(dir(clew))


def test_a_name_that_is_not_public_says_so() -> None:
    import clew

    with pytest.raises(AttributeError, match="no attribute 'open_workspce'"):
        clew.open_workspce  # noqa: B018
