from datetime import datetime

from blisko.messaging.models import DemoMessage


def keep_demo_message(
    *, reference: str, channel: str, address: str, text: str, language: str, now: datetime, subject: str = "", parts: int = 1
) -> None:
    """Let a message arrive at a demo telephone or mailbox; the same reference again changes nothing."""
    row = DemoMessage(
        reference=reference, channel=channel, address=address, subject=subject, text=text, parts=parts, language=language, arrived_at=now
    )
    DemoMessage.objects.bulk_create([row], ignore_conflicts=True)
