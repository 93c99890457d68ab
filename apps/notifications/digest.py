"""The letter: the first notice at once, those that follow within ten minutes together.

The row is the job. An attempt is noted before the network is touched and repeated after a rest; letters to one person
are written by one worker at a time.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from apps.accounts.models import User
from apps.accounts.viewers import for_user
from apps.core import clock
from apps.notifications.models import Notice

REST = timedelta(minutes=10)  # between two letters to one person
AGAIN_AFTER = timedelta(minutes=2)  # an attempt that never ended
MOST_LISTED = 40
MOST_AT_ONCE = 2_000


def people_to_write_to(now: datetime) -> list[int]:
    """Ids of those for whom something waits and who had no letter within the rest. Two queries."""
    waiting = set(Notice.objects.to_mail().values_list("user_id", flat=True).distinct())
    if not waiting:
        return []
    recent = Notice.objects.filter(user_id__in=waiting).filter(
        Q(mailed_at__gt=now - REST) | Q(mailed_at=None, mail_tried_at__gt=now - AGAIN_AFTER)
    )
    return sorted(waiting - set(recent.values_list("user_id", flat=True)))


def write_to(user_id: int, *, now: datetime) -> int:
    """One letter with all that waits for this person; says how many notices it told. Raises what the mailer raises."""
    with transaction.atomic():
        user = User.objects.select_for_update(of=("self",)).get(pk=user_id)
        if user_id not in people_to_write_to(now):
            return 0  # somebody else wrote meanwhile
        ids = list(
            Notice.objects.to_mail().filter(user=user).order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE]
        )
        Notice.objects.filter(pk__in=ids).update(mail_tried_at=now)
    if user.is_active and ids:
        _send(user, ids)
    Notice.objects.filter(pk__in=ids).update(mailed_at=clock.now())
    return len(ids)


def _send(user: User, ids: list[int]) -> None:
    rows = list(Notice.objects.visible_to(for_user(user)).filter(pk__in=ids).order_by("pk"))
    if not rows:
        return
    words = {
        "user": user,
        "count": len(rows),
        "more": max(0, len(rows) - MOST_LISTED),
        "link": f"{settings.ACUDO_BASE_URL}{reverse('notifications:notices')}",
        "base": settings.ACUDO_BASE_URL,
    }
    with translation.override(user.language):
        words["lines"] = [(line(row), row.url) for row in rows[:MOST_LISTED]]
        words["first"] = words["lines"][0][0]
        subject = " ".join(render_to_string("notifications/mail/digest_subject.txt", words).split())
        send_mail(subject, render_to_string("notifications/mail/digest.txt", words), None, [user.email])


def line(row: Notice) -> str:
    """What a notice says, in one line of plain text, in the language in force."""
    return " ".join(render_to_string(row.words.replace(".html", ".txt"), {"notice": row, **row.data}).split())
