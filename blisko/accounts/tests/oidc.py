"""A provider of single sign-on on a loopback port, as small as OpenID Connect Core allows (discovery, token, userinfo)."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@contextmanager
def provider(person: dict[str, Any]) -> Iterator[str]:
    """Run a provider at which `person` (claims of userinfo) has just signed in; yields its address."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            home = f"http://{self.headers['Host']}"
            found = {
                "/.well-known/openid-configuration": {
                    "issuer": home,
                    "authorization_endpoint": f"{home}/authorize",
                    "token_endpoint": f"{home}/token",
                    "userinfo_endpoint": f"{home}/userinfo",
                    "jwks_uri": f"{home}/keys",
                },
                "/userinfo": person,
            }
            self._say(found.get(self.path))

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._say({"access_token": "opaque", "token_type": "Bearer", "expires_in": 60})

        def _say(self, body: Any) -> None:
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
