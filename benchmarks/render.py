"""Tutorials -> the sources of a project for each tool, as its own documentation asks for them."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from pathlib import Path

import polib
import yaml

from verified_docs.catalog import catalog_path, extract
from verified_docs.parse import read_module
from verified_docs.stale import blob_id

from .tutorials import Part, Tutorial

Files = dict[str, str]
"""Contents by path."""

ROOT = Path(__file__).parents[1]
LANGUAGES = ("en", "zh")
MATERIAL: dict[str, object] = {
    "site_name": "Tutorials",
    "theme": {"name": "material", "font": False},
    "markdown_extensions": ["admonition", "attr_list", "pymdownx.highlight", "pymdownx.superfences"],
}
HOME = "# Tutorials\n\nSmall programs, and what they give.\n"
FENCE = "```"


def write(folder: Path, files: Files) -> None:
    """Write what differs from what is there: an edit touches one file, as an author's does."""
    for name, text in files.items():
        file = folder / name
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")


def mkdocs_config(plugins: Sequence[object], **more: object) -> str:
    """A configuration of MkDocs with the theme that all of its tools share."""
    return str(yaml.safe_dump({**MATERIAL, **more, "plugins": ["search", *plugins]}, sort_keys=False))


def caught(part: Part) -> str:
    """The code of a cell; for tools without a word for it, an error that is meant is caught and printed."""
    if not part.raises:
        return part.code
    inner = textwrap.indent(part.code, "    ")
    return f'try:\n{inner}\nexcept Exception as error:\n    print(f"{{type(error).__name__}}: {{error}}")'


def for_verified_docs(tutorials: Sequence[Tutorial], languages: Sequence[str]) -> Files:
    """A book of this tool. Both languages say the same: what they say costs nothing."""
    prelude = (ROOT / "snippets/_prelude.py").read_text(encoding="utf-8")
    ahead = "".join(line for line in prelude.splitlines(keepends=True) if "sklearn" not in line)
    files = {"snippets/_prelude.py": ahead, "mkdocs.yml": mkdocs_config(["verified-docs"], docs_dir="docs/en")}
    for tutorial in tutorials:
        files[f"snippets/tutorials/{tutorial.name}.py"] = _module(tutorial)
    files |= {f"docs/en/{name}": text for name, text in _pages(tutorials).items()}
    for language in languages[1:]:
        files |= _translated(files, language)
    return files


def _module(tutorial: Tutorial) -> str:
    cells = [f'# %%\n"""{tutorial.title}."""\n']
    for part in tutorial.parts:
        option = f' raises="{part.raises}"' if part.raises else ""
        cells.append(f"# %% {part.name}{option}\n{part.code}\n")
    return "\n".join(cells)


def _pages(tutorials: Sequence[Tutorial]) -> Files:
    pages = {"index.md": HOME, "evidence.md": "# Evidence\n"}
    for tutorial in tutorials:
        blocks = [f"# {tutorial.title}"]
        for part in tutorial.parts:
            alt = f' alt="{tutorial.title}"' if part.draws else ""
            blocks += [part.prose, f'{FENCE}python cell="tutorials/{tutorial.name}.py:{part.name}"{alt}\n{FENCE}']
        pages[f"tutorials/{tutorial.name}.md"] = "\n\n".join(blocks) + "\n"
    return pages


def _translated(files: Files, language: str) -> Files:
    plugins = ["search", {"verified-docs": {"language": language}}]
    config = {"INHERIT": "mkdocs.yml", "docs_dir": f"docs/{language}", "plugins": plugins}
    found = {f"mkdocs.{language}.yml": str(yaml.safe_dump(config, sort_keys=False))}
    for name, text in files.items():
        if name.startswith("docs/en/"):
            found[name.replace("docs/en/", f"docs/{language}/")] = translation(text)
    return found


def translation(text: str) -> str:
    """A page as its own translation: it names the version that it was made from."""
    return f"---\noriginal: {blob_id(text)}\n---\n\n{text}"


def write_catalogs(folder: Path, languages: Sequence[str]) -> None:
    """Catalogs in which every text is its own translation."""
    for file in sorted((folder / "snippets").glob("*/*.py")):
        module = read_module(file, folder / "snippets")
        for language in languages[1:]:
            catalog = catalog_path(file, language)
            extract(module, catalog, language)
            entries = polib.pofile(str(catalog))
            for entry in entries:
                entry.msgstr = entry.msgid
            entries.save()


