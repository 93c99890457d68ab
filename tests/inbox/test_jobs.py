"""Acts on many tickets: carried on by whoever finds them, each refusal told, taken back for a while."""

from datetime import timedelta

import pytest

from apps.activity.models import Activity
from apps.core import clock
from apps.core.errors import Conflict
from apps.inbox import jobs
from apps.inbox.models import Job, JobTicket
from apps.inbox.tasks import carry_on_job, sweep_jobs
from apps.tickets import services
from apps.tickets.models import Ticket
from tests.factories.tickets import TagFactory, TicketFactory
from tests.inbox.conftest import HTMX, signed_in


@pytest.fixture
def tickets(library):
    TagFactory(body=library.body, key="loans")
    return [TicketFactory(office=library, subject=f"Q{n}") for n in range(5)]


def begin(ana, tickets, *doing):
    return jobs.begin(ana, [t.pk for t in tickets], doing=doing or ["status:solved", "tag:loans"], label="L")


def states(job):
    return list(JobTicket.objects.filter(job=job).order_by("pk").values_list("state", flat=True))


def test_a_job_is_carried_on_where_it_stopped(ana, tickets, monkeypatch):
    monkeypatch.setattr(jobs, "BATCH", 2)
    job = begin(ana, tickets)
    assert jobs.carry_on(job.pk) is True
    assert states(job) == ["done", "done", "waiting", "waiting", "waiting"]
    sweep_jobs()  # the first worker is gone
    job.refresh_from_db()
    assert states(job) == ["done"] * 5 and job.ended_at and job.next_at is None
    assert Ticket.objects.filter(status="solved", tags__key="loans").count() == 5


def test_two_workers_do_each_ticket_once(ana, tickets):
    job = begin(ana, tickets)
    Job.objects.update(next_at=clock.now() + timedelta(minutes=1))  # somebody has it
    assert jobs.carry_on(job.pk) is False
    assert states(job) == ["waiting"] * 5
    with clock.told(clock.now() + timedelta(minutes=2)):  # and was never heard of again
        carry_on_job(job.pk)
        carry_on_job(job.pk)
    assert states(job) == ["done"] * 5
    assert Activity.objects.filter(verb="status_changed").count() == 5


def test_undoing_puts_each_ticket_back_as_it_was(ana, luis, tickets, team):
    services.set_priority(tickets[0], to=4, actor=luis)
    services.assign(tickets[1], to=luis, actor=luis)
    services.change_status(tickets[2], to="waiting", actor=luis)
    before = [services.facts_of(t) for t in Ticket.objects.order_by("pk")]
    job = begin(ana, tickets, "priority:1", f"team:{team.pk}", "assign:me", "tag:loans", "status:solved")
    carry_on_job(job.pk)
    jobs.ask_undo(job)
    carry_on_job(job.pk)
    after = [services.facts_of(t) for t in Ticket.objects.order_by("pk")]
    for was, now in zip(before, after, strict=True):
        assert now == was | ({"status": "open"} if was["status"] == "new" else {})  # nothing becomes new again
    assert set(states(job)) == {"undone"}


def test_what_somebody_changed_since_is_left_alone(ana, luis, tickets):
    job = begin(ana, tickets[:1], "priority:4", "tag:loans")
    carry_on_job(job.pk)
    services.set_priority(tickets[0], to=1, actor=luis)
    jobs.ask_undo(job)
    carry_on_job(job.pk)
    ticket = Ticket.objects.get(pk=tickets[0].pk)
    assert (ticket.priority, ticket.tags.count()) == (1, 0)
    assert states(job) == ["kept"]


def test_undoing_is_offered_for_some_minutes_and_once(ana, tickets):
    job = begin(ana, tickets)
    carry_on_job(job.pk)
    job.refresh_from_db()
    with clock.told(clock.now() + jobs.UNDO_FOR + timedelta(seconds=1)), pytest.raises(Conflict):
        jobs.ask_undo(job)
    jobs.ask_undo(job)
    with pytest.raises(Conflict):
        jobs.ask_undo(job)


def test_what_still_waits_is_left_when_it_is_undone(ana, tickets, monkeypatch):
    monkeypatch.setattr(jobs, "BATCH", 2)
    job = begin(ana, tickets)
    jobs.carry_on(job.pk)
    jobs.ask_undo(job)
    sweep_jobs()
    assert states(job) == ["undone", "undone"]
    assert not Ticket.objects.filter(status="solved").exists()


def test_a_refusal_is_told_and_stops_nothing(ana, tickets, otto):
    services.change_status(tickets[1], to="spam", actor=ana)
    theirs = TicketFactory(office=otto.memberships.get().office)
    job = begin(ana, [*tickets, theirs], "status:solved")
    carry_on_job(job.pk)
    assert states(job) == ["done", "refused", "done", "done", "done", "refused"]
    assert all(row.problem for row in JobTicket.objects.filter(state="refused"))
    theirs.refresh_from_db()
    assert theirs.status == "new"


def test_rights_are_those_of_the_moment_it_is_done(ana, tickets):
    job = begin(ana, tickets)
    ana.memberships.all().delete()
    carry_on_job(job.pk)
    assert states(job) == ["refused"] * 5


def test_a_mistake_of_ours_on_one_ticket_does_not_stop_the_others(ana, tickets, monkeypatch):
    real = services.facts_of

    def broken(ticket):
        if ticket.pk == tickets[2].pk:
            raise RuntimeError
        return real(ticket)

    monkeypatch.setattr(jobs.services, "facts_of", broken)
    job = begin(ana, tickets, "priority:4")
    carry_on_job(job.pk)
    assert states(job) == ["done", "done", "refused", "done", "done"]


def test_all_of_a_view_is_done_in_the_background_with_its_progress(desk, ana, library, monkeypatch):
    monkeypatch.setattr("apps.inbox.views.bulk.AT_ONCE", 3)
    for _ in range(7):
        TicketFactory(office=library)
    answer = desk.post("/desk/inbox/bulk/", {"all": "1", "view": "all", "do": "solve", "back": "/desk/inbox/all/"})
    job = Job.objects.get()
    assert answer.url == f"/desk/jobs/{job.public_id}/"
    assert 'value="0"' in desk.get(answer.url).content.decode()
    sweep_jobs()
    page = desk.get(answer.url, **HTMX).content.decode()
    assert "hx-trigger" not in page and f"/desk/jobs/{job.public_id}/undo/" in page
    assert Ticket.objects.filter(status="solved").count() == 7


def test_a_few_are_done_at_once_and_the_page_offers_the_way_back(desk, ticket):
    answer = desk.post(
        "/desk/inbox/bulk/", {"ticket": [ticket.public_id], "do": "solve", "back": "/desk/inbox/all/"}, follow=True
    )
    job = Job.objects.get()
    assert f'hx-post="/desk/jobs/{job.public_id}/undo/"' in answer.content.decode()
    desk.post(f"/desk/jobs/{job.public_id}/undo/", **HTMX)
    ticket.refresh_from_db()
    assert ticket.status == "open"


def test_a_job_is_its_owners(desk, luis, ticket):
    desk.post("/desk/inbox/bulk/", {"ticket": [ticket.public_id], "do": "solve"})
    url = f"/desk/jobs/{Job.objects.get().public_id}/"
    assert signed_in(luis).get(url).status_code == 404
    assert signed_in(luis).post(f"{url}undo/").status_code == 404
