"""What was answered once becomes something everybody can read."""

from apps.accounts.models import User
from apps.kb.models import Citation, Translation
from apps.kb.redaction import redacted
from apps.kb.services.wordings import add_wording
from apps.kb.services.writing import TITLE_LENGTH, create_article
from apps.tickets.models import Message
from apps.tickets.states import Direction


def article_of_answer(message: Message, *, author: User) -> Translation:
    """A draft from an answer of ours (or a note that holds the solution), personal data taken out; what the person
    asked becomes a way of asking. Nobody outside sees it before somebody has read and published it."""
    ticket = message.ticket
    names = [ticket.requester.full_name if ticket.requester else "", message.author_label]
    language = ticket.language or ticket.office.default_language
    title = redacted(ticket.subject, names)[:TITLE_LENGTH] or "…"
    draft = create_article(
        ticket.office,
        author=author,
        language=language,
        title=title,
        text=redacted(message.text, names),
        is_internal=message.direction == Direction.NOTE,
    )
    asked = ticket.messages.filter(direction=Direction.IN).order_by("pk").first()  # type: ignore[attr-defined]
    first_line = redacted(asked.text, names).split("\n")[0] if asked else ""
    if 3 < len(first_line) <= 200:
        add_wording(draft, text=first_line, author=author)
    return draft


def open_tickets_quoting(translation: Translation, viewer: object) -> list[Citation]:
    """Newest first, a ticket once: what somebody should look at when these words are no longer true."""
    from apps.tickets.models import Ticket

    seen = Ticket.objects.visible_to(viewer).open()  # type: ignore[arg-type]
    rows = translation.citations.filter(ticket__in=seen).select_related("ticket").order_by("ticket_id", "-at")
    found = {row.ticket_id: row for row in rows[:500]}
    return sorted(found.values(), key=lambda row: row.at, reverse=True)
