"""Reads the measurements of scripts/bench, a line of JSON each; prints medians as tables, or as JSON."""

import collections
import json
import statistics
import sys


def medians(lines):
    """{group: {case: {name: {figure: median}}}}"""
    seen = collections.defaultdict(list)
    for line in lines:
        measured = json.loads(line)
        for figure, value in measured["value"].items():
            seen[measured["group"], measured["case"], measured["name"], figure].append(value)
    result = {}
    for (group, case, name, figure), values in seen.items():
        place = result.setdefault(group, {}).setdefault(case, {}).setdefault(name, {})
        place[figure] = statistics.median(values)
    return result


def limits(group, cases):
    """What was measured, what stands beside it, and what it may be."""
    print(f"\n{group}\n\n| | | measured | beside it | ratio | at most |\n|---|---|---:|---:|---:|---:|")
    for case, names in cases.items():
        for name, figures in names.items():
            cells = [f"{figures[f]:.3g}" if f in figures else "" for f in ("measured", "beside", "ratio", "limit")]
            if "limit" in figures:
                cells[3] += "" if figures.get("ratio", figures["measured"]) <= figures["limit"] else " **exceeded**"
            print(f"| {case} | {name} |", " | ".join(cells), "|")


def table(group, cases, others):
    print(f"\n{group}\n")
    first = "connections, in flight" if group in ("verify", "client") else ""
    print(f"| {first} | | rate a second | of tokenagent's | p50 µs | p99 µs | CPU µs |")
    print("|---|---|---:|---:|---:|---:|---:|")
    for case, names in cases.items():
        own = next((names[name].get("rate") for name in names if name.startswith("tokenagent")), None)
        for name, figures in names.items():
            if "rate" not in figures:
                continue
            share = f"{figures['rate'] / own:.2f}" if own else ""
            cells = [f"{figures[f]:.4g}" if f in figures else "" for f in ("p50_us", "p99_us", "cpu_us")]
            print(f"| {case} | {name} | {figures['rate']:,.0f} | {share} |", " | ".join(cells), "|")
    for line in others:
        print(line)


def main():
    groups = medians(sys.stdin)
    if "--json" in sys.argv:
        return print(json.dumps(groups, indent=2))
    for group, cases in groups.items():
        if group in ("directory", "lists", "flat"):
            limits(group, cases)
            continue
        others = [
            f"\n{name}, {case}: " + ", ".join(f"{value:g} {figure}" for figure, value in figures.items())
            for case, names in cases.items()
            for name, figures in names.items()
            if "rate" not in figures
        ]
        table(group, cases, others)


main()
