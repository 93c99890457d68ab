"""The program asked what it was never taught: the figures that were promised, on the town's own articles."""

import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from apps.bot import batch
from apps.bot.answering import talk
from apps.bot.answering.answerer import Answerer, parts_of
from apps.bot.answering.index import Index
from apps.bot.answering.pieces import Source, pieces_of
from apps.bot.answering.spelling import Speller, plain_words
from apps.bot.knowledge import built_in_weights
from apps.demo.answering import sources
from tests.bot.labelled import labelled


@pytest.fixture(scope="module")
def town():
    return Answerer(Index(sources()), built_in_weights())


@pytest.fixture(scope="module")
def outcomes(town):
    return [(question, town.answer(question.text, question.language)) for question in labelled()]


def share(hits):
    hits = list(hits)
    return sum(hits) / len(hits)


def test_the_labelled_set_is_as_large_as_it_was_promised():
    questions = labelled()
    assert sum(bool(q.key) for q in questions) >= 400
    assert sum(not q.key for q in questions) >= 100
    assert {q.language for q in questions} == {"es", "it", "en", "pt"}


def test_no_labelled_question_is_a_wording_the_articles_already_have():
    known = {text.casefold() for source in sources() for text in (*source.wordings, source.title)}
    same = [q.text for q in labelled() if q.text.casefold() in known]
    assert len(same) <= 4, same  # an article may learn one of them later


def test_the_right_article_is_first_and_among_three_as_often_as_promised(outcomes):
    inside = [(set(q.key.split(",")), [found.key for found in a.found]) for q, a in outcomes if q.key]
    assert share(found[:1] and found[0] in right for right, found in inside) >= 0.85
    assert share(bool(right & set(found[:3])) for right, found in inside) >= 0.95


def test_what_is_out_of_scope_is_refused_and_little_else(outcomes):
    assert share(a.is_refused for q, a in outcomes if not q.key) >= 0.90
    assert share(a.is_refused for q, a in outcomes if q.key) <= 0.05


def test_confidence_means_what_it_says(outcomes):
    """Among answers given with more confidence more are right; and the sure ones are right nearly always."""
    given = [(a.confidence, a.found[0].key in q.key.split(",")) for q, a in outcomes if not a.is_refused]
    sure = [right for confidence, right in given if confidence >= 0.8]
    unsure = [right for confidence, right in given if confidence < 0.5]
    assert share(sure) >= 0.9
    assert share(unsure) < share(sure)


def test_two_questions_in_one_are_both_answered(town):
    answer = town.answer("como renuevo un libro? y que dias pasa el camion de la basura?", "es")
    assert {"renovar", "residuos"} == {found.key for found in answer.found[:2]}
    assert len(answer.parts) == 2


def test_one_question_with_courtesy_around_it_is_one_question():
    assert len(parts_of("Hola, buenas tardes. ¿A qué hora abren los sábados? Muchas gracias")) == 1


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Hola!", "greeting"), ("holaaaa, buenas tardes", "greeting"), ("grazie mille", "thanks"),
        ("Thanks!", "thanks"),
        ("tchau", "bye"), ("are you a robot?", "who"), ("¿sos una persona?", "who"), ("hola, a qué hora abren", ""),
    ],
)  # fmt: skip
def test_small_talk_is_told_from_a_question(text, kind):
    assert talk.small_talk(text) == kind


@pytest.mark.parametrize(
    "text", ["quiero hablar con una persona", "let me talk to a human", "posso parlare con un operatore?", "atendente"]
)
def test_a_wish_for_a_person_is_understood(text):
    assert talk.wants_a_person(text)


def test_small_talk_is_refused_as_an_answer(town):
    answer = town.answer("hola", "es")
    assert answer.is_refused and answer.talk == "greeting" and not answer.found


def test_what_may_not_be_answered_with_is_not_found(town):
    answer = town.answer("como renuevo un libro", "es", allowed={"residuos", "luz"})
    assert {found.key for found in answer.found} <= {"residuos", "luz"}


def test_words_are_mended_by_ear_by_slip_and_by_accent():
    speller = Speller("es", ["Renovar el préstamo de un libro", "Hacer una consulta en la biblioteca"])
    assert speller.mend("prestamo") == ("préstamo", 0)
    assert speller.mend("renobar") == ("renovar", 1)
    assert speller.mend("bibloteca") == ("biblioteca", 1)
    assert speller.mend("pizza")[0] == "pizza"
    assert plain_words("es", "q tengo q hacer xa") == "que tengo que hacer xa"


def test_an_article_is_taken_apart_without_its_markup():
    source = Source(
        "a", "es", "a", "Título", "Resumen", "## Pasos\n\n- **Traiga** el [carnet](https://x.example)\n", ("otra",)
    )
    texts = {piece.kind: piece.text for piece in pieces_of(source)}
    assert texts == {
        "title": "Título",
        "wording": "otra",
        "summary": "Resumen",
        "heading": "Título: Pasos",
        "passage": "Traiga el carnet",
    }


@pytest.mark.django_db
def test_the_batch_command_answers_from_the_files_when_there_is_nothing_else(tmp_path, capsys):
    file = tmp_path / "questions.json"
    rows = [
        {"id": "a", "language": "es", "question": "como renuevo un libro"},
        {"id": "b", "language": "xx", "question": ""},
        {"id": 3, "question": "quien gano el mundial de futbol"},
    ]
    file.write_text(json.dumps(rows), encoding="utf-8")
    call_command("answer", "--batch", str(file))
    said = capsys.readouterr()
    lines = [json.loads(line) for line in said.out.splitlines()]
    assert "answering from the files" in said.err
    assert [line["id"] for line in lines] == ["a", "b", 3]
    assert lines[0]["articles"][0] == "como-renovar-un-libro" and not lines[0]["refused"]
    assert lines[1]["refused"] and lines[2]["refused"]
    assert all(set(line) == {"id", "articles", "confidence", "refused"} for line in lines)


@pytest.mark.parametrize("text", ["{", "{}", '[{"id": 1}]', "[1]", '[{"id": 1, "question": 5}]'])
def test_a_batch_that_cannot_be_read_says_why(text):
    with pytest.raises(batch.Unreadable):
        batch.questions_in(text)


@pytest.mark.django_db
def test_a_missing_batch_file_is_an_error_without_a_trace(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("answer", "--batch", str(tmp_path / "none.json"))
