"""Ten misses become articles, wordings and answers; the next training shows it, and one can go back."""

from datetime import timedelta

import pytest
from django.test import Client

from apps.accounts.viewers import for_user
from apps.bot import clusters, figures, knowledge, services
from apps.bot.models import Conversation, Question, Training
from apps.bot.states import Outcome, Review, Stage
from apps.core import clock
from apps.core.errors import Conflict
from apps.kb import services as kb
from apps.tickets.models import Message
from tests.bot.conftest import Window
from tests.factories.accounts import user_in
from tests.factories.tickets import TicketFactory

pytestmark = pytest.mark.django_db

MISSED = [
    "mi perro se escapo de casa",
    "se escapo mi perro que hago",
    "se escapo ayer mi perro",
    "horoscopo de leo para hoy",
]


@pytest.fixture
def trainer(chat):
    return user_in(chat.office, "admin")


@pytest.fixture
def missed(bot, chat):
    for number, text in enumerate(MISSED):
        Window(chat, token=f"{number}" * 43).write(text)
    Question.objects.update(outcome=Outcome.MISSED)
    return list(Question.objects.order_by("pk"))


def trained(chat, trainer):
    row = services.start_training(chat.office, actor=trainer)
    services.run_training(row.pk)
    row.refresh_from_db()
    return row


def test_what_was_asked_alike_stands_together_most_asked_first(missed, chat):
    groups = clusters.clusters(missed, knowledge.answerer_for(chat.office_id))
    assert {question.text for question in groups[0].questions} == set(MISSED[:3])
    assert len(groups) == 2


def test_a_wording_settles_its_questions_and_the_next_asker_is_answered(missed, chat, shelf, trainer):
    services.teach_wording(missed[:3], article=shelf["luz"].article, actor=trainer)
    assert Question.objects.filter(review=Review.WORDING).count() == 3
    assert not Question.objects.to_review().filter(pk__in=[row.pk for row in missed[:3]]).exists()
    answer = knowledge.answerer_for(chat.office_id).answer("se me escapo el perro de casa", "es")
    assert answer.found[0].key == f"article:{shelf['luz'].article_id}" and not answer.is_refused


def test_a_draft_answers_only_when_it_is_published(missed, chat, trainer):
    draft = services.teach_article(missed[:3], office=chat.office, title="Animales perdidos", actor=trainer)
    key = f"article:{draft.article_id}"
    assert key not in knowledge.answerer_for(chat.office_id).index.keys
    kb.save_draft(draft.article, language="es", title="Animales perdidos", text="Avise por teléfono.", author=trainer)
    kb.publish(draft, actor=trainer)
    answer = knowledge.answerer_for(chat.office_id).answer("se escapo el perro", "es")
    assert answer.found[0].key == key and not answer.is_refused


def test_an_answer_of_its_own_is_given_in_the_chat(missed, chat, trainer):
    services.teach_answer(missed[:1], text="Llame al 2400 0150.", actor=trainer)
    assert "2400 0150" in Window(chat, token="z" * 43).write("mi perro se escapo de casa")


def test_a_training_is_judged_beside_the_one_that_answers_and_changes_nothing_until_published(
    missed, chat, shelf, trainer
):
    services.teach_wording(missed[:3], article=shelf["luz"].article, actor=trainer)
    services.ignore(missed[3:], actor=trainer)
    row = trained(chat, trainer)
    assert row.stage == Stage.READY and row.progress == 100
    assert {"new", "old", "past"} <= set(row.report)
    assert row.report["new"]["count"] > 0 and "es" in row.report["new"]["languages"]
    assert {"precision", "recall", "coverage"} <= set(row.report["new"]["languages"]["es"])
    assert not Training.objects.live().exists()
    services.publish_training(row, actor=trainer)
    assert Training.objects.live().get() == row


