"""Al asks below a post and writes his identity number there. Ana hides it, answers in private after a notice, and
solves it; Al is asked how it was. Two browsers: the desk, and the page that stands in for Facebook."""

import re
import threading

import pytest

from apps.core import clock
from apps.demo.graph.server import serve
from apps.demo.graph.world import PAGE, SECRET, TOKEN, World
from apps.omnichannel import services
from apps.omnichannel.facebook.asking import ask_how_it_was
from apps.omnichannel.facebook.models import Post
from apps.omnichannel.facebook.posts import read
from apps.omnichannel.models import Amendment, Delivery, Envelope
from apps.surveys.models import Survey
from apps.tickets.models import Ticket
from tests.browser import assert_accessible, elsewhere, signed_in, visit
from tests.conftest import wait_for
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.omnichannel import ChannelFactory

pytestmark = pytest.mark.browser


@pytest.fixture
def town(live_url, settings):
    world = World()
    server = serve(world, host="127.0.0.1", port=0, callback="")
    settings.ACUDO_GRAPH_URL = f"http://127.0.0.1:{server.server_address[1]}"

    def set_up():
        olmo = OfficeFactory(name="Olmo", slug="olmo", default_language="en")
        channel = ChannelFactory(
            office=olmo,
            kind="facebook",
            name="Olmo page",
            address=PAGE,
            settings={"graph_base": settings.ACUDO_GRAPH_URL},
            secrets={"app_secret": SECRET, "page_token": TOKEN},
        )
        return channel, user_in(olmo, full_name="Ana Prieto", language="en")

    channel, ana = elsewhere(set_up)
    server.postman.callback = f"{live_url}/hooks/{channel.key}/"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield world, ana
    server.postman.stop()
    server.shutdown()
    server.server_close()


def work():
    """What the worker does behind, until nothing is due."""

    def run():
        for _ in range(4):
            for envelope in Envelope.objects.filter(state="waiting"):
                services.process(envelope.pk)
            for post in Post.objects.exclude(next_at=None):
                read(post.pk)
            for row in Amendment.objects.filter(state="waiting"):
                services.amend(row.pk)
            for delivery in Delivery.objects.filter(state="waiting").order_by("pk"):
                Delivery.objects.filter(pk=delivery.pk).update(next_at=clock.now())
                services.deliver(delivery.pk)

    elsewhere(run)


def arrived(what):
    def there():
        work()
        return elsewhere(what)

    wait_for(there)


def test_hidden_notice_private_answer_solved_and_asked(browser, live_url, town, settings):
    world, ana = town
    citizen = browser.new_context(locale="en-GB").new_page()
    citizen.goto(f"{settings.ACUDO_GRAPH_URL}/?lang=en&name=Al Rey")
    box = citizen.get_by_label("Write a comment").first
    box.fill("My card is 1.234.567-2. Why was I fined?")
    box.press("Enter")
    arrived(Ticket.objects.exists)
    ticket = elsewhere(Ticket.objects.get)

    desk = signed_in(browser, live_url, ana)
    visit(desk, f"/desk/t/{ticket.public_id}/")
    assert desk.get_by_text("a Uruguayan identity card number").is_visible()
    assert desk.get_by_text("Below this post").is_visible()
    assert_accessible(desk, "a comment with an identity number")
    desk.keyboard.press("Shift+H")
    arrived(lambda: Amendment.objects.filter(state="done").exists())
    assert next(iter(world.comments.values())).is_hidden
    desk.get_by_text("hidden from the public").wait_for()

    words = desk.locator("#box")
    words.fill("Your fine on card 1.234.567-2 was our mistake, it is gone.")
    desk.locator("[data-send=reply]").click()
    desk.get_by_text("Nothing was sent.").wait_for()
    assert not elsewhere(Delivery.objects.exists)
    desk.get_by_label("In private, one message").check()
    assert desk.locator("#notice-text").input_value() == "Hello Al, we are answering you in private."
    assert_accessible(desk, "an answer that was held back")
    desk.locator("#held").get_by_role("button", name="Send in private instead").click()
    arrived(lambda: Delivery.objects.filter(state="sent").count() == 2)

    citizen.reload()
    assert citizen.get_by_text("Hello Al, we are answering you in private.").is_visible()
    assert citizen.get_by_text("was our mistake, it is gone.").is_visible()
    thanks = citizen.get_by_label("Message to the page")
    thanks.fill("Thank you!")
    thanks.press("Enter")
    arrived(lambda: Ticket.objects.get().messages.filter(direction="in").count() == 2)
    assert elsewhere(Ticket.objects.count) == 1

    visit(desk, f"/desk/t/{ticket.public_id}/")
    desk.locator("[data-key=e]").click()
    wait_for(lambda: elsewhere(lambda: Ticket.objects.get().status) == "solved")
    elsewhere(ask_how_it_was, ticket.pk)
    elsewhere(ask_how_it_was, ticket.pk)
    arrived(lambda: not Delivery.objects.filter(state="waiting").exists())
    citizen.reload()
    asked = citizen.get_by_text("Was our answer any help?")
    assert asked.count() == 1
    link = re.search(r"https?://\S+", asked.inner_text())[0]
    citizen.goto(link)
    citizen.locator("input[name=helped]").first.check()
    citizen.locator("main button[type=submit], main button:not([type])").first.click()
    wait_for(lambda: elsewhere(lambda: Survey.objects.get().answered_at))
    assert desk.troubles == []
    desk.context.close()
    citizen.context.close()
