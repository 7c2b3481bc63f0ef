"""The operator's work: kinds of jobs, and what people say about them in three languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Job:
    """A kind of job: code, name per language, minutes, share of the day, skills, parts and checklist.

    `levels`: the least level of a skill, where 1 is not enough. `crew`: how many go together.
    """

    code: str
    names: dict[str, str]
    minutes: int
    share: int
    skills: tuple[str, ...]
    kit: tuple[tuple[str, int], ...]
    checklist: tuple[dict[str, str], ...]
    levels: tuple[tuple[str, int], ...] = ()
    tools: tuple[str, ...] = ()
    crew: int = 1
    priority: str = "normal"

    @property
    def wanted(self) -> dict[str, int]:
        """Every skill with its least level."""
        return dict.fromkeys(self.skills, 1) | dict(self.levels)


def _words(en: str, pl: str, hu: str) -> dict[str, str]:
    return {"en": en, "pl": pl, "hu": hu}


SKILLS = {
    "copper": _words("Copper lines", "Linie miedziane", "Rézvezetékek"),
    "fibre": _words("Fibre", "Światłowód", "Optika"),
    "tv": _words("Television", "Telewizja", "Televízió"),
}
MEASURE = _words("Measure the signal", "Zmierz sygnał", "Mérje meg a jelet")
SHOW = _words("Show the customer that it works", "Pokaż klientowi, że działa", "Mutassa meg az ügyfélnek, hogy működik")
JOBS = (
    Job(
        "router", _words("Router replacement", "Wymiana routera", "Router cseréje"), 20, 4, (),
        (("Router Wi-Fi 6", 1), ("Patch cord 2 m", 1)),
        (_words("Save the old settings", "Zapisz dotychczasowe ustawienia", "Mentse el a régi beállításokat"),
         _words("Check Wi-Fi in every room", "Sprawdź Wi-Fi w każdym pokoju", "Ellenőrizze a Wi-Fit minden szobában"), SHOW),
    ),
    Job(
        "fibre", _words("Fibre installation", "Montaż światłowodu", "Optikai bekötés"), 75, 3, ("fibre",),
        (("ONT", 1), ("Drop cable 50 m", 1), ("Connector SC/APC", 2), ("Router Wi-Fi 6", 1)),
        (_words("Agree on the cable's way", "Uzgodnij trasę kabla", "Egyeztesse a kábel útját"), MEASURE,
         _words("Leave the place clean", "Zostaw porządek", "Hagyjon rendet maga után"), SHOW),
        levels=(("fibre", 2),), tools=("Fusion splicer",),
    ),
    Job(
        "fault", _words("Line repair", "Naprawa łącza", "Vonalhiba javítása"), 40, 5, ("copper",), (("Socket RJ45", 1), ("Filter", 1)),
        (_words("Measure the line", "Zmierz linię", "Mérje meg a vonalat"), SHOW),
    ),
    Job(
        "tv", _words("TV box setup", "Podłączenie dekodera", "Tévébox beüzemelése"), 30, 3, ("tv",), (("TV box", 1), ("HDMI cable", 1)),
        (_words("Tune the channels", "Nastrój kanały", "Hangolja be a csatornákat"), SHOW),
    ),
    Job(
        "splice", _words("Fibre repair in the cabinet", "Naprawa światłowodu w szafie", "Optikai javítás az elosztóban"), 60, 1, ("fibre",),
        (("Splice tray", 1), ("Splice protector", 4)),
        (MEASURE, _words("Close and seal the cabinet", "Zamknij i zaplombuj szafę", "Zárja le és plombálja az elosztót")),
        levels=(("fibre", 3),), tools=("Fusion splicer", "OTDR"), priority="high",
    ),
    Job(  # nobody in the simulated day asks for it: a dispatcher may
        "pole", _words("Overhead cable from a pole", "Przyłącze napowietrzne ze słupa", "Légkábel oszlopról"), 90, 0, ("copper",),
        (("Drop cable 50 m", 2), ("Anchor clamp", 2)),
        (_words("Secure the ladder", "Zabezpiecz drabinę", "Biztosítsa a létrát"), MEASURE, SHOW),
        levels=(("copper", 2),), tools=("Ladder 6 m",), crew=2,
    ),
)  # fmt: skip
DAILY = tuple(job for job in JOBS if job.share)
TOOLS = {
    "Fusion splicer": _words("Fusion splicer", "Spawarka światłowodowa", "Optikai hegesztő"),
    "OTDR": _words("Reflectometer (OTDR)", "Reflektometr (OTDR)", "Reflektométer (OTDR)"),
    "Ladder 6 m": _words("Ladder, 6 m", "Drabina 6 m", "Létra, 6 m"),
}
PARTS = {
    "Router Wi-Fi 6": _words("Wi-Fi 6 router", "Router Wi-Fi 6", "Wi-Fi 6 router"),
    "Patch cord 2 m": _words("Patch cord, 2 m", "Patchcord 2 m", "Patchkábel, 2 m"),
    "ONT": _words("Optical terminal (ONT)", "Terminal optyczny (ONT)", "Optikai végpont (ONT)"),
    "Drop cable 50 m": _words("Drop cable, 50 m", "Kabel abonencki 50 m", "Bekötőkábel, 50 m"),
    "Connector SC/APC": _words("SC/APC connector", "Złącze SC/APC", "SC/APC csatlakozó"),
    "Socket RJ45": _words("RJ45 socket", "Gniazdo RJ45", "RJ45 aljzat"),
    "Filter": _words("Line filter", "Filtr liniowy", "Vonali szűrő"),
    "TV box": _words("TV box", "Dekoder", "Tévébox"),
    "HDMI cable": _words("HDMI cable", "Kabel HDMI", "HDMI-kábel"),
    "Splice tray": _words("Splice tray", "Tacka spawów", "Hegesztőtálca"),
    "Splice protector": _words("Splice protector", "Osłonka spawu", "Hegesztésvédő"),
    "Anchor clamp": _words("Anchor clamp", "Uchwyt odciągowy", "Feszítőbilincs"),
}
FAULTS = {
    "router": _words("Wi-Fi drops several times a day", "Wi-Fi rozłącza się kilka razy dziennie", "A Wi-Fi naponta többször megszakad"),
    "fibre": _words("New connection, second floor", "Nowe przyłącze, drugie piętro", "Új bekötés, második emelet"),
    "fault": _words("No internet since yesterday evening", "Brak internetu od wczoraj wieczorem", "Tegnap este óta nincs internet"),
    "splice": _words("The whole staircase has no internet", "Cała klatka nie ma internetu", "Az egész lépcsőházban nincs internet"),
    "tv": _words("The box shows error E02", "Dekoder pokazuje błąd E02", "A box E02 hibát jelez"),
}
NOTES = {
    "en": (
        "The intercom is broken, please ring my mobile.",
        "Please mind the dog, it only wants to play.",
        "Entrance from the courtyard, staircase B.",
    ),
    "pl": (
        "Domofon nie działa, proszę dzwonić na komórkę.",
        "Proszę uważać na psa, chce się tylko bawić.",
        "Wejście od podwórka, klatka B.",
    ),
    "hu": (
        "Nem működik a kaputelefon, kérem, hívjon mobilon.",
        "Vigyázat, a kutya csak játszani akar!",
        "Bejárat az udvar felől, B lépcsőház.",
    ),
}
PRAISE = {
    "en": ("Quick and kind, thank you!", "He explained everything patiently.", "I could see him coming on the map, brilliant."),
    "pl": ("Szybko i sprawnie, dziękuję!", "Technik wszystko cierpliwie wyjaśnił.", "Na mapie było widać, gdzie jest – super!"),
    "hu": ("Gyors és kedves volt, köszönöm!", "Mindent türelmesen elmagyarázott.", "A térképen látszott, merre jár, nagyszerű!"),
}
BLAME = {
    "en": ("Wi-Fi still drops in the bedroom.", "The second television has no picture."),
    "pl": ("W sypialni Wi-Fi nadal się rozłącza.", "Na drugim telewizorze nie ma obrazu."),
    "hu": ("A hálószobában továbbra is megszakad a Wi-Fi.", "A másik tévén nincs kép."),
}
DONE = ("Wymieniono, zmierzono, działa.", "Sygnał w normie, klient przeszkolony.", "Zrobione, zdjęto stary kabel.")
NO_ACCESS = ("Nikt nie otwiera, telefon nie odpowiada.", "Brama zamknięta, klient nie odbiera.")
ANOTHER = ("Potrzebny podnośnik, dziś się nie da.", "Brak miejsca w mufie, wraca zespół kablowy.")
