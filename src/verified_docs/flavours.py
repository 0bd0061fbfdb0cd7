"""How a cell is written: for the site, and as plain Markdown for everyone else."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from .embed import INLINE_CODE, Shown, fenced
from .exercises import Hint
from .explorers import Explorer
from .project import COMPATIBILITY, EVIDENCE
from .runs import Figure, Output
from .scores import Score

WORDS = {
    "en": {
        "raises": "raises on purpose",
        "evidence": "Evidence",
        "runs": "runs on {versions}",
        "download": "Download {file}",
        "notebook": "This chapter as a notebook",
        "problem": "This cell is not good",
        "stale": "The original has changed",
        "stale-text": "The original of this page has changed since it was translated.",
        "stale-sections": "Changed are: {sections}.",
        "between": ", ",
        "hint": "Hint {number}: {title}",
        "solution": "Solution",
    },
    "zh": {
        "raises": "有意引发的异常",
        "evidence": "验证情况",
        "runs": "可运行于 {versions}",
        "download": "下载 {file}",
        "notebook": "本章的笔记本",
        "problem": "这个单元有问题",
        "stale": "原文已有改动",
        "stale-text": "本页翻译之后，英文原文又改过，这里可能还没有跟上。",
        "stale-sections": "改动涉及：{sections}。",
        "between": "、",
        "hint": "提示 {number}：{title}",
        "solution": "参考解答",
    },
}
# The columns of the table of mutation scores.
SCORES = {
    "en": ("exercise", "mutants", "caught", "left out"),
    "zh": ("练习", "变异体", "测出", "略去"),
}
# Without a font with Chinese characters matplotlib draws boxes. It finds these on Windows, macOS and Linux.
CHINESE_FONTS = '["Microsoft YaHei", "Hiragino Sans GB", "Noto Sans CJK JP", "WenQuanYi Micro Hei"]'
FONT_NOTES = {
    "zh": "复制这里的代码时，若图中的汉字显示成方框，请在画图之前加上 "
    f'`plt.rcParams["font.sans-serif"] = {CHINESE_FONTS}`'
    "（依次是 Windows、macOS、Linux 的字体；Linux 上可安装 fonts-noto-cjk 或 fonts-wqy-microhei）。"
}
# To the end of its block.
FIRST_FIGURE = re.compile(r"^([ \t>]*)!\[.*#only-dark\)\{.*\}$[\s\S]*?\{ \.evidence .*\}$", re.MULTILINE)


def figure_name(module: str, cell: str, language: str, theme: str) -> str:
    """File name of a figure: `<module>.<cell>.<language>.<light|dark>.svg`, with the chapter's folder before it."""
    return f"{module.removesuffix('.py')}.{cell}.{language}.{theme}.svg"


def row_name(module: str, cell: str, language: str) -> str:
    """The id of a cell's row on the evidence page."""
    return f"{language}:{module}:{cell}"


def explorer_table(explorer: Explorer, language: str) -> list[str]:
    """The lines of the table that stands for an explorer, below its caption."""
    table = explorer.table(language)
    rows = _rows([table.head, ("---",) * len(table.head), *table.rows])
    # A fence can follow a line of prose; a table cannot.
    return ["", _literally(table.caption), "", *rows, ""]


@dataclass(frozen=True)
class Plain:
    """Markdown that any reader of Markdown understands. `address` turns a figure's name into a link."""

    language: str
    address: Callable[[str], str]

    def code(self, shown: Shown) -> list[str]:
        """A Python block."""
        return fenced(shown.source, "python")

    def output(self, output: Output) -> list[str]:
        """A text block."""
        return fenced(output.text, "text")

    def figure(self, figure: Figure, shown: Shown, alt: str) -> list[str]:
        """An image, as the light theme has it."""
        return [
            f"![{_escaped(alt)}]({self.address(figure_name(shown.module, shown.run.name, self.language, 'light'))})"
        ]

    def explorer(self, explorer: Explorer) -> list[str]:
        """The table that stands for it, below its caption."""
        return explorer_table(explorer, self.language)

    def problem(self, text: str) -> list[str]:
        """A quote."""
        return [f"> {line}" for line in text.split("\n")]

    def hint(self, number: int, hint: Hint) -> list[str]:
        """The message, below a title that unfolds it."""
        return self.fold(WORDS[self.language]["hint"].format(number=number, title=hint.title), [_prose(hint.message)])

    def solution(self, lines: list[str]) -> list[str]:
        """The solution, below a title that unfolds it."""
        return self.fold(WORDS[self.language]["solution"], lines)

    def fold(self, title: str, lines: list[str]) -> list[str]:
        """What HTML has for it: works with a keyboard and without a script, and Markdown goes on inside."""
        return ["<details>", f"<summary>{html.escape(title)}</summary>", "", *lines, "", "</details>"]

    def below(self, shown: Shown) -> list[str]:
        """Nothing."""
        return []


