"""Two tickets become one, one becomes two, and links between them."""

from datetime import timedelta

import pytest

from apps.accounts.viewers import for_person, for_user
from apps.activity.models import Activity
from apps.core import clock
from apps.core.errors import Conflict, Invalid
from apps.omnichannel import registry
from apps.omnichannel.models import Delivery, Thread
from apps.tickets import indexing, services
from apps.tickets.errors import TicketMerged
from apps.tickets.models import Link, Merge, Message, Ticket
from tests.factories.accounts import OfficeFactory, TeamFactory, user_in
from tests.factories.omnichannel import ChannelFactory
from tests.factories.people import PersonFactory
from tests.factories.tickets import TagFactory, TicketFactory
from tests.fakes import FakeAdapter

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return OfficeFactory()


@pytest.fixture
def ana(office):
    return user_in(office)


@pytest.fixture
def sara(office):
    return PersonFactory(body=office, email="sara@olmo.example")


@pytest.fixture
def kept(office, sara):
    return TicketFactory(office=office, requester=sara, subject="The loan", text="I cannot renew")


@pytest.fixture
def second(office, sara):
    return TicketFactory(office=office, requester=sara, subject="Again", text="Still waiting for renewal")


def texts(ticket):
    return list(Message.objects.filter(ticket=ticket).values_list("text", flat=True))


def fresh(ticket):
    return Ticket.objects.get(pk=ticket.pk)


def test_what_one_person_wrote_becomes_one_conversation(kept, second, ana):
    services.add_note(second, author=ana, text="The card has expired")
    services.reply(kept, author=ana, text="We are looking")
    services.merge(second, into=kept, actor=ana)
    assert texts(kept) == ["I cannot renew", "Still waiting for renewal", "The card has expired", "We are looking"]
    assert texts(second) == []
    row = fresh(kept)
    assert (row.message_count, row.last_text, row.last_direction) == (3, "We are looking", "out")
    gone = fresh(second)
    assert (gone.status, gone.merged_into_id, gone.is_open) == ("merged", kept.pk, False)


def test_both_timelines_say_what_happened_and_who_did_it(kept, second, ana):
    services.merge(second, into=kept, actor=ana)
    told = Activity.objects.filter(verb__in=("ticket_merged", "ticket_absorbed")).order_by("pk")
    assert [(row.subject_id, row.verb, row.data["label"], row.actor_label) for row in told] == [
        (second.pk, "ticket_merged", kept.reference, ana.full_name),
        (kept.pk, "ticket_absorbed", second.reference, ana.full_name),
    ]


def test_search_finds_the_words_on_the_ticket_that_is_kept(kept, second, ana):
    services.merge(second, into=kept, actor=ana)
    assert indexing.find("waiting", for_user(ana)) == [kept.pk]
    assert indexing.find(second.reference, for_user(ana))[0] == second.pk, "the old number still leads somewhere"


def test_tags_go_over(kept, second, ana, office):
    TagFactory(body=office, key="loans")
    services.tag(second, key="loans", actor=ana)
    services.merge(second, into=kept, actor=ana)
    assert [tag.key for tag in kept.tags.all()] == ["loans"]


def test_open_words_reopen_a_solved_ticket_and_wake_one_that_waits(kept, second, ana):
    services.change_status(kept, to="solved", actor=ana)
    services.merge(second, into=kept, actor=ana)
    assert fresh(kept).status == "open"


def test_nothing_is_said_on_a_merged_ticket(kept, second, ana, sara):
    services.merge(second, into=kept, actor=ana)
    for verb in (
        lambda: services.reply(second, author=ana, text="Yes"),
        lambda: services.add_note(second, author=ana, text="Yes"),
        lambda: services.add_message(second, author=sara, text="Yes", via="portal"),
        lambda: services.change_status(second, to="open", actor=ana),
    ):
        with pytest.raises(TicketMerged) as caught:
            verb()
        assert caught.value.detail["kept"] == kept.public_id
    assert not Message.objects.filter(text="Yes").exists()


def test_tickets_of_two_bodies_are_never_joined(kept, ana):
    stranger = TicketFactory()
    for one, other in ((stranger, kept), (kept, stranger)):
        with pytest.raises(Invalid) as caught:
            services.merge(one, into=other, actor=ana)
        assert caught.value.code == "foreign_ticket"
    with pytest.raises(Invalid):
        services.link(kept, to=stranger, kind="related", actor=ana)


