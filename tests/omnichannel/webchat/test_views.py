"""The bubble's script, the window, the page without script, and the plain requests that stand in for the socket."""

import gzip
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.omnichannel.webchat import tokens
from apps.omnichannel.webchat.models import Visitor
from apps.tickets import services as tickets
from apps.tickets.models import Attachment, Message, Ticket
from tests.factories.accounts import user_in
from tests.omnichannel.webchat.conftest import new_chat

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor():
    return Client(enforce_csrf_checks=True, headers={"accept-language": "en"})


@pytest.fixture
def chat(office_chat):
    return office_chat


def open_window(visitor, chat, **query):
    return visitor.get(f"/widget/{chat.key}/", query)


def form_token(response):
    return re.search(r'name="form_token" value="([a-z0-9]+)"', response.content.decode())[1]


def post(visitor, chat, proof, /, **words):
    words = {"id": "message-0001", "text": "Hello", **words}
    return visitor.post(
        f"/widget/{chat.key}/messages/",
        json.dumps(words),
        content_type="application/json",
        headers={"x-acudo-form": proof},
    )


def talk(visitor, chat, text="Hello", **words):
    return post(visitor, chat, form_token(open_window(visitor, chat)), text=text, **words)


def test_the_loader_is_small_public_and_names_no_secret(client, chat):
    response = client.get(f"/widget/{chat.key}.js", headers={"accept-encoding": ""})

    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "max-age=300" in response["Cache-Control"]
    assert not response.cookies
    assert len(gzip.compress(response.content, 9)) <= 4096
    assert '"es"' in response.content.decode() and '"en"' in response.content.decode()


def test_the_loader_is_not_sent_twice(client, chat):
    first = client.get(f"/widget/{chat.key}.js")

    assert client.get(f"/widget/{chat.key}.js", headers={"if-none-match": first["ETag"]}).status_code == 304


@pytest.mark.parametrize("path", ["/widget/{}.js", "/widget/{}/", "/widget/{}/theme.css", "/widget/{}/messages/"])
def test_an_unknown_and_a_closed_channel_are_the_same_nothing(client, chat, path):
    chat.is_active = False
    chat.save()

    assert client.get(path.format(chat.key)).status_code == 404
    assert client.get(path.format("c_" + "0" * 24)).status_code == 404


def test_s_51_only_the_channels_own_sites_may_frame_the_window(client, chat):
    response = open_window(client, chat)
    policy = response["Content-Security-Policy"]

    assert policy.endswith("frame-ancestors 'self' https://www.olmo.example")
    assert "unsafe" not in policy
    assert "X-Frame-Options" not in response
    assert "no-store" in response["Cache-Control"]


def test_s_51_the_window_talks_only_to_a_site_of_the_list(client, chat):
    ours = open_window(client, chat, origin="https://www.olmo.example").content.decode()
    foreign = open_window(client, chat, origin="https://evil.example").content.decode()

    assert 'data-host="https://www.olmo.example"' in ours
    assert 'data-host=""' in foreign
    assert "evil.example" not in foreign


def test_s_51_there_is_nothing_inline(client, chat):
    html = open_window(client, chat).content.decode()

    assert not re.search(r"<script(?![^>]*\ssrc=)|\sstyle=|\son\w+=", html)


