"""The last day of May on the deployment as the compose file sizes it: `make load`, into
var/load.json.

The services are those of `make image-check`, each with its own command. One address is added to the
laid tree: a page that does nothing but know who is signed in. It is the floor, asked by the same
people in the same minutes.
"""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.image.compose import ROOT
from tests.image.container import why_not
from tests.image.deployment import LAST_DAY, Deployment, roomy
from tests.image.release import Release
from tests.load.floor import FLOOR, FLOOR_VIEW

AGENCIES, STAFF, SECONDS = 25, 11, 120
PERCENTILES = ("50%", "75%", "95%", "99%")


def add_floor(tree: Path) -> None:
    with (tree / "config/urls.py").open("a") as urls:
        urls.write(FLOOR_VIEW)


def lay_world(deployment: Deployment, folder: Path) -> Path:
    """Agencies that have answered, and everybody's session."""
    here = Path(__file__).parent
    deployment.execute("web", "python", "manage.py", "load_country")
    deployment.execute(
        "web", "python", "-", str(AGENCIES), stdin=(here.parent / "image/world.py").read_text()
    )
    deployment.sql(LAST_DAY)
    deployment.sql("ANALYZE")
    said = deployment.execute(
        "web", "python", "-", str(STAFF), stdin=(here / "people.py").read_text()
    )
    (folder / "people.json").write_text(said)
    return folder / "people.json"


def locust(deployment: Deployment, folder: Path, people: Path) -> list[dict[str, str]]:
    """Everybody at once for the time given; the rows of Locust's own table."""
    count = len(json.loads(people.read_text())["people"])
    address = f"https://{deployment.networks.address('nginx')}"
    command = [
        "ip", "netns", "exec", deployment.networks.visitor, sys.executable, "-W", "ignore", "-m", "locust",
        "--headless", "--locustfile", "tests/load/locustfile.py", "--host", address, "--users", str(count),
        "--spawn-rate", str(count // 15), "--run-time", f"{SECONDS}s", "--reset-stats", "--stop-timeout", "20",
        "--csv", str(folder / "load"), "--only-summary", "--exit-code-on-error", "0",
    ]  # fmt: skip
    given = os.environ | {"LOAD_PEOPLE": str(people), "PYTHONPATH": str(ROOT)}
    subprocess.run(command, cwd=ROOT, env=given, check=True, timeout=SECONDS + 120)
    with (folder / "load_stats.csv").open() as table:
        return list(csv.DictReader(table))


def figures(rows: list[dict[str, str]]) -> list[dict[str, object]]:
    """Milliseconds by percentile, and the median as a multiple of the floor's in the same run."""
    floor = next(float(row["50%"]) for row in rows if row["Name"] == FLOOR)
    found = []
    for row in rows:
        if row["Name"] == "Aggregated":
            continue
        percentiles = {name: int(float(row[name])) for name in PERCENTILES}
        count, failures = int(row["Request Count"]), int(row["Failure Count"])
        times = round(percentiles["50%"] / floor, 1) if floor else None
        found.append(
            {
                "what": row["Name"],
                "count": count,
                "failures": failures,
                **percentiles,
                "floors": times,
            }
        )
    return sorted(found, key=lambda line: line["what"] != FLOOR)


def memory(deployment: Deployment) -> dict[str, int]:
    """Megabytes resident of each service's processes, shared pages counted in each."""
    found = {}
    for name, container in deployment.running.items():
        group = subprocess.run(
            ["ps", "-o", "rss=", "-g", str(container.process.pid)],
            capture_output=True,
            text=True,
            check=False,
        )
        found[name] = sum(int(kilobytes) for kilobytes in group.stdout.split()) // 1024
    return found


def main() -> None:
    if reason := why_not():
        sys.exit(reason)
    signal.signal(
        signal.SIGTERM, signal.default_int_handler
    )  # whoever ends this ends the services as well
    folder = Path(tempfile.mkdtemp(prefix="portal-load-", dir=roomy()))
    deployment = None
    try:
        deployment = Deployment(folder, Release(folder / "release", add_floor), SECOND_FACTOR="0")
        deployment.up()
        for name in deployment.running:
            deployment.wait_until_healthy(name)
        people = lay_world(deployment, folder)
        lines = figures(locust(deployment, folder, people))
        result = {
            "people": AGENCIES * (STAFF + 1),
            "seconds": SECONDS,
            "lines": lines,
            "memory_mb": memory(deployment),
        }
        result |= {"processors": os.cpu_count(), "load_average": os.getloadavg()[1]}
        (ROOT / "var/load.json").write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    finally:
        if deployment is not None:
            deployment.down()
        shutil.rmtree(folder, ignore_errors=True)
    show(result)


def show(result: dict[str, object]) -> None:
    print(f"| what | asked | failed | {' | '.join(PERCENTILES)} | floors |")
    print("| --- |" + " --- |" * (len(PERCENTILES) + 3))
    for line in result["lines"]:
        print("| " + " | ".join(str(value) for value in line.values()) + " |")
    print(result["memory_mb"])


if __name__ == "__main__":
    main()
