"""The chat as people meet it: a real browser, a page of another origin with a strict policy, the real server."""

import gzip
import json
import os
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.db import connections
from django.utils import timezone

from apps.hours.services import create_calendar
from apps.omnichannel.models import ThreadMessage
from apps.omnichannel.webchat.models import Visitor
from apps.surveys.models import Survey
from apps.tickets import services as tickets
from apps.tickets.models import Attachment, Message, Ticket
from tests.conftest import wait_for
from tests.factories.accounts import user_in
from tests.omnichannel.webchat.conftest import new_chat

pytestmark = pytest.mark.browser

STATIC = Path("apps/omnichannel/webchat/static/webchat")
STILL_HERE = re.compile("still here|Sigo aquí")
AXE = next(Path("tests/vendor").glob("axe-core-*/axe.min.js"))
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],
}


# A proxy that refuses the upgrade, as a script sees it.
NO_SOCKETS = """window.WebSocket = class {
  static CONNECTING = 0; static OPEN = 1; readyState = 3;
  constructor() { setTimeout(() => this.onclose?.(), 20); }
  send() {} close() {}
};"""
KNOWN_SOCKETS = """window.sockets = []; window.WebSocket = class extends WebSocket {
  constructor(...address) { super(...address); window.sockets.push(this); }
};"""
CUT = "() => window.sockets.at(-1).close()"


@pytest.fixture(autouse=True)
def own_layer():
    """The live server's own."""


class Site:
    """Somebody's web site, on another port and so another origin, with a policy as strict as can be."""

    def __init__(self, desk):
        self.desk, self.key, self.requests = desk, "", []
        site = self

        class Page(BaseHTTPRequestHandler):
            def do_GET(self):
                body = site.html().encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header(
                    "Content-Security-Policy",
                    f"default-src 'none'; script-src {site.desk}; frame-src {site.desk}; base-uri 'none'",
                )
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def html(self):
        return f"""<!doctype html><html lang="es"><head><meta charset="utf-8"><title>Biblioteca Olmo</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<script src="{self.desk}/widget/{self.key}.js" async crossorigin="anonymous"></script></head>
<body><main><h1>Biblioteca Olmo</h1><p><a href="{self.desk}/es/chat/" data-acudo>Pregunte</a></p>
<p><a href="#last">Final</a></p></main></body></html>"""


@pytest.fixture
def site(live_url):
    site = Site(live_url)
    yield site
    site.server.shutdown()


@pytest.fixture
def chat(site):
    chat = new_chat()
    chat.settings = {"allowed_domains": [site.url]}
    chat.save()
    site.key = chat.key
    return chat


@pytest.fixture
def desk(chat):
    """What an agent does, in a thread without the browser's loop."""
    pool = ThreadPoolExecutor(1)

    def do(work, *args, **kwargs):
        return pool.submit(work, *args, **kwargs).result(20)

    agent = do(user_in, chat.office, full_name="Ana Silva")

    def answer(text, **more):
        return do(lambda: tickets.reply(Ticket.objects.latest("pk"), author=agent, text=text, **more))

    answer.do, answer.agent = do, agent
    yield answer
    do(connections.close_all)
    pool.shutdown()


@pytest.fixture
def quiet(page):
    """No script error, no violated policy, in any frame."""
    heard = []
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("console", lambda line: heard.append(line.text) if "Content Security Policy" in line.text else None)
    yield heard
    assert heard == []


def open_chat(page, site):
    page.goto(site.url)
    page.get_by_role("button", name="Chat").click()
    return live(page.frame_locator("iframe"))


def live(frame):
    frame.locator("#chat[data-ready]").wait_for()
    return frame


def write(frame, text):
    frame.get_by_label("Your message").or_(frame.get_by_label("Su mensaje")).fill(text)
    frame.locator("form.compose button.primary").click()


def bubbles(frame):
    return frame.locator(".message:not(.automatic) .text").all_inner_texts()


