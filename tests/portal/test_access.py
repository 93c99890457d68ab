"""Coming back in without a password (S-07, S-28, S-34, S-36 to S-39)."""

import re
import statistics
import time

import pytest
from django.core import mail

from apps.people.models import Identity
from apps.portal import services, tasks
from apps.portal.models import Device, MagicLink
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.omnichannel import ChannelFactory
from tests.factories.people import PersonFactory
from tests.factories.portal import come_in
from tests.factories.tickets import TicketFactory

ASK, SENT, MINE = "/en/requests/access/", "/en/access/sent/", "/en/requests/"


@pytest.fixture
def ticket(body, maria):
    return TicketFactory(office=body, requester=maria, subject="Late fee")


@pytest.fixture
def ask(client):
    """Somebody asks, and the worker does its part."""

    def asked(who):
        response = client.post(ASK, {"who": who})
        work()
        return response

    return asked


def work():
    for link in MagicLink.objects.exclude(next_at=None):
        services.send_link(link.pk)


def letter():
    (message,) = mail.outbox
    return (
        re.search(r"http://\S+/m/(\S+)/", message.body)[1],
        re.search(r"\b(\d{6})\b", message.body)[1],
        message,
    )


def test_the_letter_brings_the_person_in_by_a_button(client, ask, ticket, maria):
    assert ask("MARIA@example.org ").url == SENT
    token, _code, message = letter()
    assert message.to == ["maria@example.org"]
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    page = client.get(f"/en/m/{token}/").content.decode()
    assert "<button" in page
    response = client.post(f"/en/m/{token}/")
    assert response.url == MINE
    assert "Late fee" in client.get(MINE).content.decode()
    cookie = response.cookies["acudo_person"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["expires"]
    assert Identity.objects.get(person=maria).is_verified


def test_the_letter_comes_from_the_offices_own_mailbox(ask, ticket, body):
    ChannelFactory(office=body, kind="email", address="olvidado@olmo.example", is_active=False)
    ChannelFactory(office=body, kind="email", address="biblioteca@olmo.example")
    ask("maria@example.org")
    assert letter()[2].from_email == "Biblioteca Olmo <biblioteca@olmo.example>"


def test_s_34_opening_the_link_changes_nothing(client, ask, ticket):
    ask("maria@example.org")
    token, _code, _message = letter()
    for _scanner in range(5):
        response = client.get(f"/en/m/{token}/")
        assert response.status_code == 200
        assert "no-store" in response["Cache-Control"]
    client.head(f"/en/m/{token}/")
    assert Device.objects.count() == 0
    assert client.post(f"/en/m/{token}/").url == MINE
    assert client.post(f"/en/m/{token}/").status_code == 410
    assert Device.objects.count() == 1


def test_a_link_lives_thirty_minutes_and_says_where_it_was_sent(client, ask, ticket, clock_at):
    clock_at("2026-03-02 10:00")
    ask("maria@example.org")
    token, _code, _message = letter()
    clock_at("2026-03-02 10:31")
    response = client.post(f"/en/m/{token}/")
    assert response.status_code == 410
    assert "m…@example.org" in response.content.decode()
    assert Device.objects.count() == 0


def test_the_code_of_the_letter_works_on_the_device_that_asked(client, ask, ticket):
    ask("maria@example.org")
    _token, code, _message = letter()
    assert client.post(SENT, {"code": f" {code[:3]} {code[3:]} "}).url == MINE
    assert client.get(MINE).status_code == 200


def test_the_code_works_on_no_other_device(client, ask, ticket):
    from django.test import Client

    ask("maria@example.org")
    _token, code, _message = letter()
    assert Client().post(SENT, {"code": code}).url == ASK


def test_a_ticket_number_sends_the_letter_to_the_address_on_record(ask, ticket):
    ask(ticket.reference)
    _token, _code, message = letter()
    assert message.to == ["maria@example.org"]


def test_s_37_the_answer_is_the_same_for_known_and_unknown(client, ask, ticket, body):
    from django.test import Client

    pages = []
    for who in ("maria@example.org", "nobody@example.org", ticket.reference, "2020-999999"):
        browser = Client()
        assert browser.post(ASK, {"who": who}).url == SENT
        page = browser.get(SENT)
        pages.append((page.status_code, re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.content.decode())))
    assert len(set(pages)) == 1
    assert MagicLink.objects.count() == 4


