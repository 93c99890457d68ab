"""Keeping the facts true: each touched ticket is counted again, and what it counted as before is taken out of the sums.

One counts at a time: whoever holds the state's row. Counting the same ticket twice changes nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from itertools import chain
from typing import Any

from django.db import models, transaction
from django.db.models import Count, F, Max, Q, Sum, Value
from django.db.models.functions import TruncMonth

from apps.core import clock, rows
from apps.reporting.counting import Counted, count
from apps.reporting.models import (
    DIMENSIONS,
    MEASURES,
    AgentCell,
    FactState,
    HourCell,
    LengthCell,
    MonthCell,
    PolicyCell,
    PromiseFact,
    TicketFact,
    Touched,
)
from apps.tickets.models import Ticket

AT_ONCE = 1_000
KEYS: dict[type[models.Model], tuple[str, ...]] = {
    MonthCell: ("month", *DIMENSIONS),
    AgentCell: ("month", "office", "team", "via", "agent"),
    HourCell: ("on", "hour", "office", "team", "via"),
    PolicyCell: ("month", "office", "team", "via", "policy", "metric"),
    LengthCell: ("month", "office", "metric", "is_wall_clock", "minutes"),
}
SUMS: dict[type[models.Model], tuple[str, ...]] = {
    MonthCell: MEASURES,
    AgentCell: MEASURES,
    HourCell: (*MEASURES, "ended"),
    PolicyCell: ("kept", "late"),
    LengthCell: ("n",),
}
FACT_COLUMNS = tuple(field.attname for field in TicketFact._meta.concrete_fields)

Deltas = dict[type[models.Model], dict[tuple, Counter[str]]]


def touch(ticket_id: int) -> None:
    rows.insert(Touched(ticket_id=ticket_id))


def catch_up(*, most: int = AT_ONCE) -> int:
    """Count touched tickets again, at most so many of the oldest marks. 0 as well when somebody else is at it."""
    if not Touched.objects.exists():
        return 0
    with transaction.atomic():
        state = _hold()
        if state is None:
            return 0
        marks = dict(Touched.objects.order_by("pk").values_list("pk", "ticket_id")[:most])
        changed = _apply(sorted(set(marks.values())))
        Touched.objects.filter(pk__in=list(marks)).delete()
        state.counted_at = clock.now()
        state.save()
    return changed


def walk(*, most: int = AT_ONCE) -> int:
    """Count the next tickets of an endless round: builds what is missing, mends what nobody told us of."""
    with transaction.atomic():
        state = _hold()
        if state is None:
            return 0
        here = Ticket.objects.filter(pk__gt=state.walked_to).order_by("pk").values_list("pk", flat=True)[:most]
        ids = set(here)
        last = max(ids, default=0)
        gone = TicketFact.objects.filter(ticket_id__gt=state.walked_to)
        if len(ids) == most:
            gone = gone.filter(ticket_id__lte=last)
        else:
            last = 0  # the end: the round begins anew
        ids |= set(gone.values_list("ticket_id", flat=True))
        changed = sum(_apply(part) for part in _parts(sorted(ids)))
        state.walked_to = last
        state.counted_at = state.counted_at or clock.now()
        state.save()
    return changed


def rebuild() -> int:
    """Everything anew, in one transaction: readers see the old figures until the new ones stand."""
    with transaction.atomic():
        FactState.objects.get_or_create(pk=1)
        state = FactState.objects.select_for_update().get(pk=1)
        for model in (*KEYS, TicketFact, PromiseFact, Touched):
            model.objects.all().delete()  # type: ignore[attr-defined]
        highest, made = Ticket.objects.aggregate(n=Max("pk"))["n"] or 0, 0
        for begin in range(0, highest + 1, AT_ONCE * 2):
            ids = Ticket.objects.filter(pk__gt=begin, pk__lte=begin + AT_ONCE * 2).values_list("pk", flat=True)
            counted = count(list(ids)).values()
            TicketFact.objects.bulk_create([one.fact for one in counted], batch_size=500)
            PromiseFact.objects.bulk_create([promise for one in counted for promise in one.promises], batch_size=500)
            made += len(counted)
        _sum_up()
        state.counted_at = clock.now()
        state.save()
    return made


def _hold() -> FactState | None:
    """The one row, ours until the transaction ends; None while somebody else has it."""
    FactState.objects.get_or_create(pk=1)
    return FactState.objects.select_for_update(skip_locked=True).filter(pk=1).first()


def _apply(ids: Collection[int]) -> int:
    """Count these tickets and move the sums by what has changed. How many had changed."""
    if not ids:
        return 0
    before = {row.ticket_id: row for row in TicketFact.objects.filter(ticket_id__in=ids)}
    now = count(ids)
    promises_before: dict[int, list[PromiseFact]] = defaultdict(list)
    for row in PromiseFact.objects.filter(ticket_id__in=ids):
        promises_before[row.ticket_id].append(row)
    deltas: Deltas = {model: defaultdict(Counter) for model in KEYS}
    changed: list[Counted] = []
    for ticket_id in ids:
        old, new = before.get(ticket_id), now.get(ticket_id)
        promises = promises_before[ticket_id]
        if old is not None and new is not None and _is_same(old, promises, new):
            continue
        if old is not None:
            _add(deltas, old, promises, -1)
        if new is not None:
            _add(deltas, new.fact, new.promises, 1)
            changed.append(new)
    gone = [ticket_id for ticket_id in before if ticket_id not in now]
    stale = [*gone, *(one.fact.ticket_id for one in changed)]
    TicketFact.objects.filter(ticket_id__in=stale).delete()
    PromiseFact.objects.filter(ticket_id__in=stale).delete()
    TicketFact.objects.bulk_create([one.fact for one in changed], batch_size=500)
    PromiseFact.objects.bulk_create([promise for one in changed for promise in one.promises], batch_size=500)
    for model, cells in deltas.items():
        _move(model, cells)
    return len(stale)


def _is_same(old: TicketFact, promises: Iterable[PromiseFact], new: Counted) -> bool:
    return _plain(old) == _plain(new.fact) and set(map(_plain, promises)) == set(map(_plain, new.promises))


def _add(deltas: Deltas, fact: TicketFact, promises: Iterable[PromiseFact], sign: int) -> None:
    amounts = Counter({name: sign * value for name in MEASURES if (value := getattr(fact, name))})
    month = fact.opened_on.replace(day=1)
    where = (fact.office, fact.team, fact.via)
    own = (*where, fact.priority, fact.type, fact.service)
    for model, key in (
        (MonthCell, (month, *own)),
        (AgentCell, (month, *where, fact.agent)),
        (HourCell, (fact.opened_on, fact.opened_hour, *where)),
    ):
        deltas[model][key].update(amounts)
    if fact.ended_on is not None:
        deltas[HourCell][(fact.ended_on, fact.ended_hour, *where)]["ended"] += sign
    for promise in promises:
        end = "late" if promise.is_late else "kept"
        deltas[PolicyCell][(month, *where, promise.policy, promise.metric)][end] += sign
        for is_wall_clock, minutes in ((False, promise.business_minutes), (True, promise.elapsed_minutes)):
            if minutes is not None:
                deltas[LengthCell][(month, fact.office, promise.metric, is_wall_clock, minutes)]["n"] += sign


def _move(model: type[models.Model], cells: dict[tuple, Counter[str]]) -> None:
    moved = {key: amounts for key, amounts in cells.items() if any(amounts.values())}
    if not moved:
        return
    names, key_names = SUMS[model], KEYS[model]
    rows = model.objects.filter(**{f"{key_names[0]}__in": {key[0] for key in moved}})  # type: ignore[attr-defined]
    if len(last := {key[-1] for key in moved}) < 10 * AT_ONCE:
        rows = rows.filter(**{f"{key_names[-1]}__in": last})
    held = {tuple(getattr(row, name) for name in key_names): row for row in rows}
    written = []
    for key, amounts in moved.items():
        row = held.get(key) or model(**dict(zip(key_names, key, strict=True)))
        for name, amount in amounts.items():
            setattr(row, name, getattr(row, name) + amount)
        row.pk = None
        written.append(row)
    model.objects.bulk_create(  # type: ignore[attr-defined]
        written, batch_size=500, update_conflicts=True, unique_fields=list(key_names), update_fields=list(names)
    )


def _sum_up() -> None:
    """The sums, from the facts alone."""
    month = {"month": TruncMonth("opened_on")}
    own = {name: F(name) for name in ("office", "team", "via")}
    _store(MonthCell, [_grouped(TicketFact.objects.all(), month | {name: F(name) for name in DIMENSIONS})])
    _store(AgentCell, [_grouped(TicketFact.objects.all(), month | own | {"agent": F("agent")})])
    opened = _grouped(TicketFact.objects.all(), {"on": F("opened_on"), "hour": F("opened_hour"), **own})
    ended = TicketFact.objects.filter(ended_on__isnull=False).values(
        *own, cell_on=F("ended_on"), cell_hour=F("ended_hour"), cell_ended=Count("pk")
    )
    _store(HourCell, [opened, ended.order_by()])
    promises = PromiseFact.objects.annotate(cell_month=TruncMonth("opened_on")).order_by()
    ends = {f"cell_{end}": Count("pk", filter=Q(is_late=end == "late")) for end in ("kept", "late")}
    _store(PolicyCell, [promises.values("cell_month", *own, "policy", "metric").annotate(**ends)])
    _store(LengthCell, [_lengths(promises, is_wall_clock=is_wall) for is_wall in (False, True)])


def _grouped(rows: models.QuerySet, key: dict[str, Any]) -> models.QuerySet:
    """Sums by these expressions; what is not a column's own name comes as `cell_<name>`."""
    named = {f"cell_{name}": expression for name, expression in key.items() if name not in FACT_COLUMNS}
    plain = [name for name in key if name in FACT_COLUMNS]
    sums = {f"cell_{name}": Sum(name) for name in MEASURES}
    return rows.values(*plain, **named).annotate(**sums).order_by()


