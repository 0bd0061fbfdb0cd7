"""Explorers compute what Python computes, need no mouse, and leave a table where there is no script."""

from __future__ import annotations

import json
import random
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect
from scipy.special import huber
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from reading import DESKTOP, PHONE, ROOT, opened
from verified_docs import record

THRESHOLDS, RATES, LOSSES, AVERAGES = PLACES = [
    ("evaluation/thresholds/", "evaluation/thresholds", "scores"),
    ("training/learning-rate/", "training/learning_rate", "more-rates"),
    ("custom/losses/", "custom/losses", "deltas"),
    ("evaluation/classification/", "evaluation/classification", "three-classes"),
]
PATHS = [prefix + path for path, _, _ in PLACES for prefix in ("", "zh/")]
SHARES = ("precision", "recall", "f1")
# What the slots show for each of these settings of all inputs.
SHOWN = """(live, settings) => settings.map(values => {
  const inputs = live.querySelectorAll("input")
  values.forEach((value, at) => { inputs[at].value = value })
  inputs[0].dispatchEvent(new Event("input", { bubbles: true }))
  return Object.fromEntries([...live.querySelectorAll("[data-slot]")].map(one => [one.dataset.slot, one.textContent]))
})"""


def recorded(place: tuple[str, str, str], language: str = "en") -> Any:
    """What the cell of an explorer was accepted to print."""
    _, module, cell = place
    text = (ROOT / f"snippets/{module}.{language}.record").read_text(encoding="utf-8")
    return json.loads(dict(record.read(text)[cell])["stream"])


def live(context: BrowserContext, path: str) -> Locator:
    box = opened(context, path).locator(".explorer .live")
    expect(box).to_be_visible()
    return box


def shown(box: Locator, settings: list[list[float]]) -> list[dict[str, str]]:
    found: list[dict[str, str]] = box.evaluate(SHOWN, settings)
    assert len(found) == len(settings) > 0
    return found


