# %%
"""Exercise: a threshold chosen by costs on one set, and judged on another."""

# %% task role="task"
"""
A model scores the bearings of machines: the higher the score, the sooner one will break. From some threshold on, a mechanic replaces it. A needless replacement costs little, a broken bearing costs a lot. Which threshold is the cheapest, and what will a bearing cost on average?

Write `choose_and_report(validation, test, missed, needless)`:

- `validation` and `test` are pairs `(labels, scores)` of flat arrays. Label 1: it breaks.
- A score *at or above* the threshold is an alarm. A 1 without an alarm costs `missed`, a 0 with an alarm costs `needless`. All else costs nothing.
- To be tried: each score of the validation set, and `np.inf`, which means no alarm at all. The one with the lowest cost on the validation set is chosen; of several with the same cost, the highest.
- The result is a pair: the threshold, and its mean cost *per case* on the test set.
"""

# %% setup
import numpy as np


# %% starter role="starter"
def choose_and_report(validation, test, missed, needless):
    threshold = 0.5  # your code
    cost = 0.0  # your code
    return threshold, cost


# %% solution role="solution"
def mean_cost(labels, scores, threshold, missed, needless):
    alarms = scores >= threshold
    misses, false_alarms = (labels == 1) & ~alarms, (labels == 0) & alarms
    return np.mean(missed * misses + needless * false_alarms)


def choose_and_report(validation, test, missed, needless):
    candidates = [np.inf, *sorted(validation[1], reverse=True)]
    costs = [mean_cost(*validation, one, missed, needless) for one in candidates]
    threshold = candidates[np.argmin(costs)]
    return threshold, mean_cost(*test, threshold, missed, needless)


# %% bearings
rng = np.random.default_rng(0)


def bearings(count):
    labels = (np.arange(count) % 5 == 0).astype(int)  # one of five breaks
    return labels, rng.normal(0.4 + 0.2 * labels, 0.15).clip(0, 1)


threshold, cost = choose_and_report(bearings(400), bearings(400), 10, 1)
print(f"threshold {threshold:.2f}, cost per bearing {cost:.2f}")

# %% how-many
counts = [10, 20, 40, 80, 160, 320]
flattering, honest = [], []
for count in counts:
    pairs = [(bearings(count), bearings(count)) for _ in range(60)]
    costs = [choose_and_report(test, test, 10, 1)[1] for _, test in pairs]
    flattering.append(np.mean(costs))
    costs = [choose_and_report(*pair, 10, 1)[1] for pair in pairs]
    honest.append(np.mean(costs))
print(f"10 bearings: {flattering[0]:.2f} promised, {honest[0]:.2f} to be paid")

# %% picture
import matplotlib.pyplot as plt

fig, ax = plt.subplots(figsize=(4.8, 3.2), layout="constrained")
ax.plot(counts, honest, "o-", label="chosen on other cases")
ax.plot(counts, flattering, "s--", label="chosen on the test cases")
ax.set_title("Few cases flatter")
ax.set_xlabel("number of cases")
ax.set_ylabel("cost per case")
ax.set_xscale("log")
ax.set_xticks(counts, [str(count) for count in counts])
ax.set_xticks([], minor=True)
ax.set_ylim(bottom=0)
_ = ax.legend()


# %% tests role="tests"
def cases(*pairs):
    labels, scores = zip(*pairs, strict=True)
    return np.array(labels), np.array(scores)


VALIDATION = cases((0, 0.1), (1, 0.2), (0, 0.3), (0, 0.4), (1, 0.6), (1, 0.8))
TEST = cases((1, 0.1), (0, 0.2), (0, 0.7), (0, 0.05), (1, 0.3))


def test_cheapest():
    """The cheapest threshold"""
    threshold, _ = choose_and_report(VALIDATION, VALIDATION, 5, 1)
    assert abs(threshold - 0.6) > 0.01, (
        "You choose 0.60, as if both mistakes cost the same, or as if the needless alarm "
        "were the expensive one. At 0.60 one bearing breaks unnoticed, which costs 5; at "
        "0.20 two are changed needlessly, which costs 2."
    )
    assert abs(threshold - 0.1) > 0.01, (
        "You choose 0.10: for you a score *at* the threshold is no alarm yet. It is one: "
        "compare with `>=`. Then 0.20 is enough to find the bearing that scores 0.2."
    )
    assert abs(threshold - 0.2) < 1e-6, (
        f"You choose {threshold:.2f} where it should be 0.20. Try each score of the "
        "validation set: 0.1 costs 3, 0.2 costs 2, 0.3 costs 7, 0.4 costs 6, 0.6 costs "
        "5, 0.8 costs 10."
    )


