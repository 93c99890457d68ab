"""The Celery app and the schedule of periodic tasks.

The database row is the job. A queued task only nudges, and every sweep below finds by
itself what is due, so a lost message costs seconds and nothing else.
"""

import logging
import os
import time
from functools import cache
from typing import Any

from celery import Celery, beat
from celery.contrib.django.task import DjangoTask
from kombu.exceptions import OperationalError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
logger = logging.getLogger(__name__)


@cache
def _broker_is_away() -> tuple[type[Exception], ...]:
    """Asked when something went wrong, so that a product without Redis never loads its client (8 MB)."""
    from redis.exceptions import RedisError

    return OperationalError, RedisError, OSError


class Nudge(DjangoTask):
    """Queueing is only a nudge: without a broker nobody's request fails, the next sweep finds the row (R-21)."""

    abstract = True
    rest_seconds = 5.0
    _silent_until = 0.0

    def apply_async(self, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() < Nudge._silent_until:
            return None
        try:
            return super().apply_async(*args, **kwargs)
        except _broker_is_away() as error:
            Nudge._silent_until = time.monotonic() + self.rest_seconds
            logger.warning("task not queued, the broker is away: %s (%s)", self.name, type(error).__name__)
            return None


class Scheduler(beat.Scheduler):
    """Keeps no schedule file, and leaves a sign of life of its own: a worker's says nothing about beat."""

    beat_seconds = 10.0
    _next_beat = 0.0

    def tick(self, *args: Any, **kwargs: Any) -> float:
        if time.monotonic() >= self._next_beat:
            self._next_beat = time.monotonic() + self.beat_seconds
            self._leave_sign()
        return min(super().tick(*args, **kwargs), 1.0)

    def _leave_sign(self) -> None:
        from django.db import DatabaseError, close_old_connections

        from apps.core.models import Heartbeat

        try:
            Heartbeat.beat("scheduler")
        except DatabaseError:
            logger.warning("the scheduler's sign of life was not written")
        finally:
            close_old_connections()


app = Celery("acudo", task_cls=Nudge)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def every(seconds: float, task: str) -> dict:
    """`expires` equals the period: a sweep that waited that long has been overtaken by the next one."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


app.conf.beat_schedule = {
    "heartbeat": every(10, "apps.core.tasks.heartbeat"),
    "omnichannel sweep": every(5, "apps.omnichannel.tasks.sweep"),
    "watch doors": every(15, "apps.omnichannel.tasks.watch_doors"),
    "sla sweep": every(5, "apps.sla.tasks.sweep_clocks"),
    "calls of steps": every(10, "apps.sla.tasks.make_calls"),
    "presence": every(30, "apps.hours.tasks.send_away"),
    "notices by mail": every(10, "apps.notifications.tasks.mail_digests"),
    "old notices": every(86_400, "apps.notifications.tasks.forget_old"),
    "bot sweep": every(10, "apps.bot.tasks.sweep"),
    "chat copies": every(30, "apps.omnichannel.webchat.tasks.sweep"),
    "chats for free hands": every(5, "apps.omnichannel.webchat.tasks.share_out"),
    "chat windows": every(10, "apps.omnichannel.webchat.tasks.look_at_windows"),
    "pages and what they missed": every(60, "apps.omnichannel.facebook.tasks.check_due"),
    "posts above comments": every(60, "apps.omnichannel.facebook.tasks.sweep"),
    "portal sweep": every(10, "apps.portal.tasks.sweep"),
    "portal tidy": every(3600, "apps.portal.tasks.tidy"),
    "api tidy": every(3600, "apps.api.tasks.forget_old_answers"),
    "wake snoozed tickets": every(20, "apps.tickets.tasks.wake_due"),
    "rules": every(30, "apps.automation.tasks.sweep_rules"),
    "acts on many": every(10, "apps.inbox.tasks.sweep_jobs"),
    "articles": every(30, "apps.kb.tasks.sweep"),
    "count for reports": every(20, "apps.reporting.tasks.count_touched"),
    "report letters": every(60, "apps.reporting.tasks.sweep_letters"),
    "replays": every(30, "apps.reporting.tasks.sweep_replays"),
}