def written(value: float, digits: int = 3) -> str:
    """The number as the page writes it: a half is rounded up."""
    if np.isnan(value):
        return "–"
    return str(Decimal(float(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def by_keras_or_sklearn(row: dict[str, Any]) -> dict[str, str]:
    return {key: written(row[key]) if isinstance(row[key], float) else str(row[key]) for key in row}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_threshold_gives_what_scikit_learn_gives(context: BrowserContext, language: str) -> None:
    data = recorded(THRESHOLDS, language)
    labels, scores = np.array(data["labels"]), np.array(data["scores"])
    steps = [step / 100 for step in range(1, 100)]

    found = shown(live(context, THRESHOLDS[0] if language == "en" else f"zh/{THRESHOLDS[0]}"), [[one] for one in steps])

    for threshold, slots in zip(steps, found, strict=True):
        alarms = scores >= threshold
        tn, fp, fn, tp = confusion_matrix(labels, alarms).ravel().tolist()
        shares = precision_recall_fscore_support(labels, alarms, average="binary", zero_division=np.nan)[:3]
        counts = {"tn": str(tn), "fp": str(fp), "fn": str(fn), "tp": str(tp), "fpr": written(fp / (fp + tn))}
        named = {key: written(share) for key, share in zip(SHARES, shares, strict=True)}
        assert slots == {"chosen": written(threshold, 2), **counts, **named}
    for row in data["rows"]:  # from the scores as the model gave them
        slots = found[steps.index(row.pop("threshold"))]
        assert slots == {"chosen": slots["chosen"], **by_keras_or_sklearn(row)}


def test_the_point_is_on_the_roc_curve(context: BrowserContext) -> None:
    box = live(context, THRESHOLDS[0])
    points = "svg => [...svg.querySelectorAll('.chosen')].flatMap(one => [...one.points]).map(({ x, y }) => [x, y])"
    curve = np.array(box.locator("svg").first.evaluate(points))
    offset = np.array(box.locator("svg svg").evaluate("one => [one.x.baseVal.value, one.y.baseVal.value]"))
    for threshold in (0.01, 0.3, 0.77, 0.99):
        shown(box, [[threshold]])
        place = [float(str(box.locator("circle").get_attribute(key))) for key in ("cx", "cy")]
        assert np.abs(curve + offset - place).max(axis=1).min() < 0.1
    assert np.ptp(curve, axis=0).tolist() == [264.0, 180.0]


@pytest.mark.parametrize("prefix", ["", "zh/"])
def test_each_rate_shows_the_losses_of_its_run(context: BrowserContext, prefix: str) -> None:
    data = recorded(RATES)
    found = shown(live(context, prefix + RATES[0]), [[at] for at in range(len(data["rates"]))])

    for rate, losses, slots in zip(data["rates"], data["losses"], found, strict=True):
        assert slots.pop("chosen") == str(rate)
        assert [slots[f"loss-{epoch}"] for epoch in range(6)] == [
            written(one, 3 if one < 10 else 1 if one < 100 else 0) for one in losses
        ]


@pytest.mark.parametrize("prefix", ["", "zh/"])
def test_huber_is_that_of_keras_and_of_scipy(context: BrowserContext, prefix: str) -> None:
    data = recorded(LOSSES)
    errors, steps = np.array(data["errors"]), [step / 10 for step in range(1, 31)]
    box = live(context, prefix + LOSSES[0])
    found = shown(box, [[one] for one in steps])

    def as_slots(name: str, values: list[float]) -> dict[str, str]:
        return {f"{name}-{at}": written(value) for at, value in enumerate(values)}

    for delta, slots in zip(steps, found, strict=True):
        slopes = np.clip(errors, -delta, delta).tolist()
        # Their last digits differ where a half is to be rounded.
        expected = huber(delta, errors)
        assert np.allclose([float(slots[f"loss-{at}"]) for at in range(4)], expected, rtol=0, atol=0.000501)
        assert slots.items() >= as_slots("slope", slopes).items()
        assert slots["chosen"] == written(delta, 1)
    for row in data["rows"]:
        expected = as_slots("loss", row["losses"]) | as_slots("slope", row["slopes"])
        assert found[steps.index(row["delta"])].items() >= expected.items()


@pytest.mark.parametrize("prefix", ["", "zh/"])
def test_averages_are_those_of_scikit_learn(context: BrowserContext, prefix: str) -> None:
    chance = random.Random(0)
    matrices = [row["matrix"] for row in recorded(AVERAGES)["rows"]]
    matrices += [[[chance.choice([0, 0, 1, 7, 400]) for _ in range(3)] for _ in range(3)] for _ in range(60)]
    matrices += [[[5, 0, 0], [0, 0, 0], [0, 0, 0]], [[0, 3, 0], [0, 0, 4], [5, 0, 0]]]

    found = shown(live(context, prefix + AVERAGES[0]), [np.ravel(matrix).tolist() for matrix in matrices])

    for matrix, slots in zip(matrices, found, strict=True):
        truth, answer = np.indices((3, 3)).reshape(2, -1)
        for average in ("macro", "weighted", "micro", None):
            *shares, _ = precision_recall_fscore_support(
                truth, answer, average=average, sample_weight=np.ravel(matrix), zero_division=0
            )
            if average:
                assert [slots[f"{average}-{at}"] for at in range(3)] == [written(share) for share in shares], matrix
            else:
                assert [slots[f"precision-{at}"] for at in range(3)] == [written(share) for share in shares[0]]
                assert [slots[f"recall-{at}"] for at in range(3)] == [written(share) for share in shares[1]]


@pytest.mark.parametrize("prefix", ["", "zh/"])
def test_sliders_need_no_mouse_and_say_their_numbers_once_the_reader_rests(
    context: BrowserContext, prefix: str
) -> None:
    box = live(context, prefix + THRESHOLDS[0])
    said = box.locator("[role=status]")
    said.evaluate("""one => {
      one.times = 0
      new MutationObserver(() => { one.times += 1 }).observe(one, { childList: true })
    }""")
    row = next(row for row in recorded(THRESHOLDS)["rows"] if row["threshold"] == 0.3)
    slider = box.get_by_role("slider", name="阈值" if prefix else "Threshold")
    slider.focus()
    for _ in range(20):
        slider.press("ArrowLeft")

    expect(box.locator("[data-slot=recall]")).to_have_text(written(row["recall"]))
    assert slider.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
    start = "阈值 0.30：" if prefix else "Threshold 0.30: "
    expect(said).to_contain_text(start)
    assert written(row["precision"]) in said.inner_text()
    assert said.evaluate("one => one.times") == 1


def test_a_rate_is_said_by_its_value_and_not_by_its_place(context: BrowserContext) -> None:
    slider = live(context, RATES[0]).get_by_role("slider", name="Learning rate")
    slider.press("End")
    assert slider.get_attribute("aria-valuetext") == "0.28"
    slider.press("ArrowLeft")
    assert slider.get_attribute("aria-valuetext") == "0.24"


@pytest.mark.parametrize("prefix", ["", "zh/"])
def test_a_matrix_is_edited_and_put_back_by_keyboard(context: BrowserContext, prefix: str) -> None:
    box = live(context, prefix + AVERAGES[0])
    start, missed, _ = recorded(AVERAGES)["rows"]
    box.get_by_label("真实：8，预测：1" if prefix else "true 8, predicted 1", exact=True).focus()
    page = box.page
    for count in missed["matrix"][1]:
        page.keyboard.press("Control+a")
        page.keyboard.type(str(count))
        page.keyboard.press("Tab")
    expect(box.locator("[data-slot=macro-1]")).to_have_text(written(missed["macro"][1]))

    page.keyboard.press("Control+a")  # the first of the last row; what is no count is 0
    page.keyboard.type("-5")
    others = start["matrix"][2]
    without = (start["each"][0][1] + others[2] / (others[1] + others[2])) / 3
    expect(box.locator("[data-slot=macro-1]")).to_have_text(written(without))
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(box.get_by_role("button")).to_be_focused()
    page.keyboard.press("Enter")
    expect(box.locator("[data-slot=macro-1]")).to_have_text(written(start["macro"][1]))
    assert [int(one.input_value()) for one in box.locator("input").all()] == np.ravel(start["matrix"]).tolist()


def table_alone(page: Page) -> None:
    expect(page.locator(".explorer .live")).to_be_hidden()
    expect(page.locator(".explorer .static")).to_be_visible()
    assert page.locator(".explorer input:visible, .explorer svg:visible, .explorer button:visible").count() == 0


@pytest.mark.parametrize("path", PATHS)
def test_without_a_script_there_is_the_table_and_it_fits(browser: Browser, address: str, path: str) -> None:
    page = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 800}).new_page()
    page.goto(address + path)

    table_alone(page)
    box, table = page.locator(".explorer").bounding_box(), page.locator(".explorer .static").bounding_box()
    assert box and table
    assert table["height"] > 0.7 * box["height"]  # no room is kept for what does not come
    assert table["x"] + table["width"] <= 320
    page.context.close()


@pytest.mark.parametrize("path", PATHS)
def test_paper_has_the_table(browser: Browser, address: str, path: str) -> None:
    page = browser.new_page(viewport=DESKTOP)
    page.goto(address + path)
    expect(page.locator(".explorer .live")).to_be_visible()
    expect(page.locator(".explorer .static")).to_be_hidden()
    page.emulate_media(media="print")

    table_alone(page)
    page.close()


@pytest.mark.parametrize("width", [DESKTOP["width"], PHONE["width"]])
@pytest.mark.parametrize("path", PATHS)
def test_nothing_moves_when_the_controls_come(browser: Browser, address: str, path: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    held: list[Route] = []
    page.route("**/explorers.js", lambda route: held.append(route))
    page.goto(address + path, wait_until="commit")
    box = page.locator(".explorer")
    expect(box.locator(".static")).to_be_visible()
    expect(box.locator(".live")).to_be_hidden()
    page.wait_for_function("document.readyState === 'interactive'")
    before = box.bounding_box()

    held[0].continue_()

    expect(box.locator(".live")).to_be_visible()
    after = box.bounding_box()
    assert before and after
    assert (before["width"], before["height"]) == (after["width"], after["height"])
    page.close()
