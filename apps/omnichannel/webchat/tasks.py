"""Tasks take an id and call one verb. The rows say what is due."""

from celery import shared_task

from apps.core import clock
from apps.omnichannel.webchat import mailing, proofs
from apps.omnichannel.webchat.models import Copy

AT_ONCE = 100


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
