"""What people do on the olmo_page, and what stands in the desk afterwards: once, in whatever order it is told."""

import itertools
import json
from pathlib import Path

import pytest
from django.core.management import call_command

from apps.omnichannel import rehearsing
from apps.omnichannel.conservation import balance
from apps.omnichannel.facebook.models import Post
from apps.omnichannel.models import Delivery, Envelope
from apps.people.models import Person
from apps.tickets import services as tickets
from apps.tickets.models import Message, Ticket
from tests.omnichannel.facebook.conftest import MIA, PAGE, comment, echo, event, message, now_ms

CORPUS = Path(__file__).resolve().parents[4] / "shared/corpora/webhooks"
pytestmark = pytest.mark.django_db


def said():
    return list(Message.objects.filter(is_automatic=False).order_by("pk").values_list("direction", "text"))


# Messenger


def test_a_message_opens_a_ticket_and_the_next_one_joins_it(arrives):
    arrives(message("m_1", "Where is my card?"))
    arrives(message("m_2", "Hello?"))
    ticket = Ticket.objects.get()
    assert (ticket.subject, ticket.via) == ("Where is my card?", "facebook")
    assert said() == [("in", "Where is my card?"), ("in", "Hello?")]
    assert ticket.messages.first().details["is_public"] is False


def test_r_04_the_same_message_in_another_delivery_is_one(arrives):
    arrives(message("m_1", "Hello"), message("m_2", "There"))
    arrives(message("m_2", "There"))
    assert said() == [("in", "Hello"), ("in", "There")]


def test_r_04_also_when_its_ticket_was_closed_meanwhile(arrives):
    arrives(message("m_1", "Hello"))
    ticket = Ticket.objects.get()
    tickets.change_status(ticket, to="solved", actor=None)
    tickets.change_status(ticket, to="closed", actor=None)
    arrives(message("m_2", "Again"))
    arrives(message("m_1", "Hello"))
    assert Ticket.objects.count() == 2
    assert said() == [("in", "Hello"), ("in", "Again")]


def test_pressing_a_button_says_its_words(arrives):
    arrives(
        event(postback={"mid": "m_p", "title": "Get started", "payload": "GET_STARTED", "referral": {"ref": "web"}})
    )
    found = Message.objects.get(direction="in")
    assert found.text == "Get started"
    assert found.details["choice"] == "GET_STARTED" and found.details["referral"] == {"ref": "web"}


def test_a_quick_reply_a_place_and_a_link_are_words(arrives):
    place = {"type": "location", "title": "Here", "payload": {"coordinates": {"lat": -34.9, "long": -56.1}}}
    link = {"type": "fallback", "title": "A page", "url": "https://olmo.example/p", "payload": None}
    arrives(message("m_1", "", attachments=[place]), message("m_2", "", attachments=[link]))
    arrives(message("m_3", "Cards", quick_reply={"payload": "CARDS"}))
    assert [text for _direction, text in said()] == ["Here -34.9, -56.1", "A page https://olmo.example/p", "Cards"]


def test_a_file_that_cannot_be_had_is_named_and_the_words_stay(arrives):
    arrives(message("m_1", "See", attachments=[{"type": "image", "payload": {"url": "https://evil.example/x.jpg"}}]))
    found = Message.objects.get(direction="in")
    assert found.text == "See" and found.details["missing_files"] == ["image.jpg"]


def test_what_another_app_holds_is_read_all_the_same(olmo_page, arrives):
    from apps.omnichannel import services
    from apps.omnichannel.ports import RawInput

    body = {"object": "page", "entry": [{"id": PAGE, "time": 1, "standby": [message("m_1", "Hello")]}]}
    services.process(services.store(olmo_page, RawInput(json.dumps(body).encode(), "webhook")).pk)
    assert said() == [("in", "Hello")]


def test_a_changed_message_keeps_what_it_said_before(arrives):
    arrives(message("m_1", "parcel"))
    arrives(event(message_edit={"mid": "m_1", "text": "parcel 77?", "num_edit": 1}))
    found = Message.objects.get(direction="in")
    assert found.text == "parcel 77?" and found.details["before"][0]["text"] == "parcel"


