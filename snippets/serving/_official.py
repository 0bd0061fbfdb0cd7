"""Ask the official image of TensorFlow Serving what the chapter's pages ask kserve.

Runs the cells of rest.py and versions.py as they stand, but for those that are about
kserve itself: here the server is a container. `make official` calls it; it needs docker.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from verified_docs.parse import Cell, read_module

IMAGE = "tensorflow/serving:2.21.0"
CHAPTER = Path(__file__).parent
DOCS = CHAPTER.parents[1] / "docs"
# What kserve's server is made of. And TensorFlow Serving finds a half-written folder by
# itself, and tries it again only a minute later.
KSERVE = {"runs-anew", "server-file", "half-written"}

Names = dict[str, Any]


class Container:
    """The image with the models of the working directory, at a port of this machine."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.name = f"verified-docs-{os.getpid()}-{self.port}"
        self.log = Path("container.log").open("w+")  # noqa: SIM115 (for several starts)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> subprocess.Popen[bytes]:
        """The docker client, which ends the container when it is told to end."""
        command = [
            *("docker", "run", "--rm", "--init", f"--name={self.name}"),
            f"--publish=127.0.0.1:{self.port}:8501",
            f"--volume={Path.cwd()}/models:/models:ro",
            *("--env=MODEL_NAME=digits", IMAGE),
        ]
        if Path("models/models.config").exists():
            command.append("--model_config_file=/models/models.config")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        return self.process

    def end(self) -> None:
        """Leave nothing behind, whatever happened, and show what the server wrote."""
        command = ["docker", "rm", "--force", self.name]
        subprocess.run(command, capture_output=True, check=False)
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=30)
        self.log.seek(0)
        print("== what the server wrote", self.log.read()[-4000:], sep="\n", flush=True)
        self.log.close()


def run(module_name: str) -> Names:
    """The names of the module after its last cell, run in a folder of its own."""
    module = read_module(CHAPTER / module_name, CHAPTER.parent)
    names: Names = {"__name__": module_name}
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        container = Container()
        try:
            for cell in module.cells:
                print(f"== {module_name}:{cell.name}", flush=True)
                if cell.name == "serve":
                    names |= {"address": container.address, "server": container.start()}
                elif cell.name == "start":
                    names |= {"address": container.address, "start": container.start}
                elif cell.name == "reload":
                    names["reload"] = partial(newest_answers, names)
                elif cell.name not in KSERVE:
                    run_cell(cell, names)
        finally:
            container.end()
            os.chdir(CHAPTER)
    return names


def run_cell(cell: Cell, names: Names) -> None:
    """Run the cell: it has to raise what it says, and its contract has to hold."""
    raised = None
    try:
        exec(compile(cell.source, f"<{cell.name}>", "exec"), names)
    except Exception as error:
        raised = error
    if type(raised).__name__ != (cell.raises or "NoneType"):
        fact = f"cell '{cell.name}' raised {raised!r} instead of {cell.raises}"
        raise RuntimeError(fact) from raised
    if raised:
        print(f"{type(raised).__name__}: {raised}")
        names[f"error of {cell.name}"] = str(raised)
    if cell.contract and not cell.contract.holds(names[cell.contract.value]):
        raise RuntimeError(f"cell '{cell.name}': {cell.contract} does not hold")


def newest_answers(names: Names) -> SimpleNamespace:
    """Wait: TensorFlow Serving looks into the folder every second."""
    folders = Path("models/digits").iterdir()
    newest = max(int(folder.name) for folder in folders if folder.name.isdigit())
    deadline = time.monotonic() + 60
    while names["who_answers"]() != newest:
        if time.monotonic() > deadline:
            raise TimeoutError(f"version {newest} does not answer")
        time.sleep(0.1)
    return SimpleNamespace(raise_for_status=lambda: None)


def statements(rest: Names, versions: Names) -> dict[str, bool]:
    """What the pages say of TensorFlow Serving, and whether it is so."""
    status, metadata = rest["replies"]
    back, over = versions["back"], versions["over"]
    files = [DOCS / language / "serving" / "rest.md" for language in ("en", "zh")]
    pages = [file.read_text(encoding="utf-8") for file in files]
    return {
        "an unknown model gives 404": rest["error of ask-wrong"].startswith("404: "),
        "no servable was found": "Servable not found" in rest["error of ask-wrong"],
        "a wrong shape gives 400": rest["shape_status"] == 400,
        "bad JSON gives 400": rest["json_status"] == 400,
        "a wrong key gives 400": rest["key_status"] == 400,
        "the status has version and state": '"AVAILABLE"' in status.text,
        "the metadata have the input": metadata.ok and '"pixels"' in metadata.text,
        "raw pixels go unnoticed": rest["raw_checked"] < rest["checked"] / 2,
        "rescaling inside mends that": rest["inside_checked"] == rest["checked"],
        "rolling back loses nothing": None not in back and back[-1] == 1,
        "rolling over loses nothing": None not in over and over[-1] == 2,
        "the pages name this image": all(IMAGE in page for page in pages),
    }


def main() -> int:
    """The number of statements that do not hold."""
    subprocess.run(["docker", "pull", "--quiet", IMAGE], check=True)
    found = statements(run("rest.py"), run("versions.py"))
    for statement, holds in found.items():
        print("holds" if holds else "FAILS", statement, sep="  ")
    return sum(not holds for holds in found.values())


if __name__ == "__main__":
    sys.exit(main())
