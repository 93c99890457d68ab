"""One process instead of four: what else runs beside the web server, as threads."""

import threading
from typing import Any

from celery import beat
from django.conf import settings
from django.utils.module_loading import import_string

from config.celery import app
from config.server import Service

STOP_WITHIN = 8  # seconds; a worker that waits for a broker to come back would wait for ever


class Worker:
    """A Celery worker and beat. The command line's own classes install signal handlers, which a thread may not."""

    concurrency = 4

    def __init__(self) -> None:
        self.controller: Any = None
        self.thread: threading.Thread | None = None
        self.beat: Any = None

    def start(self) -> None:
        app.finalize()
        app.set_default()
        self.controller = app.WorkController(
            app=app,
            pool="threads",
            concurrency=self.concurrency,
            hostname="embedded@local",
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
        )
        self.thread = threading.Thread(target=self.controller.start, name="worker", daemon=True)
        self.thread.start()
        self.beat = beat.EmbeddedService(app, thread=True, scheduler_cls=app.conf.beat_scheduler)
        self.beat.start()

    def stop(self) -> None:
        """Running tasks finish first; what is still queued is found again by the sweeps."""
        if self.thread is None:
            return
        self.beat.service.stop()
        self.controller.stop()
        self.thread.join(STOP_WITHIN)
        self.beat.join(3)


def services() -> list[Service]:
    return [import_string(path)() for path in settings.EMBEDDED_SERVICES]
