"""Sign in, guess, reset, be invited, leave."""

import re

import pytest
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client

from apps.accounts import services, tasks
from apps.accounts.viewers import for_user
from apps.activity.models import Activity
from apps.core.errors import NotAllowed
from tests.factories.accounts import OfficeFactory, RoleFactory, UserFactory, user_in

pytestmark = pytest.mark.django_db

PASSWORD = "ocho gatos miran lluvia"
LOGIN, RESET = "/accounts/login/", "/accounts/reset/"


@pytest.fixture
def ana():
    return user_in(OfficeFactory(), email="ana@desk.example", password=PASSWORD, full_name="Ana Sosa")


@pytest.fixture
def axes(settings):
    settings.AXES_ENABLED = True


def sign_in(client, email, password, **extra):
    return client.post(LOGIN, {"username": email, "password": password}, **extra)


def link_in(letter):
    return re.search(r"https?://\S+", letter.body)[0]


def without_tokens(answer):
    return re.sub(r'(csrf[^"]*" value=|X-CSRFToken": )"[^"]+"', "", answer.content.decode())


def path_of(link):
    return link.removeprefix(django_settings.ACUDO_BASE_URL)


def test_who_signs_in_gets_a_new_session_id_and_it_is_on_record(client, ana):
    client.get(LOGIN)
    client.session["seen"] = 1
    before = client.session.session_key
    answer = sign_in(client, "Ana@Desk.example", PASSWORD)
    assert answer.status_code == 302 and answer["Location"] == "/desk/"
    assert client.session.session_key != before
    assert Activity.objects.filter(verb="signed_in", actor_id=ana.pk).exists()


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"]
)
def test_s_51_sign_in_leads_to_own_pages_only(client, ana, target):
    answer = client.post(f"{LOGIN}?next={target}", {"username": ana.email, "password": PASSWORD, "next": target})
    assert answer["Location"] == "/desk/"


def test_s_36_five_failures_lock_the_account_even_for_the_right_password(client, ana, axes):
    for n in range(5):
        sign_in(client, ana.email.upper() if n % 2 else ana.email, f"wrong {n}", REMOTE_ADDR=f"10.0.0.{n}")
    assert sign_in(client, ana.email, PASSWORD, REMOTE_ADDR="10.0.0.9").status_code == 200
    assert "_auth_user_id" not in client.session


def test_s_36_twenty_failures_from_an_address_close_it_for_every_account(client, ana, axes):
    for n in range(20):
        sign_in(client, f"nobody{n}@desk.example", "wrong", REMOTE_ADDR="10.0.0.1")
    sign_in(client, ana.email, PASSWORD, REMOTE_ADDR="10.0.0.1")
    assert "_auth_user_id" not in client.session
    sign_in(client, ana.email, PASSWORD, REMOTE_ADDR="10.0.0.2")
    assert "_auth_user_id" in client.session


def test_s_36_four_failures_and_a_success_begin_anew_but_the_address_keeps_its_count(client, ana, axes):
    eva = user_in(OfficeFactory(), email="eva@desk.example", password=PASSWORD)
    for _ in range(4):
        sign_in(client, ana.email, "wrong")
        sign_in(client, eva.email, "wrong")
    sign_in(client, ana.email, PASSWORD)
    assert "_auth_user_id" in client.session
    other = Client()
    sign_in(other, eva.email, "wrong")
    sign_in(other, eva.email, PASSWORD)
    assert "_auth_user_id" not in other.session


def test_s_37_wrong_password_unknown_address_inactive_and_locked_are_one_answer(client, ana, axes):
    user_in(OfficeFactory(), email="gone@desk.example", password=PASSWORD, is_active=False)

    def said(email, password):
        return without_tokens(sign_in(client, email, password)).replace(email, "")

    wrong = said(ana.email, "wrong")
    assert said("nobody@desk.example", "wrong") == wrong
    assert said("gone@desk.example", PASSWORD) == wrong
    for _ in range(6):
        locked = said(ana.email, "wrong")
    assert locked == wrong
    assert said(ana.email, PASSWORD) == wrong


