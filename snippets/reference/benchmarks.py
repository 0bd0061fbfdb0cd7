# %%
"""What `make bench` measured: this tool beside its peers, and large books."""

# %% setup text="steps"
import matplotlib.pyplot as plt
from _benchmarks import RESULTS

runs = RESULTS["runs"]
tools = [tool for tool in runs if "cold" in runs[tool]]
own = tools[0]
steps = {
    "cold": "from nothing",
    "unchanged": "nothing changed",
    "prose": "one sentence edited",
    "code": "one cell edited",
}


def median(tool, step, what="seconds"):
    return runs[tool][step]["median"][what]


# %% machine
machine = RESULTS["machine"]
print(f"processor: {machine['processor']}")
print(f"cores: {machine['cores']}")
print(f"memory: {machine['memory']} GiB")
print(f"system: {machine['system']}")
print(f"tutorials: {RESULTS['tutorials']}")
print(f"cells: {RESULTS['cells']}")
print(f"rounds: {RESULTS['rounds']}")
print(f"date: {RESULTS['date']}")
for name, version in RESULTS["versions"].items():
    print(f"{name} {version}")

# %% chart
fig, axes = plt.subplots(len(steps), 1, figsize=(4.8, 8.4))
for ax, (step, title) in zip(axes, steps.items()):
    bars = ax.barh(tools, [median(tool, step) for tool in tools], color="C7")
    for tool, bar in zip(tools, bars):
        if tool.startswith(own):
            bar.set_color("C0")
    ax.bar_label(bars, fmt="%.1f", padding=3)
    ax.margins(x=0.12)
    ax.invert_yaxis()
    ax.set_title(title)
_ = axes[-1].set_xlabel("seconds (median)")

# %% medians
for step, title in steps.items():
    print(f"[{title}]")
    for tool in tools:
        seconds, cpu, peak = (
            median(tool, step, one) for one in ("seconds", "cpu", "peak")
        )
        ratio = seconds / median(own, step)
        print(f"{tool:<21}{seconds:6.1f}{ratio:6.2f}{cpu:6.1f}{peak:5.0f}")

# %% yardsticks text="yardsticks"
yardsticks = {
    ("pasted", "pasted"): "MkDocs with outputs pasted in",
    ("fresh", "fresh"): "the edited example in a fresh Python",
    (own, "served"): "the same edit while serving",
}
for (tool, step), title in yardsticks.items():
    if step in runs.get(tool, {}):
        print(f"{median(tool, step):7.2f} s  {title}")

# %% targets text="verdicts others growth"
verdicts = {True: "reached", False: "missed"}
others = {"pasted": "MkDocs, outputs pasted in", "fresh": "a fresh Python"}
growth = {
    "served": "one cell edited while serving",
    "edit": "one cell edited",
    "seconds_slope": "time against size, exponent",
    "peak_slope": "memory against size, exponent",
}
for target in RESULTS["targets"] + RESULTS["scale_targets"]:
    step = steps.get(target["step"]) or growth[target["step"]]
    against = target["against"]
    against = others.get(against) or growth.get(against) or against
    print(f"{step} / {against}:")
    print(f"  {target['ratio']:.2f} <= {target['bound']:.2f} {verdicts[target['met']]}")

# %% problems text="kinds"
kinds = {
    "lost": "is not there",
    "wrong": "differs",
    "error": "an error on the page",
    "stale": "an edit is not there",
    "exit": "the build failed",
}
for tool in tools:
    found = [one for one in RESULTS["problems"] if one["tool"] == tool]
    print(f"{tool}: {len(found)}")
    for one in found:
        where = " ".join(part for part in (one["tutorial"], one["cell"]) if part)
        print(f"  {where}: {kinds[one['kind']]}: {one['said'][:60]}")

# %% scale text="scaled panels"
scaled = {
    "cold": "from nothing",
    "unchanged": "nothing changed",
    "edit": "one cell edited",
}
panels = {"seconds": "seconds (median)", "peak": "memory in MiB (median)"}
fig, axes = plt.subplots(2, 1, figsize=(4.8, 6.4), sharex=True)
for ax, (what, ylabel) in zip(axes, panels.items()):
    for step, label in scaled.items():
        measured = RESULTS["scale"][step]["sizes"]
        values = [one["median"][what] for one in measured.values()]
        ax.plot([int(size) for size in measured], values, marker="o", label=label)
    ax.set_ylabel(ylabel)
    ax.set_ylim(bottom=0)
axes[0].legend()
axes[1].set_xlim(left=0)
_ = axes[1].set_xlabel("modules, each with a page in both languages")

# %% slopes
for step, title in scaled.items():
    print(f"[{title}]")
    for what, name in panels.items():
        slope = RESULTS["scale"][step].get(f"{what}_slope", float("nan"))
        last = RESULTS["scale"][step].get(f"{what}_last_slope", float("nan"))
        print(f"{slope:6.2f}{last:6.2f}  {name}")
