from datetime import datetime

from django.db import transaction

from blisko.access.rules import Actor
from blisko.access.services import write_audit
from blisko.messaging.models import PastText, Template
from blisko.messaging.queries.texts import check_to_save, text_to_edit
from blisko.messaging.rules.defaults import default_text
from blisko.messaging.rules.delivery import Channel
from blisko.messaging.rules.templates import Text


@transaction.atomic
def save_text(actor: Actor, code: str, channel: Channel, language: str, text: Text, *, now: datetime) -> None:
    """Put a new text in force for the messages written from now on; the one before is kept. Refuses `BadTemplate`."""
    kind, _, _ = text_to_edit(actor, code, channel, language)
    check_to_save(kind, channel, language, text)
    wanted = {"subject": text.subject, "body": text.body, "transliterate": text.transliterate}
    row, new = Template.objects.select_for_update().get_or_create(
        code=code, channel=channel, language=language, defaults={**wanted, "updated_at": now, "updated_by": actor.id}
    )
    if not new and {name: getattr(row, name) for name in wanted} == wanted:
        return
    if not new:
        _keep_past(row, now)
        Template.objects.filter(pk=row.pk).update(**wanted, updated_at=now, updated_by=actor.id)
    write_audit(
        actor, "save_text", f"messaging.template:{row.pk}", now=now, detail={"code": code, "channel": channel, "language": language}
    )


def restore_default_text(actor: Actor, code: str, channel: Channel, language: str, *, now: datetime) -> None:
    """Go back to the text the house came with; the operator's own is kept among the past ones."""
    save_text(actor, code, channel, language, default_text(code, channel, language), now=now)


def _keep_past(row: Template, now: datetime) -> None:
    PastText.objects.create(
        template=row,
        subject=row.subject,
        body=row.body,
        transliterate=row.transliterate,
        written_at=row.updated_at,
        written_by=row.updated_by,
        replaced_at=now,
    )
