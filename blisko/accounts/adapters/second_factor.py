import base64
import hashlib

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings


class SealedFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps the seeds of second factors sealed: whoever reads the database, or a copy of it, cannot make anybody's codes."""

    def encrypt(self, text: str) -> str:
        return _seal().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _seal().decrypt(encrypted_text.encode()).decode()


def _seal() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"blisko.second-factor:" + settings.SECRET_KEY.encode()).digest()))
