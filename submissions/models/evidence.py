"""Evidence: the files an agency holds, the lines they are shown for, and uploads under way."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Self, TypedDict

import uuid_utils.compat
from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField

from agencies.models import Agency, User
from agencies.persian import normalise
from cycles.models import Cycle
from submissions.models.answers import Answer
from submissions.models.self_assessments import Submission
from submissions.workflow import DOCUMENTS, DocumentState


def document_path(document: "Document", filename: str) -> str:
    """Return where a file is kept; its own name stays in the database."""
    return f"evidence/{document.cycle.year}/{document.uuid}"


MAIL_HEAD = {
    "From": pgettext_lazy("e-mail", "From"),
    "To": pgettext_lazy("e-mail", "To"),
    "Cc": pgettext_lazy("e-mail", "Copy to"),
    "Date": pgettext_lazy("e-mail", "Date"),
    "Subject": pgettext_lazy("e-mail", "Subject"),
}


@dataclass(frozen=True)
class Signer:
    """A signature in a file: name and organization by its certificate, and the moment it names, in
    ISO 8601 or "".
    """

    name: str
    organization: str
    moment: str

    @property
    def at(self) -> datetime | None:
        return datetime.fromisoformat(self.moment) if self.moment else None


class ScanResult(TypedDict):
    """Hold what the scanner found in a file."""

    finding: str


class DocumentQuerySet(models.QuerySet["Document"]):
    def held_by(self, agency: int) -> Self:
        """Find what an agency has uploaded in any year and may show again, newest first."""
        return (
            self.filter(agency=agency)
            .exclude(state=DocumentState.INFECTED)
            .order_by("-uploaded_at", "-pk")
        )

    def waiting(self) -> Self:
        """Find what the scanner has not judged: with one, also what came in while there was
        none.
        """
        states = [
            DocumentState.PENDING,
            *([DocumentState.UNSCANNED] if settings.CLAMD_ADDRESS else []),
        ]
        return self.filter(state__in=states)

    def undrawn(self) -> Self:
        """Find what may be shown and has not been drawn yet."""
        states = [
            DocumentState.CLEAN,
            *([] if settings.CLAMD_ADDRESS else [DocumentState.UNSCANNED]),
        ]
        return self.filter(state__in=states, drawn_at=None)

    def with_uses(self) -> Self:
        """Read files with the lines each is shown for."""
        live = Evidence.objects.filter(withdrawn_at=None).select_related(
            "answer__measure", "answer__submission__cycle"
        )
        return self.prefetch_related(
            models.Prefetch("references", queryset=live.order_by("-pk"), to_attr="uses")
        )

    def for_notices(self) -> Self:
        """Read files with the first line for which each was shown, which is where its
        notice leads.
        """
        first = Evidence.objects.filter(document=OuterRef("pk")).order_by("pk").values("uuid")[:1]
        return self.select_related("agency", "cycle").annotate(shown_as=Subquery(first))


class Document(models.Model):
    """A file that an agency holds, uploaded once, in one cycle; its content never changes.

    Without an agency it is the authority's own: an `Exhibit` of what was found when a line was
    verified.
    """

    cycle = models.ForeignKey(Cycle, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    uuid = models.UUIDField(unique=True, default=uuid_utils.compat.uuid7, editable=False)
    file = models.FileField(upload_to=document_path, max_length=200)
    name = models.CharField(max_length=255)
    search_key = models.CharField(
        max_length=255, help_text="The name in the spelling that is searched in"
    )
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(help_text="Bytes")
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    state = FSMField(choices=DocumentState.choices, default=DocumentState.PENDING, protected=True)
    scanned_at = models.DateTimeField(null=True, blank=True)
    finding = models.CharField(max_length=200, blank=True, help_text="What the scanner called it")
    pages = models.PositiveSmallIntegerField(default=0, help_text="Pictures drawn of it")
    page_count = models.PositiveIntegerField(
        default=0, help_text="Pages or slides it has; 0: not counted"
    )
    uses: list["Evidence"]  # the lines it is shown for, newest first; `with_uses` fills it in
    excerpt = models.TextField(
        blank=True, help_text="The beginning of its words, where it has any of its own"
    )
    inside = models.JSONField(
        default=dict, blank=True, help_text="Its signatures, attached files, an e-mail's head"
    )
    drawn_at = models.DateTimeField(null=True, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=("agency", "-uploaded_at"), name="documents_of_an_agency"),
            # how much an agency keeps in a year is asked before each file, and answered from this
            # alone
            models.Index(
                fields=("agency", "cycle"), include=("size",), name="what_an_agency_keeps"
            ),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return where a file is looked at, for whoever is told of it (needs `for_notices`)."""
        shown = getattr(self, "shown_as", None)
        return reverse("submissions:preview", args=[shown]) if shown else ""

    @property
    def is_open(self) -> bool:
        """Whether it may be handed out and shown: found clean, or uploaded where there is no
        scanner.
        """
        unscanned = self.state == DocumentState.UNSCANNED and not settings.CLAMD_ADDRESS
        return unscanned or self.state == DocumentState.CLEAN

    @property
    def is_waiting(self) -> bool:
        """Whether something about it is still to come: the scanner's word or its pictures."""
        if self.is_open:
            return self.drawn_at is None
        return self.state in (DocumentState.PENDING, DocumentState.UNSCANNED)

    @property
    def signers(self) -> list["Signer"]:
        """Who signed it, as the certificates in the file say; the portal has
        verified none of it.
        """
        return [Signer(*signature) for signature in self.inside.get("signatures", [])]

    @property
    def mail_head(self) -> list[tuple[Promise, str]]:
        """The head of an e-mail: what each line of it is, and what stands there."""
        return [
            (MAIL_HEAD[name], value)
            for name, value in self.inside.get("head", [])
            if name in MAIL_HEAD
        ]

    def picture(self, number: int) -> str:
        """Return where the picture of a page is kept, in the storage of the file itself."""
        return f"previews/{self.uuid}/{number}.png"

    @DOCUMENTS.transition
    def _pass(self, *, at: datetime, given: dict[str, object]) -> None:
        self.scanned_at, self.finding = at, ""

    @DOCUMENTS.transition
    def _quarantine(self, *, at: datetime, given: ScanResult) -> None:
        self.scanned_at, self.finding = at, given["finding"]

    @DOCUMENTS.transition
    def _give_up(self, *, at: datetime, given: ScanResult) -> None:
        self.scanned_at, self.finding = at, given["finding"]

    @DOCUMENTS.transition
    def _skip(self, *, at: datetime, given: dict[str, object]) -> None:
        pass