def test_a_ticket_is_not_merged_into_itself_nor_twice_nor_with_spam(kept, second, ana, office, sara):
    with pytest.raises(Invalid):
        services.merge(kept, into=kept, actor=ana)
    services.merge(second, into=kept, actor=ana)
    third = TicketFactory(office=office, requester=sara)
    for one, other in ((second, third), (third, second)):
        with pytest.raises(Invalid) as caught:
            services.merge(one, into=other, actor=ana)
        assert caught.value.code == "merged_already"
    services.change_status(third, to="spam", actor=ana)
    with pytest.raises(Invalid):
        services.merge(third, into=kept, actor=ana)


def test_s29_one_person_never_reads_the_words_of_another(kept, office, ana, sara):
    rosa = PersonFactory(body=office)
    hers = TicketFactory(office=office, requester=rosa, text="My neighbour complains, too")
    merge = services.merge(hers, into=kept, actor=ana)
    assert merge.words_stay
    assert texts(kept) == ["I cannot renew"]
    assert texts(hers) == ["My neighbour complains, too"]
    seen = Message.objects.visible_to(for_person(sara))
    assert not seen.filter(text__contains="neighbour").exists()
    assert not Message.objects.visible_to(for_person(rosa)).filter(ticket=kept).exists()


def test_another_person_who_writes_again_has_a_ticket_of_their_own_again(kept, office, ana):
    rosa = PersonFactory(body=office)
    hers = TicketFactory(office=office, requester=rosa)
    services.merge(hers, into=kept, actor=ana)
    services.add_message(hers, author=rosa, text="And now?", via="portal")
    row = fresh(hers)
    assert (row.status, row.merged_into_id) == ("open", None)
    assert not Merge.objects.standing().exists()


def test_undoing_brings_everything_back(kept, second, ana, office):
    TagFactory(body=office, key="loans")
    services.tag(second, key="loans", actor=ana)
    services.change_status(second, to="waiting", actor=ana)
    merge = services.merge(second, into=kept, actor=ana)
    services.add_note(kept, author=ana, text="Written since")
    services.undo_merge(merge, actor=ana)
    assert texts(kept) == ["I cannot renew", "Written since"]
    assert texts(second) == ["Still waiting for renewal"]
    row = fresh(second)
    assert (row.status, row.merged_into_id, row.message_count) == ("waiting", None, 1)
    assert not kept.tags.exists()
    assert indexing.find("waiting", for_user(ana)) == [second.pk]


def test_a_merge_is_undone_once_and_within_a_week(kept, second, ana, monkeypatch):
    merge = services.merge(second, into=kept, actor=ana)
    later = clock.now() + timedelta(days=8)
    with clock.told(later), pytest.raises(Conflict):
        services.undo_merge(merge, actor=ana)
    services.undo_merge(merge, actor=ana)
    with pytest.raises(Conflict):
        services.undo_merge(merge, actor=ana)


def test_a_chain_leads_to_its_end_and_is_undone_from_there(kept, second, ana, office, sara):
    third = TicketFactory(office=office, requester=sara)
    first = services.merge(second, into=kept, actor=ana)
    services.merge(kept, into=third, actor=ana)
    assert services.kept_of(fresh(second)).pk == third.pk
    with pytest.raises(Conflict):
        services.undo_merge(first, actor=ana)


