"""Invented replies of an office, labelled: half of them with invented personal data. Nobody in them exists.

Numbers with a check digit are made here, so that each is valid and none was taken from anywhere.
"""

import random
from dataclasses import dataclass

from stdnum import iban as ibans
from stdnum import luhn
from stdnum.ar import cuit
from stdnum.br import cpf
from stdnum.es import dni, nie
from stdnum.it import codicefiscale
from stdnum.pt import nif

CITIZEN = "Mia Stone"


@dataclass(frozen=True)
class Reply:
    id: str
    language: str
    text: str
    kind: str  # "" when nothing in it is personal
    is_checked: bool = False
    citizen: str = CITIZEN


def replies() -> list[Reply]:
    found: list[Reply] = []
    for kind, languages in CHECKED.items():
        for language, frames in NUMBER_FRAMES.items():
            if languages and language not in languages:
                continue
            for n, frame in enumerate(frames):
                number = MAKERS[kind](random.Random(f"{kind}{language}{n}"), n)
                found.append(Reply(f"{kind}-{language}-{n}", language, frame.format(number), kind, is_checked=True))
    for kind, languages in TOLD.items():
        for language, texts in languages.items():
            found += [Reply(f"{kind}-{language}-{n}", language, text, kind) for n, text in enumerate(texts)]
    for language, texts in HARMLESS.items():
        pairs = [f"{first} {second}" for first, second in zip(texts, texts[3:], strict=False)]
        found += [Reply(f"none-{language}-{n}", language, text, "") for n, text in enumerate([*texts, *pairs[::3]])]
    return found


def _uy(rng: random.Random, n: int) -> str:
    digits = f"{rng.randint(1_000_000, 6_500_000)}"
    total = sum(int(d) * w for d, w in zip(digits, (2, 9, 8, 7, 6, 3, 4), strict=True))
    check = str((10 - total % 10) % 10)
    a, b, c = digits[0], digits[1:4], digits[4:]
    return (f"{a}.{b}.{c}-{check}", f"{digits}{check}", f"{digits}-{check}", f"{a} {b} {c} {check}")[n % 4]


def _dni(rng: random.Random, n: int) -> str:
    digits = f"{rng.randint(10_000_000, 79_999_999)}"
    letter = dni.calc_check_digit(digits)
    dotted = f"{digits[:2]}.{digits[2:5]}.{digits[5:]}"
    return (f"{digits}{letter}", f"{digits}-{letter}", f"{dotted}-{letter}", _nie(rng))[n % 4]


def _nie(rng: random.Random) -> str:
    stem = rng.choice("XYZ") + f"{rng.randint(1_000_000, 9_999_999)}"
    return stem + nie.calc_check_digit(stem)


def _cf(rng: random.Random, n: int) -> str:
    stem = rng.choice(("RSSMRA", "BNCLCU", "VRDGPP", "FRRSFO")) + f"{rng.randint(50, 99)}"
    stem += rng.choice("ABCDEHLMPRST") + f"{rng.randint(1, 28):02}" + rng.choice(("H501", "F205", "L219", "A944"))
    code = stem + codicefiscale.calc_check_digit(stem)
    return (code, code.lower(), f"{code[:6]} {code[6:11]} {code[11:]}", code)[n % 4]


def _nif(rng: random.Random, n: int) -> str:
    stem = rng.choice("12") + f"{rng.randint(1_000_000, 9_999_999)}"
    number = stem + nif.calc_check_digit(stem)
    return (number, f"{number[:3]} {number[3:6]} {number[6:]}", number, f"{number[:3]}.{number[3:6]}.{number[6:]}")[
        n % 4
    ]


def _cpf(rng: random.Random, n: int) -> str:
    stem = f"{rng.randint(100_000_000, 999_999_999)}"
    number = stem + cpf._calc_check_digits(stem)
    return (cpf.format(number), number, f"{number[:9]}-{number[9:]}", cpf.format(number))[n % 4]


def _cuit(rng: random.Random, n: int) -> str:
    stem = rng.choice(("20", "27")) + f"{rng.randint(10_000_000, 45_000_000)}"
    number = stem + cuit.calc_check_digit(stem)
    return (f"{number[:2]}-{number[2:10]}-{number[10]}", number, f"{number[:2]} {number[2:10]} {number[10]}", number)[
        n % 4
    ]


