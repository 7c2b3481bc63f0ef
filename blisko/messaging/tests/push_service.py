"""A push service as a real HTTP server, a browser with keys of its own that reads what came, and a carrier that only keeps."""

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from blisko.messaging.ports import Accepted, Outcome, OutgoingNotice
from blisko.messaging.rules.browsers import Browser, packed, unpacked


class KeptPush:
    """Keeps what it is given, and answers what the test says."""

    repeatable = False
    key = "BKey"
    kept: ClassVar[list[OutgoingNotice]] = []
    answers: ClassVar[list[Outcome]] = []

    def send(self, notice: OutgoingNotice) -> Outcome:
        self.kept.append(notice)
        return self.answers.pop(0) if self.answers else Accepted()


@dataclass(frozen=True)
class Heard:
    """One request: its path, headers and body to the byte."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class PushService:
    """Answers `status` (or hangs for good seconds), and remembers all it heard."""

    port: int = 0
    status: int | str = 201
    headers: dict[str, str] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def told(self, user: "UserAgent") -> list[dict[str, Any]]:
        """What came for one browser, read with its keys and checked to be signed for this service."""
        return [user.read(one, self.origin) for one in self.heard if one.path == user.path]


class UserAgent:
    """A browser: the half of a subscription that never leaves it."""

    def __init__(self, origin: str, name: str = "one") -> None:
        self.path, self.auth = f"/send/{name}", os.urandom(16)
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.browser = Browser(f"{origin}{self.path}", packed(_point(self.private.public_key())), packed(self.auth))

    def read(self, heard: Heard, origin: str) -> dict[str, Any]:
        """Check who says it, as a push service does (RFC 8292), and read it, as a browser does (RFC 8188 and 8291)."""
        scheme, _, rest = heard.headers["Authorization"].partition(" ")
        said = dict(part.strip().split("=", 1) for part in rest.split(","))
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unpacked(said["k"]))
        claims = jwt.decode(said["t"], key, algorithms=["ES256"], audience=origin, options={"require": ["aud", "exp", "sub"]})
        assert scheme == "vapid" and claims["exp"] - time.time() <= 24 * 3600 and claims["sub"].startswith(("mailto:", "https:"))
        salt, size, length = heard.body[:16], int.from_bytes(heard.body[16:20]), heard.body[20]
        theirs, sealed = heard.body[21 : 21 + length], heard.body[21 + length :]
        assert len(sealed) <= size and heard.headers["Content-Encoding"] == "aes128gcm"
        shared = self.private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
        both = _point(self.private.public_key()) + theirs
        secret = HKDF(SHA256(), 32, self.auth, b"WebPush: info\0" + both).derive(shared)
        cek = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(secret)
        nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(secret)
        plain = AESGCM(cek).decrypt(nonce, sealed, None).rstrip(b"\0")
        assert plain[-1:] == b"\x02", "the last record ends in 2"
        return dict(json.loads(plain[:-1]))


@contextmanager
def a_push_service() -> Iterator[PushService]:
    """Run a push service of the test's own."""
    service = PushService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            service.heard.append(Heard(self.path, dict(self.headers), body))
            if service.status == "hang":
                time.sleep(1.5)
                return
            self.send_response(int(service.status))
            for name, value in service.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
