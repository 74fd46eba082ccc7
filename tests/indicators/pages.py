"""Pages of indicators, read back."""


def text(response):
    return response.content.decode()


def address(indicator_set, *rest):
    return "/".join(["/en/indicators", str(indicator_set.pk), *map(str, rest), ""])
