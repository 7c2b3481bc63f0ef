"""The platform's public doors over HTTP. Each asks again until there is an answer, whatever dies on the other side."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import datetime
from typing import Any

import httpx

from blisko.simulator.ports import Taken
from blisko.simulator.rules.day import Customer, Technician, Visit
from blisko.simulator.rules.ground import REGION, TEAM, Depot
from blisko.simulator.rules.jobs import TOOLS
from blisko.simulator.rules.phones import Said
from blisko.simulator.services.report import Report

FIRST_WAIT, LONGEST_WAIT, PATIENCE = 0.1, 2.0, 90.0  # seconds
TIMEOUT = httpx.Timeout(20.0, connect=5.0)
LINK = re.compile(r'href="([^"]*/v/[A-Za-z0-9_-]{20,})"')
STREAM = re.compile(r'"([^"\s]+/stream\?ticket=[^"\s]+)"')
PHONES = re.compile(r'<h3>([^<]+)</h3>.*?<copy-text text="([^"]+)"', re.DOTALL)
FACE = re.compile(r"/technicians/\d+/photo/")


class PlatformAway(RuntimeError):
    """The platform has not answered for so long that something is wrong with it."""


class Refused(RuntimeError):
    """The platform said no; `status` and its own words."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(f"{status}: {words}")
        self.status = status


class Asker:
    """Sends requests and tries again: after silence, after 5xx, and when told to come later."""

    def __init__(self, report: Report, client: httpx.AsyncClient) -> None:
        self.report, self.client = report, client
        self.tries = 0  # of the question asked last

    async def ask(self, method: str, url: str, **more: Any) -> httpx.Response:
        """Answer the first response that is about the question itself."""
        wait, loop = FIRST_WAIT, asyncio.get_running_loop()
        until = loop.time() + PATIENCE
        self.tries = 0
        while True:
            later = 0.0
            self.tries += 1
            try:
                response = await self.client.request(method, url, **more)
                if response.status_code < 500 and response.status_code != 429 and not _in_flight(response):
                    return response
                trouble = f"{response.status_code}"
                later = min(float(response.headers.get("Retry-After", 0) or 0), 3.0)
            except httpx.TransportError as fault:
                trouble = type(fault).__name__
            self.report.count("away")
            if loop.time() > until:
                raise PlatformAway(f"{method} {url.partition('?')[0][:80]}: {trouble} for {PATIENCE:.0f} s")
            await asyncio.sleep(max(wait, later))
            wait = min(wait * 1.7, LONGEST_WAIT)


def _in_flight(response: httpx.Response) -> bool:
    """The first request with this idempotency key is still under way."""
    return response.status_code == 409 and "Retry-After" in response.headers


def _counted(parts: Iterable[tuple[str, int]]) -> list[dict[str, object]]:
    return [{"part": part, "count": count} for part, count in parts]


