"""Why a ticket was late: said once, by whoever may, and counted."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import translation

from apps.activity.models import Activity
from apps.core.errors import Invalid
from apps.inbox.timeline import describe
from apps.sla.models import LateReason
from apps.sla.reasons import give_reason, lateness
from apps.sla.tasks import sweep_clocks
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.sla import HOUR, PolicyFactory
from tests.factories.tickets import TicketFactory

MADRID = ZoneInfo("Europe/Madrid")


@pytest.fixture
def late(office, clock_at):
    PolicyFactory(office=office, targets={"first_response": 4 * HOUR})
    ticket = TicketFactory(office=office, at=datetime(2026, 3, 4, 10, tzinfo=MADRID))
    clock_at("2026-03-04 15:00", "Europe/Madrid")
    sweep_clocks()
    return ticket


def said():
    return list(Activity.objects.filter(verb="late_reason_given").values_list("data__reason", flat=True))


def test_a_reason_is_kept_replaced_and_taken_back_and_each_is_said_once(late, office):
    ana = user_in(office, full_name="Ana Ruiz")
    for reason, note in (("staff", "two were  ill"), ("staff", "two were ill"), ("fault", ""), ("", "")):
        give_reason(late, reason=reason, note=note, actor=ana)
    assert said() == ["staff", "fault", ""]
    assert not LateReason.objects.exists()
    with translation.override("en"):
        lines = [describe(row) for row in Activity.objects.filter(verb="late_reason_given").order_by("pk")]
    assert lines == [
        "Ana Ruiz said why it was late: Too few people",
        "Ana Ruiz said why it was late: Our systems failed",
        "Ana Ruiz took back why it was late",
    ]


def test_a_ticket_that_was_not_late_has_no_reason(office):
    PolicyFactory(office=office, targets={"first_response": 4 * HOUR})
    ticket = TicketFactory(office=office)
    assert lateness(ticket) is None
    with pytest.raises(Invalid):
        give_reason(ticket, reason="staff", actor=user_in(office))
    with pytest.raises(Invalid):
        give_reason(ticket, reason="moon", actor=user_in(office))
    assert said() == []


def test_it_is_said_on_a_page_and_shown_beside_the_ticket(late, office, client):
    client.force_login(user_in(office))
    address = reverse("sla:late", args=[late.public_id])
    back = reverse("reporting:sla") + "?range=7"
    assert client.post(address, {"reason": "third", "note": "the archive", "back": back}).url == back
    details = client.get(f"/desk/t/{late.public_id}/details/").content.decode()
    assert "(the archive)" in details and address in details
    assert 'value="the archive"' in client.get(address).content.decode()
    wrong = client.post(address, {"reason": "moon", "note": "kept"})
    assert wrong.status_code == 422 and 'value="kept"' in wrong.content.decode()


def test_s_29_it_leads_back_to_our_own_pages_only(late, office, client):
    client.force_login(user_in(office))
    for elsewhere in ("https://elsewhere.example/", "//elsewhere.example/desk/", "/", "javascript:alert(1)"):
        address = reverse("sla:late", args=[late.public_id])
        answer = client.post(address, {"reason": "staff", "back": elsewhere})
        assert answer.url == f"/desk/t/{late.public_id}/"


def test_who_only_reads_may_not_say_it_and_others_see_no_ticket(late, office, client):
    address = reverse("sla:late", args=[late.public_id])
    client.force_login(user_in(office, "observer"))
    assert client.post(address, {"reason": "staff"}).status_code == 403
    assert address not in client.get(f"/desk/t/{late.public_id}/details/").content.decode()
    client.force_login(user_in(OfficeFactory()))
    assert client.get(address).status_code == 404
    assert not LateReason.objects.exists()
