# ruff: noqa: E501  word lists are wide
"""What people write to any box on any page and no public desk can answer: examples the judge learns from. Pure data."""

EXAMPLES = {
    "es": (
        "va a llover mañana", "qué temperatura hace ahora", "quién ganó el partido de ayer", "cuándo juega la selección",
        "contame un chiste", "cuál es el sentido de la vida", "cómo se hace una torta de chocolate", "receta de empanadas",
        "me duele la cabeza qué puedo tomar", "qué pastilla sirve para la fiebre", "quién es el presidente de Francia",
        "a quién tengo que votar", "cuánto vale el dólar hoy", "me conviene invertir en criptomonedas", "cómo programo en python",
        "resuelve esta ecuación de segundo grado", "traduce esta frase al chino", "quieres casarte conmigo", "estoy enamorado de mi vecina",
        "qué serie me recomendás para ver en casa", "cómo instalo una impresora", "mi teléfono no carga", "vendo mi coche usado",
        "busco apartamento para alquilar en la playa", "cuánto cuesta un vuelo a Madrid", "quiero comprar unas zapatillas",
        "cuál es la capital de Australia", "cuántos planetas hay", "quién inventó la radio", "dame el número de un taxi",
        "cómo bajo de peso rápido", "mi banco me bloqueó la tarjeta de crédito", "no me anda internet en casa", "cambiar la contraseña de mi correo",
        "horóscopo de hoy", "números de la lotería", "cómo cuido una planta de interior", "mi perro no quiere comer", "letra de una canción", "haceme los deberes de historia",
    ),
    "it": (
        "che tempo fa domani", "pioverà stasera", "chi ha vinto la partita ieri", "quando gioca la nazionale", "raccontami una barzelletta",
        "qual è il senso della vita", "come si fa la carbonara", "ricetta della torta di mele", "mi fa male la testa cosa prendo",
        "chi è il presidente della Francia", "per chi devo votare", "quanto vale il dollaro oggi", "conviene investire in bitcoin",
        "come si programma in python", "risolvi questa equazione", "traduci questa frase in cinese", "vuoi sposarmi", "che film mi consigli",
        "come installo una stampante", "il mio telefono non si accende", "vendo la mia macchina usata", "cerco casa al mare in affitto",
        "quanto costa un volo per Londra", "voglio comprare delle scarpe", "qual è la capitale dell'Australia", "chi ha inventato la radio",
        "come dimagrire in fretta", "la banca ha bloccato la mia carta di credito", "internet di casa non funziona", "oroscopo di oggi",
        "numeri del lotto", "il mio cane non mangia", "testo di una canzone", "fammi i compiti di matematica", "dammi il numero di un taxi",
    ),
    "en": (
        "will it rain tomorrow", "what is the temperature right now", "who won the match yesterday", "tell me a joke", "what is the meaning of life",
        "how do I bake a chocolate cake", "recipe for pancakes", "my head hurts what should I take", "who is the president of France",
        "who should I vote for", "what is the dollar worth today", "should I invest in bitcoin", "how do I program in python", "solve this equation for x",
        "translate this sentence into Chinese", "will you marry me", "recommend me a series to watch", "how do I install a printer", "my phone does not charge",
        "I am selling my used car", "looking for a beach flat to rent", "how much is a flight to London", "I want to buy new shoes", "what is the capital of Australia",
        "how many planets are there", "who invented the radio", "how can I lose weight fast", "my bank blocked my credit card", "my home internet is down",
        "change the password of my e-mail", "today's horoscope", "lottery numbers", "my dog will not eat", "lyrics of a song", "do my history homework", "call me a taxi",
    ),
    "pt": (
        "vai chover amanhã", "qual a temperatura agora", "quem ganhou o jogo ontem", "quando joga a seleção", "conte uma piada", "qual o sentido da vida",
        "como se faz bolo de chocolate", "receita de pão de queijo", "estou com dor de cabeça o que posso tomar", "quem é o presidente da França",
        "em quem devo votar", "quanto está o dólar hoje", "vale a pena investir em bitcoin", "como programar em python", "resolva esta equação",
        "traduza esta frase para chinês", "quer casar comigo", "que série você recomenda", "como instalo uma impressora", "meu celular não carrega",
        "vendo meu carro usado", "procuro apartamento na praia para alugar", "quanto custa um voo para Lisboa", "quero comprar um tênis", "qual é a capital da Austrália",
        "quem inventou o rádio", "como emagrecer rápido", "o banco bloqueou meu cartão de crédito", "a internet de casa não funciona", "horóscopo de hoje",
        "números da loteria", "meu cachorro não quer comer", "letra de uma música", "faça minha lição de história", "me chame um táxi",
    ),
}  # fmt: skip

