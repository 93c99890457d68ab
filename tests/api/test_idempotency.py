"""The same request twice is one act: whoever did not hear the answer may ask again."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.api import idempotency, tasks
from apps.api.models import RememberedAnswer
from apps.core import clock
from apps.tickets.models import Message, Ticket
from tests.factories.tickets import TicketFactory

NEW = {"office": "olmo", "subject": "A book", "text": "Do you have it?", "email": "rosa@example.org"}


@pytest.fixture
def ticket(office):
    return TicketFactory(office=office)


def test_the_same_key_and_request_is_one_act_and_the_first_answer_again(agent):
    first, again = (agent.ask("post", "tickets/", NEW, HTTP_IDEMPOTENCY_KEY="k-1") for _ in range(2))
    assert (first.status_code, again.status_code, first.content) == (201, 201, again.content)
    assert "Idempotency-Replayed" not in first and again["Idempotency-Replayed"] == "true"
    assert Ticket.objects.count() == 1
    agent.ask("post", "tickets/", NEW, HTTP_IDEMPOTENCY_KEY="k-2")
    agent.ask("post", "tickets/", NEW)
    assert Ticket.objects.count() == 3


def test_the_key_with_another_request_is_refused(agent):
    agent.ask("post", "tickets/", NEW, HTTP_IDEMPOTENCY_KEY="k")
    other = agent.ask("post", "tickets/", {**NEW, "text": "Another"}, HTTP_IDEMPOTENCY_KEY="k")
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert Ticket.objects.count() == 1


def test_keys_belong_to_their_token(agent, office, key_for):
    colleague = key_for(office)
    for key in (agent, colleague):
        assert key.ask("post", "tickets/", NEW, HTTP_IDEMPOTENCY_KEY="k").status_code == 201
    assert Ticket.objects.count() == 2


def test_a_refusal_is_not_remembered(agent, ticket):
    path = f"tickets/{ticket.public_id}/replies/"
    assert agent.ask("post", path, {"text": " "}, HTTP_IDEMPOTENCY_KEY="k").status_code == 422
    assert RememberedAnswer.objects.count() == 0
    assert agent.ask("post", path, {"text": "At nine."}, HTTP_IDEMPOTENCY_KEY="k").status_code == 201


def test_rights_are_asked_before_anything_is_answered_again(agent, ticket):
    path = f"tickets/{ticket.public_id}/notes/"
    assert agent.ask("post", path, {"text": "x"}, HTTP_IDEMPOTENCY_KEY="k").status_code == 201
    agent.user.memberships.all().delete()
    assert agent.ask("post", path, {"text": "x"}, HTTP_IDEMPOTENCY_KEY="k").status_code == 404


def test_of_two_at_once_the_second_gets_the_answer_of_the_first(agent, ticket, monkeypatch):
    """The second looked before the first had committed: it finds nothing, and then the key is taken."""
    path = f"tickets/{ticket.public_id}/notes/"
    first = agent.ask("post", path, {"text": "once"}, HTTP_IDEMPOTENCY_KEY="k")
    real, looks = idempotency._again, []
    monkeypatch.setattr(idempotency, "_again", lambda *a: looks.append(a) or (real(*a) if len(looks) > 1 else None))
    second = agent.ask("post", path, {"text": "once"}, HTTP_IDEMPOTENCY_KEY="k")
    assert (second.status_code, second.content, len(looks)) == (201, first.content, 2)
    assert Message.objects.filter(text="once").count() == 1


def test_after_a_day_the_key_is_free_and_the_row_swept(agent):
    agent.ask("post", "tickets/", NEW, HTTP_IDEMPOTENCY_KEY="k")
    RememberedAnswer.objects.update(created_at=clock.now() - timedelta(hours=24))
    agent.ask("post", "tickets/", NEW, HTTP_IDEMPOTENCY_KEY="k")
    assert Ticket.objects.count() == 2
    RememberedAnswer.objects.update(created_at=clock.now() - timedelta(hours=25))
    tasks.forget_old_answers(), tasks.forget_old_answers()
    assert RememberedAnswer.objects.count() == 0


@pytest.mark.parametrize("key", ["", "two words", "x" * 101, "ñ"])
def test_a_key_that_is_none_is_a_mistake_of_the_request(agent, key):
    answer = agent.ask("post", "tickets/", NEW, HTTP_IDEMPOTENCY_KEY=key)
    assert (answer.status_code, list(answer.json()["detail"])) == (400, ["Idempotency-Key"])


def test_what_was_sent_is_not_kept(office, key_for):
    admin = key_for(office, "admin")
    data = {
        "kind": "email", "name": "Desk", "office": "olmo", "address": "a@olmo.example",
        "secrets": {"smtp_password": "canary"},
    }  # fmt: skip
    assert admin.ask("post", "channels/", data, HTTP_IDEMPOTENCY_KEY="k").status_code == 201
    assert "canary" not in str(list(RememberedAnswer.objects.values()))


def test_files_come_with_an_answer_and_count_for_the_key(agent, ticket):
    path = f"/api/v1/tickets/{ticket.public_id}/replies/"

    def send(content):
        data = {"text": "Here.", "files": [SimpleUploadedFile("../a.txt", content, "text/plain")]}
        headers = {"HTTP_AUTHORIZATION": f"Bearer {agent.text}", "HTTP_IDEMPOTENCY_KEY": "k"}
        return agent.post(path, data, **headers)

    answers = [send(b"one"), send(b"one"), send(b"two")]
    assert [answer.status_code for answer in answers] == [201, 201, 422]
    assert [(row["name"], row["size"]) for row in answers[0].json()["attachments"]] == [("a.txt", 3)]
    assert Message.objects.filter(text="Here.").count() == 1


def test_s_22_files_keep_the_limits_of_the_screens(agent, ticket, settings):
    settings.ACUDO_MAX_ATTACHMENT_BYTES = 2
    data = {"files": [SimpleUploadedFile("a.txt", b"one", "text/plain")]}
    path = f"/api/v1/tickets/{ticket.public_id}/notes/"
    answer = agent.post(path, data, HTTP_AUTHORIZATION=f"Bearer {agent.text}")
    assert (answer.status_code, answer.json()["code"]) == (422, "file_too_big")
