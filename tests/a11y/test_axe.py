"""axe-core over the desk's pages and states, in both themes, from a phone to a wide screen; and what axe cannot see."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from apps.omnichannel.models import Delivery, Envelope, Watch
from apps.omnichannel.services import begin_round
from apps.tickets import services
from apps.tickets.files import NewFile, keep
from tests.architecture import world as house
from tests.architecture.routes import PAGES
from tests.architecture.test_role_matrix import address, sent
from tests.browser import assert_accessible, elsewhere, faults, signed_in, visit
from tests.factories.accounts import OfficeFactory, TeamFactory, user_in
from tests.factories.omnichannel import ChannelFactory
from tests.factories.people import PersonFactory
from tests.factories.tickets import TagFactory, TicketFactory

pytestmark = pytest.mark.browser

SIZES = [(768, 900), (1440, 900)]  # the walk over the role matrix is done on a phone


@pytest.fixture
def desk(live_url):
    return {"url": live_url, **elsewhere(furnish)}


def furnish():
    """A desk on which every kind of thing has happened once."""
    office = OfficeFactory(name="Biblioteca Olmo")
    ana = user_in(office, "admin", full_name="Ana Prieto")
    team = TeamFactory(office=office, name="Referencia", slug="referencia")
    tags = [TagFactory(body=office, key=key, names={"en": key}) for key in ("loans", "hours", "cards")]
    channel = ChannelFactory(office=office, kind="email", name="Consultas", address="consultas@olmo.example")
    person = PersonFactory(body=office, full_name="María Pérez", email="maria@correo.example")
    ticket = TicketFactory(
        office=office,
        requester=person,
        subject="Renovar préstamo: no me deja entrar",
        text="Look: https://olmo.example/renovar",
        html="<p>Look</p>",
        quoted_text="> before",
        via="email",
        team=team,
        assignee=ana,
        priority=4,
        verdict="unverified",
        attachments=keep([NewFile("carnet.pdf", b"%PDF", "application/pdf")]),
    )
    services.reply(ticket, author=None, text="We have it.", is_automatic=True)
    services.add_note(ticket, author=ana, text="Has a fine.")
    services.reply(ticket, author=ana, text="You can renew it now.")
    Delivery.objects.update(state="dead", error_text="mailbox full", next_at=None)
    for tag in tags:
        services.tag(ticket, key=tag.key, actor=ana)
    late = TicketFactory(office=office, subject="Late", via="webchat", priority=3)
    services.set_next_due(late.pk, at=timezone.now() - timedelta(minutes=12), metric="first_response")
    services.change_status(TicketFactory(office=office, subject="Waiting", via="phone"), to="waiting", actor=ana)
    asleep = TicketFactory(office=office, subject="Asleep", assignee=ana)
    services.snooze(asleep, until=timezone.now() + timedelta(hours=20), actor=ana)
    Envelope.objects.create(
        channel=channel, external_id="x", digest="x", raw=b"x", source="smtp", state="quarantined", reason="No end."
    )
    Watch.objects.create(channel=channel, is_on=True, heard_at=timezone.now())
    told = {
        "mailbox": channel,
        "envelope": Envelope.objects.get(external_id="x"),
        "trip": begin_round(channel, asked_by=ana),
    }
    return {**told, "ana": ana, "ticket": ticket, "person": person, "delivery": Delivery.objects.first()}


def pages(desk):
    own = desk["ticket"].public_id
    return [
        "/desk/inbox/all/",
        f"/desk/inbox/all/{own}/",
        f"/desk/t/{own}/",
        f"/desk/t/{own}/details/",
        f"/desk/t/{own}/assignee/",
        "/desk/inbox/solved/",
        "/desk/search/?q=renovar",
        "/desk/search/?q=nothing-like-this",
        "/desk/people/",
        f"/desk/people/{desk['person'].public_id}/",
        "/desk/new/",
        "/desk/admin/channels/",
        "/desk/admin/channels/new/email/",
        "/desk/admin/outbox/",
        f"/desk/admin/outbox/{desk['delivery'].public_id}/",
        "/desk/admin/quarantine/",
        f"/desk/admin/quarantine/{desk['envelope'].public_id}/",
        "/desk/admin/outbox/?state=failed",
        "/desk/admin/mailboxes/",
        "/desk/admin/mailboxes/new/",
        f"/desk/admin/mailboxes/{desk['mailbox'].slug}/",
        *(
            f"/desk/admin/mailboxes/{desk['mailbox'].slug}/setup/{key}/"
            for key in ("door", "details", "way-out", "test")
        ),
        f"/desk/admin/mailboxes/{desk['mailbox'].slug}/test/{desk['trip'].public_id}/",
        "/desk/reports/sla/",
        "/desk/reports/volume/",
        "/desk/reports/channels/",
        "/desk/reports/figures/opened/",
        "/desk/reports/replays/",
        "/desk/reports/scheduled/",
    ]


@pytest.mark.parametrize("half", [0, 1])
@pytest.mark.parametrize("size", SIZES, ids=lambda s: str(s[0]))
def test_no_page_of_the_desk_has_a_violation(desk, browser, size, half):
    viewport = {"width": size[0], "height": size[1]}
    page = signed_in(browser, desk["url"], desk["ana"], viewport=viewport, reduced_motion="reduce")
    for path in pages(desk)[half::2]:
        visit(page, path)
        page.wait_for_load_state("networkidle")
        assert_accessible(page, f"{path} {size[0]}")
    assert page.troubles == []
    page.context.close()


WORDS_OF_STRANGERS = {"desk/m/<str:public_id>/html/"}  # a mail as it was sent: not our page


@pytest.mark.parametrize("part", range(3))
def test_no_page_that_stands_in_the_role_matrix_has_a_violation(live_url, browser, part):
    """Every page of the desk, as an admin meets it on a phone: whoever adds a route adds it here."""
    world = elsewhere(house.build)
    page = signed_in(
        browser, live_url, world.users["admin"], viewport={"width": 320, "height": 640}, reduced_motion="reduce"
    )
    seen, wrong = 0, []
    for row in [row for row in PAGES if row.route.startswith("desk/") and row.method == "GET"][part::3]:
        path = f"{address(world, row)}?{urlencode(sent(world, row) or {})}"
        answer = page.context.request.get(path)
        if row.who["admin"] != "ok" or b"<html" not in answer.body()[:200] or row.route in WORDS_OF_STRANGERS:
            continue
        page.goto(path)
        page.wait_for_load_state()
        wrong += faults(page, path)
        seen += 1
    assert not wrong, "\n".join(wrong)
    assert seen > 15
    page.context.close()


OFFLINE = "Object.defineProperty(navigator, 'onLine', {get: () => false}); dispatchEvent(new Event('offline'))"
STATES = {
    "status menu": lambda p: p.keyboard.press("s"),
    "priority menu": lambda p: p.keyboard.press("p"),
    "assign": lambda p: (p.keyboard.press("a"), p.wait_for_selector("#picker[open]")),
    "snooze": lambda p: (p.keyboard.press("h"), p.wait_for_selector("#picker[open]")),
    "article": lambda p: (
        p.get_by_role("link", name="Article", exact=True).click(),
        p.wait_for_selector("#picker[open]"),
    ),
    "palette": lambda p: (p.keyboard.press("Control+k"), p.keyboard.type("ren"), p.wait_for_selector(".palette-row")),
    "keyboard help": lambda p: p.keyboard.press("?"),
    "private note": lambda p: (p.keyboard.press("n"), p.keyboard.type("Among us")),
    "held": lambda p: (
        p.evaluate("document.querySelector('#last-seen').value = 1"),
        p.locator("#box").fill("Mine"),
        p.keyboard.press("Control+Enter"),
        p.wait_for_selector("[data-held]"),
    ),
    "a toast with undo": lambda p: (p.keyboard.press("e"), p.wait_for_selector(".toast [data-undo]")),
    "offline": lambda p: (
        p.evaluate(
            "Object.defineProperty(navigator, 'onLine', {get: () => false}); dispatchEvent(new Event('offline'))"
        ),
        p.wait_for_selector("#banners .banner"),
    ),
    "rows selected": lambda p: (p.keyboard.press("Escape"), p.keyboard.press("x"), p.wait_for_selector(".bulk .btn")),
}


@pytest.mark.parametrize("half", [0, 1])
def test_no_state_of_the_inbox_has_a_violation(desk, browser, half):
    luis = user_in(desk["ticket"].office, full_name="Luis Sosa")
    elsewhere(services.add_note, desk["ticket"], author=luis, text="Wait.")
    for state, reach in list(STATES.items())[half::2]:
        page = signed_in(browser, desk["url"], desk["ana"], reduced_motion="reduce")
        visit(page, f"/desk/inbox/all/{desk['ticket'].public_id}/")
        page.wait_for_selector("html[data-connection=online]")
        page.wait_for_load_state("networkidle")
        page.locator("#ticket-title").focus()
        reach(page)
        page.wait_for_timeout(150)
        assert_accessible(page, state)
        page.context.close()


WALK = """() => {
  const e = document.activeElement, r = e.getBoundingClientRect();
  const top = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2);
  const drawn = (element, part) => getComputedStyle(element, part).outlineStyle !== 'none';
  const wrap = e.closest('label');  // a choice or a file draws its ring on the words around it
  const isOver = top && top !== e && !e.contains(top) && !top.contains(e) && !top.closest('label')?.contains(e);
  return {
    id: e.dataset.test || e.outerHTML.slice(0, 100),
    body: e === document.body,
    ring: drawn(e) || drawn(e, '::after') || e.tagName === 'IFRAME' || Boolean(wrap && drawn(wrap)),
    covered: Boolean(r.width > 2 && isOver),
  };
}"""


def test_a_walk_by_tab_meets_a_ring_everywhere_and_no_trap(desk, browser):
    page = signed_in(browser, desk["url"], desk["ana"])
    visit(page, f"/desk/inbox/all/{desk['ticket'].public_id}/")
    page.wait_for_load_state("networkidle")
    seen = []
    for _ in range(400):
        page.keyboard.press("Tab")
        here = page.evaluate(WALK)
        if here["body"]:
            break
        assert here["ring"], f"no focus ring: {here}"
        assert not here["covered"], f"covered: {here}"
        assert seen.count(here["id"]) < 3, f"trap at {here}"
        seen.append(here["id"])
    assert len(seen) > 20
    page.context.close()


SMALL = """() => {
  const all = 'a[href],button,input:not([type=hidden]),select,textarea,summary,[role=button],[tabindex="0"]';
  const isText = e => e.tagName === 'A' && getComputedStyle(e).display === 'inline';
  return [...document.querySelectorAll(all)]
    .filter(e => e.checkVisibility() && !isText(e) && !e.closest('.vh, .skip'))
    .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
    .filter(([, r]) => r.width && (r.width < 23.9 || r.height < 23.9)).map(x => x[0]);
}"""


@pytest.mark.parametrize("width", [320, 1440])
def test_nothing_to_press_is_smaller_than_24_pixels(desk, browser, width):
    page = signed_in(browser, desk["url"], desk["ana"], viewport={"width": width, "height": 800})
    for path in (f"/desk/inbox/all/{desk['ticket'].public_id}/", "/desk/inbox/all/", "/desk/people/"):
        visit(page, path)
        assert page.evaluate(SMALL) == [], path
    page.context.close()


LISTEN = """() => {
  window.heard = [];
  const note = changes => changes.forEach(c => c.addedNodes.forEach(n => heard.push(n.textContent)));
  new MutationObserver(note).observe(document.querySelector('[role=log]'), {childList: true, subtree: true});
}"""


def test_a_conversation_is_one_log_that_speaks_only_of_what_is_new(desk, browser):
    page = signed_in(browser, desk["url"], desk["ana"])
    visit(page, f"/desk/t/{desk['ticket'].public_id}/")
    page.wait_for_selector("html[data-connection=online]")
    log = page.locator("[role=log]")
    assert log.count() == 1
    assert log.get_attribute("aria-label") == "Conversation with María Pérez"
    page.wait_for_selector("[role=log][aria-live=polite]")
    page.evaluate(LISTEN)

    elsewhere(services.add_message, desk["ticket"], author=desk["person"], text="Hola otra vez", via="email")

    page.wait_for_function("() => heard.some(t => t.includes('Hola otra vez'))")
    assert page.evaluate("() => heard.every(t => !t.includes('Look: https'))")
    page.context.close()
