"""The search box of each language: typed into by hand, as it were, and the page that should come is among the first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from reading import DESKTOP, PHONE, ROOT, search

FIRST = 5
# What somebody looks for, and the page that explains it. Chinese words of two characters stand in the middle of a
# sentence there: no space tells where they begin.
ENGLISH = """
confusion matrix : evaluation/classification/
F1Score : evaluation/classification/
f1 : evaluation/classification/
BinaryAccuracy : evaluation/classification/
malignant : evaluation/classification/
calibrated : evaluation/thresholds/
Brier score : evaluation/thresholds/
precision recall curve : evaluation/thresholds/
residuals : evaluation/regression/
cross-validation : evaluation/cross-validation/
folds : evaluation/cross-validation/
GradientTape : tour/
softmax : loops/cross-entropy/
architecture : tour/
TensorBoard : tour/around/
broadcasting : tensors/basics/
transpose : tensors/basics/
tf.gather : tensors/basics/
ragged : tensors/special/
queue : tensors/special/
sparse tensor : tensors/special/
scatter : tensors/variables/
assign : tensors/variables/
learning rate schedule : training/learning-rate/
decision boundary : training/classification/
shuffles : training/regression/
functional API : training/models/
load_model : saving/formats/
neuron : loops/neuron/
entropy : loops/cross-entropy/
dropout : loops/traps/
huber : custom/losses/
regularizer : custom/parts/
logarithmic : metrics/regression/
cosine similarity : metrics/names/
reset_state : metrics/streaming/
"""
CHINESE = """
矩阵 : evaluation/classification/
混淆矩阵 : evaluation/classification/
f1分数 : evaluation/classification/
F1Score : evaluation/classification/
精确率 : evaluation/classification/
恶性 : evaluation/classification/
校准 : evaluation/thresholds/
阈值 : evaluation/thresholds/
残差 : evaluation/regression/
病人 : evaluation/regression/
交叉验证 : evaluation/cross-validation/
酒庄 : evaluation/cross-validation/
Adam优化器 : tour/
识别器 : tour/
自动微分 : tour/
反向模式 : tour/
TensorBoard接口 : tour/around/
发布 : tour/around/
屋顶 : tensors/basics/
城镇 : tensors/basics/
小数 : tensors/numpy/
队列 : tensors/special/
规则 : tensors/special/
补齐 : tensors/special/
切片 : tensors/variables/
超参数 : training/regression/
调度 : training/learning-rate/
曲率 : training/learning-rate/
噪声 : training/regression/
网格 : training/classification/
恢复 : training/models/
细胞 : loops/neuron/
下限 : loops/cross-entropy/
缩放 : loops/traps/
意味着 : loops/compile/
闭包 : custom/losses/
约束 : custom/parts/
tf.function里 : loops/traps/
分钟 : metrics/regression/
夹角 : metrics/names/
预警 : metrics/streaming/
"""


def queries(table: str) -> list[tuple[str, str]]:
    """What is typed, and the page."""
    return [(query, page) for line in table.strip().splitlines() for query, page in [line.split(" : ")]]


def source(language: str, page: str) -> str:
    """The page's text as it is written."""
    file = ROOT / "docs" / language / page.rstrip("/")
    return (file / "index.md" if file.is_dir() and (file / "index.md").exists() else Path(f"{file}.md")).read_text()


@pytest.fixture(scope="module")
def boxes(browser: Browser, address: str) -> Iterator[dict[str, Page]]:
    """The first page of each language, on a wide screen, where nothing may be asked of other hosts."""
    context = browser.new_context(viewport=DESKTOP, base_url=address)
    elsewhere: list[str] = []
    context.on("request", lambda request: request.url.startswith((address, "data:")) or elsewhere.append(request.url))
    pages = {}
    for language, path in (("en", ""), ("zh", "zh/")):
        pages[language] = context.new_page()
        pages[language].goto(path)
    yield pages
    context.close()
    assert elsewhere == []


def finds(page: Page, query: str, path: str) -> None:
    """The page at the path is among the first results."""
    search(page, query)
    results = page.locator(".md-search-result__item > a")
    expect(results.first).to_be_visible()
    found: list[str] = results.evaluate_all("links => links.map(link => link.pathname)")
    assert path in list(dict.fromkeys(found))[:FIRST], found


def test_there_are_enough_queries_and_chinese_ones_are_no_whole_sentences() -> None:
    assert len(queries(ENGLISH)) > 30 < len(queries(CHINESE))
    for query, page in queries(CHINESE):
        if re.fullmatch(r"[\u4e00-\u9fff]{2}", query):
            assert re.search(rf"[\u4e00-\u9fff]{query}[\u4e00-\u9fff]", source("zh", page)), query


@pytest.mark.parametrize(("query", "path"), queries(ENGLISH))
def test_english_is_found(boxes: dict[str, Page], query: str, path: str) -> None:
    finds(boxes["en"], query, "/" + path)


@pytest.mark.parametrize(("query", "path"), queries(CHINESE))
def test_chinese_is_found(boxes: dict[str, Page], query: str, path: str) -> None:
    finds(boxes["zh"], query, "/zh/" + path)


def test_a_result_leads_to_its_section_and_marks_the_word(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport=DESKTOP)
    page.goto(f"{address}zh/")
    search(page, "f1分数")
    page.locator(".md-search-result__item > a[href*='#f1']").first.click()
    page.wait_for_url("**/zh/evaluation/classification/*#f1")

    expect(page.locator("mark").first).to_be_visible()
    page.close()


def test_the_texts_to_search_come_when_somebody_searches(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport=PHONE)
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.goto(address, wait_until="networkidle")
    assert not any(url.endswith("docs.json") for url in asked)

    page.locator(".md-header__button[for=__search]").click()
    search(page, "tensor")
    expect(page.locator(".md-search-result__item").first).to_be_visible()
    page.close()
