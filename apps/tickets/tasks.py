"""What happens to tickets by itself."""

from celery import shared_task

from apps.core import clock
from apps.tickets import services
from apps.tickets.models import Ticket


@shared_task
def wake_due() -> None:
    """Wakes what has slept long enough; a second run finds them awake."""
    for ticket in Ticket.objects.due_to_wake(clock.now())[:200]:
        services.wake(ticket)