def test_an_older_change_that_comes_late_changes_nothing(arrives):
    arrives(message("m_1", "one"))
    arrives(event(message_edit={"mid": "m_1", "text": "three", "num_edit": 2}))
    arrives(event(message_edit={"mid": "m_1", "text": "two", "num_edit": 1}))
    assert Message.objects.get(direction="in").text == "three"


def test_reactions_stand_on_the_message_and_go(arrives):
    arrives(message("m_1", "Hello"))
    react = {"mid": "m_1", "action": "react", "reaction": "love", "emoji": "❤"}
    arrives(event(reaction=react))
    assert Message.objects.get(direction="in").details["reactions"] == {MIA: "❤"}
    arrives(event(reaction={**react, "action": "unreact"}))
    assert Message.objects.get(direction="in").details["reactions"] == {}
    assert Ticket.objects.count() == 1


def test_a_reaction_to_nothing_we_know_makes_nothing(arrives, looks_again):
    arrives(event(person="8888", reaction={"mid": "missing", "action": "react", "emoji": "👍"}))
    for _ in range(7):
        looks_again()
    assert not Ticket.objects.exists() and not Person.objects.exists()
    assert not Envelope.objects.filter(state="waiting").exists()
    assert balance()["is_balanced"]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_in_whatever_order_a_change_a_reaction_and_the_message_come(arrives, looks_again, order):
    told = [
        message("m_1", "one", at=now_ms() - 3000),
        event(message_edit={"mid": "m_1", "text": "two", "num_edit": 1}),
        event(reaction={"mid": "m_1", "action": "react", "emoji": "👍"}),
    ]
    for n in order:
        arrives(told[n])
    looks_again()
    found = Message.objects.get(direction="in")
    assert (found.text, found.details["reactions"]) == ("two", {MIA: "👍"})


def test_in_one_delivery_words_come_before_what_is_told_of_them(arrives):
    arrives(event(message_edit={"mid": "m_1", "text": "two", "num_edit": 1}), message("m_1", "one"))
    assert Message.objects.get(direction="in").text == "two"


# What we say elsewhere


def test_an_answer_typed_in_the_pages_own_inbox_stands_in_the_ticket(arrives):
    arrives(message("m_1", "Hello"))
    arrives(echo("m_2", "We are checking."))
    arrives(echo("m_2", "We are checking."))
    assert said() == [("in", "Hello"), ("out", "We are checking.")]
    assert Delivery.objects.get(provider_id="m_2").state == "sent"
    assert balance()["is_balanced"]


def test_an_echo_opens_no_ticket(arrives, looks_again):
    arrives(echo("m_2", "Our news"))
    looks_again()
    assert not Ticket.objects.exists()


def test_our_own_words_coming_back_are_no_second_message(olmo_page, arrives, ana):
    arrives(message("m_1", "Hello"))
    tickets.reply(Ticket.objects.get(), author=ana, text="We are checking.")
    delivery = Delivery.objects.get(is_automatic=False)
    Delivery.objects.filter(pk=delivery.pk).update(state="uncertain", next_at=None)
    arrives(echo("m_2", "We are checking.", metadata=f"acudo:{delivery.public_id}"))
    delivery.refresh_from_db()
    assert (delivery.state, delivery.provider_id) == ("sent", "m_2")
    assert len(said()) == 2


def test_delivered_and_read_are_told_on_what_left_before(olmo_page, arrives, ana):
    arrives(message("m_1", "Hello"))
    ticket = Ticket.objects.get()
    arrives(echo("m_2", "First"))
    arrives(event(delivery={"watermark": now_ms() + 1000}), event(read={"watermark": now_ms() + 1000}))
    tickets.reply(ticket, author=ana, text="Not yet sent")
    assert list(Delivery.objects.filter(is_automatic=False).order_by("pk").values_list("outcome", flat=True)) == [
        "opened",
        "",
    ]
    arrives(event(delivery={"watermark": now_ms() + 1000}))
    assert Delivery.objects.get(provider_id="m_2").outcome == "opened"  # it never goes back


