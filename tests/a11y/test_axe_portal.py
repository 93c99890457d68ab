"""Every page of the portal against axe-core, in both themes, on a phone, a tablet and a wide screen."""

import json
from itertools import product

import pytest

from apps.portal import services as portal
from apps.portal.models import MagicLink
from apps.tickets import services as tickets
from apps.tickets.files import NewFile, keep
from apps.tickets.states import Status
from tests.browser import CONTRAST, PAINTED, RULES, load_axe
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.hours import CalendarFactory
from tests.factories.kb import CategoryFactory, TranslationFactory
from tests.factories.omnichannel import ChannelFactory
from tests.factories.people import PersonFactory
from tests.factories.portal import ServiceFactory
from tests.factories.sla import PolicyFactory
from tests.factories.tickets import TicketFactory

pytestmark = pytest.mark.browser

# The checker itself tries inline styles; what it is refused is not the page's.
REMEMBER_REFUSED = """window.refused = [];
addEventListener('securitypolicyviolation', e => window.isChecked || refused.push(e.violatedDirective))"""
FIND_SMALL = """() => [...document.querySelectorAll('a, button, input:not([type=hidden]), select, textarea, summary')]
  .filter(e => { const r = e.getBoundingClientRect(); const s = getComputedStyle(e);
    const inText = e.tagName === 'A' && e.closest('p, .msg-text, .prose li, dd');
    const inTrap = e.closest('.trap, .skip');
    const inLabel = e.closest('label') && e.matches('input');
    return !inText && !inTrap && !inLabel && r.width && s.visibility !== 'hidden' && (r.height < 43.5); })
  .map(e => e.outerHTML.slice(0, 120))"""


@pytest.fixture
def town(live_url):
    office = OfficeFactory(
        name="Biblioteca Olmo", default_language="es", phone="2400 0000", email="hola@olmo.example", accent="#0066cc"
    )
    office.calendar = CalendarFactory(office=office, time_zone="America/Montevideo")
    office.address = "Avenida de los Olmos 24"
    office.save()
    PolicyFactory(office=office, calendar=office.calendar)
    ChannelFactory(office=office, kind="webchat", address="")
    ChannelFactory(office=office, kind="calls", address="+598 2400 0000", settings={"link": "tel"})
    ServiceFactory(office=office, key="prestamos", names={"es": "Préstamos", "en": "Loans"})
    shelf = CategoryFactory(body=office, slug="prestamos", names={"es": "Préstamos", "en": "Loans"})
    text = "Venga o llame.\n\n" + "\n\n".join(f"## Parte {n}\n\n1. Uno\n2. Dos" for n in range(4))
    text += "\n\n| Día | Hora |\n| --- | --- |\n| Lunes | 9 |"
    TranslationFactory(office=office, category=shelf, title="Préstamos y renovaciones", summary="Qué hacer.", text=text)
    return office


@pytest.fixture
def maria(town):
    person = PersonFactory(body=town, full_name="María Sosa", email="maria@example.org")
    ticket = TicketFactory(office=town, requester=person, subject="Multa por atraso", language="es")
    agent = user_in(town, full_name="Ana Ruiz")
    tickets.reply(ticket, author=agent, text="Lo miramos.", attachments=keep([NewFile("carta.pdf", b"x")]))
    over = TicketFactory(office=town, requester=person, subject="Carnet", language="es")
    tickets.change_status(over, to=Status.SOLVED, actor=agent)
    return person


def the_walk(page, live_url, maria):
    """Yields the name of each state once the page shows it."""

    def at(path):
        page.goto(live_url + path)

    for name, path in {
        "home": "/es/",
        "kb": "/es/kb/",
        "shelf": "/es/kb/c/prestamos/",
        "article": "/es/kb/prestamos-y-renovaciones/",
        "article in another language": "/en/kb/prestamos-y-renovaciones/",
        "search": "/es/search/?q=prestamo",
        "search without result": "/es/search/?q=zzz",
        "hours": "/es/hours/",
        "accessibility": "/es/accessibility/",
        "privacy": "/es/privacy/",
        "not found": "/es/nada/",
        "call not found": "/call/c_none/",
        "access": "/es/requests/access/",
    }.items():
        at(path)
        yield name
    page.fill("[name=who]", "maria@example.org")
    page.click("main button.primary")
    yield "letter sent"
    page.fill("[name=code]", "12")
    page.click("main button.primary")
    yield "wrong code"

    at("/es/new/")
    yield "service"
    page.check("[value=prestamos]")
    page.click("main button.primary")
    yield "suggestions"
    page.click("[value=no]")
    yield "matter"
    page.set_input_files("[name=files]", {"name": "foto.txt", "mimeType": "text/plain", "buffer": b"x"})
    page.fill("[name=text]", "Necesito ayuda con un libro.")
    page.click("main button.primary")
    yield "contact"
    page.fill("[name=name]", "Luis")
    page.click("main button.primary")
    yield "contact with errors"
    page.fill("[name=email]", "luis@example.org")
    page.click("main button.primary")
    yield "check"
    page.wait_for_timeout(3000)  # nobody is that quick, says the form
    page.click("main button.primary")
    yield "done"

    link = MagicLink.objects.latest("pk")
    portal.send_link(link.pk)
    token = "t" * 43
    from apps.core import crypto

    MagicLink.objects.filter(pk=link.pk).update(token_digest=crypto.digest(token))
    at(f"/es/m/{token}/")
    yield "button"
    page.click("main button.primary")
    yield "my requests"
    page.click("text=Multa por atraso")
    yield "request"
    page.click("#answer button.primary")
    yield "request with an error"
    at("/es/requests/")
    page.click("text=Carnet")
    yield "solved request"
    at(f"/es/m/{token}/")
    yield "used link"


def test_no_page_of_the_portal_has_a_violation(browser, live_url, maria):
    # A button that fades from one theme into the other has, halfway, the contrast of neither.
    still = {"reduced_motion": "reduce"}
    context = browser.new_context(viewport={"width": 1440, "height": 800}, locale="es-UY", **still)
    page = context.new_page()
    page.add_init_script(REMEMBER_REFUSED)
    found, seen = {}, 0
    for state in the_walk(page, live_url, maria):
        seen += 1
        page.evaluate(PAINTED)
        problems = page.evaluate("window.refused.splice(0)")
        page.evaluate("window.isChecked = true")
        load_axe(page)
        for width, theme in product((320, 768, 1440), ("light", "dark")):
            page.emulate_media(color_scheme=theme, **still)
            page.set_viewport_size({"width": width, "height": 800})
            rules = RULES if theme == "light" else CONTRAST
            problems += [f"{theme} {width}: {problem}" for problem in _problems(page, width, rules)]
        page.evaluate(PAINTED)
        page.evaluate("window.isChecked = false")
        if problems:
            found[state] = problems
    page.evaluate("document.body.setAttribute('style', 'color: red')")
    page.evaluate(PAINTED)
    assert page.evaluate("window.refused.length")  # the ear hears
    context.close()
    assert not found, json.dumps(found, indent=1, ensure_ascii=False)
    assert seen == 28


def _problems(page, width, rules):
    page.evaluate(PAINTED)
    result = page.evaluate("rules => axe.run(document, rules)", rules)
    found = [f"{one['id']}: {node['html'][:160]}" for one in result["violations"] for node in one["nodes"]]
    if page.evaluate("document.documentElement.scrollWidth") > width:
        found.append("scrolls sideways")
    return found + [f"small target: {html}" for html in page.evaluate(FIND_SMALL)]
