"""The texts a new house starts with: short, polite, and each SMS within one part after transliteration."""

from collections.abc import Mapping

from blisko.messaging.errors import NoSuchTemplate
from blisko.messaging.rules.delivery import Channel
from blisko.messaging.rules.notices import NOTICES
from blisko.messaging.rules.templates import Text

_SMS: Mapping[str, Mapping[str, str]] = {
    "visit_invited": {
        "en": "{brand}: when may our technician come? Choose the time that suits you: {link}",
        "pl": "{brand}: kiedy możemy przyjechać? Dogodny termin można wybrać tutaj: {link}",
        "hu": "{brand}: mikor jöhet a technikusunk? Válassza ki az Önnek megfelelő időpontot: {link}",
    },
    "visit_booked": {
        "en": "{brand}: your visit is booked for {day}, {window}. Details: {link}",
        "pl": "{brand}: wizyta technika: {day}, {window}. Szczegóły: {link}",
        "hu": "{brand}: technikusunk érkezése: {day}, {window}. Részletek: {link}",
    },
    "visit_day_before": {
        "en": "{brand}: {technician} is coming {day}, {window}. Details: {link}",
        "pl": "{brand}: {day}, {window} przyjedzie {technician}. Szczegóły: {link}",
        "hu": "{brand}: {day}, {window} között érkezik: {technician}. Részletek: {link}",
    },
    "visit_on_the_way": {
        "en": "{brand}: {technician} is on the way and will be with you {eta}. Map and phone: {link}",
        "pl": "{brand}: {technician} już jedzie. Przyjazd: {eta}. Mapa i telefon: {link}",
        "hu": "{brand}: {technician} elindult Önhöz. Várható érkezés: {eta}. Térkép, telefon: {link}",
    },
    "visit_delayed": {
        "en": "{brand}: new arrival estimate: {technician}, {eta}. We are sorry. Wait, move or cancel: {link}",
        "pl": "{brand}: zmiana: {technician}, ok. {eta}. Przepraszamy. Można poczekać, zmienić lub odwołać: {link}",
        "hu": "{brand}: módosult érkezés: {technician}, {eta}. Elnézést kérünk! Megvárja, áthelyezi, lemondja? {link}",
    },
    "visit_technician": {
        "en": "{brand}: a change: {technician} is coming to you, {day}. Details: {link}",
        "pl": "{brand}: zmiana technika: {day} przyjedzie {technician}. Szczegóły: {link}",
        "hu": "{brand}: változás! {day} érkezik Önhöz: {technician}. Részletek: {link}",
    },
    "visit_moved": {
        "en": "{brand}: your visit has a new time: {day}, {window}. Details: {link}",
        "pl": "{brand}: nowy termin wizyty: {day}, {window}. Szczegóły: {link}",
        "hu": "{brand}: az új időpont: {day}, {window}. Részletek: {link}",
    },
    "visit_earlier": {
        "en": "{brand}: something earlier is free: {day}, {window}. Yours with one tap: {link}",
        "pl": "{brand}: wcześniejszy termin: {day}, {window}. Wystarczy kliknąć: {link}",
        "hu": "{brand}: korábbi időpont: {day}, {window}. Egy koppintás, és az Öné: {link}",
    },
    "visit_cancelled": {
        "en": "{brand}: the visit on {day}, {window} is cancelled. Questions? {phone}",
        "pl": "{brand}: wizyta odwołana: {day}, {window}. Pytania? {phone}",
        "hu": "{brand}: a kiszállás elmarad: {day}, {window}. Kérdése van? {phone}",
    },
    "visit_done": {
        "en": "{brand}: the work is finished. Does everything work? Two taps are enough: {link}",
        "pl": "{brand}: prace zakończone. Czy wszystko działa? Wystarczą dwa kliknięcia: {link}",
        "hu": "{brand}: a munkát befejeztük. Minden rendben működik? Két koppintás: {link}",
    },
    "visit_still_works": {
        "en": "{brand}: is everything still working after our visit? One tap tells us: {link}",
        "pl": "{brand}: czy po naszej wizycie wszystko nadal działa? Wystarczy jedno kliknięcie: {link}",
        "hu": "{brand}: a kiszállásunk óta is minden rendben működik? Egy koppintás elég: {link}",
    },
    "visit_no_access": {
        "en": "{brand}: we came today, but nobody answered the door. What happens next: {link}",
        "pl": "{brand}: byliśmy dziś na miejscu, ale nikogo nie zastaliśmy. Co dalej: {link}",
        "hu": "{brand}: ma kerestük Önt, de senki sem nyitott ajtót. A további teendők: {link}",
    },
    "dispute_answered": {
        "en": "{brand}: we have looked into what you told us about the visit. Our answer: {link}",
        "pl": "{brand}: sprawdziliśmy Państwa uwagi do wizyty. Nasza odpowiedź: {link}",
        "hu": "{brand}: utánajártunk a kiszállással kapcsolatos kifogásának. Válaszunk: {link}",
    },
    "link_renewed": {
        "en": "{brand}: the new link to your visit is {link} The old one no longer works.",
        "pl": "{brand}: nowy link do wizyty: {link} Poprzedni już nie działa.",
        "hu": "{brand}: az Ön új linkje: {link} A korábbi már nem működik.",
    },
    "help_waits": {
        "en": "{brand}: {technician} asks for help since {from}: {what}. Answer: {page}",
        "pl": "{brand}: {technician} prosi o pomoc od {from}: {what}. Odpowiedź: {page}",
        "hu": "{brand}: {technician} segítséget kér {from} óta: {what}. Válasz: {page}",
    },
    "risk_waits": {
        "en": "{brand}: nobody looks after visits likely to be late: {what}. See {page}",
        "pl": "{brand}: nikt nie zajmuje się wizytami zagrożonymi spóźnieniem: {what}. Zobacz: {page}",
        "hu": "{brand}: senki sem foglalkozik a várhatóan késő kiszállásokkal: {what}. Lásd: {page}",
    },
}