def shows(frame, text):
    frame.locator(".message .text", has_text=text).first.wait_for()


def frame_of(page):
    return next(frame for frame in page.frames if "/widget/" in frame.url)


def weight(*names):
    return sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in names)


def test_the_scripts_and_the_sheet_keep_their_weight():
    script = (STATIC / "frame.js").read_text()
    imports = re.findall(r'from "\./([a-z]+\.js)"', script)
    late = re.findall(r'import\("\./([a-z]+\.js)"\)', script)

    assert sorted([*imports, *late, "frame.js", "loader.js"]) == sorted(path.name for path in STATIC.glob("*.js"))
    assert weight("frame.js", *imports, *late) <= 15_000, "what comes late counts as well"
    assert all(weight(name) <= 4_000 for name in [*imports, *late])
    assert weight("frame.css") <= 6_000


def test_nothing_is_asked_of_the_desk_before_the_chat_is_opened(page, site, chat, quiet):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site.url)
    page.get_by_role("button", name="Chat").wait_for()

    assert [url for url in asked if site.desk in url] == [f"{site.desk}/widget/{chat.key}.js"]
    page.get_by_role("button", name="Chat").click()
    live(page.frame_locator("iframe"))
    assert any(f"/widget/{chat.key}/?lang=es" in url for url in asked)


def test_a_visitor_and_an_agent_talk_in_both_directions(page, site, chat, desk, quiet):
    frame = open_chat(page, site)
    write(frame, "¿Puedo renovar <b>un</b> préstamo?")
    shows(frame, "¿Puedo renovar <b>un</b> préstamo?")
    wait_for(lambda: desk.do(Ticket.objects.count))
    desk("Sí. Mire https://olmo.example/renovar.")
    shows(frame, "Mire")
    link = frame.locator(".message .text a")

    assert link.get_attribute("href") == "https://olmo.example/renovar"
    assert link.get_attribute("target") == "_blank"
    assert bubbles(frame) == ["¿Puedo renovar <b>un</b> préstamo?", "Sí. Mire https://olmo.example/renovar."]
    assert frame.locator(".author", has_text="Ana Silva").count() == 1
    wait_for(lambda: desk.do(lambda: ThreadMessage.objects.latest("pk").thread.read_sequence) >= 2)


def test_what_was_said_is_there_after_a_reload(page, site, chat, desk, quiet):
    frame = open_chat(page, site)
    write(frame, "Hola")
    shows(frame, "Hola")
    wait_for(lambda: desk.do(Ticket.objects.count))
    desk("Buen día")
    shows(frame, "Buen día")
    again = open_chat(page, site)

    assert bubbles(again) == ["Hola", "Buen día"]


def test_r_16_r_17_twenty_cuts_lose_and_double_nothing_in_either_direction(page, site, chat, desk):
    page.context.add_init_script(KNOWN_SOCKETS)
    frame = open_chat(page, site)
    write(frame, "palabra 0")
    wait_for(lambda: desk.do(Ticket.objects.count))
    for number in range(1, 21):
        write(frame, f"palabra {number}")
        frame_of(page).evaluate(CUT)
        desk(f"respuesta {number}")
    shows(frame, "palabra 20")
    shows(frame, "respuesta 20")
    wait_for(lambda: desk.do(Message.objects.filter(direction="in").count) == 21, 30)
    wait_for(lambda: len(bubbles(frame)) == 41, 30)

    said = desk.do(lambda: list(Message.objects.filter(direction="in").values_list("text", flat=True)))
    numbers = desk.do(lambda: list(ThreadMessage.objects.order_by("sequence").values_list("sequence", flat=True)))
    assert said == [f"palabra {number}" for number in range(21)]
    assert numbers == list(range(1, len(numbers) + 1))
    seen = bubbles(frame)
    assert [text for text in seen if text.startswith("palabra")] == said
    assert [text for text in seen if text.startswith("respuesta")] == [f"respuesta {n}" for n in range(1, 21)]