def test_r29_a_merge_that_breaks_half_way_leaves_both_as_they_were(kept, second, ana, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("killed")

    monkeypatch.setattr("apps.tickets.services.merging.indexing.index_again", fail)
    with pytest.raises(RuntimeError):
        services.merge(second, into=kept, actor=ana)
    assert texts(second) == ["Still waiting for renewal"]
    assert fresh(second).status == "new" and not Merge.objects.exists()


def test_messages_become_a_ticket_of_their_own(kept, ana, sara):
    said = services.add_message(kept, author=sara, text="By the way, is the hall free?", via="portal")
    services.add_note(kept, author=ana, text="Ask the hall")
    new = services.split(kept, messages=[said], subject="The hall", actor=ana)
    assert texts(new) == ["By the way, is the hall free?"]
    assert texts(kept) == ["I cannot renew", "Ask the hall"]
    row = fresh(new)
    assert (row.subject, row.requester_id, row.opened_at) == ("The hall", sara.pk, said.written_at)
    assert (row.message_count, fresh(kept).message_count) == (1, 1)
    assert Link.objects.get().other_id == new.pk
    assert set(indexing.find("hall", for_user(ana))) == {new.pk, kept.pk}
    assert indexing.find("free", for_user(ana)) == [new.pk]


def test_the_opening_message_stays_and_some_words_of_one_person_must_go(kept, ana, sara, office):
    note = services.add_note(kept, author=ana, text="Among us")
    rosa = PersonFactory(body=office)
    one = services.add_message(kept, author=sara, text="One", via="email")
    two = services.add_message(kept, author=rosa, text="Two", via="email")
    for chosen, code in (
        ([kept.messages.first(), one], "opening"),
        ([note], "no_words"),
        ([one, two], "several_people"),
        ([], "no_words"),
        ([TicketFactory(office=office).messages.get()], "foreign_message"),
    ):
        with pytest.raises(Invalid) as caught:
            services.split(kept, messages=chosen, subject="", actor=ana)
        assert caught.value.code == code
    new = services.split(kept, messages=[two], subject="", actor=ana)
    assert new.requester == rosa, "the ticket belongs to whoever wrote"


def test_links_are_read_from_both_sides_and_replace_each_other(kept, second, ana):
    services.link(second, to=kept, kind="related", actor=ana)
    services.link(second, to=kept, kind="duplicate", actor=ana)
    row = Link.objects.get()
    assert (row.one, row.kind, row.other) == (second, "duplicate", kept)
    told = Activity.objects.filter(verb="ticket_linked").order_by("-pk")[:2]
    assert [(a.subject_id, a.data["kind"]) for a in told] == [(kept.pk, "duplicated"), (second.pk, "duplicate")]
    services.unlink(kept, other=second, actor=ana)
    services.unlink(kept, other=second, actor=ana)
    assert not Link.objects.exists()


def test_a_ticket_has_one_parent_and_no_circle(kept, second, ana, office, sara):
    third = TicketFactory(office=office, requester=sara)
    services.link(second, to=kept, kind="child", actor=ana)
    services.link(third, to=second, kind="child", actor=ana)
    with pytest.raises(Invalid) as caught:
        services.link(kept, to=third, kind="child", actor=ana)
    assert caught.value.code == "circle"
    with pytest.raises(Invalid) as caught:
        services.link(third, to=kept, kind="child", actor=ana)
    assert caught.value.code == "has_parent"


def test_another_office_takes_it_with_what_fits_there(kept, ana, office):
    branch = OfficeFactory(parent=office)
    team = TeamFactory(office=OfficeFactory(parent=office))
    services.move_to_team(kept, team=team, actor=ana)
    services.assign(kept, to=ana, actor=ana)
    services.move_to_office(kept, office=branch, actor=ana)
    row = fresh(kept)
    assert (row.office, row.team, row.assignee) == (branch, None, ana), "who works above works there"
    there = user_in(branch)
    assert indexing.find("renew", for_user(there)) == [kept.pk]
    with pytest.raises(Invalid):
        services.move_to_office(kept, office=OfficeFactory(), actor=ana)


def test_conversations_of_the_merged_ticket_go_on_on_the_kept_one(second, kept, ana, sara, monkeypatch):
    monkeypatch.setitem(registry._adapters, "fake", FakeAdapter)
    channel = ChannelFactory(office=kept.office)
    thread = Thread.objects.create(channel=channel, key="k1", ticket=second, person=sara, recipient="sara@olmo.example")
    answered = services.reply(second, author=ana, text="Soon")
    merge = services.merge(second, into=kept, actor=ana)
    thread.refresh_from_db()
    assert thread.ticket_id == kept.pk
    assert Delivery.objects.get(message=answered).message.ticket_id == kept.pk
    since = services.reply(kept, author=ana, text="Done")
    assert Delivery.objects.get(message=since).thread_id == thread.pk
    services.undo_merge(merge, actor=ana)
    thread.refresh_from_db()
    assert thread.ticket_id == second.pk
    assert texts(second) == ["Still waiting for renewal", "Soon", "Done"], "with what was said there since"


def test_what_the_desk_says_by_itself_is_no_answer_after_a_merge_either(kept, second, ana):
    services.reply(second, author=None, text="We have it", is_automatic=True)
    services.change_status(kept, to="waiting", actor=ana)
    services.merge(second, into=kept, actor=ana)
    row = fresh(kept)
    assert (row.last_direction, row.last_text, row.message_count) == ("in", "Still waiting for renewal", 3)
    assert row.status == "open", "words wait for an answer"
