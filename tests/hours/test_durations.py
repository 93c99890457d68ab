import pytest
from django.utils import translation

from apps.hours.durations import NotADuration, in_words, parse

DAY = 9 * 3600


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("4h", 4 * 3600),
        ("4 H", 4 * 3600),
        ("90 min", 90 * 60),
        ("90", 90 * 60),
        ("1 day", DAY),
        ("2 días", 2 * DAY),
        ("2 dias", 2 * DAY),
        ("3 giorni", 3 * DAY),
        ("1 h 30 min", 5400),
        ("1h30m", 5400),
        ("1 hora y 30 minutos", 5400),
        ("1:30", 5400),
        ("1,5 h", 5400),
        ("0.5 d", DAY // 2),
        ("40 s", 40),
        ("2 ore e 5 minuti", 7500),
    ],
)
def test_it_reads_what_people_type(text, seconds):
    assert parse(text, day_seconds=DAY) == seconds


@pytest.mark.parametrize(
    "text", ["", "soon", "4 moons", "h", "0", "0 min", "-4 h", "1:75", "4h!", "9999999 days", "1e9 h"]
)
def test_it_says_when_it_cannot(text):
    with pytest.raises(NotADuration):
        parse(text, day_seconds=DAY)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(DAY, "1 day"), (2 * DAY, "2 days"), (5400, "1 h 30 min"), (45, "45 s"), (10 * 3600, "10 h"), (60, "1 min")],
)
def test_it_says_lengths_in_words_and_reads_them_back(seconds, words):
    with translation.override("en"):
        assert in_words(seconds, day_seconds=DAY) == words
    assert parse(words, day_seconds=DAY) == seconds


@pytest.mark.parametrize("language", ["es", "en", "it", "pt"])
@pytest.mark.parametrize("seconds", [60, 5400, 45, DAY, 3 * DAY])
def test_what_it_says_in_any_language_it_reads_too(language, seconds):
    with translation.override(language):
        assert parse(in_words(seconds, day_seconds=DAY), day_seconds=DAY) == seconds