def test_r_20_with_the_upgrade_refused_both_directions_still_arrive(page, site, chat, desk):
    page.context.add_init_script(NO_SOCKETS)
    frame = open_chat(page, site)
    write(frame, "Sin socket")
    wait_for(lambda: desk.do(Ticket.objects.count))
    desk("Llega igual")
    frame.locator(".message .text", has_text="Llega igual").wait_for(timeout=6000)

    assert bubbles(frame) == ["Sin socket", "Llega igual"]


def test_what_was_written_without_connection_is_sent_after_a_reload(page, site, chat, desk):
    page.context.add_init_script(KNOWN_SOCKETS)
    frame = open_chat(page, site)
    page.route("**/widget/*/messages/**", lambda route: route.abort())
    page.context.set_offline(True)
    frame_of(page).evaluate(CUT)
    write(frame, "Escrito en el túnel")
    frame.locator("[data-owed]").wait_for()
    page.context.set_offline(False)
    page.unroute("**/widget/*/messages/**")
    again = open_chat(page, site)
    shows(again, "Escrito en el túnel")
    wait_for(lambda: desk.do(Message.objects.filter(direction="in").count) == 1)

    wait_for(lambda: bubbles(again) == ["Escrito en el túnel"])


def test_r_16_a_message_stored_but_never_confirmed_is_shown_once_after_a_reload(page, site, chat, desk):
    frame = open_chat(page, site)
    write(frame, "Guardado")
    wait_for(lambda: desk.do(Ticket.objects.count))
    name = desk.do(lambda: ThreadMessage.objects.first().client_id)
    owed = json.dumps([{"id": name, "text": "Guardado"}])
    frame_of(page).evaluate(f"owed => sessionStorage.setItem('acudo:{chat.key}:outbox', owed)", owed)
    again = open_chat(page, site)
    wait_for(lambda: again.locator("[data-owed]").count() == 0)

    assert bubbles(again) == ["Guardado"]
    assert desk.do(Message.objects.filter(direction="in").count) == 1


def test_a_file_goes_with_the_words(page, site, chat, desk, tmp_path, quiet):
    letter = tmp_path / "carta.txt"
    letter.write_text("Estimada biblioteca")
    frame = open_chat(page, site)
    frame.locator("input[type=file]").set_input_files(letter)
    write(frame, "Mi carta")
    frame.locator(".files a", has_text="carta.txt").wait_for()
    with page.expect_download() as download:
        frame.locator(".files a").click()

    assert Path(download.value.path()).read_text() == "Estimada biblioteca"
    assert desk.do(Attachment.objects.count) == 1
    assert frame.locator("[data-owed]").count() == 0


def test_a_file_on_its_way_says_how_far_it_is_and_can_be_stopped(page, site, chat, desk, tmp_path, quiet):
    film = tmp_path / "film.bin"
    film.write_bytes(b"0" * 3_000_000)
    frame = open_chat(page, site)
    # A slow line, so that there is time to press.
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 300_000}
    line.send("Network.emulateNetworkConditions", slow)
    frame.locator("input[type=file]").set_input_files(film)
    write(frame, "Mi película")
    frame.locator("[data-owed] time", has_text="%").wait_for()
    frame.locator("[data-owed] button").click()
    line.send("Network.emulateNetworkConditions", slow | {"uploadThroughput": -1})

    assert frame.locator("[data-owed]").count() == 0
    assert frame.locator("#text").input_value() == "Mi película", "the words are not lost"
    write(frame, "Sin película")
    wait_for(lambda: desk.do(Ticket.objects.count) and frame.locator("[data-owed]").count() == 0)
    assert desk.do(lambda: list(Message.objects.filter(direction="in").values_list("text", flat=True))) == [
        "Sin película"
    ]
    assert desk.do(Attachment.objects.count) == 0


