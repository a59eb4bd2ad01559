"""The tables of the operational data, declared once for SQLite and PostgreSQL.

Instants are int64 microseconds UTC (`clew.clock`), as everywhere inside Clew. Bodies are bytes. `INBOX` holds what is
appended before an answer is given; `MAIN` the rest. On PostgreSQL both stand in one database.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    DDL,
    JSON,
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    event,
    false,
)
from sqlalchemy.dialects.postgresql import JSONB

from clew.db.folding import folding

INBOX = MetaData()
MAIN = MetaData()

Json = JSON().with_variant(JSONB(), "postgresql")
Folded = Text().with_variant(Text(collation="C"), "postgresql")  # as SQLite: in the order of its signs, by an index
Serial = BigInteger().with_variant(Integer(), "sqlite")  # an INTEGER PRIMARY KEY counts up by itself on SQLite
Instant = BigInteger

# -- what arrives ---------------------------------------------------------------------------------------------------

inbox = Table(
    "inbox",
    INBOX,
    Column("id", Serial, primary_key=True),  # rises in the order of commits: appended under one lock
    Column("source", Text, nullable=False),  # name of the source whose key was used
    Column("wire", Text, nullable=False),  # segment | rudderstack | posthog | cloudevents | clew
    Column("kind", Text, nullable=False),  # what the path says of the body: batch, track, ..., structured, binary, ...
    Column("received_at", Instant, nullable=False),
    Column("quiet", Boolean, nullable=False),  # backfill: state and history, no consequences
    Column("headers", Json),  # only what the wire needs: ce-* of a binary CloudEvent
    Column("body", LargeBinary, nullable=False),  # as sent, inflated
    sqlite_autoincrement=True,
)
# Not compressed: that would cost several times what the append itself does, for rows that live for seconds.
_UNCOMPRESSED: Any = DDL("ALTER TABLE inbox ALTER COLUMN body SET STORAGE EXTERNAL")  # type: ignore[no-untyped-call]
event.listen(inbox, "after_create", _UNCOMPRESSED.execute_if(dialect="postgresql"))

cursor = Table(
    "cursor",  # how far a reader has come
    MAIN,
    Column("name", Text, primary_key=True),  # inbox: id consumed; tail: next position to give
    Column("position", BigInteger, nullable=False),
)

tail_block = Table(
    "tail_block",  # accepted rows, in the order in which they were learnt; the log from the archive's position on
    MAIN,
    Column("position", BigInteger, primary_key=True, autoincrement=False),  # of its first row; rows follow
    Column("rows", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("learnt_at", Instant, nullable=False),
    Column("quiet", Boolean, nullable=False),
    Column("body", LargeBinary, nullable=False),  # a staged block (clew.ingest.staged)
    Index("tail_block_source", "source", "position"),
)

held = Table(
    "held",  # events that lie in the future: taken in when their time has come
    MAIN,
    Column("id", Serial, primary_key=True),
    Column("source", Text, nullable=False),
    Column("at", Instant, nullable=False, index=True),
    Column("received_at", Instant, nullable=False),
    Column("wire", Text, nullable=False),
    Column("quiet", Boolean, nullable=False),
    Column("event", LargeBinary, nullable=False),  # as sent (clew.ingest.wires.model.Arrival.raw)
    Column("headers", Json),  # how often its body was tried
    sqlite_autoincrement=True,
)

rejected = Table(
    "rejected",  # events that could not be used, each with why; mended and replayed, or discarded
    MAIN,
    Column("id", Serial, primary_key=True),
    Column("source", Text, nullable=False, index=True),
    Column("wire", Text, nullable=False),
    Column("kind", Text, nullable=False, default="event"),  # as of the inbox; event: one of a body
    Column("received_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),  # from a closed list: clew.ingest.wires.model.Why
    Column("place", Text, nullable=False),  # field at fault, as properties.amount; "" where the whole event is
    Column("detail", Text, nullable=False),  # a sentence
    Column("event", LargeBinary, nullable=False),  # as sent: one JSON object, or the bytes that are none
    Column("headers", Json),
    Column("quiet", Boolean, nullable=False),
    Column("state", Text, nullable=False),  # waiting | replayed | discarded
    Column("settled_at", Instant),
    Index("rejected_state", "state", "id"),
    sqlite_autoincrement=True,
)

arrived = Table(
    "arrived",  # counts by source and minute: what came and what became of it
    MAIN,
    Column("source", Text, primary_key=True),
    Column("minute", Instant, primary_key=True),
    Column("received", BigInteger, nullable=False),
    Column("accepted", BigInteger, nullable=False),
    Column("duplicate", BigInteger, nullable=False),
    Column("rejected", BigInteger, nullable=False),
    Column("held", BigInteger, nullable=False),
    Column("late", BigInteger, nullable=False),  # of the accepted: occurred long before they were sent
    Column("about", BigInteger, nullable=False),  # of the received: told of an account, a person or a link only
)

upload = Table(
    "upload",  # an export sent to a source: kept, then loaded
    MAIN,
    Column("id", Serial, primary_key=True),
    Column("source", Text, nullable=False),
    Column("file", Text, nullable=False),  # in the workspace
    Column("received_at", Instant, nullable=False),
    Column("state", Text, nullable=False),  # waiting | loaded | failed
    Column("report", Json),
    sqlite_autoincrement=True,
)

# -- who works ------------------------------------------------------------------------------------------------------

lease = Table(
    "lease",  # who does what, until when; `fence` rises with every holder, and every write names it
    MAIN,
    Column("name", Text, primary_key=True),  # intake | archive | fold:<shard> | schedule
    Column("owner", Text, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("until", Instant, nullable=False),
)

worker = Table(
    "worker",  # processes that run, or did
    MAIN,
    Column("id", Text, primary_key=True),
    Column("role", Text, nullable=False),  # serve | web | worker | load
    Column("host", Text, nullable=False),
    Column("process", Integer, nullable=False),
    Column("version", Text, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("stopped_at", Instant),
    Column("doing", Json, nullable=False),  # rates, lags, leases held: what the page of workers shows
)

due = Table(
    "due",  # what happens by itself at an instant; claimed in batches, leased and fenced
    MAIN,
    Column("kind", Text, primary_key=True),  # thread: fold it | context: derive it | schedule: a duty of the firm
    Column("key", Text, primary_key=True),
    Column("shard", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("error", Text),
    Column("leased_until", Instant),
    Column("fence", BigInteger),
    Index("due_at", "kind", "shard", "at"),
)

# -- live state -----------------------------------------------------------------------------------------------------

shard = Table(
    "shard",  # how far the threads of a shard are folded
    MAIN,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("position", BigInteger, nullable=False),  # every row below it is in the live state
    Column("loads", BigInteger, nullable=False),  # of exports that the state has seen; another number: compare anew
    Column("definition", Text, nullable=False),  # fingerprint of journeys and firm that the state was folded by
    Column("as_of", Instant, nullable=False, server_default="0"),  # latest instant it was folded up to: never goes back
)

run = Table(
    "run",
    MAIN,
    Column("journey", Text, primary_key=True),
    Column("thread", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("version", Text, nullable=False),
    Column("shard", Integer, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),  # NULL while open
    Column("outcome", Text),  # name of the end; "restarted"; NULL while open
    Column("stage", Text),  # where it stands, or stood at its end; NULL before any stage
    Column("entered_at", Instant, nullable=False),  # of the visit it stands in
    Column("limit_at", Instant),  # the owner's limit of that visit, NULL without
    Column("due_at", Instant),  # next instant at which the state changes by itself
    Column("variant", Text),
    Column("value", BigInteger),  # millionths
    Column("late", Integer, nullable=False),
    Column("digest", BigInteger, nullable=False, server_default="0"),  # of the row and its path: tells what changed
    Column("path", LargeBinary),  # its steps as JSON, [[at, came, went, outcome], ...]; transitions are their changes
    Index("run_thread", "thread", "journey", "subject", "number"),
    Index("run_shard", "shard"),
)
# What pages ask again and again, answered from indexes alone: which runs stand where, which ended lately.
_STANDS = ("journey", "stage", "thread", "limit_at", "entered_at", "subject", "number", "ended_at")
_OPEN, _ENDED = run.c.ended_at.is_(None), run.c.ended_at.is_not(None)
Index("run_open", *(run.c[name] for name in _STANDS), sqlite_where=_OPEN, postgresql_where=_OPEN)
_ENDS = ("ended_at", "journey", "outcome", "thread")
Index("run_ended", *(run.c[name] for name in _ENDS), sqlite_where=_ENDED, postgresql_where=_ENDED)

transition = Table(
    "transition",  # a change of a run, as it was learnt; what is corrected later gets a row of its own
    MAIN,
    Column("id", Serial, primary_key=True),
    Column("journey", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("thread", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("came", Text),  # stage before; NULL where the run began
    Column("went", Text),  # stage after, NULL where it ended before any
    Column("outcome", Text),  # set where the run ended
    Column("at", Instant, nullable=False),  # when it occurred
    Column("learnt_at", Instant, nullable=False),
    Column("cause", Text, nullable=False),  # event | time | late | version | load
    Column("quiet", Boolean, nullable=False),  # nothing may follow from it: backfill, load, publication
    Column("withdrawn", Boolean, nullable=False, server_default=false()),  # this step was taken for true and is not
    Index("transition_thread", "thread", "at"),
    sqlite_autoincrement=True,
)
# News among the millions of quiet ones that a load brings: of all journeys, of one.
_NEWS = transition.c.quiet.is_(False)
Index("transition_news", transition.c.id, sqlite_where=_NEWS, postgresql_where=_NEWS)
Index("transition_news_of", transition.c.journey, transition.c.id, sqlite_where=_NEWS, postgresql_where=_NEWS)

parked = Table(
    "parked",  # accepted rows that made the fold of their thread fail: left out of the live state until mended
    MAIN,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("hi", BigInteger, nullable=False),  # both halves of its row key, as signed numbers
    Column("lo", BigInteger, nullable=False),
    Column("source", Text, nullable=False),
    Column("thread", Text, nullable=False, index=True),
    Column("journey", Text, nullable=False),  # whose fold failed
    Column("error", Text, nullable=False),
    Column("parked_at", Instant, nullable=False),
    Column("rejected_id", BigInteger),  # its row in `rejected`
)

signal = Table(
    "signal",  # dated observations with evidence: what detectors noticed, thresholds of the diagnosis that were crossed
    MAIN,
    Column("id", Serial, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),  # thread of the account, else what it is about: a threshold, a journey
    Column("at", Instant, nullable=False),
    Column("says", Text, nullable=False),
    Column("evidence", Json, nullable=False),
    Column("noticed_at", Instant, nullable=False, server_default="0"),  # when we learnt it
    Column("gone_at", Instant),  # it does not hold any more: withdrawn, or over
    UniqueConstraint("kind", "subject", "at"),
    Index("signal_subject", "subject", "at"),
    Index("signal_noticed", "noticed_at"),
    sqlite_autoincrement=True,
)

worked_out = Table(
    "worked_out",  # what is worked out on the schedule, so that a page shows it at once: the diagnosis
    MAIN,
    Column("name", Text, primary_key=True),
    Column("made_at", Instant, nullable=False),
    Column("as_of", Instant, nullable=False),  # of the log it rests on
    Column("body", Json, nullable=False),
)

# -- one customer, one context: derived from the log, thread by thread (clew.context) ----------------------------------

act = Table(
    "act",  # what people did on pages or through the API: an event of Clew's own source, until the intake took it in
    MAIN,
    Column("id", Serial, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("by", Text, nullable=False),  # clew.access.model.Actor.id
    Column("account", Text, nullable=False, index=True),  # thread that it was done on
    Column("body", LargeBinary, nullable=False),  # one event in Clew's own form, with its id; empty once taken in
    Column("identity", Boolean, nullable=False, server_default=false()),  # it says who is one account: any may change
    Column("taken_at", Instant),  # the intake took it in; removed some time later
    Column("position", BigInteger),  # of its row in the log, NULL where it was refused
    sqlite_autoincrement=True,
)
_WAITS = act.c.taken_at.is_(None)
Index("act_waiting", act.c.id, sqlite_where=_WAITS, postgresql_where=_WAITS)

act_once = Table(
    "act_once",  # what is done once, a request sent again or a handoff that two accept: who writes the row first
    MAIN,
    Column("key", Text, primary_key=True),  # digest of what happens once
    Column("act", BigInteger, nullable=False),  # the act that did it
    Column("digest", Text, nullable=False),  # of all that was asked for: the same key with something else is a mistake
    Column("by", Text, nullable=False),  # name of who did it, else clew.access.model.Actor.id
    Column("at", Instant, nullable=False, index=True),  # removed some weeks later
)

account = Table(
    "account",  # one row a thread that is an account: what lists sort and filter by, and its whole context
    MAIN,
    Column("thread", Text, primary_key=True),
    Column("shard", Integer, nullable=False, index=True),
    Column("name", Text, nullable=False),  # what to call it: its name, else its id
    Column("segment", Text),
    Column("industry", Text),
    Column("owner", Text),  # user who owns it, as the source spells it
    Column("team", Text),  # that owns it
    Column("teams", Json, nullable=False),  # that work with it: its own, of stages its runs are in, of open handoffs
    Column("revenue", BigInteger),  # millionths a year
    Column("renewal_at", Instant),
    Column("parent", Text),  # thread
    Column("customer_since", Instant),
    Column("lost_at", Instant),
    Column("first_at", Instant),
    Column("last_at", Instant),  # of its latest event
    Column("heard_at", Instant),  # of its latest sign of life
    Column("touches", BigInteger, nullable=False),
    Column("as_of", Instant, nullable=False),  # up to which instant it was derived
    Column("context", LargeBinary, nullable=False),  # clew.context.model.Context as clew.live.contexts.stored packs it
    Column("folded", Folded, nullable=False, default=folding("name")),  # its name as it is searched
    Index("account_name", "name"),
    Index("account_folded", "folded", "name"),
    Index("account_renewal", "renewal_at"),
    Index("account_parent", "parent"),
    Index("account_as_of", "as_of"),
)
# Whose accounts are whose, without reading all that is derived of each; PostgreSQL takes no long lists into an index.
Index("account_reach", account.c.teams, account.c.owner, account.c.thread).ddl_if(dialect="sqlite")

account_id = Table(
    "account_id",  # every id by which a source knows an account: "desk:4711", and bare "4711" for look-up
    MAIN,
    Column("entity", Text, primary_key=True),
    Column("thread", Text, nullable=False, index=True),
    Column("bare", Folded, nullable=False, index=True),  # casefolded, without its kind
)

membership = Table(
    "membership",  # a contact at an account, in a role, from when to when
    MAIN,
    Column("thread", Text, primary_key=True),
    Column("contact", BigInteger, primary_key=True, autoincrement=False),  # number in the person store
    Column("role", Text, primary_key=True),  # clew.context.roles; "" where nobody said
    Column("since", Instant, primary_key=True),  # clock.ALWAYS where the source gives no date
    Column("until", Instant),
    Column("last_at", Instant),  # latest touch with the person
    Column("touches", BigInteger, nullable=False),
    Index("membership_contact", "contact"),
)

answer = Table(
    "answer",  # answers on file: what the customer told us already
    MAIN,
    Column("thread", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("topic", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("until", Instant, nullable=False),  # it counts as known so long
    Column("says", Text),
    Column("contact", BigInteger),  # who told it
    Column("team", Text),  # to whom
    Column("user", Text),
    Column("folded", Folded, nullable=False, default=folding("topic", "says")),  # as it is searched
    Index("answer_topic", "thread", "topic", "at"),
)

promise = Table(
    "promise",
    MAIN,
    Column("thread", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("topic", Text),
    Column("says", Text),
    Column("made_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("kept_at", Instant),
    Column("kept_by", Text),  # event that kept it
    Column("released_at", Instant),  # the customer released us from it
    Column("team", Text),  # that made it
    Column("user", Text),
    Column("owner", Text),  # team that must keep it by now: of the latest accepted handoff that carried it over
    Column("contact", BigInteger),  # to whom
    Column("folded", Folded, nullable=False, default=folding("topic", "says")),  # as it is searched
    Index("promise_due", "due_at"),
)
# The latest texts are looked through first. SQLite reads them in the index; PostgreSQL takes no long ones into any.
for _told, _at in ((answer, answer.c.at), (promise, promise.c.made_at)):
    _LATEST = (_at.desc(), _told.c.thread, _told.c.id)
    Index(f"{_told.name}_latest", *_LATEST, _told.c.folded).ddl_if(dialect="sqlite")
    Index(f"{_told.name}_latest_first", *_LATEST).ddl_if(dialect="postgresql")

handoff = Table(
    "handoff",  # one team passes a run to another: packet and receipt
    MAIN,
    Column("thread", Text, primary_key=True),
    Column("id", Text, primary_key=True),  # of clew.context.model.Handoff
    Column("journey", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("source", Text, nullable=False),  # team
    Column("target", Text, nullable=False),  # team
    Column("sent_at", Instant, nullable=False),
    Column("sent_by", Text),
    Column("due_at", Instant),  # receipt, in working hours of the receiving team
    Column("state", Text, nullable=False),  # sent | returned | accepted
    Column("settled_at", Instant),
    Column("settled_by", Text),
    Column("reason", Text),  # why it was returned
    Column("packet", Json, nullable=False),  # part -> text; declared parts that are missing have none
    Column("promises", Json, nullable=False),  # ids of promises open when it was sent
    Column("history", Json, nullable=False),  # [[at, state, by, reason], ...]
    Column("lapsed_at", Instant),  # its run ended before it was accepted: nobody waits for the receipt any more
    Index("handoff_waiting", "target", "state", "due_at"),
    Index("handoff_id", "id"),
)

duplicate = Table(
    "duplicate",  # two accounts that are probably one, with reasons; decided by a person
    MAIN,
    Column("left", Text, primary_key=True),  # thread, the smaller one
    Column("right", Text, primary_key=True),
    Column("chance", BigInteger, nullable=False),  # millionths
    Column("reasons", Json, nullable=False),
    Column("found_at", Instant, nullable=False),
    Column("decision", Text),  # same | different; NULL while open
    Column("decided_by", Text),
    Column("decided_at", Instant),
)

# -- who may --------------------------------------------------------------------------------------------------------

user = Table(
    "app_user",  # "user" is a reserved word
    MAIN,
    Column("id", Serial, primary_key=True),
    Column("email", Text, nullable=False, unique=True),  # casefolded
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),  # clew.access.model.Role
    Column("password", Text),  # argon2id; NULL: signs in by OpenID only
    Column("subject", Text, unique=True),  # "issuer subject" of OpenID Connect
    Column("made_at", Instant, nullable=False),
    Column("off_at", Instant),  # may no longer sign in from then on
    sqlite_autoincrement=True,
)

user_team = Table(
    "app_user_team",
    MAIN,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("team", Text, primary_key=True),  # of clew.yaml
)

account_user = Table(
    "account_user",  # the account team: who works with an account
    MAIN,
    Column("account", Text, primary_key=True),  # thread
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("since", Instant, nullable=False),
)

session = Table(
    "session",
    MAIN,
    Column("digest", Text, primary_key=True),  # of the cookie's token
    Column("user_id", BigInteger, nullable=False, index=True),
    Column("csrf", Text, nullable=False),
    Column("way", Text, nullable=False),  # in: password | link | openid
    Column("made_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("until", Instant, nullable=False),
)

sign_in_link = Table(
    "sign_in_link",  # lets somebody sign in once without a password: the first admin, or who forgot theirs
    MAIN,
    Column("digest", Text, primary_key=True),
    Column("user_id", BigInteger, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("until", Instant, nullable=False),
)

openid_start = Table(
    "openid_start",  # a sign-in by OpenID Connect that was begun; taken out by the one callback that ends it
    MAIN,
    Column("digest", Text, primary_key=True),  # of the state
    Column("browser", Text, nullable=False),  # digest of the cookie of the browser that began it
    Column("nonce", Text, nullable=False),
    Column("verifier", Text, nullable=False),  # of PKCE
    Column("back", Text, nullable=False),  # page to go to afterwards
    Column("until", Instant, nullable=False),
)

attempt = Table(
    "attempt",  # limits of rate that all processes share: sign-in
    MAIN,
    Column("id", Serial, primary_key=True),
    Column("bucket", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Index("attempt_bucket", "bucket", "at"),
    sqlite_autoincrement=True,
)

api_key = Table(
    "api_key",
    MAIN,
    Column("id", Serial, primary_key=True),
    Column("name", Text, nullable=False),
    Column("digest", Text, nullable=False, unique=True),  # SHA-256
    Column("shown", Text, nullable=False),  # its beginning, to tell keys apart
    Column("scopes", Json, nullable=False),  # permissions
    Column("user_id", BigInteger, nullable=False),  # acts with no more rights than this user has
    Column("made_at", Instant, nullable=False),
    Column("used_at", Instant),
    Column("off_at", Instant),
    sqlite_autoincrement=True,
)

write_key = Table(
    "write_key",  # with which a tool sends events to a source
    MAIN,
    Column("id", Serial, primary_key=True),
    Column("source", Text, nullable=False, index=True),
    Column("digest", Text, nullable=False, unique=True),
    Column("shown", Text, nullable=False),
    Column("scopes", Json, nullable=False),  # events | backfill | upload
    Column("made_at", Instant, nullable=False),
    Column("used_at", Instant),
    Column("off_at", Instant),  # a key that is being rotated may end in the future
    sqlite_autoincrement=True,
)

audit = Table(
    "audit",  # append-only; each row's digest covers the one before
    MAIN,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # without gaps
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),  # user:3, key:5, command:name of the system user
    Column("action", Text, nullable=False),  # read | export | erase | sign-in | change ... of what
    Column("object", Text, nullable=False),
    Column("detail", Json, nullable=False),  # never a person's data
    Column("digest", Text, nullable=False),  # keyed
)

backup = Table(
    "backup",  # which backups were made: an erasure says which of them still hold a person
    MAIN,
    Column("id", Serial, primary_key=True),
    Column("place", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)
