"""The automaton that walks the rows of each subject: plain Python that numba can compile (see docs/adr/0001).

State lives in the rows being written: the latest run is open while its outcome is OPEN, its last visit is where it
stands. At each row, in this order: what time alone changed before it; a start; a stage entry; an end.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from clew.clock import ALWAYS, NEVER
from clew.engine.compiled import Loop
from clew.engine.model import BEFORE_STAGES, OPEN, RESTARTED

ONCE, AFTER_END, EACH_TRIGGER = 0, 1, 2
NO_MATCH = -1
NO_START, FIRST_START, ANY_START = 0, 1, 2
FIRST_VISIT = -2  # Visits.came of a run's first visit
NO_CLAUSE = -1
SILENCE = -1  # Rules.clause_stage of a silence; a stay in a stage names the stage


class Rows(NamedTuple):
    """What each row means for the journey. n rows, u units, c clauses (silences and stays that end a run by time).

    What depends on the stage a run stands in has s lines of n, one after the other: line 0 where it stands in none,
    line k + 1 where in stage k; or a single line for all. Likewise `after` has c lines.
    starts    (u + 1,) first row of each unit      at  (n,) instant
    start     (s * n,) NO_START, FIRST_START (only for a subject without a run) or ANY_START
    entry     (s * n,) stage that the row matches, the last in the file, else NO_MATCH
    entry_at  (s * n,) the same over all rows of that instant
    end       (s * n,) end that happens, the first in the file, else NO_MATCH
    sign      (n,) bit c: the row is a sign of life for silence c     sign_at  the same over all rows of that instant
    after     (c * n,) instant at which clause c runs out, counted from this row
    variant   (n,) variant that holds, NO_MATCH where none
    event     (n,) False for an instant that a date names
    """

    starts: NDArray[np.int64]
    at: NDArray[np.int64]
    start: NDArray[np.int8]
    entry: NDArray[np.int8]
    entry_at: NDArray[np.int8]
    end: NDArray[np.int8]
    sign: NDArray[np.int64]
    sign_at: NDArray[np.int64]
    after: NDArray[np.int64]
    variant: NDArray[np.int8]
    event: NDArray[np.bool_]


class Rules(NamedTuple):
    """What does not depend on rows.

    as_of        time-driven changes happen up to it      lines  1 where stages do not matter to matches, else s
    again        ONCE, AFTER_END or EACH_TRIGGER          wait   microseconds after an end before the next start
    restarts     an open run is closed by a further start
    ignored      (stages,) coming back changes nothing    reopens  (ends,) a later match opens the run again
    clause_end   (c,) the end that the clause brings      clause_stage  (c,) stage of a stay, SILENCE
    since        (c,) scratch: row from which each clause counts, -1 while it does not
    """

    as_of: int
    lines: int
    again: int
    wait: int
    restarts: bool
    ignored: NDArray[np.bool_]
    reopens: NDArray[np.bool_]
    clause_end: NDArray[np.int64]
    clause_stage: NDArray[np.int64]
    since: NDArray[np.int64]


class Written(NamedTuple):
    """What the walk writes: runs, visits, planned starts, withdrawn ends; made says how many of each, in this order.

    run_over  the first row that may start a further run of the subject; the end of its rows while the run is open
    """

    made: NDArray[np.int64]
    run_unit: NDArray[np.int64]
    run_number: NDArray[np.int64]
    run_row: NDArray[np.int64]
    run_start: NDArray[np.int64]
    run_end: NDArray[np.int64]
    run_outcome: NDArray[np.int64]
    run_variant: NDArray[np.int64]
    run_due: NDArray[np.int64]
    run_late: NDArray[np.int64]
    run_clause: NDArray[np.int64]
    run_over: NDArray[np.int64]
    visit_run: NDArray[np.int64]
    visit_stage: NDArray[np.int64]
    visit_row: NDArray[np.int64]
    visit_enter: NDArray[np.int64]
    visit_leave: NDArray[np.int64]
    visit_came: NDArray[np.int64]
    visit_next: NDArray[np.int64]
    planned_unit: NDArray[np.int64]
    planned_at: NDArray[np.int64]
    withdrawn_run: NDArray[np.int64]
    withdrawn_at: NDArray[np.int64]
    withdrawn_until: NDArray[np.int64]


def begin_run(rows: Rows, rules: Rules, written: Written, unit: int, row: int) -> None:
    """Write a new run and its visit before any stage; silences count from here."""
    run, visit = written.made[0], written.made[1]
    number = 0
    if run > 0 and written.run_unit[run - 1] == unit:
        number = written.run_number[run - 1] + 1
    written.run_unit[run], written.run_number[run], written.run_row[run] = unit, number, row
    written.run_start[run], written.run_end[run] = rows.at[row], NEVER
    written.run_outcome[run], written.run_variant[run] = OPEN, rows.variant[row]
    written.run_due[run], written.run_late[run], written.run_clause[run] = NEVER, 0, NO_CLAUSE
    written.run_over[run] = rows.starts[unit + 1]
    written.visit_run[visit], written.visit_stage[visit], written.visit_row[visit] = run, BEFORE_STAGES, row
    written.visit_enter[visit], written.visit_leave[visit] = rows.at[row], NEVER
    written.visit_came[visit], written.visit_next[visit] = FIRST_VISIT, OPEN
    written.made[0], written.made[1] = run + 1, visit + 1
    for clause in range(len(rules.clause_end)):
        rules.since[clause] = row if rules.clause_stage[clause] == SILENCE else -1


def end_run(written: Written, at: int, outcome: int, clause: int, over: int) -> None:
    """Close the latest run and the visit it stands in; a further one may start from row `over` on."""
    run, visit = written.made[0] - 1, written.made[1] - 1
    written.run_end[run], written.run_outcome[run], written.run_clause[run] = at, outcome, clause
    written.run_over[run] = over
    written.visit_leave[visit], written.visit_next[visit] = at, -10 - outcome


def reopen_run(rows: Rows, rules: Rules, written: Written, row: int) -> None:
    """Withdraw the end: the visit goes on, silences and the stay count from here."""
    run, visit, end = written.made[0] - 1, written.made[1] - 1, written.made[3]
    written.withdrawn_run[end], written.withdrawn_at[end] = run, written.run_end[run]
    written.withdrawn_until[end] = rows.at[row]
    written.made[3] = end + 1
    written.run_end[run], written.run_outcome[run], written.run_clause[run] = NEVER, OPEN, NO_CLAUSE
    written.run_over[run] = rows.starts[written.run_unit[run] + 1]
    written.visit_leave[visit], written.visit_next[visit] = NEVER, OPEN
    for clause in range(len(rules.clause_end)):
        stage = rules.clause_stage[clause]
        rules.since[clause] = row if stage == SILENCE or stage == written.visit_stage[visit] else -1


def enter_stage(rows: Rows, rules: Rules, written: Written, row: int, stage: int, reopened: int) -> None:
    """Move the latest run to a stage; of several entries at one instant only the last leaves a visit."""
    visit = written.made[1] - 1
    since = row
    if written.visit_enter[visit] == rows.at[row] and written.visit_came[visit] != FIRST_VISIT:
        visit -= 1
        written.made[1] = visit + 1
        written.visit_leave[visit], written.visit_next[visit] = NEVER, OPEN
    present = written.visit_stage[visit]
    if stage == present or (stage < present and rules.ignored[stage]):
        stage = present
        since = max(written.visit_row[visit], reopened)
    elif written.visit_enter[visit] == rows.at[row] and written.visit_came[visit] == FIRST_VISIT:
        written.visit_stage[visit] = stage
    else:
        written.visit_leave[visit], written.visit_next[visit] = rows.at[row], stage
        visit += 1
        written.visit_run[visit], written.visit_stage[visit] = written.made[0] - 1, stage
        written.visit_row[visit], written.visit_came[visit] = row, present
        written.visit_enter[visit], written.visit_leave[visit] = rows.at[row], NEVER
        written.visit_next[visit] = OPEN
        written.made[1] = visit + 1
    for clause in range(len(rules.clause_end)):
        if rules.clause_stage[clause] != SILENCE:
            rules.since[clause] = since if rules.clause_stage[clause] == stage else -1


def next_due(rows: Rows, rules: Rules) -> int:
    """Return the earliest instant at which a silence or a stay runs out, NEVER where none counts."""
    due, size = NEVER, len(rows.at)
    for clause in range(len(rules.clause_end)):
        since = rules.since[clause]
        if since >= 0 and rows.after[clause * size + since] < due:
            due = rows.after[clause * size + since]
    return due


def ran_out(rows: Rows, rules: Rules, written: Written, row: int) -> int:
    """Return the clause that ran out first before this row, NO_CLAUSE where each saw its event at the very instant."""
    at, size = rows.at[row], len(rows.at)
    stage = written.visit_stage[written.made[1] - 1]
    first, found = NEVER, NO_CLAUSE
    for clause in range(len(rules.clause_end)):
        since = rules.since[clause]
        if since < 0 or rows.after[clause * size + since] > at or rows.after[clause * size + since] >= first:
            continue
        if rows.after[clause * size + since] == at:
            if rules.clause_stage[clause] == SILENCE:
                in_time = (rows.sign_at[row] >> clause) & 1 == 1
            else:
                entered = rows.entry_at[row + ((stage + 1) * size if rules.lines > 1 else 0)]
                in_time = entered > stage or (0 <= entered < stage and not rules.ignored[entered])
            if in_time:
                continue
        first, found = rows.after[clause * size + since], clause
    return found


def first_to_run_out(rows: Rows, rules: Rules) -> int:
    """Return the clause that runs out first, whatever happens."""
    due, size = next_due(rows, rules), len(rows.at)
    for clause in range(len(rules.clause_end)):
        since = rules.since[clause]
        if since >= 0 and rows.after[clause * size + since] == due:
            return clause
    return NO_CLAUSE


def look_ahead(rows: Rows, rules: Rules, written: Written, unit: int, row: int, due: int) -> None:
    """Say what time alone will change after the view's end: the next instant of an open run, or a planned start."""
    run = written.made[0] - 1
    known = run >= 0 and written.run_unit[run] == unit
    is_open = known and written.run_outcome[run] == OPEN
    for ahead in range(row, rows.starts[unit + 1]):
        stage = written.visit_stage[written.made[1] - 1] if is_open else -1
        cell = ahead + ((stage + 1) * len(rows.at) if rules.lines > 1 else 0)
        start, entered = rows.start[cell], rows.entry[cell]
        starts = start != NO_START if not known else start == ANY_START
        if is_open:
            starts = starts and rules.restarts
            moves = entered > stage or (0 <= entered < stage and not rules.ignored[entered])
            if starts or moves or rows.end[cell] != NO_MATCH:
                due = min(due, rows.at[ahead])
        elif known and (rules.again == ONCE or rows.at[ahead] < written.run_end[run] + rules.wait):
            starts = False
        if starts:
            planned = written.made[2]
            written.planned_unit[planned], written.planned_at[planned] = unit, rows.at[ahead]
            written.made[2] = planned + 1
            break
    if is_open:
        written.run_due[run] = due