def test_going_back_takes_back_what_was_taught_since(missed, chat, shelf, trainer):
    first = trained(chat, trainer)
    services.publish_training(first, actor=trainer)
    services.teach_wording(missed[:3], article=shelf["luz"].article, actor=trainer)
    # With a training in force a new wording waits for the next one.
    assert len(_wordings(chat, shelf["luz"])) == 2
    second = trained(chat, trainer)
    services.publish_training(second, actor=trainer)
    assert len(_wordings(chat, shelf["luz"])) == 5
    first.refresh_from_db()
    services.publish_training(first, actor=trainer)
    assert len(_wordings(chat, shelf["luz"])) == 2
    assert Training.objects.get(pk=second.pk).stage == Stage.RETIRED


def test_one_training_at_a_time_and_running_it_twice_is_once(bot, chat, trainer):
    row = services.start_training(chat.office, actor=trainer)
    with pytest.raises(Conflict):
        services.start_training(chat.office, actor=trainer)
    assert services.run_training(row.pk) is not None
    assert services.run_training(row.pk) is None
    with pytest.raises(Conflict):
        services.publish_training(Training.objects.create(body=chat.office, number=9), actor=trainer)


def test_a_training_that_breaks_says_so_and_the_next_may_begin(bot, chat, trainer, monkeypatch):
    row = services.start_training(chat.office, actor=trainer)
    monkeypatch.setattr("apps.bot.knowledge.sources_of", lambda *args, **more: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        services.run_training(row.pk)
    row.refresh_from_db()
    assert row.stage == Stage.FAILED and row.error == "ZeroDivisionError"
    services.start_training(chat.office, actor=trainer)


def test_the_page_lists_groups_and_takes_a_decision(missed, chat, trainer, shelf):
    client = Client()
    client.force_login(trainer, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/desk/bot/training/").content.decode()
    assert MISSED[3] in page
    pks = ",".join(str(row.pk) for row in missed[:3])
    told = {"questions": pks, "do": "wording", "article": shelf["luz"].article_id}
    assert client.post("/desk/bot/training/decide/", told).status_code == 302
    assert Question.objects.filter(review=Review.WORDING).count() == 3
    assert client.post("/desk/bot/training/decide/", told).status_code == 404
    assert client.post("/desk/bot/training/train/").status_code == 302
    row = Training.objects.get()
    services.run_training(row.pk)
    assert "100" in client.get(f"/desk/bot/training/{row.pk}/").content.decode()
    assert client.post(f"/desk/bot/training/{row.pk}/publish/").status_code == 302
    assert Training.objects.live().exists()


def test_deflection_counts_nobody_who_came_back_by_any_door_within_seven_days(bot, chat, trainer):
    for number in range(3):
        Window(chat, token=f"{number}" * 43).write("quiero extender el prestamo de un libro")
    long_ago = clock.now() - timedelta(days=10)
    Conversation.objects.update(created_at=long_ago)
    back = Conversation.objects.order_by("pk").first()
    TicketFactory(office=chat.office, requester=back.ticket.requester, via="email")
    type(back.ticket).objects.filter(via="email").update(opened_at=long_ago + timedelta(days=6))
    Message.objects.update(written_at=long_ago)
    found = figures.figures(_viewer(trainer), since=clock.now() - timedelta(days=30))
    assert (found.settled, found.came_back, found.deflected) == (3, 1, 2)
    type(back.ticket).objects.filter(via="email").update(opened_at=long_ago + timedelta(days=8))
    assert figures.figures(_viewer(trainer), since=clock.now() - timedelta(days=30)).came_back == 0


def test_a_conversation_younger_than_seven_days_is_not_counted_as_settled(bot, window, trainer):
    window.write("quiero extender el prestamo de un libro")
    found = figures.figures(_viewer(trainer), since=clock.now() - timedelta(days=30))
    assert (found.conversations, found.answered, found.contained, found.settled) == (1, 1, 1, 0)
    assert found.deflection is None


def _wordings(chat, translation):
    index = knowledge.answerer_for(chat.office_id).index
    return next(s.wordings for s in index.sources if s.key == f"article:{translation.article_id}")


def _viewer(user):
    return for_user(user)
