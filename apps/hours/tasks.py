"""The sweep that sends away whoever has left their desk without saying so."""

from celery import shared_task

from apps.hours import presence


@shared_task
def send_away() -> int:
    return presence.send_away()
