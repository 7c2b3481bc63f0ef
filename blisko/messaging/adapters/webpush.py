"""Notifications by Web Push: RFC 8030 (the protocol), RFC 8291 (encryption), RFC 8292 (VAPID: who is sending)."""

import json
import os
import time
from datetime import timedelta
from email.utils import parseaddr
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from blisko.kit.outside import Outside, Post, Reply
from blisko.messaging.ports import Accepted, Busy, Gone, Outcome, OutgoingNotice, Refused, Unclear
from blisko.messaging.rules.browsers import Browser, packed, unpacked

CURVE = ec.SECP256R1()
RECORD = 4096  # the one record that every push service takes
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256
SPEAKS_FOR = timedelta(hours=12)  # at most a day (RFC 8292, section 2)
NOBODY_THERE = {404, 410}
# These say "not now"; after any other server error nobody knows what the service had already done.
NOT_NOW = {425, 429, 503}


class WebPush:
    """Sends each notification to its browser's own push service, which cannot read it.

    Our key is derived from SECRET_KEY, as every token of the house is: nothing to make, keep or copy from machine to machine.
    `contact`: where a push service's people may ask about us, `mailto:` or https.
    """

    repeatable = False

    def __init__(self, *, contact: str = "", timeout: float = 10.0) -> None:
        self._contact = contact or _contact()
        self._outside = Outside(timeout=timeout, private=settings.BLISKO_PUSH_PRIVATE)
        self._signer = signing_key(settings.SECRET_KEY.encode())
        self.key = packed(_point(self._signer.public_key()))

    def send(self, notice: OutgoingNotice) -> Outcome:
        try:
            body = encrypted(_payload(notice), notice.to, ec.generate_private_key(CURVE), os.urandom(16))
        except ValueError:
            return Gone("the browser's key is none")
        headers = {
            "Authorization": f"vapid t={self._token(notice.to.endpoint)}, k={self.key}",
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(int(notice.lasts.total_seconds())),
            "Topic": notice.topic,
            "Urgency": "high" if notice.urgent else "normal",
        }
        return _outcome(self._outside.post([Post(notice.to.endpoint, headers, body)])[0])

    def _token(self, endpoint: str) -> str:
        parts = urlsplit(endpoint)
        until = int(time.time() + SPEAKS_FOR.total_seconds())
        said = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": until, "sub": self._contact}
        return jwt.encode(said, self._signer, algorithm="ES256")


def signing_key(secret: bytes) -> ec.EllipticCurvePrivateKey:
    """Answer the house's VAPID key: the same whenever it is derived from the same secret."""
    number = int.from_bytes(HKDF(SHA256(), 48, None, b"blisko.vapid").derive(secret))
    return ec.derive_private_key(number % (ORDER - 1) + 1, CURVE)


def encrypted(words: bytes, to: Browser, ours: ec.EllipticCurvePrivateKey, salt: bytes) -> bytes:
    """Answer `words` as only that browser can read them (RFC 8291); `ours` and `salt` are made for this message alone.

    Raises ValueError where the browser's key is no point of the curve.
    """
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, unpacked(to.p256dh))
    us = _point(ours.public_key())
    info = b"WebPush: info\x00" + _point(theirs) + us
    shared = HKDF(SHA256(), 32, unpacked(to.auth), info).derive(ours.exchange(ec.ECDH(), theirs))
    key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(shared)
    nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(shared)
    # The header of RFC 8188, then the only and therefore last record, which ends in 2.
    return salt + RECORD.to_bytes(4) + bytes([len(us)]) + us + AESGCM(key).encrypt(nonce, words + b"\x02", None)


def _payload(notice: OutgoingNotice) -> bytes:
    said = {"title": notice.title, "body": notice.text, "url": notice.url, "lang": notice.language, "tag": notice.topic}
    return json.dumps(said, ensure_ascii=False).encode()


def _outcome(reply: Reply) -> Outcome:
    if reply.taken:
        return Accepted()
    if reply.status in NOBODY_THERE:
        return Gone(reply.why)
    if reply.unheard or reply.status in NOT_NOW:
        return Busy(reply.why, reply.retry_after)
    return Unclear(reply.why) if reply.status == 0 or reply.status == 408 or reply.status >= 500 else Refused(reply.why)


def _contact() -> str:
    if settings.BLISKO_PUBLIC_URL.startswith("https://"):
        return str(settings.BLISKO_PUBLIC_URL)
    return f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
