"""What the settings read from the environment, and how."""

import os
from collections.abc import Mapping


def flag(name: str, *, default: bool) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def word_list(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def placeholders(environment: Mapping[str, str]) -> list[str]:
    """List the names of variables that hold what an example says in place of a secret."""
    words = ("change-me", "changeme", ":PASSWORD@", ":ANOTHER@")
    names = []
    for name, value in environment.items():
        if any(word in value for word in words):
            names.append(name)
    return sorted(names)


DEBUG = flag("DEBUG", default=False)
