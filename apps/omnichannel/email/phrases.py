"""What mail programs and people write round a quotation or a signature, language by language.

Adding a language is adding its words here; `quotations.py` knows none. Phrases are parted by | and line ends.
"""


def listed(table: str) -> list[str]:
    return [phrase.strip() for line in table.strip().splitlines() for phrase in line.split("|") if phrase.strip()]


# "On ..." at the head of "On Monday ... wrote:", beside digits and the names of days.
OPENINGS = listed("""
quoting|zitat von|citando a|于|בתאריך
on|at|el|il|in|data|em|no|dia|a|le|am|vom|op|den|d.|på|kl|w|dniu|dnia|dne|dňa|ha|a(z)|στις|в|во|на|la|els|os|pe|to|ma
ti|ke|su|na|dana|u|tarihinde|pada|vào|lúc|on:|date:|dated
""")

DAYS = listed("""
mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday|lun|mar|mié|mie
jue|vie|sáb|sab|dom|lunes|martes|miércoles|jueves|viernes|sábado|domingo|mer|gio|ven|lunedì|martedì|mercoledì|giovedì
venerdì|sabato|domenica|seg|ter|qua|qui|sex|segunda|terça|quarta|quinta|sexta|segunda-feira|terça-feira|quarta-feira
quinta-feira|sexta-feira|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|jeu|dim|sam|mo|di|mi|do|fr|sa|so|montag
dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|ma|wo|vr|za|zo|maandag|dinsdag|woensdag|donderdag|vrijdag
zaterdag|zondag|man|tir|ons|tor|fre|lør|søn|mandag|tirsdag|onsdag|torsdag|fredag|lørdag|søndag|mån|tis|lör|sön|måndag
tisdag|lördag|söndag|pon|wt|śr|czw|pt|sob|ndz|niedz|poniedziałek|wtorek|środa|czwartek|piątek|sobota|niedziela|пн|вт
ср|чт|пт|сб|вс|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|maanantai|tiistai|keskiviikko|torstai
perjantai|lauantai|sunnuntai
""")

# The verb of "... wrote:".
WROTE = listed("""
wrote|writes|has written|said
escribió|escribio|escribía|escribe|ha escrito|dijo
ha scritto|scrisse|scrive
escreveu|escrevia|escreve
a écrit|a ecrit|écrivait|écrit
schrieb|schreibt|geschrieben
schreef|schrijft|geschreven
skrev|skreiv|skriver
kirjoitti|kirjoittaa
napisał|napisała|napisał(a)|napisali|pisze
пишет|писал|писала|писал(а)|написал|написала|написал(а)|пише|написав|написала|написа
napsal|napsala|napsal(a)|napísal|napísala|napísal(a)|píše
ezt írta|írta
yazdı|şunu yazdı|şunları yazdı
έγραψε
a scris
va escriure|ha escrit
escribiu
idatzi du
je napisao|je napisala|je napisal|napisao je
menulis|đã viết
כתב|כתבה|كتب
写道|寫道|写信|さんは書きました|のメール|님이 작성|작성
""")

# "-----Original message-----".
SEPARATORS = listed("""
original message|original-message|reply message|original email|original e-mail|mensaje original
mensaje original enviado|correo original|messaggio originale|messaggio originario|mensagem original
message d'origine|message original|message initial|e-mail d'origine|ursprüngliche nachricht|urspr. nachricht
originalnachricht|original-nachricht|originale nachricht|ursprüngliche mail|oorspronkelijk bericht
origineel bericht|oorspronkelijke bericht|oprindelig meddelelse|original meddelelse|oprindelig besked
opprinnelig melding|opprinnelig beskjed|ursprungligt meddelande|originalmeddelande|alkuperäinen viesti
oryginalna wiadomość|wiadomość oryginalna|исходное сообщение|исходное письмо|оригинальное сообщение
původní zpráva|pôvodná správa|eredeti üzenet|özgün ileti|orijinal mesaj|mesaj original|αρχικό μήνυμα
missatge original|missatge reenviat|mensaxe orixinal|jatorrizko mezua|izvorna poruka|izvirno sporočilo
оригинално съобщение|оригінальне повідомлення|原始邮件|原始郵件|邮件原件|元のメッセージ|원본 메시지|원본 이메일
""")