def test_s_37_asking_for_a_link_answers_the_same_for_everybody_and_mails_only_who_works_here(client, ana, commits):
    known, unknown = (client.post(RESET, {"email": email}) for email in (ana.email, "nobody@desk.example"))
    assert (known.status_code, without_tokens(known)) == (unknown.status_code, without_tokens(unknown))
    tasks.mail_reset("nobody@desk.example")
    assert mail.outbox == []
    tasks.mail_reset("ANA@desk.example")
    assert mail.outbox[0].to == ["ana@desk.example"]


@pytest.mark.parametrize(
    "host", ["evil.example", "testserver@evil.example", "testserver:1@evil.example", "testserver.evil.example"]
)
def test_s_38_the_link_in_a_letter_never_comes_from_the_request(client, ana, host):
    answer = client.post(RESET, {"email": ana.email}, HTTP_HOST=host)
    assert answer.status_code == 400
    client.post(RESET, {"email": ana.email}, HTTP_X_FORWARDED_HOST=host)
    tasks.mail_reset(ana.email)
    assert link_in(mail.outbox[0]).startswith("http://testserver/accounts/password/reset/")


def test_s_38_a_reset_link_works_once_and_dies_with_time_address_and_password(client, ana, clock_at):
    clock_at("2026-03-02 10:00")
    tasks.mail_reset(ana.email)
    path = path_of(link_in(mail.outbox[0]))
    assert client.get(path).status_code == 200
    ana.refresh_from_db()
    assert ana.check_password(PASSWORD)  # opening a link changes nothing (S-34)

    clock_at("2026-03-02 11:01")
    assert client.get(path).status_code == 404
    clock_at("2026-03-02 10:30")
    other = services.password_link(ana, "reset")
    assert client.post(path, {"password": "nueve perros duermen"}).status_code == 302
    assert client.get(path).status_code == 404
    assert client.get(f"/accounts/password/reset/{other}/").status_code == 404

    ana.refresh_from_db()
    moved = services.password_link(ana, "reset")
    ana.email = "elsewhere@desk.example"
    ana.save()
    assert client.get(f"/accounts/password/reset/{moved}/").status_code == 404


@pytest.mark.parametrize("token", ["%20", "x", "null", "0", "a" * 5000, "eyJ1c2VyIjoxfQ:1:2"])
def test_s_39_empty_and_made_up_links_are_refused(client, ana, token):
    assert client.get(f"/accounts/password/invitation/{token}/").status_code == 404
    assert services.user_of_link("invitation", "") is None


def test_s_39_a_link_of_one_purpose_does_not_serve_another_and_invitations_end_after_72_hours(client, ana, clock_at):
    clock_at("2026-03-02 10:00")
    reset, invitation = (services.password_link(ana, purpose) for purpose in ("reset", "invitation"))
    assert services.user_of_link("invitation", reset) is None
    assert services.user_of_link("invitation", invitation.swapcase()) is None
    clock_at("2026-03-05 09:59")
    assert services.user_of_link("invitation", invitation) == ana
    clock_at("2026-03-05 10:01")
    assert services.user_of_link("invitation", invitation) is None


def test_s_40_a_new_password_ends_all_other_sessions_and_tells_open_sockets(client, ana, commits, monkeypatch):
    told = []
    monkeypatch.setattr("apps.core.live._send", lambda group, message: told.append((group, message["type"])))
    elsewhere = Client()
    for browser in (client, elsewhere):
        browser.force_login(ana)
    key = client.session.session_key
    with commits():
        answer = client.post("/desk/me/security/", {"current": PASSWORD, "password": "nueve perros duermen"})
    assert answer.status_code == 302
    assert client.session.session_key != key
    assert client.get("/desk/me/profile/").status_code == 200
    assert elsewhere.get("/desk/me/profile/").status_code == 302
    assert (f"user.{ana.pk}", "sessions.ended") in told


