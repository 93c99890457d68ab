"""Ana's morning in a real browser: with the keyboard, beside a colleague, with a bad line, without script."""

import re

import pytest
from playwright.sync_api import expect

from apps.automation.models import Macro
from apps.omnichannel.models import Delivery
from apps.tickets import services
from apps.tickets.files import NewFile, keep
from apps.tickets.models import Message, Ticket
from tests.browser import assert_accessible, elsewhere, signed_in, visit
from tests.conftest import wait_for
from tests.factories.accounts import OfficeFactory, TeamFactory, user_in
from tests.factories.omnichannel import ChannelFactory
from tests.factories.people import PersonFactory
from tests.factories.tickets import TagFactory, TicketFactory

pytestmark = pytest.mark.browser


@pytest.fixture
def house(live_url):
    return {"url": live_url, **elsewhere(furnish)}


def furnish():
    """A library with Ana and Luis, a mailbox, and three questions that are Ana's."""
    office = OfficeFactory(name="Biblioteca Olmo")
    people = {"ana": user_in(office, full_name="Ana Prieto"), "luis": user_in(office, full_name="Luis Sosa")}
    channel = ChannelFactory(office=office, kind="email", name="Consultas", address="consultas@olmo.example")
    TeamFactory(office=office, name="Referencia", slug="referencia")
    TagFactory(body=office, key="loans", names={"en": "loans", "es": "préstamos"})
    for name in ("María Pérez", "Juan Díaz", "Lucía Ramos"):
        write(office, people["ana"], name)
    return {"office": office, "channel": channel, **people}


def write(office, assignee, name, text="When do you open?", **more):
    person = PersonFactory(body=office, full_name=name, email=f"{name.split()[0].lower()}@correo.example")
    return TicketFactory(
        office=office, requester=person, subject=f"From {name}", text=text, via="email", assignee=assignee, **more
    )


@pytest.fixture
def ana(house, browser):
    page = signed_in(browser, house["url"], house["ana"])
    yield page
    assert page.troubles == []
    page.context.close()


@pytest.fixture
def luis(house, browser):
    page = signed_in(browser, house["url"], house["luis"])
    yield page
    page.context.close()


def maria():
    return Ticket.objects.get(subject="From María Pérez")


def open_maria(page):
    visit(page, f"/desk/inbox/all/{maria().public_id}/")
    page.wait_for_selector("html[data-connection=online]")
    page.locator("#ticket-title").focus()
    return page


def test_the_first_answer_takes_three_keys_and_the_words(ana):
    visit(ana, "/desk/inbox/mine/")
    ana.keyboard.press("j")  # the list
    expect(ana.locator("[data-row] a").first).to_be_focused()

    ana.keyboard.press("Enter")
    expect(ana.locator("#ticket-title")).to_be_focused()
    ana.keyboard.press("r")
    ana.keyboard.type("At nine.")
    ana.keyboard.press("Control+Enter")

    expect(ana.locator(".msg.out")).to_contain_text("At nine.")
    expect(ana.locator("#box")).to_have_value("")
    assert Delivery.objects.filter(message__text="At nine.").exists()


def test_solve_goes_to_the_next_and_z_takes_it_back(ana):
    visit(ana, "/desk/inbox/mine/")
    ana.keyboard.press("j")
    ana.keyboard.press("Enter")
    first = ana.locator("#ticket-title").text_content()

    ana.keyboard.press("e")
    expect(ana.locator("#ticket-title")).not_to_have_text(first)
    wait_for(lambda: Ticket.objects.filter(subject=first, status="solved").exists())
    expect(ana.locator("[data-row]")).to_have_count(2)

    ana.keyboard.press("z")
    wait_for(lambda: Ticket.objects.filter(subject=first, status="open").exists())


