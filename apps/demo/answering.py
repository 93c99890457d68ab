"""The town's articles as the program at the window reads them, straight from the files: no database is asked."""

from django.utils.text import slugify

from apps.bot.answering.pieces import Source
from apps.demo.library import FOLDER, LANGUAGES, SOURCE
from apps.kb import front_matter


def sources() -> list[Source]:
    """What is public, in every language it stands in; `key` is the name of the file."""
    found = []
    for path in sorted((FOLDER / SOURCE).glob("*.md")):
        head, _text = front_matter.split(path.read_text(encoding="utf-8"))
        if front_matter.said(head, "audience") == "staff":
            continue
        for language in LANGUAGES:
            file = FOLDER / language / path.name
            if file.exists():
                head, text = front_matter.split(file.read_text(encoding="utf-8"))
                title = front_matter.said(head, "title")
                found.append(
                    Source(
                        key=path.stem,
                        language=language,
                        slug=slugify(title)[:80].strip("-"),
                        title=title,
                        summary=front_matter.said(head, "summary"),
                        text=text,
                        wordings=tuple(front_matter.listed(head, "asked")),
                    )
                )
    return found