@dataclass(frozen=True)
class Site(Plain):
    """Markdown for the site: outputs carry classes, figures come as a pair of which one is shown.

    `link` gives the address of a file of the same language. `notebook` is that of the page's place in its chapter's
    notebook, or empty.
    """

    link: Callable[[str], str]
    notebook: str = ""

    def code(self, shown: Shown) -> list[str]:
        """A Python block that can be linked to; one that raises on purpose says so above.

        The theme gives it no copy button: overrides/assets/blocks.js has its own, but for parts of exercises.
        """
        if shown.part:
            return fenced(shown.source, "{ .python .cell }")
        info = f"#{shown.module}:{shown.run.name} .python .cell .no-copy"
        if shown.run.status == "raised-as-expected":
            info += f' .raises title="{WORDS[self.language]["raises"]}"'
        return fenced(shown.source, f"{{ {info} }}")

    def output(self, output: Output) -> list[str]:
        """A text block that looks like output and has no copy button."""
        kind = output.kind.replace("_", "-")
        return fenced(output.text, f"{{ .text .output .no-copy .{kind} }}")

    def figure(self, figure: Figure, shown: Shown, alt: str) -> list[str]:
        """Both themes; the hidden one is not fetched. The size is given, so that nothing moves when it comes."""
        lines = []
        for theme in ("light", "dark"):
            source = self.address(figure_name(shown.module, shown.run.name, self.language, theme))
            size = f"width={figure.width} height={figure.height}"
            lines.append(f"![{_escaped(alt)}]({source}#only-{theme}){{ .figure loading=lazy {size} }}")
        return lines

    def explorer(self, explorer: Explorer) -> list[str]:
        """HTML with the table, and with what overrides/assets/explorers.js puts in its place."""
        return ["", *explorer.html(self.language).split("\n"), ""]

    def problem(self, text: str) -> list[str]:
        """An admonition."""
        first = f'!!! failure "{WORDS[self.language]["problem"]}"'
        return [first, *(f"    {line}".rstrip() for line in ("", *fenced(text, "text")))]

    def fold(self, title: str, lines: list[str]) -> list[str]:
        """The same, as pymdownx.details writes it: it also works inside lists and notes."""
        first = f'??? answer "{html.escape(title)}"'
        return [first, *(f"    {line}" if line.strip() else line for line in ("", *lines))]

    def below(self, shown: Shown) -> list[str]:
        """Links to what is known about the run and, below the module's last cell, to its program."""
        if shown.part:
            return []
        words, file = WORDS[self.language], posixpath.basename(shown.module)
        row = row_name(shown.module, shown.run.name, self.language)
        lines = [f"[{words['evidence']}]({self.link(EVIDENCE)}#{row})"]
        if shown.last:
            text = _escaped(words["download"].format(file=file))
            lines.append(f'[{text}]({self.link(shown.module)}){{ download="{file}" }}')
        if shown.versions:
            text = words["runs"].format(versions=shown.versions)
            lines.insert(1, f"[{text}]({self.link(COMPATIBILITY)}){{ .versions }}")
        # The same words below every block are no use to whoever searches.
        first = " .first" if shown.first else ""
        lines.append(f'{{ .evidence{first} data-search-exclude="" }}')
        if shown.final and self.notebook:
            lines += ["", f"[{words['notebook']}]({self.notebook})", '{ .notebook data-search-exclude="" }']
        return lines


def stale_notice(language: str, sections: Sequence[tuple[str, str]]) -> list[str]:
    """The lines of a notice on a page that is behind its original; `sections` are ids and titles of what changed."""
    words = WORDS[language]
    links = words["between"].join(f"[{title}](#{name})" for name, title in sections)
    text = words["stale-text"] + (" " if language == "en" else "") * bool(links)
    return [
        f'!!! warning "{words["stale"]}"',
        "",
        "    " + text + words["stale-sections"].format(sections=links) * bool(links),
    ]


def score_table(language: str, scores: Mapping[str, Score]) -> list[str]:
    """The lines of the table that says what the tests of exercises catch."""
    head = SCORES[language]
    rows = [head, ("---",) * 4]  # aligned columns would carry styles, which a page's policy forbids
    for path, one in sorted(scores.items()):
        rows.append((f"`{path}`", f"{one.mutants}", f"{one.caught} ({one.share:.0%})", f"{one.equivalent}"))
    return _rows(rows)


def _rows(rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table."""
    return [f"| {' | '.join(row)} |" for row in rows]


def with_font_note(text: str, language: str) -> str:
    """The page with a line below its first figure: how the figure's texts show where a reader copies the code to."""
    note = FONT_NOTES.get(language)
    if note is None:
        return text
    return FIRST_FIGURE.sub(lambda match: f"{match[0]}\n\n{match[1]}{note}\n{match[1]}{{ .font-note }}", text, count=1)


def _prose(text: str) -> str:
    """The text as one paragraph: what is code in it stays code, everything else is taken literally."""
    text, parts, end = " ".join(text.split()), "", 0
    for code in INLINE_CODE.finditer(text):
        parts += _literally(text[end : code.start()]) + code[0]
        end = code.end()
    return parts + _literally(text[end:])


def _literally(text: str) -> str:
    return re.sub(r"^[#+-]|[\\`*_\[\]{}]", r"\\\g<0>", html.escape(text, quote=False)).replace("$", "&#36;")


def _escaped(alt: str) -> str:
    """The text with the characters that mean something inside `![...]` taken literally."""
    return re.sub(r"([\\\[\]`*_])", r"\\\1", alt.replace("&", "&amp;").replace("<", "&lt;"))
