"""The wire between a browser and the platform, which can be cut: connections break off and nobody answers new ones."""

import contextlib
import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class Wire:
    """A door of its own that leads to `target`, while the wire is whole."""

    target: tuple[str, int]
    door: socket.socket
    whole: bool = True
    open: list[socket.socket] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.door.getsockname()[1]}"

    def cut(self) -> None:
        self.whole = False
        for one in self.open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self.open.clear()

    def mend(self) -> None:
        self.whole = True

    def serve(self) -> None:
        while True:
            try:
                near, _ = self.door.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        with near, contextlib.suppress(OSError):
            if not self.whole:
                return
            with socket.create_connection(self.target) as far, selectors.DefaultSelector() as ready:
                self.open += [near, far]
                ready.register(near, selectors.EVENT_READ, far)
                ready.register(far, selectors.EVENT_READ, near)
                while True:
                    for key, _ in ready.select():
                        data = key.fileobj.recv(65536)  # type: ignore[union-attr]
                        if not data or not self.whole:
                            return
                        key.data.sendall(data)


@contextmanager
def a_wire(to: str) -> Iterator[Wire]:
    """Answer a wire to the platform at this address."""
    parts = urlsplit(to)
    wire = Wire((parts.hostname or "", parts.port or 80), socket.create_server(("127.0.0.1", 0)))
    threading.Thread(target=wire.serve, daemon=True).start()
    try:
        yield wire
    finally:
        wire.door.close()
        wire.cut()
