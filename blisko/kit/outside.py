"""Calls to addresses of strangers: within seconds whatever the other end does, to the public internet alone unless told otherwise."""

import asyncio
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import SplitResult, urlsplit

import httpx

from blisko.kit.addresses import is_public

READ_AT_MOST = 4096  # bytes of an answer; more would tell a person nothing
ADDRESSES_TRIED = 2


@dataclass(frozen=True)
class Post:
    """One message to an address: its headers and its body to the byte."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """What became of it: `taken` by a 2xx answer, the status (0: no answer), why not, and the beginning of what was said.

    `unheard`: the other end has surely not heard it, so that saying it again says nothing twice.
    """

    taken: bool
    status: int
    why: str = ""
    said: str = ""
    retry_after: timedelta | None = None
    unheard: bool = False


class _Private(Exception):
    """The name leads into a private network."""


class Outside:
    """POSTs each message once; `timeout` seconds for all of it. A 2xx answer takes it; a redirect is not followed and takes nothing.

    The address is looked up once and that very address is called, so that a name cannot lead elsewhere after it was judged.
    """

    def __init__(self, *, timeout: float = 10.0, private: bool = False) -> None:
        self._timeout, self._private = timeout, private
        self._tls = ssl.create_default_context()

    def post(self, posts: Sequence[Post]) -> list[Reply]:
        """Send all of them side by side; answer in their order, within seconds, whatever the other end does. Raises nothing."""
        return asyncio.run(self._post_all(posts))

    async def _post_all(self, posts: Sequence[Post]) -> list[Reply]:
        async with httpx.AsyncClient(verify=self._tls, timeout=self._timeout, follow_redirects=False, trust_env=False) as client:
            return list(await asyncio.gather(*(self._post_one(client, post) for post in posts)))

    async def _post_one(self, client: httpx.AsyncClient, post: Post) -> Reply:
        try:
            async with asyncio.timeout(self._timeout):
                return await self._called(client, post)
        except TimeoutError:
            return Reply(taken=False, status=0, why=f"No answer within {self._timeout:g} seconds")
        except _Private:
            return Reply(taken=False, status=0, why="The address leads into a private network, which is not allowed", unheard=True)
        except socket.gaierror:
            return Reply(taken=False, status=0, why="The name of the host is not known", unheard=True)
        except (httpx.ConnectError, httpx.ConnectTimeout) as fault:
            return Reply(taken=False, status=0, why=f"No answer ({type(fault).__name__})", unheard=True)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as fault:
            return Reply(taken=False, status=0, why=f"No answer ({type(fault).__name__})")

    async def _called(self, client: httpx.AsyncClient, post: Post) -> Reply:
        parts = urlsplit(post.url)
        addresses = await self._looked_up(parts)
        for address in addresses[:-1]:
            try:
                return await self._exchanged(client, post, parts, address)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await self._exchanged(client, post, parts, addresses[-1])

    async def _looked_up(self, parts: SplitResult) -> list[str]:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        found = await asyncio.get_running_loop().getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
        if not self._private and not all(is_public(address) for address in addresses):
            raise _Private
        return addresses[:ADDRESSES_TRIED]

    async def _exchanged(self, client: httpx.AsyncClient, post: Post, parts: SplitResult, address: str) -> Reply:
        host = f"[{address}]" if ":" in address else address
        url = parts._replace(netloc=f"{host}:{parts.port}" if parts.port else host, fragment="").geturl()
        headers = {**post.headers, "Host": parts.netloc, "Accept-Encoding": "identity", "Connection": "close"}
        async with client.stream("POST", url, headers=headers, content=post.body, extensions={"sni_hostname": parts.hostname}) as response:
            said = b""
            async for piece in response.aiter_raw():
                said += piece
                if len(said) >= READ_AT_MOST:
                    break
            return _reply(response, said[:READ_AT_MOST])


def _reply(response: httpx.Response, said: bytes) -> Reply:
    words = said.decode("utf-8", "replace").replace("\x00", "\ufffd")
    if response.is_success:
        return Reply(taken=True, status=response.status_code, said=words)
    why = f"HTTP {response.status_code}" + (", a redirect, which is not followed" if response.is_redirect else "")
    return Reply(taken=False, status=response.status_code, why=why, said=words, retry_after=_retry_after(response))


def _retry_after(response: httpx.Response) -> timedelta | None:
    asked = response.headers.get("Retry-After", "")
    return timedelta(seconds=int(asked)) if asked.isascii() and asked.isdecimal() and len(asked) < 7 else None
