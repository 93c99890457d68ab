"""Answers as they leave for the stand-in, which refuses what the platform refuses."""

import threading

import pytest
from django.test import Client

from apps.core import clock
from apps.core.errors import Invalid
from apps.demo.graph.server import serve
from apps.demo.graph.world import PAGE, SECRET, TOKEN, Line, Talk, World
from apps.omnichannel import services
from apps.omnichannel.conservation import balance
from apps.omnichannel.facebook.models import Post
from apps.omnichannel.facebook.posts import read as read_post
from apps.omnichannel.facebook.sending import pieces
from apps.omnichannel.models import Amendment, Delivery, Envelope
from apps.omnichannel.services import HeldBack, addressed, ask_amendment, doors, ways_for
from apps.tickets import services as tickets
from apps.tickets.files import NewFile, keep
from apps.tickets.models import Message, Ticket
from tests.omnichannel.facebook.conftest import AL, MIA, message

pytestmark = pytest.mark.django_db


@pytest.fixture
def graph(olmo_page, settings):
    world = World()
    server = serve(world, host="127.0.0.1", port=0, callback="")
    told = []
    world.outbox = told.append
    world.told = told
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.ACUDO_GRAPH_URL = f"http://127.0.0.1:{server.server_address[1]}"
    olmo_page.settings = {"graph_base": settings.ACUDO_GRAPH_URL}
    olmo_page.secrets = {"app_secret": SECRET, "page_token": TOKEN, "verify_token": "a-word-for-greeting"}
    olmo_page.save()
    yield world
    server.shutdown()
    server.server_close()


@pytest.fixture
def wrote(graph, arrives):
    """Mia wrote in Messenger; the stand-in knows her."""
    graph.talks[MIA] = Talk(MIA, "Mia Stone", [Line("m_1", False, "Hello", graph.now())], graph.now())
    arrives(message("m_1", "Hello"))
    Delivery.objects.filter(is_automatic=True).update(state="sent", next_at=None)
    return Ticket.objects.get()


@pytest.fixture
def commented(graph, arrives):
    graph.write_comment(AL, "Al Rey", "Is it open?")
    arrives(changes=[graph.told.pop()["entry"][0]["changes"][0]])
    return Ticket.objects.get()


def leaves(moment=None):
    """What is owed is tried, in order."""
    for delivery in Delivery.objects.filter(state="waiting").order_by("pk"):
        Delivery.objects.filter(pk=delivery.pk).update(next_at=clock.now())
        services.deliver(delivery.pk)


def way(ticket, key):
    return next(way for way in ways_for(ticket) if way.key == key)


def answer(ticket, ana, text, key=None, **more):
    how = doors.Addressing(way=way(ticket, key) if key else None, **more)
    with addressed(how):
        return tickets.reply(ticket, author=ana, text=text)


def test_an_answer_in_messenger_is_a_response_with_our_mark(graph, wrote, ana):
    answer(wrote, ana, "At ten.")
    leaves()
    delivery = Delivery.objects.get(is_automatic=False)
    (call,) = [call for call in graph.calls if call["path"].endswith("messages")]
    assert (delivery.state, delivery.way) == ("sent", "private")
    assert call["messaging_type"] == "RESPONSE" and call["message"]["metadata"] == f"acudo:{delivery.public_id}"
    assert call["recipient"] == {"id": MIA}
    assert delivery.provider_id == graph.talks[MIA].lines[-1].mid
    assert balance()["is_balanced"]


def test_the_person_of_a_message_is_asked_for_their_name(graph, wrote):
    assert wrote.requester.full_name == "Mia Stone"


def test_the_echo_of_our_answer_is_no_second_message(graph, wrote, ana, arrives):
    answer(wrote, ana, "At ten.")
    leaves()
    for delivery in graph.told:
        arrives(*delivery["entry"][0].get("messaging", []))
    assert Message.objects.filter(direction="out", is_automatic=False).count() == 1
    assert Delivery.objects.get(is_automatic=False).outcome == "delivered"


def test_a_long_answer_goes_in_parts_and_nothing_is_lost(graph, wrote, ana):
    text = "\n\n".join(f"Paragraph {n}. " + "word " * 120 for n in range(8)).strip()
    answer(wrote, ana, text)
    leaves()
    parts = [line.text for line in graph.talks[MIA].lines[1:]]
    assert len(parts) > 1 and max(map(len, parts)) < 2000
    assert " ".join(parts).split() == text.split()


