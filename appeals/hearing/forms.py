"""Forms of those who hear an appeal: its reviewer, their questions, the replies, the decision."""

from collections.abc import Iterable, Mapping

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from appeals.drafting.forms import EvidenceField
from appeals.models import Error, Ground
from cycles.clashes import ComparedForm
from cycles.ui.fields import NumberField, PersianTextField
from cycles.ui.forms import LetterField, PasswordField, check_signature, offer_choices, offer_rows
from cycles.workflow import Move
from submissions.evidence.fields import DescriptionForm


class DecisionForm(ComparedForm):
    """A decision with its reason and, where the line gets new points, those; signed with the
    password.
    """

    decision = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    awarded = NumberField(
        label=_("Points the line gets"),
        required=False,
        min_value=0,
        max_digits=16,
        decimal_places=10,
        help_text=_(
            "Only when upheld. Upheld in whole, the proposed points stand if this is empty."
        ),
    )
    void = forms.BooleanField(label=_("The line does not apply to this agency"), required=False)
    error = forms.ChoiceField(
        label=_("Is what was wrong here wrong for other agencies, too?"),
        choices=[("", _("No, it concerns this agency alone")), *Error.choices],
        required=False,
        help_text=_("An administrator then corrects all agencies with this line by one act."),
    )
    reason = PersianTextField(
        label=_("Reason"), lines=True, max_length=10000, help_text=_("The agency will read it.")
    )
    letter = LetterField()
    password = PasswordField()

    def __init__(
        self,
        data: Mapping[str, object] | None = None,
        *,
        moves: list[Move],
        user: User,
        ground: str,
        shows: Mapping[str, object],
    ) -> None:
        super().__init__(data, shows=shows)
        self.user = user
        offer_choices(self, "decision", [(m.name, m.label) for m in moves])
        if ground != Ground.APPLICABILITY:
            del self.fields["void"]

    def clean_password(self) -> str:
        return check_signature(self.user, self.cleaned_data["password"])


class QuestionForm(forms.Form):
    """What a reviewer asks, and whom."""

    of = forms.ChoiceField(label=_("Whom"), widget=forms.RadioSelect)
    question = PersianTextField(label=_("Question"), lines=True, max_length=5000)

    def __init__(self, data: Mapping[str, object] | None = None, *, giver: User | None) -> None:
        super().__init__(data)
        choices: list[tuple[str, str | Promise]] = [("agency", _("The agency"))]
        if giver is not None:
            choices.append(("giver", _("Whoever gave the score: %(name)s") % {"name": giver}))
        offer_choices(self, "of", choices)
        self.fields["of"].initial = "agency"


class ReplyForm(DescriptionForm):
    """The reply to a reviewer's question; the agency may show a file with it."""

    reply = PersianTextField(label=_("Reply"), lines=True, max_length=10000)
    file = EvidenceField(label=_("File"))
    field_order = ("reply", "file")

    def __init__(
        self,
        data: Mapping[str, object] | None = None,
        files: MultiValueDict[str, UploadedFile] | None = None,
        *,
        with_file: bool,
        auto_id: str,
    ) -> None:
        super().__init__(data, files, auto_id=auto_id)
        if not with_file:
            for name in ("file", *DescriptionForm.base_fields):
                del self.fields[name]


class ReviewerForm(ComparedForm):
    """Another reviewer for an appeal."""

    reviewer = forms.ModelChoiceField(label=_("Reviewer"), queryset=User.objects.none())

    def __init__(
        self,
        data: Mapping[str, object] | None = None,
        *,
        reviewers: Iterable[User],
        shows: Mapping[str, object],
    ) -> None:
        super().__init__(data, shows=shows)
        fit = User.objects.filter(pk__in=[r.pk for r in reviewers]).order_by(
            "name_fa", "username", "pk"
        )
        offer_rows(self, "reviewer", fit)
