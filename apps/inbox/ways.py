"""Which way an answer takes, as the box offers it; and the two steps of a private answer to public words."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import QueryDict
from django.utils import translation
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.core.errors import Invalid
from apps.omnichannel import services as doors
from apps.omnichannel.ports import Way
from apps.tickets import services as tickets
from apps.tickets.files import KeptFile
from apps.tickets.models import Message, Ticket


def chosen(post: QueryDict, ticket: Ticket) -> Way | None:
    """The way the form names; None leaves the choice to the door. Raises Invalid for one that is not there any more."""
    name = post.get("way_instead") or post.get("way", "")
    if not name:
        return None
    way = next((way for way in doors.ways_for(ticket) if way.name == name), None)
    if way is None:
        raise Invalid("way_gone", gettext("That way is not there any more. Choose again."), field="way")
    return way


def notice_words(ticket: Ticket) -> str:
    """What is said in public before a private answer, in the person's language."""
    with translation.override(ticket.language or ticket.office.default_language):
        name = ticket.requester.full_name.split()[0] if ticket.requester.full_name else ""
        if name:
            return gettext("Hello %(name)s, we are answering you in private.") % {"name": name}
        return gettext("Hello, we are answering you in private.")


def answer(
    ticket: Ticket,
    how: doors.Addressing,
    *,
    author: User,
    text: str,
    files: Sequence[KeptFile],
    notice: str,
    last_seen: int | None,
    then: str,
) -> Message:
    """One act: first the public notice where one is due and wanted, then the answer, which does not leave before it."""
    follows: Any = None
    public = _notice_way(ticket, how.way) if notice.strip() else None
    if public:
        with doors.addressed(replace(how, way=public, waits=False)):
            said = tickets.reply(ticket, author=author, text=notice, last_seen_message_id=last_seen)
        follows, last_seen = getattr(said, "owed", None), None
        how = replace(how, waits=False)
    with doors.addressed(replace(how, follows=follows)):
        return tickets.reply(
            ticket, author=author, text=text, attachments=files, then=then, last_seen_message_id=last_seen
        )


def _notice_way(ticket: Ticket, way: Way | None) -> Way | None:
    if way is None or not way.notice_by:
        return None
    return next((other for other in doors.ways_for(ticket) if other.name == way.notice_by and other.is_open), None)
