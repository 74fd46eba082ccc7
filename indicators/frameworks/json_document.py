"""A JSON document whose every value knows its place, so that a refusal can name the file, the line
and the path.

Numbers are exact: JSON numbers are read as fractions and never pass through a binary float.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from json.decoder import JSONDecoder, scanstring  # type: ignore[attr-defined]
from typing import Any, NoReturn

Steps = tuple[str | int, ...]

_SPACE = " \t\r\n"
_LARGEST_EXPONENT = (
    400  # a number beyond it is a slip of the hand, and would take all memory as a fraction
)


class Malformed(Exception):
    """A document that cannot be used: the line, the path and the reason, in one sentence."""


class RefusedAt(Exception):
    """The refusal of one value; `Document.words_of` adds the file and the line."""

    def __init__(self, steps: Steps, reason: str):
        super().__init__(reason)
        self.steps, self.reason = steps, reason


@dataclass(frozen=True)
class DocumentValue:
    """A value of a document and the steps that lead to it."""

    value: Any
    steps: Steps = ()

    def refuse(self, reason: str) -> NoReturn:
        """Refuse the document because of this value."""
        raise RefusedAt(self.steps, reason)

    def find(self, key: str) -> "DocumentValue | None":
        """Find what the object holds under the key; None when it has no such key, or null there."""
        if not isinstance(self.value, dict):
            self.refuse("must be an object")
        return (
            None
            if self.value.get(key) is None
            else DocumentValue(self.value[key], (*self.steps, key))
        )

    def __getitem__(self, key: str) -> "DocumentValue":
        """Take what the object must hold under the key."""
        found = self.find(key)
        if found is None:
            self.refuse(f"“{key}” is missing")
        return found

    def elements(self) -> list["DocumentValue"]:
        """List the members of a list."""
        if not isinstance(self.value, list):
            self.refuse("must be a list")
        return [
            DocumentValue(value, (*self.steps, place)) for place, value in enumerate(self.value)
        ]

    def members(self) -> dict[str, "DocumentValue"]:
        """List the members of an object."""
        if not isinstance(self.value, dict):
            self.refuse("must be an object")
        return {key: DocumentValue(value, (*self.steps, key)) for key, value in self.value.items()}

    def text(self) -> str:
        """Take a string with something in it and no space around it."""
        if not isinstance(self.value, str) or not self.value.strip():
            self.refuse("must be a text")
        if self.value != self.value.strip():
            self.refuse("must not begin or end with a space")
        return self.value

    def number(self) -> Fraction:
        """Take a number, exactly as written."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | Decimal):
            self.refuse("must be a number")
        if self.value and abs(Decimal(self.value).adjusted()) > _LARGEST_EXPONENT:
            self.refuse("is beyond any measure")
        return Fraction(self.value)

    def whole(self) -> int:
        """Take a whole number."""
        if (number := self.number()).denominator != 1:
            self.refuse("must be a whole number")
        return int(number)

    def one_of(self, names: Iterable[str]) -> str:
        """Take one of these words."""
        names = tuple(names)
        if not isinstance(self.value, str) or self.value not in names:
            self.refuse(
                f"must be one of {', '.join(names)}, not {json.dumps(self.value, default=str)[:60]}"
            )
        return self.value


@dataclass(frozen=True)
class Document:
    """The text of a file and what it says."""

    name: str
    text: str

    @property
    def root(self) -> DocumentValue:
        """Read what the document says; Malformed when it is not JSON, or says something twice."""
        try:
            return DocumentValue(
                json.loads(self.text, parse_float=Decimal, parse_constant=self._refuse_constant)
            )
        except json.JSONDecodeError as error:
            raise Malformed(f"{self.name}, line {error.lineno}: not JSON: {error.msg}") from None
        except RecursionError:
            raise Malformed(f"{self.name}, line 1: nested too deeply") from None
        except ValueError as error:
            raise Malformed(f"{self.name}, line 1: not JSON: {error}") from None

    @staticmethod
    def _refuse_constant(name: str) -> NoReturn:
        raise ValueError(f"{name} is no number")

    def words_of(self, error: RefusedAt) -> Malformed:
        """Say the refusal in words: file, line, path, reason."""
        line = next((line for steps, line in self._places() if steps == error.steps), 1)
        path = "".join(
            f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.steps
        ).lstrip(".")
        return Malformed(f"{self.name}, line {line}: {path + ': ' if path else ''}{error.reason}")

    def refuse_twins(self) -> None:
        """Refuse an object that says the same key twice: JSON would quietly keep the last."""
        seen = set()
        for steps, _line in self._places():
            if steps in seen:
                lines = [line for found, line in self._places() if found == steps]
                raise Malformed(f"{self.name}, line {lines[1]}: “{steps[-1]}” stands there twice")
            seen.add(steps)

    def _places(self) -> Iterator[tuple[Steps, int]]:
        """Walk through every value of a document that is JSON: the steps to it and its line, in the
        order of the text.
        """
        text, decoder = self.text, JSONDecoder()
        at, line, counted = 0, 1, 0
        open_: list[
            tuple[Steps, int | None]
        ] = []  # the containers around, a list with its next place

        while True:
            while at < len(text) and text[at] in _SPACE + ",":
                at += 1
            if at >= len(text):
                return
            if text[at] in "]}":
                open_.pop()
                at += 1
                continue
            line, counted = line + text.count("\n", counted, at), at
            steps: Steps = ()
            if open_:
                around, place = open_[-1]
                if place is None:
                    key, at = scanstring(text, at + 1)
                    at = text.index(":", at) + 1
                    while text[at] in _SPACE:
                        at += 1
                    steps = (*around, key)
                else:
                    open_[-1] = (around, place + 1)
                    steps = (*around, place)
            yield steps, line
            if text[at] in "[{":
                open_.append((steps, 0 if text[at] == "[" else None))
                at += 1
            else:
                _value, at = decoder.raw_decode(text, at)
