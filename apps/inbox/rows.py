"""What a row of the list says: worked out once for each ticket, so that the template only has to place it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.templatetags import ui
from apps.tickets.models import Ticket
from apps.tickets.states import Direction, Priority, Status

WORTH_SAYING = (Status.NEW, Status.WAITING, Status.ON_HOLD, Status.CLOSED)  # "open" is what a row is anyway
TAGS_SHOWN = 2
SUBJECT_SPOKEN = 80  # characters


@dataclass(frozen=True, slots=True)
class Row:
    """Texts as people read them, markup of the components; `css` follows the class of the row."""

    number: str
    public_id: str
    url: str
    css: str
    is_open: bool  # beside the list, in the conversation
    name: str
    select: str
    spoken: str
    via: SafeString
    moment: SafeString | str
    subject: str
    arrow: SafeString | str
    text: str
    marks: SafeString
    tags: tuple[str, ...]
    more_tags: int
    team: str
    owner: str  # of whoever else has it
    owner_has_it: str
    avatar: SafeString | str


def rows_of(tickets: Iterable[Ticket], *, user: User, url: str, open_id: int | None = None) -> list[Row]:
    """Of tickets read with `for_list`: no query. `url` is the view's; `open_id` the ticket shown beside the list."""
    select, unread, has_it = _("Select %(name)s"), _("unread"), _("%(name)s has it")
    arrow = ui.icon("reply")
    return [_row(ticket, user, url, open_id, select, unread, has_it, arrow) for ticket in tickets]


def _row(
    ticket: Any, user: User, url: str, open_id: int | None, select: str, unread: str, has_it: str, arrow: SafeString
) -> Row:
    name, owner = ticket.requester_name or _("Somebody"), ticket.assignee_name or ""
    is_unread, is_open, is_ours = ticket.is_unread, ticket.pk == open_id, ticket.assignee_id == user.pk
    words = [str(ui.channel_word(ticket.via)), *([unread] if is_unread else []), _short(ticket.subject)]
    tags = ticket.listed_tags
    return Row(
        number=str(ticket.pk),
        public_id=ticket.public_id,
        url=f"{url}{ticket.public_id}/",
        css=(" unread" if is_unread else "") + (" open" if is_open else ""),
        is_open=is_open,
        name=name,
        select=select % {"name": name},
        spoken=", ".join(["", *words]),
        via=ui.channel_icon(ticket.via),
        moment=_moment(ticket),
        subject=ticket.subject,
        arrow=arrow if ticket.last_direction == Direction.OUT else "",
        text=ticket.last_text,
        marks=_marks(ticket.priority, ticket.status),
        tags=tuple(str(tag) for tag in tags[:TAGS_SHOWN]),
        more_tags=max(0, len(tags) - TAGS_SHOWN),
        team=ticket.team_name or "",
        owner="" if is_ours else owner,
        owner_has_it=has_it % {"name": owner} if owner and not is_ours else "",
        avatar=ui.avatar(owner, "tiny") if owner and not is_ours else "",
    )


def _moment(ticket: Ticket) -> SafeString | str:
    """Until when it sleeps, else how its promise stands, else how long ago somebody wrote."""
    if ticket.snoozed_until and ticket.is_snoozed:
        return format_html('<span class="chip calm">{}{}</span>', ui.icon("alarm-clock"), ui.at(ticket.snoozed_until))
    if ticket.next_due_at:
        return ui.due_chip(ticket.next_due_at, ticket.next_due_warn_at)
    return format_html('<span class="meta">{}</span>', ui.ago(ticket.last_message_at))


def _marks(priority: int, status: str) -> SafeString:
    shown = ui.status_mark(status) if status in WORTH_SAYING else ""
    return SafeString(ui.priority_mark(priority, hide_normal=priority == Priority.NORMAL) + shown)


def _short(subject: str) -> str:
    return subject if len(subject) <= SUBJECT_SPOKEN else Truncator(subject).chars(SUBJECT_SPOKEN)