def test_who_waits_may_have_the_answer_by_mail_or_leave_the_queue(page, site, chat, desk, quiet):
    frame = open_chat(page, site)
    write(frame, "Hola")
    frame.locator("#chat[data-state=queue]").wait_for()
    frame.locator("[data-part=by-mail]").click()
    assert frame_of(page).evaluate("() => document.activeElement.id") == "wish-email"
    frame.locator(".menu summary").click()
    frame.locator("button[value=leave]").click()
    frame.locator("#chat[data-state=ended]").wait_for()

    assert desk.do(lambda: Ticket.objects.get().status) == "solved"
    assert frame.locator(".now button:visible").count() == 0


def test_larger_text_stays_larger(page, site, chat, quiet):
    frame = open_chat(page, site)
    small = frame.locator("#text").evaluate("box => parseFloat(getComputedStyle(box).fontSize)")
    frame.locator(".menu summary").click()
    frame.locator("[data-part=size]").click()
    again = open_chat(page, site)

    assert again.locator("#text").evaluate("box => parseFloat(getComputedStyle(box).fontSize)") == small * 1.25
    assert again.locator("[data-part=size]").get_attribute("aria-pressed") == "true"


def test_a_refused_message_stays_and_says_why(page, site, chat, desk):
    frame = open_chat(page, site)
    frame_of(page).evaluate("() => document.getElementById('text').removeAttribute('maxlength')")
    write(frame, "x" * 66_000)
    frame.locator(".refused").wait_for()
    write(frame, "Corto")
    shows(frame, "Corto")
    wait_for(lambda: desk.do(Message.objects.filter(direction="in", text="Corto").exists))


def test_s_14_script_in_name_and_words_does_nothing(page, site, chat, desk, quiet):
    payload = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
    frame = open_chat(page, site)
    write(frame, payload)
    frame.locator(".about summary").click()
    frame.locator("#name").fill(payload)
    write(frame, payload)
    shows(frame, "<img")
    wait_for(lambda: desk.do(Ticket.objects.count))
    desk(payload)
    wait_for(lambda: len(bubbles(frame)) == 3)
    again = open_chat(page, site)

    assert bubbles(again) == [payload] * 3
    assert desk.do(lambda: Ticket.objects.get().requester.full_name) == payload[:120]
    assert frame_of(page).title() != "owned"
    assert page.title() == "Biblioteca Olmo"


def test_focus_goes_into_the_window_and_back_to_the_button(page, site, chat, quiet):
    open_chat(page, site)
    wait_for(lambda: frame_of(page).evaluate("() => document.activeElement.tagName") == "H1")
    page.keyboard.press("Escape")
    button = page.get_by_role("button", name="Chat")

    wait_for(lambda: button.get_attribute("aria-expanded") == "false")
    assert button.evaluate("element => element.getRootNode().activeElement === element")
    assert not page.locator("iframe").is_visible()


def test_keys_are_enough_and_lead_out_of_the_window_again(page, site, chat, quiet):
    page.goto(site.url)
    page.get_by_role("button", name="Chat").wait_for()
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    frame = live(page.frame_locator("iframe"))
    frame.get_by_label("Your message").or_(frame.get_by_label("Su mensaje")).focus()
    page.keyboard.type("Con el teclado")
    page.keyboard.press("Enter")
    shows(frame, "Con el teclado")
    assert frame_of(page).evaluate("() => document.activeElement.id") == "text"

    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.tagName") != "ACUDO-CHAT":
            break
        if page.evaluate("() => document.activeElement.shadowRoot.activeElement.tagName") == "BUTTON":
            break
    else:
        pytest.fail("no way out of the window")


def test_the_link_of_the_page_opens_the_chat_and_gets_the_focus_back(page, site, chat, quiet):
    page.goto(site.url)
    page.get_by_role("button", name="Chat").wait_for()
    page.get_by_role("link", name="Pregunte").click()
    live(page.frame_locator("iframe"))
    page.evaluate("() => Acudo.close()")

    assert page.evaluate("() => document.activeElement.textContent") == "Pregunte"


