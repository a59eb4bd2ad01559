"""Laws of who may see what: a higher role may all that a lower one may; a key never exceeds its user."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from clew.access.model import NOBODY, Actor, Permission, Role
from clew.access.policy import (
    LEAST_ACCOUNTS,
    AccountTeam,
    Correspondence,
    Reach,
    may,
    may_read,
    may_see_figure,
    may_see_groups,
    permissions_of,
    reach_of,
)

RANKED = [Role.VIEWER, Role.MEMBER, Role.OWNER, Role.ADMIN]
TEAMS = st.frozensets(st.sampled_from(["sales", "service", "onboarding"]))
USERS = st.frozensets(st.integers(1, 4))
ACCOUNTS = st.builds(AccountTeam, TEAMS, USERS)
MESSAGES = st.builds(Correspondence, USERS, st.booleans())
SCOPES = st.none() | st.frozensets(st.sampled_from(Permission))


def actors(role: Role) -> st.SearchStrategy[Actor]:
    return st.builds(
        lambda number, teams: Actor("user", f"user:{number}", role=role, teams=teams, user=number),
        st.integers(1, 4),
        TEAMS,
    )


ANYBODY = st.sampled_from(RANKED).flatmap(actors)


def raised(actor: Actor, role: Role) -> Actor:
    return Actor(actor.kind, actor.id, actor.name, role, actor.teams, actor.scopes, actor.user)


def key_of(actor: Actor, scopes: frozenset[Permission] | None) -> Actor:
    return Actor("key", "key:1", "", actor.role, actor.teams, scopes, actor.user)


@given(ANYBODY, st.sampled_from(RANKED), st.sampled_from(Permission), st.none() | ACCOUNTS)
def test_higher_role_may_all_that_a_lower_one_may(
    actor: Actor, role: Role, permission: Permission, account: AccountTeam | None
) -> None:
    assert actor.role is not None
    higher = raised(actor, max(role, actor.role, key=RANKED.index))

    assert may(actor, permission, account) <= may(higher, permission, account)


@given(ANYBODY, SCOPES, st.sampled_from(Permission), st.none() | ACCOUNTS)
def test_key_never_exceeds_its_user(
    actor: Actor, scopes: frozenset[Permission] | None, permission: Permission, account: AccountTeam | None
) -> None:
    assert may(key_of(actor, scopes), permission, account) <= may(actor, permission, account)


@given(ANYBODY, st.frozensets(st.sampled_from(Permission)), st.sampled_from(Permission), st.none() | ACCOUNTS)
def test_key_does_nothing_outside_its_scopes_and_all_its_user_may_inside(
    actor: Actor, scopes: frozenset[Permission], permission: Permission, account: AccountTeam | None
) -> None:
    expected = permission in scopes and may(actor, permission, account)

    assert may(key_of(actor, scopes), permission, account) == expected


@given(SCOPES, st.sampled_from(Permission), st.none() | ACCOUNTS, MESSAGES, st.integers(0, 100))
def test_nobody_may_nothing(
    scopes: frozenset[Permission] | None,
    permission: Permission,
    account: AccountTeam | None,
    message: Correspondence,
    n: int,
) -> None:
    key_of_nobody = key_of(NOBODY, scopes)

    for actor in (NOBODY, key_of_nobody):
        assert not may(actor, permission, account)
        assert not may_read(actor, message, AccountTeam())
        assert not may_see_figure(actor, n)


@given(ANYBODY, st.sampled_from(Permission), ACCOUNTS)
def test_what_holds_on_an_account_holds_on_the_whole(
    actor: Actor, permission: Permission, account: AccountTeam
) -> None:
    assert may(actor, permission, account) <= may(actor, permission)
    assert (reach_of(actor, permission) is Reach.ALL) <= may(actor, permission, account)


@given(actors(Role.MEMBER), ACCOUNTS, st.sampled_from([Permission.ACT, Permission.SEE_PERSONS]))
def test_member_works_with_accounts_of_their_team_and_of_nobody(
    actor: Actor, account: AccountTeam, permission: Permission
) -> None:
    theirs = bool(actor.teams & account.teams) or actor.user in account.users
    nobodys = not account.teams and not account.users

    assert may(actor, permission, account) == (theirs or nobodys)


@given(actors(Role.VIEWER), st.none() | ACCOUNTS, MESSAGES)
def test_viewer_sees_no_single_account_and_nobody(
    actor: Actor, account: AccountTeam | None, message: Correspondence
) -> None:
    assert permissions_of(actor) == {Permission.SEE}
    assert not may(actor, Permission.SEE_ACCOUNTS, account)
    assert not may_read(actor, message, account or AccountTeam())


@given(ANYBODY, MESSAGES, ACCOUNTS)
def test_body_is_for_those_who_took_part_unless_it_was_shared(
    actor: Actor, message: Correspondence, account: AccountTeam
) -> None:
    read = may_read(actor, message, account)

    if read:
        assert actor.user in message.users or message.shared
        assert may(actor, Permission.SEE_BODIES)
    if not message.shared and actor.user not in message.users:
        assert not read  # an admin neither


@given(ANYBODY, st.integers(0, 100), st.integers(0, 100))
def test_figure_over_few_accounts_is_for_those_who_may_see_them(actor: Actor, few: int, more: int) -> None:
    low, high = sorted((few, more))

    assert may_see_figure(actor, low) <= may_see_figure(actor, high) or low == 0
    assert may_see_figure(actor, low) == (
        may(actor, Permission.SEE) and (low == 0 or low >= LEAST_ACCOUNTS or may(actor, Permission.SEE_ACCOUNTS))
    )


@given(ANYBODY, st.lists(st.integers(0, 12), max_size=8))
def test_hidden_group_cannot_be_worked_out_from_the_others_and_the_total(actor: Actor, accounts: list[int]) -> None:
    seen = may_see_groups(actor, accounts)

    hidden = [count for count, shown in zip(accounts, seen, strict=True) if not shown]
    for count, shown in zip(accounts, seen, strict=True):
        assert shown <= may_see_figure(actor, count)
        assert shown or count  # that nobody is there tells of nobody
    if may(actor, Permission.SEE_ACCOUNTS):
        assert hidden == []
    elif hidden and any(count for count, shown in zip(accounts, seen, strict=True) if shown):
        assert len(hidden) > 1
        assert sum(hidden) >= LEAST_ACCOUNTS
