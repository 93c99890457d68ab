"""Telling people who work here, and what they have seen."""

from collections.abc import Iterable, Sequence
from typing import Any

from apps.accounts.models import User
from apps.core import clock, live
from apps.notifications.models import Notice


def notify(
    users: Iterable[User], *, kind: str, office_id: int | None, url: str = "", by_mail: bool = False, **data: Any
) -> list[Notice]:
    """A row a person, in the caller's transaction; open browsers hear of it after the commit. One query."""
    return write(
        [
            Notice(user=user, kind=kind, office_id=office_id, url=url, data=data, wants_mail=by_mail)
            for user in users
            if user.is_active
        ]
    )


def write(notices: Sequence[Notice]) -> list[Notice]:
    """Notices that stand ready, of whatever kinds: one query."""
    written = Notice.objects.bulk_create(notices)
    for row in written:
        live.tell(f"user.{row.user_id}", {"type": "notice.written", "t": "notice.written", "office": row.office_id})
    return written


def mark_read(viewer: Any, *, up_to: int) -> int:
    """All that was shown, and nothing that came since."""
    rows = Notice.objects.visible_to(viewer).unread().filter(pk__lte=up_to)
    return rows.update(read_at=clock.now())
