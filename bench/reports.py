"""Reports over a year of a large desk: fill by bulk SQL, count, measure each page.

`DATABASE_URL=postgres://… python bench/reports.py fill 1000000`, then `… count` (as the product counts) or
`… quick` (the same facts by bulk SQL), then `… measure`. PostgreSQL only.
`measure` prints one JSON line a page: the middle and the slowest of some requests through the real views, the processor
time of the middle one (on a machine that others use, the wall clock says little), the queries, and how long they took.
"""

import json
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
os.environ.setdefault("ACUDO_LOG_LEVEL", "ERROR")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from apps.accounts.models import Membership, Role, User  # noqa: E402
from apps.catalogue.models import Service  # noqa: E402
from apps.demo import world  # noqa: E402
from apps.reporting import facts  # noqa: E402
from apps.reporting.models.facts import PROMISES  # noqa: E402
from apps.sla.models import Policy  # noqa: E402
from bench.machine import cpu_seconds  # noqa: E402

AGENTS = 30
ROUNDS = 7
ID = "substr(md5(random()::text || n), 1, 22)"

PEOPLE = f"""
INSERT INTO people_person (created_at, updated_at, public_id, full_name, language, notes, body_id)
SELECT now(), now(), {ID}, 'Persona ' || n, 'es', '', %(body)s FROM generate_series(1, 2000) n
"""
# A ticket every few minutes of a year's days, most of them in the day; everything else follows from its number.
TICKETS = f"""
INSERT INTO tickets_ticket (
  created_at, updated_at, public_id, type, subject, status, priority, language, via, link_reason, is_outside_hours,
  next_due_metric, urgent_at, last_message_at, last_direction, last_text, message_count, opened_at, solved_at, version,
  assignee_id, office_id, requester_id, service_id, team_id)
SELECT at, at, {ID},
  (ARRAY['question','question','request','request','incident','intervention'])[1 + n * 7 %% 6], 'Consulta ' || n,
  CASE WHEN n %% 50 = 0 THEN 'spam' WHEN is_open THEN 'open' WHEN n %% 3 = 0 THEN 'closed' ELSE 'solved' END,
  (ARRAY[2,2,2,1,3,4])[1 + n * 11 %% 6], 'es', (ARRAY['email','webchat','portal','phone','counter'])[1 + n * 13 %% 5],
  '', false, '', '9999-01-01', at, 'in', '', 2, at,
  CASE WHEN is_open OR n %% 50 = 0 THEN NULL ELSE at + took END, 3,
  CASE WHEN n %% 11 = 0 THEN NULL ELSE (%(agents)s::bigint[])[1 + n %% %(agent_count)s] END,
  CASE WHEN n %% 3 = 0 THEN %(office_b)s ELSE %(office_a)s END, %(first_person)s + n %% 2000,
  CASE WHEN n %% 9 = 0 THEN NULL ELSE (%(services)s::bigint[])[1 + n * 17 %% %(service_count)s] END,
  (%(teams)s::bigint[])[1 + n * 19 %% 4]
FROM (
  SELECT n, (n > %(count)s - 20000 AND n %% 2 = 0) OR n %% 200 = 0 AS is_open,
    now() - interval '2 hours' - (%(count)s - n) * (interval '364 days' / %(count)s)
      + (8 * random() * random()) * interval '1 hour' - interval '8 hours' AS at,
    (10 + 20000 * random() * random()) * interval '1 minute' AS took
  FROM generate_series(1, %(count)s) n) AS made
"""
CLOCKS = """
INSERT INTO sla_clock ({columns})
SELECT metric, 14400, false, state, at, at + interval '1 day', '[]',
  CASE WHEN state = 'met' THEN at + took * interval '1 second' END, CASE WHEN state = 'met' THEN took / 3 END,
  CASE WHEN is_late THEN at + interval '1 day' END, %(calendar)s, id, %(policy)s{values}
FROM (
  SELECT id, metric, opened_at AS at, (60 + 90000 * random() * random())::int AS took,
    CASE WHEN status IN ('solved', 'closed') OR metric = 'first_response' AND random() < 0.5 THEN 'met'
      ELSE 'running' END AS state,
    random() < 0.08 AS is_late
  FROM tickets_ticket, unnest(ARRAY['first_response', 'resolution', 'next_response']) AS metric
  WHERE metric <> 'next_response' OR id %% 5 < 2) AS made
"""
CLOCK_COLUMNS = (
    "metric, target_seconds, is_wall_clock, state, started_at, due_at, pauses, ended_at, used_seconds, breached_at, "
    "calendar_id, ticket_id, policy_id"
)
ANSWERS = f"""
INSERT INTO tickets_message (public_id, direction, is_automatic, author_label, text, html, quoted_text, via,
  written_at, verdict, details, ticket_id)
SELECT {ID}, 'out', false, 'Desk', 'Abrimos a las nueve.', '', '', via, opened_at, '', '{{}}', id
FROM (SELECT id, id * 3 + again AS n, via, opened_at FROM tickets_ticket, generate_series(0, 1) again
      WHERE again = 0 OR id %% 10 < 3) AS made
"""
REOPENINGS = """
INSERT INTO activity_activity (verb, subject_kind, subject_id, office_id, actor_kind, actor_label, data, at)
SELECT 'status_changed', 'ticket', id, office_id, 'system', '', '{"old": "solved", "new": "open"}', opened_at
FROM tickets_ticket WHERE id %% 33 = 0
"""
PAGES = {
    "promises, a year": "sla/?range=year",
    "promises, a year, by agent": "sla/?range=year&by=agent",
    "promises, a year, one channel": "sla/?range=year&via=email",
    "promises, a year, one priority": "sla/?range=year&priority=2",
    "promises, a year, one agent": "sla/?range=year&agent={agent}",
    "promises, a year, one service, by agent": "sla/?range=year&service={service}&by=agent",
    "promises, a year, clock on the wall": "sla/?range=year&hours=wall",
    "promises, a quarter": "sla/?range=quarter-before",
    "promises, 30 days": "sla/",
    "volume, a year": "volume/?range=year",
    "volume, a year, one type": "volume/?range=year&type=request",
    "channels, a year": "channels/?range=year",
    "figure: late first answers, a year": "figures/first_response-late/?range=year",
    "figure: opened, a year": "figures/opened/?range=year",
    "figure: length, a year": "figures/resolution-length/?range=year",
    "file: PDF, a year": "sla.pdf?range=year",
    "file: XLSX, a year": "sla.xlsx?range=year",
}