def test_the_letters_of_the_table_do_what_it_says(ana, house):
    open_maria(ana)
    ana.keyboard.press("s")
    ana.get_by_role("button", name="Waiting for them").click()
    wait_for(lambda: maria().status == "waiting")

    ana.locator("#ticket-title").focus()
    ana.keyboard.press("q")
    ana.get_by_role("button", name="Referencia").click()
    wait_for(lambda: maria().team is not None)

    ana.locator("#ticket-title").focus()
    ana.keyboard.press("t")
    ana.locator("#picker").get_by_role("button", name="loans").click()
    wait_for(lambda: maria().tags.count() == 1)

    ana.locator("#ticket-title").focus()
    ana.keyboard.press("a")
    ana.get_by_role("button", name="Luis Sosa").click()
    wait_for(lambda: maria().assignee_id == house["luis"].pk)

    ana.locator("#ticket-title").focus()
    ana.keyboard.press("?")
    expect(ana.locator("#keyhelp")).to_be_visible()
    ana.keyboard.press("Escape")
    expect(ana.locator("#keyhelp")).to_be_hidden()


def test_letters_are_left_alone_where_they_were_switched_off(house, browser):
    house["ana"].shortcuts_on = False
    house["ana"].save()
    page = signed_in(browser, house["url"], house["ana"])
    open_maria(page)

    page.keyboard.press("e")
    page.keyboard.press("?")

    expect(page.locator("#keyhelp")).to_be_hidden()
    assert maria().status == "new"
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    page.context.close()


def test_the_palette_finds_a_ticket_and_goes_there(ana):
    visit(ana, "/desk/inbox/mine/")
    ana.keyboard.press("Control+k")
    ana.keyboard.type("Lucía")
    expect(ana.locator(".palette-row").first).to_contain_text("From Lucía Ramos")
    ana.keyboard.press("Enter")

    ana.wait_for_url(re.compile("/desk/t/"))
    expect(ana.locator("#ticket-title")).to_have_text("From Lucía Ramos")


def test_what_arrives_is_shown_without_moving_anything(ana, house):
    open_maria(ana)
    ana.locator("#box").fill("I am in the middle of a sentence")
    rows = ana.locator("[data-row]").all_text_contents()

    elsewhere(services.add_message, maria(), author=maria().requester, text="One more thing.", via="email")
    expect(ana.locator(".msg.in").last).to_contain_text("One more thing.")
    expect(ana.locator("#box")).to_have_value("I am in the middle of a sentence")

    elsewhere(write, house["office"], house["ana"], "Eva Ferrari")
    expect(ana.locator("[data-show]")).to_have_text("1 new · show", timeout=10_000)
    assert len(ana.locator("[data-row]").all()) == len(rows)
    ana.locator("[data-show]").click()
    expect(ana.get_by_role("link", name=re.compile("Eva Ferrari"))).to_be_visible()


def test_an_answer_written_past_a_colleague_is_held_shown_and_chosen(ana, house):
    open_maria(ana)
    ana.route("**/ws/desk/", lambda route: route.abort())
    seen = ana.locator("#last-seen").get_attribute("value")
    ana.locator("#box").fill("My answer.")
    elsewhere(services.reply, maria(), author=house["luis"], text="I was quicker.")
    expect(ana.locator(".msg.out").last).to_contain_text("I was quicker.")
    ana.evaluate("value => document.querySelector('#last-seen').value = value", seen)  # a page that heard nothing

    ana.keyboard.press("Control+Enter")

    expect(ana.locator("[data-held]")).to_contain_text("I was quicker.")
    expect(ana.locator("#box")).to_have_value("My answer.")
    assert not Message.objects.filter(text="My answer.").exists()

    ana.get_by_role("button", name="Send anyway").click()
    expect(ana.locator(".msg.out").last).to_contain_text("My answer.")
    expect(ana.locator("[data-held]")).to_have_count(0)


