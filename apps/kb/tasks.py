"""The rows say what is due: plans, review dates."""

from celery import shared_task
from django.utils import timezone

from apps.core import clock
from apps.kb import services


@shared_task
def sweep() -> None:
    """Publish what was planned, tell what is to be looked at again. May run twice, and at once."""
    now = clock.now()
    services.publish_due(now)
    services.remind_of_reviews(timezone.localdate(now))
