"""Nothing personal leaves in public: what the guard finds holds the answer back, hit by hit (002-35)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Office
from apps.core.errors import DomainError
from apps.guard.hits import Hit
from apps.guard.look import look
from apps.guard.models import WordList
from apps.tickets.models import Message, Ticket


class HeldBack(DomainError):
    """`hits` say what and where. Those with a check digit nobody overrules."""

    def __init__(self, hits: list[Hit]) -> None:
        said = _("This would be read by everybody, and there is personal data in it. Nothing was sent.")
        super().__init__("personal_data", said, kinds=sorted({hit.kind for hit in hits}))
        self.hits = hits

    @property
    def may_be_overruled(self) -> bool:
        return not any(hit.is_proven for hit in self.hits)


def personal_data(ticket: Ticket, text: str, *, author: Any = None) -> list[Hit]:
    """What must not stand in a public answer on this ticket. Two queries."""
    offices = list(Office.objects.filter(body_id=ticket.office.body_id))
    words = WordList.objects.filter(body_id=ticket.office.body_id).first()
    names = [ticket.requester.full_name, getattr(author, "full_name", ""), *(office.name for office in offices)]
    known = [value for office in offices for value in (office.phone, office.email, office.address) if value]
    return look(
        text, allowed_names=[name for name in names if name], known=known, own_words=words.listed() if words else ()
    )


def hold_back(message: Message, *, overrules: bool = False) -> None:
    """Raises HeldBack; the writer may overrule what only looks like personal data, and that is kept on the message."""
    hits = personal_data(message.ticket, message.text, author=message.author_user)
    if not hits:
        return
    held = HeldBack(hits)
    if not overrules or not held.may_be_overruled:
        raise held
    message.details = {**message.details, "overruled": [{"kind": hit.kind, "text": hit.text} for hit in hits]}