# The olmo_page


def test_a_comment_becomes_a_ticket_below_its_post(arrives):
    arrives(changes=[comment("333_444", "Is it open on Sunday?", post_url="x")])
    ticket = Ticket.objects.get()
    assert (ticket.subject, ticket.requester.full_name) == ("Is it open on Sunday?", "Al Rey")
    assert ticket.messages.first().details["is_public"] is True
    assert Post.objects.get().external_id == "1001_333"
    assert not Message.objects.filter(is_automatic=True).exists()  # no robot speaks where everybody reads it


def test_below_one_comment_each_person_has_a_ticket_of_their_own(arrives):
    arrives(changes=[comment("333_444", "Open?")])
    arrives(changes=[comment("333_445", "I ask that, too", parent="333_444", person="9002", who="Bea")])
    arrives(changes=[comment("333_446", "Nobody?", parent="333_444")])
    assert [t.messages.count() for t in Ticket.objects.order_by("pk")] == [2, 1]


def test_our_own_comment_from_elsewhere_stands_below_theirs(arrives):
    arrives(changes=[comment("333_444", "Open?")])
    arrives(changes=[comment("333_447", "Yes, at ten.", parent="333_444", person=PAGE, who="Olmo")])
    assert said() == [("in", "Open?"), ("out", "Yes, at ten.")]


def test_who_answers_below_our_answer_goes_on_with_the_same_matter(arrives):
    arrives(changes=[comment("333_444", "Open?")])
    arrives(changes=[comment("333_447", "Yes.", parent="333_444", person=PAGE, who="Olmo")])
    arrives(changes=[comment("333_448", "Thanks", parent="333_447")])
    assert Ticket.objects.get().messages.count() == 3


def test_hidden_edited_and_deleted_comments_keep_our_copy(arrives):
    arrives(changes=[comment("333_444", "my number is 4")])
    arrives(changes=[comment("333_444", "my number", verb="edited")])
    arrives(changes=[comment("333_444", verb="hide")])
    arrives(changes=[comment("333_444", verb="remove")])
    arrives(changes=[comment("333_444", verb="remove")])
    found = Message.objects.get(direction="in")
    assert found.text == "my number"
    assert found.details["is_hidden"] is True and found.details["withdrawn_at"]
    assert Ticket.objects.count() == 1


def test_what_somebody_writes_on_the_wall_is_a_ticket_and_our_own_posts_are_none(arrives):
    wall = {"item": "status", "verb": "add", "post_id": "1001_555", "message": "The lamp is out", "published": 1}
    arrives(changes=[{"field": "feed", "value": {**wall, "from": {"id": "9002", "name": "Bea"}}}])
    arrives(changes=[{"field": "feed", "value": {**wall, "post_id": "1001_556", "from": {"id": PAGE}}}])
    assert Ticket.objects.get().subject == "The lamp is out"
    arrives(changes=[comment("555_1", "Still out", post="1001_555", person="9002", who="Bea")])
    assert Ticket.objects.get().messages.count() == 2


def test_reactions_and_mentions_open_tickets_only_where_the_office_says_so(olmo_page, arrives):
    like = {
        "item": "reaction",
        "verb": "add",
        "reaction_type": "wow",
        "post_id": "1001_3",
        "from": {"id": "9", "name": "B"},
    }
    named = {
        "sender_id": "10",
        "sender_name": "C",
        "item": "post",
        "post_id": "77_1",
        "verb": "add",
        "message": "@Olmo!",
    }
    told = [{"field": "feed", "value": like}, {"field": "mention", "value": named}]
    arrives(changes=told)
    assert not Ticket.objects.exists()
    olmo_page.settings = {"opens_on_reaction": True, "opens_on_mention": True}
    olmo_page.save()
    arrives(changes=told)
    assert sorted(Ticket.objects.values_list("subject", flat=True)) == ["(wow)", "@Olmo!"]


def test_a_comment_and_a_message_of_the_same_number_are_not_taken_for_one_person(arrives):
    arrives(message("m_1", "Hello", person="9001"))
    arrives(changes=[comment("333_444", "Hello")])
    assert Person.objects.count() == 2