@dataclass(frozen=True)
class Description:
    """What a file is, in the words of whoever shows it: a title, and the number and day of a
    letter.
    """

    title: str = ""
    letter_number: str = ""
    letter_on: date | None = None


class Described(models.Model):
    """A file that is shown under a title, with the number and the day of the letter that it is."""

    title = models.CharField(max_length=200, blank=True)
    letter_number = models.CharField(max_length=60, blank=True)
    letter_on = models.DateField(null=True, blank=True)

    DESCRIPTION = ("title", "letter_number", "letter_on")

    class Meta:
        abstract = True

    @property
    def is_described(self) -> bool:
        return self.description != Description()

    @property
    def description(self) -> Description:
        return Description(self.title, self.letter_number, self.letter_on)

    @property
    def description_facts(self) -> list[str]:
        """The description as a signature covers it: title, number, and the
        day in ISO 8601 or "".
        """
        return [
            self.title,
            self.letter_number,
            self.letter_on.isoformat() if self.letter_on else "",
        ]

    def describe(self, description: Description) -> None:
        self.title = normalise(description.title)[:200]
        self.letter_number = normalise(description.letter_number)[:60]
        self.letter_on = description.letter_on


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, user: User, at: datetime) -> Self:
        return self.filter(answer__in=Answer.objects.visible_to(user, at).values("pk"))

    def live(self) -> Self:
        return self.filter(withdrawn_at__isnull=True).order_by("pk")

    def for_page(self) -> Self:
        """Select live and earlier versions, with the file."""
        rows = self.filter(Q(withdrawn_at=None) | Q(replaced_by__isnull=False))
        return rows.select_related("document", "attached_by").order_by("pk")

    def last_description(self, document: Document) -> Description:
        """Find how a file was described where it was shown last; nothing where it never was."""
        last = self.filter(document=document).order_by("-pk").first()
        return last.description if last else Description()

    def facts(self, submission: Submission) -> list[list[int | str]]:
        """List what a signature covers of a submission's evidence: line, digest of the content,
        place and description.
        """
        live = self.filter(answer__submission=submission).live().select_related("document")
        return [[e.answer_id, e.document.sha256, e.reference, *e.description_facts] for e in live]


class Evidence(Described):
    """A file shown for an answer; withdrawn or replaced, it stays on record."""

    uuid = models.UUIDField(unique=True, default=uuid_utils.compat.uuid7, editable=False)
    answer = models.ForeignKey(Answer, models.PROTECT, related_name="evidence")
    document = models.ForeignKey(Document, models.PROTECT, related_name="references")
    reference = models.CharField(max_length=200, blank=True, help_text="Page or sheet")
    attached_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    attached_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )

    other_lines = 0  # how many other lines the file is shown for; `files_of_line` fills it in

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("answer", "document"),
                condition=Q(withdrawn_at=None),
                name="a_file_once_a_line",
            ),
            models.CheckConstraint(condition=~Q(replaces=F("pk")), name="nothing_replaces_itself"),
        )

    def __str__(self) -> str:
        return self.document.name

    @cached_property
    def versions(self) -> list["Evidence"]:
        """Earlier versions, newest first; `files_of_line` fills it in."""
        return []
