"""Pages by key: the last row of a page says where the next begins, so rows may move without being skipped twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.given import row_number
from apps.tickets.models import Ticket
from apps.tickets.querysets import TicketQuerySet

PAGE = 50
SMALLEST = 10  # rows one may ask for; the most is a whole PAGE


@dataclass(frozen=True)
class Sort:
    """`keys` are the columns rows are ordered by, "-" for downwards; the last one is unique."""

    slug: str
    name: Any
    order: str
    keys: tuple[str, ...]


SORTS = (
    Sort("urgent", _("Most urgent"), "by_urgency", ("urgent_at", "-priority", "pk")),
    Sort("newest", _("Newest message"), "newest_first", ("-last_message_at", "-pk")),
    Sort("oldest", _("Oldest first"), "oldest_first", ("opened_at", "pk")),
)


@dataclass(frozen=True)
class Page:
    rows: Sequence[Ticket]
    next_after: str


def sort_named(slug: str, fallback: str) -> Sort:
    by_slug = {sort.slug: sort for sort in SORTS}
    return by_slug.get(slug) or by_slug[fallback]


def size_named(text: str) -> int:
    """How many rows somebody asks for, between SMALLEST and PAGE; a PAGE where nothing readable is said."""
    wanted = row_number(text)
    return PAGE if wanted is None else min(PAGE, max(SMALLEST, wanted))


def page(rows: TicketQuerySet, *, sort: Sort, after: str = "", size: int | None = None) -> Page:
    """One query, and one for the tags. A cursor that cannot be read begins at the top."""
    size = size or PAGE
    rows = getattr(rows, sort.order)()
    values = _read(after, sort)
    if values is not None:
        rows = rows.filter(_beyond(sort.keys, values))
    found = list(rows[: size + 1])
    return Page(found[:size], _write(found[size - 1], sort) if len(found) > size else "")


def _write(ticket: Ticket, sort: Sort) -> str:
    values = [getattr(ticket, key.lstrip("-")) for key in sort.keys]
    return "~".join(v.isoformat() if isinstance(v, datetime) else str(v) for v in values)


def _read(after: str, sort: Sort) -> list[Any] | None:
    parts = after.split("~")
    if len(parts) != len(sort.keys):
        return None
    try:
        values = [_value(key, part) for key, part in zip(sort.keys, parts, strict=True)]
    except ValueError:
        return None
    return None if None in values else values


def _value(key: str, part: str) -> datetime | int | None:
    if not key.lstrip("-").endswith("_at"):
        return row_number(part)
    moment = datetime.fromisoformat(part)
    return moment if moment.tzinfo else None


def _beyond(keys: Sequence[str], values: Sequence[Any]) -> Q:
    """(a, b, c) after (x, y, z), spelled so that an index on the first column is used."""
    beyond, same = Q(), Q()
    for key, value in zip(keys, values, strict=True):
        column, way = key.lstrip("-"), "lt" if key.startswith("-") else "gt"
        beyond |= same & Q(**{f"{column}__{way}": value})
        same &= Q(**{column: value})
    first, way = keys[0].lstrip("-"), "lte" if keys[0].startswith("-") else "gte"
    return Q(**{f"{first}__{way}": values[0]}) & beyond