def test_an_answer_while_the_window_is_closed_is_counted_on_the_button(page, site, chat, desk, quiet):
    frame = open_chat(page, site)
    write(frame, "Hola")
    shows(frame, "Hola")
    wait_for(lambda: desk.do(Ticket.objects.count))
    wait_for(lambda: frame.locator("[data-owed]").count() == 0)
    page.evaluate("() => { window.heard = []; Acudo.on('unread', number => heard.push(number)); Acudo.close(); }")
    desk("Buen día")
    page.wait_for_function("() => heard.length > 0")
    name = page.locator("acudo-chat button").get_attribute("aria-label")
    page.get_by_role("button", name="Chat").click()

    assert re.search(r"\d", name)
    assert not re.search(r"\d", page.locator("acudo-chat button").get_attribute("aria-label"))


def test_s_51_a_site_that_is_not_on_the_list_cannot_show_the_window(page, site, chat):
    chat.settings = {"allowed_domains": ["https://other.example"]}
    with ThreadPoolExecutor(1) as pool:
        pool.submit(chat.save).result()
    page.clock.install()
    page.goto(site.url)
    page.get_by_role("button", name="Chat").click()
    page.clock.fast_forward(9000)
    page.locator("a.window").wait_for()

    assert page.locator("a.window").get_attribute("href") == f"{site.desk}/es/chat/?key={chat.key}"


def test_s_51_messages_from_elsewhere_are_not_heard(page, site, chat, quiet):
    open_chat(page, site)
    page.evaluate("() => window.postMessage({acudo: 1, t: 'close'}, '*')")
    page.wait_for_timeout(200)

    assert page.locator("iframe").is_visible()


def test_the_log_announces_answers_and_nothing_else(page, site, chat, desk, quiet):
    frame = open_chat(page, site)
    log = frame.locator("[role=log]")
    assert log.count() == 1
    assert log.get_attribute("aria-label")
    frame_of(page).evaluate(
        """() => { window.heard = []; const log = document.querySelector('[role=log]');
        new MutationObserver(changes => log.getAttribute('aria-live') === 'polite' &&
          changes.forEach(change => change.addedNodes.forEach(node => heard.push(node.textContent))))
          .observe(log, {childList: true, subtree: true}) }"""
    )
    write(frame, "Hola")
    shows(frame, "Hola")
    wait_for(lambda: desk.do(Ticket.objects.count))
    page.wait_for_timeout(400)
    desk("Buen día")
    shows(frame, "Buen día")
    heard = " ".join(frame_of(page).evaluate("() => heard"))

    assert "Buen día" in heard
    assert "Hola" not in heard
    assert frame.locator("[data-part=typing]").get_attribute("aria-live") is None


def test_a_reader_who_scrolled_up_is_not_moved(page, site, chat, desk, quiet):
    frame = open_chat(page, site)
    write(frame, "Hola")
    wait_for(lambda: desk.do(Ticket.objects.count))
    for number in range(15):
        desk(f"Una respuesta bastante larga, la número {number}, que ocupa más de un renglón en la ventana.")
    shows(frame, "número 14")
    log = frame.locator("[role=log]")
    log.evaluate("log => { log.scrollTop = 0 }")
    desk("La nueva")
    frame.locator("[data-part=newer]:not([hidden])").wait_for()
    assert log.evaluate("log => log.scrollTop") == 0
    frame.locator("[data-part=newer]").click()
    wait_for(lambda: log.evaluate("log => log.scrollHeight - log.scrollTop - log.clientHeight < 5"))


def closed_for_good(chat, desk):
    def close():
        zone = "America/Montevideo"
        chat.calendar = create_calendar(chat.office, name="Nunca", slug="nunca", time_zone=zone, actor=None)
        chat.save()

    desk.do(close)


