"""Two tabs, or two people: a form says what it showed, and an act refuses when that is no longer
what is stored.

A page draws a `ComparedForm`, whose hidden field `seen` is a digest of the stored values that it
shows. When the form comes back and something else is stored by then, nothing is saved: the page
keeps what was typed, says beside each field what is stored now, and saves over it only when asked
to again. The act compares once more under its row lock (`Seen`), for whoever saves in between.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model, QuerySet
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from agencies.json_values import JsonValue
from agencies.locks import locked
from agencies.persian import in_locale
from cycles.workflow import Refused

SEEN = "seen"


def digest(stored: Mapping[str, object]) -> str:
    """Give what fields say a short name, by which a form knows whether it is still what was
    seen.
    """
    plain = {name: plain_value(value) for name, value in stored.items()}
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def plain_value(value: object) -> JsonValue:
    """Bring a value to one spelling, whether it is stored, typed, or comes back from the
    browser.
    """
    if isinstance(value, Mapping):
        return {str(name): plain_value(each) for name, each in value.items()}
    if isinstance(value, list | tuple | QuerySet):
        return [plain_value(each) for each in value] or ""
    return _plain_text(value)


def _plain_text(value: object) -> str:
    """Spell one value as text."""
    if value is None or value is False:
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value else "0"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Model):
        return str(value.pk)
    return str(value).replace("\r\n", "\n").strip()


class ChangedMeanwhile(Refused):
    """What somebody saves, somebody else has changed since they saw it."""

    def __init__(self, why: str | Promise = "") -> None:
        why = why or _(
            "Somebody has changed this since you opened the page. Nothing was saved. "
            "Look at what is stored now; save again to write over it."
        )
        super().__init__(why, code="changed")


@dataclass(frozen=True)
class Seen:
    """The digest of what a writer had before them, "" where it is not known, and how to read that
    of what is stored.
    """

    token: str
    read: Callable[[], str]

    def check(self) -> None:
        """Refuse where something else is stored by now; asked under the row lock."""
        if self.token and self.read() != self.token:
            raise ChangedMeanwhile


def lock_rows(targets: Iterable[Any]) -> None:
    """Lock the rows on which an act is done that changes no state."""
    for target in targets:
        row = getattr(target, "obj", target)
        rows = type(row)._meta.default_manager.filter(pk=row.pk)
        list(locked(rows).values_list("pk"))


FormData = Mapping[str, Any] | None
FormFiles = MultiValueDict[str, UploadedFile] | None
"""What a request hands to a form: the fields that were typed, and the files that were chosen."""


class FormOptions(TypedDict, total=False):
    """Options of every form of Django that pages of the portal set."""

    auto_id: bool | str
    initial: dict[str, Any] | None
    prefix: str | None


class ComparedOptions(FormOptions, total=False):
    """Options of a form that asks before it writes over what somebody else has stored."""

    shows: Mapping[str, object] | None


class ComparedForm(forms.Form):
    """A form that shows what is stored, and asks before it writes over what somebody else has
    stored meanwhile.

    `initial` is always what is stored now, when the form is sent as well. A form that is about
    something else than its own fields, such as a verdict on what an agency declares, is given what
    its page `shows` of that.
    """

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    beside: tuple[str, ...] = ()
    """Fields that say nothing of what is stored, such as the reason of an act."""

    has_clash = False
    """Whether the page shows what somebody else has stored meanwhile beside what was typed."""

    _untouched = False

    def __init__(
        self,
        data: FormData = None,
        files: FormFiles = None,
        *,
        shows: Mapping[str, object] | None = None,
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, files, **options)
        self.shows = shows

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> object:
        if field_name == SEEN:
            return self.token
        return super().get_initial_for_field(field, field_name)

    @property
    def stored_values(self) -> dict[str, object]:
        if self.shows is not None:
            return dict(self.shows)
        return {
            name: self.get_initial_for_field(field, name)
            for name, field in self.fields.items()
            if name not in (SEEN, *self.beside) and not _is_apart(field)
        }

    @property
    def token(self) -> str:
        return digest(self.stored_values)

    @property
    def seen_token(self) -> str:
        """Read the digest of what the writer had before them, "" where the page did not say."""
        return str(self.data.get(self.add_prefix(SEEN), "")).strip()

    @property
    def is_untouched(self) -> bool:
        """Say whether the form came back as it was shown: nobody typed anything."""
        _ = self.errors  # looks at what was typed, where nobody has yet
        return self._untouched

    def as_seen(self, again: Callable[[], "ComparedForm"]) -> Seen:
        """Answer with what the act compares under its lock; `again` makes this form anew from what
        is stored by then.
        """
        return Seen(self.seen_token, lambda: again().token)

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # not in django-stubs
        self.cleaned_data.pop(SEEN, None)
        stored, typed = self.stored_values, self.cleaned_data
        says = digest({name: typed.get(name) for name in stored})
        self._untouched = bool(self.seen_token) and not self.errors and says == self.seen_token
        if self.seen_token in ("", self.token):
            return
        if stored.keys() <= typed.keys() and says == self.token:
            self._note_seen()  # both say the same
            return
        self._ask(
            [name for name in stored if name in self.errors or self._says_other(name, stored[name])]
        )

    def _says_other(self, name: str, stored: object) -> bool:
        """Say whether a field differs from what is stored, both as it was typed and as it was
        understood.
        """
        if name not in self.cleaned_data:
            return False
        said = (self.cleaned_data[name], self.data.get(self.add_prefix(name)))
        return plain_value(stored) not in [plain_value(each) for each in said]

    def _ask(self, differing: Iterable[str]) -> None:
        """Say what is stored now beside what was typed; whoever sends the
        form again has seen it.
        """
        self.has_clash = True
        self.add_error(None, str(ChangedMeanwhile()))
        for name in differing:
            self.add_error(name, _("Stored now: %(value)s") % {"value": self._in_words(name)})
        self._note_seen()

    def _note_seen(self) -> None:
        sent: Any = self.data
        sent = sent.copy()
        sent[self.add_prefix(SEEN)] = self.token
        self.data = sent

    def _in_words(self, name: str) -> str:
        """Write the value that is stored under a field as the reader would type or choose it."""
        field = self.fields[name]
        value = (
            self.get_initial_for_field(field, name)
            if self.shows is None
            else self.stored_values[name]
        )
        if value is None or value == "" or value == []:
            return _("nothing")
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(field, forms.ChoiceField):
            values = value if isinstance(value, list | tuple | QuerySet) else [value]
            labels = {plain_value(key): str(label) for key, label in _choices(field.choices)}
            return "، ".join(labels.get(plain_value(each), str(each)) for each in values)
        if isinstance(value, Decimal | int):
            return in_locale(value)
        return str(field.prepare_value(value))


def _is_apart(field: forms.Field) -> bool:
    """Say whether a field shows nothing that is stored: a file to come, a password."""
    return isinstance(field, forms.FileField) or isinstance(field.widget, forms.PasswordInput)


def _choices(choices: Any) -> Iterable[tuple[object, object]]:
    """List the keys and labels of a choice, those of its groups as well."""
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield getattr(key, "value", key), label


def together(shown: Iterable[ComparedForm], again: Callable[[], Iterable[ComparedForm]]) -> Seen:
    """Take several forms of one page as one; `again` makes them anew, in the same order."""
    shown = list(shown)
    known = [bool(form.seen_token) for form in shown]

    def join_tokens(forms_now: Iterable[ComparedForm]) -> str:
        pairs = zip(forms_now, known, strict=True)
        return " ".join(form.token for form, is_known in pairs if is_known)

    was_seen = " ".join(form.seen_token for form in shown if form.seen_token)
    return Seen(was_seen, lambda: join_tokens(again()))
