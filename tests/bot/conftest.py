import pytest

from apps.bot import services
from apps.kb.models import Category
from apps.kb.services import add_wording
from apps.omnichannel.webchat import services as webchat
from tests.factories.accounts import user_in
from tests.factories.kb import TranslationFactory
from tests.factories.omnichannel import ChannelFactory

ARTICLES = {
    "renovar": ("Cómo renovar un libro", "Se renueva en línea o en el mostrador.", "Un préstamo dura **catorce días**.",
                ["quiero extender mi préstamo", "necesito el libro más tiempo", "se me vence el libro"]),
    "residuos": ("Días de recolección de residuos", "Qué pasa cada día.", "Lunes y viernes: residuos comunes.",
                 ["cuándo pasa el camión de la basura", "qué día sacan la basura"]),
    "luz": ("Avisar de una luz rota", "Díganos la calle y la altura.", "La cuadrilla pasa en tres días.",
            ["no anda el foco de la calle", "está oscura la cuadra"]),
    "carnet": ("Sacar el carnet de la biblioteca", "Es gratuito.", "Traiga un documento.",
               ["cómo me hago socio", "qué llevo para asociarme"]),
    "sala": ("Reservar una sala de reuniones", "Dos salas para grupos.", "Escríbanos con el día y la hora.",
             ["necesitamos un lugar para reunirnos", "salón para un grupo"]),
    "piscina": ("Piscina municipal", "Cuotas y horarios.", "Abre de martes a domingo.",
                ["dónde se puede nadar", "cuánto sale la pileta"]),
}  # fmt: skip


@pytest.fixture
def chat(db):
    channel = ChannelFactory(kind="webchat", name="Chat")
    channel.office.default_language = "es"
    channel.office.save()
    return channel


@pytest.fixture
def shelf(chat):
    """The articles of a small town, and two that are about to be confused."""
    editor = user_in(chat.office, "editor")
    books = Category.objects.create(body=chat.office, slug="libros", names={"es": "Libros"})
    found = {}
    for key, (title, summary, text, asked) in ARTICLES.items():
        category = books if key in {"renovar", "carnet"} else None
        row = TranslationFactory(
            office=chat.office, author=editor, title=title, summary=summary, text=text, category=category
        )
        for words in asked:
            add_wording(row, text=words, author=editor)
        found[key] = row
    return found


@pytest.fixture
def bot(chat, shelf):
    return services.save_bot(chat, is_active=True, names={"es": "Olma"}, greetings={"es": "Sé de libros y de calles."})


class Window:
    """A visitor at the chat: writes, and reads what the program says."""

    def __init__(self, channel, token="t" * 43):
        self.channel, self.token, self.thread, self.count = channel, token, None, 0

    def write(self, text, language="es"):
        from apps.bot.models import Question

        self.count += 1
        _visitor, written = webchat.write(
            self.channel, token=self.token, text=text, client_id=f"{self.token[:4]}-client-{self.count:04}",
            address="192.0.2.1", language=language,
        )  # fmt: skip
        self.thread = written.thread
        for pk in Question.objects.filter(next_at__isnull=False).order_by("pk").values_list("pk", flat=True):
            services.answer_question(pk)
        return self.last

    @property
    def ticket(self):
        from apps.tickets.models import Ticket

        return Ticket.objects.get(pk=self.thread.ticket_id)

    @property
    def said(self):
        return list(self.ticket.messages.filter(direction="out").order_by("pk"))

    @property
    def last(self):
        return self.said[-1].text if self.said else ""

    @property
    def conversation(self):
        return self.ticket.bot_conversations.get()


@pytest.fixture
def window(chat):
    return Window(chat)
