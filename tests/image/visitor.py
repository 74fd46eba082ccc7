"""A person at a browser outside the deployment, who knows its certificate and nothing else."""

import http.client
import re
import ssl
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from tests.image.compose import Fault
from tests.image.container import inside
from tests.image.deployment import HOST, Deployment


class Answer:
    """What came back: status, headers and the content as it was sent."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status, self.headers, self.content = response.status, response.headers, response.read()

    @property
    def text(self) -> str:
        return self.content.decode()


class Visitor:
    def __init__(self, deployment: Deployment, address: str = "", **headers: str) -> None:
        self.deployment, self.headers = deployment, headers
        self.address = address or deployment.networks.address("nginx")
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in (self.headers | headers).items()}
        sent |= {"Host": HOST, "Referer": f"https://{HOST}{path}"}
        sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        with inside(self.deployment.networks.visitor):
            line = http.client.HTTPSConnection(self.address, timeout=30, context=self._tls())
            line.request(method, path, body, sent)
            answer = Answer(line.getresponse())
            line.close()
        for cookie in SimpleCookie("; ".join(answer.headers.get_all("Set-Cookie", []))).values():
            self.cookies[cookie.key] = cookie.value
        return answer

    def _tls(self) -> ssl.SSLContext:
        context = self.deployment.tls
        context.check_hostname = False  # it is asked for by number, as no name leads here
        return context

    @property
    def token(self) -> str:
        """What a form is sent with, from the cookie that its page was given."""
        return next(
            value for name, value in self.cookies.items() if name.endswith(("csrf", "csrftoken"))
        )

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **headers)

    def post(self, path: str, **fields: str) -> Answer:
        """A form of the portal, with the token that its page was given."""
        body = urlencode({"csrfmiddlewaretoken": self.token, **fields}).encode()
        return self.ask("POST", path, body, Content_Type="application/x-www-form-urlencoded")

    def expect(self, answer: Answer, *statuses: int) -> Answer:
        if answer.status not in statuses:
            shown = re.sub(r"<[^>]*>|\s+", " ", answer.content.decode(errors="replace"))[:600]
            raise Fault(
                f"Expected {statuses}, was answered {answer.status}: "
                f"{shown}\n{self.deployment.log('web')}"
            )
        return answer

    def sign_in(self, username: str, password: str) -> None:
        self.expect(self.get("/en/accounts/login/"), 200)
        self.expect(self.post("/en/accounts/login/", login=username, password=password), 302)

    def save(self, line: int, note: str) -> None:
        """Write in one field of a line, as its page does without scripts, and look that it stands
        there.
        """
        self.expect(self.post(f"/en/submissions/lines/{line}/answer/", note=note), 302)
        stored = self.deployment.sql(f"SELECT note FROM submissions_answer WHERE id = {line}")
        if stored != note:
            raise Fault(f"The note was saved, and the table says {stored!r}.")

    def upload(self, line: int, name: str, content: bytes) -> None:
        """A file as evidence, by the plain form; to a line that has none of its name."""
        mark, token = "part-of-a-form", self.token
        head = (
            f"--{mark}\r\nContent-Disposition: form-data; "
            f'name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n--{mark}\r\n'
        )
        head += (
            f'Content-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: '
            f"text/plain\r\n\r\n"
        )
        body = head.encode() + content + f"\r\n--{mark}--\r\n".encode()
        path = f"/en/submissions/lines/{line}/evidence/"
        self.expect(
            self.ask("POST", path, body, Content_Type=f"multipart/form-data; boundary={mark}"), 302
        )
