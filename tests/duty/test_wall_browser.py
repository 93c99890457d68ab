"""A screen on the wall follows what happens without anybody at it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from apps.duty import services
from apps.tickets.services import set_next_due
from tests.browser import elsewhere
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.tickets import TicketFactory

REFERENCE = f"{timezone.now().year}-0"  # how references of tickets begin
pytestmark = pytest.mark.browser


def show_as_due(ticket):
    set_next_due(ticket.pk, at=timezone.now() + timedelta(minutes=9), metric="first_response")


def test_the_wall_follows_by_itself_and_stands_still_when_paused(live_url, browser):
    office = elsewhere(lambda: OfficeFactory(name="Biblioteca Olmo"))
    _row, key = elsewhere(lambda: services.make_wall(office, name="Hall", by=user_in(office, "admin")))
    page = browser.new_page(base_url=live_url)
    page.clock.install()
    page.goto(f"/wall/{key}/")
    expect(page.locator("main")).not_to_contain_text(REFERENCE)

    elsewhere(lambda: show_as_due(TicketFactory(office=office)))
    page.clock.run_for(15_000)
    expect(page.locator("main")).to_contain_text(REFERENCE)

    page.get_by_role("link").first.click()
    page.wait_for_url("**?hold=1")
    assert page.locator("script").count() == 0
    page.close()
