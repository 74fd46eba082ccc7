"""How a state looks: each has its word and a colour, so that neither alone must be understood."""

from django import template
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

TONES = {
    # lines
    "scored": "green",
    "not_answered": "red",
    "not_applicable": "secondary",
    "under_review": "azure",
    # files of evidence
    "pending": "yellow",
    "clean": "green",
    "infected": "red",
    "unscannable": "orange",
    "unscanned": "secondary",
    # self-assessments and blocks
    "draft": "yellow",
    "returned": "orange",
    "submitted": "blue",
    "lapsed": "red",
    "ended": "secondary",
    "marked": "purple",
    "communicated": "green",
    "open": "yellow",
    "handed_in": "green",
    "supplied": "green",
    # external factors and declarations
    "waiting": "yellow",
    "accepted": "green",
    "rejected": "red",
    # verifications
    "drawn": "yellow",
    "concluded": "green",
    "supported": "green",
    "unsupported": "red",
    "closed": "green",
    # appeals
    "filed": "blue",
    "withdrawn": "secondary",
    "upheld": "green",
    "partly": "lime",
    "dismissed": "red",
    "inadmissible": "orange",
    # improvement plans, their items, consequences
    "signed": "green",
    "none": "secondary",
    "under_way": "yellow",
    "completed": "green",
    "cancelled": "secondary",
    "due": "yellow",
    "done": "green",
    "waived": "secondary",
}


@register.simple_tag
def state_badge(state: str, word: str | Promise = "") -> SafeString:
    """Draw the badge of a state; the word is the enum's own unless another is given."""
    tone = TONES.get(str(state), "secondary")
    return format_html(
        '<span class="badge bg-{}-lt">{}</span>', tone, word or getattr(state, "label", state)
    )