def for_mkdocs_jupyter(tutorials: Sequence[Tutorial]) -> Files:
    """Notebooks without outputs, run by the build."""
    plugin = {"mkdocs-jupyter": {"execute": True, "include": ["tutorials/*.ipynb"]}}
    files = {"mkdocs.yml": mkdocs_config([plugin]), "docs/index.md": HOME}
    for tutorial in tutorials:
        cells = [_cell("markdown", tutorial.name, f"# {tutorial.title}")]
        for part in tutorial.parts:
            tags = ["raises-exception"] if part.raises else []
            code = _cell("code", part.name, part.code, tags) | {"outputs": [], "execution_count": None}
            cells += [_cell("markdown", f"{part.name}-prose", part.prose), code]
        metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        notebook = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
        files[f"docs/tutorials/{tutorial.name}.ipynb"] = json.dumps(notebook, indent=1) + "\n"
    return files


def _cell(kind: str, name: str, source: str, tags: Sequence[str] = ()) -> dict[str, object]:
    return {"cell_type": kind, "id": name, "source": source, "metadata": {"tags": [*tags]} if tags else {}}


MYST_HEAD = """---
file_format: mystnb
kernelspec:
  name: python3
---
"""
MYST_CONF = """project = "Tutorials"
extensions = ["myst_nb"]
nb_execution_mode = "cache"
nb_execution_timeout = 300
exclude_patterns = ["_build"]
"""


def for_myst_nb(tutorials: Sequence[Tutorial]) -> Files:
    """Markdown with cells of code, run by way of jupyter-cache."""
    listed = "\n".join(f"tutorials/{tutorial.name}" for tutorial in tutorials)
    files = {"conf.py": MYST_CONF, "index.md": f"{HOME}\n{FENCE}{{toctree}}\n{listed}\n{FENCE}\n"}
    for tutorial in tutorials:
        blocks = [MYST_HEAD, f"# {tutorial.title}"]
        for part in tutorial.parts:
            tags = ":tags: [raises-exception]\n\n" if part.raises else ""
            blocks += [part.prose, f"{FENCE}{{code-cell}} python\n{tags}{part.code}\n{FENCE}"]
        files[f"tutorials/{tutorial.name}.md"] = "\n\n".join(blocks) + "\n"
    return files


GALLERY_CONF = """project = "Tutorials"
extensions = ["sphinx_gallery.gen_gallery"]
exclude_patterns = ["_build", "examples"]
sphinx_gallery_conf = {
    "examples_dirs": "examples",
    "gallery_dirs": "tutorials",
    "filename_pattern": r"\\.py$",
    "within_subsection_order": "FileNameSortKey",
}
"""


def for_sphinx_gallery(tutorials: Sequence[Tutorial]) -> Files:
    """Scripts with comments, in the order of their names; the rest is as it comes."""
    files = {
        "conf.py": GALLERY_CONF,
        "index.rst": "Tutorials\n=========\n\n.. toctree::\n\n   tutorials/index\n",
        "examples/GALLERY_HEADER.rst": "Examples\n========\n",
    }
    for tutorial in tutorials:
        head = f"{tutorial.title}\n{'=' * len(tutorial.title)}"
        files[f"examples/{tutorial.name}.py"] = _script(tutorial, head)
    return files


def for_mkdocs_gallery(tutorials: Sequence[Tutorial]) -> Files:
    """The same scripts with Markdown in their comments."""
    options = {
        "examples_dirs": "docs/examples",
        "gallery_dirs": "docs/tutorials",
        "filename_pattern": r".*\.py",
        "within_subsection_order": "FileNameSortKey",
    }
    files = {
        "mkdocs.yml": mkdocs_config([{"gallery": options}], nav=["index.md", {"Examples": "tutorials"}]),
        "docs/index.md": HOME,
        "docs/examples/README.md": "# Examples\n",
    }
    for tutorial in tutorials:
        files[f"docs/examples/{tutorial.name}.py"] = _script(tutorial, f"# {tutorial.title}")
    return files


def _script(tutorial: Tutorial, head: str) -> str:
    blocks = [f'"""\n{head}\n"""']
    for part in tutorial.parts:
        blocks.append(f"# %%\n# {part.prose}\n\n{caught(part)}")
    return "\n\n".join(blocks) + "\n"


# How its documentation shows figures of matplotlib.
SVG = """
from io import StringIO

buffer = StringIO()
plt.savefig(buffer, format="svg")
plt.close()
print(buffer.getvalue())
"""


def for_markdown_exec(tutorials: Sequence[Tutorial]) -> Files:
    """Pages whose blocks run while they become HTML; the blocks of a page share a session."""
    files = {"mkdocs.yml": mkdocs_config(["markdown-exec"]), "docs/index.md": HOME}
    for tutorial in tutorials:
        blocks = [f"# {tutorial.title}"]
        for part in tutorial.parts:
            shown = 'html="1"' if part.draws else 'result="text"'
            options = f'exec="1" source="above" session="{tutorial.name}" {shown}'
            code = caught(part) + (f"\n{SVG}" if part.draws else "\n")
            blocks += [part.prose, f"{FENCE}python {options}\n{code}{FENCE}"]
        files[f"docs/tutorials/{tutorial.name}.md"] = "\n\n".join(blocks) + "\n"
    return files
