from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet

from blisko.access.rules import Actor, require
from blisko.messaging.errors import BadTemplate, NoSuchTemplate
from blisko.messaging.models import PastText, Template
from blisko.messaging.rules.defaults import default_text
from blisko.messaging.rules.delivery import Channel
from blisko.messaging.rules.sms import Parts, count, strangers
from blisko.messaging.rules.templates import KINDS, LANGUAGES, Kind, Text, Value, check_text, fill, longest_values
from blisko.messaging.rules.transliteration import transliterate
from blisko.messaging.rules.wording import check_length, check_notice, check_wording


@dataclass(frozen=True)
class Preview:
    """A text as a reader would get it. `parts`: for an SMS; `strangers`: letters that make it dear."""

    subject: str
    body: str
    parts: Parts | None
    strangers: str


@dataclass(frozen=True)
class Wording:
    """One text in the overview. `edited`: whether it is the operator's own; `parts`: of an SMS with the longest values, else 0."""

    channel: Channel
    language: str
    text: Text
    edited: bool
    parts: int


def kind_of(code: str) -> Kind:
    """Answer the message with this code, or refuse `NoSuchTemplate`."""
    try:
        return KINDS[code]
    except KeyError:
        raise NoSuchTemplate(details={"code": code}) from None


def text_in_force(code: str, channel: Channel, language: str) -> tuple[Text, str]:
    """Answer the text to send and the language it is in: the wanted one where the house speaks it, else English."""
    spoken = language if language in LANGUAGES else "en"
    row = Template.objects.filter(code=code, channel=channel, language=spoken).first()
    return _in_force(kind_of(code), channel, row, default_text(code, channel, spoken)), spoken


def text_to_edit(actor: Actor, code: str, channel: Channel, language: str) -> tuple[Kind, Text, Template | None]:
    """Answer a message, the text in force, and its row where somebody has edited it."""
    require(actor, "messaging.edit_templates")
    default = default_text(code, channel, language)
    row = Template.objects.filter(code=code, channel=channel, language=language).first()
    return kind_of(code).on(channel), (_text_of(row) if row else default), row


def texts_overview(actor: Actor) -> list[tuple[Kind, list[tuple[Channel, list[Wording]]]]]:
    """Answer every message with its texts in force: for each channel one in every language."""
    require(actor, "messaging.edit_templates")
    rows = {(row.code, row.channel, row.language): row for row in Template.objects.all()}
    return [
        (kind, [(channel, [_wording(kind, channel, language, rows) for language in LANGUAGES]) for channel in Channel])
        for kind in KINDS.values()
    ]


def _text_of(row: Template) -> Text:
    return Text(row.body, row.subject, row.transliterate)


def _in_force(kind: Kind, channel: Channel, row: Template | None, default: Text) -> Text:
    # A text saved before its message lost a placeholder cannot be sent any more; nobody's booking may fail on it.
    try:
        text = _text_of(row) if row else default
        check_text(kind, channel, text)
    except BadTemplate:
        return default
    return text


def _wording(kind: Kind, channel: Channel, language: str, rows: Mapping[tuple[str, str, str], Template]) -> Wording:
    row, default = rows.get((kind.code, channel, language)), default_text(kind.code, channel, language)
    text = _in_force(kind, channel, row, default)
    seen = _previewed(kind, channel, language, text).parts
    return Wording(channel, language, text, text != default, seen.parts if seen else 0)


def past_texts(actor: Actor, row: Template | None) -> QuerySet[PastText]:
    """Answer the earlier texts of a template, newest first."""
    require(actor, "messaging.edit_templates")
    return PastText.objects.filter(template=row) if row else PastText.objects.none()


def preview_text(actor: Actor, kind: Kind, channel: Channel, language: str, text: Text) -> Preview:
    """Answer `text` filled with the longest realistic values, and what it would cost; refuse `BadTemplate` as saving would."""
    require(actor, "messaging.edit_templates")
    return check_to_save(kind, channel, language, text)


def check_to_save(kind: Kind, channel: Channel, language: str, text: Text) -> Preview:
    """Refuse `BadTemplate` unless a text may be put in force: it can be sent, is polite and short enough; answer how it looks."""
    seen = _previewed(kind, channel, language, text)
    check_wording(kind, language, text)
    if seen.parts:
        check_length(kind, seen.parts.parts)
    if channel is Channel.PUSH:
        check_notice(seen.subject, seen.body)
    return seen


def _previewed(kind: Kind, channel: Channel, language: str, text: Text) -> Preview:
    check_text(kind, channel, text)
    values = longest_values(language, settings.BLISKO_PUBLIC_URL)
    body = filled_body(kind, channel, text, values)
    if channel is not Channel.SMS:
        return Preview(fill(kind, text.subject, values), body, None, "")
    return Preview("", body, count(body), strangers(body))


def filled_body(kind: Kind, channel: Channel, text: Text, values: Mapping[str, Value]) -> str:
    """Answer the body as it goes out, within the cheap alphabet where the template asks for it."""
    body = fill(kind, text.body, values)
    return transliterate(body) if channel is Channel.SMS and text.transliterate else body