def may_start(rows: Rows, rules: Rules, written: Written, row: int, known: bool, is_open: bool) -> bool:
    """Say whether a row that matches the start begins a run, given the latest one of its subject."""
    if not known:
        return True
    if is_open:
        return rules.restarts
    waited: bool = rows.at[row] >= written.run_end[written.made[0] - 1] + rules.wait
    return waited


def walk(rows: Rows, rules: Rules, written: Written) -> None:
    """Fold every unit of the rows. Raises nothing; the outputs must be long enough (see fold.room_for)."""
    at, as_of, single, size = rows.at, rules.as_of, rules.lines == 1, len(rows.at)
    for unit in range(len(rows.starts) - 1):
        known = is_open = False  # whether the subject has a run, and whether that is open
        due, reopened, best, best_at = NEVER, -1, NO_MATCH, ALWAYS
        row = rows.starts[unit] - 1
        while row + 1 < rows.starts[unit + 1] and at[row + 1] <= as_of:
            row += 1
            now = at[row]
            if is_open and due <= now:
                clause = ran_out(rows, rules, written, row)
                if clause != NO_CLAUSE:
                    ran = rows.after[clause * size + rules.since[clause]]
                    end_run(written, ran, rules.clause_end[clause], clause, row)
                    is_open = False
            cell = row if single or not is_open else row + (written.visit_stage[written.made[1] - 1] + 1) * size
            start, acted = rows.start[cell], False
            may_begin = start != NO_START and (not known or (rules.again != ONCE and start == ANY_START))
            if may_begin and may_start(rows, rules, written, row, known, is_open):
                if is_open:
                    end_run(written, now, RESTARTED, NO_CLAUSE, row)
                begin_run(rows, rules, written, unit, row)
                known, is_open, acted, reopened, best_at = True, True, True, -1, ALWAYS
            if not known:
                continue
            cell = row if single else row + (written.visit_stage[written.made[1] - 1] + 1) * size
            entered = rows.entry[cell]
            if not is_open:
                run = written.made[0] - 1
                outcome, clause = written.run_outcome[run], written.run_clause[run]
                of_silence = clause != NO_CLAUSE and (rows.sign[row] >> clause) & 1 == 1
                matched = entered != NO_MATCH or of_silence
                if not (matched and outcome >= 0 and rules.reopens[outcome]):
                    if rows.event[row] and (matched or start != NO_START or rows.end[cell] != NO_MATCH):
                        written.run_late[run] += 1
                    continue
                reopen_run(rows, rules, written, row)
                is_open, reopened, acted = True, row, True
            if rows.sign[row] != 0:
                acted = True
                for clause in range(len(rules.clause_end)):
                    if (rows.sign[row] >> clause) & 1 == 1:
                        rules.since[clause] = row
            if entered != NO_MATCH and (now != best_at or entered > best):
                best, best_at, acted = entered, now, True
                enter_stage(rows, rules, written, row, entered, reopened)
                cell = row if single else row + (written.visit_stage[written.made[1] - 1] + 1) * size
            if rows.end[cell] != NO_MATCH:
                end_run(written, now, rows.end[cell], NO_CLAUSE, row + 1)
                is_open = False
            elif acted:
                due = next_due(rows, rules)
        if is_open and due <= as_of:
            clause = first_to_run_out(rows, rules)
            end_run(written, due, rules.clause_end[clause], clause, row + 1)
            is_open = False
        if is_open or row + 1 < rows.starts[unit + 1]:
            look_ahead(rows, rules, written, unit, row + 1, due if is_open else NEVER)


WALK = Loop(
    walk,
    begin_run,
    end_run,
    reopen_run,
    enter_stage,
    next_due,
    ran_out,
    first_to_run_out,
    look_ahead,
    may_start,
)
