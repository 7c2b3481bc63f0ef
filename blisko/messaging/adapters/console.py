import logging
import re

from blisko.messaging.ports import Accepted, Outcome, OutgoingMail, OutgoingNotice, OutgoingSms
from blisko.messaging.rules.delivery import masked

log = logging.getLogger(__name__)
_LINK = re.compile(r"https?://\S+")


class ConsoleSms:
    """Writes each SMS to the log instead of sending it; links are cut out, for a log is no place for a key."""

    repeatable = True

    def send(self, sms: OutgoingSms) -> Outcome:
        log.info("sms to %s, %d part(s): %s", masked(sms.phone), sms.parts.parts, _LINK.sub("[link]", sms.message))
        return Accepted(sms.reference)


class ConsoleMail:
    """Writes each e-mail to the log instead of sending it, without its link."""

    repeatable = True

    def send(self, mail: OutgoingMail) -> Outcome:
        log.info("e-mail to %s: %s\n%s", masked(mail.address), mail.subject, _LINK.sub("[link]", mail.text))
        return Accepted(mail.reference)


class ConsolePush:
    """Writes each notification to the log instead of sending it, without its link and its address; offers none to browsers.

    The way to run a house without notifications: with no key there is nothing a page could offer.
    """

    repeatable = False
    key = ""

    def send(self, notice: OutgoingNotice) -> Outcome:
        log.info("notification: %s\n%s", notice.title, _LINK.sub("[link]", notice.text))
        return Accepted(notice.reference)