def fill(count: int) -> None:
    town = world.build()
    agents = [_agent(number, town.offices["olmo"]) for number in range(AGENTS)]
    policy = Policy.objects.filter(office=town.offices["biblioteca"]).order_by("pk").first()
    services = list(Service.objects.values_list("pk", flat=True))
    facts = {
        "count": count,
        "body": town.offices["olmo"].pk,
        "office_a": town.offices["biblioteca"].pk,
        "office_b": town.offices["atencion"].pk,
        "agents": agents,
        "agent_count": len(agents),
        "services": services,
        "service_count": len(services),
        "teams": [team.pk for team in town.teams.values()],
        "policy": policy.pk,
        "calendar": policy.calendar_id,
    }
    started = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE tickets_ticket, activity_activity RESTART IDENTITY CASCADE")
        cursor.execute("SET session_replication_role = replica")  # what follows refers to what is there
        indexes = _without_indexes(cursor)
        cursor.execute(PEOPLE, facts)
        cursor.execute("SELECT max(id) - 1999 FROM people_person")
        facts["first_person"] = cursor.fetchone()[0]
        columns, values = _required_more(cursor)
        for statement in (TICKETS, CLOCKS.format(columns=CLOCK_COLUMNS + columns, values=values), ANSWERS):
            cursor.execute(statement, facts)
        cursor.execute(REOPENINGS.replace("%%", "%"))
        for definition in indexes:
            cursor.execute(definition)
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM ANALYZE")
    print(json.dumps({"filled": count, "seconds": round(time.monotonic() - started, 1)}))


def _without_indexes(cursor) -> list[str]:
    """Indexes that carry no constraint, dropped while the tables are filled; how to make them again."""
    cursor.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid IN "
        "('tickets_ticket'::regclass, 'tickets_message'::regclass, 'sla_clock'::regclass) "
        "AND NOT indisprimary AND indexrelid NOT IN (SELECT conindid FROM pg_constraint)"
    )
    found = cursor.fetchall()
    for name, _definition in found:
        cursor.execute(f"DROP INDEX {name}")
    return [definition for _name, definition in found]


def _required_more(cursor) -> tuple[str, str]:
    """Columns of a clock that must be given and are not ours: empty texts, lists and zeros."""
    cursor.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'sla_clock' "
        "AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'"
    )
    empty = {"jsonb": "'[]'", "integer": "0", "bigint": "0", "smallint": "0", "boolean": "false"}
    own = set(CLOCK_COLUMNS.split(", "))
    more = [(name, empty.get(kind, "''")) for name, kind in cursor.fetchall() if name not in own]
    return "".join(f", {name}" for name, _value in more), "".join(f", {value}" for _name, value in more)


def _agent(number, office) -> int:
    user, is_new = User.objects.get_or_create(
        email=f"agente{number}@olmo.example", defaults={"full_name": f"Agente {number:02d}", "password": "!"}
    )
    if is_new:
        Membership.objects.create(user=user, office=office, role=Role.objects.get(key="agent"))
    return user.pk


