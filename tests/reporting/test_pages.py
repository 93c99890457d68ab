"""Every figure opens to its tickets and its arithmetic; pages cost the same however many tickets there are."""

import re

import pytest
from django.urls import reverse

from apps.reporting import drill
from apps.reporting.models import OutsideFigure
from apps.tickets import services as tickets
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.sla import HOUR, PolicyFactory
from tests.factories.tickets import TicketFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def head(office, client):
    PolicyFactory(office=office, targets={"first_response": 4 * HOUR, "resolution": 9 * HOUR})
    user = user_in(office, "supervisor")
    client.force_login(user)
    return user


@pytest.mark.parametrize("name", sorted(drill.FIGURES))
def test_every_figure_says_how_it_is_counted(office, head, client, name):
    TicketFactory(office=office)
    page = client.get(reverse("reporting:figure", args=[name])).content.decode()
    assert "How is this counted?" in page and "<strong>" in page


def test_a_figure_lists_its_tickets_by_key_and_only_those_that_may_be_seen(office, head, client, monkeypatch):
    monkeypatch.setattr("apps.reporting.views.figure.ROWS_A_PAGE", 2)
    mine = [TicketFactory(office=office, subject=f"Mine {n}") for n in range(5)]
    TicketFactory(office=OfficeFactory(), subject="Theirs")
    tickets.change_status(mine[0], to="spam", actor=None)
    seen, address = [], reverse("reporting:figure", args=["opened"])
    while address:
        page = client.get(address).content.decode()
        seen += re.findall(r"Mine \d", page)
        more = re.search(r'href="(\?[^"]*before=\d+)"', page)
        address = reverse("reporting:figure", args=["opened"]) + more[1].replace("&amp;", "&") if more else None
    assert "4 tickets" in page and "Theirs" not in page
    assert seen == ["Mine 4", "Mine 3", "Mine 2", "Mine 1"]


def test_a_cell_of_the_heat_map_opens_to_its_hour(office, head, client, clock_at):
    clock_at("2026-03-02 10:30")  # a Monday
    TicketFactory(office=office, subject="Early")
    clock_at("2026-03-03 15:30")
    TicketFactory(office=office, subject="Later")
    page = client.get(reverse("reporting:volume")).content.decode()
    assert "weekday=0&amp;hour=10" in page
    page = client.get(reverse("reporting:figure", args=["opened"]), {"weekday": 0, "hour": 10}).content.decode()
    assert "Early" in page and "Later" not in page


def test_an_unknown_figure_and_odd_numbers_are_no_error(office, head, client):
    assert client.get(reverse("reporting:figure", args=["nothing"])).status_code == 404
    for odd in ("²", "-1", "9" * 40, "x", "7"):
        asked = {"weekday": odd, "hour": odd, "before": odd}
        assert client.get(reverse("reporting:figure", args=["opened"]), asked).status_code == 200, odd


@pytest.mark.parametrize("name", ["sla", "volume", "channels", "replays", "scheduled"])
def test_pages_have_no_inline_style_or_script_and_cost_the_same(
    office, head, client, name, django_assert_max_num_queries
):
    for number in range(12):
        TicketFactory(office=office, via="email" if number % 2 else "phone")
    page = client.get(reverse(f"reporting:{name}"))
    assert page.status_code == 200
    assert " style=" not in page.content.decode() and "<script>" not in page.content.decode()
    with django_assert_max_num_queries(34):
        client.get(reverse(f"reporting:{name}"))


def test_groups_can_be_cut_every_way_and_open_to_their_tickets(office, head, client):
    TicketFactory(office=office, assignee=head, via="phone")
    for by in ("via", "team", "office", "type", "priority", "service", "agent", "nonsense"):
        page = client.get(reverse("reporting:sla"), {"by": by}).content.decode()
        assert 'id="groups"' in page, by
    page = client.get(reverse("reporting:sla"), {"by": "agent"}).content.decode()
    assert head.full_name in page and f"agent={head.pk}" in page


def test_an_outside_figure_is_noted_beside_ours_and_taken_away(office, head, client):
    TicketFactory(office=office, via="email")
    data = {"office": office.pk, "month": "2026-05", "channel": "Visits", "figure": "1234.5", "note": "Town statistics"}
    assert client.post(reverse("reporting:channels"), data).status_code == 302
    row = OutsideFigure.objects.get()
    assert row.noted_by == head and row.month.day == 1
    assert "Town statistics" in client.get(reverse("reporting:channels")).content.decode()
    assert client.post(reverse("reporting:channels"), data | {"office": OfficeFactory().pk}).status_code == 422
    assert client.post(reverse("reporting:forget_outside", args=[row.pk])).status_code == 302
    assert not OutsideFigure.objects.exists()
