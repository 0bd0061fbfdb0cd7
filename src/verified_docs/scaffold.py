"""The skeletons of a new module: program, pages in both languages, catalog; they pass every check."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import polib

from .catalog import catalog_path, extract
from .errors import DocsError
from .exercises import PREFIX
from .parse import read_module
from .project import LANGUAGES, ORIGINAL, Project
from .stale import KEY, blob_id

PATH = re.compile(r"[a-z][a-z0-9_]*/[a-z][a-z0-9_]*")

PROGRAM = '''# %%
"""Say in one sentence what this module shows."""

# %% setup
numbers = [1, 2, 3]

# %% sum keep="total"
total = sum(numbers)
print(f"the sum is {total}")
'''
EXERCISE = '''# %%
"""Exercise: say in one sentence what it is about."""

# %% task role="task"
"""
Write `double`, which gives twice a number.
"""


# %% starter role="starter"
def double(number):
    return 0  # your code


# %% solution role="solution"
def double(number):
    return 2 * number


# %% use
print(f"twice 3 is {double(3)}")


# %% tests role="tests"
def test_double():
    """Twice a number"""
    assert double(3) == 6, f"Twice 3 is 6, not {double(3)}: multiply by 2."


def test_negative():
    """Negative numbers"""
    assert double(-1) == -2, f"Twice -1 is -2, not {double(-1)}: keep the sign."


# %% squares role="wrong" hint="test_double"
def double(number):
    return number**2


# %% loses-the-sign role="wrong" hint="test_negative"
def double(number):
    return 2 * abs(number)
'''
# What the skeleton's texts are in the other languages.
TRANSLATIONS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "Say in one sentence what this module shows.": "用一句话说明这个模块演示什么。",
        "the sum is {total}": "和是 {total}",
        "Exercise: say in one sentence what it is about.": "练习：用一句话说明练的是什么。",
        "\nWrite `double`, which gives twice a number.\n": "\n写出 `double`，它给出一个数的两倍。\n",
        "your code": "在这里写代码",
        "twice 3 is {double(3)}": "3 的两倍是 {double(3)}",
        "Twice a number": "一个数的两倍",
        "Twice 3 is 6, not {double(3)}: multiply by 2.": "3 的两倍是 6，不是 {double(3)}：要乘以 2。",
        "Negative numbers": "负数",
        "Twice -1 is -2, not {double(-1)}: keep the sign.": "-1 的两倍是 -2，不是 {double(-1)}：不要丢掉符号。",
    }
}
PAGES: Mapping[str, str] = {
    "en": """---
title: A title
description: One sentence for search engines.
---

# A title

Ask a question here, and answer it with the smallest code:

```python cell="{path}.py:setup"
```

## A heading {{#sum}}

```python cell="{path}.py:sum"
```

The sum is {{{{ {path}.py:total | d }}}}.
""",
    "zh": """---
title: 标题
description: 给搜索引擎看的一句话。
{key}: {version}
---

# 标题

在这里提出问题，用最短的代码回答：

```python cell="{path}.py:setup"
```

## 小标题 {{#sum}}

```python cell="{path}.py:sum"
```

和是 {{{{ {path}.py:total | d }}}}。
""",
}


def write_skeletons(project: Project, path: str) -> list[Path]:
    """Write the files of a new module `chapter/name`; raises DocsError, and writes nothing, where one exists."""
    path = _path(path)
    original = PAGES[ORIGINAL].format(path=path)
    files = {project.snippets / f"{path}.py": PROGRAM}
    for language in LANGUAGES:
        page = project.docs / language / f"{path}.md"
        files[page] = PAGES[language].format(path=path, key=KEY, version=blob_id(original))
    return _write(project, files)


def write_exercise(project: Project, path: str) -> list[Path]:
    """Write the files of a new exercise: chapter/name gives `snippets/chapter/exercise-name.py` and its catalog.

    Raises DocsError, and writes nothing, where one exists.
    """
    chapter, _, name = _path(path).partition("/")
    return _write(project, {project.snippets / chapter / f"{PREFIX}{name.replace('_', '-')}.py": EXERCISE})


def _path(path: str) -> str:
    path = path.removeprefix("snippets/").removesuffix(".py")
    if not PATH.fullmatch(path):
        hint = "write it as chapter/name: lower-case letters, digits and underscores"
        raise DocsError(f"snippets/{path}.py", 0, "not a path for a module", hint)
    return path


def _write(project: Project, files: dict[Path, str]) -> list[Path]:
    """Write the files, of which the first is the module, and its catalogs."""
    module = next(iter(files))
    catalogs = [catalog_path(module, language) for language in LANGUAGES[1:]]
    for file in (*files, *catalogs):
        if file.exists():
            shown = file.relative_to(project.root).as_posix()
            raise DocsError(shown, 0, "is there already", "choose another name; nothing was written")
    for file, text in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    for language, catalog in zip(LANGUAGES[1:], catalogs, strict=True):
        extract(read_module(module, project.snippets), catalog, language)
        _translate(catalog, TRANSLATIONS[language])
    return [*files, *catalogs]


def _translate(path: Path, translations: Mapping[str, str]) -> None:
    catalog = polib.pofile(str(path), wrapwidth=0)
    for entry in catalog:
        entry.msgstr = translations[entry.msgid]
    catalog.save()