class Api(Asker):
    """The operator's programs."""

    def __init__(self, url: str, token: str, report: Report) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        super().__init__(report, httpx.AsyncClient(base_url=f"{url}/api/v1", headers=headers, timeout=TIMEOUT))
        self._crew: dict[str, int] | None = None

    async def call(self, method: str, path: str, body: Mapping[str, object] | None = None, key: str = "") -> Any:
        """Answer the decoded body of a success; refuse with `Refused`."""
        more: dict[str, Any] = {} if body is None else {"json": dict(body)}
        if key:
            more["headers"] = {"Idempotency-Key": key}
        response = await self.ask(method, path, **more)
        if response.is_success:
            return response.json() if response.content else None
        raise Refused(response.status_code, response.text[:300])

    async def _made(self, path: str, body: Mapping[str, object], key: str, known: str) -> Any:
        """Make something, or answer what bears its number already."""
        try:
            return await self.call("POST", path, body, key)
        except Refused as no:
            if no.status not in (409, 422):
                raise
            try:
                return await self.call("GET", known)
            except Refused:
                raise no from None

    async def open_depot(self, one: Depot) -> None:
        body = {"name": one.name, "lat": round(one.address.lat, 6), "lon": round(one.address.lon, 6), "region": REGION[0],
                "opens_at": one.opens_at, "closes_at": one.closes_at, "loading_minutes": one.minutes,
                "tools": list(one.load.tools if one.load else TOOLS),
                "parts": _counted(one.load.parts) if one.load else None}  # fmt: skip
        await self.call("PUT", f"/field/depots/{one.code}", body)

    async def employ(self, one: Technician, password: str) -> int:
        if self._crew is None:
            self._crew = {row["code"]: row["id"] for row in (await self.call("GET", "/technicians?limit=500"))["items"]}
        if one.code not in self._crew:
            body = {"code": one.code, "name": one.name, "email": one.email, "phone": one.phone, "language": "pl",
                    "levels": dict(one.levels), "van": f"BL {one.code}", "team": TEAM[0], "password": password}  # fmt: skip
            self._crew[one.code] = (await self.call("POST", "/technicians", body, f"technician:{one.code}"))["id"]
        home = {"lat": round(one.home[1], 6), "lon": round(one.home[0], 6)}
        await self.call("PUT", f"/technicians/{self._crew[one.code]}/home", home)
        van = {"tools": list(one.load.tools), "parts": _counted(one.load.parts)}
        await self.call("PUT", f"/field/vans/BL%20{one.code}", van)
        return self._crew[one.code]

    async def give_shift(self, technician: int, starts: datetime, ends: datetime) -> None:
        body = {"starts_at": starts.isoformat(), "ends_at": ends.isoformat()}
        await self.call("POST", f"/technicians/{technician}/shifts", body)

    async def know(self, one: Customer) -> int:
        body = {"number": one.number, "name": one.name, "language": one.language, "phone": one.phone, "email": one.email}
        found = await self._made("/customers", body, f"customer:{one.number}", f"/customers/by-number/{one.number}")
        if found["sites"]:
            return int(found["sites"][0]["id"])
        home = one.address
        site = {
            "street": f"{home.street} {home.number}",
            "city": home.place,
            "postcode": home.postcode,
            "lat": round(home.lat, 6),
            "lon": round(home.lon, 6),
        }
        return int((await self.call("POST", f"/customers/{found['id']}/sites", site, f"site:{one.number}"))["id"])

    async def book(self, visit: Visit, site: int) -> int:
        body = {
            "site_id": site,
            "job_type": visit.job.code,
            "window_from": visit.window[0].isoformat(),
            "window_to": visit.window[1].isoformat(),
            "description": visit.description,
            "number": visit.number,
            "minutes": visit.minutes,
        }
        found = await self._made("/visits", body, f"visit:{visit.number}", f"/visits/by-number/{visit.number}")
        self.report.booked(visit.number)
        return int(found["id"])

    async def assign(self, visit: int, technician: int, starts: datetime, *, number: str) -> bool:
        body = {"technician_id": technician, "starts_at": starts.isoformat()}
        try:
            await self.call("POST", f"/visits/{visit}/assignment", body, f"assign:{number}:{technician}:{starts.isoformat()}")
        except Refused as no:
            if no.status != 409:
                raise
            self.report.count("refusals")
            return False
        return True

    async def cancel(self, visit: int, reason: str) -> bool:
        try:
            await self.call("POST", f"/visits/{visit}/cancel", {"reason": reason}, f"cancel:{visit}")
        except Refused as no:
            if no.status != 409:
                raise
            self.report.count("refusals")
            return False
        return True

    async def state(self, visit: int) -> str:
        return str((await self.call("GET", f"/visits/{visit}"))["state"])