@pytest.mark.parametrize(
    "body",
    [
        {"entry": "x"},
        {"entry": [1, None, {"id": PAGE, "messaging": "x", "changes": {"a": 1}}]},
        {"entry": [{"id": PAGE, "messaging": [{"message": {"mid": 5, "text": ["x"]}, "sender": 3}]}]},
        {"entry": [{"id": PAGE, "messaging": [{"message": {"mid": True}, "sender": {"id": None}}]}]},
        {
            "entry": [
                {"id": PAGE, "changes": [{"field": "feed", "value": {"item": "comment", "verb": "add", "post": 3}}]}
            ]
        },
        {"entry": [{"id": PAGE, "changes": [{"field": "ratings", "value": {"rating": 5}}]}]},
        {"entry": [{"id": PAGE, "messaging": [{"sender": {"id": "1"}, "read": {"watermark": 10**40}}]}]},
        {
            "entry": [
                {"id": PAGE, "messaging": [{"sender": {"id": "1"}, "reaction": {"mid": "\x00", "emoji": "\ud83d"}}]}
            ]
        },
    ],
)
def test_strange_events_are_calmly_read(olmo_page, body):
    from apps.omnichannel import services
    from apps.omnichannel.ports import RawInput

    envelope = services.store(olmo_page, RawInput(json.dumps({"object": "page", **body}).encode(), "webhook"))
    services.process(envelope.pk)
    envelope.refresh_from_db()
    assert envelope.state == "processed" and envelope.reason
    assert not Ticket.objects.exists()


def test_a_whole_batch_takes_few_questions_a_message(olmo_page, arrives, django_assert_max_num_queries):
    arrives(message("m_0", "Hello"))
    with django_assert_max_num_queries(20 * 18):
        arrives(*[message(f"m_{n}", f"word {n}", at=now_ms() + n) for n in range(1, 21)])
    assert Message.objects.filter(direction="in").count() == 21


# Recorded deliveries


def cases():
    return [json.loads(path.read_text()) for path in sorted(CORPUS.glob("facebook-*.json"))]


def holds(actions, expected):
    assert len(actions) == len(expected), actions
    for found, wanted in zip(actions, expected, strict=True):
        for name, value in wanted.items():
            assert found.get(name) == value, (name, found)


@pytest.mark.corpus
@pytest.mark.parametrize("case", cases(), ids=lambda case: case["id"])
@pytest.mark.parametrize("times", [1, 2, 3])
def test_recorded_deliveries(case, times):
    expected = case["expect"]["actions"]
    holds(rehearsing.rehearse("facebook", [case["payload"]], expected=expected, times=times), expected)
    assert not Ticket.objects.exists()


@pytest.mark.corpus
def test_recorded_deliveries_all_in_one_batch_and_in_any_order():
    told = [case for case in cases() if case["payload"]["entry"][0]["id"] == "117172741761305"]
    expected = [action for case in told for action in case["expect"]["actions"]]
    for order in (told, told[::-1], told[2:] + told[:2]):
        batch = {"object": "page", "entry": [entry for case in order for entry in case["payload"]["entry"]]}
        actions = rehearsing.rehearse("facebook", [batch], expected=expected)
        assert {row["type"] for row in actions} >= {"create_message", "read"}
        assert sum(row["type"] == "create_message" for row in actions) == 1


def test_the_command_prints_one_line_a_case_and_leaves_no_trace(tmp_path, capsys):
    payload = {"object": "page", "entry": [{"id": PAGE, "time": 1, "messaging": [message("m_1", "Hello")]}]}
    (tmp_path / "a.json").write_text(json.dumps({"id": "a", "channel": "facebook", "payload": payload}))
    (tmp_path / "b.json").write_text(json.dumps({"id": "b", "channel": "pigeon", "payload": {}}))
    call_command("read_webhooks", "--batch", str(tmp_path))
    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert first["id"] == "a" and first["actions"][0]["external_id"] == "m_1"
    assert second["id"] == "b" and "skipped" in second
    assert not Ticket.objects.exists()
