"""The fixed cast: the same each time, behind a flag, with keys that open what they should."""

import json
import re

import pytest
from django.core.management import CommandError, call_command

from apps.accounts.models import ApiToken, Office, User
from apps.omnichannel.conservation import balance
from apps.people.models import Person
from apps.tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(capsys):
    def build():
        call_command("seed_check")
        return json.loads(capsys.readouterr().out)

    return build


def test_without_the_flag_nothing_is_made(settings):
    settings.ACUDO_TEST_SEED = False
    with pytest.raises(CommandError, match="ACUDO_TEST_SEED=1"):
        call_command("seed_check")
    assert not Office.objects.exists() and not User.objects.exists()


def test_two_runs_say_the_same_and_leave_the_same(cast):
    first = cast()
    counts = [model.objects.count() for model in (Office, User, ApiToken, Person, Ticket)]
    assert cast() == first
    assert [model.objects.count() for model in (Office, User, ApiToken, Person, Ticket)] == counts
    assert balance()["is_balanced"]


def test_s_33_each_key_opens_its_own_body_and_no_other(cast, client):
    made = cast()
    by_body = {
        slug: {c["ticket"]["id"] for c in made["customers"] if c["body"] == slug}
        for slug in ("check-olmo", "check-roble")
    }
    keys = [(slug, token) for colleague in made["staff"] for slug, token in colleague["tokens"].items()]
    assert len(keys) == 7
    for slug, token in keys:
        rows = client.get("/api/v1/tickets/", HTTP_AUTHORIZATION=f"Bearer {token}").json()["results"]
        assert {row["id"] for row in rows} == by_body[slug]


def test_the_known_passwords_sign_in(cast, client):
    for colleague in cast()["staff"]:
        answer = client.post("/accounts/login/", {"username": colleague["email"], "password": colleague["password"]})
        assert answer.status_code == 302, colleague["email"]


def test_the_organisation_has_two_members_and_each_body_both_doors(cast):
    made = cast()
    assert len(made["organisation"]["members"]) == 2
    for body in made["bodies"]:
        assert set(body["channels"]) == {"email", "webchat"}
        assert body["channels"]["email"]["slug"] == f"{body['slug']}-email"


def test_portal_links_and_cookies_let_each_customer_into_their_own_body(cast, client, settings):
    made = cast()
    settings.ACUDO_PORTAL_OFFICE = made["portal_setting"].removeprefix("ACUDO_PORTAL_OFFICE=").split(",")
    hosts = {"check-olmo": "localhost", "check-roble": "127.0.0.1"}
    for customer in made["customers"]:
        host, ticket = hosts[customer["body"]], customer["ticket"]["id"]
        path = re.sub(r"https?://[^/]+", "", customer["portal_link"])
        assert client.get(path, HTTP_HOST=host).status_code == 200
        client.cookies.load(customer["portal_cookie"])
        assert ticket in client.get("/es/requests/", HTTP_HOST=host).content.decode()
        other = next(h for h in hosts.values() if h != host)
        assert client.get("/es/requests/", HTTP_HOST=other).status_code == 302