@pytest.mark.parametrize("text", ["", "a" * 5000, "ñ" * 1990, "a b " * 1500])
def test_pieces_keep_all_there_is(text):
    assert "".join("".join(pieces(text)).split()) == "".join(text.split())
    assert all(len(piece) <= 1990 for piece in pieces(text))


def test_a_file_goes_after_the_words(graph, wrote, ana):
    (kept,) = keep([NewFile("map.png", b"\x89PNG....", "image/png")])
    with addressed(doors.Addressing()):
        tickets.reply(wrote, author=ana, text="See", attachments=[kept])
    leaves()
    assert [(line.text, line.files) for line in graph.talks[MIA].lines[1:]] == [("See", []), ("", ["map.png"])]


def test_after_24_hours_it_is_said_before_one_writes_and_never_tried(graph, wrote, ana, clock_at):
    began = clock.now()
    clock_at(began.replace(microsecond=0) + windows_hours(25), "UTC")
    (only,) = ways_for(wrote)
    assert not only.is_open and only.hint
    with pytest.raises(Invalid):
        answer(wrote, ana, "Too late")
    assert not [call for call in graph.calls if call["path"].endswith("messages")]


def test_with_human_agent_people_may_answer_for_seven_days(graph, olmo_page, wrote, ana, clock_at):
    olmo_page.settings |= {"human_agent": True}
    olmo_page.save()
    graph.has_human_agent = True
    graph.talks[MIA].heard_at -= 25 * 3600
    clock_at(clock.now() + windows_hours(25), "UTC")
    answer(wrote, ana, "Sorry for the wait.")
    leaves()
    (call,) = [call for call in graph.calls if call["path"].endswith("messages")]
    assert (call["messaging_type"], call["tag"]) == ("MESSAGE_TAG", "HUMAN_AGENT")
    assert Delivery.objects.get(is_automatic=False).state == "sent"


def test_a_robot_never_bears_the_tag_of_a_person(graph, olmo_page, wrote, clock_at):
    olmo_page.settings |= {"human_agent": True}
    olmo_page.save()
    clock_at(clock.now() + windows_hours(25), "UTC")
    tickets.reply(wrote, author=None, text="Automatic", is_automatic=True)
    leaves()
    delivery = Delivery.objects.latest("pk")
    assert (delivery.state, delivery.error_kind) == ("dead", "window_closed")
    assert not [call for call in graph.calls if call["path"].endswith("messages")]


def test_a_window_that_closes_there_first_is_told_in_words_with_the_way_out(graph, wrote, ana):
    answer(wrote, ana, "At ten.")
    graph.talks[MIA].heard_at -= 25 * 3600
    leaves()
    delivery = Delivery.objects.get(is_automatic=False)
    assert (delivery.state, delivery.error_kind) == ("dead", "window_closed")
    assert "offer e-mail" in delivery.error_text


def test_a_dead_token_keeps_the_answer_and_rests_the_page(graph, olmo_page, wrote, ana):
    graph.token = "another"
    answer(wrote, ana, "At ten.")
    leaves()
    delivery = Delivery.objects.get(is_automatic=False)
    assert (delivery.state, delivery.error_kind) == ("waiting", "auth")
    olmo_page.refresh_from_db()
    assert "connected again" in olmo_page.last_error


def test_a_passing_trouble_is_tried_again(graph, wrote, ana):
    graph.failures.append((500, {"error": {"message": "x", "code": 2}}))
    answer(wrote, ana, "At ten.")
    leaves()
    assert Delivery.objects.get(is_automatic=False).state == "waiting"
    leaves()
    assert Delivery.objects.get(is_automatic=False).state == "sent"


# Below a post


def test_the_way_proposed_is_the_one_the_person_chose(graph, commented, arrives):
    assert [(w.key, w.is_open) for w in ways_for(commented)] == [("public", True), ("private", True)]


def test_a_public_answer_stands_below_the_comment(graph, commented, ana):
    answer(commented, ana, "Yes, at ten.")
    leaves()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.way) == ("sent", "public")
    made = graph.comments[delivery.provider_id]
    assert (made.message, made.person) == ("Yes, at ten.", PAGE)
    assert Message.objects.get(direction="out").details["is_public"] is True


def test_our_public_answer_coming_back_is_no_second_message(graph, commented, ana, arrives, looks_again):
    answer(commented, ana, "Yes, at ten.")
    leaves()
    arrives(changes=[told["entry"][0]["changes"][0] for told in graph.told])
    looks_again()
    assert Message.objects.filter(direction="out").count() == 1


