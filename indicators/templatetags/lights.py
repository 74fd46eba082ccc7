"""How a traffic light looks: a colour, its word and the percent, so that the colour alone must not
be understood.
"""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from agencies.templatetags.portal import percent
from indicators.attainment import RULE, Light
from indicators.models import Figure

register = template.Library()

TONES = {Light.GREEN: "green", Light.AMBER: "yellow", Light.RED: "red", Light.NONE: "secondary"}


@register.simple_tag
def light_badge(figure: Figure) -> SafeString:
    """Draw the light of a figure with its percent (needs its `measure` loaded)."""
    light, shown = figure.light, figure.percent
    words = light.label if shown is None else format_html("{} · {}", light.label, percent(shown))
    return format_html('<span class="badge bg-{}-lt">{}</span>', TONES[light], words)


@register.simple_tag
def light_rule() -> str:
    """Say the rule of the lights."""
    return str(RULE)
