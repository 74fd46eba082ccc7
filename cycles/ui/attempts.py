"""The one way in which a page tries an act: a refusal is shown, and nothing typed is lost."""

from types import TracebackType

from django.contrib import messages
from django.forms import BaseForm

from cycles.requests import PortalRequest
from cycles.workflow import Refused


class attempt:
    """Try what stands in the `with`; a refusal ends it, and is said in the form or above the page.

    with attempt(form):
        actions.save(...)
        return redirect(...)
    return render(...)  # the form says why
    """

    def __init__(self, where: BaseForm | PortalRequest) -> None:
        self.where = where

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        if not isinstance(error, Refused):
            return False
        if isinstance(self.where, BaseForm):
            self.where.add_error(None, str(error))
        else:
            messages.error(self.where, str(error))
        return True
