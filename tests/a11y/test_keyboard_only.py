"""Twelve errands of citizens and agents without a pointer: only keys are pressed, and every stop can be reached."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.catalogue.models import ReferralCard
from apps.omnichannel.webchat import services as chats
from apps.omnichannel.webchat import tokens
from apps.omnichannel.webchat.models import Copy, Visitor
from apps.portal.models import MagicLink
from apps.surveys.models import Survey
from apps.tickets import services as tickets
from apps.tickets.models import Message, Ticket
from tests.browser import elsewhere, signed_in, visit
from tests.conftest import wait_for
from tests.factories.accounts import user_in
from tests.omnichannel.webchat.conftest import new_chat

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def own_layer():
    """The live server's own."""


@pytest.fixture(autouse=True)
def unhurried(monkeypatch):
    monkeypatch.setattr("apps.portal.views.new.LEAST_SECONDS", 0)


@pytest.fixture
def chat(live_url):
    return elsewhere(new_chat)


@pytest.fixture
def ana(chat):
    return elsewhere(user_in, chat.office, full_name="Ana Silva")


def tab_to(page, stop):
    """Tab until the focus is there. Fails when it never comes."""
    for _ in range(80):
        if page.evaluate("stop => document.activeElement.matches(stop)", stop):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"no way to {stop}")


def press(page, stop, key="Enter"):
    tab_to(page, stop)
    page.keyboard.press(key)


def write(page, stop, text):
    tab_to(page, stop)
    page.keyboard.type(text)


def open_chat(page, live_url):
    page.goto(f"{live_url}/en/chat/")
    page.locator("#chat[data-ready]").wait_for()


def ask(page, live_url):
    open_chat(page, live_url)
    write(page, "#text", "Do you have maps?")
    page.keyboard.press("Enter")
    wait_for(lambda: elsewhere(Ticket.objects.count))
    page.locator("#chat[data-state=queue], #chat[data-state=open]").wait_for()


def answered(page, live_url, ana):
    ask(page, live_url)
    elsewhere(lambda: tickets.reply(Ticket.objects.get(), author=ana, text="Three of them."))
    page.locator(".message .text", has_text="Three of them.").wait_for()


def state(page, word):
    page.locator(f"#chat[data-state={word}]").wait_for()


def test_1_to_ask_in_the_chat_and_read_the_answer(page, live_url, chat, ana):
    answered(page, live_url, ana)
    tab_to(page, "[role=log]")


def test_2_to_say_who_one_is(page, live_url, chat):
    ask(page, live_url)
    press(page, ".about summary")
    write(page, "#name", "María")
    write(page, "#text", "It is me")
    page.keyboard.press("Enter")
    wait_for(lambda: elsewhere(Visitor.objects.filter(name="María").exists))


def test_3_to_leave_the_queue(page, live_url, chat):
    ask(page, live_url)
    state(page, "queue")
    press(page, "button[value=leave]")
    state(page, "ended")


def test_4_to_have_a_copy_by_mail(page, live_url, chat, ana):
    answered(page, live_url, ana)
    press(page, ".menu summary")
    write(page, "#wish-email", "maria@people.example")
    press(page, "button[value=copy]")
    wait_for(lambda: elsewhere(Copy.objects.filter(address="maria@people.example").exists))


def test_5_to_say_that_one_is_still_there(page, live_url, chat, ana):
    answered(page, live_url, ana)
    elsewhere(lambda: Ticket.objects.update(last_message_at=timezone.now() - timedelta(minutes=9)))
    page.reload()
    page.locator("#chat[data-ready]").wait_for()
    state(page, "idle")
    press(page, "button[value=stay]")
    state(page, "open")


def test_6_to_end_the_chat_and_say_how_it_was(page, live_url, chat, ana):
    answered(page, live_url, ana)
    press(page, ".menu summary")
    press(page, "button[value=end]")
    page.locator(".survey:not([hidden])").wait_for()
    press(page, ".survey input[name=helped]", "Space")
    press(page, ".survey button.primary")
    wait_for(lambda: elsewhere(Survey.objects.exclude(answered_at=None).exists))


def test_7_to_read_in_larger_letters(page, live_url, chat):
    open_chat(page, live_url)
    press(page, ".menu summary")
    press(page, "[data-part=size]", "Space")
    assert page.locator("html.large").count() == 1


def test_8_to_change_the_language_of_the_chat(page, live_url, chat):
    open_chat(page, live_url)
    press(page, "footer a[hreflang=es]")
    page.wait_for_url("**/es/chat/**")


def test_9_to_send_a_request(page, live_url, chat):
    page.goto(f"{live_url}/en/new/other/matter/")
    write(page, "textarea[name=text]", "I lost my card.")
    press(page, "main form button")
    page.wait_for_url("**/contact/")
    write(page, "input[name=name]", "María")
    write(page, "input[name=email]", "maria@people.example")
    press(page, "main form button")
    page.wait_for_url("**/check/")
    press(page, "main form button")
    page.wait_for_url("**/done/**")


def test_10_to_ask_for_the_link_to_ones_requests(page, live_url, chat):
    page.goto(f"{live_url}/en/requests/access/")
    write(page, "input[name=who]", "maria@people.example")
    page.keyboard.press("Enter")
    wait_for(lambda: elsewhere(MagicLink.objects.exists))


def desk_of(browser, live_url, ana):
    page = signed_in(browser, live_url, ana, reduced_motion="reduce")
    visit(page, "/desk/inbox/all/")
    page.wait_for_selector("html[data-connection=online]")
    return page


def come(chat):
    token = tokens.mint(chat.key)
    told = {"token": token, "text": "Maps?", "client_id": token[:40], "address": "192.0.2.1", "name": "María"}
    elsewhere(chats.write, chat, **told)


def test_11_to_take_who_waits_and_answer(browser, live_url, chat, ana):
    page = desk_of(browser, live_url, ana)
    come(chat)
    page.locator("[data-waiting]").wait_for()
    press(page, "[data-waiting] .btn.primary")
    page.wait_for_url("**/desk/t/**")
    page.wait_for_selector("html[data-connection=online]")
    write(page, "#box", "Three of them.")
    page.keyboard.press("Control+Enter")
    wait_for(lambda: elsewhere(Message.objects.filter(text="Three of them.").exists))
    page.context.close()


def test_12_to_put_a_card_into_the_answer(browser, live_url, chat, ana):
    elsewhere(lambda: ReferralCard.objects.create(office=chat.office, name="Map room", phone="2400 0001"))
    come(chat)
    page = signed_in(browser, live_url, ana, reduced_motion="reduce")
    visit(page, f"/desk/t/{elsewhere(lambda: Ticket.objects.get().public_id)}/")
    page.wait_for_selector("html[data-connection=online]")
    press(page, "a[href$='/refer/']")
    page.locator("#picker[open] [data-insert]").wait_for()
    press(page, "#picker [data-insert]")
    assert "Map room" in page.locator("#box").input_value() and "2400 0001" in page.locator("#box").input_value()
    page.context.close()
