"""The cast of the inbox: one library, Ana who works there, Otto who works for another body."""

import pytest
from django.test import Client

from tests.factories.accounts import OfficeFactory, TeamFactory, user_in
from tests.factories.people import PersonFactory
from tests.factories.tickets import TicketFactory


@pytest.fixture
def library(db):
    return OfficeFactory(name="Biblioteca Olmo", slug="olmo")


@pytest.fixture
def ana(library):
    return user_in(library, full_name="Ana Prieto", email="ana@olmo.example")


@pytest.fixture
def luis(library):
    return user_in(library, full_name="Luis Sosa", email="luis@olmo.example")


@pytest.fixture
def otto(db):
    return user_in(OfficeFactory(name="Otra casa"), full_name="Otto Lang")


@pytest.fixture
def desk(ana):
    return signed_in(ana)


@pytest.fixture
def team(library):
    return TeamFactory(office=library, name="Referencia", slug="referencia")


@pytest.fixture
def ticket(library):
    person = PersonFactory(body=library, full_name="María Pérez", email="maria@correo.example")
    return TicketFactory(office=library, requester=person, subject="Renovar préstamo")


def signed_in(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


HTMX = {"HTTP_HX_REQUEST": "true"}
