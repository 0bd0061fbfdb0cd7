"""What is measured: each tool, where it is installed, how it is called, where its pages are."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import render
from .render import ROOT, Files
from .tutorials import Tutorial

BENCH = ROOT / ".cache/bench"
PEERS = BENCH / "env-peers"
PINS = Path(__file__).parent / "requirements/peers.txt"
OWN_PYTHON, PEERS_PYTHON = Path(sys.executable), PEERS / "bin/python"
SETUP_SECONDS = 1800
# The same for all: TensorFlow's log would be on the pages of some.
VARIABLES = {"NO_MKDOCS_2_WARNING": "1", "TF_CPP_MIN_LOG_LEVEL": "2", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
WARM_UP = "import tensorflow, keras, matplotlib.pyplot as plt; plt.figure().text(0, 0, 'a'); plt.savefig('warm.svg')"


@dataclass(frozen=True)
class Tool:
    """A tool, or a yardstick. `pages` is where a tutorial's page is; `generated` is what a cold build has not."""

    key: str
    package: str
    render: Callable[[Sequence[Tutorial]], Files]
    build: tuple[str, ...]
    pages: str
    generated: tuple[str, ...]
    isolated: bool
    languages: tuple[str, ...] = ()
    """Of this tool's own books: what they are written in."""

    @property
    def own(self) -> bool:
        """Whether it is this tool."""
        return bool(self.languages)

    @property
    def python(self) -> Path:
        """The interpreter that has it installed."""
        return OWN_PYTHON if self.own else PEERS_PYTHON

    def command(self, *arguments: str) -> list[str]:
        """The command with these arguments; without any, the one that builds."""
        return [str(self.python), *(self.build if not arguments else (*self.build[:-1], *arguments))]

    def page(self, folder: Path, tutorial: str) -> Path:
        """Where the page of a tutorial is after a build."""
        return folder / self.pages.format(tutorial)


def environment(python: Path) -> dict[str, str]:
    """The environment of every command: a home of its own, and nothing of who measures."""
    home = BENCH / "home"
    home.mkdir(parents=True, exist_ok=True)
    kept = {name: os.environ[name] for name in ("TMPDIR",) if name in os.environ}
    own = {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"} if python == OWN_PYTHON else {}
    path = f"{python.parent}{os.pathsep}/usr/local/bin:/usr/bin:/bin"
    return kept | VARIABLES | own | {"HOME": str(home), "PATH": path, "MPLCONFIGDIR": str(BENCH / "matplotlib")}


def set_up() -> None:
    """Install the peers as pinned, with compiled bytecode, and load each environment once."""
    stamp = PEERS / "installed"
    if not stamp.exists() or stamp.read_text() != PINS.read_text():
        uv = [str(OWN_PYTHON), "-m", "uv"]
        _run([*uv, "venv", "--quiet", "--clear", "--python", str(OWN_PYTHON), str(PEERS)])
        install = [*uv, "pip", "install", "--quiet", "--python", str(PEERS_PYTHON), "--compile-bytecode"]
        _run([*install, "--require-hashes", "-r", str(PINS)])
        stamp.write_text(PINS.read_text())
    for python in (OWN_PYTHON, PEERS_PYTHON):
        _run([str(python), "-c", WARM_UP], environment(python), said=subprocess.DEVNULL)


def _run(command: Sequence[str], variables: dict[str, str] | None = None, said: int | None = None) -> None:
    subprocess.run(command, check=True, timeout=SETUP_SECONDS, env=variables, cwd=BENCH, stderr=said)


MKDOCS = ("-m", "mkdocs", "build", "--quiet")
SPHINX = ("-m", "sphinx", "-q", "-b", "html", ".", "_build/html")
IN_FOLDERS, IN_FILES = "site/tutorials/{}/index.html", "_build/html/tutorials/{}.html"
ONE, BOTH = render.LANGUAGES[:1], render.LANGUAGES


def _own(key: str, module: str, languages: tuple[str, ...]) -> Tool:
    sources = functools.partial(render.for_verified_docs, languages=languages)
    build = ("-m", module, "build")
    return Tool(key, "verified-docs", sources, build, IN_FOLDERS, ("site", ".cache"), True, languages)


TOOLS = {
    tool.key: tool
    for tool in (
        _own("verified-docs", "benchmarks.one_language", ONE),
        _own("verified-docs (en+zh)", "verified_docs", BOTH),
        Tool(
            "mkdocs-jupyter",
            "mkdocs-jupyter",
            render.for_mkdocs_jupyter,
            MKDOCS,
            IN_FOLDERS,
            ("site", ".cache"),
            isolated=True,
        ),
        Tool("MyST-NB", "myst-nb", render.for_myst_nb, SPHINX, IN_FILES, ("_build",), isolated=True),
        Tool(
            "sphinx-gallery",
            "sphinx-gallery",
            render.for_sphinx_gallery,
            SPHINX,
            IN_FILES,
            ("_build", "tutorials", "sg_execution_times.rst"),
            isolated=False,
        ),
        Tool(
            "mkdocs-gallery",
            "mkdocs-gallery",
            render.for_mkdocs_gallery,
            MKDOCS,
            IN_FOLDERS,
            ("site", "docs/tutorials"),
            isolated=False,
        ),
        Tool("markdown-exec", "markdown-exec", render.for_markdown_exec, MKDOCS, IN_FOLDERS, ("site",), isolated=False),
    )
}
