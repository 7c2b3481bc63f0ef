"""Words for times and people, icons, and attributes of islands."""

import json
from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from blisko.kit import clock
from blisko.ui.icons import ICONS

register = template.Library()
# One count for each plural category that English, Polish and Hungarian know.
PLURALS = {"one": 1, "few": 2, "many": 5, "other": 5}


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Answer the icon `name` as SVG: decoration without `label`, a picture with it. Example: `{% icon "phone" %}`."""
    role = format_html(' role="img" aria-label="{}"', label) if label else SafeString(' aria-hidden="true"')
    return format_html('<svg class="icon" viewBox="0 0 24 24"{}><path d="{}"/></svg>', role, ICONS[name])


@register.filter
def initials(name: str) -> str:
    """Answer the first letters of the first and last word: "Jan Nowak" is "JN"."""
    words = [word for word in str(name).split() if word[:1].isalpha()]
    return "".join(word[0].upper() for word in (words[:1] + words[1:][-1:]))


@register.filter
def attribute_json(value: Any) -> str:
    """Answer `value` as JSON for an island's attribute; the template escapes it: `points="{{ points|attribute_json }}"`."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


@register.filter
def clock_time(moment: datetime | None) -> str:
    """Answer hours and minutes in the installation's time zone: "09:05"."""
    return timezone.localtime(moment).strftime("%H:%M") if moment else ""


@register.simple_tag
def time_window(start: datetime, end: datetime) -> SafeString:
    """Answer a window of local time as two `<time>` elements: 10:00–12:00."""
    return format_html(
        '<span class="times"><time datetime="{}">{}</time>–<time datetime="{}">{}</time></span>',
        start.isoformat(),
        clock_time(start),
        end.isoformat(),
        clock_time(end),
    )


@register.simple_tag
def day_name(moment: datetime | date, now: datetime | None = None) -> str:
    """Answer "Today", "Tomorrow", "Yesterday", else weekday and date in the reader's language."""
    day = timezone.localtime(moment).date() if isinstance(moment, datetime) else moment
    today = timezone.localtime(now or clock.now()).date()
    near = {today: gettext("Today"), today + timedelta(days=1): gettext("Tomorrow"), today - timedelta(days=1): gettext("Yesterday")}
    if day in near:
        return near[day]
    # Translators: Django date format of a weekday with its date, e.g. "l j F" gives "Monday 23 November".
    return date_format(day, gettext("l j F"))


def seconds_words(n: int) -> str:
    return ngettext("seen {n} second ago", "seen {n} seconds ago", n)


def minutes_words(n: int) -> str:
    return ngettext("seen {n} minute ago", "seen {n} minutes ago", n)


def age_words(at: datetime, now: datetime, lost_after: int) -> str:
    """Answer the age of a position in words; after `lost_after` seconds that the signal is lost and since when."""
    age = max(0, int((now - at).total_seconds()))
    if age >= lost_after:
        return gettext("signal lost, last seen {time}").replace("{time}", clock_time(at))
    if age < 5:
        return gettext("seen just now")
    n, words = (age // 5 * 5, seconds_words) if age < 60 else (age // 60, minutes_words)
    return words(n).replace("{n}", str(n))


@register.simple_tag
def seen_ago(at: datetime, now: datetime, lost_after: int = 120, speed: float = 1, topic: str = "") -> SafeString:
    """Answer `<seen-ago>` with all its words; it ticks with scripts and says the age at render without them."""
    words = {f"seconds-{form}": seconds_words(n) for form, n in PLURALS.items()}
    words |= {f"minutes-{form}": minutes_words(n) for form, n in PLURALS.items()}
    words |= {"just-now": gettext("seen just now"), "lost": gettext("signal lost, last seen {time}")}
    values = {
        "at": at.isoformat(),
        "now": now.isoformat(),
        "speed": f"{speed:g}",
        "lost-after": str(lost_after),
        "topic": topic,
        "zone": settings.TIME_ZONE,
    }
    told = ((name, value) for name, value in {**values, **words}.items() if value)
    attributes = format_html_join("", ' {}="{}"', told)
    return format_html("<seen-ago{}>{}</seen-ago>", attributes, age_words(at, now, lost_after))


@register.inclusion_tag("ui/parts/map.html", takes_context=True)
def visit_map(context: template.Context, points: list[dict[str, Any]], route: list[list[float]], **more: Any) -> dict[str, Any]:
    """Answer `<blisko-map>` with the house's styles and words: `{% visit_map points route estimate=True label=... %}`.

    `points` and `route` are those of the island; `more` takes `estimate`, `label`, `css`, `id`, and `wide` (zoom buttons
    and one-finger panning, for the desk).
    """
    return {"points": points, "route": route, "map_styles": context.get("map_styles", {}), **more}


@register.inclusion_tag("ui/parts/steps.html")
def visit_steps(steps: list[dict[str, Any]], inline: bool = False) -> dict[str, Any]:
    """Answer the steps of a visit: each `{title, state: done|now|next|failed, at?, note?}`; `inline` for one line of bars."""
    return {"steps": steps, "inline": inline}


@register.inclusion_tag("ui/parts/stars.html")
def stars_field(name: str, label: str, chosen: int = 0) -> dict[str, Any]:
    """Answer a rating from one to five stars as radios."""
    return {"name": name, "label": label, "chosen": str(chosen), "values": ["5", "4", "3", "2", "1"]}


@register.filter
def stars_lit(score: int) -> list[bool]:
    """Answer five booleans for showing a rating."""
    return [place < int(score or 0) for place in range(5)]


@register.filter
def star_words(value: str) -> str:
    """Answer "3 stars" in the reader's language."""
    n = int(value)
    return ngettext("{n} star", "{n} stars", n).replace("{n}", str(n))
