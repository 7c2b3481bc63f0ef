import smtplib
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend

from blisko.messaging.ports import Accepted, Busy, Outcome, OutgoingMail, Refused, Unclear


class SmtpMail:
    """E-mail over SMTP with STARTTLS where the settings say so; server and sender are Django's own e-mail settings.

    `repeatable`: whether to send again when nobody knows whether the first letter left. The Message-ID is the same then, and many
    mail systems drop the second copy, but no standard makes them.
    """

    def __init__(self, *, repeatable: bool = False) -> None:
        self.repeatable = repeatable

    def send(self, mail: OutgoingMail) -> Outcome:
        domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
        name = f"<{mail.reference}@{domain}>"
        server = EmailBackend(fail_silently=False)
        letter = EmailMultiAlternatives(
            mail.subject,
            mail.text,
            to=[mail.address],
            connection=server,
            headers={"Message-ID": name, "Content-Language": mail.language, "Auto-Submitted": "auto-generated"},
        )
        letter.attach_alternative(mail.html, "text/html")
        if (closed := self._open(server)) is not None:
            return closed
        try:
            server.send_messages([letter])
        except smtplib.SMTPRecipientsRefused as fault:
            code, words = next(iter(fault.recipients.values()))
            return _said(code, words)
        except smtplib.SMTPResponseException as fault:
            return _said(fault.smtp_code, fault.smtp_error)
        except (smtplib.SMTPException, OSError) as fault:
            return Unclear(f"the line broke ({type(fault).__name__})")
        finally:
            _close(server)
        return Accepted(name)

    def _open(self, server: EmailBackend) -> Outcome | None:
        try:
            server.open()
        except smtplib.SMTPAuthenticationError as fault:
            return Busy(f"SMTP {fault.smtp_code}: the mail server does not know us")
        except (smtplib.SMTPException, OSError) as fault:
            _close(server)
            return Busy(f"no mail server ({type(fault).__name__})")
        return None


def _close(server: EmailBackend) -> None:
    try:
        server.close()
    except (smtplib.SMTPException, OSError):
        server.connection = None


def _said(code: int, words: bytes | str) -> Outcome:
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    why = f"SMTP {code}: {' '.join(said.split())}"[:200]
    return Refused(why) if code >= 500 else Busy(why)
