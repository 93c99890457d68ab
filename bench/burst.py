"""Pages while a burst of promises falls due, all in one process: `python -m bench.burst [--due 5000] [--seconds 60]`.

`DATABASE_URL=sqlite:///…`, without Redis. Fills an empty database with 10,000 tickets first. Then it starts the
product, lets so many promises fall due at once, and asks for a page again and again. One JSON line: how long pages
took while the sweep was at work, and how long it was.
"""

import argparse
import json
import os
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
os.environ.setdefault("ACUDO_LOG_LEVEL", "ERROR")
os.environ.setdefault("EMAIL_URL", "dummymail://")
TICKETS = 10_000
PATHS = ("/desk/inbox/all/?sort=oldest&rows=25", "/desk/reports/sla/")


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.burst")
    parser.add_argument("--due", type=int, default=5_000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--port", type=int, default=8701)
    options = parser.parse_args()

    import django

    django.setup()
    from django.core.management import call_command

    from apps.tickets.models import Ticket

    call_command("migrate", verbosity=0)
    if Ticket.objects.count() < TICKETS:
        from bench import volume

        volume.main(TICKETS)
    for path in PATHS:
        print(json.dumps(measure(path, options)), flush=True)
    return 0


def measure(path: str, options: Any) -> dict:
    from bench.machine import start

    product = start(
        "manage.py", "up", "--no-demo", "--port", str(options.port), "--demo-port", "0", ACUDO_SMTP_PORT="8799"
    )
    try:
        ask = asker(options.port, path)
        quiet = sorted(ask() for _round in range(30))
        burst(options.due)
        began, waits, left = time.perf_counter(), [], options.due
        while left and time.perf_counter() - began < options.seconds:
            waits += [ask() for _round in range(5)]
            left = still_due()
        seconds = time.perf_counter() - began
    finally:
        product.kill()
        product.wait()
    waits.sort()
    return {
        "page": path,
        "due_at_once": options.due,
        "done_after_s": round(seconds, 1),
        "left": left,
        "quiet_ms_p50": round(quiet[15] * 1000),
        "pages": len(waits),
        "ms_p50": round(waits[len(waits) // 2] * 1000),
        "ms_p95": round(waits[-len(waits) // 20] * 1000),
        "ms_max": round(waits[-1] * 1000),
    }


def asker(port: int, path: str) -> Any:
    import http.client

    from bench.machine import wait_for
    from bench.pages import _connects, session_of

    wait_for(lambda: _connects(port))
    time.sleep(8)  # what a start makes due is over
    cookie = "; ".join(f"{name}={value}" for name, value in session_of("eva@olmo.example").items())

    def ask() -> float:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        began = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": cookie, "Host": "127.0.0.1"})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        assert answer.status == 200, answer.status
        return time.perf_counter() - began

    return ask


def burst(count: int) -> None:
    from django.utils import timezone

    from apps.sla.models import Clock, ClockStep

    now = timezone.now()
    ids = list(Clock.objects.order_by("-pk").values_list("pk", flat=True)[:count])
    ClockStep.objects.filter(clock__in=ids).delete()
    Clock.objects.filter(pk__in=ids).update(
        state="running", breached_at=None, warned_at=now, warn_at=None, fired=[], is_wall_clock=True, pauses=[],
        paused_at=None, started_at=now - timedelta(hours=33, seconds=1), due_at=now - timedelta(seconds=1),
        next_at=now - timedelta(seconds=1),
    )  # fmt: skip


def still_due() -> int:
    from django.utils import timezone

    from apps.sla.models import Clock

    return Clock.objects.filter(next_at__lte=timezone.now() + timedelta(minutes=2), breached_at=None).count()


if __name__ == "__main__":
    sys.exit(main())
