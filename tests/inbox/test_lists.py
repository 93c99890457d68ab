"""Views, counts, rows and pages."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from apps.core import clock
from apps.inbox import filters, paging
from apps.tickets import services
from apps.tickets.models import Ticket
from tests.factories.accounts import UserFactory, user_in
from tests.factories.tickets import TagFactory, TicketFactory
from tests.inbox.conftest import HTMX, signed_in


def rows(response):
    return [ticket.subject for ticket in response.context["page"].rows]


def test_mine_shows_what_i_have_and_nothing_else(desk, ana, luis, library):
    TicketFactory(office=library, subject="for Ana", assignee=ana)
    TicketFactory(office=library, subject="for Luis", assignee=luis)

    assert rows(desk.get("/desk/inbox/mine/")) == ["for Ana"]


def test_each_view_holds_its_tickets_and_says_how_many(desk, ana, team, library):
    TicketFactory(office=library, subject="free")
    TicketFactory(office=library, subject="team's", team=team, assignee=ana)
    asleep = TicketFactory(office=library, subject="asleep", assignee=ana)
    services.snooze(asleep, until=timezone.now() + timedelta(hours=3), actor=ana)
    TicketFactory(office=library, subject="done", status="solved")

    found = {
        view: rows(desk.get(f"/desk/inbox/{view}/")) for view in ("unassigned", "snoozed", "solved", "team-referencia")
    }
    counts = {view.slug: count for view, count in desk.get("/desk/inbox/all/").context["own_views"]}

    assert found == {"unassigned": ["free"], "snoozed": ["asleep"], "solved": ["done"], "team-referencia": ["team's"]}
    assert counts["all"] == "2"
    assert counts["unassigned"] == "1"
    assert counts["snoozed"] == "1"


def test_counting_stops_at_ninety_nine(desk, library, monkeypatch):
    monkeypatch.setattr(filters, "COUNTED_TO", 3)
    for _ in range(5):
        TicketFactory(office=library)

    assert desk.get("/desk/inbox/all/").context["total"] == "3+"


def test_an_unknown_view_and_the_view_of_anothers_team_are_the_same_404(desk, otto, team):
    from tests.factories.accounts import TeamFactory

    foreign = TeamFactory(office=otto.memberships.get().office)

    assert desk.get("/desk/inbox/no-such/").status_code == 404
    assert desk.get(f"/desk/inbox/team-{foreign.slug}/").status_code == 404


def test_the_most_urgent_stands_first(desk, library):
    later, late, calm = (TicketFactory(office=library, subject=s) for s in ("later", "late", "calm"))
    services.set_next_due(late.pk, at=timezone.now() - timedelta(minutes=5), metric="first_response")
    services.set_next_due(later.pk, at=timezone.now() + timedelta(hours=5), metric="first_response")

    assert rows(desk.get("/desk/inbox/all/")) == ["late", "later", "calm"]
    assert calm


def test_pages_by_key_show_every_ticket_once_in_every_order(desk, library, monkeypatch):
    monkeypatch.setattr(paging, "PAGE", 3)
    for number in range(8):
        ticket = TicketFactory(office=library, priority=1 + number % 3)
        if number % 2:
            services.set_next_due(ticket.pk, at=timezone.now() + timedelta(hours=number % 4), metric="first_response")
    for sort in ("urgent", "newest", "oldest"):
        seen, after = [], ""
        while True:
            page = desk.get("/desk/inbox/all/", {"sort": sort, "after": after}).context["page"]
            seen += [ticket.pk for ticket in page.rows]
            after = page.next_after
            if not after:
                break
        assert len(seen) == 8
        assert set(seen) == set(Ticket.objects.values_list("pk", flat=True))


def test_a_cursor_that_cannot_be_read_begins_at_the_top(desk, ticket):
    for after in ("x", "1~2", "2026-01-01~x~y", "~~~", "2026-13-01T00:00:00~1~1"):
        assert rows(desk.get("/desk/inbox/all/", {"after": after})) == [ticket.subject]


def test_one_may_ask_for_fewer_rows_and_the_next_page_keeps_it(desk, library):
    for _ in range(12):
        TicketFactory(office=library)

    page = desk.get("/desk/inbox/all/", {"rows": "10"})

    assert len(rows(page)) == 10
    assert "&amp;rows=10&amp;after=" in page.content.decode()
    for asked, size in (("3", 10), ("25", 25), ("5000", 50), ("-1", 50), ("x", 50), ("", 50)):
        assert paging.size_named(asked) == size


def test_what_a_row_says(desk, ana, luis, team, library):
    ticket = TicketFactory(office=library, team=team, assignee=luis, subject="s" * 90, priority=4)
    for key in ("c", "a", "b"):
        services.tag(ticket, key=TagFactory(body=library.body, key=key).key, actor=ana)

    response = desk.get("/desk/inbox/all/")
    row = response.context["rows"][0]

    assert row.name == ticket.requester.full_name
    assert row.name in row.select
    assert row.spoken.endswith("s" * 79 + "…")
    assert (row.css, row.is_open) == (" unread", False)
    assert (len(row.tags), row.more_tags) == (2, 1)
    assert (row.team, row.owner) == (team.name, luis.full_name)
    beside = desk.get(f"/desk/inbox/all/{ticket.public_id}/").context["rows"][0]
    assert (beside.css, beside.is_open) == (" unread open", True)


def test_counts_are_those_of_who_asks_and_of_now(desk, ana, luis, library):
    asleep = TicketFactory(office=library, assignee=ana)
    TicketFactory(office=library, assignee=luis)
    assert desk.get("/desk/inbox/mine/").context["total"] == "1"
    assert signed_in(luis).get("/desk/inbox/all/").context["total"] == "2"
    services.snooze(asleep, until=timezone.now() + timedelta(hours=3), actor=ana)
    assert desk.get("/desk/inbox/mine/").context["total"] == "0"
    with clock.told(timezone.now() + timedelta(hours=4)):
        assert desk.get("/desk/inbox/mine/").context["total"] == "1"


def test_p_2_a_list_costs_eight_queries_however_long(desk, ana, library, team, django_assert_max_num_queries):
    tag = TagFactory(body=library)
    for _ in range(5):
        services.tag(TicketFactory(office=library, team=team, assignee=ana), key=tag.key, actor=ana)
    desk.get("/desk/inbox/mine/")
    with django_assert_max_num_queries(8):
        desk.get("/desk/inbox/mine/")
    for _ in range(30):
        services.tag(TicketFactory(office=library, team=team, assignee=ana), key=tag.key, actor=ana)
    with django_assert_max_num_queries(8):
        desk.get("/desk/inbox/mine/")
    with django_assert_max_num_queries(8):
        desk.get("/desk/inbox/mine/", **HTMX)


def test_s_27_what_belongs_to_another_body_is_in_no_view(otto, ticket):
    theirs = signed_in(otto)
    for view in ("mine", "unassigned", "all", "snoozed", "solved"):
        assert rows(theirs.get(f"/desk/inbox/{view}/")) == []
    assert theirs.get(f"/desk/inbox/all/{ticket.public_id}/").status_code == 404


def test_nobody_signed_in_is_sent_to_the_log_in_and_a_script_is_told_so(db):
    assert Client().get("/desk/inbox/mine/").url.startswith("/accounts/login/")
    assert Client().get("/desk/inbox/mine/", **HTMX).status_code == 401


def test_the_desk_opens_where_one_was_last(desk):
    desk.get("/desk/inbox/unassigned/")

    assert desk.get("/desk/").url == "/desk/inbox/unassigned/"


def test_several_tickets_are_solved_at_once_and_the_refused_ones_are_told(desk, ana, library):
    two = [TicketFactory(office=library), TicketFactory(office=library)]
    closed = TicketFactory(office=library, status="solved")
    services.change_status(closed, to="closed", actor=ana)
    chosen = [t.public_id for t in [*two, closed]]

    answer = desk.post("/desk/inbox/bulk/", {"ticket": chosen, "do": "solve", "back": "/desk/inbox/all/"}, follow=True)

    assert set(Ticket.objects.filter(pk__in=[t.pk for t in two]).values_list("status", flat=True)) == {"solved"}
    said = [str(message) for message in answer.context["messages"]]
    assert said[0].startswith("2 tickets changed")
    assert said[1].startswith("1 not changed")


def test_bulk_touches_nothing_one_may_not_see(otto, ticket):
    signed_in(otto).post("/desk/inbox/bulk/", {"ticket": [ticket.public_id], "do": "solve"})

    ticket.refresh_from_db()
    assert ticket.status == "new"


def test_bulk_tags_assigns_moves_and_snoozes(desk, ana, luis, team, library, ticket):
    tag = TagFactory(body=library)
    until = (timezone.now() + timedelta(days=1)).isoformat()
    for do, value in [("assign", luis.pk), ("team", team.pk), ("tag", tag.key), ("snooze", until)]:
        desk.post("/desk/inbox/bulk/", {"ticket": [ticket.public_id], "do": do, "value": value})

    ticket.refresh_from_db()
    assert ticket.team == team
    assert list(ticket.tags.all()) == [tag]
    assert ticket.is_snoozed


def test_back_leads_only_to_our_own_pages(desk, ticket):
    for elsewhere in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
        answer = desk.post("/desk/inbox/bulk/", {"ticket": [ticket.public_id], "do": "mine", "back": elsewhere})
        assert answer.url == "/desk/"


def test_the_desk_opens_in_the_first_room_a_role_may_enter(ana, library):
    editor = signed_in(user_in(library, "editor"))
    nobody = signed_in(UserFactory())

    assert [c.get("/desk/").url for c in (signed_in(ana), editor, nobody)] == [
        "/desk/inbox/mine/",
        "/desk/kb/",
        "/desk/me/",
    ]


@pytest.mark.parametrize(
    "after",
    ["x", "~~", "2026-01-01T00:00:00~2~5", "2026-01-01T00:00:00Z~2~" + "9" * 40, "2026-01-01T00:00:00Z~²~5", "\x00"],
)
def test_s_32_a_cursor_of_somebody_elses_making_is_the_first_page(after):
    from apps.inbox.paging import SORTS, _read

    assert _read(after, SORTS[0]) is None
