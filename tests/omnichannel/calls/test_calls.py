import pytest

from apps.activity.models import Activity
from apps.omnichannel.links import call_address, call_links, note_click
from apps.omnichannel.ports import DeliveryFailed, Forged, OutboundMessage, RawInput
from apps.omnichannel.registry import adapter_for
from tests.factories.accounts import OfficeFactory
from tests.factories.hours import CalendarFactory
from tests.factories.omnichannel import ChannelFactory


@pytest.fixture
def telephone(db):
    return ChannelFactory(kind="calls", address="+598 2400 0000", settings={"link": "tel", "labels": {"es": "Llame"}})


def test_a_link_is_never_a_conversation(telephone):
    adapter = adapter_for(telephone)
    with pytest.raises(Forged):
        adapter.verify(RawInput(b"", "webhook"))
    assert list(adapter.parse(RawInput(b"hello", "webhook"))) == []
    words = OutboundMessage("x", "k", "r", "", "", "", "", "", "", "", False)
    with pytest.raises(DeliveryFailed) as refusal:
        adapter.send(words)
    assert refusal.value.kind == "invalid"


def test_calls_are_listed_with_their_words_and_whether_somebody_is_there(
    telephone, clock_at, django_assert_max_num_queries
):
    telephone.calendar = CalendarFactory(office=telephone.office, time_zone="America/Montevideo")
    telephone.save()
    clock_at("2026-03-02 10:00")
    call_links(telephone.office, language="es")
    with django_assert_max_num_queries(2):
        (call,) = call_links(telephone.office, language="es")
    assert (call.href, call.label, call.icon) == ("tel:+59824000000", "Llame", "phone")
    assert call.state.is_open
    clock_at("2026-03-02 21:00")
    (call,) = call_links(telephone.office, language="es")
    assert not call.state.is_open
    assert call.state.opens_at.isoformat() == "2026-03-03T12:00:00+00:00"


def test_without_opening_hours_nothing_is_claimed(telephone):
    (call,) = call_links(telephone.office, language="es")
    assert not call.state.is_known


def test_calls_of_another_body_and_calls_switched_off_are_not_listed(telephone):
    ChannelFactory(kind="calls", address="+598 2400 0001", settings={"link": "tel"})
    ChannelFactory(
        kind="calls", office=telephone.office, address="abc-mnop-xyz", settings={"link": "meet"}, is_active=False
    )
    branch = OfficeFactory(parent=telephone.office)
    ChannelFactory(kind="calls", office=branch, address="abc-mnop-xyz", settings={"link": "meet"})
    assert [call.href for call in call_links(telephone.office, language="es")] == [
        "tel:+59824000000",
        "https://meet.google.com/abc-mnop-xyz",
    ]


def test_a_click_is_counted_without_a_name(telephone):
    channel, href = call_address(telephone.key)
    note_click(channel)
    row = Activity.objects.get(verb="call_link_opened")
    assert (row.subject_id, row.office_id, row.actor_kind, row.data["kind"]) == (
        telephone.pk,
        telephone.office_id,
        "system",
        "tel",
    )
    assert href == "tel:+59824000000"
    assert call_address("c_unknown") is None