def _card(rng: random.Random, n: int) -> str:
    stem = rng.choice(("4", "51", "52")) + "".join(rng.choice("0123456789") for _ in range(15))
    stem = stem[:15]
    number = stem + luhn.calc_check_digit(stem)
    spaced = " ".join(number[i : i + 4] for i in range(0, 16, 4))
    return (spaced, number, spaced.replace(" ", "-"), spaced)[n % 4]


def _iban(rng: random.Random, n: int) -> str:
    country, length = rng.choice((("PT", 21), ("DE", 18), ("FR", 23), ("NL", 14)))
    stem = "".join(rng.choice("0123456789") for _ in range(length))
    if country == "NL":
        stem = "INGB" + stem[4:]
    for check in range(2, 99):
        number = f"{country}{check:02}{stem}"
        try:
            ibans.validate(number, check_country=False)
        except Exception:
            continue
        if ibans.is_valid(number):
            return (number, ibans.format(number), number, ibans.format(number))[n % 4]
    return _iban(rng, n)


MAKERS = {
    "uy_ci": _uy,
    "es_dni": _dni,
    "it_cf": _cf,
    "pt_nif": _nif,
    "br_cpf": _cpf,
    "ar_cuit": _cuit,
    "card": _card,
    "iban": _iban,
}
CHECKED = {
    "uy_ci": ("es", "en"),
    "es_dni": ("es",),
    "it_cf": ("it", "en"),
    "pt_nif": ("pt",),
    "br_cpf": ("pt",),
    "ar_cuit": ("es",),
    "card": ("en", "it"),
    "iban": ("it", "en", "pt"),
}
NUMBER_FRAMES = {
    "es": (
        "Hola Mia, encontramos su préstamo con el número {}. Ya puede pasar a retirarlo.",
        "Buenas tardes, Mia. Su cédula {} figura sin multas, gracias por escribir.",
        "La reserva quedó a nombre del documento {}, la esperamos el jueves.",
        "Mia, confirme por favor que {} es correcto y le hacemos el carnet hoy mismo.",
        "Ya la anotamos en el taller ({}). ¡Nos vemos!",
    ),
    "it": (
        "Buongiorno Mia, la tessera intestata a {} è pronta.",
        "Gentile Mia, abbiamo trovato la sua richiesta: {}. Può passare quando vuole.",
        "Il codice {} risulta già registrato, non deve fare altro.",
        "Mia, è giusto {}? Se sì procediamo subito.",
        "Fatto! Le abbiamo aggiornato i dati ({}).",
    ),
    "pt": (
        "Olá Mia, o seu cartão com o número {} já está pronto.",
        "Boa tarde, Mia. O contribuinte {} não tem multas em aberto.",
        "A reserva ficou feita com {}, esperamos por si na quinta-feira.",
        "Mia, confirme por favor se {} está correto.",
        "Já atualizámos os seus dados ({}). Obrigada!",
    ),
    "en": (
        "Hello Mia, we have found your record under {} and all is well.",
        "Hi Mia, the refund goes to {} this week.",
        "Your request for {} has been registered, see you on Thursday.",
        "Mia, please confirm that {} is right and we will go on.",
        "All done ({}). Thank you for writing!",
    ),
}
TOLD = {
    "ar_dni": {
        "es": (
            "Hola Mia, su DNI 28.456.123 ya está cargado en el sistema.",
            "Confirmamos el turno para el documento 31456789, gracias.",
            "Mia, figura inscripta con 24.987.321 desde ayer.",
            "Su trámite salió con DNI: 17.345.678, puede retirarlo.",
        )
    },
    "phone": {
        "es": (
            "Hola Mia, la llamamos hoy al 099 123 456 para coordinar.",
            "Le escribimos al 094-567-890 y no tuvimos respuesta.",
            "Mia, su celular registrado es +598 98 765 432, ¿es correcto?",
            "Intentamos comunicarnos con usted al 2709 4411 y nadie atendió.",
            "Le dejamos un mensaje en su teléfono 612 345 678.",
            "Tenemos anotado el 11 4567-8901 como su número.",
        ),
        "it": (
            "Buongiorno Mia, la richiameremo al 347 123 4567 nel pomeriggio.",
            "Il suo numero 338-7654321 non risponde, ci scriva quando può.",
            "Abbiamo provato al +39 333 445 5667 senza fortuna.",
            "Nella sua scheda il cellulare è 3291234567, va bene?",
        ),
        "pt": (
            "Olá Mia, ligamos para si no 912 345 678 mas ninguém atendeu.",
            "O seu telemóvel 96 123 45 67 está registado connosco.",
            "Temos o número (11) 98765-4321 na sua ficha, confirma?",
            "Vamos ligar-lhe para o +351 934 567 890 amanhã.",
        ),
        "en": (
            "Hi Mia, we will ring you on 07700 900123 this afternoon.",
            "Your number is registered as +44 7700 900456, is that right?",
            "We tried your mobile 07911 123456 and nobody answered.",
            "Mia, we left a message at +1 202 555 0147 for you.",
        ),
    },
    "email": {
        "es": (
            "Mia, le mandamos el comprobante a mia.stone84@gmail.com.",
            "El correo que tenemos es miastone (arroba) hotmail.com, ¿es ese?",
            "La invitación salió para m.stone@adinet.com.uy hace un rato.",
        ),
        "it": (
            "Abbiamo scritto a mia.stone@libero.it ieri sera.",
            "Le abbiamo inviato il modulo a stonemia77@gmail.com.",
            "Il documento è partito verso m.stone@studio-stone.it.",
        ),
        "pt": (
            "Enviámos a fatura para mia.stone@sapo.pt hoje.",
            "O e-mail miastone@uol.com.br continua correto?",
            "Mandámos tudo para mia_stone@gmail.com, veja por favor.",
        ),
        "en": (
            "We have written to mia.stone@outlook.com with the details.",
            "Is mstone1984@yahoo.co.uk still your address?",
            "The form went to mia@stone-family.net this morning.",
        ),
    },
    "address": {
        "es": (
            "Mia, le enviamos el carnet a su casa en calle Durazno 1567.",
            "El cartero pasó por Avda. Italia 3345 apto 502 y no había nadie.",
            "Su domicilio registrado es Camino Maldonado 5890, ¿sigue siendo ese?",
            "La cuadrilla irá a Bvar. España 2233 el lunes por su reclamo.",
        ),
        "it": (
            "La raccomandata è stata spedita in via Garibaldi 45, Mia.",
            "Risulta residente in viale dei Tigli 12, è corretto?",
            "Il tecnico passerà da lei in corso Mazzini, 8 domani.",
            "La sua residenza in piazza Dante 3 va aggiornata.",
        ),
        "pt": (
            "A carta seguiu para a Rua das Flores 27, Mia.",
            "A sua morada é Travessa do Carmo 14, certo?",
            "O técnico vai amanhã à Avenida Brasil, 320 por causa do seu pedido.",
            "Temos registado que mora em Alameda das Acácias 55.",
        ),
        "en": (
            "Mia, the letter went to 14 Maple Street yesterday.",
            "You live at 27 Park Road, is that still right?",
            "The crew will come to 8 Rose Lane on Monday about your report.",
            "Your home address, 112 Victoria Avenue, needs an update.",
        ),
    },
    "file_number": {
        "es": (
            "Su expediente 2024-25-1-0012345 está en la oficina de multas.",
            "Mia, el trámite N.º 45871/2025 salió aprobado.",
            "El reclamo 2026-004821 fue cerrado ayer.",
            "Consulte con el número de expediente 3021-88/2025.",
        ),
        "it": (
            "La sua pratica n. 12345/2025 è stata accolta.",
            "Il protocollo 0087654/2025 risulta completo.",
            "Mia, la segnalazione numero 55871 è chiusa.",
        ),
        "pt": (
            "O seu processo n.º 1234/25 foi aprovado.",
            "Mia, o pedido 2025-88123 está concluído.",
            "O requerimento número 77412 foi enviado ao departamento.",
        ),
        "en": (
            "Your case number is 2025-10233 and it is with our team.",
            "Mia, application AB-55821 has been approved.",
            "Your claim 778120 was closed yesterday.",
        ),
    },
    "name": {
        "es": (
            "Su hija Lucía ya tiene el carnet pronto.",
            "El libro lo tiene la señora Marta Fernández hasta el viernes.",
            "Mia, quien firmó el reclamo fue Juan Carlos Pereira.",
            "La multa está a nombre de Rosa Méndez.",
            "Su vecino Ernesto también avisó del pozo.",
        ),
        "it": (
            "Suo figlio Matteo può ritirare la tessera.",
            "Il libro è in prestito alla signora Giulia Bianchi.",
            "La domanda è stata firmata da Marco Esposito.",
            "La multa è intestata a Paolo Ricci.",
        ),
        "pt": (
            "O seu filho Tiago já pode levantar o cartão.",
            "O livro está com a senhora Ana Ferreira até sexta.",
            "Quem assinou o pedido foi João Pereira.",
            "A multa está em nome de Carla Santos.",
        ),
        "en": (
            "Your daughter Emma can collect her card today.",
            "The book is on loan to Mrs Helen Carter until Friday.",
            "The report was signed by Peter Walsh.",
            "The fine is in the name of Susan Doyle.",
        ),
    },
    "sensitive": {
        "es": (
            "Por su enfermedad tiene derecho a la entrega a domicilio.",
            "Vimos que su deuda sigue pendiente desde marzo.",
            "Adjunte la historia clínica y lo resolvemos.",
            "Sabemos de su embarazo y le damos prioridad.",
        ),
        "it": (
            "Per la sua disabilità ha diritto alla consegna a casa.",
            "Il suo debito risulta ancora aperto.",
            "Serve la cartella clinica per andare avanti.",
        ),
        "pt": (
            "Pela sua deficiência tem direito à entrega em casa.",
            "A sua dívida continua em aberto.",
            "Precisamos da ficha clínica para continuar.",
        ),
        "en": (
            "Because of your disability you may have it delivered.",
            "Your debt is still open since March.",
            "Please bring the medical record and we will go on.",
        ),
    },
}
HARMLESS = {
    "es": (
        "Hola Mia, abrimos de lunes a viernes de 8:00 a 19:00 y los sábados de 9 a 12.",
        "¡Gracias por avisar! Lo pasamos al área de alumbrado.",
        "Para renovar puede llamar al 2400 0110 o escribir a biblioteca@olmo.example.",
        "Nuestra oficina está en Avenida de los Olmos 24, planta baja.",
        "La multa es de $ 1.250 por semana y se paga en la web.",
        "El plazo de inscripción va del 01/03/2026 al 31/03/2026.",
        "Según la Ley 18.331 sus datos están protegidos; escríbanos en privado.",
        "El Decreto 64/020 permite hacerlo en línea.",
        "La obra costó 12.345.678 pesos y termina en mayo.",
        "Tenemos 1.234.567 libros en toda la red.",
        "La novela de Juana de Ibarbourou está en la sala infantil.",
        "La lectura será en la Plaza José Artigas a las 18:00.",
        "El taller es en la Biblioteca María Moliner, entrada libre.",
        "Comuníquese con la central al 0800 4141, es gratis.",
        "Si sufre violencia doméstica puede llamar gratis al 0800 4141 a toda hora.",
        "El ISBN del libro es 978-3-16-148410-0.",
        "Mia, le respondemos en privado para cuidar sus datos.",
        "Puede acercarse a la oficina de Plaza Vieja 3 con su documento.",
        "Hoy cerramos a las 13:30 por el feriado.",
        "El carnet se hace en el momento, solo traiga su cédula y una foto.",
        "Buenos días, Mia. Sí, el domingo está abierto.",
        "Encontrará el formulario en https://olmo.example/tramites/licencia-2026.",
        "La beca cubre hasta el 50 % y hay 300 cupos.",
        "Los temporales afectaron la Ruta 5, vaya por el desvío.",
        "Calle 18 de Julio cerrada este sábado por la maratón.",
        "El ómnibus 181 para en la puerta.",
        "Para información de tributos: atencion@olmo.example.",
        "Muchas gracias, lo vamos a revisar.",
        "La temporada 2025-2026 empieza en octubre.",
        "El trámite dura 15 días hábiles y no tiene costo.",
        "Presente el formulario 3 en el mostrador.",
        "La exposición de Joaquín Torres García sigue hasta junio.",
        "Consulte los requisitos para personas con discapacidad en nuestra web.",
        "Recuerde que las deudas se pueden pagar en cuotas.",
        "El próximo club de lectura es el jueves 12 a las 18.30.",
        "Dirección: la encuentra en el mapa de nuestra página.",
        "Atendemos también por el chat de la web, hoy hasta las 19.",
        "El wifi de la sala es libre y no pide registro.",
        "Hay 24 computadoras y 3 impresoras en la sala.",
        "Escríbanos por mensaje privado con su número de documento, así lo vemos.",
    ),
    "it": (
        "Buongiorno Mia, siamo aperti dal lunedì al venerdì dalle 9 alle 18.",
        "Grazie della segnalazione, la passiamo ai colleghi delle strade.",
        "Può chiamare il numero verde 800 123 456, è gratuito.",
        "L'ufficio si trova in piazza Vecchia 3, al primo piano.",
        "Il nostro centralino risponde allo 06 5551234 fino alle 17.",
        "Scriva a protocollo@olmo.example per avere copia.",
        "La tassa è di € 45,00 e si paga online.",
        "La Legge 241/1990 prevede 30 giorni.",
        "La mostra è dedicata alla scuola e resta aperta fino al 12/04/2026.",
        "Il concerto è in piazza Garibaldi alle 21.",
        "La biblioteca di via Roma 12 è chiusa per lavori.",
        "Mia, le scriviamo in privato per proteggere i suoi dati.",
        "Le iscrizioni vanno dal 1 marzo al 15 aprile 2026.",
        "Porti un documento e una foto tessera.",
        "Il libro di Elena Ferrante è disponibile al banco.",
        "Sabato c'è il mercato, il parcheggio è gratuito.",
        "Abbiamo 120.000 volumi e 45 postazioni.",
        "Il modulo è su https://olmo.example/moduli/isee.",
        "Per disabilità e agevolazioni veda la pagina dedicata.",
        "I debiti con il comune si possono rateizzare.",
        "Il bonus copre fino a 1.500 euro.",
        "Domani la raccolta del vetro passa dalle 6.",
        "Chiuso il 25 aprile e il 1° maggio.",
        "Grazie mille, buona giornata!",
        "Lo sportello anagrafe è al piano terra, senza appuntamento.",
        "L'autobus 64 ferma davanti.",
        "La stagione 2025/2026 inizia a ottobre.",
        "Ci scriva in privato con il suo codice fiscale.",
    ),
    "pt": (
        "Olá Mia, estamos abertos de segunda a sexta, das 9h às 18h.",
        "Obrigada pelo aviso, já passámos aos colegas da iluminação.",
        "Pode ligar para a linha 808 200 204, custo de chamada local.",
        "O nosso balcão fica na Praça da República 5.",
        "O nosso telefone é 213 456 789, das 9h às 17h.",
        "Escreva para geral@olmo.example com a sua dúvida.",
        "A taxa é de 12,50 euros e paga-se na internet.",
        "A Lei 58/2019 protege os seus dados.",
        "As inscrições decorrem de 01/03/2026 a 31/03/2026.",
        "Mia, respondemos em privado para proteger os seus dados.",
        "O livro de José Saramago está na sala 2.",
        "O concerto é no Jardim António Borges às 21h.",
        "A biblioteca tem 45.000 livros e 12 computadores.",
        "Traga um documento e uma fotografia.",
        "O formulário está em https://olmo.example/pt/formularios.",
        "Encerrado no feriado de 25 de abril.",
        "Os apoios a pessoas com deficiência estão na nossa página.",
        "As dívidas podem ser pagas em prestações.",
        "O autocarro 28 para à porta.",
        "Sábado há feira, o estacionamento é gratuito.",
        "A época 2025-2026 começa em outubro.",
        "Muito obrigada, bom fim de semana!",
        "O prazo é de 10 dias úteis.",
        "A obra custou 1.234.567 euros.",
        "Envie-nos o seu NIF por mensagem privada, por favor.",
    ),
    "en": (
        "Hello Mia, we are open Monday to Friday from 9 to 6.",
        "Thank you for telling us, we have passed it on to street lighting.",
        "You can call us on 020 7946 0018 until five.",
        "Our office is at 24 Market Street, ground floor.",
        "Write to library@olmo.example for a copy.",
        "The fee is £12.50 and you can pay online.",
        "The Data Protection Act 2018 applies here.",
        "Enrolment runs from 01/03/2026 to 31/03/2026.",
        "Mia, we are answering in private to protect your data.",
        "The concert is in Victoria Park at 9 pm.",
        "The novel by Hilary Mantel is at the desk.",
        "We hold 1,234,567 books in all branches.",
        "Please bring a document and a photo.",
        "The form is at https://olmo.example/en/forms.",
        "Closed on the bank holiday.",
        "Help for people with a disability is on our page.",
        "Debts to the council can be paid in instalments.",
        "Bus 42 stops at the door.",
        "The season 2025-2026 starts in October.",
        "Thank you very much, have a good day!",
        "It takes 10 working days and costs nothing.",
        "The library on 12 High Street is closed for works.",
        "Please send us your card number in a private message.",
        "The freephone helpline is 0800 123 4567.",
        "ISBN 978-0-306-40615-7 is on the shelf.",
    ),
}
