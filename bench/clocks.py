"""Time under load: `python -m bench.clocks [--clocks 1000000] [--steps 10000]` on a migrated PostgreSQL of its own.

P-14: the sweep beside a million open clocks; ten thousand steps that are due at once, by one worker, while somebody
else writes tickets; and how fast the arithmetic is. Each line is one JSON object. The database is filled by COPY and
emptied of clocks first: never point this at one that matters.
"""

import argparse
import json
import multiprocessing
import os
import random
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
os.environ.setdefault("ACUDO_LOG_LEVEL", "ERROR")
os.environ.setdefault("EMAIL_URL", "dummymail://")

WRITTEN = 400  # tickets of the burst that somebody else writes to
COLUMNS = (
    "ticket_id, metric, policy_id, target_id, calendar_id, edition, target_seconds, is_wall_clock, state, started_at, "
    "due_at, warn_at, pauses, breached_at, warned_at, fired, next_at, paused_for"
)
TICKET_COLUMNS = (
    "created_at, updated_at, public_id, office_id, type, subject, status, priority, language, requester_id, team_id, "
    "assignee_id, via, link_reason, is_outside_hours, next_due_metric, urgent_at, last_message_at, last_direction, "
    "last_text, message_count, opened_at, version"
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.clocks")
    parser.add_argument("--clocks", type=int, default=1_000_000)
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--keep", action="store_true", help="the clocks of the last run, only due anew")
    parser.add_argument("--rounds", type=int, default=50)
    options = parser.parse_args()

    import django

    django.setup()
    say(arithmetic_speed())
    from django.db import connection

    if connection.vendor != "postgresql":
        print("The rest needs DATABASE_URL on PostgreSQL.")
        return 2
    house = prepare(options.keep)
    if not options.keep:
        say(fill(house, options.clocks))
    say(nothing_due(options.rounds))
    say(claiming(house, options.steps))
    say(steps_due(house, options.steps))
    return 0


def say(line: dict) -> None:
    print(json.dumps(line), flush=True)


def arithmetic_speed() -> dict:
    """Due times a second: spans within a week, and spans of ten years, in a library's two shifts with holidays."""
    from apps.hours.arithmetic import WorkingHours, due_at
    from apps.hours.public_holidays import public_holidays

    zone = ZoneInfo("America/Montevideo")
    week = (((480, 810), (810, 1140)),) * 5 + (((480, 720),), ())
    hours = WorkingHours(tz=zone, weekly=week, holidays=frozenset(public_holidays("UY", "", range(2025, 2040))))
    dice, start = random.Random(7), datetime(2026, 1, 1, tzinfo=UTC)
    year = 58.0 * 3600 * 52
    found = {}
    for name, least, most in (("week", 600, 58 * 3600), ("ten_years", 9.5 * year, 10 * year)):
        asked = [
            (start + timedelta(seconds=dice.randrange(365 * 86_400)), dice.uniform(least, most)) for _ in range(20_000)
        ]
        for at, seconds in asked[:200]:
            due_at(at, seconds, hours)
        began = time.perf_counter()
        for at, seconds in asked:
            due_at(at, seconds, hours)
        found[name] = len(asked) / (time.perf_counter() - began)
    return {
        "work": "due time",
        "week_per_second": round(found["week"]),
        "ten_years_per_second": round(found["ten_years"]),
        "times_slower": round(found["week"] / found["ten_years"], 1),
    }


def prepare(keep: bool):
    """The demo town, with one policy that has a step for the head of the shift."""
    from apps.demo import world
    from apps.hours import duty
    from apps.hours.models import Shift
    from apps.sla.models import Policy

    town = world.build()
    office = town.offices["biblioteca"]
    from django.db import connection

    with connection.cursor() as cursor:
        more = "" if keep else ", sla_clock"
        cursor.execute(f"TRUNCATE sla_clockstep, sla_webcall, notifications_notice{more} CASCADE")
    if not Shift.objects.filter(office=office).exists():
        shift = Shift(office=office, name="All day", opens_minute=0, closes_minute=1440, weekdays=list(range(7)))
        shift.head = town.users["ana"]
        duty.save_shift(shift, actor=None)
    policy = Policy.objects.filter(office=office, name="General").get()
    policy.steps = [{"key": "s1", "offset_seconds": 0, "action": "head", "by_mail": False, "in_hours": True}]
    policy.save()
    return town, office, policy


def fill(house, count: int) -> dict:
    from django.db import connection

    from apps.core.ids import public_id
    from apps.people.models import Person

    town, office, policy = house
    person = Person.objects.filter(body=town.offices["olmo"]).first() or Person.objects.create(
        body=town.offices["olmo"], full_name="Persona", language="es"
    )
    now, edition = datetime.now(UTC), policy.calendar.edition  # nothing is asked while rows are copied
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tickets_ticket")
        have = cursor.fetchone()[0]
        missing = max(0, count - have)
        with cursor.copy(f"COPY tickets_ticket ({TICKET_COLUMNS}) FROM STDIN") as copy:
            for _n in range(missing):
                copy.write_row(
                    (now, now, public_id(), office.pk, "question", "A question", "open", 2, "es", person.pk, None, None,
                     "email", "", False, "resolution", now + timedelta(days=9), now, "in", "A question", 1, now, 1)
                )  # fmt: skip
        cursor.execute("SELECT id FROM tickets_ticket ORDER BY id LIMIT %s", [count])
        ids = [row[0] for row in cursor.fetchall()]
        dice = random.Random(3)
        with cursor.copy(f"COPY sla_clock ({COLUMNS}) FROM STDIN") as copy:
            for ticket_id in ids:
                due = now + timedelta(minutes=dice.randint(600, 30_000))
                copy.write_row(
                    (ticket_id, "resolution", policy.pk, None, policy.calendar_id, edition, 33 * 3600,
                     False, "running", now - timedelta(days=1), due, due - timedelta(minutes=300), "[]", None, None,
                     "[]", due - timedelta(minutes=300), "")
                )  # fmt: skip
        cursor.execute("VACUUM ANALYZE sla_clock, tickets_ticket")
    return {"work": "fill", "clocks": len(ids), "seconds": round(time.perf_counter() - began, 1)}


def nothing_due(rounds: int) -> dict:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from apps.core import clock
    from apps.sla import services
    from apps.sla.tasks import sweep_clocks

    sweep_clocks()
    claims, sweeps = [], []
    for _round in range(rounds):
        claims.append(timed(lambda: services.claim(clock.now())))
        sweeps.append(timed(sweep_clocks))
    with CaptureQueriesContext(connection) as seen:
        sweep_clocks()
    return {
        "work": "sweep, nothing due",
        "look_ms_p50": ms(statistics.median(claims)),
        "whole_sweep_ms_p50": ms(statistics.median(sweeps)),
        "queries": len(seen),
    }


def claiming(house, count: int) -> dict:
    """Ten thousand that are due, claimed in the sweep's batches; given back afterwards."""
    from apps.core import clock
    from apps.sla import services
    from apps.sla.models import Clock
    from apps.sla.tasks import CLAIMED

    ids = make_due(count)
    began, claimed = time.perf_counter(), 0
    while found := services.claim(clock.now(), limit=CLAIMED):
        claimed += len(found)
    seconds = time.perf_counter() - began
    Clock.objects.filter(pk__in=ids).update(next_at=clock.now() + timedelta(days=2))
    return {"work": "claim", "claimed": claimed, "seconds": round(seconds, 2)}


def make_due(count: int) -> list[int]:
    """The last ones of the table become due right now: started 33 h of the wall clock ago."""
    from apps.core import clock
    from apps.sla.models import Clock

    now = clock.now()
    ids = list(Clock.objects.filter(breached_at=None).order_by("-pk").values_list("pk", flat=True)[:count])
    Clock.objects.filter(pk__in=ids).update(
        is_wall_clock=True,
        started_at=now - timedelta(hours=33, seconds=1),
        due_at=now - timedelta(seconds=1),
        warn_at=None,
        warned_at=now,
        next_at=now - timedelta(seconds=1),
    )
    return ids


def steps_due(house, count: int) -> dict:
    """Breach and step of each, by one worker, as the schedule lets it: a sweep of four seconds every five.

    Meanwhile another process lets tickets of the same burst wait, which holds their clocks; how long each of those
    writes takes is measured, during the burst and after it.
    """
    from apps.notifications.models import Notice
    from apps.sla.models import Clock, ClockStep
    from apps.sla.tasks import sweep_clocks

    ids = make_due(count + WRITTEN)
    # Between the others, so that they are in the same bites.
    written = Clock.objects.filter(pk__in=ids[:: len(ids) // WRITTEN][:WRITTEN])
    tickets, ids = list(written.values_list("ticket_id", flat=True)), set(ids) - {*written.values_list("pk", flat=True)}
    spawn = multiprocessing.get_context("spawn")
    waits, stop = spawn.Queue(), spawn.Event()
    writer = spawn.Process(target=write, args=(tickets, waits, stop))
    writer.start()
    assert waits.get(timeout=60) == "ready"
    began = time.perf_counter()
    while time.perf_counter() - began < 180:
        round_began = time.perf_counter()
        sweep_clocks()
        done = ClockStep.objects.filter(step="step s1", clock__in=ids).count()
        if done >= len(ids):
            break
        time.sleep(max(0.0, 5 - (time.perf_counter() - round_began)))
    seconds = time.perf_counter() - began
    stop.set()
    during, after = waits.get(timeout=60), waits.get(timeout=60)
    writer.join()
    return {
        "work": "steps due at once, one worker, schedule kept",
        "steps": done,
        "seconds": round(seconds, 1),
        "taken_twice": Notice.objects.count() - ClockStep.objects.filter(step="step s1").count(),
        "writes_meanwhile": len(during),
        "writer_ms_p50": ms(statistics.median(during)),
        "writer_ms_max": ms(max(during)),
        "writer_alone_ms_p50": ms(statistics.median(after)),
        "writer_alone_ms_max": ms(max(after)),
    }


def write(ticket_ids, waits, stop) -> None:
    """In a process of its own: what an agent does, to one ticket after another."""
    import django

    django.setup()
    from apps.tickets import services as tickets
    from apps.tickets.models import Ticket

    turn = 0

    def once() -> float:
        nonlocal turn
        ticket = Ticket.objects.get(pk=ticket_ids[turn % len(ticket_ids)])
        to = "waiting" if ticket.status == "open" else "open"
        turn += 1
        return timed(lambda: tickets.change_status(ticket, to=to, actor=None))

    once()
    waits.put("ready")
    during = []
    while not stop.is_set():
        during.append(once())
        time.sleep(0.05)
    waits.put(during)
    waits.put([once() for _round in range(100)])


def timed(act) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def ms(seconds: float) -> float:
    return round(seconds * 1000, 2)


if __name__ == "__main__":
    sys.exit(main())
