"""The verbs. Each is one transaction, does one thing and records one event."""

from apps.tickets.services.changing import amend, note_said_elsewhere, react
from apps.tickets.services.linking import link, unlink
from apps.tickets.services.merging import (
    add_moved,
    bring_over,
    has_own_words,
    kept_of,
    leave_merge,
    merge,
    undo_merge,
    where_my_words_are,
)
from apps.tickets.services.moving import (
    assign,
    change_status,
    check_assignee,
    mark_seen,
    move_to_office,
    move_to_team,
    set_next_due,
    set_priority,
    set_subject,
    snooze,
    tag,
    untag,
    wake,
)
from apps.tickets.services.opening import open_ticket
from apps.tickets.services.reaching_out import reach_out
from apps.tickets.services.restoring import facts_of, restore
from apps.tickets.services.splitting import split
from apps.tickets.services.tags import create_tag, rename_tag, retire_tag, use_tag_again
from apps.tickets.services.taking_back import take_back
from apps.tickets.services.writing import add_message, add_note, reply

__all__ = [
    "add_message",
    "add_moved",
    "add_note",
    "amend",
    "assign",
    "bring_over",
    "change_status",
    "check_assignee",
    "create_tag",
    "facts_of",
    "has_own_words",
    "kept_of",
    "leave_merge",
    "link",
    "mark_seen",
    "merge",
    "move_to_office",
    "move_to_team",
    "note_said_elsewhere",
    "open_ticket",
    "reach_out",
    "react",
    "rename_tag",
    "reply",
    "restore",
    "retire_tag",
    "set_next_due",
    "set_priority",
    "set_subject",
    "snooze",
    "split",
    "tag",
    "take_back",
    "undo_merge",
    "unlink",
    "untag",
    "use_tag_again",
    "wake",
    "where_my_words_are",
]
