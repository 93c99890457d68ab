"""What can go wrong with a ticket."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.core.errors import Conflict


class MoveNotAllowed(Conflict):
    """No move leads from this status to that one."""

    def __init__(self, old: str, new: str) -> None:
        super().__init__("move_not_allowed", _("A ticket cannot go from this status to that one."), old=old, new=new)


class TicketClosed(Conflict):
    """Nothing is added to a closed ticket: reopen it first."""

    def __init__(self, ticket_id: int) -> None:
        super().__init__("ticket_closed", _("This ticket is closed. Reopen it first."), ticket=ticket_id)


class TicketMerged(Conflict):
    """Nothing is said on a merged ticket: `kept` is the public id of the one that goes on."""

    def __init__(self, kept: str, reference: str) -> None:
        super().__init__(
            "ticket_merged",
            _("This ticket was merged into %(reference)s: go on there.") % {"reference": reference},
            kept=kept,
        )


class AnsweredMeanwhile(Conflict):
    """Somebody wrote after the writer last looked (R-19); `newer` holds the message ids, oldest first."""

    def __init__(self, newer: list[int], by: Any) -> None:
        super().__init__(
            "answered_meanwhile",
            _("%(name)s wrote meanwhile. Your answer was not sent.") % {"name": by or _("Somebody")},
            newer=newer,
        )
