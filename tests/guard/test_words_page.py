"""An office adds to the words that stay private, and the guard knows them."""

import pytest

from apps.guard.models import WordList
from apps.omnichannel.services.guarding import personal_data
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.tickets import TicketFactory

pytestmark = pytest.mark.django_db


def test_a_word_that_was_added_holds_an_answer_back(client):
    office = OfficeFactory()
    ticket = TicketFactory(office=office)
    assert not personal_data(ticket, "The eviction is on Monday")
    client.force_login(user_in(office, "admin"), backend="django.contrib.auth.backends.ModelBackend")
    sent = client.post("/desk/admin/private-words/", {"body": office.pk, "words": " eviction \n\neviction\nhostel\x00"})
    assert sent.status_code == 302
    assert WordList.objects.get().listed() == ["eviction", "hostel"]
    assert [hit.kind for hit in personal_data(ticket, "The Eviction is on Monday")] == ["sensitive"]
    assert "hostel" in client.get("/desk/admin/private-words/").content.decode()


def test_s_33_the_list_of_another_body_is_out_of_reach(client):
    client.force_login(user_in(OfficeFactory(), "admin"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.post("/desk/admin/private-words/", {"body": OfficeFactory().pk, "words": "x"}).status_code == 404
