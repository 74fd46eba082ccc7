"""What the guards need of public comments, made without a door."""

from festival.models import MeasureComment
from indicators.models import Measure
from tests.factories import World

TEXT = "هدف این سنجه دور از دسترس است"


def comment(w: World) -> MeasureComment:
    """One that waits, about the power ministry's result on a general measure."""
    measure = Measure.objects.of(w.general).get(code="G1-1")
    said = {
        "text": TEXT,
        "author": "سارا",
        "email": "sara@example.org",
        "made_at": w.at,
        "about": w.power,
    }
    of = {"edition": w.edition, "lineage": measure.lineage, "code": measure.code}
    return MeasureComment.objects.get_or_create(**of, defaults=said)[0]
