"""Questions with the article that answers them: written from titles alone, never used in training."""

from pathlib import Path

from apps.bot.answering.training import Labelled

FILE = Path(__file__).parent / "questions.txt"


def labelled() -> list[Labelled]:
    """`key` may name several articles, joined by commas; '' for a question that must be refused."""
    found = []
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            language, keys, text = (part.strip() for part in line.split(" | ", 2))
            found.append(Labelled(text, language, "" if keys == "-" else keys))
    return found