def test_our_public_answer_that_comes_back_before_we_are_told_its_name_waits(
    graph, commented, ana, arrives, looks_again
):
    answer(commented, ana, "Yes, at ten.")
    leaves()
    delivery = Delivery.objects.get()
    Delivery.objects.filter(pk=delivery.pk).update(state="waiting", provider_id="", attempts=1)
    arrives(changes=[told["entry"][0]["changes"][0] for told in graph.told])
    assert Message.objects.filter(direction="out").count() == 1
    Delivery.objects.filter(pk=delivery.pk).update(state="sent", provider_id=delivery.provider_id)
    looks_again()
    assert Message.objects.filter(direction="out").count() == 1
    assert not Envelope.objects.filter(state="waiting").exists()


def test_one_private_answer_a_comment_and_what_they_say_to_it_joins_the_ticket(graph, commented, ana, arrives):
    answer(commented, ana, "Your case is with us.", "private")
    leaves()
    assert Delivery.objects.get().state == "sent"
    assert not way(commented, "private").is_open
    person = graph.messenger_of(AL)
    graph.write_message(person, "Al Rey", "Thank you")
    arrives(*graph.told[-1]["entry"][0]["messaging"])
    assert Ticket.objects.count() == 1
    assert [m.text for m in Message.objects.filter(direction="in")] == ["Is it open?", "Thank you"]
    first, *_rest = ways_for(commented)
    assert first.key == "private" and first.is_open  # now they write in private
    answer(commented, ana, "You are welcome.")
    leaves()
    assert [line.text for line in graph.talks[person].lines] == [
        "Your case is with us.",
        "Thank you",
        "You are welcome.",
    ]


def test_a_private_answer_given_elsewhere_is_told_with_the_way_out(graph, commented, ana):
    next(iter(graph.comments.values())).has_private_reply = True
    answer(commented, ana, "In private", "private")
    leaves()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.error_kind) == ("dead", "invalid")
    assert "Answer publicly" in delivery.error_text


def test_002_35_nothing_personal_leaves_in_public(graph, commented, ana):
    with pytest.raises(HeldBack) as held:
        answer(commented, ana, "Your card 1.234.567-2 is ready")
    assert [hit.kind for hit in held.value.hits] == ["uy_ci"]
    assert not held.value.may_be_overruled
    with pytest.raises(HeldBack):
        answer(commented, ana, "Your card 1.234.567-2 is ready", overrules=True)
    assert not Delivery.objects.exists() and not Message.objects.filter(direction="out").exists()
    answer(commented, ana, "Your card 1.234.567-2 is ready", "private")
    assert Delivery.objects.get().way == "private"


def test_002_35_what_only_looks_personal_may_be_published_and_that_stays_on_record(graph, commented, ana):
    text = "The talk is by Peter Walsh, write to peter.walsh@example.org"
    with pytest.raises(HeldBack) as held:
        answer(commented, ana, text)
    assert held.value.may_be_overruled
    answer(commented, ana, text, overrules=True)
    assert {row["kind"] for row in Message.objects.get(direction="out").details["overruled"]} >= {"email"}


def test_002_35_the_offices_own_telephone_is_public(graph, commented, ana, olmo_page):
    olmo_page.office.phone = "+598 99 123 456"
    olmo_page.office.save()
    answer(commented, ana, "Write to us: +598 99 123 456")


def test_hiding_deleting_and_changing_is_done_there_and_marked_here(graph, commented, ana):
    theirs = Message.objects.get(direction="in")
    answer(commented, ana, "Yes, at ten.")
    leaves()
    ours = Message.objects.get(direction="out")
    for target, what, text in ((theirs, "hidden", ""), (ours, "edited", "Yes, at eleven.")):
        row = ask_amendment(target, what=what, text=text, actor=ana)
        services.amend(row.pk)
        services.amend(row.pk)
    first, second = graph.comments.values()
    assert first.is_hidden and second.message == "Yes, at eleven."
    theirs.refresh_from_db(), ours.refresh_from_db()
    assert theirs.details["is_hidden"] and ours.text == "Yes, at eleven."
    services.amend(ask_amendment(theirs, what="shown", actor=ana).pk)
    assert not first.is_hidden
    with pytest.raises(Invalid):
        ask_amendment(theirs, what="edited", text="x", actor=ana)


