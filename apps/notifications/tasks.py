"""The sweep that writes letters, and the one that forgets."""

import logging
from datetime import timedelta

from celery import shared_task

from apps.core import clock
from apps.notifications import digest
from apps.notifications.models import Notice

log = logging.getLogger(__name__)
KEPT_FOR = timedelta(days=90)


@shared_task
def mail_digests() -> int:
    """Says how many letters were written. Twice at once is harmless: each person's letter is claimed."""
    written = 0
    for user_id in digest.people_to_write_to(clock.now()):
        try:
            written += digest.write_to(user_id, now=clock.now()) > 0
        except Exception:  # one address that fails must not keep the others from their letters
            log.warning("notices to %s not mailed, trying again", user_id, exc_info=True)
    return written


@shared_task
def forget_old() -> int:
    return Notice.objects.filter(at__lt=clock.now() - KEPT_FOR).delete()[0]
