"""Eva sets up the library with two shifts from nothing, in her browser and in Spanish; she sees a promise run out, sees
it break, reads why, orders the month's report and gets it by mail. 4 March 2026 is a Wednesday.
"""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from apps.core import clock
from apps.hours.models import Shift
from apps.notifications.models import Notice
from apps.reporting.models import ReportLetter
from apps.reporting.tasks import send_letter, sweep_letters
from apps.sla.models import Policy
from apps.sla.tasks import sweep_clocks
from tests.browser import assert_accessible, elsewhere, signed_in, visit
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.people import PersonFactory
from tests.factories.tickets import TicketFactory

pytestmark = pytest.mark.browser
ZONE = ZoneInfo("America/Montevideo")


@pytest.fixture
def it_is(monkeypatch):
    """it_is("2026-03-04 09:00"): the product asks the time in one place, and there it stands still."""

    def move(moment):
        when = datetime.fromisoformat(moment).replace(tzinfo=ZONE)
        monkeypatch.setattr(clock, "now", lambda: when)
        return when

    return move


@pytest.fixture
def library(live_url, it_is):
    it_is("2026-03-02 09:00")
    return elsewhere(furnish)


def furnish():
    """An office, its supervisor and two heads of shifts. No hours, no shift, no promise."""
    office = OfficeFactory(name="Biblioteca Olmo", slug="olmo", time_zone=str(ZONE), default_language="es")
    people = {
        "eva": user_in(office, "supervisor", full_name="Eva Lima", language="es", email="eva@olmo.example"),
        "ana": user_in(office, full_name="Ana Prieto", language="es"),
        "luis": user_in(office, full_name="Luis Sosa", language="es"),
    }
    return {"office": office, **people}


def sara_asks(office):
    person = PersonFactory(body=office, full_name="Sara Núñez", email="sara@correo.example")
    return TicketFactory(office=office, requester=person, subject="Renovar un libro", text="¿Cómo?", via="email")


def set_up_hours(page):
    visit(page, "/desk/admin/hours/")
    page.get_by_label("Nombre").fill("Horario de la biblioteca")
    page.get_by_label("Es el horario de esta oficina").check()
    page.get_by_role("button", name="Crear").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Horario de la biblioteca")
    expect(page.get_by_label("Lunes, abre, 1")).to_have_value("08:00")
    expect(page.get_by_text("Biblioteca Olmo").first).to_be_visible()


def set_up_shift(page, name, place, begins, ends, head):
    visit(page, "/desk/admin/shifts/")
    form = page.get_by_role("region", name="Turno nuevo")
    form.get_by_label("nombre", exact=False).first.fill(name)
    form.get_by_label("lugar", exact=False).fill(place)
    form.get_by_label("Responsable del turno").select_option(label=head)
    form.get_by_label("Empieza").fill(begins)
    form.get_by_label("Termina").fill(ends)
    form.get_by_role("button", name="Crear").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    for day in ("Lun", "Mar", "Mié", "Jue", "Vie"):
        page.get_by_label(re.compile(f"{head}, {day}", re.IGNORECASE)).check()
    page.locator("#roster").get_by_role("button", name="Guardar").click()
    expect(page.get_by_text("Guardado").first).to_be_visible()


def set_up_promise(page):
    visit(page, "/desk/admin/sla/")
    page.get_by_role("link", name="Nuevo compromiso").click()
    page.get_by_label("Nombre").first.fill("General")
    expect(page.locator("#id_calendar")).to_contain_text("Horario de la biblioteca")
    page.locator("#first_response-any").fill("2 h")
    page.locator("#resolution-any").fill("2 días")
    step = page.locator("#step-1")
    step.get_by_label("Cuánto").fill("30 min")
    step.get_by_label("Qué se hace").select_option("head")
    step = page.locator("#step-2")
    step.get_by_label("Cuándo").select_option("at")
    step.get_by_label("Qué se hace").select_option("head")
    page.get_by_role("button", name="Guardar").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("General")


def deliver_letters():
    """What the sweep and its task do in a worker."""
    sweep_letters()
    ReportLetter.objects.update(next_at=clock.now())  # a default of the model asks the true clock, not this story's
    for pk in ReportLetter.objects.values_list("pk", flat=True):
        send_letter(pk)


def test_the_two_shift_library_from_nothing_to_the_report_that_is_mailed(library, live_url, browser, it_is, mailoutbox):
    page = signed_in(browser, live_url, library["eva"], locale="es", viewport={"width": 1600, "height": 1000})
    page.set_default_timeout(8_000)
    set_up_hours(page)
    set_up_shift(page, "Mañana", "Sala centro", "08:00", "13:30", "Ana Prieto")
    set_up_shift(page, "Tarde", "Sala norte", "13:30", "19:00", "Luis Sosa")
    visit(page, "/desk/admin/shifts/")
    expect(page.get_by_text("Abierto sin nadie")).to_have_count(1)  # Saturday: open, and nobody is planned
    set_up_promise(page)
    shifts, policy = elsewhere(lambda: (Shift.objects.count(), Policy.objects.get()))
    assert shifts == 2 and [step["action"] for step in policy.steps] == ["head", "head"]

    # A breach is coming: asked at 12:30, two hours of opening time, and a change of shift in between.
    it_is("2026-03-04 12:30")
    ticket = elsewhere(sara_asks, library["office"])
    it_is("2026-03-04 14:05")
    elsewhere(sweep_clocks)
    assert elsewhere(lambda: Notice.objects.get().user) == library["luis"], "the afternoon has its own head"
    visit(page, "/desk/live/")
    expect(page.get_by_text("Renovar un libro").first).to_be_visible()
    assert_accessible(page, "live")

    # It happens.
    it_is("2026-03-04 14:31")
    elsewhere(sweep_clocks)
    page.reload()
    expect(page.locator(".kpi.is-late")).to_contain_text("1")

    # Why is it due then?
    visit(page, f"/desk/inbox/all/{ticket.public_id}/")
    page.get_by_role("link", name=re.compile("Por qué")).first.click()
    expect(page.get_by_text("14:30").first).to_be_visible()
    expect(page.get_by_text("Horario de la biblioteca").first).to_be_visible()
    assert_accessible(page, "why")

    # The month's report is ordered by mail.
    visit(page, "/desk/reports/scheduled/")
    page.get_by_label("Cuándo").select_option("month")
    page.get_by_role("checkbox", name="Eva Lima").check()
    page.get_by_role("button", name="Encargarlo").first.click()
    expect(page.get_by_role("heading", level=2, name="Informe mensual")).to_be_visible()

    # And it comes, when the month is over, with a way back to the page.
    it_is("2026-04-01 08:05")
    elsewhere(deliver_letters)
    (letter,) = mailoutbox
    assert letter.to == ["eva@olmo.example"]
    assert "2026-03-01" in letter.subject and "/desk/reports/" in letter.body
    (name, content, kind) = letter.attachments[0]
    assert (name, kind, content[:5]) == ("2026-03-01-2026-03-31.pdf", "application/pdf", b"%PDF-")
    assert page.troubles == []
    page.context.close()
