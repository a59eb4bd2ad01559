"""What a page may say after a form was sent: `asked.go("/sources?said=source-made")`. A link can say nothing else."""

from __future__ import annotations

from collections.abc import Mapping

from clew.texts import N_

SAID: Mapping[str, str] = {
    "password-set": N_("The password is set. You are signed out everywhere else."),
    "source-made": N_("The source is there. Make a key for the tool that will send events."),
    "source-saved": N_("The file is saved; it holds for what arrives from now on."),
    "key-ended": N_("The key has ended; what is sent with it is refused."),
    "replayed": N_("The events are taken in again; see what became of them below."),
    "discarded": N_("The events are discarded. They are kept, and do not wait any more."),
    "journey-saved": N_("The file is saved."),
    "journey-made": N_("The journey is there. Fill its stages in, check it, publish it."),
    "journey-published": N_("Published: it is in force from now on."),
    "journey-withdrawn": N_("Taken back: runs are as if it had never been published."),
    "journey-removed": N_("The file is gone. Its text is kept under New journey, its published versions stay."),
    "draft-dropped": N_("What was kept beside the file is gone."),
    "settings-saved": N_("Saved; it holds from now on."),
    "promise-made": N_("The promise is written down; it waits until somebody says that it is kept."),
    "promise-kept": N_("The promise is kept."),
    "promise-released": N_("The promise is released; the reason stands in the log."),
    "answer-noted": N_("The answer is on file; whoever asks about it is shown it first."),
    "question-noted": N_("Noted that you ask. Note the answer when it comes."),
    "touch-logged": N_("The touch is on the timeline."),
    "role-given": N_("The role is noted."),
    "owner-named": N_("The owner is noted."),
    "handoff-sent": N_("The handoff is sent; the other team accepts it or returns it."),
    "handoff-accepted": N_("Accepted: the open promises are yours to keep now."),
    "handoff-returned": N_("Returned; the team that sent it sees your reason."),
    "act-waits": N_("Recorded; it will show when a worker has taken it in."),
    "act-refused": N_("It was recorded, but cannot be used; an admin finds it among the rejected events."),
    "accounts-merged": N_("They are one account now. Below you can take it back."),
    "accounts-parted": N_("They are accounts of their own now. Below you can take it back."),
    "accounts-apart": N_("They stay apart, and are not suggested again."),
    "accounts-asked-again": N_("They may be suggested again."),
    "user-changed": N_("Changed."),
    "user-off": N_("This person may not sign in any more, and is signed out everywhere."),
    "user-on": N_("This person may sign in again."),
}
