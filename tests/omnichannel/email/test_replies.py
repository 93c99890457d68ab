"""What the person newly wrote, apart from what they quote and from what their program adds."""

import pytest

from apps.omnichannel.email import replies

ANSWER = "Gracias, ya está resuelto."

HEADINGS = [
    "El mié, 20 may 2026 a las 11:54, Biblioteca Olmo (<help@olmo.example>) escribió:",
    "El mié, 20 may 2026 a la(s) 2:34\u202fp.m., Biblioteca Olmo (\nhelp@olmo.example) escribió:",
    "El 20/05/26 a las 11:54, Biblioteca Olmo escribió:",
    "El dl., 5 de des. 2016, 17:00, Biblioteca <help@olmo.example> va escriure:",
    "Il giorno mer 20 mag 2026 alle ore 11:54 Biblioteca Olmo\n<help@olmo.example> ha scritto:",
    "Il 20/05/26 11:54, Biblioteca Olmo ha scritto:",
    "Em qua., 20 de mai. de 2026 às 11:54, Biblioteca <help@olmo.example>\nescreveu:",
    "Em 20-05-2026 11:54, Biblioteca Olmo escreveu:",
    "On Wed, May 20, 2026 at 11:54 AM Library Desk <\nhelp@olmo.example> wrote:",
    "On 5/20/2026 11:54 AM, Library Desk wrote:",
    "2026-05-20 11:54 GMT-03:00 Library Desk <help@olmo.example>:",
    "Le mer. 20 mai 2026 à 11:54, Bibliothèque <help@olmo.example> a écrit :",
    "Am Mi., 20. Mai 2026 um 11:54 Uhr schrieb Bibliothek <\nhelp@olmo.example>:",
    "Op wo 20 mei 2026 om 11:54 schreef Bibliotheek <help@olmo.example>:",
    "Den ons 20 maj 2026 kl 11:54 skrev Bibliotek <help@olmo.example>:",
    "ke 20. toukok. 2026 klo 11:54 Kirjasto (help@olmo.example) kirjoitti:",
    "śr., 20 maj 2026 o 11:54 Biblioteka <help@olmo.example> napisał(a):",
    "ср, 20 мая 2026 г. в 11:54, Библиотека <help@olmo.example>:",
    "2026年5月20日(水) 11:54 図書館 <help@olmo.example>:",
    "-----Mensaje original-----",
    "-----Messaggio originale-----",
    "-----Mensagem original-----",
    "-----Original Message-----",
    "-----Ursprüngliche Nachricht-----",
    "________________________________\nDe: Biblioteca <help@olmo.example>\nEnviado: 20 de mayo de 2026 11:54\n"
    "Para: Ana <ana@example.org>\nAsunto: Horario",
    "Da: Biblioteca <help@olmo.example>\nInviato: 20 maggio 2026 11:54\nA: Ana\nOggetto: Orario",
    "*From:* Library <help@olmo.example>\n*Sent:* May 20, 2026 11:54 AM\n*To:* Ana\n*Subject:* Hours",
]


@pytest.mark.parametrize("heading", HEADINGS)
@pytest.mark.parametrize("mark", ["> ", ""], ids=["marked", "bare"])
def test_a_quotation_below_is_cut_off_and_kept_apart(heading, mark):
    reply = replies.from_text(f"{ANSWER}\n\n{heading}\n{mark}Abrimos a las nueve.\n")
    assert reply.text == ANSWER
    assert "Abrimos a las nueve." in reply.rest


@pytest.mark.parametrize(
    "text",
    [
        'El lunes Pedro escribió: "llego tarde". ¿Lo puede confirmar?',
        "On Monday we came by.\nOn Tuesday too.",
        "Horarios que encontré:\n2026-05-20 11:54\n20/05/2026 11:54",
        "Compré esto:\n-- un libro\n-- una revista",
        "Servicio      Fecha\n------------------------\nPréstamo      20/05/2026",
        "El mensaje fue enviado desde mi iPhone a todos.",
        "With regards to the fine: I paid it.",
        "Mire: >>> oferta <<< ¿es de ustedes?",
    ],
)
def test_a_text_without_a_quotation_stays_whole(text):
    assert replies.from_text(text).text == text


def test_answers_between_the_quoted_lines_are_all_kept():
    reply = replies.from_text(
        "El 20/05/26 11:54, Olmo escribió:\n> ¿Qué día?\nEl sábado.\n\n> ¿Y la hora?\nA las diez."
    )
    assert reply.text == "El sábado.\n\nA las diez."


def test_a_line_that_the_program_broke_belongs_to_the_quotation():
    long = "> " + "palabra " * 9
    reply = replies.from_text(f"Sí.\n\nEl 20/05/26 11:54, Olmo escribió:\n{long}\nrota aquí\n> y sigue")
    assert reply.text == "Sí."


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nAna Prueba\nTel. 2400 0000",
        "Enviado desde mi iPhone",
        "Sent from my Samsung Galaxy smartphone.",
        "Inviato da Outlook per Android<https://aka.ms/x>",
        "Saludos cordiales,\nAna Prueba\nDirectora\nTel. 2400 0000",
        "______________\nlist mailing list\nhttps://lists.example.org/list",
    ],
)
def test_a_signature_is_cut_off(signature):
    assert replies.from_text(f"{ANSWER}\n\n{signature}").text == ANSWER


def test_a_greeting_with_a_name_is_the_persons_own_and_stays():
    text = f"{ANSWER}\n\nSaludos,\nAna"
    assert replies.from_text(text).text == text


def test_what_is_passed_on_is_content():
    text = "Vean esto.\n\n---------- Forwarded message ---------\nFrom: Luz <luz@example.org>\nDate: x\n\nNo hay luz."
    assert replies.from_text(text).text == text


def test_headers_pasted_above_the_whole_text_do_not_hide_it():
    assert replies.from_text("De: Ana\nEnviado: 1/3/2026\nAsunto: Hola\n\nBuenos días.").text == "Buenos días."


@pytest.mark.parametrize(
    "html",
    [
        "<p>{}</p><div class='gmail_quote'>El 20/05/26 11:54, Olmo &lt;h@olmo.example&gt; escribió:<br>"
        "<blockquote>viejo</blockquote></div>",
        "<div>{}</div><div id='appendonsend'></div><hr tabindex='-1'><div id='divRplyFwdMsg'>viejo</div>",
        "<p>{}</p><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt'><p><b>Från:</b> h@olmo.example"
        "<br><b>Skickat:</b> 20 maj 2026 11:54</p></div><p>viejo</p>",
        "<p>{}</p><div class='gmail_signature'>viejo</div>",
        "<p>{}</p><div style='display:none'>viejo</div>",
        "<p>{}</p><blockquote type='cite'>viejo</blockquote>",
        "<head><style>viejo</style></head><body>{}<script>viejo</script></body>",
    ],
)
def test_html_is_read_without_its_quotation(html):
    reply = replies.from_html(html.format(ANSWER))
    assert reply.text == ANSWER


def test_a_thin_line_of_the_persons_own_cuts_nothing():
    html = "<p>Uno</p><div style='border-top:1px solid #ccc'><p>Dos, y tres.</p></div>"
    assert replies.from_html(html).text == "Uno\n\nDos, y tres."


@pytest.mark.parametrize("before", ["<p>uno</p><svg onload=alert(1)>", "<head><title>t</title></head>uno<math>"])
def test_a_drawing_left_open_ends_where_the_page_goes_on(before):
    assert replies.from_html(f"{before}<p>Hola</p>").text.split() == ["uno", "Hola"]
