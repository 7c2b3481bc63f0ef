from blisko.kit import clock
from blisko.kit.push import push
from blisko.messaging.ports import Accepted, Outcome, OutgoingMail, OutgoingSms
from blisko.messaging.rules.delivery import Channel
from blisko.messaging.services import keep_demo_message


class PhonesSms:
    """The demo's telephones: an SMS arrives on a page of ours."""

    repeatable = True
    shows_phones = True

    def send(self, sms: OutgoingSms) -> Outcome:
        keep_demo_message(
            reference=sms.reference,
            channel=Channel.SMS,
            address=sms.phone,
            text=sms.message,
            parts=sms.parts.parts,
            language=sms.language,
            now=clock.now(),
        )
        push("demo-phones")
        return Accepted(sms.reference)


class PhonesMail:
    """The demo's mailboxes, beside its telephones."""

    repeatable = True

    def send(self, mail: OutgoingMail) -> Outcome:
        keep_demo_message(
            reference=mail.reference,
            channel=Channel.EMAIL,
            address=mail.address,
            subject=mail.subject,
            text=mail.text,
            language=mail.language,
            now=clock.now(),
        )
        push("demo-phones")
        return Accepted(mail.reference)
