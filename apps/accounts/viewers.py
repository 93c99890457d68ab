"""Who is looking. `visible_to(viewer)` and `may(viewer, verb)` take nothing else."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db import connection

from apps.accounts.models import ApiToken, Office

if TYPE_CHECKING:
    from apps.accounts.models import User


@dataclass(frozen=True)
class Viewer:
    """Ids and grants only, so that every room can ask without knowing the others.

    `grants`: office id -> verbs, already spread to the offices below. `bodies`: office id -> body id.
    `ticket_ids`: for a visitor, the one conversation the browser was given.
    """

    kind: str  # "staff", "person", "visitor", "anonymous"
    user_id: int | None = None
    person_id: int | None = None
    ticket_ids: tuple[int, ...] = ()
    grants: Mapping[int, frozenset[str]] = field(default_factory=dict)
    bodies: Mapping[int, int] = field(default_factory=dict)
    label: str = ""

    @property
    def is_staff(self) -> bool:
        return self.kind == "staff"

    def may(self, verb: str, office_id: int | None = None) -> bool:
        if office_id is None:
            return any(verb in verbs for verbs in self.grants.values())
        return verb in self.grants.get(office_id, ())

    def offices_with(self, verb: str) -> tuple[int, ...]:
        return tuple(office_id for office_id, verbs in self.grants.items() if verb in verbs)

    @cached_property
    def body_ids(self) -> tuple[int, ...]:
        return tuple(sorted(set(self.bodies.values())))


ANONYMOUS = Viewer(kind="anonymous")


# Paths hold digits and strokes only, so nothing in them means something to LIKE.
_REACH = """
SELECT below.id, below.body_id, CAST(role.permissions AS text)
FROM accounts_membership m
JOIN accounts_role role ON role.id = m.role_id
JOIN accounts_office own ON own.id = m.office_id
JOIN accounts_office below ON below.path LIKE own.path || '%%'
WHERE m.user_id = %s
ORDER BY below.path
"""


def for_user(user: "User") -> Viewer:
    """One query: the memberships, each with every office below its own."""
    if not user.is_active:
        return ANONYMOUS
    with connection.cursor() as cursor:
        cursor.execute(_REACH, [user.pk])
        rows = cursor.fetchall()
    verbs_of = {said: frozenset(json.loads(said)) for said in {said for _pk, _body, said in rows}}
    grants: dict[int, frozenset[str]] = {}
    for pk, _body, said in rows:
        grants[pk] = grants.get(pk, frozenset()) | verbs_of[said]
    return Viewer(
        kind="staff",
        user_id=user.pk,
        label=user.full_name,
        grants=grants,
        bodies={pk: body for pk, body, _said in rows},
    )


def for_token(token: ApiToken) -> Viewer:
    """The token's one role in its one office, and never more than its user still may: two queries."""
    whole = for_user(token.user)
    bodies, verbs = _below(token.office), frozenset(token.role.permissions)
    grants = {office_id: verbs & whole.grants.get(office_id, frozenset()) for office_id in bodies}
    return Viewer(
        kind="staff",
        user_id=token.user_id,
        label=token.user.full_name,
        grants={office_id: left for office_id, left in grants.items() if left},
        bodies=bodies,
    )


def for_person(person: Any) -> Viewer:
    return Viewer(kind="person", person_id=person.pk, label=person.full_name)


def for_visitor(ticket_ids: Iterable[int], *, label: str = "") -> Viewer:
    return Viewer(kind="visitor", ticket_ids=tuple(ticket_ids), label=label)


def _below(office: Office) -> dict[int, int]:
    """Id -> body id of this office and all below it: one query."""
    return dict(Office.objects.filter(path__startswith=office.path).values_list("pk", "body_id"))
