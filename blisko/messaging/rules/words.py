"""Days and times as messages say them, so that every app says them alike and within the length that templates count on."""

from datetime import date, time

_DAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "pl": "poniedziałek wtorek środa czwartek piątek sobota niedziela",
    "hu": "hétfő kedd szerda csütörtök péntek szombat vasárnap",
}
_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "hu": "január február március április május június július augusztus szeptember október november december",
}
_ORDER = {"en": "{weekday} {day} {month}", "pl": "{weekday}, {day} {month}", "hu": "{month} {day}., {weekday}"}


def day_words(day: date, language: str) -> str:
    """Answer a day as a message names it: Monday 23 November; poniedziałek, 23 listopada; november 23., hétfő."""
    known = language if language in _DAYS else "en"
    weekday, month = _DAYS[known].split()[day.weekday()], _MONTHS[known].split()[day.month - 1]
    return _ORDER[known].format(weekday=weekday, day=day.day, month=month)


def date_words(day: date, language: str) -> str:
    """Answer a day with its year: Monday 23 November 2026; poniedziałek, 23 listopada 2026; 2026. november 23., hétfő."""
    words = day_words(day, language)
    return f"{day.year}. {words}" if language == "hu" else f"{words} {day.year}"


def time_words(moment: time) -> str:
    """Answer a local time as messages write it in all our languages: 08:05."""
    return f"{moment:%H:%M}"