def test_s_40_a_role_given_or_a_door_closed_ends_sessions(client, ana):
    client.force_login(ana)
    services.give_role(ana, office=OfficeFactory(), role=RoleFactory(key="admin"), actor=None)
    assert client.get("/desk/me/profile/").status_code == 302


def test_s_40_signing_out_forgets_the_session_and_needs_a_post(client, ana):
    client.force_login(ana)
    key = client.session.session_key
    assert client.get("/accounts/logout/").status_code == 405
    assert client.post("/accounts/logout/").status_code == 302
    assert not Session.objects.filter(session_key=key).exists()


def test_a_weak_password_is_refused_with_the_reason(client, ana):
    client.force_login(ana)
    answer = client.post("/desk/me/security/", {"current": PASSWORD, "password": "corto"})
    assert answer.status_code == 422
    ana.refresh_from_db()
    assert ana.check_password(PASSWORD)


def test_s_57_asking_for_links_has_a_ceiling_with_a_time_to_wait(client):
    answers = [client.post(RESET, {"email": "ana@desk.example"}) for _ in range(4)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429]
    assert int(answers[-1]["Retry-After"]) > 0


def test_the_desk_speaks_the_users_language_whatever_the_browser_says(client, ana):
    client.force_login(ana)
    page = client.get("/desk/me/profile/", HTTP_ACCEPT_LANGUAGE="it")
    assert 'lang="en"' in page.content.decode()


def test_an_invitation_leads_to_a_password_and_to_the_desk(client, commits):
    office = OfficeFactory()
    client.force_login(user_in(office, "admin"))
    role = RoleFactory(key="agent")
    form = {"full_name": "Leo", "email": "Leo@desk.example", "language": "en", "office": office.pk, "role": role.pk}
    assert client.post("/desk/admin/people/new/", form).status_code == 302
    leo = services.User.objects.get(email="leo@desk.example")
    assert not leo.has_usable_password()
    tasks.mail_invitation(leo.pk)
    path = path_of(link_in(mail.outbox[0]))
    client.logout()
    assert client.post(path, {"password": "nueve perros duermen"})["Location"] == "/desk/"
    assert client.get("/desk/me/profile/").status_code == 200


def test_nobody_gives_a_role_that_may_do_more_than_their_own():
    office = OfficeFactory()
    lesser = RoleFactory(key="people", name={"en": "People"}, permissions=["team.manage", "ticket.view"])
    user = UserFactory()
    services.give_role(user, office=office, role=lesser, actor=None)
    with pytest.raises(NotAllowed):
        services.give_another_role(UserFactory(), office=office, role=RoleFactory(key="admin"), viewer=for_user(user))


def test_s_33_who_also_works_in_another_body_is_not_deactivated_from_here(client):
    ours, theirs = OfficeFactory(), OfficeFactory()
    client.force_login(user_in(ours, "admin"))
    both = user_in(ours)
    services.give_role(both, office=theirs, role=RoleFactory(key="agent"), actor=None)
    client.post(f"/desk/admin/people/{both.pk}/active/", {"active": "0"})
    both.refresh_from_db()
    assert both.is_active


def test_s_33_colleagues_of_another_body_do_not_exist_here(client):
    client.force_login(user_in(OfficeFactory(), "admin"))
    stranger = user_in(OfficeFactory())
    assert client.get(f"/desk/admin/people/{stranger.pk}/").status_code == 404
    assert stranger.full_name not in client.get("/desk/admin/people/").content.decode()


def test_s_44_the_first_administrator_comes_from_the_command_line_only(client, monkeypatch):
    import io

    from django.core.management import call_command

    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    call_command("create_admin", email="eva@olmo.example", name="Eva", office="Olmo", password_stdin=True)
    assert sign_in(client, "eva@olmo.example", PASSWORD).status_code == 302
    for path in ("/setup/", "/install/", "/wizard/", "/accounts/signup/", "/accounts/register/"):
        assert client.get(path).status_code == 404
