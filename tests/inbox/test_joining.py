"""The dialogs that merge, split, link and move; what stands on the page afterwards."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from apps.tickets import services
from apps.tickets.models import Link, Message, Ticket
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.people import PersonFactory
from tests.factories.tickets import TicketFactory

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def office():
    return OfficeFactory()


@pytest.fixture
def ana(office, client):
    user = user_in(office)
    client.force_login(user)
    return user


@pytest.fixture
def sara(office):
    return PersonFactory(body=office, full_name="Sara Ríos")


@pytest.fixture
def kept(office, sara):
    return TicketFactory(office=office, requester=sara, subject="The loan")


@pytest.fixture
def second(office, sara):
    return TicketFactory(office=office, requester=sara, subject="The loan again")


def url(name, ticket):
    return reverse(f"inbox:{name}", args=[ticket.public_id])


def test_the_same_persons_tickets_are_offered_first_and_others_are_searched(client, ana, kept, second, office):
    other = TicketFactory(office=office, subject="Roof of the hall")
    first = client.get(url("merge", second), **HTMX).content.decode()
    assert kept.reference in first and other.reference not in first
    found = client.get(url("merge", second), {"q": "roof"}, **HTMX).content.decode()
    assert other.reference in found and "another person" in found and kept.reference not in found
    assert 'hx-target="#picker-body" hx-swap="innerHTML"' in found, "the form's own hx-swap=none would be inherited"


def test_nothing_of_another_body_is_offered_or_taken(client, ana, second):
    foreign = TicketFactory(subject="Roof")
    found = client.get(url("merge", second), {"q": "roof"}, **HTMX).content.decode()
    assert foreign.reference not in found
    assert client.post(url("merge", second), {"into": foreign.public_id}).status_code == 404


def test_merging_leads_to_the_kept_ticket_and_says_so_on_the_merged_one(client, ana, kept, second):
    answer = client.post(url("merge", second), {"into": kept.public_id}, **HTMX)
    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"/desk/t/{kept.public_id}/")
    page = client.get(url("ticket", second)).content.decode()
    assert f"Merged into {kept.reference}." in page
    assert f'href="/desk/t/{kept.public_id}/"' in page and "answer-box" not in page
    assert second.reference in client.get(url("ticket", kept)).content.decode(), "its timeline says what came"
    panel = client.get(url("details", kept), **HTMX).content.decode()
    assert "Merged here" in panel and "Undo the merge" in panel
    client.post(url("unmerge", second))
    assert Ticket.objects.get(pk=second.pk).merged_into is None


def test_two_persons_tickets_are_joined_only_when_confirmed(client, ana, kept, office):
    hers = TicketFactory(office=office, requester__full_name="Rosa")
    asked = client.get(url("merge", hers), {"into": kept.public_id}, **HTMX).content.decode()
    assert "neither reads what the other wrote" in asked
    answer = client.post(url("merge", hers), {"into": kept.public_id}, **HTMX)
    assert answer.status_code == 400 and not Ticket.objects.get(pk=hers.pk).is_merged
    client.post(url("merge", hers), {"into": kept.public_id, "sure": "1"})
    assert Ticket.objects.get(pk=hers.pk).merged_into == kept


def test_who_may_not_work_in_the_other_office_cannot_merge_into_it(client, office, kept, second):
    branch = OfficeFactory(parent=office)
    services.move_to_office(second, office=branch, actor=None)
    client.force_login(user_in(branch))
    assert client.post(url("merge", second), {"into": kept.public_id}).status_code == 404
    assert not Ticket.objects.get(pk=second.pk).is_merged


def test_chosen_messages_become_a_ticket(client, ana, kept, sara):
    said = services.add_message(kept, author=sara, text="Is the hall free?", via="portal")
    page = client.get(url("split", kept), {"message": said.public_id}).content.decode()
    assert "Is the hall free?" in page and "checked" in page
    answer = client.post(url("split", kept), {"message": said.public_id, "subject": "The hall"})
    new = Ticket.objects.get(subject="The hall")
    assert answer["Location"] == f"/desk/t/{new.public_id}/"
    assert Message.objects.get(pk=said.pk).ticket == new
    assert "split off" in client.get(url("ticket", kept)).content.decode()


def test_a_refused_split_keeps_what_was_typed(client, ana, kept):
    services.add_note(kept, author=ana, text="Among us")
    answer = client.post(url("split", kept), {"subject": "Typed words"})
    assert answer.status_code == 422
    assert "Typed words" in answer.content.decode() and "at least one message" in answer.content.decode()


def test_links_stand_in_the_panel_of_both(client, ana, kept, second):
    client.post(url("links", second), {"to": kept.public_id, "kind": "child"})
    assert "Part of" in client.get(url("details", second), **HTMX).content.decode()
    assert "Has as a part" in client.get(url("details", kept), **HTMX).content.decode()
    client.post(url("links", kept), {"remove": second.public_id})
    assert not Link.objects.exists()


def test_the_panel_names_no_ticket_that_one_may_not_see(client, kept, second, office):
    branch = OfficeFactory(parent=office)
    services.link(second, to=kept, kind="related", actor=None)
    services.move_to_office(second, office=branch, actor=None)
    client.force_login(user_in(branch))
    panel = client.get(url("details", second), **HTMX).content.decode()
    assert "Linked tickets" in panel and kept.reference not in panel


def test_the_panel_asks_the_same_number_of_questions_for_one_link_and_for_many(client, ana, kept, sara, office):
    def count():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(url("details", kept), **HTMX)
        return len(asked)

    services.link(kept, to=TicketFactory(office=office, requester=sara), kind="related", actor=ana)
    one = count()
    for _n in range(5):
        services.link(kept, to=TicketFactory(office=office, requester=sara), kind="related", actor=ana)
    assert count() == one


def test_another_office_takes_it_and_whoever_sees_it_no_more_goes_back_to_the_list(client, kept, office):
    branch = OfficeFactory(parent=office, name="Branch")
    client.force_login(user_in(office))
    assert "Branch" in client.get(url("office", kept), **HTMX).content.decode()
    client.post(url("office", kept), {"to": branch.pk})
    assert Ticket.objects.get(pk=kept.pk).office == branch
    assert "moved it to Branch" in client.get(url("ticket", kept)).content.decode()
    assert client.post(url("office", kept), {"to": OfficeFactory().pk}).status_code == 404


def test_drafts_and_watchers_go_along(client, ana, kept, second):
    from apps.inbox.models import Draft, Watcher

    Draft.objects.create(ticket=kept, user=ana, kind="reply", text="First")
    Draft.objects.create(ticket=second, user=ana, kind="reply", text="Second")
    Watcher.objects.create(ticket=second, user=ana)
    services.merge(second, into=kept, actor=ana)
    assert Draft.objects.get().text == "First\n\nSecond"
    assert Watcher.objects.get().ticket == kept
