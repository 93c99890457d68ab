"""Whom we refer people to: cards that everybody who answers keeps, put into an answer."""

import pytest

from apps.activity.models import Activity
from apps.catalogue.models import ReferralCard
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.tickets import TicketFactory

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
FACTS = {"matters": "Old maps", "phone": "2400 0001", "email": "referencia@olmo.example", "hours": "9 to 13"}


@pytest.fixture
def office():
    return OfficeFactory()


@pytest.fixture
def desk(client, office):
    client.force_login(user_in(office), backend=BACKEND)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def card(office, name="Reference desk", **facts):
    return ReferralCard.objects.create(office=office, name=name, **{**FACTS, **facts})


def test_000_26_a_card_is_put_into_the_answer_in_the_language_of_the_ticket(desk, office):
    card(office, place="Room 4")
    ticket = TicketFactory(office=office, language="es")
    html = desk.get(f"/desk/t/{ticket.public_id}/refer/", headers={"HX-Request": "true"}).content.decode()

    wanted = "Reference desk\nTeléfono: 2400 0001\nCorreo: referencia@olmo.example"
    assert wanted in html.replace("Correo electrónico", "Correo").replace("E-mail", "Correo")
    assert "Room 4" in html and "9 to 13" in html


def test_who_answers_keeps_the_directory_and_every_change_is_in_the_trail(desk, office):
    said = {"office": office.pk, "name": "Map room", **FACTS}
    assert desk.post("/desk/directory/new/", said).status_code == 302
    row = ReferralCard.objects.get()
    desk.post(f"/desk/directory/{row.pk}/", {**said, "phone": "2400 0002"})
    row.refresh_from_db()
    assert row.phone == "2400 0002"
    desk.post(f"/desk/directory/{row.pk}/remove/")

    assert not ReferralCard.objects.exists()
    assert Activity.objects.filter(verb="referral_card_changed").count() == 3


def test_a_card_without_any_way_to_reach_it_is_refused_and_nothing_is_lost(desk, office):
    page = desk.post("/desk/directory/new/", {"office": office.pk, "name": "Nobody knows", "matters": "Lost things"})

    assert page.status_code == 422 and "Lost things" in page.content.decode()
    assert not ReferralCard.objects.exists()


def test_cards_are_found_by_what_they_are_for_and_end_at_the_wall_of_the_body(desk, office):
    card(office)
    card(office, name="Loans", matters="Renewals")
    card(OfficeFactory(), name="Another town")
    assert "Another town" not in desk.get("/desk/directory/").content.decode()
    html = desk.get("/desk/directory/", {"q": "maps"}).content.decode()

    assert "Reference desk" in html and "Renewals" not in html


def test_the_directory_costs_the_same_for_one_and_for_many(desk, office, django_assert_num_queries):
    card(office)
    desk.get("/desk/directory/")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as one:
        desk.get("/desk/directory/")
    for n in range(10):
        card(office, name=f"Card {n}")
    with django_assert_num_queries(len(one)):
        desk.get("/desk/directory/")
