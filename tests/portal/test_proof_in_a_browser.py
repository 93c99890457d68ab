"""The proof of work as a browser does it: unseen, quick, and in the way of nobody."""

import pytest

from apps.portal import proof
from apps.tickets.models import Ticket
from tests.browser import elsewhere
from tests.factories.accounts import OfficeFactory

pytestmark = pytest.mark.browser


def fill(page, live_url):
    page.goto(f"{live_url}/en/new/other/matter/")
    page.get_by_label("Tell us what you need").fill("I lost my card.")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Full name").fill("María Sosa")
    page.get_by_label("E-mail").first.fill("maria@example.org")
    page.get_by_role("button", name="Continue").click()
    page.locator("form[data-proof]").wait_for()


def test_the_browser_finds_a_number_that_the_server_believes(live_url, page, monkeypatch):
    monkeypatch.setattr("apps.portal.views.new.LEAST_SECONDS", 0)
    elsewhere(OfficeFactory, name="Biblioteca Olmo", languages=["en"])
    refused = []
    page.on("console", lambda line: refused.append(line.text) if "Content Security" in line.text else None)
    fill(page, live_url)
    draft = page.locator("form[data-proof]").get_attribute("data-proof")
    page.locator("form[data-proven]").wait_for()
    assert proof.is_done(draft, page.locator("input[name=proof]").input_value())
    page.get_by_role("button", name="Send request").click()
    page.wait_for_url("**/new/done/**")

    assert elsewhere(Ticket.objects.count) == 1 and refused == []


def test_who_presses_before_it_is_found_waits_a_moment_and_sends_once(live_url, page, monkeypatch):
    monkeypatch.setattr("apps.portal.views.new.LEAST_SECONDS", 0)
    monkeypatch.setattr(proof, "BITS", 17)
    elsewhere(OfficeFactory, name="Biblioteca Olmo", languages=["en"])
    fill(page, live_url)
    page.get_by_role("button", name="Send request").click(no_wait_after=True)
    page.wait_for_url("**/new/done/**")

    assert elsewhere(Ticket.objects.count) == 1
