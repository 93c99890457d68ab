"""Filters in the address, views that are saved, and those that come by themselves: mentions, drafts, watching."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.core import clock
from apps.inbox import drafts, filters, saved_views, watching
from apps.inbox.models import Mention, SavedView
from apps.notifications.models import Notice
from apps.tickets import services
from apps.tickets.models import Ticket
from tests.factories.accounts import user_in
from tests.factories.tickets import TagFactory, TicketFactory
from tests.inbox.conftest import signed_in
from tests.inbox.test_lists import rows


@pytest.fixture
def tickets(library, ana):
    TagFactory(body=library.body, key="loans")
    loan = TicketFactory(office=library, subject="loan", priority=4)
    services.tag(loan, key="loans", actor=ana)
    return [
        loan,
        TicketFactory(office=library, subject="other", priority=4),
        TicketFactory(office=library, subject="low"),
    ]


def test_a_filter_is_an_address(desk, tickets):
    assert rows(desk.get("/desk/inbox/all/?priority=4")) == ["loan", "other"]
    page = desk.get("/desk/inbox/all/?priority=4&not_tag=loans&colour=red&late=perhaps")
    assert rows(page) == ["other"]
    assert page.context["total"] == "1" and page.context["asked_count"] == 2
    assert "/desk/views/new/?priority=4&amp;not_tag=loans" in page.content.decode()


def test_the_next_page_and_the_order_keep_the_filter(desk, library, monkeypatch):
    monkeypatch.setattr("apps.inbox.paging.PAGE", 10)
    for _ in range(12):
        TicketFactory(office=library, priority=4)
    page = desk.get("/desk/inbox/all/?priority=4&sort=newest").content.decode()
    assert "&amp;priority=4&amp;after=" in page and "?sort=oldest&amp;priority=4" in page


def test_a_view_is_saved_with_its_conditions_and_counted_with_the_others(desk, ana, tickets):
    assert "Save as view" in desk.get("/desk/inbox/all/?tag=loans").content.decode()
    answer = desk.post("/desk/views/new/?tag=loans", {"name": "Loans", "place": "me", "sort": "oldest", "pin": "3",
                                                      "is_counted": "on"})  # fmt: skip
    view = SavedView.objects.get()
    assert (view.owner, view.conditions, view.pin) == (ana, {"tag": ["loans"]}, 3)
    page = desk.get(answer.url)
    assert rows(page) == ["loan"] and page.context["sort"].slug == "oldest"
    assert [(v.name, n) for v, n in page.context["saved_views"]] == [("Loans", "1")]
    assert 'data-pin="3"' in page.content.decode()


def test_a_saved_view_holds_open_tickets_unless_it_asks_for_a_status(desk, ana, tickets):
    services.change_status(tickets[0], to="solved", actor=ana)
    services.snooze(tickets[1], until=timezone.now() + timedelta(days=1), actor=ana)
    wide = SavedView.objects.create(owner=ana, name="a", conditions={"priority": ["4"]})
    solved = SavedView.objects.create(owner=ana, name="b", conditions={"priority": ["4"], "status": ["solved"]})
    assert rows(desk.get(f"/desk/inbox/v-{wide.public_id}/")) == []
    assert rows(desk.get(f"/desk/inbox/v-{solved.public_id}/")) == ["loan"]


def test_what_is_saved_counts_from_the_moment_and_for_whoever_asks(desk, ana, luis, library):
    ticket = TicketFactory(office=library, assignee=ana)
    view = SavedView.objects.create(
        office=library, name="Mine, quiet", conditions={"assignee": ["me"], "quiet_hours": ["5"]}
    )
    url = f"/desk/inbox/v-{view.public_id}/"

    def counted(client):
        page = client.get(url)
        assert int(page.context["total"]) == len(rows(page))
        return page.context["total"]

    assert counted(desk) == "0"
    with clock.told(clock.now() + timedelta(hours=6)):
        assert counted(desk) == "1"
        assert counted(signed_in(luis)) == "0"
        services.assign(ticket, to=luis, actor=ana)
        assert counted(signed_in(luis)) == "1"


def test_a_link_to_anothers_view_is_a_404_and_shared_ones_are_everybodys(desk, ana, luis, library, team, otto):
    mine = SavedView.objects.create(owner=ana, name="a", conditions={"late": ["yes"]})
    shared = SavedView.objects.create(office=library, name="b", conditions={"late": ["yes"]})
    teams = SavedView.objects.create(team=team, name="c", conditions={"late": ["yes"]})
    team.members.add(luis)
    seen = [signed_in(luis).get(f"/desk/inbox/v-{v.public_id}/").status_code for v in (mine, shared, teams)]
    assert seen == [404, 200, 200]
    assert signed_in(otto).get(f"/desk/inbox/v-{shared.public_id}/").status_code == 404
    assert desk.get(f"/desk/inbox/v-{teams.public_id}/").status_code == 404
    assert desk.get("/desk/inbox/v-nothing/").status_code == 404


def test_a_filter_shows_nothing_of_another_house(otto, tickets, library):
    theirs = signed_in(otto)
    assert rows(theirs.get(f"/desk/inbox/all/?office={library.pk}")) == []
    assert rows(theirs.get("/desk/inbox/all/?priority=4&match=any&tag=loans")) == []


def test_only_who_manages_there_shares_and_only_the_owner_deletes(desk, ana, luis, library):
    typed = {"name": "x", "place": f"office-{library.pk}", "sort": "urgent"}
    assert desk.post("/desk/views/new/?late=yes", typed).status_code == 422
    assert signed_in(user_in(library, "admin")).post("/desk/views/new/?late=yes", typed).status_code == 302
    mine = SavedView.objects.create(owner=ana, name="a", conditions={"late": ["yes"]})
    assert signed_in(luis).post(f"/desk/views/{mine.public_id}/delete/").status_code == 404
    desk.post(f"/desk/views/{mine.public_id}/delete/")
    assert SavedView.objects.count() == 1


def test_acts_on_all_of_a_filtered_view_touch_nothing_else(desk, tickets):
    desk.post("/desk/inbox/bulk/", {"all": "1", "view": "all", "asked": "priority=4&not_tag=loans", "do": "solve"})
    assert list(Ticket.objects.filter(status="solved").values_list("subject", flat=True)) == ["other"]


def test_what_an_address_says_is_read_back_as_it_was():
    asked = {"status": ["open", "new"], "not_tag": ["a&b=c"], "match": ["any"]}
    from django.http import QueryDict

    assert saved_views.asked_in(QueryDict(saved_views.as_address(asked))) == asked


def test_a_page_offers_the_filter_without_script(desk, tickets):
    page = desk.get("/desk/views/filter/?view=all&priority=4").content.decode()
    assert 'action="/desk/inbox/all/"' in page and '<option value="4" selected>' in page


def test_mentions_drafts_and_watching_hold_what_is_mine(desk, ana, luis, library):
    called, begun, watched = (TicketFactory(office=library, subject=s) for s in ("called", "begun", "watched"))
    services.add_note(called, author=luis, text="@ana can you look?")
    drafts.keep(begun, ana, kind="reply", text="Dear")
    watching.watch(watched, ana)
    for view, subject in (("mentions", "called"), ("drafts", "begun"), ("watching", "watched")):
        page = desk.get(f"/desk/inbox/{view}/")
        assert rows(page) == [subject]
        assert page.context["total"] == "1"
        assert rows(signed_in(luis).get(f"/desk/inbox/{view}/")) == []


def test_a_note_calls_colleagues_and_the_bell_tells_them(ana, luis, library, ticket, otto):
    other = user_in(library, full_name="Luis Vera", email="vera@olmo.example")
    luis.email = "sosa@olmo.example"
    luis.save()
    services.add_note(ticket, author=ana, text="@Luis, @LuisVera and @otto: mail me at x@ana.example, @ana")
    assert set(Mention.objects.values_list("user", flat=True)) == {other.pk}  # two are called Luis; Otto sees nothing
    notice = Notice.objects.get()
    assert (notice.user, notice.kind, notice.wants_mail) == (other, "mention", True)
    assert "Ana Prieto" in signed_in(other).get("/desk/notices/").content.decode()
    services.add_note(ticket, author=ana, text="@vera @luis")
    assert Mention.objects.filter(user=other).count() == 2


def test_an_answer_to_the_person_calls_nobody(ana, luis, ticket):
    services.reply(ticket, author=ana, text="@luis")
    assert not Mention.objects.exists()


def test_counting_with_saved_views_is_still_one_query(ana, library, django_assert_num_queries):
    from apps.accounts.viewers import for_user

    viewer = for_user(ana)
    saved = [
        filters.saved_view(SavedView.objects.create(owner=ana, name=str(n), conditions={"quiet_hours": [str(n + 1)]}))
        for n in range(8)
    ]
    with django_assert_num_queries(1):
        filters.counts([*filters.OWN, *saved], user=ana, viewer=viewer)