def test_s_37_asking_costs_the_same_for_known_and_unknown(client, ticket, clock_at):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries(who):
        with CaptureQueriesContext(connection) as found:
            client.post(ASK, {"who": who})
        return [re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in found]

    client.post(ASK, {"who": "first@example.org"})
    assert queries("maria@example.org") == queries("nobody@example.org")


def test_s_37_who_asked_nothing_gets_no_letter(ask, body, maria):
    ask("maria@example.org")
    ask("nobody@example.org")
    assert mail.outbox == []
    assert not MagicLink.objects.exclude(next_at=None).exists()


def test_s_33_another_bodys_person_gets_no_letter(ask, body):
    elsewhere = OfficeFactory()
    stranger = PersonFactory(body=elsewhere, email="luis@example.org")
    there = TicketFactory(office=elsewhere, requester=stranger)
    ask("luis@example.org")
    ask(there.reference)
    assert mail.outbox == []


def test_s_09_the_letter_holds_nothing_that_anybody_typed(ask, body):
    person = PersonFactory(body=body, full_name="MARKER name", email="p@example.org")
    TicketFactory(office=body, requester=person, subject="MARKER subject", text="MARKER text")
    ask("p@example.org")
    _token, _code, message = letter()
    assert "MARKER" not in message.message().as_string()


def test_s_36_s_39_five_tries_and_the_right_code_at_the_end_is_refused(client, ask, ticket):
    ask("maria@example.org")
    _token, code, _message = letter()
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for left in (4, 3, 2, 1):
        response = client.post(SENT, {"code": wrong})
        assert response.status_code == 422
        assert f"{left} more times" in response.content.decode()
    client.post(SENT, {"code": wrong})
    assert client.post(SENT, {"code": code}).status_code == 422
    assert Device.objects.count() == 0


def test_s_36_codes_of_unknown_addresses_are_counted_alike(client, ask, body):
    ask("nobody@example.org")
    assert "4 more times" in client.post(SENT, {"code": "123456"}).content.decode()


def test_s_36_guessing_over_many_letters_ends_at_the_address(client, ask, ticket, clock_at):
    clock_at("2026-03-02 10:00:00")
    for _letter in range(3):
        ask("maria@example.org")
        for _try in range(5):
            client.post(SENT, {"code": "000000"})
    ask("maria@example.org")
    code = re.search(r"\b(\d{6})\b", mail.outbox[-1].body)[1]
    assert client.post(SENT, {"code": code}).status_code == 429
    assert Device.objects.count() == 0


@pytest.mark.parametrize("code", ["", " ", "12345", "1234567", "١٢٣٤٥٦", "12345a", "0" * 5000])
def test_s_39_what_is_no_code_is_refused_before_anything_is_compared(client, ask, ticket, code):
    ask("maria@example.org")
    assert client.post(SENT, {"code": code}).status_code == 422
    assert Device.objects.count() == 0


@pytest.mark.parametrize("token", ["x", "%20", "A" * 43, "a" * 42, "a" * 44, "a" * 3000, "%00", "é" * 43])
def test_s_39_what_is_no_token_finds_nobody(client, ask, ticket, token):
    ask("maria@example.org")
    assert client.post(f"/en/m/{token}/").status_code in (404, 410)
    assert Device.objects.count() == 0


@pytest.mark.parametrize("token", ["", " ", "x" * 3000, "ä" * 43, "a" * 42 + "!", "\x00" * 43])
def test_s_39_what_is_no_token_is_refused_before_any_look_up(db, token, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert services.enter_with_link(token, is_shared=False) is None


def test_s_39_a_token_in_another_case_is_another_token(client, ask, ticket):
    ask("maria@example.org")
    token, _code, _message = letter()
    assert client.post(f"/en/m/{token.swapcase()}/").status_code == 410


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "testserver@evil.example"])
def test_s_38_the_link_comes_from_the_configuration(client, ticket, host):
    response = client.post(ASK, {"who": "maria@example.org"}, headers={"host": host})
    assert response.status_code == 400
    client.post(ASK, {"who": "maria@example.org"}, headers={"x-forwarded-host": host})
    work()
    assert "http://testserver/en/m/" in mail.outbox[0].body
    assert "evil" not in mail.outbox[0].body


def test_s_38_a_body_with_a_host_of_its_own_is_linked_there(ask, ticket, settings):
    settings.ACUDO_PORTAL_OFFICE = ["testserver=olmo"]
    settings.ACUDO_BASE_URL = "https://desk.example"
    ask("maria@example.org")
    assert "https://testserver/en/m/" in mail.outbox[0].body


