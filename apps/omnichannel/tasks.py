"""Tasks take an id and call one verb. The sweep finds what a lost nudge left behind."""

from celery import shared_task

from apps.core import clock
from apps.core.models import Heartbeat
from apps.omnichannel import services
from apps.omnichannel.models import Delivery, Envelope

AT_ONCE = 200


@shared_task
def process_envelope(envelope_id: int) -> None:
    """A second run finds the envelope leased or done."""
    services.process(envelope_id)


@shared_task
def deliver_message(delivery_id: int) -> None:
    """A second run finds the delivery leased or done."""
    services.deliver(delivery_id)


@shared_task
def amend(amendment_id: int) -> None:
    """A second run finds it leased or done."""
    services.amend(amendment_id)


@shared_task
def sweep() -> None:
    """Hand out again whatever the database says is due; two sweeps at once meet at the claims (R-10, R-23)."""
    moment = clock.now()
    for pk in Envelope.objects.filter(next_at__lte=moment).order_by("next_at").values_list("pk", flat=True)[:AT_ONCE]:
        process_envelope.delay(pk)
    for pk in Delivery.objects.filter(next_at__lte=moment).order_by("next_at").values_list("pk", flat=True)[:AT_ONCE]:
        deliver_message.delay(pk)
    for pk in services.due_amendments():
        amend.delay(pk)
    Heartbeat.beat("sweep")


@shared_task
def send_round(trip_id: int) -> None:
    """A second run finds the mail leased or on its way."""
    services.send_round(trip_id)


@shared_task
def watch_doors() -> None:
    """Doors write to themselves when their hour has come; who stays silent is told. Two at once meet at the rows."""
    services.keep_watch(clock.now())