# "---------- Forwarded message ----------": what follows is passed on to us, so it is content.
FORWARDS = listed("""
forwarded message|forwarded by|begin forwarded message|begin forwarded email|mensaje reenviado
inicio del mensaje reenviado|messaggio inoltrato|inizio messaggio inoltrato|mensagem encaminhada
mensagem reencaminhada|início da mensagem encaminhada|início da mensagem reencaminhada|message transféré
message transmis|début du message transféré|début du message réexpédié|weitergeleitete nachricht
anfang der weitergeleiteten nachricht|doorgestuurd bericht|begin doorgestuurd bericht|videresendt besked
start på videresendt besked|start på videresendt meddelelse|videresendt melding|start på videresendt melding
starten på videresendt melding|vidarebefordrat meddelande|vidarebefordrat brev|välitetty viesti
välitetyn viestin alku|wiadomość przekazana|treść przekazanej wiadomości|początek przekazywanej wiadomości
пересылаемое сообщение|пересланное сообщение|начало переадресованного сообщения|přeposlaná zpráva
preposlaná správa|továbbított üzenet|iletilen mesaj|转发邮件|転送されたメッセージ
""")

# The names of header lines that Outlook and its kin put above a quoted message.
FROM = listed("""
from|de|da|von|van|od|fra|från|frå|lähettäjä|от|kimden|kime|gönderen|la|feladó|expeditor|od:|απο|από|e|shkruar|de:|da:
发件人|寄件者|差出人|보낸|사람|보낸사람|من|מאת|nadawca|remitente|mittente|remetente|expéditeur|absender|afzender
avsändare|igorlea
de la|보낸 사람|e-mail de
""")

SENT = listed("""
sent|date|enviado|fecha|inviato|data|enviada|expédié|envoyé|gesendet|datum|verzonden|sendt|dato|skickat|lähetetty
päivämäärä|wysłano|отправлено|дата|отправленные|odesláno|dátum|odoslané|küldve|tarih|gönderildi|trimis|ημερομηνία
στάλθηκε|poslano|datums|enviat|发送时间|發送時間|日期|寄件日期|送信日時|日時|보낸|날짜|תאריך|تاريخ|bidalia
päiväys|päivä|enviado el|enviado em
enviada em|data de envio|data invio|date d'envoi|gesendet am|보낸 날짜|enviat el
""")

TO = listed("""
to|para|a|an|aan|til|till|vastaanottaja|do|kому|кому|à|pour|destinatario|destinatari|destinatário|destinataire
empfänger|komu|címzett|kime|către|προς|kam|cc|cc:|copia|copie|kopie|kopi|kopia|kopio|копия|kópia|bcc|cco|ccn|dw|udw
收件人|收件者|宛先|받는|사람|받는사람|抄送|副本|אל|إلى|per|nori|rispondi a|reply to|reply-to|responder a
répondre à|antwort an|받는 사람
copie à|con copia
""")

SUBJECT = listed("""
subject|asunto|oggetto|assunto|objet|betreff|onderwerp|emne|ämne|aihe|temat|тема|předmět|predmet|tárgy|konu|subiect
θέμα|assumpte|gaia|主题|主旨|件名|제목|נושא|الموضوع|importance|attachments|priority|importancia|wichtigkeit
anlagen|adjuntos
anexos|allegati|pièces jointes|bijlagen
""")

