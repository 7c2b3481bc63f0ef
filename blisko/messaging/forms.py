from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from blisko.access.rules import Actor
from blisko.messaging.errors import BadTemplate
from blisko.messaging.queries import Preview, preview_text
from blisko.messaging.rules.delivery import Channel, DeliveryState
from blisko.messaging.rules.templates import Kind, Text

STATES = {
    DeliveryState.QUEUED: _("Queued"),
    DeliveryState.SENDING: _("Being sent"),
    DeliveryState.SENT: _("Sent"),
    DeliveryState.DELIVERED: _("Delivered"),
    DeliveryState.FAILED: _("Will be tried again"),
    DeliveryState.IN_DOUBT: _("In doubt"),
    DeliveryState.GIVEN_UP: _("Given up"),
}
CHANNELS = {Channel.SMS: _("SMS"), Channel.EMAIL: _("E-mail"), Channel.PUSH: _("Notification")}


class TextForm(forms.Form):
    """One text of one message, checked as sending would check it."""

    subject = forms.CharField(label=_("Subject"), max_length=200)
    body = forms.CharField(label=_("Text"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "true"}))
    transliterate = forms.BooleanField(
        label=_("Plain letters"),
        required=False,
        help_text=_("Letters that make an SMS dearer are replaced: ł becomes l, ő becomes ö. Emoji are left out."),
    )

    def __init__(self, actor: Actor, kind: Kind, channel: Channel, language: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.kind, self.channel, self.language = actor, kind, channel, language
        self.fields["body"].widget.attrs["lang"] = language
        if channel is Channel.SMS:
            del self.fields["subject"]
        else:
            del self.fields["transliterate"]
            self.fields["body"].widget.attrs["rows"] = 14 if channel is Channel.EMAIL else 4
        if channel is Channel.PUSH:
            self.fields["subject"].label = _("Title")
            self.fields["body"].help_text = _("A tap opens the visit's page, so the words need no link.")

    @property
    def text(self) -> Text:
        """The text as typed, once the form is valid."""
        given = self.cleaned_data
        return Text(given["body"].replace("\r\n", "\n"), given.get("subject", ""), given.get("transliterate", False))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors:
            try:
                self.preview: Preview = preview_text(self.actor, self.kind, self.channel, self.language, self.text)
            except BadTemplate as refusal:
                in_subject = "subject" in refusal.details or refusal.details.get("in") == "subject"
                self.add_error("subject" if in_subject else "body", said_of(refusal))
        return given


class FilterForm(forms.Form):
    """What to show of the messages that went out."""

    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All")), *((key.value, words) for key, words in STATES.items())]
    )
    channel = forms.ChoiceField(
        label=_("Channel"), required=False, choices=[("", _("All")), *((key.value, words) for key, words in CHANNELS.items())]
    )
    address = forms.CharField(label=_("Address ends with"), required=False, max_length=120)
    about = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)


def said_of(refusal: BadTemplate) -> str:
    """Answer a template's refusal in the reader's language."""
    details: dict[str, Any] = refusal.details
    allowed = ", ".join(f"{{{name}}}" for name in details.get("allowed", []))
    if "unknown" in details:
        return gettext("There is no {name} in this message. You can use: {allowed}.").format(
            name=f"{{{details['unknown']}}}", allowed=allowed
        )
    if "order" in details:
        words = gettext("“{word}” sounds like an order. Write for example: {instead}")
        return words.format(word=details["order"], instead=details["instead"])
    if "debt" in details:
        return gettext("“{word}” speaks of a debt, and this message is about none. Leave it out.").format(word=details["debt"])
    if "parts" in details:
        return gettext("With the longest names this SMS has {parts} parts; at most {most} are allowed. Shorten the text.").format(**details)
    if "letters" in details:
        return gettext("With the longest names these are {letters} letters; a notification has room for {room}.").format(**details)
    if "missing" in details:
        return gettext("This message needs {names}.").format(names=", ".join(f"{{{name}}}" for name in details["missing"]))
    if "brace" in details:
        return gettext("A brace stands alone. Write {{ or }} for a real one.")
    if "subject" in details:
        return gettext("A subject is one line without a link: mail servers keep it in their logs.")
    return gettext("The text is empty.")
