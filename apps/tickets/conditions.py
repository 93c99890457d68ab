"""Which tickets are meant? A closed set of words with lists of values: for views a question to the database, for rules
a look at one ticket's facts. Both readings of a word stand side by side, so that they say the same.

Conditions rest as {"status": ["open"], "not_tag": ["loans"]}: a word allows any of its values, "not_" none of them.
All words must hold, or with {"match": ["any"]} one of them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.errors import Invalid
from apps.core.given import row_number
from apps.tickets.states import Direction, Priority, Status, Type

Conditions = Mapping[str, Sequence[str]]
NOT, MATCH, ANY = "not_", "match", "any"
NONE, ME, YES, NO = "none", "me", "yes", "no"
MOST_VALUES, LONGEST_VALUE = 50, 80
LONGEST_HOURS = 24 * 366


@dataclass(frozen=True)
class Facts:
    """What one ticket is, as the words ask for it. `text` is its subject and whatever was said in what happened."""

    values: Mapping[str, str | None]
    tags: frozenset[str]
    text: str
    is_outside_hours: bool
    next_due_at: datetime | None
    opened_at: datetime
    last_message_at: datetime


@dataclass(frozen=True)
class Word:
    """`is_value` judges one value; `as_q` asks the database for tickets with any of the values, `holds` one ticket."""

    is_value: Callable[[str], bool]
    as_q: Callable[[Sequence[str], int | None], Q]
    holds: Callable[[Sequence[str], Facts, int | None], bool]


def check(conditions: Any) -> dict[str, list[str]]:
    """Conditions as they are kept. Raises Invalid for what no word could mean."""
    if not isinstance(conditions, Mapping):
        raise Invalid("not_conditions", _("Conditions are lists by name."), field="conditions")
    kept = {}
    for name, values in conditions.items():
        word = WORDS.get(name.removeprefix(NOT))
        is_list = isinstance(values, list) and 0 < len(values) <= MOST_VALUES
        if name == MATCH and values == [ANY]:
            kept[name] = [ANY]
        elif word is None or not is_list or not all(isinstance(v, str) and word.is_value(v) for v in values):
            said = _("“%(word)s” cannot be asked like this.") % {"word": name[:40]}
            raise Invalid("unknown_condition", said, field=name)
        else:
            kept[name] = list(dict.fromkeys(values))
    return kept


def as_q(conditions: Conditions, user_id: int | None = None) -> Q:
    """For a queryset of tickets; `user_id` is who "me" means. Nothing asked, nothing narrowed."""
    parts = []
    for name, values in _asked(conditions):
        part = WORDS[name.removeprefix(NOT)].as_q(values, user_id)
        parts.append(~part if name.startswith(NOT) else part)
    found = Q()
    for part in parts:
        found = found | part if _is_any(conditions) else found & part
    return found


def holds(conditions: Conditions, facts: Facts, user_id: int | None = None) -> bool:
    """Does this ticket meet them? Pure: whatever it needs is in `facts`, but the time."""
    answers = [
        WORDS[name.removeprefix(NOT)].holds(values, facts, user_id) != name.startswith(NOT)
        for name, values in _asked(conditions)
    ]
    return any(answers) if answers and _is_any(conditions) else all(answers)


def facts_of(ticket: Any, *, text: str = "") -> Facts:
    """One query for the tags."""
    numbers = {"team": ticket.team_id, "assignee": ticket.assignee_id, "office": ticket.office_id}
    numbers["service"] = ticket.service_id
    return Facts(
        values={
            "status": ticket.status,
            "priority": str(ticket.priority),
            "type": ticket.type,
            "via": ticket.via,
            "language": ticket.language,
            "last_from": ticket.last_direction,
            **{name: None if pk is None else str(pk) for name, pk in numbers.items()},
        },
        tags=frozenset(ticket.tags.values_list("key", flat=True)),
        text=f"{ticket.subject}\n{text}",
        is_outside_hours=ticket.is_outside_hours,
        next_due_at=ticket.next_due_at,
        opened_at=ticket.opened_at,
        last_message_at=ticket.last_message_at,
    )


def _asked(conditions: Conditions) -> list[tuple[str, Sequence[str]]]:
    return [(name, values) for name, values in conditions.items() if name != MATCH]


def _is_any(conditions: Conditions) -> bool:
    return list(conditions.get(MATCH, ())) == [ANY]


def _one_of(column: str, is_value: Callable[[str], bool]) -> Word:
    """A column, with "none" for an empty one and "me" where it holds a colleague."""

    def as_q(values: Sequence[str], user_id: int | None) -> Q:
        plain = [_meant(value, user_id) for value in values if value != NONE]
        found = Q(**{f"{column}__in": plain}) if plain else Q(pk__in=[])
        return found | Q(**{column: None}) if NONE in values else found

    def holds(values: Sequence[str], facts: Facts, user_id: int | None) -> bool:
        value = facts.values[column.removesuffix("_id") if column != "last_direction" else "last_from"]
        return value in {None if v == NONE else str(_meant(v, user_id)) for v in values}

    return Word(is_value, as_q, holds)


def _meant(value: str, user_id: int | None) -> Any:
    return user_id or 0 if value == ME else value


def _tagged(values: Sequence[str], user_id: int | None) -> Q:
    from apps.tickets.models import Ticket

    rows = Ticket.tags.through.objects.filter(ticket_id=OuterRef("pk"), tag__key__in=values)
    return Q(Exists(rows))


def _with_text(values: Sequence[str], user_id: int | None) -> Q:
    found = Q()
    for value in values:
        found |= Q(subject__icontains=value) | Q(last_text__icontains=value)
    return found


def _since(column: str) -> Word:
    """At least so many hours ago; the longest of several counts."""

    def moment(values: Sequence[str]) -> datetime:
        return clock.now() - timedelta(hours=max(map(int, values)))

    return Word(
        lambda value: value.isdigit() and 0 < int(value) <= LONGEST_HOURS,
        lambda values, user_id: Q(**{f"{column}__lte": moment(values)}),
        lambda values, facts, user_id: getattr(facts, column) <= moment(values),
    )


def _yes_or_no(as_q: Callable[[], Q], holds: Callable[[Facts], bool]) -> Word:
    return Word(
        lambda value: value in {YES, NO},
        lambda values, user_id: as_q() if YES in values else ~as_q(),
        lambda values, facts, user_id: holds(facts) == (YES in values),
    )


def _is_number(value: str) -> bool:
    return row_number(value) is not None


def _is_row(value: str) -> bool:
    return value == NONE or _is_number(value)


def _is_short(value: str) -> bool:
    return 0 < len(value.strip()) <= LONGEST_VALUE


WORDS: dict[str, Word] = {
    "status": _one_of("status", lambda v: v in Status.values),
    "priority": _one_of("priority", lambda v: v in {str(level) for level in Priority.values}),
    "type": _one_of("type", lambda v: v in Type.values),
    "via": _one_of("via", _is_short),
    "language": _one_of("language", _is_short),
    "last_from": _one_of("last_direction", lambda v: v in Direction.values),
    "team": _one_of("team_id", _is_row),
    "assignee": _one_of("assignee_id", lambda v: v == ME or _is_row(v)),
    "office": _one_of("office_id", _is_number),
    "service": _one_of("service_id", _is_row),
    "tag": Word(_is_short, _tagged, lambda values, facts, user_id: not facts.tags.isdisjoint(values)),
    "text": Word(
        _is_short,
        _with_text,
        lambda values, facts, user_id: any(value.casefold() in facts.text.casefold() for value in values),
    ),
    "outside_hours": _yes_or_no(lambda: Q(is_outside_hours=True), lambda facts: facts.is_outside_hours),
    "late": _yes_or_no(
        lambda: Q(next_due_at__isnull=False, next_due_at__lt=clock.now()),
        lambda facts: facts.next_due_at is not None and facts.next_due_at < clock.now(),
    ),
    "opened_hours": _since("opened_at"),
    "quiet_hours": _since("last_message_at"),
}