def test_s_57_asking_for_letters_has_limits_for_the_sender_and_for_the_target(client, ask, ticket, clock_at):
    clock_at("2026-03-02 10:00:00")
    for _letter in range(5):
        assert ask("maria@example.org").status_code == 302
    refused = ask("maria@example.org")
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert len(mail.outbox) == 5
    for place in range(14):
        assert ask(f"p{place}@example.org").status_code == 302
    assert ask("last@example.org").status_code == 429


def test_s_57_trying_links_has_a_limit(client, body, clock_at):
    clock_at("2026-03-02 10:00:00")
    answers = [client.post(f"/en/m/{'a' * 40}{n:03d}/").status_code for n in range(25)]
    assert answers[:20] == [410] * 20
    assert set(answers[20:]) == {429}


def test_a_shared_computer_forgets_at_the_end(client, ask, ticket, clock_at):
    clock_at("2026-03-02 10:00")
    ask("maria@example.org")
    token, _code, _message = letter()
    cookie = client.post(f"/en/m/{token}/", {"is_shared": "on"}).cookies["acudo_person"]
    assert not cookie["expires"] and not cookie["max-age"]
    clock_at("2026-03-02 18:01")
    assert client.get(MINE).url == ASK


def test_an_own_device_is_remembered_for_thirty_days(at_home, ticket, maria):
    device = Device.objects.get()
    assert round((device.expires_at - device.created_at).total_seconds() / 86400, 3) == 30
    Device.objects.update(expires_at=device.created_at)
    assert at_home.get(MINE).url == ASK


def test_leaving_revokes_what_the_cookie_says(at_home, ticket):
    secret = at_home.cookies["acudo_person"].value
    at_home.post("/en/requests/leave/")
    at_home.cookies["acudo_person"] = secret
    assert at_home.get(MINE).url == ASK


def test_leaving_everywhere_closes_the_other_devices(at_home, maria, ticket):
    from django.test import Client

    other = Client()
    come_in(other, maria)
    assert other.get(MINE).status_code == 200
    at_home.post("/en/requests/leave/", {"everywhere": "1"})
    assert other.get(MINE).url == ASK


def test_a_colleague_signed_in_at_the_desk_is_nobody_here(client, body, ticket):
    client.force_login(user_in(body))
    assert client.get(MINE).url == ASK
    assert client.get(f"/en/requests/{ticket.public_id}/").url == ASK


def test_the_letter_goes_out_once_and_again_when_the_server_was_away(client, ask, ticket, monkeypatch, clock_at):
    clock_at("2026-03-02 10:00:00")
    monkeypatch.setattr("apps.portal.letters.send_link", lambda *a, **k: 1 / 0)
    ask("maria@example.org")
    monkeypatch.undo()
    assert mail.outbox == []
    clock_at("2026-03-02 10:00:20")
    services.send_link(MagicLink.objects.get().pk)
    assert mail.outbox == []
    clock_at("2026-03-02 10:01:30")
    work()
    work()
    assert len(mail.outbox) == 1


def test_r_10_nothing_leaves_before_the_commit(client, ticket, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as waiting:
        client.post(ASK, {"who": "maria@example.org"})
    assert mail.outbox == []
    assert waiting


def test_old_wishes_and_ended_devices_are_forgotten(ask, ticket, at_home, clock_at):
    clock_at("2026-03-02 10:00")
    ask("maria@example.org")
    clock_at("2028-03-03 10:01")
    tasks.tidy.run()
    assert not MagicLink.objects.exists()
    assert not Device.objects.exists()


def test_s_46_a_form_from_another_site_is_refused(ticket, maria):
    from django.test import Client

    browser = Client(enforce_csrf_checks=True)
    come_in(browser, maria)
    for path in (ASK, SENT, f"/en/requests/{ticket.public_id}/", f"/en/requests/{ticket.public_id}/close/", "/en/new/"):
        assert browser.post(path, {}).status_code == 403
        assert browser.post(path, {}, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    ticket.refresh_from_db()
    assert ticket.is_open


def median_seconds(call, times=15):
    taken = []
    for _time in range(times):
        began = time.perf_counter()
        call()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def test_s_37_a_wrong_code_takes_as_long_for_an_unknown_address(ask, ticket, client):
    ask("maria@example.org")
    known = MagicLink.objects.latest("pk")
    ask("nobody@example.org")
    unknown = MagicLink.objects.latest("pk")
    differ = abs(
        median_seconds(lambda: services.enter_with_code(known.public_id, "000000", is_shared=False))
        - median_seconds(lambda: services.enter_with_code(unknown.public_id, "000000", is_shared=False))
    )
    assert differ < 0.05
