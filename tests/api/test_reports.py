"""Figures for machines: the same as on the page, for the offices of the key."""

import pytest
from django.urls import reverse

from apps.accounts.models import ApiToken
from tests.factories.accounts import OfficeFactory, RoleFactory, user_in
from tests.factories.tickets import TicketFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def get(client):
    def ask(office, role="supervisor", **asked):
        user = user_in(office, role)
        _row, key = ApiToken.issue(user=user, office=office, role=RoleFactory(key=role), name="figures")
        return client.get(reverse("api-v1:report-sla"), asked, HTTP_AUTHORIZATION=f"Bearer {key}")

    return ask


def test_the_tables_of_the_report_and_only_of_ones_own_offices(get):
    office = OfficeFactory()
    TicketFactory(office=office)
    TicketFactory(office=OfficeFactory())
    body = get(office).json()
    assert body["opened"] == 1
    tables = {table["key"]: table for table in body["tables"]}
    assert {"promises", "steps", "by_via", "by_agent", "types", "backlog"} <= tables.keys()
    assert all(len(row) == len(table["header"]) for table in body["tables"] for row in table["rows"])
    assert tables["outcomes"]["rows"][0][1] == 1


def test_filters_are_a_closed_list_and_mistakes_are_said(get):
    office = OfficeFactory()
    assert get(office, range="quarter-before", via="email", hours="wall").status_code == 200
    assert get(office, nonsense="1").status_code == 400
    assert get(office, range="for ever").status_code == 400
    assert get(office, team="99999").status_code == 400


def test_a_key_without_the_right_reads_nothing(get):
    assert get(OfficeFactory(), role="agent").status_code == 403