# A line that a telephone or a mail program adds by itself: "Sent from my ...", then a device or a program.
SENT_FROM = listed("""
sent from|sent via|sent with|sent by|sent using|get outlook for|sent from my|from my
enviado desde|enviado con|enviado por|enviado mediante|obtener outlook para|descargar outlook para
inviato da|inviato dal|inviato dall'|inviato con|inviato tramite|ottieni outlook per|scarica outlook per
enviado do|enviado a partir do|enviado a partir de|enviado via|enviado pelo|enviado de|enviada do|obter o outlook para
obtenha o outlook para
envoyé de|envoyé depuis|envoyé avec|envoyé à partir de|envoyé par|envoyé via|obtenir outlook pour
télécharger outlook pour
gesendet von|gesendet mit|gesendet über|von meinem|von unterwegs gesendet|diese nachricht wurde von meinem|outlook für
holen sie sich outlook für|hol dir outlook für
verstuurd vanaf|verzonden vanaf|verzonden met|verstuurd met|verstuurd via|verzonden via|outlook voor
download outlook voor
sendt fra|sendt via|sendt med|hent outlook til|få outlook til|få outlook for
skickat från|skickat med|skickat via|skaffa outlook för|hämta outlook för
lähetetty|hanki outlook
wysłane z|wysłano z|wysłano przez|wysłane przy użyciu|pobierz program outlook|uzyskaj program outlook
отправлено с|отправлено из|отправлено при помощи|послано с|скачать outlook для|получить outlook для
odesláno z|odoslané z|odesláno pomocí|získat outlook pro
elküldve|iphone'umdan gönderildi|trimis de pe|trimis din|enviat des del|enviat des de
iphoneから送信|androidから送信|从我的|發自我的|发自我的|나의
""")

DEVICES = listed("""
iphone|ipad|ipod|imachine|android|samsung|galaxy|blackberry|huawei|xiaomi|redmi|honor|oneplus|nokia|lumia|motorola
pixel|sony|xperia|htc|lg|oppo|outlook|gmail|yahoo|hotmail|aol|proton|protonmail|tutanota|thunderbird|mailbird|airmail
sparrow|spark|typeapp|bluemail|newton|edison|mailspring|postbox|canary|k-9|k9|fairemail|acompli|webmail|orange|sfr
zimbra|roundcube|foxmail|mail.ru|yandex|smartphone|tablet|mobile|mobil|móvil|móvel|cellulare|téléphone|handy|telefon
telefono|teléfono|puhelin|puhelimesta|телефона|телефон|telefone|mobilni|mobiltelefon|verizon|vodafone|t-mobile|telekom
at&t|icloud|app|appareil|gerät|apparaat|dispositivo|device|enhet|laite|urządzenia|устройства|xfinity|comcast|blue mail
windows phone|my phone|nine mail|macbook|my mac|mail for windows|mail app
""")

# A closing on a line of its own. Only formal ones: what follows a plain "Thanks" is often more text.
CLOSINGS = listed("""
regards|best regards|kind regards|kindest regards|warm regards|warmest regards|many regards|with regards|best wishes
yours sincerely|yours faithfully|yours truly|sincerely|cordially|respectfully|thanks and regards|thanks & regards
thank you and regards|br|kr
saludos|un saludo|un cordial saludo|saludos cordiales|cordiales saludos|atentamente|muy atentamente|cordialmente
reciba un cordial saludo|reciban un cordial saludo|le saluda atentamente
cordiali saluti|distinti saluti|i migliori saluti|saluti|un cordiale saluto|cordialità
cumprimentos|com os melhores cumprimentos|melhores cumprimentos|os melhores cumprimentos|atenciosamente|atentamente
cordialmente|saudações|com os meus cumprimentos
cordialement|bien cordialement|salutations|sincères salutations|bien à vous|meilleures salutations|respectueusement
mit freundlichen grüßen|mit freundlichem gruß|freundliche grüße|viele grüße|beste grüße|mit besten grüßen
hochachtungsvoll|mfg|vg|schöne grüße|herzliche grüße|liebe grüße
met vriendelijke groet|met vriendelijke groeten|vriendelijke groet|vriendelijke groeten|hoogachtend|mvg|groeten|groet
med venlig hilsen|venlig hilsen|med vennlig hilsen|vennlig hilsen|mvh|hilsen|de bedste hilsner|bedste hilsner
beste hilsen|med vänlig hälsning|med vänliga hälsningar|vänliga hälsningar|vänlig hälsning|hälsningar|hälsning|kh|vh
ystävällisin terveisin|terveisin|parhain terveisin|yt
pozdrawiam|z poważaniem|z powazaniem|serdecznie pozdrawiam|z wyrazami szacunku|pozdrowienia
с уважением|с наилучшими пожеланиями|всего доброго|з повагою
s pozdravem|s pozdravom|üdvözlettel|tisztelettel|saygılarımla|cu stimă|με εκτίμηση
salutacions|cordialment|atentament|saúdos|agur bero bat
""")
