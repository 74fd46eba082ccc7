"""What is typed on the festival's pages."""

from django.utils.translation import gettext_lazy as _

from cycles.forms import ActForm, MomentField


class ScheduleForm(ActForm):
    """The instant of publication, signed."""

    publish_at = MomentField(
        label=_("Moment of publication"),
        help_text=_("The time of Tehran. From this moment on everybody sees the results, and not before."),
    )

    field_order = ("publish_at", "note", "password")