class TechnicianDoor(Asker):
    """A technician's pages, signed in like everybody else."""

    def __init__(self, url: str, one: Technician, password: str, report: Report) -> None:
        super().__init__(report, httpx.AsyncClient(base_url=url, timeout=TIMEOUT, follow_redirects=False))
        self._one, self._password = one, password

    async def sign_in(self) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE
        await self.ask("GET", "/accounts/login/")
        while (response := await self._post("/accounts/login/", login=self._one.email, password=self._password)).status_code != 302:
            # A try that a kill has cut short counts as a failed one for a minute, and the form says "later".
            if response.status_code != 200 or loop.time() > until:
                raise Refused(response.status_code, f"{self._one.code} cannot sign in")
            self.report.count("refusals")
            await asyncio.sleep(LONGEST_WAIT)

    async def _post(self, path: str, *, files: Mapping[str, Any] | None = None, **fields: str) -> httpx.Response:
        headers = {"X-CSRFToken": self.client.cookies.get("csrftoken") or "", "Referer": str(self.client.base_url)}
        return await self.ask("POST", path, data=fields, files=files, headers=headers)

    async def show_face(self, picture: bytes) -> None:
        page = await self.ask("GET", "/t/phone/")
        if not FACE.search(page.text):
            await self._post("/t/photo/", files={"photo": ("me.png", picture, "image/png")})

    async def report_address(self, app: str) -> str:
        for _ in range(3):
            page = await self.ask("GET", "/t/phone/")
            for title, text in PHONES.findall(page.text):
                if title.strip().lower().startswith(app):
                    return html.unescape(text).partition("?")[0]
            await self._post("/t/phone/add/", app=app)
        raise Refused(page.status_code, f"{self._one.code} gets no report address")

    async def take(self, visit: int, step: str, note: str = "") -> Taken:
        repeated = False
        for _ in range(3):
            response = await self._post(f"/t/visits/{visit}/take/{step}/", note=note)
            repeated = repeated or self.tries > 1
            if response.status_code in (302, 303) and "/accounts/login" not in response.headers.get("Location", ""):
                return Taken.YES
            if response.status_code == 409:
                return Taken.UNSURE if repeated else Taken.NO
            if response.status_code in (302, 303, 403):  # the session has ended
                await self.sign_in()
        self.report.count("refusals")
        return Taken.NO


class PhoneDoor(Asker):
    """A report address."""

    def __init__(self, address: str, report: Report, client: httpx.AsyncClient) -> None:
        super().__init__(report, client)
        self._address = address

    async def send(self, said: Said) -> bool:
        """One try, as a phone makes it; the phone itself decides when to try again."""
        url = f"{self._address}?{said.query}" if said.query else self._address
        try:
            response = await self.client.request(said.method, url, headers=said.headers, content=said.body)
        except httpx.TransportError:
            self.report.count("away")
            return False
        if not response.is_success:
            self.report.count("away")
        return response.is_success


class CustomerDoor(Asker):
    """A customer: her telephone and the page behind the link."""

    def __init__(self, phone: str, report: Report, client: httpx.AsyncClient) -> None:
        super().__init__(report, client)
        self._phone = phone

    async def link(self) -> str:
        while True:
            page = await self.ask("GET", f"/demo/phone/{self._phone}/")
            if links := LINK.findall(page.text):
                return html.unescape(links[-1])
            await asyncio.sleep(2)

    async def open(self, link: str) -> None:
        response = await self.ask("GET", link)
        if response.status_code != 200:
            raise Refused(response.status_code, "the link does not open")
        self.report.count("links")

    async def watch(self, link: str) -> AsyncIterator[str]:
        while True:
            found = STREAM.search((await self.ask("GET", link)).text)
            if found is None:
                return
            try:
                async with self.client.stream("GET", html.unescape(found[1]), timeout=httpx.Timeout(20, read=60)) as stream:
                    async for line in stream.aiter_lines():
                        if line.startswith("event: "):
                            yield line[7:]
            except httpx.TransportError:
                self.report.count("away")
            await asyncio.sleep(1)

    async def write(self, link: str, form: str, **fields: str) -> None:
        response = await self.ask("POST", f"{link}/{form}", data=fields)
        if response.status_code != 303:
            raise Refused(response.status_code, f"{form} was not taken")


class HttpDoors:
    """Opens all doors of one platform and closes them again."""

    def __init__(self, url: str, token: str, report: Report) -> None:
        self.url, self.report = url.rstrip("/"), report
        self.operator = Api(self.url, token, report)
        many = httpx.Limits(max_connections=500, max_keepalive_connections=100)
        self._shared = httpx.AsyncClient(base_url=self.url, timeout=TIMEOUT, limits=many)
        self._open: list[httpx.AsyncClient] = [self.operator.client, self._shared]

    def worker(self, one: Technician, password: str) -> TechnicianDoor:
        door = TechnicianDoor(self.url, one, password, self.report)
        self._open.append(door.client)
        return door

    def listener(self, address: str) -> PhoneDoor:
        return PhoneDoor(address, self.report, self._shared)

    def reader(self, phone: str) -> CustomerDoor:
        return CustomerDoor(phone, self.report, self._shared)

    async def shows_phones(self) -> bool:
        """Whether this platform keeps messages on demo telephones instead of sending them to people."""
        return (await self.operator.ask("GET", f"{self.url}/demo/phone/")).status_code == 200

    async def close(self) -> None:
        for client in self._open:
            await client.aclose()
