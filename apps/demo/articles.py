# ruff: noqa: E501  prose is prose
"""What the town has written down for its people, and two pages for those who work here."""

from apps.accounts.models import Office, User
from apps.demo.world import World
from apps.kb import services as kb
from apps.kb.models import Category, Translation

Words = tuple[str, str, str]  # title, summary, text

CATEGORIES = {
    "biblioteca": {"es": "Biblioteca", "en": "Library", "it": "Biblioteca", "pt": "Biblioteca"},
    "tramites": {"es": "Trámites", "en": "Paperwork", "it": "Pratiche", "pt": "Serviços"},
    "barrio": {"es": "En su barrio", "en": "In your street", "it": "Nel suo quartiere", "pt": "No seu bairro"},
    "interno": {
        "es": "Solo para el equipo",
        "en": "For the team only",
        "it": "Solo per lo staff",
        "pt": "Só para a equipe",
    },
}

# key, category, office, is public, {language: (title, summary, body)}
ARTICLES: list[tuple[str, str, str, bool, dict[str, Words]]] = [
    ("renovar", "biblioteca", "biblioteca", True, {
        "es": ("Cómo renovar un libro", "Puede renovar en línea, por teléfono o en el mostrador.",
               "Un préstamo dura **catorce días** y se puede renovar dos veces si nadie más espera el libro.\n\n"
               "## En línea\n\n1. Entre en *Mis préstamos* con su número de carnet.\n2. Elija el libro.\n3. Toque **Renovar**.\n\n"
               "## Si no puede entrar\n\nLa clave vence cada doce meses. Pida una nueva en la misma página o escríbanos por el chat.\n\n"
               "> Si el libro está reservado por otra persona no se puede renovar. Se lo decimos en el momento."),
        "en": ("How to renew a book", "You can renew online, by phone or at the counter.",
               "A loan lasts **fourteen days** and can be renewed twice if nobody is waiting for the book.\n\n"
               "## Online\n\n1. Open *My loans* with your card number.\n2. Choose the book.\n3. Press **Renew**.\n\n"
               "## If you cannot sign in\n\nPasswords expire after twelve months. Ask for a new one on the same page or write to us in the chat."),
        "it": ("Come rinnovare un prestito", "Si può rinnovare online, per telefono o allo sportello.",
               "Il prestito dura **quattordici giorni** e si può rinnovare due volte se nessuno aspetta il libro.\n\n"
               "1. Apra *I miei prestiti* con il numero di tessera.\n2. Scelga il libro.\n3. Prema **Rinnova**."),
    }),
    ("carnet", "biblioteca", "biblioteca", True, {
        "es": ("Sacar el carnet", "Es gratuito y se entrega en el momento.",
               "Traiga un documento y algo que muestre su domicilio, por ejemplo una factura o el contrato de alquiler.\n\n"
               "## Menores de edad\n\nVienen con una persona adulta que firma por ellos.\n\n"
               "## Si lo pierde\n\nEl primero se repone sin costo. Desde el segundo, cuesta lo que cuesta imprimirlo."),
        "en": ("Get a library card", "It is free and you take it with you.",
               "Bring an identity document and something that shows your address, such as a bill or your lease.\n\n"
               "## If you lose it\n\nThe first replacement is free."),
    }),
    ("horarios", "biblioteca", "biblioteca", True, {
        "es": ("Horarios y dónde estamos", "De lunes a viernes de 8:00 a 19:00; sábados de 9:00 a 12:00.",
               "La sala abre sin pausa: el turno de la mañana termina a las 13:30 y el de la tarde sigue en ese momento.\n\n"
               "- **Lunes a viernes**: 8:00 a 19:00\n- **Sábados**: 9:00 a 12:00\n- **Feriados**: cerrado\n\n"
               "Estamos en la avenida de los Olmos 24, a una cuadra de la plaza Vieja. Hay rampa y ascensor."),
        "en": ("Opening hours and where we are", "Monday to Friday 8:00 to 19:00, Saturday 9:00 to 12:00.",
               "- **Monday to Friday**: 8:00 to 19:00\n- **Saturday**: 9:00 to 12:00\n- **Public holidays**: closed\n\n"
               "Avenida de los Olmos 24, one street from the old square. There is a ramp and a lift."),
    }),
    ("digitales", "biblioteca", "biblioteca", True, {
        "es": ("Libros digitales en el teléfono", "Con su carnet puede leer más de dos mil títulos.",
               "1. Instale la aplicación de lectura en su teléfono.\n2. Escriba su número de carnet.\n"
               "3. Como clave, use el carnet seguido de su año de nacimiento.\n\n"
               "Puede tener **tres libros** a la vez. Se devuelven solos a los veintiún días."),
    }),
    ("sala", "biblioteca", "biblioteca", True, {
        "es": ("Reservar una sala", "Dos salas para grupos de hasta doce personas, sin costo.",
               "| Sala | Personas | Tiene |\n| --- | --- | --- |\n| Chica | 8 | pizarra |\n| Grande | 12 | pizarra y pantalla |\n\n"
               "Escríbanos con el día, la hora y cuántos son. Respondemos en el día."),
    }),
    ("partida", "tramites", "atencion", True, {
        "es": ("Pedir una partida", "Nacimiento, matrimonio o defunción registrados en Olmo.",
               "Puede pedirla desde su casa.\n\n## Qué necesita\n\n- Nombre completo y fecha\n- Una foto de su documento\n\n"
               "## Cuánto demora\n\nDos días hábiles. Con apostilla, cinco días más.\n\n"
               "## Cuánto cuesta\n\nLa primera copia del año es gratuita."),
        "en": ("Ask for a certificate", "Births, marriages and deaths registered in Olmo.",
               "You can ask for it from home.\n\n## What you need\n\n- Full name and date\n- A photo of your identity document\n\n"
               "## How long it takes\n\nTwo working days."),
        "it": ("Richiedere un certificato", "Nascita, matrimonio o morte registrati a Olmo.",
               "Servono nome completo, data e una foto del documento. È pronto in **due giorni lavorativi**."),
    }),
    ("licencia", "tramites", "atencion", True, {
        "es": ("Renovar la licencia de conducir", "Pida turno hasta treinta días antes de que venza.",
               "1. Pida el turno por el formulario o por el chat.\n2. Traiga la licencia anterior y un documento.\n"
               "3. El examen de la vista se hace en el momento.\n\nQuien tiene más de 70 años renueva cada dos años."),
    }),
    ("tasa", "tramites", "atencion", True, {
        "es": ("Descuentos en la tasa de limpieza", "Personas jubiladas, con discapacidad o con un solo ingreso.",
               "Con el último recibo de la jubilación mínima corresponde **la mitad**. El descuento vale un año y se renueva solo "
               "si sus datos no cambian."),
    }),
    ("luz", "barrio", "atencion", True, {
        "es": ("Avisar de una luz rota", "Díganos la calle y la altura. La cuadrilla pasa en tres días hábiles.",
               "Anote el número pintado en la columna si lo ve: nos ayuda a encontrarla.\n\n"
               "Si hay **cables caídos** no se acerque y llame al 2400 0120 en el momento."),
        "en": ("Report a broken street light", "Tell us the street and number. A crew comes within three working days.",
               "Note the number painted on the post if you can see it.\n\nIf there are **fallen cables**, keep away and call 2400 0120."),
    }),
    ("residuos", "barrio", "atencion", True, {
        "es": ("Días de recolección", "Qué pasa cada día y qué hacer con lo grande.",
               "- **Lunes, miércoles y viernes**: residuos comunes\n- **Martes**: papel y cartón\n- **Jueves**: vidrio y latas\n\n"
               "Para muebles y ramas, pida el retiro por el formulario. Es gratuito una vez por mes."),
    }),
    ("multas", "interno", "biblioteca", False, {
        "es": ("Quitar una multa", "Cuándo se puede y cómo se anota.",
               "Se quita si el libro estaba en el buzón el día del vencimiento. Anote en el ticket quién vació el buzón.\n\n"
               "Desde la tercera vez en el año lo decide la jefa de turno."),
    }),
    ("turno", "interno", "biblioteca", False, {
        "es": ("Cambio de turno a las 13:30", "Qué se pasa y en qué orden.",
               "1. Chats abiertos, uno por uno.\n2. Lo prometido para hoy.\n3. Lo que llegó fuera de hora y sigue sin respuesta.\n\n"
               "Quien recibe dice en voz alta que lo tiene."),
    }),
]  # fmt: skip


def write(world: World) -> None:
    """Articles that are not there yet, published by the editor."""
    body, editor = world.offices["olmo"], world.users["lia"]
    for position, (key, names) in enumerate(CATEGORIES.items()):
        Category.objects.get_or_create(body=body, slug=key, defaults={"names": names, "position": position})
    for _key, category, office, is_public, languages in ARTICLES:
        title = languages["es"][0]
        if not Translation.objects.filter(body=body, language="es", title=title).exists():
            _write(
                world.offices[office], Category.objects.get(body=body, slug=category), editor, languages, not is_public
            )


def _write(office: Office, category: Category, editor: User, languages: dict[str, Words], is_internal: bool) -> None:
    article = None
    for language, (title, summary, text) in languages.items():
        words = {"language": language, "title": title, "summary": summary, "text": text, "author": editor}
        if article is None:
            draft = kb.create_article(office, category=category, is_internal=is_internal, **words)
            article = draft.article
        else:
            draft = kb.save_draft(article, **words)
        kb.submit(draft, actor=editor)
        kb.publish(draft, actor=editor)
