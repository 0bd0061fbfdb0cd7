"""Explorers: what readers play with on a page, and the table that stands for it, from what a cell has printed."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import jinja2

from .runnable import inert_json
from .runs import CellRun

TEMPLATE = Path(__file__).with_name("explorers.html")
LIMIT = 6_000
"""How many characters a cell may print for an explorer: every reader of the page gets them."""
SHARES = ("precision", "recall", "f1")
AVERAGES = ("macro", "weighted", "micro")
# What a cell prints for an explorer, by an example of each part. It begins where the first of its `rows` is.
FORMS: Mapping[str, Any] = {
    "threshold": {
        "labels": [0],
        "scores": [0.5],
        "rows": [
            {"threshold": 0.5, **dict.fromkeys(("tn", "fp", "fn", "tp"), 0), **dict.fromkeys((*SHARES, "fpr"), 0.5)}
        ],
    },
    "learning-rate": {"rates": [0.5], "losses": [[0.5]], "floor": 0.5},
    "huber": {
        "errors": [0.5],
        "squared": [0.5],
        "absolute": [0.5],
        "rows": [{"delta": 0.5, "losses": [0.5], "slopes": [0.5]}],
    },
    "averages": {
        "names": ["class"],
        "rows": [{"matrix": [[0]], "each": [[0.5] * 3], **{key: [0.5] * 3 for key in AVERAGES}}],
    },
}
NAMES = tuple(FORMS)
# What the script of the page computes with; overrides/assets/explorers.js has a function for each.
PLAYED = {
    "threshold": ("labels", "scores"),
    "learning-rate": ("rates", "losses", "floor"),
    "huber": ("errors",),
    "averages": (),
}
KINDS = {int: "a whole number", float: "a number", str: "a text", list: "a list", dict: "an object"}
WORDS: dict[str, dict[str, str]] = {
    "en": {
        "precision": "Precision",
        "recall": "Recall",
        "f1": "F1",
        "between": ", ",
        "threshold-title": "Move the threshold",
        "threshold-caption": "The same scores at several thresholds",
        "threshold": "Threshold",
        "threshold-said": "Threshold {chosen}: precision {precision}, recall {recall}, F1 {f1}",
        "tn": "TN",
        "fp": "FP",
        "fn": "FN",
        "tp": "TP",
        "matrix": "Confusion matrix",
        "negative": "negative",
        "positive": "positive",
        "no-alarm": "no alarm",
        "alarm": "alarm",
        "fpr": "False positive rate",
        "roc": "ROC curve, with the point of the threshold",
        "roc-x": "false positive rate",
        "roc-y": "recall",
        "learning-rate-title": "Step through the rates",
        "learning-rate-caption": "Training loss after each epoch",
        "rate": "Learning rate",
        "learning-rate-said": "Learning rate {chosen}: loss {last} after the last epoch",
        "epoch": "epoch {number}",
        "curves": "Training loss over the epochs, on a logarithmic axis: this rate among the others, and the lowest "
        "possible loss as a dashed line",
        "curves-x": "epoch",
        "curves-y": "training loss",
        "huber-title": "Move the threshold of the Huber loss",
        "huber-caption": "What an error costs",
        "delta": "Threshold d",
        "huber-said": "Threshold {chosen}: an error of {error} costs {loss}, and the slope there is {slope}",
        "error": "error {error}",
        "error-head": "Error",
        "loss-head": "Loss",
        "squared": "Half squared",
        "absolute": "Absolute",
        "huber": "Huber",
        "huber-at": "Huber, d = {delta}",
        "slope": "Slope of Huber",
        "steepest": "Steepest slope",
        "loss-plot": "Loss over the error: half squared dashed, absolute dotted, Huber as a solid line",
        "slope-plot": "Slope over the error: the line of Huber is level beyond the threshold",
        "error-axis": "error",
        "loss-axis": "loss",
        "slope-axis": "slope",
        "averages-title": "Edit the confusion matrix",
        "averages-caption": "Averages of three matrices (rows: true {names}; columns: predicted)",
        "averages-said": "Recall: macro {macro-1}, weighted {weighted-1}, micro {micro-1}",
        "true": "true {name}",
        "predicted": "predicted {name}",
        "cell": "true {row}, predicted {column}",
        "average": "Average",
        "macro": "macro",
        "weighted": "weighted",
        "micro": "micro",
        "reset": "Reset",
    },
    "zh": {
        "precision": "精确率",
        "recall": "召回率",
        "f1": "F1 分数",
        "between": "、",
        "threshold-title": "移动阈值",
        "threshold-caption": "同一批得分，几个不同的阈值",
        "threshold": "阈值",
        "threshold-said": "阈值 {chosen}：精确率 {precision}，召回率 {recall}，F1 分数 {f1}",
        "tn": "TN",
        "fp": "FP",
        "fn": "FN",
        "tp": "TP",
        "matrix": "混淆矩阵",
        "negative": "负类",
        "positive": "正类",
        "no-alarm": "不报警",
        "alarm": "报警",
        "fpr": "假正例率",
        "roc": "ROC 曲线，以及阈值对应的点",
        "roc-x": "假正例率",
        "roc-y": "召回率",
        "learning-rate-title": "换一个学习率",
        "learning-rate-caption": "每个轮次之后的训练损失",
        "rate": "学习率",
        "learning-rate-said": "学习率 {chosen}：最后一个轮次之后，损失是 {last}",
        "epoch": "轮次 {number}",
        "curves": "训练损失随轮次的变化，纵轴为对数：选中的学习率与其他学习率，虚线是可能达到的最低损失",
        "curves-x": "轮次",
        "curves-y": "训练损失",
        "huber-title": "移动 Huber 损失的阈值",
        "huber-caption": "误差的代价",
        "delta": "阈值 d",
        "huber-said": "阈值 {chosen}：误差为 {error} 时，损失是 {loss}，斜率是 {slope}",
        "error": "误差 {error}",
        "error-head": "误差",
        "loss-head": "损失",
        "squared": "平方的一半",
        "absolute": "绝对值",
        "huber": "Huber",
        "huber-at": "Huber，d = {delta}",
        "slope": "Huber 的斜率",
        "steepest": "最大斜率",
        "loss-plot": "损失随误差的变化：平方的一半是虚线，绝对值是点线，Huber 是实线",
        "slope-plot": "斜率随误差的变化：超过阈值之后，Huber 的线是平的",
        "error-axis": "误差",
        "loss-axis": "损失",
        "slope-axis": "斜率",
        "averages-title": "修改混淆矩阵",
        "averages-caption": "三个矩阵的平均（行是真实的 {names}，列是预测）",
        "averages-said": "召回率：宏平均 {macro-1}，加权平均 {weighted-1}，微平均 {micro-1}",
        "true": "真实：{name}",
        "predicted": "预测：{name}",
        "cell": "真实：{row}，预测：{column}",
        "average": "平均方式",
        "macro": "宏平均",
        "weighted": "加权平均",
        "micro": "微平均",
        "reset": "恢复原样",
    },
}
Words = Mapping[str, str]


class Unfit(Exception):
    """What a cell printed is not what its explorer needs: a fact, and a next step."""

    def __init__(self, fact: str, hint: str) -> None:
        super().__init__(fact, hint)
        self.fact = fact
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Table:
    """What stands for an explorer wherever nobody can play. The first cell of a row is its head."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Explorer:
    """One explorer with what it shows: the JSON that a cell has printed, as its form says."""

    name: str
    data: Any

    def table(self, language: str) -> Table:
        """A few settings, as the run has them."""
        words = WORDS[language]
        match self.name:
            case "threshold":
                return _thresholds(self.data, words)
            case "learning-rate":
                return _rates(self.data, words)
            case "huber":
                return _deltas(self.data, words)
            case _:
                return _averages(self.data, words)

    def html(self, language: str) -> str:
        """The table, the controls that take its place where there is a script, and what the script computes with."""
        environment = jinja2.Environment(autoescape=True, trim_blocks=True, undefined=jinja2.StrictUndefined)
        environment.filters.update(fixed=fixed, loss=loss)
        text = environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
            name=self.name,
            words=WORDS[language],
            data=self.data,
            table=self.table(language),
            played=inert_json({key: self.data[key] for key in PLAYED[self.name]}),
            averages=AVERAGES,
            shares=SHARES,
        )
        # A line without text would end the block of HTML in Markdown.
        return "\n".join(line for line in text.split("\n") if line.strip())


