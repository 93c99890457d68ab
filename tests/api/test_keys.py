"""What opens the machines' entrance, and what does not."""

from datetime import timedelta

import pytest
from django.test import Client

from apps.accounts import services
from apps.accounts.models import ApiToken
from apps.api import authentication
from apps.core import clock
from tests.factories.accounts import OfficeFactory, RoleFactory, user_in
from tests.factories.tickets import TicketFactory


def test_s_42_a_key_is_stored_as_a_hash_shown_once_and_remembers_its_last_use(client, office):
    user = user_in(office)
    client.force_login(user)
    membership = user.memberships.get()
    page = client.post("/desk/me/security/tokens/", {"name": "Export", "membership": membership.pk, "days": 30})
    row = ApiToken.objects.get()
    text = page.context["new_token"]
    assert text in page.content.decode() and text not in client.get("/desk/me/security/").content.decode()
    assert text not in "".join(str(value) for value in ApiToken.objects.values_list().get())
    assert row.last_used_at is None
    answer = Client().get("/api/v1/me/", HTTP_AUTHORIZATION=f"Bearer {text}")
    assert (answer.status_code, answer.json()["role"]) == (200, "agent")
    row.refresh_from_db()
    assert row.last_used_at


def test_s_42_a_key_ends_when_it_is_revoked_or_over_or_its_user_is_gone(office, key_for):
    over = key_for(office, expires_at=clock.now() - timedelta(seconds=1))
    revoked, gone = key_for(office), key_for(office)
    services.revoke_token(revoked.row, actor=revoked.user)
    gone.user.is_active = False
    gone.user.save()
    for key in (over, revoked, gone):
        assert key.ask("get", "me/").status_code == 401


def test_s_42_a_key_never_does_more_than_its_role_in_its_office_nor_than_its_user_still_may(office, key_for):
    branch, other = OfficeFactory(parent=office), OfficeFactory(parent=office)
    user = user_in(office, "admin")
    here, there = TicketFactory(office=branch), TicketFactory(office=other)
    key = key_for(branch, "observer", user=user)
    assert key.ask("get", f"tickets/{here.public_id}/").status_code == 200
    assert key.ask("get", f"tickets/{there.public_id}/").status_code == 404
    assert key.ask("post", f"tickets/{here.public_id}/notes/", {"text": "x"}).status_code == 403
    user.memberships.all().delete()
    assert key.ask("get", f"tickets/{here.public_id}/").status_code == 404


def test_s_42_nobody_revokes_somebody_elses_key(client, office, agent):
    client.force_login(user_in(office, "admin"))
    assert client.post(f"/desk/me/security/tokens/{agent.row.pk}/revoke/").status_code == 404
    agent.row.refresh_from_db()
    assert agent.row.revoked_at is None


def test_s_46_cookies_open_nothing_here(client, office):
    client.force_login(user_in(office, "admin"))
    for method, path in (("get", "me/"), ("get", "tickets/"), ("post", "tickets/")):
        answer = getattr(client, method)(f"/api/v1/{path}")
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="acudo"')


def test_s_46_a_key_decides_alone_even_beside_a_cookie(client, office, key_for):
    client.force_login(user_in(office, "admin"))
    ticket = TicketFactory(office=office)
    observer = key_for(office, "observer")
    answer = client.post(
        f"/api/v1/tickets/{ticket.public_id}/notes/",
        {"text": "x"},
        content_type="application/json",
        HTTP_AUTHORIZATION=f"Bearer {observer.text}",
    )
    assert answer.status_code == 403


def test_s_36_twenty_wrong_keys_close_the_address_even_for_the_right_one(client, agent):
    for n in range(20):
        assert client.get("/api/v1/me/", HTTP_AUTHORIZATION=f"Bearer acudo_{n}").status_code == 401
    refused = agent.ask("get", "me/")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many")
    assert int(refused["Retry-After"]) > 0
    assert agent.ask("get", "me/", REMOTE_ADDR="10.1.1.1").status_code == 200


def test_s_57_a_key_has_a_ceiling_a_minute(agent, monkeypatch):
    monkeypatch.setattr(authentication, "REQUESTS_A_MINUTE", 2)
    assert [agent.ask("get", "me/").status_code for _ in range(3)] == [200, 200, 429]


def test_s_58_json_deeper_than_32_levels_is_refused(agent):
    deep = "[" * 40 + "]" * 40
    assert agent.ask("post", "tickets/", deep).json()["code"] == "parse_error"
    bomb = "[" * 200_000
    assert agent.ask("post", "tickets/", bomb).status_code == 400


def test_me_says_what_the_key_may_do_and_where(agent):
    said = agent.ask("get", "me/").json()
    assert "ticket.reply" in said["may"]["olmo"] and "office.manage" not in said["may"]["olmo"]


@pytest.mark.parametrize("header", ["", "Bearer", "Basic x", "Bearer a b", "Token x", "Bearer " + "x" * 5000])
def test_other_headers_are_nobody(client, db, header):
    assert client.get("/api/v1/me/", HTTP_AUTHORIZATION=header).status_code == 401


def test_every_answer_is_private(agent, office):
    for answer in (agent.ask("get", "me/"), agent.ask("get", "tickets/nothing/"), Client().get("/api/v1/me/")):
        assert "no-store" in answer["Cache-Control"]
    assert RoleFactory(key="agent").key == "agent"
