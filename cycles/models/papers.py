"""Papers: pages that a worker has set as PDF, kept for whoever asks for the same page again."""

from django.db import models


def paper_path(paper: "Paper", filename: str) -> str:
    return f"papers/{paper.digest[:2]}/{paper.digest}.pdf"


class Paper(models.Model):
    """One page as PDF, found by the digest of all that it shows.

    No address leads to a paper: whoever asks for a document gets its page composed as they may see
    it, and so finds the paper of that page and of no other. `page` is the HTML until it is drawn.
    """

    digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=100, help_text="Of the file, without its ending")
    page = models.TextField(blank=True)
    file = models.FileField(upload_to=paper_path, max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    asked_at = models.DateTimeField()
    drawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (models.Index(fields=("asked_at",), name="papers_by_age"),)

    def __str__(self) -> str:
        return self.name

    @property
    def is_drawn(self) -> bool:
        return self.drawn_at is not None
