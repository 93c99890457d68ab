from datetime import timedelta

import pytest

from apps.core import clock
from apps.people.services import address_failed, address_works, identify
from tests.factories.accounts import OfficeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return identify(OfficeFactory().body, kind="email", handle="ana@example.org")


def failed(person, at, *, is_permanent=False):
    return address_failed(
        person.body, kind="email", handle="Ana@example.org ", is_permanent=is_permanent, reason="552 full", at=at
    )


def test_a_lasting_failure_counts_at_once_and_an_arrival_clears_it(person):
    assert failed(person, clock.now(), is_permanent=True)
    assert person.identities.get().unreachable_reason == "552 full"
    assert not failed(person, clock.now(), is_permanent=True)  # known
    address_works(person.body, kind="email", handle="ana@example.org")
    assert person.identities.get().unreachable_since is None


def test_the_third_passing_failure_within_a_week_counts(person):
    start = clock.now()
    assert [failed(person, start + timedelta(days=day)) for day in (0, 3, 6)] == [False, False, True]


def test_passing_failures_far_apart_do_not_count(person):
    start = clock.now()
    assert not any(failed(person, start + timedelta(days=day)) for day in (0, 5, 10, 15, 20))


def test_an_unknown_address_is_nobodys(person):
    assert not address_failed(
        person.body, kind="email", handle="x@example.org", is_permanent=True, reason="", at=clock.now()
    )