def test_a_change_that_is_refused_there_changes_nothing_here(graph, commented, ana):
    theirs = Message.objects.get(direction="in")
    next(iter(graph.comments.values())).is_gone = True
    services.amend(ask_amendment(theirs, what="hidden", actor=ana).pk)
    assert Amendment.objects.get().state == "failed"
    theirs.refresh_from_db()
    assert "is_hidden" not in theirs.details


def test_the_post_is_read_for_the_one_who_answers(graph, commented):
    read_post(Post.objects.get().pk)
    assert Post.objects.get().text == next(iter(graph.posts.values())).message


# On the desk


@pytest.fixture
def browser_of_ana(ana):
    client = Client()
    client.force_login(ana, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_box_offers_the_ways_and_the_post_stands_above(graph, commented, browser_of_ana):
    read_post(Post.objects.get().pk)
    shown = browser_of_ana.get(f"/desk/t/{commented.public_id}/").content.decode()
    assert 'name="way"' in shown and "Publicly, below the comment" in shown and "In private, one message" in shown
    assert next(iter(graph.posts.values())).message[:30] in shown


def test_the_answer_is_held_and_sent_in_private_instead(graph, commented, browser_of_ana):
    url, text = f"/desk/t/{commented.public_id}/answers/", "Your card 1.234.567-2 is ready"
    public, private = way(commented, "public").name, way(commented, "private").name
    held = browser_of_ana.post(url, {"text": text, "way": public}, headers={"HX-Request": "true"})
    assert held.status_code == 409 and private in held.content.decode()
    assert not Delivery.objects.exists()
    notice = {"notice": "1", "notice_text": "Hello Al, we answer you in private."}
    sent = browser_of_ana.post(
        url, {"text": text, "way": public, "way_instead": private, **notice}, headers={"HX-Request": "true"}
    )
    assert sent.status_code == 204
    assert list(Delivery.objects.order_by("pk").values_list("way", "message__text")) == [
        ("public", "Hello Al, we answer you in private."),
        ("private", text),
    ]


def test_002_36_the_notice_leaves_first_and_both_are_tried_again_together(graph, commented, browser_of_ana, ana):
    url = f"/desk/t/{commented.public_id}/answers/"
    browser_of_ana.post(
        url,
        {"text": "The answer", "way": way(commented, "private").name, "notice": "1", "notice_text": "In private."},
    )
    graph.failures.append((400, {"error": {"message": "x", "code": 368}}))
    _notice, private = Delivery.objects.order_by("pk")
    Delivery.objects.update(next_at=clock.now())
    services.deliver(private.pk)
    assert not graph.calls, "not before the notice"
    leaves()
    Delivery.objects.filter(state="waiting").update(next_at=clock.now())
    services.deliver(private.pk)
    assert list(Delivery.objects.order_by("pk").values_list("state", "error_kind")) == [
        ("dead", "policy"),
        ("dead", "held_up"),
    ]
    services.retry(Delivery.objects.get(pk=private.pk), actor=ana)
    leaves()
    leaves()
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
    texts = [call.get("message") for call in graph.calls if call["method"] == "POST"]
    assert texts[-2] == "In private." and texts[-1]["text"] == "The answer"


def test_one_key_hides_a_comment_with_personal_data(graph, arrives, browser_of_ana, commits):
    made = graph.write_comment(AL, "Al Rey", "My card is 1.234.567-2, why was I fined?")
    arrives(changes=[graph.told.pop()["entry"][0]["changes"][0]])
    ticket = Ticket.objects.get()
    shown = browser_of_ana.get(f"/desk/t/{ticket.public_id}/").content.decode()
    assert 'data-key="H"' in shown and "a Uruguayan identity card number" in shown
    browser_of_ana.post(
        f"/desk/t/{ticket.public_id}/amend/", {"message": ticket.messages.get().public_id, "what": "hidden"}
    )
    services.amend(Amendment.objects.get().pk)
    assert graph.comments[made.id].is_hidden


def windows_hours(n):
    from datetime import timedelta

    return timedelta(hours=n)


def test_the_page_to_play_citizen_on_shows_what_stands_there(graph, commented, ana):
    from apps.demo.graph import page

    answer(commented, ana, "Yes, at ten.")
    leaves()
    shown = page.render(graph, {"lang": "en", "name": "<b>Al</b>"})
    assert "Is it open?" in shown and "Yes, at ten." in shown and "&lt;b&gt;Al&lt;/b&gt;" in shown