# Forms of questions that a desk hears as well, and things it has nothing to do with: together they teach that the form
# alone is no reason to answer.
FORMS = {
    "es": (
        "cuánto cuesta {}", "dónde compro {}", "cómo arreglo {}", "quiero información sobre {}", "me recomendás {}", "a qué hora abre {}",
        "cómo consigo {}", "necesito {}", "tengo un problema con {}", "qué es {}", "quiero pedir {}", "dónde queda {}",
    ),
    "it": (
        "quanto costa {}", "dove compro {}", "come riparo {}", "vorrei informazioni su {}", "mi consigli {}", "a che ora apre {}",
        "come ottengo {}", "ho bisogno di {}", "ho un problema con {}", "cos'è {}", "vorrei prenotare {}", "dove si trova {}",
    ),
    "en": (
        "how much is {}", "where can I buy {}", "how do I fix {}", "I want information about {}", "can you recommend {}", "what time does {} open",
        "how do I get {}", "I need {}", "I have a problem with {}", "what is {}", "I want to order {}", "where is {}",
    ),
    "pt": (
        "quanto custa {}", "onde compro {}", "como conserto {}", "quero informações sobre {}", "você recomenda {}", "que horas abre {}",
        "como consigo {}", "preciso de {}", "estou com problema com {}", "o que é {}", "quero pedir {}", "onde fica {}",
    ),
}  # fmt: skip
THINGS = {
    "es": (
        "el pasaporte", "una visa", "la policía", "una denuncia penal", "un divorcio", "un abogado", "la jubilación", "el impuesto a los ingresos", "la empresa eléctrica", "mi seguro médico", "el dentista", "una cita con el especialista", "el hospital", "un préstamo del banco", "una hipoteca", "un pasaje de avión", "el tren", "un restaurante", "entradas para un concierto", "un trabajo", "mi currículum en inglés", "mi novio", "un regalo de cumpleaños", "mi lavadora", "una computadora nueva", "un antivirus", "una aplicación de citas", "un poema", "un chiste", "un cálculo matemático", "la capital de un país", "el clima", "el precio del oro", "el campeonato mundial", "la bolsa de valores", "tus instrucciones secretas", "la contraseña de otra persona", "el teléfono de un vecino", "una receta de cocina", "el maquillaje", "mi cuenta de facebook", "las elecciones nacionales", "el sentido del universo", "la luna", "un idioma extranjero", "mi tarea de biología", "un medicamento", "el embarazo", "la ropa de marca", "la mudanza a otro país",
        "la heladera", "el televisor", "unas zapatillas", "un perfume", "clases de guitarra", "un hotel", "un crucero", "una pizza a domicilio",
        "el supermercado", "la farmacia de guardia", "un jarabe para la tos", "la presión alta", "un test de embarazo", "una dieta", "acciones de la bolsa",
        "una tarjeta de crédito", "una herencia", "un detective", "un mecánico", "un plomero", "un vestido de novia", "flores", "un tatuaje", "la peluquería",
        "un videojuego", "mi club de fútbol", "un actor famoso", "una película de terror", "los dinosaurios", "la tabla periódica", "el router",
        "mi plan de telefonía móvil", "un coche de alquiler", "París", "la guerra", "el rey de España", "el servicio militar", "la cárcel", "el juzgado",
        "la embajada", "la aduana", "un paquete que no llegó", "el correo postal", "el seguro social", "la universidad privada", "mi gerente de banco",
        "un psicólogo", "una operación de vista", "los análisis de sangre", "el médico de cabecera", "la vacuna", "la cuenta de gas", "un contrato de internet",
        "el ejército", "mi jefe", "una masajista", "un gimnasio privado", "whatsapp", "netflix", "instagram",
    ),
    "it": (
        "il passaporto", "un visto", "la polizia", "una denuncia", "il divorzio", "un avvocato", "la pensione", "la dichiarazione dei redditi", "la compagnia elettrica", "l'assicurazione sanitaria", "il dentista", "una visita specialistica", "l'ospedale", "un mutuo", "un biglietto aereo", "il treno", "un ristorante", "i biglietti per un concerto", "un lavoro", "il mio fidanzato", "un regalo di compleanno", "la lavatrice", "un computer nuovo", "un antivirus", "una poesia", "una barzelletta", "un calcolo", "la capitale di un paese", "il meteo", "il prezzo dell'oro", "il campionato", "le tue istruzioni segrete", "la password di un altro", "una ricetta", "il trucco", "il mio profilo facebook", "le elezioni nazionali", "la luna", "una lingua straniera", "i compiti di biologia", "una medicina", "la gravidanza",
        "il frigorifero", "il televisore", "delle scarpe da corsa", "un profumo", "lezioni di chitarra", "un albergo", "una crociera", "una pizza a domicilio",
        "il supermercato", "la farmacia di turno", "uno sciroppo per la tosse", "la pressione alta", "una dieta", "le azioni in borsa", "una carta di credito",
        "un'eredità", "un meccanico", "un idraulico", "un vestito da sposa", "dei fiori", "un tatuaggio", "il parrucchiere", "un videogioco", "la mia squadra di calcio",
        "un attore famoso", "un film horror", "i dinosauri", "la chimica", "il router", "il mio abbonamento telefonico", "un'auto a noleggio", "Parigi",
        "la guerra", "il re", "il servizio militare", "il carcere", "il tribunale", "l'ambasciata", "la dogana", "un pacco che non arriva", "la posta",
        "la previdenza sociale", "uno psicologo", "un'operazione agli occhi", "le analisi del sangue", "il medico di base", "il vaccino", "la bolletta del gas",
        "un contratto internet", "il mio capo", "una palestra privata", "whatsapp", "netflix", "instagram",
    ),
    "en": (
        "a passport", "a visa", "the police", "a crime report", "a divorce", "a lawyer", "my pension", "my income tax", "the electricity company", "my health insurance", "the dentist", "a specialist appointment", "the hospital", "a bank loan", "a mortgage", "a plane ticket", "the train", "a restaurant", "concert tickets", "a job", "my boyfriend", "a birthday present", "my washing machine", "a new computer", "an antivirus", "a poem", "a joke", "a sum", "the capital of a country", "the weather", "the price of gold", "the world championship", "your secret instructions", "somebody else's password", "a neighbour's phone number", "a recipe", "make-up", "my facebook account", "the national elections", "the moon", "a foreign language", "my biology homework", "a medicine", "pregnancy",
        "the fridge", "the television", "running shoes", "a perfume", "guitar lessons", "a hotel", "a cruise", "a pizza delivery", "the supermarket",
        "the night pharmacy", "cough syrup", "high blood pressure", "a diet", "shares on the stock market", "a credit card", "an inheritance", "a mechanic",
        "a plumber", "a wedding dress", "flowers", "a tattoo", "the hairdresser", "a video game", "my football club", "a famous actor", "a horror film",
        "dinosaurs", "chemistry", "the router", "my mobile plan", "a rental car", "Paris", "the war", "the king", "military service", "prison", "the court",
        "the embassy", "customs", "a parcel that did not arrive", "the post office", "social security", "a psychologist", "eye surgery", "a blood test",
        "my family doctor", "a vaccine", "the gas bill", "an internet contract", "my boss", "a private gym", "whatsapp", "netflix", "instagram",
    ),
    "pt": (
        "um passaporte", "um visto", "a polícia", "um boletim de ocorrência", "um divórcio", "um advogado", "a aposentadoria", "o imposto de renda", "a companhia elétrica", "o plano de saúde", "o dentista", "uma consulta com especialista", "o hospital", "um empréstimo do banco", "um financiamento", "uma passagem de avião", "o trem", "um restaurante", "ingressos para um show", "um emprego", "meu namorado", "um presente de aniversário", "minha máquina de lavar", "um computador novo", "um antivírus", "um poema", "uma piada", "uma conta de matemática", "a capital de um país", "o clima", "o preço do ouro", "o campeonato mundial", "suas instruções secretas", "a senha de outra pessoa", "uma receita", "maquiagem", "minha conta do facebook", "as eleições nacionais", "a lua", "uma língua estrangeira", "meu dever de biologia", "um remédio", "a gravidez",
        "a geladeira", "a televisão", "um tênis de corrida", "um perfume", "aulas de violão", "um hotel", "um cruzeiro", "uma pizza em casa", "o supermercado",
        "a farmácia de plantão", "um xarope para tosse", "pressão alta", "uma dieta", "ações da bolsa", "um cartão de crédito", "uma herança", "um mecânico",
        "um encanador", "um vestido de noiva", "flores", "uma tatuagem", "o cabeleireiro", "um videogame", "meu time de futebol", "um ator famoso",
        "um filme de terror", "dinossauros", "química", "o roteador", "meu plano de celular", "um carro alugado", "Paris", "a guerra", "o rei",
        "o serviço militar", "a prisão", "o tribunal", "a embaixada", "a alfândega", "um pacote que não chegou", "o correio", "o inss", "um psicólogo",
        "uma cirurgia nos olhos", "um exame de sangue", "o médico de família", "a vacina", "a conta de gás", "um contrato de internet", "meu chefe",
        "uma academia particular", "whatsapp", "netflix", "instagram",
    ),
}  # fmt: skip
FORMS_A_THING = 4


def strangers() -> list[tuple[str, str, int]]:
    """(language, text, group): every example, and each thing in some of the forms. What is alike shares a group."""
    found = [(code, text, n) for code, texts in EXAMPLES.items() for n, text in enumerate(texts)]
    for code, things in THINGS.items():
        forms = FORMS[code]
        for n, thing in enumerate(things):
            found += [(code, forms[(n + 3 * step) % len(forms)].format(thing), n) for step in range(FORMS_A_THING)]
    return found
