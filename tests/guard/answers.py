"""What the guards need of self-assessments, made without a door: versions, external factors, complete lines."""

from submissions import versions
from submissions.models import Answer, ExternalFactor, Submission, Version
from tests.factories import World


def power_line(w: World) -> Answer:
    return Answer.objects.select_related("measure", "submission").get(submission=w.submission, measure__code="G1-1")


def complete_line(w: World) -> Answer:
    """A line that lacks nothing."""
    Answer.objects.filter(pk=power_line(w).pk).update(value=50, lacking=[])
    return power_line(w)


def signed_version(w: World) -> Version:
    """The newest signed version of the power ministry's self-assessment."""
    found = Version.objects.filter(submission=w.submission).signed().first()
    return found or versions.keep(Submission.objects.get(pk=w.submission.pk), "signed", by=w.head, at=w.at)


def factor(w: World) -> ExternalFactor:
    facts = {"kind": "budget", "text": "x", "claimed_by": w.staff, "claimed_at": w.at}
    return ExternalFactor.objects.get_or_create(answer=power_line(w), defaults=facts)[0]
