import pytest

from tests.factories.accounts import OfficeFactory
from tests.factories.hours import CalendarFactory
from tests.factories.people import PersonFactory
from tests.factories.portal import come_in


@pytest.fixture
def body(db):
    """Biblioteca Olmo, open Monday to Friday from nine to six in Montevideo."""
    office = OfficeFactory(
        name="Biblioteca Olmo", slug="olmo", default_language="es", phone="2400 0000", email="hola@olmo.example"
    )
    office.calendar = CalendarFactory(office=office, time_zone="America/Montevideo")
    office.save()
    return office


@pytest.fixture
def maria(body):
    return PersonFactory(body=body, full_name="María Sosa", email="maria@example.org")


@pytest.fixture
def at_home(client, maria):
    """María's own browser, let in."""
    come_in(client, maria)
    return client
