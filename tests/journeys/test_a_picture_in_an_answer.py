"""Ana pastes a picture of her screen into her answer; María sees it in its place, or finds it by its name."""

import base64
from email import message_from_bytes, policy

import pytest
from django.core import mail
from django.utils import timezone

from apps.inbox.models import DraftFile
from apps.omnichannel import services
from apps.omnichannel.models import Delivery
from apps.tickets.models import Attachment, Message
from tests.browser import assert_accessible, elsewhere, signed_in, visit
from tests.conftest import wait_for
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.omnichannel import ChannelFactory
from tests.factories.people import PersonFactory
from tests.factories.tickets import TicketFactory
from tests.inbox.test_pictures_in_the_words import png, shape

pytestmark = pytest.mark.browser

GIVE = """([type, files, words]) => {
  const data = new DataTransfer();
  for (const [name, kind, content] of files)
    data.items.add(new File([Uint8Array.from(atob(content), (sign) => sign.charCodeAt(0))], name, { type: kind }));
  for (const [kind, text] of words) data.setData(kind, text);
  const options = { bubbles: true, cancelable: true };
  const event = type === "paste" ? new ClipboardEvent(type, { ...options, clipboardData: data })
    : new DragEvent(type, { ...options, dataTransfer: data });
  document.getElementById("box").dispatchEvent(event);
  return event.defaultPrevented;
}"""


@pytest.fixture
def desk(live_url, browser):
    def set_up():
        olmo = OfficeFactory(name="Biblioteca Olmo", slug="olmo")
        ChannelFactory(office=olmo, kind="email", name="Consultas", slug="consultas", address="consultas@olmo.example")
        maria = PersonFactory(body=olmo, full_name="María Pérez", email="maria@correo.example")
        ticket = TicketFactory(office=olmo, requester=maria, subject="¿Dónde pido el carné?", language="es")
        return user_in(olmo, full_name="Ana Prieto"), ticket

    ana, ticket = elsewhere(set_up)
    page = signed_in(browser, live_url, ana)
    visit(page, f"/desk/t/{ticket.public_id}/")
    yield page
    assert page.troubles == []
    page.context.close()


def give(page, how, *files, words=()):
    packed = [[name, kind, base64.b64encode(content).decode()] for name, kind, content in files]
    return page.evaluate(GIVE, [how, packed, [list(pair) for pair in words]])


def files_of_draft():
    return elsewhere(lambda: list(DraftFile.objects.values_list("name", flat=True)))


def sent_pictures():
    rows = Attachment.objects.filter(message__direction="out", is_inline=True)
    return elsewhere(lambda: list(rows.values_list("name", flat=True)))


def leave():
    def work():
        rows = Delivery.objects.filter(state="waiting").order_by("pk")
        rows.update(next_at=timezone.now())  # the time to take it back is over
        for delivery in rows:
            services.deliver(delivery.pk)

    elsewhere(work)
    return message_from_bytes(mail.outbox[-1].message().as_bytes(), policy=policy.default)


def test_a_pasted_picture_is_seen_in_its_place(desk):
    box = desk.locator("#box")
    box.fill("Pulse este botón:")
    give(desk, "paste", ("image.png", "image/png", png()))
    desk.locator('[data-marker="[imagen-1.png]"]').wait_for()
    assert box.input_value() == "Pulse este botón:\n[imagen-1.png]\n"
    box.press_sequentially("Y después este:")
    give(desk, "drop", ("pantalla.png", "image/png", png("red")), ("form.pdf", "application/pdf", b"%PDF-1.4"))
    desk.locator('[data-marker="[imagen-2.png]"]').wait_for()
    assert desk.locator("[data-files]").inner_text() == "form.pdf"  # what is no picture is attached
    assert_accessible(desk, "pictures in the words")

    desk.locator("[data-send=reply]").click()
    desk.locator(".msg.out").wait_for()
    sent = leave()
    body = ("multipart/alternative", ["text/plain", ("multipart/related", ["text/html", "image/png", "image/png"])])
    assert shape(sent) == ("multipart/mixed", [body, "application/pdf"])
    words, html = sent.get_body(("plain",)).get_content(), sent.get_body(("html",)).get_content()
    assert words.startswith("Pulse este botón:\n[imagen-1.png]\nY después este:\n[imagen-2.png]")
    cids = [part["Content-ID"].strip("<>") for part in sent.walk() if part["Content-ID"]]
    assert len(set(cids)) == 2
    places = [html.index(word) for word in ("botón:", f"cid:{cids[0]}", "Y después", f"cid:{cids[1]}")]
    assert places == sorted(places)
    assert elsewhere(DraftFile.objects.exists) is False


def test_a_picture_taken_away_leaves_the_words_too(desk):
    desk.locator("#box").fill("Así:")
    give(desk, "paste", ("image.png", "image/png", png()))
    desk.locator('[data-marker="[imagen-1.png]"] button').click()
    desk.locator("[data-marker]").wait_for(state="detached")
    assert "imagen" not in desk.locator("#box").input_value()
    assert files_of_draft() == []


def test_sending_at_once_waits_for_the_picture(desk):
    desk.route("**/draft/", lambda route: (desk.wait_for_timeout(300), route.continue_()))
    desk.locator("#box").fill("Así:")
    give(desk, "paste", ("image.png", "image/png", png()))
    desk.locator("[data-send=reply]").click()
    desk.locator(".msg.out").wait_for()
    wait_for(lambda: sent_pictures() == ["imagen-1.png"])
    assert elsewhere(lambda: Message.objects.filter(direction="out", is_automatic=False).count()) == 1


def test_a_picture_that_does_not_arrive_is_not_promised(desk):
    desk.route("**/draft/", lambda route: route.abort())
    desk.locator("#box").fill("Así:")
    give(desk, "paste", ("image.png", "image/png", png()))
    desk.locator(".toast, [role=alert]").first.wait_for()
    wait_for(lambda: "imagen" not in desk.locator("#box").input_value())


def test_words_that_bring_a_picture_of_themselves_are_words(desk):
    table = (("text/html", "<table><td>1</td></table>"), ("text/plain", "1"))
    assert give(desk, "paste", ("image.png", "image/png", png()), words=table) is False  # left to the browser
    assert files_of_draft() == []


def test_a_picture_pasted_into_a_note_is_attached(desk):
    desk.locator(".tab-note").click()
    give(desk, "paste", ("image.png", "image/png", png()))
    assert desk.locator("[data-files]").inner_text() == "image.png"
    assert desk.locator("#box").input_value() == ""
