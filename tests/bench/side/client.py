"""A browser's connection reduced to what is measured, and many of them at once.

Requests are bytes made beforehand, so that the client takes as little of the processor as can be.
"""

import asyncio
import statistics
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Response:
    """What came back."""

    status: int
    headers: dict[str, str]
    cookies: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Person:
    """Somebody signed in on one server: their cookies and the token of their forms."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def get(self, path: str, **headers: str) -> bytes:
        return self._request("GET", path, headers, b"")

    def post(self, path: str, fields: Iterable[tuple[str, str]], **headers: str) -> bytes:
        body = urlencode([*fields, ("csrfmiddlewaretoken", self.token)]).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        return self._request("POST", path, headers, body)

    def _request(self, method: str, path: str, headers: dict[str, str], body: bytes) -> bytes:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        said = {"Host": f"{HOST}:{self.port}", "Cookie": cookies, "Accept-Language": "fa"}
        if body:
            said["Content-Length"] = str(len(body))
        said |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in said.items())]
        return "\r\n".join([*lines, "", ""]).encode() + body


def sign_in(port: int, username: str) -> Person:
    person = Person(port)
    entered = ask(port, person.get(f"/fa/side/enter/{username}/"))
    assert entered.status == 200, entered.text[-2000:]
    person.cookies, person.token = entered.cookies, entered.text
    return person


def ask(port: int, request: bytes) -> Response:
    """Ask once, on a connection of its own."""
    return asyncio.run(_once(port, request))


async def _once(port: int, request: bytes) -> Response:
    connection = Connection(port)
    try:
        return await connection.ask(request)
    finally:
        connection.close()


class Connection:
    """A connection that is kept as long as the server keeps it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.writer: asyncio.StreamWriter | None = None

    async def ask(self, request: bytes) -> Response:
        is_kept = self.writer is not None and not self.writer.is_closing()
        try:
            return await self._ask(request)
        except (asyncio.IncompleteReadError, ConnectionError):
            if not is_kept:
                raise
            self.close()  # the server let go of it before it saw the request
            return await self._ask(request)

    async def _ask(self, request: bytes) -> Response:
        if self.writer is None or self.writer.is_closing():
            self.reader, self.writer = await asyncio.open_connection(HOST, self.port)
        self.writer.write(request)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status = int(head[0].split()[1])
        headers, cookies = {}, {}
        for line in filter(None, head[1:]):
            name, _colon, value = line.partition(": ")
            if name.lower() == "set-cookie":
                key, _equals, held = value.partition(";")[0].partition("=")
                cookies[key] = held
            headers[name.lower()] = value
        body = await self._body(headers)
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Response(status, headers, cookies, body)

    async def _body(self, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding") != "chunked":
            return await self.reader.readexactly(int(headers.get("content-length", 0)))
        parts = []
        while size := int(await self.reader.readuntil(b"\r\n"), 16):
            parts.append(await self.reader.readexactly(size))
            await self.reader.readexactly(2)
        await self.reader.readexactly(2)
        return b"".join(parts)

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
            self.writer = None


@dataclass
class Times:
    """Milliseconds of each request, and how many seconds all of them took together."""

    each: list[float] = field(default_factory=list)
    seconds: float = 0.0

    def __iadd__(self, other: "Times") -> "Times":
        self.each += other.each
        self.seconds += other.seconds
        return self

    @property
    def per_second(self) -> float:
        return len(self.each) / self.seconds

    def percentile(self, share: int) -> float:
        if len(self.each) < 2:
            return self.each[0]
        return statistics.quantiles(self.each, n=100, method="inclusive")[share - 1]


def load(
    port: int, requests: Iterator[bytes], expected: int, *, clients: int, seconds: float
) -> Times:
    """Ask by so many clients at once until the requests are all sent or the time is over; what has
    been sent by then is waited for.
    """
    return asyncio.run(_load(port, requests, expected, clients, seconds))


async def _load(
    port: int, requests: Iterator[bytes], expected: int, clients: int, seconds: float
) -> Times:
    times = Times()
    began = time.perf_counter()

    async def client() -> None:
        connection = Connection(port)
        for request in requests:
            sent = time.perf_counter()
            response = await connection.ask(request)
            assert response.status == expected, (response.status, response.text[-2000:])
            times.each.append((time.perf_counter() - sent) * 1000)
            if time.perf_counter() - began > seconds:
                break
        connection.close()

    await asyncio.gather(*(client() for _number in range(clients)))
    times.seconds = time.perf_counter() - began
    return times
