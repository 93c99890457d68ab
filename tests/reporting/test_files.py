"""Files of a report: numbers are numbers, text is text, and a council can read the PDF."""

import io

import pytest
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook
from pypdf import PdfReader

from apps.tickets import services as tickets
from tests.factories.accounts import TeamFactory, user_in
from tests.factories.sla import HOUR, PolicyFactory
from tests.factories.tickets import TicketFactory
from tests.reporting.test_spreadsheet import FORMULAS

pytestmark = pytest.mark.django_db


@pytest.fixture
def head(office, client):
    PolicyFactory(office=office, targets={"first_response": 4 * HOUR})
    user = user_in(office, "supervisor", language="es")
    client.force_login(user)
    return user


def book(client, **asked):
    answer = client.get(reverse("reporting:sla_xlsx"), asked)
    assert answer.status_code == 200
    return load_workbook(io.BytesIO(answer.content))


@pytest.mark.parametrize("name", FORMULAS)
def test_s_25_no_name_becomes_a_formula_in_the_workbook(office, head, client, name):
    TicketFactory(office=office, team=TeamFactory(office=office, name=f"{name}#"))
    cells = [cell for sheet in book(client).worksheets for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert any(cell.data_type == "s" and cell.value.endswith("#") for cell in cells)


def test_numbers_of_the_workbook_are_numbers_and_days_are_days(office, head, client):
    TicketFactory(office=office)
    sheets = {sheet.title: sheet for sheet in book(client).worksheets}
    outcomes = next(sheet for title, sheet in sheets.items() if sheet["A2"].value in {"Abiertas", "Opened", "Abiertos"})
    assert outcomes["B2"].value == 1 and outcomes["B2"].data_type == "n"
    assert len(sheets) == len({title.lower() for title in sheets}) > 10


def test_the_pdf_has_a_title_a_language_numbered_pages_an_outline_and_real_text(office, head, client):
    ticket = TicketFactory(office=office, team=TeamFactory(office=office, name="Atención «Ñandú» – São João, perché"))
    tickets.reply(ticket, author=head, text="Hola.")
    answer = client.get(reverse("reporting:sla_pdf"))
    assert answer["Content-Type"] == "application/pdf"
    pdf = PdfReader(io.BytesIO(answer.content))
    text = "\n".join(page.extract_text() for page in pdf.pages)
    assert pdf.metadata.title and pdf.trailer["/Root"]["/Lang"] == "es"
    assert pdf.trailer["/Root"]["/ViewerPreferences"]["/DisplayDocTitle"] is not None
    assert f"1 de {len(pdf.pages)}" in text or f"1 of {len(pdf.pages)}" in text
    assert "Ñandú» – São João, perché" in " ".join(text.split())
    assert len(pdf.outline) > 0
    assert not any("/XObject" in page["/Resources"] and page.images for page in pdf.pages)  # drawn, not painted


@pytest.mark.parametrize("language", ["es", "it", "en", "pt"])
def test_every_language_can_be_printed(office, head, client, language):
    TicketFactory(office=office)
    head.language = language
    head.save()
    with translation.override(language):
        assert client.get(reverse("reporting:sla_pdf")).content.startswith(b"%PDF")
