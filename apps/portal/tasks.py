"""Tasks take an id and call one verb. The rows say what is due."""

from datetime import timedelta

from celery import shared_task
from django.core.files.storage import default_storage

from apps.core import clock
from apps.portal import services
from apps.portal.models import Device, Draft, DraftFile, MagicLink

AT_ONCE = 100
LINKS_KEPT = timedelta(days=1)
DEVICES_KEPT = timedelta(days=30)  # after their end


@shared_task
def send_link(link_id: int) -> None:
    """A second run finds the letter leased or sent."""
    services.send_link(link_id)


@shared_task
def sweep() -> None:
    """Hand out again the letters that a lost nudge left behind."""
    due = MagicLink.objects.filter(next_at__lte=clock.now()).order_by("next_at")
    for pk in due.values_list("pk", flat=True)[:AT_ONCE]:
        send_link.delay(pk)


@shared_task
def tidy() -> None:
    """Forget what nobody needs: old wishes, closed devices, drafts and the files that never became part of a ticket."""
    moment = clock.now()
    MagicLink.objects.filter(created_at__lt=moment - LINKS_KEPT).delete()
    Device.objects.filter(expires_at__lt=moment - DEVICES_KEPT).delete()
    old = Draft.objects.forgotten()
    for key in DraftFile.objects.filter(draft__in=old, is_gone=False).values_list("key", flat=True):
        default_storage.delete(key)
    old.delete()