def test_other_cases():
    """Chosen on validation, judged on test"""
    threshold, cost = choose_and_report(VALIDATION, TEST, 5, 1)
    assert abs(cost - 7) > 0.01, (
        "You report 7, the cost of all test cases together. Per case it is 7 / 5 = 1.40; "
        "only so can sets of different size be compared."
    )
    assert abs(cost - 2 / 6) > 0.01, (
        "You report 2 / 6 = 0.33, the cost on the validation set, where the threshold "
        "was made to fit. Judge it on the test set."
    )
    assert abs(cost - 2 / 5) > 0.01, (
        "You report 2 / 5 = 0.40, the lowest cost of any threshold on the test set: you "
        "have chosen there. For new cases nobody knows the labels when the threshold is "
        "chosen. Take that of the validation set, 0.20, and judge it on the test set."
    )
    assert abs(threshold - 0.2) < 1e-6 and abs(cost - 7 / 5) < 1e-6, (
        f"You choose {threshold:.2f} and report {cost:.2f} where it should be 0.20 and "
        "7 / 5 = 1.40. At 0.20 the test set has one miss, which costs 5, and two "
        "needless alarms, which cost 1 each."
    )


def test_no_alarm():
    """Other costs, no alarm, ties"""
    threshold, cost = choose_and_report(VALIDATION, TEST, 1, 100)
    assert abs(threshold - 0.6) < 1e-6 and abs(cost - 102 / 5) < 1e-6, (
        f"With costs of 1 for a miss and 100 for a needless alarm you choose "
        f"{threshold:.2f} and report {cost:.2f} where it should be 0.60 and 102 / 5 = "
        "20.40: use the costs that were given."
    )
    only_wrong = cases((0, 0.9), (1, 0.5), (0, 0.7), (0, 0.2))
    threshold, _ = choose_and_report(only_wrong, TEST, 1, 100)
    assert threshold == np.inf, (
        f"You choose {threshold:.2f}, where every alarm costs 100 and finds too little. "
        "It is cheaper to raise none, and no score of the set says that: try `np.inf` "
        "as well."
    )
    ties = cases((0, 0.1), (1, 0.2), (0, 0.3), (1, 0.4))
    threshold, _ = choose_and_report(ties, TEST, 1, 1)
    assert abs(threshold - 0.4) < 1e-6, (
        f"You choose {threshold:.2f}. There 0.20 and 0.40 both cost 1: of equal ones the "
        "highest is to be taken, 0.40, which raises fewer alarms."
    )


# %% costs-swapped role="wrong" hint="test_cheapest"
def mean_cost(labels, scores, threshold, missed, needless):
    alarms = scores >= threshold
    return np.mean(missed * (alarms & (labels == 0)) + needless * (alarms < labels))


def choose_and_report(validation, test, missed, needless):
    candidates = [np.inf, *sorted(validation[1], reverse=True)]
    costs = [mean_cost(*validation, one, missed, needless) for one in candidates]
    threshold = candidates[np.argmin(costs)]
    return threshold, mean_cost(*test, threshold, missed, needless)


# %% above-the-threshold role="wrong" hint="test_cheapest"
def mean_cost(labels, scores, threshold, missed, needless):
    alarms = scores > threshold
    return np.mean(missed * (alarms < labels) + needless * (alarms > labels))


def choose_and_report(validation, test, missed, needless):
    candidates = [np.inf, *sorted(validation[1], reverse=True)]
    costs = [mean_cost(*validation, one, missed, needless) for one in candidates]
    threshold = candidates[np.argmin(costs)]
    return threshold, mean_cost(*test, threshold, missed, needless)


# %% chosen-on-the-test-set role="wrong" hint="test_other_cases"
def mean_cost(labels, scores, threshold, missed, needless):
    alarms = scores >= threshold
    return np.mean(missed * (alarms < labels) + needless * (alarms > labels))


def choose_and_report(validation, test, missed, needless):
    candidates = [np.inf, *sorted(validation[1], reverse=True)]
    costs = [mean_cost(*validation, one, missed, needless) for one in candidates]
    threshold = candidates[np.argmin(costs)]
    test_candidates = [np.inf, *sorted(test[1], reverse=True)]
    test_costs = [mean_cost(*test, one, missed, needless) for one in test_candidates]
    return threshold, min(test_costs)


# %% only-scores role="wrong" hint="test_no_alarm"
def mean_cost(labels, scores, threshold, missed, needless):
    alarms = scores >= threshold
    return np.mean(missed * (alarms < labels) + needless * (alarms > labels))


def choose_and_report(validation, test, missed, needless):
    candidates = np.unique(validation[1])
    costs = [mean_cost(*validation, one, missed, needless) for one in candidates]
    threshold = candidates[np.argmin(costs)]
    return threshold, mean_cost(*test, threshold, missed, needless)
