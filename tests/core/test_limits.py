"""How often a stranger may knock: the same answer over processes, and without Redis."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from apps.core import limits
from apps.core.errors import TooMany
from apps.core.models import LimitCount

pytestmark = pytest.mark.django_db


def knock(times=1, key="10.0.0.1", bucket="door"):
    for _ in range(times):
        limits.allow(bucket, key, limit=3, seconds=60)


def test_s_57_after_the_last_allowed_knock_the_door_says_how_long_to_wait(clock_at):
    clock_at("2026-03-02 10:00:20")
    knock(3)
    with pytest.raises(TooMany) as refused:
        knock()
    assert (refused.value.code, refused.value.status, refused.value.retry_after) == ("too_many", 429, 40)


def test_the_next_window_begins_anew(clock_at):
    clock_at("2026-03-02 10:00:20")
    knock(3)
    clock_at("2026-03-02 10:01:00")
    knock(3)


def test_keys_and_buckets_are_counted_apart():
    knock(3)
    knock(3, key="10.0.0.2")
    knock(3, bucket="window")


def test_check_counts_nothing_and_refuses_when_the_limit_is_used_up():
    for _ in range(5):
        limits.check("door", "10.0.0.1", limit=3, seconds=3600)
    for _ in range(3):
        limits.allow("door", "10.0.0.1", limit=3, seconds=3600)
    with pytest.raises(TooMany):
        limits.check("door", "10.0.0.1", limit=3, seconds=3600)


def test_who_knocked_is_kept_hashed():
    knock(key="10.0.0.99")
    assert "10.0.0.99" not in str(list(LimitCount.objects.values_list()))


def test_old_windows_are_forgotten_and_the_present_one_is_not(clock_at):
    clock_at("2026-03-01 09:00")
    knock()
    clock_at("2026-03-02 10:00")
    knock()
    assert limits.forget_old() == 1
    assert LimitCount.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_at_the_same_instant_exactly_as_many_as_allowed_come_in(clock_at):
    clock_at("2026-03-02 10:00")  # no window ends in the middle

    def one(_n):
        try:
            knock()
            return True
        except TooMany:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(24))) == 3
    assert LimitCount.objects.get().count == 24
