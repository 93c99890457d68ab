"""Thousands of random calendars around clock changes, answered twice: quickly by us, slowly by the minute walker."""

import importlib.util
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.hours.arithmetic import NeverOpen, WorkingHours, due_at, elapsed, is_open, stretches

_spec = importlib.util.spec_from_file_location("minute_walker", Path(__file__).with_name("minute_walker.py"))
walker = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(walker)

# A zone, and a date near one of its clock changes: forward, back, half an hour, at midnight, and a leap day.
SITUATIONS = [
    ("Europe/Madrid", date(2026, 3, 29)),
    ("Europe/Madrid", date(2026, 10, 25)),
    ("America/Montevideo", date(2014, 10, 5)),
    ("America/Montevideo", date(2015, 3, 8)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("America/Santiago", date(2026, 9, 6)),
    ("America/Santiago", date(2026, 4, 5)),
    ("Asia/Kolkata", date(2028, 2, 29)),
    ("Europe/Rome", date(2028, 2, 29)),
]

minutes = st.integers(0, 95).map(lambda quarter: quarter * 15)
spans = st.tuples(minutes, st.integers(0, 96).map(lambda quarter: quarter * 15))
day_plans = st.lists(spans, max_size=3).map(tuple)


@st.composite
def situations(draw):
    zone, around = draw(st.sampled_from(SITUATIONS))
    dates = st.integers(-4, 6).map(lambda days: around + timedelta(days=days))
    hours = WorkingHours(
        tz=ZoneInfo(zone),
        weekly=draw(st.tuples(*[day_plans] * 7)),
        holidays=draw(st.frozensets(dates, max_size=2)),
        shifts=draw(st.dictionaries(dates, day_plans, max_size=2)),
        breaks=draw(st.dictionaries(dates, day_plans, max_size=1)),
    )
    midnight = datetime.combine(around, datetime.min.time(), UTC)
    moments = st.integers(-3 * 86_400, 3 * 86_400).map(lambda seconds: midnight + timedelta(seconds=seconds))
    start = draw(moments)
    pauses = [tuple(sorted((draw(moments), draw(moments)))) for _ in range(draw(st.integers(0, 2)))]
    return hours, start, pauses


relaxed = settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@relaxed
@given(situations(), st.integers(0, 20 * 3600))
def test_r_25_both_say_the_same_due_time(situation, seconds):
    hours, start, pauses = situation
    slow = walker.due_at(start, seconds, hours, pauses, limit=timedelta(days=14))
    try:
        fast = due_at(start, seconds, hours, pauses)
    except NeverOpen:
        fast = None
    if slow is None:
        assert fast is None or fast > start + timedelta(days=13)
    else:
        assert fast == slow


@relaxed
@given(situations(), st.integers(-3600, 5 * 86_400))
def test_r_25_both_count_the_same_time(situation, length):
    hours, start, pauses = situation
    end = start + timedelta(seconds=length)
    assert elapsed(start, end, hours, pauses) == pytest.approx(walker.elapsed(start, end, hours, pauses), abs=1e-6)


@relaxed
@given(situations())
def test_both_say_open_at_the_same_moments_and_the_stretches_add_up(situation):
    hours, start, _pauses = situation
    for step in range(0, 48 * 60, 37):
        moment = start + timedelta(minutes=step)
        assert is_open(moment, hours) == walker.is_open(moment, hours)
    end = start + timedelta(days=3)
    total = sum((closes - opens).total_seconds() for opens, closes in stretches(start, end, hours))
    assert total == pytest.approx(elapsed(start, end, hours), abs=1e-6)
