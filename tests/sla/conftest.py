import pytest

from apps.omnichannel import registry
from tests.factories.accounts import OfficeFactory
from tests.factories.omnichannel import ChannelFactory
from tests.fakes import FakeAdapter


@pytest.fixture
def office(db, monkeypatch):
    """An office whose answers can leave: one that reaches nobody keeps no promise."""
    monkeypatch.setitem(registry._adapters, "fake", FakeAdapter)
    office = OfficeFactory()
    ChannelFactory(office=office)
    return office