def test_drafts_of_answer_and_note_are_kept_apart_and_outlive_the_page(ana):
    open_maria(ana)
    ana.keyboard.press("r")
    ana.keyboard.type("Dear María")
    ana.keyboard.press("Control+.")
    expect(ana.locator("#box")).to_have_value("")
    ana.keyboard.type("She owes a book")
    expect(ana.locator("[data-status]")).to_have_text("Saved on this device")

    open_maria(ana)
    expect(ana.locator("#box")).to_have_value("Dear María")
    ana.keyboard.press("n")
    expect(ana.locator("#box")).to_have_value("She owes a book")
    expect(ana.get_by_role("button", name="Add private note")).to_be_visible()
    expect(ana.get_by_role("button", name=re.compile("Send to María"))).to_be_hidden()


def test_two_people_see_each_other_at_the_same_ticket(ana, luis):
    open_maria(ana)
    open_maria(luis)
    luis.keyboard.press("r")
    luis.keyboard.type("I will")

    expect(ana.locator("[data-writing-note]")).to_have_text("Luis is writing an answer", timeout=12_000)


def test_a_lost_line_is_said_and_everything_is_fetched_again_when_it_is_back(ana):
    open_maria(ana)
    ana.evaluate("() => Object.defineProperty(navigator, 'onLine', { configurable: true, get: () => false })")
    ana.context.set_offline(True)
    ana.evaluate("() => dispatchEvent(new Event('offline'))")
    expect(ana.locator("#banners")).to_contain_text("No connection")
    elsewhere(services.add_message, maria(), author=maria().requester, text="Are you there?", via="email")

    ana.context.set_offline(False)
    ana.evaluate("() => { delete navigator.onLine; dispatchEvent(new Event('online')); }")

    expect(ana.locator("#banners")).to_contain_text("Connected again", timeout=12_000)
    expect(ana.locator(".msg.in").last).to_contain_text("Are you there?")


def test_s_12_nothing_a_mail_carries_runs_or_calls_home(ana, house):
    evil = "<p>Hi</p><img src=https://tracker.example/x.png onerror=top.hit=1><script>top.hit=1</script>"
    page = b"<script>top.hit=1;parent.hit=1</script>"
    ticket = elsewhere(
        write,
        house["office"],
        house["ana"],
        "Otto Evil",
        text="<script>window.hit=1</script>",
        attachments=keep([NewFile("x.html", page, "text/html")]),
    )
    Message.objects.filter(ticket=ticket).update(html=evil)
    asked = []
    ana.on("request", lambda request: asked.append(request.url))
    visit(ana, f"/desk/t/{ticket.public_id}/")

    ana.get_by_text("As it was sent").click()
    frame = ana.frame_locator("iframe.mail-frame")
    expect(frame.locator("p")).to_have_text("Hi")
    with ana.expect_download() as download:
        ana.get_by_role("link", name=re.compile("x.html")).click()

    assert download.value.suggested_filename == "x.html"
    assert ana.evaluate("window.hit") is None
    assert not [url for url in asked if not url.startswith((house["url"], "data:", "blob:"))]


def test_everything_works_as_plain_forms_without_script(house, browser):
    page = signed_in(browser, house["url"], house["luis"], java_script_enabled=False)
    page.goto("/desk/inbox/all/")
    page.get_by_role("link", name=re.compile("María")).click()
    expect(page.locator("#ticket-title")).to_have_text("From María Pérez")

    page.get_by_role("button", name="I take it").last.click()
    assert maria().assignee.full_name == "Luis Sosa"

    page.get_by_role("link", name="Tags").click()
    page.get_by_role("button", name="loans").click()
    assert maria().tags.count() == 1

    page.locator("summary", has_text="Normal").click()
    page.get_by_role("button", name="Urgent").click()
    assert maria().priority == 4

    page.goto(f"/desk/t/{maria().public_id}/")
    page.locator("#box").fill("At nine.")
    page.get_by_role("button", name=re.compile("Send to María")).click()
    expect(page.locator(".msg.out")).to_contain_text("At nine.")
    page.locator("#box").fill("Called her too.")
    page.get_by_role("button", name="Add private note").click()
    expect(page.locator(".msg.note")).to_contain_text("Called her too.")
    page.context.close()