def states(page, site, chat, desk):
    """Walks through the states of the window; yields the name of each."""
    page.context.add_init_script(KNOWN_SOCKETS)
    frame = open_chat(page, site)
    yield "welcome"
    write(frame, "Hola, ¿tienen mapas antiguos de Olmo? Busco uno de 1911.")
    wait_for(lambda: desk.do(Ticket.objects.count))
    open_chat(page, site)
    frame.locator("#chat[data-state=queue]").wait_for()
    yield "queue"
    frame.locator(".menu summary").click()
    yield "menu"
    frame.locator(".menu summary").click()
    desk("Buen día. Sí, tenemos tres: https://olmo.example/mapas. ¿Le sirve verlos en la sala?")
    shows(frame, "Buen día")
    yield "talking"
    long_ago = timedelta(minutes=9)
    desk.do(lambda: Ticket.objects.update(last_message_at=timezone.now() - long_ago))
    open_chat(page, site)
    frame.locator("#chat[data-state=idle]").wait_for()
    yield "idle"
    frame.get_by_role("button", name=STILL_HERE).click()
    frame.locator("#chat[data-state=open]").wait_for()
    frame.locator(".menu summary").click()
    frame.locator("[data-part=size]").click()
    yield "menu in larger text"
    frame.locator("[data-part=size]").click()
    frame.locator(".menu summary").click()
    page.route("**/widget/*/messages/**", lambda route: route.abort())
    page.context.set_offline(True)
    frame_of(page).evaluate(CUT)
    write(frame, "Esto espera")
    frame.locator("#chat[data-state=reconnecting]").wait_for()
    yield "reconnecting"
    page.unroute("**/widget/*/messages/**")
    page.context.set_offline(False)
    wait_for(lambda: desk.do(Message.objects.filter(text="Esto espera").exists), 40)
    desk.do(lambda: tickets.change_status(Ticket.objects.get(), to="solved", actor=None))
    open_chat(page, site)
    yield "ended"
    frame.locator(".survey input[value=partly]").check()
    yield "survey"
    closed_for_good(chat, desk)
    page.context.clear_cookies()
    open_chat(page, site)
    yield "closed"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 768, 1440])
def test_every_state_of_the_window_is_accessible(page, site, chat, desk, width, theme, tmp_path):
    page.set_viewport_size({"width": width, "height": 720})
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    shots = os.environ.get("ACUDO_SCREENS")
    for state in states(page, site, chat, desk):
        page.wait_for_timeout(300)
        if shots:
            page.screenshot(path=f"{shots}/widget-{state}-{width}-{theme}.png")
        window = frame_of(page)
        window.evaluate(AXE.read_text())
        found = window.evaluate("rules => axe.run(document, rules)", RULES)["violations"]
        assert not found, json.dumps([(v["id"], [n["target"] for n in v["nodes"]]) for v in found], indent=1)
        assert window.evaluate("document.documentElement.scrollWidth <= innerWidth"), state
        small = window.evaluate(
            """() => [...document.querySelectorAll('a[href],button,input:not([type=hidden]),summary,textarea')]
            .filter(e => e.checkVisibility() && !e.closest('.honey') && !e.closest('.text'))
            .filter(e => { const r = e.getBoundingClientRect(); return r.width < 24 || r.height < 24 })
            .map(e => e.outerHTML.slice(0, 60))"""
        )
        assert small == [], state


