"""What the portal is made of, as CycloneDX lists it, from the lock files alone: python
requirements/sbom.py OUT.json
"""

import base64
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SERVED, ALL = ROOT / "requirements/app.txt", ROOT / "requirements/dev.txt"
NPM = ROOT / "package-lock.json"

Part = dict[str, Any]


def locked(requirements: Path) -> set[tuple[str, str]]:
    """Name and version of every package of a lock file."""
    found = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", requirements.read_text(), flags=re.M)
    return {(name.lower(), version) for name, version in found}


def python_parts() -> Part:
    """The bill of Python's packages; what only developers and tests need is marked as left out of
    the image.
    """
    command = [
        sys.executable,
        "-m",
        "cyclonedx_py",
        "requirements",
        "--of",
        "JSON",
        "--output-reproducible",
        str(ALL),
    ]
    told = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 -- ours
    bill: Part = json.loads(told.stdout)
    served = locked(SERVED)
    for part in bill["components"]:
        is_served = (part["name"].lower(), part["version"]) in served
        part["scope"] = "required" if is_served else "excluded"
        part.pop("description", None)  # the line of the lock file
    return bill


def browser_parts() -> list[Part]:
    """The packages of npm that the lock file names."""
    parts = []
    for place, package in sorted(json.loads(NPM.read_text())["packages"].items()):
        if not place:
            continue
        name = place.rpartition("node_modules/")[2]
        kind, _dash, digest = package["integrity"].partition("-")
        content = base64.b64decode(digest).hex()
        address = f"pkg:npm/{name.replace('@', '%40')}@{package['version']}"
        parts.append(
            {
                "type": "library",
                "bom-ref": f"npm {place}",
                "name": name,
                "version": package["version"],
                "purl": address,
                "scope": "excluded" if package.get("dev") else "required",
                "hashes": [{"alg": kind.upper().replace("SHA", "SHA-"), "content": content}],
            }
        )
    return parts


def bill() -> Part:
    """Everything that is locked."""
    found = python_parts()
    found["components"] += browser_parts()
    return found


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    out = Path(sys.argv[1])
    made = bill()
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(made, indent=1, sort_keys=True) + "\n")
    print(f"{len(made['components'])} packages named in {out}")
