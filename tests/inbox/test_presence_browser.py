"""Being here is said by the page itself, without a word in the browser's console."""

import pytest

from apps.hours.models import Presence
from tests.browser import elsewhere, signed_in, visit
from tests.conftest import wait_for
from tests.factories.accounts import OfficeFactory, user_in

pytestmark = pytest.mark.browser


def test_a_page_that_is_used_gives_signs_of_life_and_every_request_of_it_is_answered(live_url, browser):
    ana = elsewhere(lambda: user_in(OfficeFactory(), full_name="Ana Prieto"))
    page = signed_in(browser, live_url, ana)
    refused = []
    page.on("response", lambda answer: refused.append(answer.url) if answer.status >= 400 else None)
    with page.expect_response(lambda answer: answer.url.endswith("/desk/me/presence/")) as sign:
        visit(page, "/desk/inbox/all/")
    assert sign.value.status == 200
    page.locator("#presence summary").click()
    page.get_by_role("button", name="Busy").click()
    wait_for(lambda: elsewhere(lambda: Presence.objects.filter(user=ana, state="busy").exists()))
    page.wait_for_load_state("networkidle")
    assert refused == []
    page.context.close()