_GREETING = {"en": "Hello {name},", "pl": "Dzień dobry,", "hu": "Tisztelt {name}!"}
_SIGNATURE = {
    "en": "Questions? Call us on {phone}.\n\nKind regards,\n{brand}",
    "pl": "W razie pytań prosimy o telefon: {phone}.\n\nZ poważaniem\n{brand}",
    "hu": "Kérdés esetén hívjon minket: {phone}.\n\nÜdvözlettel:\n{brand}",
}
# The subject, then the paragraphs between greeting and signature.
_LETTERS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "visit_invited": {
        "en": (
            "When may our technician come?",
            "please choose the time that suits you. You will see when a technician can really come to your place:",
            "{link}",
            "Until you have chosen, nothing is booked. The link is yours alone. Whoever has it can see the visit.",
        ),
        "pl": (
            "Kiedy możemy przyjechać?",
            "prosimy wybrać dogodny termin wizyty technika. Na stronie są tylko te godziny, w których naprawdę możemy przyjechać:",
            "{link}",
            "Dopóki termin nie jest wybrany, wizyta nie jest umówiona. Link jest przeznaczony tylko dla Państwa. Kto go ma, widzi wizytę.",
        ),
        "hu": (
            "Mikor jöhet a technikusunk?",
            "kérjük, válassza ki az Önnek megfelelő időpontot. Csak olyan időpontokat mutatunk, amikor valóban ki tudunk menni Önhöz:",
            "{link}",
            "Amíg nem választ, nincs lefoglalt időpontja. A link csak Önnek szól: aki ismeri, látja a kiszállás adatait.",
        ),
    },
    "visit_booked": {
        "en": (
            "Your visit: {day}, {window}",
            "your visit is booked for {day}, {window}.",
            "On the visit's own page you can see who is coming, leave a note for the technician and, on the day, follow the way on a map:",
            "{link}",
            "The link is yours alone. Whoever has it can see the visit.",
        ),
        "pl": (
            "Wizyta technika: {day}, {window}",
            "wizyta technika została umówiona: {day}, {window}.",
            "Na stronie wizyty widać, kto przyjedzie; można zostawić wiadomość dla technika, a w dniu wizyty śledzić drogę na mapie:",
            "{link}",
            "Link jest przeznaczony tylko dla Państwa. Kto go ma, widzi wizytę.",
        ),
        "hu": (
            "Technikusunk érkezése: {day}, {window}",
            "időpontját rögzítettük: {day}, {window}.",
            "A kiszállás oldalán megnézheti, ki érkezik Önhöz, üzenhet a technikusnak, aznap pedig térképen követheti az útját:",
            "{link}",
            "A link csak Önnek szól: aki ismeri, látja a kiszállás adatait.",
        ),
    },
    "visit_day_before": {
        "en": (
            "Coming up: {day}, {window}",
            "{technician} will be with you {day}, {window}.",
            "If the time no longer suits you, please call us. All about the visit:",
            "{link}",
        ),
        "pl": (
            "Przypomnienie o wizycie: {day}, {window}",
            "przypominamy o wizycie: {day}, {window}. Przyjedzie {technician}.",
            "Jeśli termin już nie odpowiada, prosimy o telefon. Szczegóły wizyty:",
            "{link}",
        ),
        "hu": (
            "Emlékeztető: {day}, {window}",
            "emlékeztetjük a kiszállásra: {day}, {window}. Technikusunk: {technician}.",
            "Ha az időpont mégsem megfelelő, kérjük, hívjon minket. A kiszállás részletei:",
            "{link}",
        ),
    },
    "visit_on_the_way": {
        "en": (
            "{technician} is on the way",
            "{technician} is on the way and should be with you {eta}.",
            "Follow the drive on the map, or call:",
            "{link}",
        ),
        "pl": (
            "Technik jest już w drodze",
            "{technician} jest już w drodze. Przewidywany przyjazd: {eta}.",
            "Drogę technika można śledzić na mapie, można też do niego zadzwonić:",
            "{link}",
        ),
        "hu": (
            "Technikusunk úton van Önhöz",
            "{technician} elindult Önhöz. Várható érkezés: {eta}.",
            "Útját a térképen követheti, és fel is hívhatja:",
            "{link}",
        ),
    },
    "visit_delayed": {
        "en": (
            "Another arrival time: {eta}",
            "our day is going differently from what we planned, and we are sorry: {technician} should be with you {eta}.",
            "Would you like to wait, choose another time, or cancel? One tap is enough, and no answer is needed if you wait:",
            "{link}",
        ),
        "pl": (
            "Zmiana godziny przyjazdu: {eta}",
            "dzień układa się inaczej, niż planowaliśmy, za co przepraszamy. {technician} przyjedzie około {eta}.",
            "Można poczekać, wybrać inny termin albo odwołać wizytę. Wystarczy jedno kliknięcie, a kto czeka, nie musi nic robić:",
            "{link}",
        ),
        "hu": (
            "Módosult érkezési idő: {eta}",
            "a napunk másképp alakul, mint terveztük; elnézést kérünk érte. A várható érkezés: {eta} ({technician}).",
            "Megvárhat minket, választhat másik időpontot, vagy lemondhatja. Egy koppintás elég; ha megvár, nincs teendője:",
            "{link}",
        ),
    },
    "visit_technician": {
        "en": (
            "{technician} is coming to you",
            "somebody else is coming to you {day}: {technician}. The agreed time stays.",
            "Everything else is here:",
            "{link}",
        ),
        "pl": (
            "Przyjedzie {technician}",
            "zmienił się technik: {day} przyjedzie {technician}. Umówione godziny pozostają bez zmian.",
            "Wszystkie szczegóły:",
            "{link}",
        ),
        "hu": (
            "Önhöz érkezik: {technician}",
            "a kiszállásra más technikusunk érkezik, {day}: {technician}. A megbeszélt időpont nem változik.",
            "Minden további részlet:",
            "{link}",
        ),
    },
    "visit_moved": {
        "en": (
            "New time: {day}, {window}",
            "your visit has a new time: {day}, {window}.",
            "Everything else is here:",
            "{link}",
        ),
        "pl": (
            "Nowy termin wizyty: {day}, {window}",
            "wizyta ma nowy termin: {day}, {window}.",
            "Wszystkie szczegóły:",
            "{link}",
        ),
        "hu": (
            "Új időpont: {day}, {window}",
            "a kiszállás új időpontja: {day}, {window}.",
            "Minden további részlet:",
            "{link}",
        ),
    },
    "visit_earlier": {
        "en": (
            "Something earlier: {day}, {window}",
            "an earlier time has come free: {day}, {window}.",
            "We keep it for you for ten minutes; one tap and it is yours. If you do nothing, everything stays as agreed:",
            "{link}",
        ),
        "pl": (
            "Wcześniejszy termin: {day}, {window}",
            "zwolnił się wcześniejszy termin: {day}, {window}.",
            "Trzymamy go dla Państwa przez dziesięć minut; wystarczy jedno kliknięcie. Bez odpowiedzi wszystko zostaje po staremu:",
            "{link}",
        ),
        "hu": (
            "Korábbi időpont: {day}, {window}",
            "felszabadult egy korábbi időpont: {day}, {window}.",
            "Tíz percig fenntartjuk Önnek; egy koppintás, és az Öné. Ha nem válaszol, minden marad a megbeszéltek szerint:",
            "{link}",
        ),
    },
    "visit_cancelled": {
        "en": (
            "Visit cancelled: {day}",
            "the visit on {day}, {window} is cancelled. Nobody will come, and there is nothing you need to do.",
        ),
        "pl": (
            "Wizyta odwołana: {day}",
            "wizyta w terminie: {day}, {window} została odwołana. Nikt nie przyjedzie i nic nie trzeba już robić.",
        ),
        "hu": (
            "Lemondott időpont: {day}",
            "a következő időpont elmarad: {day}, {window}. Senki nem fog érkezni, és Önnek sincs teendője.",
        ),
    },
    "visit_done": {
        "en": (
            "Does everything work?",
            "the work at your place is finished.",
            "Does everything work? Two taps are enough to tell us:",
            "{link}",
        ),
        "pl": (
            "Czy wszystko działa?",
            "prace zostały zakończone.",
            "Czy wszystko działa? Wystarczą dwa kliknięcia:",
            "{link}",
        ),
        "hu": (
            "Minden rendben működik?",
            "a munkát befejeztük.",
            "Minden rendben működik? Két koppintással jelezheti:",
            "{link}",
        ),
    },
    "visit_still_works": {
        "en": (
            "Is everything still working?",
            "our technician was with you on {day}. Some faults come back only after a few days.",
            "Is everything still working? One tap tells us:",
            "{link}",
        ),
        "pl": (
            "Czy wszystko nadal działa?",
            "nasz technik był u Państwa: {day}. Niektóre usterki wracają dopiero po kilku dniach.",
            "Czy wszystko nadal działa? Wystarczy jedno kliknięcie:",
            "{link}",
        ),
        "hu": (
            "Minden rendben működik azóta is?",
            "technikusunk nemrég járt Önnél: {day}. Egyes hibák csak néhány nap múlva jönnek vissza.",
            "Azóta is minden rendben működik? Egy koppintás elég:",
            "{link}",
        ),
    },
    "visit_no_access": {
        "en": (
            "We missed you today",
            "our technician came today, but nobody answered the door.",
            "We will call you to agree on another time. All about the visit:",
            "{link}",
        ),
        "pl": (
            "Nie zastaliśmy nikogo",
            "technik był dziś na miejscu, ale nikogo nie zastał.",
            "Zadzwonimy, aby uzgodnić nowy termin. Szczegóły wizyty:",
            "{link}",
        ),
        "hu": (
            "Ma nem találtuk otthon",
            "technikusunk ma kereste Önt, de senki sem nyitott ajtót.",
            "Felhívjuk Önt, hogy új időpontot egyeztessünk. A kiszállás részletei:",
            "{link}",
        ),
    },
    "dispute_answered": {
        "en": (
            "Our answer about the visit",
            "we have looked into what you told us about the report of your visit.",
            "You find our answer in the report:",
            "{link}",
        ),
        "pl": (
            "Odpowiedź w sprawie wizyty",
            "sprawdziliśmy Państwa uwagi do raportu z wizyty.",
            "Nasza odpowiedź znajduje się w raporcie:",
            "{link}",
        ),
        "hu": (
            "Válaszunk a kiszállással kapcsolatban",
            "utánajártunk annak, amit a kiszállás jegyzőkönyvéről írt.",
            "Válaszunkat a jegyzőkönyvben találja:",
            "{link}",
        ),
    },
    "link_renewed": {
        "en": ("Your new link", "here is the new link to your visit. The old one no longer works.", "{link}"),
        "pl": ("Nowy link do wizyty", "oto nowy link do wizyty. Poprzedni już nie działa.", "{link}"),
        "hu": ("Az Ön új linkje", "íme az új link a kiszálláshoz. A korábbi már nem működik.", "{link}"),
    },
    "help_waits": {
        "en": ("{technician} waits for help", "{technician} has waited for an answer since {from}: {what}.", "Answer here:", "{page}"),
        "pl": ("{technician} czeka na pomoc", "{technician} czeka na odpowiedź od {from}: {what}.", "Odpowiedzieć można tutaj:", "{page}"),
        "hu": ("{technician} segítségre vár", "{technician} {from} óta vár válaszra: {what}.", "Itt válaszolhat:", "{page}"),
    },
    "risk_waits": {
        "en": ("Visits likely to be late", "nobody looks after visits that are likely to be late: {what}.", "What can be done:", "{page}"),
        "pl": ("Wizyty zagrożone spóźnieniem", "nikt nie zajmuje się zagrożonymi wizytami: {what}.", "Co można zrobić:", "{page}"),
        "hu": ("Várhatóan késő kiszállások", "senki sem foglalkozik a várhatóan késő kiszállásokkal: {what}.", "Lehetőségek:", "{page}"),
    },
}


def default_text(code: str, channel: Channel, language: str) -> Text:
    """Answer the text a message has until somebody edits it, or refuse `NoSuchTemplate`."""
    texts: Mapping[str, Mapping[str, object]] = {Channel.SMS: _SMS, Channel.EMAIL: _LETTERS, Channel.PUSH: NOTICES}[channel]
    if language not in texts.get(code, {}):
        raise NoSuchTemplate(details={"code": code, "channel": str(channel), "language": language})
    if channel is Channel.SMS:
        return Text(_SMS[code][language])
    if channel is Channel.PUSH:
        title, words = NOTICES[code][language]
        return Text(words, title, transliterate=False)
    subject, first, *more = _LETTERS[code][language]
    paragraphs = [_GREETING[language], _opened(first, language), *more, _SIGNATURE[language]]
    return Text("\n\n".join(paragraphs), subject, transliterate=False)


def _opened(words: str, language: str) -> str:
    # Polish goes on in lower case after the comma of its greeting; a placeholder is left as it comes.
    return words if language == "pl" or words.startswith("{") else words[0].upper() + words[1:]
