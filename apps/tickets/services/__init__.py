"""The verbs. Each is one transaction, does one thing and records one event."""

from apps.tickets.services.moving import (
    assign,
    change_status,
    check_assignee,
    mark_seen,
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
from apps.tickets.services.tags import create_tag, rename_tag, retire_tag, use_tag_again
from apps.tickets.services.taking_back import take_back
from apps.tickets.services.writing import add_message, add_note, reply

__all__ = [
    "add_message",
    "add_note",
    "assign",
    "change_status",
    "check_assignee",
    "create_tag",
    "mark_seen",
    "move_to_team",
    "open_ticket",
    "reach_out",
    "rename_tag",
    "reply",
    "retire_tag",
    "set_next_due",
    "set_priority",
    "set_subject",
    "snooze",
    "tag",
    "take_back",
    "untag",
    "use_tag_again",
    "wake",
]
