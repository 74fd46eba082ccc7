"""What people do on the last day of May: save, read, upload in pieces, sign; and the floor, beside
it all the time.
"""

import json
import os
import random
from base64 import b64encode
from pathlib import Path

from locust import HttpUser, between, task
from locust.clients import ResponseContextManager

HOST = "portal.example"
GIVEN = json.loads(Path(os.environ["LOAD_PEOPLE"]).read_text())
WAITING = GIVEN["people"]
TOKEN = "x" * 32
FLOOR, SAVE, LINE, FORM, HOME = (
    "floor",
    "save a field",
    "read a line",
    "read the form",
    "read the home page",
)
SIGNED: set[int] = (
    set()
)  # forms whose head has begun to sign: what is saved to them from then on is refused
BEGIN, PIECE, REVIEW, SIGN = "begin an upload", "upload a piece", "read before signing", "sign"


class Person(HttpUser):
    """Each of those who are given, once: staff write and upload, heads read and sign."""

    wait_time = between(10, 20)

    def on_start(self) -> None:
        self.given = WAITING.pop()
        self.chance = random.Random(self.given["session"])
        self.count, self.has_signed = 0, False
        names = GIVEN["cookies"]
        self.client.verify = False
        self.client.headers.update(
            {
                "Host": HOST,
                "Referer": f"https://{HOST}/",
                "Cookie": f"{names['session']}={self.given['session']}; {names['csrf']}={TOKEN}",
                "X-CSRFToken": TOKEN,
                "Accept-Encoding": "gzip",
            }
        )

    def get(self, path: str, name: str) -> None:
        with self.client.get(path, name=name, allow_redirects=False, catch_response=True) as answer:
            if answer.status_code != 200:
                answer.failure(f"answered {answer.status_code}")

    def line(self) -> int:
        return self.chance.choice(self.given["lines"])

    @task(2)
    def floor(self) -> None:
        self.get("/floor/", FLOOR)

    @task(2)
    def read(self) -> None:
        self.get(f"/fa/submissions/{self.given['form']}/?line={self.line()}", LINE)
        self.get("/fa/", HOME)

    @task(6)
    def work(self) -> None:
        if self.given["signs"]:
            self.sign()
        else:
            self.save()

    @task(1)
    def file(self) -> None:
        if self.given["signs"]:
            self.get(f"/fa/submissions/{self.given['form']}/", FORM)
        else:
            self.upload()

    def save(self) -> None:
        self.count += 1
        path, text = (
            f"/fa/submissions/lines/{self.line()}/answer/",
            {"note": f"یادداشت {self.count}"},
        )
        with self.client.post(
            path, text, headers={"HX-Request": "true"}, name=SAVE, catch_response=True
        ) as answer:
            self.accept_refusal(answer)
            if answer.status_code not in (200, 422):
                answer.failure(f"answered {answer.status_code}")

    def accept_refusal(self, answer: ResponseContextManager) -> None:
        """Count a 422 as right where the form was signed meanwhile; anywhere else it stays a
        failure.
        """
        if answer.status_code == 422 and self.given["form"] in SIGNED:
            answer.success()

    def upload(self) -> None:
        """A file of up to half a megabyte in two pieces."""
        content = self.chance.randbytes(self.chance.randint(50_000, 250_000)).hex().encode()
        name = b64encode(
            f"{self.given['session'][:6]}-{self.chance.random()}.txt".encode()
        ).decode()
        tus = {"Tus-Resumable": "1.0.0"}
        start = tus | {"Upload-Length": str(len(content)), "Upload-Metadata": f"filename {name}"}
        path = f"/fa/submissions/lines/{self.line()}/evidence/uploads/"
        with self.client.post(path, headers=start, name=BEGIN, catch_response=True) as begun:
            self.accept_refusal(begun)
            if begun.status_code != 201:
                return
        way = "/fa/" + begun.headers["Location"].split("/fa/", 1)[1]
        half = len(content) // 2
        for offset, piece in ((0, content[:half]), (half, content[half:])):
            told = tus | {
                "Upload-Offset": str(offset),
                "Content-Type": "application/offset+octet-stream",
            }
            with self.client.patch(
                way, piece, headers=told, name=PIECE, catch_response=True
            ) as sent:
                self.accept_refusal(sent)
                if sent.status_code != 204:
                    return

    def sign(self) -> None:
        form = self.given["form"]
        self.get(f"/fa/submissions/{form}/review/", REVIEW)
        if self.has_signed or self.chance.random() > 0.3:
            return
        self.has_signed = True
        SIGNED.add(form)
        path = f"/fa/submissions/{form}/submit/"
        with self.client.post(
            path,
            {"password": GIVEN["password"]},
            name=SIGN,
            allow_redirects=False,
            catch_response=True,
        ) as answer:
            if answer.status_code != 302:
                answer.failure(f"answered {answer.status_code}")
