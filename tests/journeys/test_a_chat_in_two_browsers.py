"""María asks in the bubble on the library's page, Ana answers from her inbox: both in a real browser."""

import pytest
from playwright.sync_api import expect

from apps.tickets.models import Ticket
from tests.browser import elsewhere, signed_in, visit
from tests.conftest import wait_for
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.omnichannel import ChannelFactory

pytestmark = pytest.mark.browser


@pytest.fixture
def library(live_url, settings):
    """A library with Ana, and its own web site on the same machine with the bubble on it."""
    settings.ACUDO_DEMO_URL = live_url.replace("127.0.0.1", "localhost")
    office = OfficeFactory(name="Biblioteca Olmo", languages=["es", "en"])
    ChannelFactory(office=office, kind="webchat", name="Chat", settings={"allowed_domains": [settings.ACUDO_DEMO_URL]})
    return {"url": live_url, "site": settings.ACUDO_DEMO_URL, "ana": user_in(office, full_name="Ana Prieto")}


@pytest.fixture
def ana(library, browser):
    page = signed_in(browser, library["url"], library["ana"])
    yield page
    page.context.close()


@pytest.fixture
def maria(library, browser):
    page = browser.new_context(locale="es-UY").new_page()
    yield page
    page.context.close()


def test_a_question_in_the_bubble_is_answered_from_the_inbox_while_both_watch(library, ana, maria):
    visit(ana, "/desk/inbox/all/")
    ana.wait_for_selector("html[data-connection=online]")
    maria.goto(f"{library['site']}/demo/site/")
    maria.get_by_role("button", name="Chat").click()
    window = maria.frame_locator("iframe")
    window.locator("#chat[data-ready]").wait_for()
    window.locator("#text").fill("¿Puedo renovar un préstamo?")
    window.locator("form.compose button.primary").click()
    wait_for(lambda: elsewhere(Ticket.objects.count))
    ticket = elsewhere(Ticket.objects.get)

    visit(ana, f"/desk/inbox/all/{ticket.public_id}/")
    ana.wait_for_selector("html[data-connection=online]")
    expect(ana.locator("#timeline")).to_contain_text("¿Puedo renovar un préstamo?")
    ana.locator("#box").press_sequentially("Sí, dos veces.")
    expect(window.locator("[data-part=typing]")).to_contain_text("Ana", timeout=8000)
    ana.locator("[data-send=reply]").click()
    expect(window.locator(".message.theirs", has_text="Sí, dos veces.")).to_contain_text("Ana Prieto")

    window.locator("#text").fill("¡Gracias!")
    window.locator("#text").press("Enter")
    expect(ana.locator("#timeline")).to_contain_text("¡Gracias!")
    assert elsewhere(lambda: Ticket.objects.get().status) == "open"
    texts = window.locator(".message:not(.automatic) .text").all_inner_texts()
    assert texts == ["¿Puedo renovar un préstamo?", "Sí, dos veces.", "¡Gracias!"]
