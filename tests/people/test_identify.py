"""Who is this? One person a handle, in one body."""

import pytest

from apps.people.models import Identity, Person
from apps.people.services import add_identity, identify
from tests.factories.accounts import OfficeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def body():
    return OfficeFactory()


def test_an_address_is_the_same_in_capitals_and_with_blanks(body):
    ana = identify(body, kind="email", handle="Ana@Correo.Olmo.example ", name="Ana")
    assert identify(body, kind="email", handle="ana@correo.olmo.example", name="Somebody else") == ana
    ana.refresh_from_db()
    assert ana.full_name == "Ana"


def test_s_33_another_body_does_not_know_them(body):
    ana = identify(body, kind="email", handle="ana@correo.olmo.example")
    assert identify(OfficeFactory(), kind="email", handle="ana@correo.olmo.example") != ana


def test_asking_for_somebody_known_costs_one_query(body, django_assert_num_queries):
    identify(body, kind="email", handle="ana@correo.olmo.example")
    with django_assert_num_queries(1):
        identify(body, kind="email", handle="ana@correo.olmo.example")


def test_r_05_who_loses_the_race_takes_the_winners_person(body, monkeypatch):
    from apps.people import services

    winner = identify(body, kind="email", handle="ana@correo.olmo.example")
    answers = iter([None, winner])
    monkeypatch.setattr(services, "_find", lambda *_args: next(answers))
    assert identify(body, kind="email", handle="ana@correo.olmo.example") == winner
    assert Person.objects.count() == Identity.objects.count() == 1


def test_a_handle_of_somebody_else_is_not_taken(body):
    ana = identify(body, kind="email", handle="ana@correo.olmo.example")
    eva = identify(body, kind="email", handle="eva@correo.olmo.example")
    assert not add_identity(eva, kind="email", handle="ana@correo.olmo.example")
    assert add_identity(ana, kind="phone", handle="+59899123456")
