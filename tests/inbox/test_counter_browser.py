"""Two keys, the words, and saved."""

import pytest

from apps.tickets.models import Ticket
from tests.browser import assert_accessible, elsewhere, signed_in, visit
from tests.conftest import wait_for
from tests.factories.accounts import OfficeFactory, user_in

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("second", "via"), [("t", "phone"), ("c", "counter")])
@pytest.mark.parametrize("in_haste", [True, False])
def test_two_keys_the_words_and_ctrl_enter_make_a_ticket(live_url, browser, second, via, in_haste):
    ana = elsewhere(lambda: user_in(OfficeFactory(), full_name="Ana Prieto"))
    page = signed_in(browser, live_url, ana, reduced_motion="reduce")
    visit(page, "/desk/people/")
    page.keyboard.press("c")
    if not in_haste:
        page.wait_for_url("**/desk/new/")
        page.wait_for_selector("html[data-ready]")
    page.keyboard.press(second)
    page.wait_for_selector(f"[name=via][value={via}]:checked")
    page.wait_for_selector("textarea[name=text]:focus")
    assert_accessible(page, "a new ticket")
    page.keyboard.type("Lost the card")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/desk/t/*/")

    kept = lambda: elsewhere(lambda: list(Ticket.objects.values_list("subject", "via")))  # noqa: E731
    wait_for(lambda: kept() == [("Lost the card", via)])
    assert page.troubles == []
    page.context.close()
