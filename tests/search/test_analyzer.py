import pytest

from apps.search.analyzer import analyze, fold, query_terms, words
from tests.patience import is_soon


def meets(language: str, text: str, query: str, languages: tuple[str, ...] = ("es", "en")) -> bool:
    terms = set(analyze(language, text))
    return all(terms & set(group) for group in query_terms(languages, query))


@pytest.mark.parametrize(
    ("language", "text", "query"),
    [
        ("es", "facturación", "factura"),
        ("es", "Renovaciones de PRÉSTAMOS", "renovar prestamo"),
        ("es", "el niño pequeño", "nino"),
        ("en", "renewing books", "renewed book"),
        ("it", "l'abbonamento dell'utente", "abbonamenti"),
        ("pt", "renovações de empréstimos", "renovação empréstimo"),
        ("es", "escriba a ana@olmo.example por favor", "ana@olmo.example"),
        ("es", "escriba a ana@olmo.example por favor", "olmo"),
        ("es", "su caso 2026-004821 sigue", "2026-004821"),
        ("es", "su caso 2026-004821 sigue", "004821"),
        ("es", "código REF000777", "ref000777"),
        ("es", "encuentro socio-cultural", "cultural"),
        ("es", "¿Cómo renuevo un libro?", "como un libro"),
    ],
)
def test_words_find_their_kin(language, text, query):
    assert meets(language, text, query, ("es", "en", "it", "pt"))


def test_a_word_in_a_language_nobody_asked_in_is_found_as_it_is_spelt():
    assert meets("it", "l'abbonamento scaduto", "abbonamento", ("es", "en"))


def test_an_address_is_not_found_by_another_at_the_same_house():
    assert not meets("es", "ana@olmo.example", "luis@olmo.example")


def test_empty_words_are_not_kept_nor_asked_for():
    assert analyze("es", "de la") == []
    assert [group[0] for group in query_terms(("es",), "la multa de la biblioteca")] == ["multa", "biblioteca"]


@pytest.mark.parametrize(
    "text", ['" OR 1=1 --', "a'b'c", "x:* & y | !z", "NEAR(a b)", "(a) {b}", "a\x00b", "½ ﷺ ™ ª", "\u0345"]
)
def test_s_32_terms_are_letters_and_digits_whatever_the_text_held(text):
    for term in [*analyze("es", text), *(t for group in query_terms(("es", "en"), text) for t in group)]:
        assert all(c == "_" or c.isalnum() for c in term)


def test_accents_and_case_fold():
    assert fold("Ñandú ÀÉÎ ẞ") == "nandu aei ss"
    assert words("¿Préstamo-libro?") == ["prestamo", "libro"]


@pytest.mark.parametrize(
    "text", ["a" * 100_000, "a." * 50_000, "@" * 100_000, "a@" * 50_000, "é" * 100_000, "a b " * 25_000]
)
def test_s_60_no_pattern_runs_away(text):
    assert is_soon(lambda: analyze("es", text), within=0.3)
    assert is_soon(lambda: query_terms(("es", "en", "it", "pt"), text), within=0.3)