def test_to_look_leaves_no_row_and_costs_four_queries(client, chat, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        open_window(client, chat)

    assert Visitor.objects.count() == 0


def test_a_conversation_is_drawn_in_a_constant_number_of_queries(visitor, chat, django_assert_max_num_queries):
    proof = form_token(open_window(visitor, chat))
    for number in range(12):
        assert post(visitor, chat, proof, id=f"message-{number:04}").status_code == 200

    with django_assert_max_num_queries(9):
        html = open_window(visitor, chat).content.decode()
    assert html.count('class="message mine"') == 12 + 1  # and the pattern


def test_the_cookie_is_out_of_reach_of_scripts_and_partitioned_over_https(client, chat, settings):
    plain = open_window(client, chat).cookies[tokens.cookie_name(chat.key)]
    settings.IS_HTTPS = True
    secure = client.get(f"/widget/{chat.key}/").cookies[tokens.cookie_name(chat.key)]

    assert plain["httponly"] and plain["samesite"] == "Lax"
    assert secure.key.startswith("__Host-")
    assert all(
        part in secure.OutputString() for part in ("HttpOnly", "Secure", "SameSite=None", "Partitioned", "Path=/")
    )


def test_the_window_speaks_the_asked_language_and_else_the_channels_own(client, chat):
    assert '<html lang="en">' in open_window(client, chat, lang="en").content.decode()
    assert '<html lang="es">' in open_window(client, chat, lang="xx").content.decode()


@pytest.mark.parametrize("colour", ["#0066cc", "", "#zzz; } body { display: none"])
def test_the_theme_carries_the_offices_hue_and_nothing_else(client, chat, colour):
    chat.office.accent = colour[:7]
    chat.office.save()
    sheet = client.get(f"/widget/{chat.key}/theme.css", headers={"accept-encoding": ""})

    assert sheet["Content-Type"] == "text/css; charset=utf-8"
    assert "--accent: #" in sheet.content.decode()
    assert "display" not in sheet.content.decode()


def test_r_20_without_a_socket_a_message_goes_by_plain_request_and_answers_are_polled(visitor, chat):
    accepted = talk(visitor, chat).json()
    ticket = Ticket.objects.get()
    tickets.reply(ticket, author=user_in(chat.office, full_name="Ana"), text="Good morning")
    address = f"/widget/{chat.key}/messages/"
    heard = visitor.get(address, {"conversation": accepted["conversation"], "after": 1, "read": 1}).json()
    nothing = visitor.get(
        address, {"conversation": accepted["conversation"], "after": heard["messages"][-1]["sequence"]}
    )

    assert accepted["t"] == "accepted"
    assert [m["sequence"] for m in heard["messages"]] == list(range(2, 2 + len(heard["messages"])))
    assert heard["messages"][-1]["text"] == "Good morning"
    assert nothing.json()["messages"] == []
    assert ticket.threads.get().read_sequence == 1


def test_r_20_the_same_message_by_plain_request_twice_is_one(visitor, chat):
    proof = form_token(open_window(visitor, chat))
    first, again = post(visitor, chat, proof), post(visitor, chat, proof)

    assert first.json() == again.json()
    assert Message.objects.from_person().count() == 1


def test_r_20_a_browser_that_keeps_no_cookies_is_given_its_token(client, chat):
    token = client.get(f"/widget/{chat.key}/messages/").json()["token"]
    said = Client(enforce_csrf_checks=True).post(
        f"/widget/{chat.key}/messages/",
        json.dumps({"id": "message-0001", "text": "Hello"}),
        content_type="application/json",
        headers={"x-acudo-visitor": token},
    )

    assert said.json()["t"] == "accepted"


def test_s_46_another_site_cannot_write_in_the_visitors_name(visitor, chat):
    proof = form_token(open_window(visitor, chat))
    address, words = f"/widget/{chat.key}/messages/", {"id": "message-0001", "text": "Hello", "form_token": proof}
    attempts = [
        visitor.post(address, words, headers={"origin": "https://evil.example"}),
        visitor.post(address, words, headers={"origin": "null"}),
        visitor.post(address, words, headers={"sec-fetch-site": "cross-site"}),
        visitor.post(address, words, headers={"sec-fetch-site": "same-site"}),
        visitor.post(address, {**words, "form_token": ""}),
        visitor.post(address, {**words, "form_token": form_token(open_window(Client(), chat))}),
        Client().post(address, words),
    ]

    assert [answer.status_code for answer in attempts] == [422] * 7
    assert Message.objects.count() == 0


def test_s_46_the_page_is_guarded_the_same_way(visitor, chat):
    proof = form_token(visitor.get("/en/chat/"))
    words = {"text": "Hello", "form_token": proof}

    assert visitor.post("/en/chat/", words, headers={"origin": "https://evil.example"}).status_code == 422
    assert visitor.post("/en/chat/", {**words, "form_token": "x"}).status_code == 422
    assert Message.objects.count() == 0
    assert visitor.post("/en/chat/", words, headers={"origin": "http://testserver"}).status_code == 302


def test_the_page_reads_and_writes_without_script(visitor, chat):
    first = visitor.get("/en/chat/")
    sent = visitor.post(
        "/en/chat/",
        {"text": "Can I <b>renew</b>?", "form_token": form_token(first), "id": "message-0001", "name": "Eva"},
        follow=True,
    )
    html = sent.content.decode()

    assert '<html lang="en">' in html
    assert "Can I &lt;b&gt;renew&lt;/b&gt;?" in html
    assert Ticket.objects.get().requester.full_name == "Eva"


def test_sending_the_same_form_twice_is_one_message(visitor, chat):
    words = {"text": "Hello", "form_token": form_token(visitor.get("/en/chat/")), "id": "message-0001"}
    visitor.post("/en/chat/", words)
    visitor.post("/en/chat/", words)

    assert Message.objects.from_person().count() == 1


def test_what_cannot_be_sent_stays_in_the_form_with_the_reason(visitor, chat):
    words = {"text": "My question", "email": "not an address", "form_token": form_token(visitor.get("/en/chat/"))}
    answer = visitor.post("/en/chat/", words)

    assert answer.status_code == 422
    assert "My question" in answer.content.decode()
    assert 'role="alert"' in answer.content.decode()


def test_a_robot_that_fills_in_everything_is_refused(visitor, chat):
    assert talk(visitor, chat, website="http://spam.example").status_code == 422
    assert Message.objects.count() == 0


def test_without_a_chat_there_is_no_page(client, db):
    assert client.get("/en/chat/").status_code == 404


def send_file(visitor, chat, *files, proof=None):
    proof = proof or form_token(open_window(visitor, chat))
    return visitor.post(
        f"/widget/{chat.key}/messages/", {"id": "message-0001", "text": "", "files": files, "form_token": proof}
    )


def test_s_18_a_file_travels_under_a_cleaned_name_and_a_random_key(visitor, chat):
    said = send_file(visitor, chat, SimpleUploadedFile("../../etc/\u202egnp.exe", b"x" * 2048, "image/png")).json()
    row = Attachment.objects.get()

    assert "/" not in said["messages"][0]["files"][0]["name"]
    assert "\u202e" not in row.name
    assert "etc" not in row.file.name


def test_s_19_a_file_is_handed_to_its_own_browser_only_and_never_runs(visitor, chat):
    said = send_file(visitor, chat, SimpleUploadedFile("a.html", b"<script>alert(1)</script>", "text/html")).json()
    address = said["messages"][0]["files"][0]["url"]
    mine, others, elsewhere = visitor.get(address), Client().get(address), new_chat()

    assert mine.status_code == 200
    assert mine["Content-Disposition"].startswith("attachment")
    assert mine["X-Content-Type-Options"] == "nosniff"
    assert mine["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert others.status_code == 404
    assert visitor.get(address.replace(chat.key, elsewhere.key)).status_code == 404


def test_s_22_a_chat_takes_files_only_up_to_its_share(visitor, chat, monkeypatch):
    monkeypatch.setattr("apps.omnichannel.webchat.services.BYTES_A_CHAT", 1000)
    refused = send_file(visitor, chat, SimpleUploadedFile("a.txt", b"x" * 1001))

    assert refused.status_code == 422
    assert refused.json()["code"] == "no_room"


def test_s_22_an_address_uploads_only_so_much_an_hour(visitor, chat, monkeypatch):
    monkeypatch.setattr("apps.omnichannel.webchat.services.FILES_AN_HOUR", 1)
    refused = send_file(visitor, chat, SimpleUploadedFile("a", b"x"), SimpleUploadedFile("b", b"x"))

    assert refused.status_code == 429
    assert refused.json()["retry_after"] > 0


def test_s_57_an_address_begins_only_so_many_chats_an_hour(chat, settings):
    settings.ACUDO_CHATS_AN_HOUR = 2
    answers = [talk(Client(), chat).status_code for _ in range(3)]

    assert answers == [200, 200, 429]


def test_s_57_a_browser_writes_only_so_often_without_a_socket(visitor, chat, monkeypatch):
    monkeypatch.setattr("apps.omnichannel.webchat.views.POSTS_A_MINUTE", 2)
    proof = form_token(open_window(visitor, chat))
    answers = [post(visitor, chat, proof, id=f"message-{number:04}").status_code for number in range(3)]

    assert answers == [200, 200, 429]


@pytest.mark.parametrize("body", ["", "{", "[]", "null", "[" * 10_000, '{"text": 5, "id": [1]}', '{"id": "a b"}'])
def test_s_58_nonsense_is_refused_calmly(visitor, chat, body):
    proof = form_token(open_window(visitor, chat))
    answer = visitor.post(
        f"/widget/{chat.key}/messages/", body, content_type="application/json", headers={"x-acudo-form": proof}
    )

    assert answer.status_code == 422
    assert answer.json()["code"] in ("unreadable", "empty")


def test_s_58_a_message_of_ten_megabytes_is_refused_clearly_and_nobody_else_notices(visitor, chat):
    talk(visitor, chat, "Before")
    proof = form_token(open_window(visitor, chat))
    refused = post(visitor, chat, proof, text="x" * 10_000_000, id="message-0002")
    other = Client(headers={"accept-language": "en"})

    assert 400 <= refused.status_code < 500
    assert talk(other, chat, "Meanwhile").status_code == 200
    assert talk(visitor, chat, "After", id="message-0003").status_code == 200
    assert list(Message.objects.order_by("pk").values_list("text", flat=True)) == ["Before", "Meanwhile", "After"]


def test_s_22_a_thousand_files_are_refused_and_the_words_after_them_are_taken(visitor, chat):
    files = [SimpleUploadedFile(f"{n}.txt", b"x", "text/plain") for n in range(1000)]
    at_once = send_file(visitor, chat, *files)
    assert 400 <= at_once.status_code < 500 and not Attachment.objects.exists()
    proof, codes = form_token(open_window(visitor, chat)), []
    for n in range(100):
        one = SimpleUploadedFile("a.txt", b"x", "text/plain")
        told = {"id": f"file-{n:06d}", "text": "", "files": [one], "form_token": proof}
        codes.append(visitor.post(f"/widget/{chat.key}/messages/", told).status_code)

    assert set(codes) == {200, 429} and 0 < Attachment.objects.count() <= 60
    assert Message.objects.filter(direction="in").count() == codes.count(200)