def test_the_page_of_its_own_is_accessible_and_alive(page, live_url, chat, desk, quiet):
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{live_url}/en/chat/")
    live(page)
    write(page, "Hello")
    wait_for(lambda: desk.do(Ticket.objects.count))
    desk("Good morning")
    shows(page, "Good morning")
    page.evaluate(AXE.read_text())
    found = page.evaluate("rules => axe.run(document, rules)", RULES)["violations"]

    assert not found, json.dumps([(v["id"], [n["target"] for n in v["nodes"]]) for v in found], indent=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_page_works_with_script_switched_off(browser, live_url, chat, desk):
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{live_url}/en/chat/")
    page.get_by_label("Your message").fill("Without script")
    page.get_by_role("button", name="Send").click()
    shows(page, "Without script")
    desk("Good morning")
    page.get_by_role("link", name="Reload to see new answers").click()

    assert bubbles(page) == ["Without script", "Good morning"]
    context.close()


def test_on_a_phone_the_page_behind_is_out_of_reach_until_the_window_closes(page, site, chat, quiet):
    page.set_viewport_size({"width": 360, "height": 640})
    frame = open_chat(page, site)
    box = page.locator("iframe").bounding_box()
    assert (box["width"], box["height"]) == (360, 640)
    assert page.locator("main").evaluate("main => main.inert")
    frame.get_by_role("button", name=re.compile("Cerrar|Close")).click()

    wait_for(lambda: not page.locator("main").evaluate("main => main.inert"))


def test_the_page_around_may_speak_another_language_and_forget_who_sat_there(page, site, chat, desk, quiet):
    frame = open_chat(page, site)
    page.evaluate(
        """() => {
          window.heard = [];
          for (const name of ["open", "close", "error"]) Acudo.on(name, (said) => heard.push([name, said?.code]));
        }"""
    )
    write(frame, "Una cosa privada")
    wait_for(lambda: desk.do(Ticket.objects.count))
    page.evaluate("() => Acudo.setLanguage('en')")
    live(frame).get_by_label("Your message").wait_for()
    assert page.locator("iframe").get_attribute("title") == "Chat with Biblioteca Olmo"
    shows(frame, "Una cosa privada")
    page.evaluate("() => Acudo.identify('a.b.c')")
    wait_for(lambda: ["error", "not_proven"] in page.evaluate("() => heard"))
    page.evaluate("() => Acudo.logout()")
    frame.locator(".message .text", has_text="Una cosa privada").wait_for(state="detached")
    live(frame)
    page.evaluate("() => Acudo.close()")
    assert ["close", None] in page.evaluate("() => heard")


def test_000_01_where_the_window_stands_reaches_the_desk(page, site, chat, desk, quiet):
    frame = open_chat(page, site)
    write(frame, "Hola")
    wait_for(
        lambda: desk.do(Visitor.objects.filter(page_url__startswith=site.url, page_title="Biblioteca Olmo").exists)
    )


def test_003_16_the_chat_ends_and_says_thank_you_for_one_answer(page, site, chat, desk, quiet):
    frame = open_chat(page, site)
    write(frame, "Hola")
    wait_for(lambda: desk.do(Ticket.objects.count))
    desk("Buen día")
    shows(frame, "Buen día")
    frame.locator(".menu summary").click()
    frame.locator("button[value=end]").click()
    frame.locator("#chat[data-state=ended] .survey:not([hidden])").wait_for()
    assert frame.locator(".further").is_hidden()
    frame.locator(".survey input[name=helped][value=yes]").check()
    frame.locator(".survey input[name=courtesy][value='5']").check()
    frame.locator(".survey button.primary").click()
    wait_for(lambda: desk.do(Survey.objects.filter(helped="yes", courtesy=5).exists))
    frame.locator(".survey").wait_for(state="hidden")


def test_what_was_read_at_the_desk_is_marked_at_the_window(page, site, chat, desk, quiet):
    frame = open_chat(page, site)
    write(frame, "Hola")
    wait_for(lambda: desk.do(Ticket.objects.count))
    assert frame.locator(".mark").count() == 0
    ticket = desk.do(Ticket.objects.get)
    desk.do(lambda: tickets.mark_seen(ticket, user=desk.agent, message_id=ticket.messages.get().pk))
    frame.locator(".mine .mark").wait_for(timeout=15_000)
