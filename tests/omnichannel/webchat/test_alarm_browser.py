"""The alarm as a desk hears it: a tone again and again, a mark on the title and the icon, and what stops it."""

import pytest

from apps.omnichannel.webchat import services, tokens
from apps.tickets.models import Ticket
from tests.browser import assert_accessible, elsewhere, signed_in, visit
from tests.conftest import wait_for
from tests.factories.accounts import user_in
from tests.omnichannel.webchat.conftest import new_chat

pytestmark = pytest.mark.browser
COUNT_TONES = """window.tones = 0; window.OscillatorNode = class extends OscillatorNode {
  start(at) { window.tones += 1; super.start(at); }
};"""
NEVER_ALLOWED = """window.AudioContext = class { state = "suspended"; resume() { return new Promise(() => {}); } };"""


@pytest.fixture(autouse=True)
def own_layer():
    """The live server's own."""


@pytest.fixture
def chat(live_url):
    return elsewhere(new_chat)


@pytest.fixture
def ana(chat):
    return elsewhere(user_in, chat.office, full_name="Ana Silva")


def come(chat, text="Do you have maps?"):
    token = tokens.mint(chat.key)
    told = {"token": token, "text": text, "client_id": token[:40], "address": "192.0.2.1", "name": "María"}
    elsewhere(services.write, chat, **told)


def desk_of(browser, live_url, ana, script=COUNT_TONES, **options):
    page = signed_in(browser, live_url, ana, reduced_motion="reduce", **options)
    page.context.add_init_script(script)
    visit(page, "/desk/inbox/all/")
    page.wait_for_selector("html[data-connection=online]")
    page.locator("#main").click()
    return page


def test_000_19_the_desk_rings_again_and_again_until_somebody_takes_the_chat(browser, live_url, chat, ana):
    page = desk_of(browser, live_url, ana)
    come(chat)
    page.locator("[data-waiting]").wait_for()
    wait_for(lambda: page.evaluate("tones") >= 4)
    assert page.title().startswith("(1) ● ")
    assert "favicon-waiting" in page.locator("link[rel=icon]").get_attribute("href")
    wait_for(lambda: page.evaluate("tones") >= 8, 15)
    assert_accessible(page, "somebody waits")
    page.get_by_role("button", name="I take it").first.click()
    page.wait_for_url("**/desk/t/**")

    assert elsewhere(lambda: Ticket.objects.get().assignee) == ana
    page.wait_for_selector("html[data-connection=online]")
    page.wait_for_function("() => !document.title.startsWith('(1)')")
    assert page.locator("[data-ringing]").count() == 0 and page.troubles == []
    page.context.close()


def test_not_me_now_is_silent_here_and_the_chat_goes_on_waiting(browser, live_url, chat, ana):
    page = desk_of(browser, live_url, ana, viewport={"width": 320, "height": 640})
    come(chat)
    page.locator("[data-ringing]").wait_for()
    page.get_by_role("button", name="Not me now").click()
    page.locator("chat-alarm:not([data-ringing])").wait_for()
    assert page.locator("[data-waiting]").count() == 1
    assert_accessible(page, "declined")
    page.get_by_role("button", name="Not me now").click()
    page.locator("[data-ringing]").wait_for()
    page.context.close()


def test_where_the_browser_blocks_sound_the_desk_is_told(browser, live_url, chat, ana):
    page = desk_of(browser, live_url, ana, script=NEVER_ALLOWED)
    come(chat)
    page.locator("chat-alarm [data-blocked]:not([hidden])").wait_for()
    page.context.close()


def test_sound_is_tried_out_and_its_loudness_kept(browser, live_url, chat, ana):
    page = signed_in(browser, live_url, ana, reduced_motion="reduce", viewport={"width": 320, "height": 640})
    page.context.add_init_script(COUNT_TONES)
    visit(page, "/desk/me/sound/")
    page.get_by_label("Volume").fill("0")
    page.locator("sound-check [data-silent]:not([hidden])").wait_for()
    assert_accessible(page, "sound")
    page.get_by_label("Volume").fill("60")
    page.get_by_role("button", name="Play a tone").click()
    wait_for(lambda: page.evaluate("tones") >= 4)
    visit(page, "/desk/me/sound/")

    assert page.get_by_label("Volume").input_value() == "60"
    page.context.close()
