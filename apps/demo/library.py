"""What the town has written down for its people and for those who work here: `articles/<language>/<key>.md`.

The Spanish file of a key says where the article stands; those of other languages are its translations.
"""

from functools import partial
from pathlib import Path

from apps.demo.world import World
from apps.kb import front_matter
from apps.kb import services as kb
from apps.kb.models import Category, Translation

FOLDER = Path(__file__).parent / "articles"
SOURCE = "es"
LANGUAGES = (SOURCE, "en", "it", "pt")

CATEGORIES = {
    "biblioteca": {"es": "Biblioteca", "en": "Library", "it": "Biblioteca", "pt": "Biblioteca"},
    "digital": {
        "es": "Internet, equipos y lectura digital",
        "en": "Internet, computers and digital reading",
        "it": "Internet, computer e lettura digitale",
        "pt": "Internet, computadores e leitura digital",
    },
    "tramites": {"es": "Trámites", "en": "Paperwork", "it": "Pratiche", "pt": "Serviços"},
    "tributos": {
        "es": "Tasas y pagos",
        "en": "Taxes and payments",
        "it": "Tasse e pagamenti",
        "pt": "Taxas e pagamentos",
    },
    "familia": {"es": "Familia y ayudas", "en": "Family and help", "it": "Famiglia e aiuti", "pt": "Família e ajudas"},
    "barrio": {"es": "En su barrio", "en": "In your street", "it": "Nel suo quartiere", "pt": "No seu bairro"},
    "derechos": {
        "es": "Sus derechos y su voz",
        "en": "Your rights and your voice",
        "it": "I suoi diritti e la sua voce",
        "pt": "Seus direitos e sua voz",
    },
    "interno": {
        "es": "Solo para el equipo",
        "en": "For the team only",
        "it": "Solo per lo staff",
        "pt": "Só para a equipe",
    },
}


def write(world: World) -> None:
    """Articles that are not there yet, published in the editor's name, all in one go."""
    body = world.offices["olmo"]
    categories = {}
    for position, (key, names) in enumerate(CATEGORIES.items()):
        defaults = {"names": names, "position": position}
        categories[key], _made = Category.objects.get_or_create(body=body, slug=key, defaults=defaults)
    there = set(Translation.objects.in_body(body.pk).filter(language=SOURCE).values_list("title", flat=True))
    read = partial(_article, world=world, categories=categories)
    articles = [read(path) for path in sorted((FOLDER / SOURCE).glob("*.md"))]
    missing = [article for article in articles if article.words[0].title not in there]
    if missing:
        kb.bring_in(missing, author=world.users["lia"], is_published=True)


def _article(path: Path, *, world: World, categories: dict[str, Category]) -> kb.Incoming:
    head, _text = front_matter.split(path.read_text(encoding="utf-8"))
    files = [(language, FOLDER / language / path.name) for language in LANGUAGES]
    return kb.Incoming(
        key=path.stem,
        office=world.offices[front_matter.said(head, "office")],
        category=categories[front_matter.said(head, "category")],
        is_internal=front_matter.said(head, "audience") == "staff",
        related=tuple(front_matter.listed(head, "related")),
        words=tuple(_words(language, file) for language, file in files if file.exists()),
    )


def _words(language: str, path: Path) -> kb.Words:
    head, text = front_matter.split(path.read_text(encoding="utf-8"))
    return kb.Words(
        language=language,
        title=front_matter.said(head, "title"),
        summary=front_matter.said(head, "summary"),
        text=text,
        asked=tuple(front_matter.listed(head, "asked")),
    )