def test_on_a_phone_one_pane_at_a_time_and_back(house, browser):
    page = signed_in(browser, house["url"], house["ana"], viewport={"width": 360, "height": 740})
    visit(page, "/desk/inbox/mine/")
    expect(page.locator("#conversation")).to_be_hidden()

    page.get_by_role("link", name=re.compile("María")).click()
    expect(page.locator("#ticket-title")).to_have_text("From María Pérez")
    expect(page.locator("#list")).to_be_hidden()

    page.go_back()
    expect(page.locator("#list")).to_be_visible()
    expect(page.locator("#conversation")).to_be_hidden()
    page.context.close()


def test_an_answer_with_a_macro_takes_six_keys(ana, house):
    elsewhere(
        Macro.objects.create,
        office=house["office"],
        name="Renewal",
        texts={"en": "Hello {{first_name}}, it is renewed.", "es": "Hola"},
        acts=["tag:loans", "status:waiting"],
    )
    elsewhere(Macro.objects.create, office=house["office"], name="Opening hours", texts={"en": "We renew at nine."})
    Ticket.objects.update(language="en")
    visit(ana, "/desk/inbox/mine/")
    ana.wait_for_selector("html[data-connection=online]")
    ana.keyboard.press("j")  # the list
    subject = ana.locator("[data-row] .row-subject").first.text_content()
    keys = ["Enter", "m", "r", "e", "Enter", "Control+Enter"]

    ana.keyboard.press(keys[0])
    expect(ana.locator("#ticket-title")).to_be_focused()
    for key in keys[1:5]:  # nobody waits for the choices to be there
        ana.keyboard.press(key)
    expect(ana.locator("[data-macro-line]")).to_be_visible()
    expect(ana.locator("#box")).to_have_value(re.compile("Hello .*, it is renewed."))
    ana.keyboard.press(keys[5])

    expect(ana.locator(".msg.out")).to_contain_text("it is renewed.")
    ticket = Ticket.objects.get(subject=subject)
    wait_for(lambda: Ticket.objects.get(pk=ticket.pk).status == "waiting")
    assert ticket.tags.get().key == "loans"
    expect(ana.locator("[data-macro-line]")).to_be_hidden()


def test_a_stroke_in_the_box_offers_macros_and_escape_keeps_what_was_typed(ana, house):
    elsewhere(Macro.objects.create, office=house["office"], name="Thanks", texts={"en": "Thank you, {{first_name}}."})
    elsewhere(Macro.objects.create, office=house["office"], name="Aside", acts=["priority:1"])
    Ticket.objects.update(language="en")
    open_maria(ana)
    ana.keyboard.press("r")
    ana.keyboard.type("Dear reader, /tha")
    expect(ana.locator("#macro-menu [role=option]")).to_have_count(1)
    assert_accessible(ana, "macros offered")
    ana.keyboard.press("Enter")
    expect(ana.locator("#box")).to_have_value("Dear reader, Thank you, María.")

    ana.keyboard.type(" and/or ")
    expect(ana.locator("#macro-menu")).to_be_hidden()
    ana.keyboard.type("/th")
    expect(ana.locator("#macro-menu")).to_be_visible()
    ana.keyboard.press("Escape")
    expect(ana.locator("#macro-menu")).to_be_hidden()
    expect(ana.locator("#box")).to_have_value("Dear reader, Thank you, María. and/or /th")

    ana.locator("#box").fill("")
    ana.keyboard.type("/aside")
    expect(ana.locator("#macro-menu [role=option]")).to_have_count(1)
    ana.keyboard.press("Enter")
    wait_for(lambda: maria().priority == 1)
    expect(ana.locator("#box")).to_have_value("")
