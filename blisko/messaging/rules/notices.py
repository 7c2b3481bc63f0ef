"""The notifications a new house starts with: a title and a line; a tap opens the link, so no words speak of it."""

from collections.abc import Mapping

NOTICES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "visit_invited": {
        "en": ("When may we come?", "Choose the time that suits you."),
        "pl": ("Kiedy możemy przyjechać?", "Prosimy wybrać dogodny termin wizyty."),
        "hu": ("Mikor mehetünk Önhöz?", "Válassza ki az Önnek megfelelő időpontot."),
    },
    "visit_booked": {
        "en": ("Your visit is booked", "{day}, {window}"),
        "pl": ("Wizyta umówiona", "{day}, {window}"),
        "hu": ("Időpontját rögzítettük", "{day}, {window}"),
    },
    "visit_day_before": {
        "en": ("A reminder of your visit", "{day}, {window} ({technician})"),
        "pl": ("Przypomnienie o wizycie", "{day}, {window} ({technician})"),
        "hu": ("Emlékeztető a kiszállásra", "{day}, {window} ({technician})"),
    },
    "visit_on_the_way": {
        "en": ("On the way to you", "Expected {eta} ({technician}). Map and phone: on the visit's page."),
        "pl": ("Technik już jedzie", "Przyjazd: {eta} ({technician}). Mapa i telefon: na stronie wizyty."),
        "hu": ("Technikusunk úton van Önhöz", "Várható érkezés: {eta} ({technician}). Térkép, telefon: a kiszállás oldalán."),
    },
    "visit_delayed": {
        "en": ("New arrival estimate: {eta}", "We are sorry. You can wait, choose another time or cancel."),
        "pl": ("Zmiana godziny przyjazdu: {eta}", "Przepraszamy. Można poczekać, zmienić termin lub odwołać wizytę."),
        "hu": ("Módosult a várható érkezés: {eta}", "Elnézést kérünk! Megvárhat minket, választhat másik időpontot, vagy lemondhatja."),
    },
    "visit_technician": {
        "en": ("Somebody else is coming", "{technician}, {day}. The agreed time stays."),
        "pl": ("Zmiana technika", "{day}: {technician}. Umówione godziny bez zmian."),
        "hu": ("Más technikusunk érkezik", "{day}: {technician}. A megbeszélt időpont nem változik."),
    },
    "visit_moved": {
        "en": ("Your visit has a new time", "{day}, {window}"),
        "pl": ("Nowy termin wizyty", "{day}, {window}"),
        "hu": ("A kiszállás új időpontja", "{day}, {window}"),
    },
    "visit_earlier": {
        "en": ("Something earlier is free", "{day}, {window}. It can be yours with one tap."),
        "pl": ("Wolny wcześniejszy termin", "{day}, {window}. Wystarczy jedno kliknięcie."),
        "hu": ("Korábbi időpont szabadult fel", "{day}, {window}. Egy koppintás, és az Öné."),
    },
    "visit_cancelled": {
        "en": ("The visit is cancelled", "{day}, {window}. Questions? {phone}"),
        "pl": ("Wizyta odwołana", "{day}, {window}. Pytania? {phone}"),
        "hu": ("A kiszállás elmarad", "{day}, {window}. Kérdése van? {phone}"),
    },
    "visit_done": {
        "en": ("Does everything work?", "The work is finished. Two taps are enough for your answer."),
        "pl": ("Czy wszystko działa?", "Prace zakończone. Na odpowiedź wystarczą dwa kliknięcia."),
        "hu": ("Minden rendben működik?", "A munkát befejeztük. A válasz csak két koppintás."),
    },
    "visit_still_works": {
        "en": ("Is everything still working?", "One tap tells us."),
        "pl": ("Czy wszystko nadal działa?", "Wystarczy jedno kliknięcie."),
        "hu": ("Minden rendben működik azóta is?", "Egy koppintás elég."),
    },
    "visit_no_access": {
        "en": ("Nobody answered the door", "We came today. What happens next: on the visit's page."),
        "pl": ("Nikogo nie zastaliśmy", "Byliśmy dziś na miejscu. Co dalej: na stronie wizyty."),
        "hu": ("Senki sem nyitott ajtót", "Ma kerestük Önt. A további teendők: a kiszállás oldalán."),
    },
    "dispute_answered": {
        "en": ("Our answer is here", "We have looked into what you told us about the visit."),
        "pl": ("Nasza odpowiedź", "Sprawdziliśmy Państwa uwagi do wizyty."),
        "hu": ("Megjött a válaszunk", "Utánajártunk a kiszállással kapcsolatos kifogásának."),
    },
    "link_renewed": {
        "en": ("Your visit has a new link", "The old one no longer works."),
        "pl": ("Nowy link do wizyty", "Poprzedni już nie działa."),
        "hu": ("Új link a kiszálláshoz", "A korábbi már nem működik."),
    },
    "help_waits": {
        "en": ("{technician} asks for help", "Since {from}: {what}."),
        "pl": ("{technician} prosi o pomoc", "Od {from}: {what}."),
        "hu": ("{technician} segítséget kér", "{from} óta: {what}."),
    },
    "risk_waits": {
        "en": ("Visits likely to be late", "Nobody looks after them: {what}."),
        "pl": ("Wizyty zagrożone spóźnieniem", "Nikt się nimi nie zajmuje: {what}."),
        "hu": ("Várhatóan késő kiszállások", "Senki sem foglalkozik velük: {what}."),
    },
}
