"""Fill the database of DATABASE_URL (migrated) with many tickets, as the verbs would leave them.

    python bench/volume.py 100000

Three messages a ticket (the last two tickets have 20 and 200), a person for every twenty tickets, clocks for the open
ones, search documents for all. Prints one JSON line with what was made.
"""

import json
import os
import random
import sys
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from apps.core import clock  # noqa: E402
from apps.core.ids import public_id  # noqa: E402
from apps.demo import world  # noqa: E402
from apps.people.models import Identity, Person  # noqa: E402
from apps.search import analyzer  # noqa: E402
from apps.search.stores import Document, _scopes_of, _vector, store  # noqa: E402
from apps.sla.models import Clock, Policy  # noqa: E402
from apps.tickets.models import NO_PROMISE, Message, Ticket  # noqa: E402
from bench.words import Words  # noqa: E402

CHUNK = 5_000
TERMS = (
    "kind, object_id, part, office_id, body_id, owner_id, visibility, language, title, created_at, updated_at, terms"
)


def main(count: int) -> None:
    started = time.monotonic()
    town, words = world.build(), Words()
    office, ana = town.offices["biblioteca"], town.users["ana"]
    people = _people(town.offices["olmo"], max(20, count // 20))
    policy = Policy.objects.filter(office=office, name="General").get()
    made = 0
    for first in range(0, count, CHUNK):
        numbers = range(first, min(first + CHUNK, count))
        made += _chunk(numbers, count, words, office, town.teams["referencia"], ana, people, policy)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    print(json.dumps({"tickets": count, "messages": made, "seconds": round(time.monotonic() - started, 1)}))


def _people(body, count):
    people = Person.objects.bulk_create(
        [Person(body=body, full_name=f"Persona {n}", language="es") for n in range(count)], batch_size=2_000
    )
    Identity.objects.bulk_create(
        [
            Identity(body=body, person=person, kind="email", handle=f"persona{person.pk}@correo.olmo.example")
            for person in people
        ],
        batch_size=2_000,
    )
    return people


def _chunk(numbers, count, words, office, team, ana, people, policy):
    now, tickets, messages, documents, clocks = clock.now(), [], [], [], []
    for number in numbers:
        dice = random.Random(number * 31)
        subject, _text = words.ticket(number)
        is_open = number % 10 < 6
        at = now - timedelta(minutes=(count - number) * 3 + 10)
        due = now + timedelta(minutes=dice.randint(-3_000, 9_000)) if is_open else None
        tickets.append(
            Ticket(
                office=office,
                requester=people[number % len(people)],
                subject=subject,
                status=("open", "new", "waiting", "open", "open", "new", "solved", "solved", "closed", "closed")[
                    number % 10
                ],
                priority=dice.choice((1, 2, 2, 2, 3, 4)),
                language="es",
                team=team,
                assignee=ana if number % 3 == 0 else None,
                via=("email", "webchat", "portal")[number % 3],
                next_due_at=due,
                next_due_metric="resolution" if due else "",
                urgent_at=due or NO_PROMISE,
                opened_at=at,
                last_message_at=at,
                last_direction="in",
                last_text=subject,
                message_count=3,
                version=3,
                solved_at=None if is_open else at,
            )
        )
    tickets = Ticket.objects.bulk_create(tickets, batch_size=1_000)
    for number, ticket in zip(numbers, tickets, strict=True):
        messages += _messages(number, count, ticket, words, ana)
        documents.append(_document(ticket, 0, ticket.subject, ""))
        if ticket.next_due_at:
            clocks.append(
                Clock(
                    ticket=ticket,
                    metric="resolution",
                    policy=policy,
                    calendar_id=policy.calendar_id,
                    target_seconds=33 * 3600,
                    started_at=ticket.opened_at,
                    due_at=ticket.next_due_at,
                    next_at=None if ticket.next_due_at < now else ticket.next_due_at,
                    breached_at=ticket.next_due_at if ticket.next_due_at < now else None,
                )
            )
    messages = Message.objects.bulk_create(messages, batch_size=1_000)
    documents += [_document(m.ticket, m.pk, m.ticket.subject, m.text) for m in messages]
    Clock.objects.bulk_create(clocks, batch_size=1_000)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor, cursor.copy(f"COPY search_searchdocument ({TERMS}) FROM STDIN") as copy:
            for row in documents:
                copy.write_row(_row(*row))
    else:
        with transaction.atomic():
            for document, heading, body in documents:
                store().write(document, heading, body)
    return len(messages)


def _messages(number, count, ticket, words, ana):
    dice = random.Random(number)
    length = {count - 1: 20, count - 2: 200}.get(number, 3)
    rows = []
    for place in range(length):
        is_ours = place % 2 == 1
        rows.append(
            Message(
                ticket=ticket,
                public_id=public_id(),
                direction="out" if is_ours else "in",
                author_user=ana if is_ours else None,
                author_person=None if is_ours else ticket.requester,
                author_label=ana.full_name if is_ours else ticket.requester.full_name,
                text=words.ticket(number)[1] if place == 0 else words.some(dice, 40) + ".",
                via=ticket.via,
                written_at=ticket.opened_at + timedelta(minutes=place),
            )
        )
    return rows


def _document(ticket, part, title, body):
    place = Document(
        kind="ticket",
        object_id=ticket.pk,
        part=part,
        office_id=ticket.office_id,
        body_id=ticket.office.body_id,
        owner_id=ticket.requester_id,
        visibility="owner",
        language="es",
        title=" ".join(analyzer.words(title))[:250] if part == 0 else "",
    )
    heading = analyzer.analyze("es", f"{title} \n {ticket.reference}" if part == 0 else title)
    return place, heading, analyzer.analyze("es", body)


def _row(place, heading, body):
    now = clock.now()
    return (
        place.kind,
        place.object_id,
        place.part,
        place.office_id,
        place.body_id,
        place.owner_id,
        place.visibility,
        place.language,
        place.title,
        now,
        now,
        _vector(heading, body, _scopes_of(place)),
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
