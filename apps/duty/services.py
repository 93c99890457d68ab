"""The verbs of a shift: hand over, take over, open, and the screen on the wall."""

import secrets
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import Office, User
from apps.activity.bus import Actor, record
from apps.core import clock, crypto, live
from apps.core.errors import Invalid
from apps.duty.events import HandoverBegun, HandoverDone, OfficeOpened, WallMade, WallRemoved
from apps.duty.live import backlog
from apps.duty.models import Handover, HandoverItem, Opening, Wall
from apps.hours import duty
from apps.hours.arithmetic import WorkingHours
from apps.hours.following import calendar_of
from apps.hours.models import Shift
from apps.hours.reading import working_hours
from apps.tickets import services as tickets
from apps.tickets.models import Ticket
from apps.tickets.querysets import TicketQuerySet

DUE_WITHIN = timedelta(hours=3)
CHAT_IS_FRESH = timedelta(hours=12)
MOST_ITEMS = 200


def below(office: Office) -> list[int]:
    """The office and all below it."""
    return list(Office.objects.filter(path__startswith=office.path).values_list("pk", flat=True))


@transaction.atomic
def begin_handover(office: Office, *, by: User, words: str = "") -> Handover:
    """The list of what the next shift takes over; the one that is open already when there is one."""
    Office.objects.select_for_update().get(pk=office.pk)  # two who press at once begin one
    existing = Handover.objects.filter(office=office, done_at=None).first()
    if existing:
        return existing
    now, roster = clock.now(), duty.roster_of(office)
    running, coming = roster.running(now), next(roster.coming(now), None)
    soon_over = min(running, key=lambda turn: turn.ends, default=None)
    shifts = Shift.objects.in_bulk([turn.shift.id for turn in (soon_over, coming) if turn])
    handover = Handover.objects.create(
        office=office,
        from_shift=shifts.get(soon_over.shift.id) if soon_over else None,
        to_shift=shifts.get(coming.shift.id) if coming else None,
        begun_by=by,
        words=words.strip(),
    )
    leaving = {one.user_id for one in soon_over.duties} if soon_over else {by.pk}
    items = _items(handover, leaving or {by.pk})
    HandoverItem.objects.bulk_create(items)
    record(HandoverBegun(office_id=office.pk, handover_id=handover.pk, items=len(items)), Actor.of(by))
    if not items:
        _finish(handover, by)
    _tell(office.pk)
    return handover


def _items(handover: Handover, leaving: set[int]) -> list[HandoverItem]:
    """Each ticket once: as a chat, else as a promise, else as backlog."""
    now = clock.now()
    rows = Ticket.objects.filter(office_id__in=below(handover.office)).open().awake()
    kinds: list[tuple[str, TicketQuerySet]] = [
        ("chat", rows.filter(via="webchat", last_message_at__gte=now - CHAT_IS_FRESH)),
        ("promise", rows.filter(next_due_at__lte=now + DUE_WITHIN)),
        ("backlog", rows.waiting_for_us().filter(assignee=None)),
        ("backlog", rows.waiting_for_us().filter(assignee__in=leaving)),
    ]
    found: dict[int, HandoverItem] = {}
    for kind, tickets_of_kind in kinds:
        for ticket in tickets_of_kind.by_urgency()[:MOST_ITEMS]:
            item = HandoverItem(handover=handover, kind=kind, ticket=ticket, given_by_id=ticket.assignee_id)
            found.setdefault(ticket.pk, item)
    return list(found.values())[:MOST_ITEMS]


@transaction.atomic
def accept(item: HandoverItem, *, by: User, take: bool = False) -> bool:
    """Taken over, and with `take` also assigned to whoever took it. The last one ends the handover.

    A second call changes nothing. Says whether the handover is done. Raises Invalid as `assign` does.
    """
    handover = Handover.objects.select_for_update().get(pk=item.handover_id)
    fresh = HandoverItem.objects.select_related("ticket").get(pk=item.pk)
    if fresh.accepted_at is None:
        if take:
            tickets.assign(fresh.ticket, to=by, actor=by)
        fresh.accepted_by, fresh.accepted_at = by, clock.now()
        fresh.save(update_fields=["accepted_by", "accepted_at"])
        _tell(handover.office_id)
    if handover.done_at is None and not handover.items.filter(accepted_at=None).exists():
        _finish(handover, by)
    return handover.done_at is not None


def _finish(handover: Handover, by: User) -> None:
    handover.done_by, handover.done_at = by, clock.now()
    handover.save(update_fields=["done_by", "done_at"])
    record(HandoverDone(office_id=handover.office_id, handover_id=handover.pk), Actor.of(by))


@transaction.atomic
def begin_opening(office: Office, *, by: User) -> Opening:
    """Today's list; the one that is there already when there is one."""
    today = clock.now().astimezone(duty.roster_of(office).zone).date()
    row, _new = Opening.objects.get_or_create(
        office=office, on=today, defaults={"begun_by": by, "backlog_at_start": waiting_before(office).count()}
    )
    return row


def waiting_before(office: Office) -> TicketQuerySet:
    """What came before the doors opened and still waits for a word from us, in order of urgency."""
    now, calendar = clock.now(), calendar_of(office)
    hours = working_hours(calendar, now) if calendar else WorkingHours.always(duty.roster_of(office).zone)
    found: TicketQuerySet = backlog(Ticket.objects.filter(office_id__in=below(office)).open().awake(), hours, now)
    return found.by_urgency()


@transaction.atomic
def tick(opening: Opening, *, step: str, is_done: bool = True) -> Opening:
    """`step` is "sound" or "channels"."""
    if step not in ("sound", "channels"):
        raise Invalid("unknown_step", _("There is no such step."), field="step")
    setattr(opening, f"{step}_at", clock.now() if is_done else None)
    opening.save(update_fields=[f"{step}_at"])
    _tell(opening.office_id)
    return opening


@transaction.atomic
def finish_opening(opening: Opening, *, by: User) -> Opening:
    """Raises Invalid while a step is open or anything from before still waits."""
    if opening.done_at is None:
        if opening.sound_at is None or opening.channels_at is None:
            raise Invalid("steps_left", _("First tick the sound and the channels."))
        if waiting_before(opening.office).exists():
            raise Invalid("backlog_left", _("Something from before the doors opened still waits."))
        opening.done_by, opening.done_at = by, clock.now()
        opening.save(update_fields=["done_by", "done_at"])
        event = OfficeOpened(office_id=opening.office_id, opening_id=opening.pk, backlog=opening.backlog_at_start)
        record(event, Actor.of(by))
        _tell(opening.office_id)
    return opening


@transaction.atomic
def make_wall(office: Office, *, name: str, by: User) -> tuple[Wall, str]:
    """A screen for the room, and its key, shown this one time."""
    key = secrets.token_urlsafe(24)
    row = Wall.objects.create(office=office, name=name.strip() or office.name, digest=crypto.digest(key), made_by=by)
    record(WallMade(office_id=office.pk, wall_id=row.pk), Actor.of(by))
    return row, key


@transaction.atomic
def remove_wall(wall: Wall, *, by: Any) -> None:
    record(WallRemoved(office_id=wall.office_id, wall_id=wall.pk), Actor.of(by))
    wall.delete()


def _tell(office_id: int) -> None:
    live.tell(f"office.{office_id}", {"type": "duty.changed", "t": "duty.changed", "office": office_id})
