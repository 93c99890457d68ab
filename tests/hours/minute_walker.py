"""A slow second opinion: walks the wall clock minute by minute and shares nothing with the arithmetic but its data."""

from datetime import UTC, datetime, timedelta

MINUTE = timedelta(minutes=1)


def is_open(moment, hours):
    local = moment.astimezone(hours.tz)
    today, minute = local.date(), local.hour * 60 + local.minute
    if today in hours.holidays:
        return False
    yesterday = today - timedelta(days=1)
    return _covers(minute, _planned(today, hours), _planned(yesterday, hours)) and not _covers(
        minute, hours.breaks.get(today, ()), hours.breaks.get(yesterday, ())
    )


def due_at(start, seconds, hours, pauses=(), *, limit=timedelta(days=60)):
    """None when it is not used up within the limit. A moment between two minutes belongs to the earlier one."""
    now, left = start.astimezone(UTC), timedelta(seconds=seconds)
    while now < start + limit:
        until = _next_step(now, pauses)
        if _counts(now, hours, pauses):
            if not left or until - now > left:
                return now + left
            left -= until - now
            if not left:
                return until
        now = until
    return None


def elapsed(start, end, hours, pauses=()):
    now, total = start.astimezone(UTC), timedelta()
    while now < end:
        until = min(_next_step(now, pauses), end)
        if _counts(now, hours, pauses):
            total += until - now
        now = until
    return total.total_seconds()


def _counts(moment, hours, pauses):
    return is_open(moment, hours) and not any(begins <= moment < ends for begins, ends in pauses)


def _next_step(now, pauses):
    minute = now.replace(second=0, microsecond=0) + MINUTE
    return min([minute, *(edge for pause in pauses for edge in pause if now < edge < minute)])


def _planned(day, hours):
    return hours.shifts[day] if day in hours.shifts else hours.weekly[day.weekday()]


def _covers(minute, todays, yesterdays):
    for opens, closes in todays:
        if opens <= minute and (minute < closes or closes <= opens):
            return True
    return any(closes <= opens and minute < closes for opens, closes in yesterdays)


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)
