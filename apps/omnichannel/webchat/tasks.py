"""Tasks take an id and call one verb. The rows say what is due."""

import logging

from celery import shared_task

from apps.core import clock
from apps.omnichannel.webchat import attention, mailing, proofs, services, sharing
from apps.omnichannel.webchat.models import Copy

AT_ONCE = 100
log = logging.getLogger(__name__)


@shared_task
def send_copy(copy_id: int) -> None:
    """A second run finds the letter leased or sent."""
    mailing.send_copy(copy_id)


@shared_task
def sweep() -> None:
    """Hand out again the letters that a lost nudge left behind; forget proofs that nobody can show any more."""
    for pk in Copy.objects.filter(next_at__lte=clock.now()).order_by("next_at").values_list("pk", flat=True)[:AT_ONCE]:
        send_copy.delay(pk)
    proofs.forget_old()
    services.forget_blocks()


@shared_task
def share_out(channel_id: int = 0) -> None:
    """One chat, or with 0 all that are shared out. A second run finds nobody waiting."""
    for pk in [channel_id] if channel_id else sharing.sharing_channels():
        try:
            sharing.share_out(pk)
        except Exception:
            log.exception("chats of channel %s not shared out", pk)


@shared_task
def look_at_windows() -> None:
    """One that fails keeps nobody else from being looked at; a second run finds what is left."""
    for pk in attention.due():
        try:
            attention.look(pk)
        except Exception:
            log.exception("visitor %s not looked at", pk)
