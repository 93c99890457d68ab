"""How it was: one question first, then three, no login, no name."""

import re
from datetime import timedelta

import pytest

from apps.accounts.viewers import for_user
from apps.activity.models import Activity
from apps.core.errors import Conflict
from apps.surveys.models import Survey
from apps.surveys.services import answer, ask, may_be_answered
from tests.factories.accounts import OfficeFactory, user_in
from tests.factories.tickets import TicketFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey(db):
    ticket = TicketFactory()
    ticket.office.languages = ["es", "en"]
    ticket.office.save()
    return ask(ticket, via="email")


def url(survey, code="en"):
    return f"/{code}/survey/{survey.public_id}/"


def test_003_16_anybody_with_the_link_answers_without_a_login_and_nobody_is_named(client, survey):
    assert client.get(url(survey)).status_code == 200
    response = client.post(url(survey), {"helped": "yes", "comfort": "4", "comment": "  Very kind  "}, follow=True)
    survey.refresh_from_db()

    assert "Thank you" in response.content.decode()
    assert (survey.helped, survey.comfort, survey.courtesy, survey.comment) == ("yes", 4, None, "Very kind")
    trace = Activity.objects.get(verb="survey_answered")
    assert trace.actor_kind == "system" and "comment" not in trace.data


def test_a_link_in_a_letter_selects_and_only_sending_keeps(client, survey):
    html = client.get(url(survey) + "?helped=partly").content.decode()

    assert re.search(r'value="partly"[^>]*checked', html)
    assert not Survey.objects.answered().exists()


def test_the_first_question_must_be_answered_and_the_rest_stays(client, survey):
    response = client.post(url(survey), {"comment": "Words"})

    assert response.status_code == 422
    assert "Words" in response.content.decode()


def test_an_answer_may_be_completed_for_an_hour_and_counts_once(survey, clock_at):
    moment = clock_at("2026-03-02 10:00")
    Survey.objects.update(asked_at="2026-03-01T10:00Z")
    answer(survey, helped="yes")
    moment.shift(timedelta(minutes=5))
    answer(survey, courtesy=5)
    assert Activity.objects.filter(verb="survey_answered").count() == 1
    moment.shift(timedelta(hours=2))

    with pytest.raises(Conflict):
        answer(survey, helped="no")


def test_what_is_over_says_so_kindly(client, survey):
    Survey.objects.update(asked_at="2020-01-01T10:00Z")
    response = client.get(url(survey, "es"))

    assert response.status_code == 410
    assert "<h1>" in response.content.decode()


def test_a_matter_is_asked_about_once_a_way(survey):
    assert ask(survey.ticket, via="email") == survey
    assert may_be_answered(survey.ticket_id, via="email") and may_be_answered(survey.ticket_id, via="webchat")
    answer(survey, helped="no")
    assert not may_be_answered(survey.ticket_id, via="email")


def test_s_33_another_body_sees_nothing_of_it(survey):
    answer(survey, helped="yes")

    assert Survey.objects.visible_to(for_user(user_in(survey.ticket.office))).count() == 1
    assert Survey.objects.visible_to(for_user(user_in(OfficeFactory()))).count() == 0


def test_it_is_shown_beside_the_ticket(client, survey):
    answer(survey, helped="partly", consistency=2, comment="<b>slow</b>")
    agent = user_in(survey.ticket.office)
    client.force_login(agent, backend="django.contrib.auth.backends.ModelBackend")
    html = client.get(f"/desk/t/{survey.ticket.public_id}/details/").content.decode()

    assert "&lt;b&gt;slow&lt;/b&gt;" in html


@pytest.mark.parametrize("helped", ["maybe", "<script>", "yes" * 100])
def test_s_57_nonsense_is_refused(client, survey, helped):
    assert client.post(url(survey), {"helped": helped}).status_code == 422
