"""The doors close at seven and open at eight: a chat, a question in the dark, the opening, the letter. Both ends in a
real browser, the library's own page on another origin; only the clock is told.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.cache import cache
from playwright.sync_api import expect

from apps.core import clock
from apps.hours import presence
from apps.omnichannel.models import Delivery
from apps.omnichannel.services import deliver
from apps.omnichannel.webchat import tasks
from apps.tickets.models import Ticket
from tests.browser import elsewhere, signed_in, visit
from tests.conftest import wait_for
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.hours import CalendarFactory
from tests.factories.omnichannel import ChannelFactory
from tests.omnichannel.webchat.test_browser import Site, frame_of, live, shows

pytestmark = pytest.mark.browser

FROM_8_TO_19 = [((8 * 60, 19 * 60),)] * 5 + [(), ()]


class Clock:
    """The server's: set, and going on from there."""

    def __init__(self, monkeypatch):
        self.shift = timedelta()
        told = self

        class Told(datetime):
            @classmethod
            def now(cls, tz=None):
                return datetime.now(tz) + told.shift

        monkeypatch.setattr(clock, "datetime", Told)

    def set(self, text):
        there = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("America/Montevideo"))
        self.shift = there - datetime.now(there.tzinfo)
        cache.clear()


@pytest.fixture
def at(monkeypatch):
    return Clock(monkeypatch)


@pytest.fixture
def library(live_url, at):
    at.set("2027-03-01 18:57")
    site = Site(live_url)
    house = {"url": live_url, "site": site, **elsewhere(furnish, site)}
    yield house
    site.server.shutdown()


def furnish(site):
    """Open from eight to seven, with Ana at the desk and the mailbox of her room."""
    office = OfficeFactory(name="Biblioteca Olmo", languages=["es", "en"], time_zone="America/Montevideo")
    office.calendar = CalendarFactory(office=office, week=FROM_8_TO_19, time_zone="America/Montevideo")
    office.save()
    chat = ChannelFactory(office=office, kind="webchat", name="Chat", settings={"allowed_domains": [site.url]})
    ChannelFactory(office=office, kind="email", name="Sala", address="sala@olmo.example")
    ana = user_in(office, "supervisor", full_name="Ana Prieto")
    presence.set_state(ana, to="available")
    site.key = chat.key
    return {"office": office, "ana": ana}


def visitor(browser, library):
    """Somebody on the library's page, in Spanish, with the chat open."""
    page = browser.new_context(locale="es-UY", timezone_id="America/Montevideo").new_page()
    page.refused = []
    page.on("console", lambda line: page.refused.append(line.text) if "Content Security" in line.text else None)
    return page, open_chat(page, library)


def open_chat(page, library):
    page.goto(library["site"].url)
    page.get_by_role("button", name="Chat").click()
    return live(page.frame_locator("iframe"))


def say(frame, text):
    frame.get_by_label("Su mensaje").fill(text)
    frame.get_by_role("button", name="Enviar", exact=True).click()
    shows(frame, text)


def state(frame, word):
    frame.locator(f"#chat[data-state={word}]").wait_for()


def answer(desk, text):
    desk.locator("#box").fill(text)
    desk.keyboard.press("Control+Enter")


def test_000_12_to_000_18_a_day_ends_at_seven_and_the_next_begins_with_what_was_left(library, at, browser):
    desk = signed_in(browser, library["url"], library["ana"], reduced_motion="reduce")
    visit(desk, "/desk/inbox/all/")
    desk.wait_for_selector("html[data-connection=online]")

    # Three to seven: María is answered by Ana, who heard her come.
    maria, window = visitor(browser, library)
    say(window, "¿Tienen mapas de Olmo?")
    desk.get_by_role("button", name="I take it").first.click()
    desk.wait_for_url("**/desk/t/**")
    desk.wait_for_selector("html[data-connection=online]")
    answer(desk, "Sí, tres.")
    shows(window, "Sí, tres.")
    state(window, "open")

    # Seven: the open window says so by itself at its next look.
    at.set("2027-03-01 19:00:30")
    frame_of(maria).evaluate("dispatchEvent(new Event('focus'))")
    state(window, "closed")
    expect(window.locator("[data-part=desk]")).to_contain_text("mañana a las 8:00")

    # Five past seven: Pedro finds nobody, leaves his question and where to answer, and goes.
    at.set("2027-03-01 19:05")
    pedro, window = visitor(browser, library)
    state(window, "closed")
    window.locator("#email").fill("pedro@correo.example")
    say(window, "¿A qué hora abren el sábado?")
    wait_for(lambda: elsewhere(Ticket.objects.filter(is_outside_hours=True).count) == 1)
    pedro.goto("about:blank")
    question = elsewhere(Ticket.objects.get, is_outside_hours=True)
    desk.close()

    # Eight the next morning: the opening leads from what was left to the answer.
    at.set("2027-03-02 08:01")
    elsewhere(tasks.look_at_windows)
    elsewhere(presence.set_state, library["ana"], to="available")
    desk = signed_in(browser, library["url"], library["ana"], reduced_motion="reduce")
    visit(desk, "/desk/opening/")
    desk.get_by_role("link", name="Answer the first one").click()
    desk.wait_for_url(f"**/desk/t/{question.public_id}/**")
    desk.wait_for_selector("html[data-connection=online]")
    answer(desk, "El sábado de 9 a 13.")
    wait_for(lambda: elsewhere(Delivery.objects.filter(is_automatic=False).count) == 1)
    elsewhere(lambda: [deliver(pk) for pk in Delivery.objects.values_list("pk", flat=True)])

    letter = next(letter for letter in mail.outbox if "El sábado de 9 a 13." in letter.body)
    assert letter.to == ["pedro@correo.example"] and "sala@olmo.example" in letter.from_email
    assert elsewhere(lambda: [tag.key for tag in question.tags.all()]) == ["answered"]
    visit(desk, "/desk/opening/")
    expect(desk.locator("#backlog")).not_to_contain_text("sábado")

    # Pedro comes back: one conversation, his answer is there as well, and somebody is at the desk.
    window = open_chat(pedro, library)
    shows(window, "El sábado de 9 a 13.")
    state(window, "open")
    assert elsewhere(Ticket.objects.count) == 2
    assert maria.refused == [] and pedro.refused == [] and desk.troubles == []
    for page in (maria, pedro, desk):
        page.context.close()
