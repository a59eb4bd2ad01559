"""The seeded firm: same plan, same bytes, however it is made; a workspace that one can load."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clew.demo.plan import KINDS, Effect, Plan
from clew.demo.write import EXPORTS, write_firm
from clew.errors import BadRequest, UnknownName

SEED = 7


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("firm")
    write_firm(folder, Plan(accounts=60, seed=SEED))
    return contents(folder)


def test_same_plan_gives_the_same_bytes(tmp_path: Path, written: dict[str, bytes]) -> None:
    write_firm(tmp_path, Plan(accounts=60, seed=SEED))

    assert contents(tmp_path) == written


def test_bytes_do_not_depend_on_how_many_accounts_are_made_at_once(tmp_path: Path, written: dict[str, bytes]) -> None:
    write_firm(tmp_path, Plan(accounts=60, seed=SEED), chunk=7)

    assert contents(tmp_path) == written


def test_another_seed_gives_another_firm(tmp_path: Path, written: dict[str, bytes]) -> None:
    write_firm(tmp_path, Plan(accounts=60, seed=SEED + 1))

    assert contents(tmp_path)["exports/accounts.csv"] != written["exports/accounts.csv"]


def test_further_accounts_change_nothing_of_the_others(tmp_path: Path, written: dict[str, bytes]) -> None:
    write_firm(tmp_path, Plan(accounts=61, seed=SEED))

    assert contents(tmp_path)["exports/accounts.csv"].startswith(written["exports/accounts.csv"])


def test_firm_is_a_workspace_with_exports_and_the_truth_beside_them(written: dict[str, bytes]) -> None:
    assert {"clew.yaml", "meanings.yaml", "truth/plan.json"} <= set(written)
    assert {f"journeys/{name}.yaml" for name in ("onboarding", "escalation", "renewal")} <= set(written)
    assert {f"{export.folder}/{export.name}.csv" for export in EXPORTS} <= set(written)
    assert not [name for name in written if "parts" in name]


def test_plan_beside_the_exports_names_every_parameter(written: dict[str, bytes]) -> None:
    plan = json.loads(written["truth/plan.json"])

    assert {"firm", "name", "accounts", "seed", "months", "effects"} == set(plan)
    assert set(plan["effects"]) == set(KINDS)


def test_folder_may_have_any_name(tmp_path: Path, written: dict[str, bytes]) -> None:
    folder = tmp_path / "Tarnfield's [firm] *1"

    write_firm(folder, Plan(accounts=60, seed=SEED), chunk=25)

    assert contents(folder) == written


def test_progress_is_told_as_accounts_are_made(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []

    write_firm(tmp_path, Plan(accounts=50), chunk=20, progress=lambda *done: told.append(done))

    assert told[:3] == [("accounts made", 20, 50), ("accounts made", 40, 50), ("accounts made", 50, 50)]
    assert told[-1] == ("files written", len(EXPORTS), len(EXPORTS))


def test_folder_in_use_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep me")

    with pytest.raises(BadRequest, match="not empty"):
        write_firm(tmp_path, Plan())


@pytest.mark.parametrize(
    "plan",
    [
        lambda: Plan(accounts=5),
        lambda: Plan(months=60),
        lambda: Plan(effects={"silence": Effect(1.2, 1)}),
        lambda: Plan(effects={"silence": Effect(0.5, -1)}),
    ],
)
def test_plans_out_of_range_are_refused(plan: object) -> None:
    with pytest.raises(BadRequest, match="allowed"):
        plan()  # type: ignore[operator]


def test_unknown_firms_and_effects_are_refused_with_the_nearest_name() -> None:
    with pytest.raises(UnknownName, match="did you mean 'product-led'"):
        Plan(firm="productled")
    with pytest.raises(UnknownName, match="did you mean 'silence'"):
        Plan(effects={"silences": Effect(0.5, 1)})
