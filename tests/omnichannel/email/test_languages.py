import pytest

from apps.omnichannel.email import languages


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Buenos días, quisiera renovar el préstamo de un libro que tengo en casa.", "es"),
        ("Buongiorno, vorrei rinnovare il prestito di un libro che ho a casa. Grazie", "it"),
        ("Hello, I would like to renew the loan of a book that I have at home.", "en"),
        ("Bom dia, gostaria de renovar o empréstimo de um livro que tenho em casa. Obrigada", "pt"),
        ("ok", ""),
        ("", ""),
        ("¿?", ""),
    ],
)
def test_the_language_is_told_by_its_small_words(text, language):
    assert languages.guess(text) == language
