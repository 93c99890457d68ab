"""Who is this? And: these two are the same."""

from datetime import datetime, timedelta

from django.db import transaction

from apps.accounts.models import Office
from apps.core import rows
from apps.people.models import Identity, Person

SOFT_WITHIN = timedelta(days=7)
MOST_SOFT = 3
_BEHIND = rows.Read(
    """
    SELECT {person} FROM people_identity identity JOIN people_person person ON person.id = identity.person_id
    WHERE identity.body_id = %s AND identity.kind = %s AND identity.handle = %s
    """,
    person=Person,
)


def identify(
    body: Office, *, kind: str, handle: str, name: str = "", language: str = "", is_verified: bool = False
) -> Person:
    """The person behind a handle in this body; made when new. One query when known.

    Two messages of a new person at the same instant meet at the unique handle: the loser takes the winner's
    person (R-05). A known person's name and language are never overwritten by what a message claims.
    """
    handle = normal_handle(kind, handle)
    known = _find(body, kind, handle)
    if known:
        return known
    return _introduced(body, kind, handle, name.strip()[:160], language, is_verified=is_verified)


@transaction.atomic
def add_identity(person: Person, *, kind: str, handle: str, is_verified: bool = False) -> bool:
    """Note another handle of this person; False when the handle already belongs to somebody else."""
    row, _made = Identity.objects.get_or_create(
        body_id=person.body_id,
        kind=kind,
        handle=normal_handle(kind, handle),
        defaults={"person": person, "is_verified": is_verified},
    )
    return row.person_id == person.pk


def introduce(person: Person, *, name: str) -> None:
    """Somebody without a name told us one; a known name is never overwritten by what a message claims."""
    if Person.objects.filter(pk=person.pk, full_name="").update(full_name=name.strip()[:160]):
        person.full_name = name.strip()[:160]


def address_failed(body: Office, *, kind: str, handle: str, is_permanent: bool, reason: str, at: datetime) -> bool:
    """What we sent to this handle came back. True when it counts as unreachable from now on: at once after a lasting
    failure, after the third passing one within a week."""
    with transaction.atomic():
        row = (
            Identity.objects.select_for_update()
            .filter(body=body, kind=kind, handle=normal_handle(kind, handle))
            .first()
        )
        if row is None or row.unreachable_since is not None:
            return False
        if not is_permanent:
            if row.soft_since is None or at - row.soft_since > SOFT_WITHIN:
                row.soft_failures, row.soft_since = 0, at
            row.soft_failures += 1
        if is_permanent or row.soft_failures >= MOST_SOFT:
            row.unreachable_since, row.unreachable_reason = at, reason[:300]
        row.save(update_fields=["soft_failures", "soft_since", "unreachable_since", "unreachable_reason"])
        return row.unreachable_since is not None


def address_works(body: Office, *, kind: str, handle: str) -> None:
    """Something arrived there, or its owner wrote to us from it."""
    Identity.objects.filter(body=body, kind=kind, handle=normal_handle(kind, handle)).exclude(
        unreachable_since=None, soft_failures=0
    ).update(unreachable_since=None, unreachable_reason="", soft_failures=0, soft_since=None)


def normal_handle(kind: str, handle: str) -> str:
    """As it is compared: addresses without case and outer blanks."""
    handle = handle.strip()[:254]
    return handle.lower() if kind == "email" else handle


@transaction.atomic(savepoint=False)
def _introduced(body: Office, kind: str, handle: str, name: str, language: str, *, is_verified: bool) -> Person:
    person = rows.insert(Person(body=body, full_name=name, language=language))
    identity = Identity(body=body, person=person, kind=kind, handle=handle, is_verified=is_verified)
    if rows.insert_unless_there(identity):
        return person
    winner = _find(body, kind, handle)
    assert winner is not None
    person.delete()
    return winner


def _find(body: Office, kind: str, handle: str) -> Person | None:
    found = _BEHIND.first([body.pk, kind, handle])
    return found[0] if found else None