def read(name: str, run: CellRun) -> Explorer:
    """The explorer of this name with what the cell printed; raises Unfit."""
    texts = [output.text for output in run.outputs if output.kind == "stream"]
    text = "".join(texts)
    hint = f"print one JSON object with {', '.join(FORMS[name])}"
    if len(text) > LIMIT:
        raise Unfit(f"prints {len(text)} characters", f"every reader gets them: print at most {LIMIT}")
    try:
        data = json.loads(text, parse_constant=_no_number)
    except ValueError:
        raise Unfit("does not print JSON", hint) from None
    problem = _misfit(data, FORMS[name], "") or next(_uneven(name, data), "")
    if problem:
        raise Unfit(problem, hint)
    return Explorer(name, data)


def _no_number(text: str) -> float:
    raise ValueError(text)


def _misfit(value: object, form: object, place: str) -> str:
    """What is not as the form has it, in words; empty if all is."""
    kind = type(form)
    fits = type(value) in ((int, float) if kind is float else (kind,))
    if not fits or (isinstance(value, float) and not math.isfinite(value)):
        return f"prints something as '{place or 'JSON'}' that is not {KINDS[kind]}"
    if isinstance(form, dict) and isinstance(value, dict):
        if value.keys() != form.keys():
            name = sorted(value.keys() ^ form.keys())[0]
            return f"prints {'no' if name in form else 'an unknown'} '{name}'"
        return next((bad for key in form if (bad := _misfit(value[key], form[key], key))), "")
    if isinstance(form, list) and isinstance(value, list):
        if not value:
            return f"prints nothing as '{place}'"
        return next((bad for one in value if (bad := _misfit(one, form[0], place))), "")
    return ""


