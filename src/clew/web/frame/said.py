"""What a page may say after a form was sent: `asked.go("/sources?said=source-made")`. A link can say nothing else."""

from __future__ import annotations

from collections.abc import Mapping

SAID: Mapping[str, str] = {
    "password-set": "The password is set. You are signed out everywhere else.",
    "source-made": "The source is there. Make a key for the tool that will send events.",
    "source-saved": "The file is saved; it holds for what arrives from now on.",
    "key-ended": "The key has ended; what is sent with it is refused.",
    "replayed": "The events are taken in again; see what became of them below.",
    "discarded": "The events are discarded. They are kept, and do not wait any more.",
    "journey-saved": "The file is saved.",
    "journey-made": "The journey is there. Fill its stages in, check it, publish it.",
    "journey-published": "Published: it is in force from now on.",
    "journey-withdrawn": "Taken back: runs are as if it had never been published.",
    "journey-removed": "The file is gone. Its text is kept under New journey, its published versions stay.",
    "draft-dropped": "What was kept beside the file is gone.",
    "settings-saved": "Saved; it holds from now on.",
    "promise-made": "The promise is written down; it waits until somebody says that it is kept.",
    "promise-kept": "The promise is kept.",
    "promise-released": "The promise is released; the reason stands in the log.",
    "answer-noted": "The answer is on file; whoever asks about it is shown it first.",
    "question-noted": "Noted that you ask. Note the answer when it comes.",
    "touch-logged": "The touch is on the timeline.",
    "role-given": "The role is noted.",
    "owner-named": "The owner is noted.",
    "handoff-sent": "The handoff is sent; the other team accepts it or returns it.",
    "handoff-accepted": "Accepted: the open promises are yours to keep now.",
    "handoff-returned": "Returned; the team that sent it sees your reason.",
    "act-waits": "Recorded; it will show when a worker has taken it in.",
    "act-refused": "It was recorded, but cannot be used; an admin finds it among the rejected events.",
    "accounts-merged": "They are one account now. Below you can take it back.",
    "accounts-parted": "They are accounts of their own now. Below you can take it back.",
    "accounts-apart": "They stay apart, and are not suggested again.",
    "accounts-asked-again": "They may be suggested again.",
    "user-changed": "Changed.",
    "user-off": "This person may not sign in any more, and is signed out everywhere.",
    "user-on": "This person may sign in again.",
}
