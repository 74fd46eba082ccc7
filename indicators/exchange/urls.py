"""Addresses of files in which sets go out and come in."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from cycles.spreadsheets.sheets import CONTENT_TYPES, Form
from indicators.exchange import views
from indicators.exchange.columns import FORMS


class SheetForm:
    """The name of a form in which sets go out and come in."""

    regex = "|".join(sorted(FORMS))

    def to_python(self, value: str) -> Form:
        return FORMS[value]

    def to_url(self, value: Form | str) -> str:
        return value if isinstance(value, str) else value.name


class SheetKind(StringConverter):
    """The kind of a spreadsheet's file."""

    regex = "|".join(sorted(CONTENT_TYPES))


register_converter(SheetForm, "sheet_form")
register_converter(SheetKind, "sheet_kind")

urlpatterns = [
    path("templates/<sheet_form:form>/<sheet_kind:kind>/", views.template, name="template"),
    path("<int:pk>/files/", views.files, name="files"),
    path("<int:pk>/files/<sheet_form:form>/<sheet_kind:kind>/", views.export, name="export"),
    path("<int:pk>/files/<sheet_form:form>/import/", views.take_in, name="import"),
]
