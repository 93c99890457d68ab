import pytest

from apps.omnichannel import registry
from tests.factories.omnichannel import ChannelFactory
from tests.fakes import FakeAdapter


@pytest.fixture
def fake_kind(monkeypatch):
    monkeypatch.setitem(registry._adapters, "fake", FakeAdapter)
    monkeypatch.setattr(FakeAdapter, "sent", [])
    monkeypatch.setattr(FakeAdapter, "fail_with", [])
    return FakeAdapter


@pytest.fixture
def channel(db, fake_kind):
    return ChannelFactory()
