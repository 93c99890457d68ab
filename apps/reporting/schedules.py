"""Reports that go out by mail. When a period ends a letter is owed to each receiver: a row, sent from a task.

What is in a letter is decided when it is sent, by what its receiver may read then.
"""

import logging
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from apps.accounts.models import Office, User
from apps.accounts.viewers import for_user
from apps.core import clock
from apps.core.errors import Invalid
from apps.reporting import letters, ranges
from apps.reporting.figures import Report
from apps.reporting.forms import NARROWING, ScopeForm
from apps.reporting.models import ReportLetter, Schedule
from apps.reporting.ranges import Range

log = logging.getLogger(__name__)
VERB = "report.view"
AT_HOUR = 7  # of the installation's zone: on the desk when the day begins
LEASE = timedelta(minutes=10)
MOST_ATTEMPTS = 6


@transaction.atomic
def order(
    office: Office, *, name: str, every: str, form: str, asked: str, receivers: Iterable[User], actor: User
) -> Schedule:
    """Raises Invalid for a receiver who may not read reports of this office."""
    people = list(receivers)
    for person in people:
        if not for_user(person).may(VERB, office.pk):
            raise Invalid(
                "may_not_read", _("%(name)s may not read the reports of this office.") % {"name": person.full_name}
            )
    row = Schedule.objects.create(
        office=office, name=name, every=every, form=form, asked=narrowing_of(asked), made_by=actor,
        next_at=next_moment(every, clock.now()),
    )  # fmt: skip
    row.receivers.set(people)
    return row


def write_due() -> int:
    """A letter owed to each receiver of each schedule whose time has come. A second run finds the next time set."""
    written = 0
    for pk in Schedule.objects.due().values_list("pk", flat=True):
        with transaction.atomic():
            row = Schedule.objects.due().select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
            if row is None or row.next_at is None:
                continue
            period = period_before(row.every, row.next_at)
            owed = [
                ReportLetter(schedule=row, receiver=person, first=period.first, last=period.last)
                for person in row.receivers.filter(is_active=True)
            ]
            ReportLetter.objects.bulk_create(owed, ignore_conflicts=True)
            row.next_at = next_moment(row.every, clock.now())
            row.save()
            written += len(owed)
    return written


def send(letter_id: int) -> None:
    """Send one letter that is due: leased first, so that nobody else sends it, then over the network."""
    letter = _claim(letter_id)
    if letter is None:
        return
    viewer = for_user(letter.receiver)
    offices = offices_of(letter.schedule, viewer.offices_with(VERB))
    if not offices:
        _end(letter, ReportLetter.Outcome.REFUSED)
        return
    try:
        with translation.override(letter.receiver.language):
            form = form_for(letter.schedule.asked, Range(letter.first, letter.last, _zone()), offices)
            report = Report(form.scope(), is_wall_clock=form.is_wall_clock)
            letters.send(letter, report, asked=form.data.urlencode())
    except Exception:
        log.warning("report letter %s not sent, try %s", letter.pk, letter.attempts, exc_info=True)
        if letter.attempts >= MOST_ATTEMPTS:
            _end(letter, ReportLetter.Outcome.FAILED)
        else:
            ReportLetter.objects.filter(pk=letter.pk).update(
                next_at=clock.now() + timedelta(minutes=2**letter.attempts)
            )
    else:
        _end(letter, ReportLetter.Outcome.SENT)


def offices_of(schedule: Schedule, readable: Iterable[int]) -> tuple[int, ...]:
    """Of the schedule's office and those below it, the ones that may be read."""
    below = Office.objects.filter(path__startswith=schedule.office.path, pk__in=list(readable))
    return tuple(below.values_list("pk", flat=True))


def form_for(asked: str, period: Range, offices: tuple[int, ...]) -> ScopeForm:
    """The filters of a schedule for one period, as they would stand in the page's address."""
    query = QueryDict(asked, mutable=True)
    query["range"], query["first"], query["last"] = "custom", period.first.isoformat(), period.last.isoformat()
    return ScopeForm(query, offices=offices)


def narrowing_of(asked: str) -> str:
    """Of a query string, what narrows and how hours are told; the range is the schedule's own business."""
    query, kept = QueryDict(asked), QueryDict(mutable=True)
    for name in (*NARROWING, "hours"):
        if query.get(name):
            kept[name] = query[name][:60]
    return kept.urlencode()


def next_moment(every: str, after: datetime) -> datetime:
    """The first Monday, or first of a month, at the hour, that lies after a moment."""
    zone = _zone()
    day = after.astimezone(zone).date()
    for _try in range(40):
        is_day = day.weekday() == 0 if every == Schedule.Every.WEEK else day.day == 1
        moment = datetime.combine(day, time(AT_HOUR), zone)
        if is_day and moment > after:
            return moment
        day += timedelta(days=1)
    raise ValueError(every)


def period_before(every: str, moment: datetime) -> Range:
    day: date = moment.astimezone(_zone()).date()
    if every == Schedule.Every.WEEK:
        return ranges.week_before(day, _zone())
    return ranges.month_before(day, _zone())


def _claim(letter_id: int) -> ReportLetter | None:
    now = clock.now()
    with transaction.atomic():
        rows = ReportLetter.objects.select_for_update(of=("self",), skip_locked=True)
        letter = rows.select_related("schedule__office", "receiver").filter(pk=letter_id, next_at__lte=now).first()
        if letter is None:
            return None
        letter.attempts += 1
        letter.next_at = now + LEASE
        letter.save()
    return letter


def _end(letter: ReportLetter, outcome: str) -> None:
    sent_at = clock.now() if outcome == ReportLetter.Outcome.SENT else None
    ReportLetter.objects.filter(pk=letter.pk).update(next_at=None, outcome=outcome, sent_at=sent_at)


def _zone() -> Any:
    return timezone.get_default_timezone()