def _lengths(promises: models.QuerySet, *, is_wall_clock: bool) -> models.QuerySet:
    column = "elapsed_minutes" if is_wall_clock else "business_minutes"
    rows = promises.filter(**{f"{column}__isnull": False}).values("cell_month", "office", "metric")
    wall = Value(is_wall_clock, output_field=models.BooleanField())
    return rows.annotate(cell_is_wall_clock=wall, cell_minutes=F(column), cell_n=Count("pk"))


def _store(model: type[models.Model], groups: Iterable[models.QuerySet]) -> None:
    held: dict[tuple, Any] = {}
    for found in chain.from_iterable(groups):
        values = {name.removeprefix("cell_"): value for name, value in found.items()}
        key = tuple(values[name] for name in KEYS[model])
        row = held.setdefault(key, model(**dict(zip(KEYS[model], key, strict=True))))
        for name in SUMS[model]:
            setattr(row, name, getattr(row, name) + (values.get(name) or 0))
    model.objects.bulk_create(held.values(), batch_size=500)  # type: ignore[attr-defined]


def _parts(ids: list[int]) -> list[list[int]]:
    return [ids[begin : begin + AT_ONCE] for begin in range(0, len(ids), AT_ONCE)]


def _plain(row: models.Model) -> tuple:
    return tuple(getattr(row, field.attname) for field in row._meta.concrete_fields)
