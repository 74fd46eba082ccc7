"""Type what a JSON document or a JSON column of the database holds."""

JsonValue = None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]
