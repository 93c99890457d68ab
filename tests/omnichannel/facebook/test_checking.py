"""How a page stands is asked and named, and what no webhook told is found."""

import pytest

from apps.core import clock
from apps.omnichannel import services
from apps.omnichannel.facebook import checking
from apps.omnichannel.facebook.models import Check
from apps.omnichannel.models import Envelope
from apps.tickets.models import Message, Ticket
from tests.factories.accounts import user_in
from tests.omnichannel.facebook.conftest import AL, MIA
from tests.omnichannel.facebook.test_going_out import graph  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def connected(graph, olmo_page):  # noqa: F811
    olmo_page.settings |= {"app_id": "555"}
    olmo_page.save()
    return olmo_page


def read_all():
    for envelope in Envelope.objects.filter(state="waiting"):
        services.process(envelope.pk)


def test_a_page_that_stands_well(graph, connected):  # noqa: F811
    row = checking.check(connected.pk)
    assert (row.page_name, row.missing) == ("Municipio de Olmo", [])
    assert row.next_at > clock.now()


def test_what_is_missing_is_named(graph, connected):  # noqa: F811
    graph.is_subscribed, graph.name = False, "Los Amigos del Barrio"
    graph.scopes.remove("pages_messaging")
    assert checking.check(connected.pk).missing == [
        [checking.PERMISSIONS, "pages_messaging"],
        [checking.NOT_SUBSCRIBED, ""],
        [checking.OTHER_NAME, "Los Amigos del Barrio"],
    ]


def test_a_dead_token_is_named_and_what_is_read_of_it_says_so(graph, connected, client):  # noqa: F811
    graph.token = "another"
    assert checking.check(connected.pk).missing == [[checking.TOKEN, ""]]
    admin = user_in(connected.office, "admin", language="en")
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    shown = client.get(f"/desk/admin/channels/{connected.slug}/").content.decode()
    assert "Write a new one below" in shown and f"/hooks/{connected.key}/" in shown


def test_what_no_webhook_told_is_found_once(graph, connected):  # noqa: F811
    graph.write_comment(AL, "Al Rey", "Nobody told you of this")
    graph.write_message(MIA, "Mia Stone", "Nor of this")
    assert checking.check(connected.pk).found == 2
    read_all()
    assert checking.check(connected.pk).found == 2
    read_all()
    found = set(Message.objects.filter(direction="in").values_list("text", flat=True))
    assert found == {"Nobody told you of this", "Nor of this"}
    assert Ticket.objects.count() == 2


def test_002_27_what_stood_there_before_the_page_was_connected_stays_untouched(graph, connected):  # noqa: F811
    graph.moved = -3600
    graph.write_comment(AL, "Al Rey", "Long ago")
    graph.moved = 0
    assert checking.check(connected.pk).found == 0


def test_each_page_has_its_turn_once(connected):
    assert checking.due() == [connected.pk]
    assert checking.due() == []
    Check.objects.update(next_at=clock.now())
    assert checking.due() == [connected.pk]