# The facts by bulk SQL, for a quick measurement of pages; `count` makes them as the product does.
QUICK_FACTS = """
INSERT INTO reporting_ticketfact (
  ticket_id, opened_on, opened_hour, ended_on, ended_hour, office, team, via, priority, type, service, agent, reason,
  opened, spam, solved, reopened, reopenings, first_contact, late_tickets, desk_minutes, second_minutes,
  supplier_minutes, citizen_minutes, first_response_kept, first_response_late, next_response_kept,
  next_response_late, resolution_kept, resolution_late)
SELECT t.id, t.opened_at::date, extract(hour FROM t.opened_at), t.solved_at::date, extract(hour FROM t.solved_at),
  office_id, coalesce(team_id, 0), via, priority, type, coalesce(service_id, 0), coalesce(assignee_id, 0), '',
  (status <> 'spam')::int, (status = 'spam')::int, (status IN ('solved', 'closed'))::int, (t.id % 33 = 0)::int,
  (t.id % 33 = 0)::int, (status IN ('solved', 'closed') AND t.id % 10 >= 3 AND t.id % 33 <> 0)::int,
  (status <> 'spam' AND coalesce(c.is_late, 0) > 0)::int, 300, 0, 0, 60, {counts}
FROM tickets_ticket t LEFT JOIN (
  SELECT ticket_id, count(breached_at) AS is_late, {sums} FROM sla_clock GROUP BY ticket_id) c ON c.ticket_id = t.id
"""
QUICK_PROMISES = """
INSERT INTO reporting_promisefact (clock_id, ticket_id, opened_on, metric, policy, is_late, business_minutes,
  elapsed_minutes, office, team, via, priority, type, service, agent)
SELECT c.id, f.ticket_id, f.opened_on, c.metric, c.policy_id, breached_at IS NOT NULL, used_seconds / 60,
  extract(epoch FROM ended_at - started_at)::int / 60, f.office, f.team, f.via, f.priority, f.type, f.service, f.agent
FROM sla_clock c JOIN reporting_ticketfact f USING (ticket_id)
WHERE (c.state = 'met' OR breached_at IS NOT NULL) AND f.opened = 1
"""


def count_quickly() -> None:
    started = time.monotonic()
    names = [(metric, end) for metric in PROMISES for end in ("kept", "late")]
    test = {"kept": "breached_at IS NULL AND state = 'met'", "late": "breached_at IS NOT NULL"}
    sums = ", ".join(f"count(*) FILTER (WHERE metric = '{m}' AND {test[end]}) AS {m}_{end}" for m, end in names)
    counts = ", ".join(f"CASE WHEN status = 'spam' THEN 0 ELSE coalesce({m}_{end}, 0) END" for m, end in names)
    zone = timezone.get_default_timezone_name()
    with connection.cursor() as cursor:
        cursor.execute(f"SET TIME ZONE '{zone}'")
        cursor.execute(
            "TRUNCATE reporting_ticketfact, reporting_promisefact, reporting_monthcell, reporting_agentcell, "
            "reporting_hourcell, reporting_policycell, reporting_lengthcell, reporting_touched"
        )
        cursor.execute(QUICK_FACTS.format(counts=counts, sums=sums))
        cursor.execute(QUICK_PROMISES)
        facts._sum_up()
        cursor.execute("SET TIME ZONE 'UTC'")
        cursor.execute("VACUUM ANALYZE")
    print(json.dumps({"counted quickly": True, "seconds": round(time.monotonic() - started, 1)}))


def count() -> None:
    started = time.monotonic()
    call_command("rebuild_reports")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    print(json.dumps({"counted": True, "seconds": round(time.monotonic() - started, 1)}))


def measure(only: str = "") -> None:
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(email="eva@olmo.example"), backend="django.contrib.auth.backends.ModelBackend")
    words = {"agent": User.objects.get(email="agente3@olmo.example").pk, "service": Service.objects.first().pk}
    for name, path in PAGES.items():
        if only in name:
            print(json.dumps(_page(client, name, "/desk/reports/" + path.format(**words))), flush=True)


def _page(client, name, address) -> dict:
    times, cpus = [], []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    for _round in range(ROUNDS):
        started, spent = time.monotonic(), time.process_time() + cpu_seconds([backend])
        answer = client.get(address)
        times.append(time.monotonic() - started)
        cpus.append(time.process_time() + cpu_seconds([backend]) - spent)
        assert answer.status_code == 200, (name, answer.status_code)
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    spent = sorted(float(query["time"]) for query in queries.captured_queries)
    return {
        "page": name,
        "median_ms": round(sorted(times)[len(times) // 2] * 1000),
        "slowest_ms": round(max(times) * 1000),
        "cpu_ms": round(sorted(cpus)[len(cpus) // 2] * 1000),  # of ours and of the database's, without its helpers
        "queries": len(queries),
        "queries_ms": round(sum(spent) * 1000),
        "slowest_query_ms": round(spent[-1] * 1000),
        "bytes": len(answer.content),
    }


if __name__ == "__main__":
    work, *rest = sys.argv[1:] or ["measure"]
    {
        "fill": lambda: fill(int((rest or [1_000_000])[0])),
        "count": count,
        "quick": count_quickly,
        "measure": lambda: measure(*rest),
    }[work]()