def _uneven(name: str, data: Any) -> Iterator[str]:
    """What has to be as long as something else and is not, in words."""
    if name == "threshold":
        wanted = [("scores", data["scores"], data["labels"])]
    elif name == "learning-rate":
        wanted = [("losses", data["losses"], data["rates"])]
        wanted += [("losses", losses, data["losses"][0]) for losses in data["losses"]]
    elif name == "huber":
        wanted = [(key, data[key], data["errors"]) for key in ("squared", "absolute")]
        wanted += [(key, row[key], data["errors"]) for row in data["rows"] for key in ("losses", "slopes")]
    else:
        wanted = [(key, row[key], data["names"]) for row in data["rows"] for key in ("matrix", "each")]
        wanted += [("matrix", line, data["names"]) for row in data["rows"] for line in row["matrix"]]
        wanted += [("each", line, SHARES) for row in data["rows"] for line in row["each"]]
        wanted += [(key, row[key], SHARES) for row in data["rows"] for key in AVERAGES]
    for key, given, other in wanted:
        if len(given) != len(other):
            yield f"prints {len(given)} numbers as '{key}' where {len(other)} are needed"


# How numbers are written: overrides/assets/explorers.js does it in the same way.


def fixed(value: float, digits: int = 3) -> str:
    """The number with so many digits after the point; halves are rounded up, as JavaScript's toFixed does."""
    return str(Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def loss(value: float) -> str:
    """A loss, which may be small or huge: with three digits after the point below 10, without any from 100 on."""
    return fixed(value, 3 if value < 10 else 1 if value < 100 else 0)


# The tables


def _thresholds(data: Any, words: Words) -> Table:
    counts = ("tn", "fp", "fn", "tp")
    rows = sorted(data["rows"], key=lambda row: float(row["threshold"]))
    return Table(
        words["threshold-caption"],
        tuple(words[key] for key in ("threshold", *counts, *SHARES)),
        tuple(
            (fixed(row["threshold"], 2), *(str(row[key]) for key in counts), *(fixed(row[key]) for key in SHARES))
            for row in rows
        ),
    )


def _rates(data: Any, words: Words) -> Table:
    epochs = (words["epoch"].format(number=number) for number, _ in enumerate(data["losses"][0], 1))
    rows = zip(data["rates"], data["losses"], strict=True)
    return Table(
        words["learning-rate-caption"],
        (words["rate"], *epochs),
        tuple((str(rate), *map(loss, losses)) for rate, losses in rows),
    )


def _deltas(data: Any, words: Words) -> Table:
    rows = [(words[key], *map(fixed, data[key]), "") for key in ("squared", "absolute")]
    for row in sorted(data["rows"], key=lambda row: float(row["delta"])):
        name = words["huber-at"].format(delta=row["delta"])
        rows.append((name, *map(fixed, row["losses"]), fixed(max(row["slopes"]))))
    heads = (words["error"].format(error=error) for error in data["errors"])
    return Table(words["huber-caption"], (words["loss-head"], *heads, words["steepest"]), tuple(rows))


def _averages(data: Any, words: Words) -> Table:
    rows = []
    for row in data["rows"]:
        matrix = " / ".join(" ".join(map(str, line)) for line in row["matrix"])
        rows += [(matrix, words[average], *map(fixed, row[average])) for average in AVERAGES]
    return Table(
        words["averages-caption"].format(names=words["between"].join(data["names"])),
        (words["matrix"], words["average"], *(words[key] for key in SHARES)),
        tuple(rows),
    )
