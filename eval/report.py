"""A run as one self-contained HTML page, as Markdown and as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from eval import charts
from eval.compare import compare_runs
from eval.metrics import refusal_recall
from eval.run import read_run
from eval.score import DEPTHS, HEADLINE, score_run

TEMPLATE = Path(__file__).with_name("report.html")
_ANSWER_HEADLINE = ("citation_recall_article", "quote_fidelity", "refusal_recall")
_THRESHOLDS = tuple(step / 50 for step in range(51))  # 0 to 1, fine enough for a plot


def write_report(run: Path, out: Path, base: Path | None = None) -> tuple[Path, Path, Path]:
    """Write ``report.html``, ``report.md`` and ``report.json`` into ``out``. Raises NotFound, BadInput."""
    data = report_data(run, base)
    out.mkdir(parents=True, exist_ok=True)
    paths = (out / "report.html", out / "report.md", out / "report.json")
    for path, text in zip(paths, (render_html(data), render_markdown(data), render_json(data)), strict=True):
        path.write_text(text, "utf-8")
    return paths


def report_data(run: Path, base: Path | None) -> dict[str, Any]:
    """Everything the report shows."""
    scores = score_run(run)
    manifest, questions, lines = read_run(run)
    return {
        "manifest": manifest,
        "overall": scores["overall"],
        "slices": scores["slices"],
        "failed": scores["failed"],
        "missing": scores["missing"],
        "latency": json.loads((run / "latency.json").read_text("utf-8")),
        "calibration": calibration(questions, lines),
        "comparison": compare_runs(base, run) if base else None,
    }


def calibration(questions: list[dict[str, Any]], lines: dict[str, Any]) -> list[tuple[float, float, float]]:
    """(threshold, share of answerable questions refused below it, share of the others refused below it); empty when
    the run has no confidences or only one kind of question."""
    known = [
        (line["answer"]["confidence"], q["expects_refusal"])
        for q in questions
        if (line := lines.get(q["id"])) and line["answer"] and line["answer"]["confidence"] is not None
    ]
    if len({expected for _, expected in known}) < 2:
        return []
    points = []
    for threshold in _THRESHOLDS:
        refused = [confidence < threshold for confidence, _ in known]
        lost = refusal_recall(refused, [not expected for _, expected in known])
        caught = refusal_recall(refused, [expected for _, expected in known])
        points.append((threshold, lost, caught))
    return points


def render_html(data: dict[str, Any]) -> str:
    """One file without outside loads."""
    import jinja2

    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    return environment.from_string(TEMPLATE.read_text("utf-8")).render(**data, **_plots(data))


def _plots(data: dict[str, Any]) -> dict[str, Any]:
    overall, latency, comparison = data["overall"], data["latency"], data["comparison"]
    metric = next((m for m in HEADLINE if m in overall), "")
    curve = [(k, e["value"], e["low"], e["high"]) for k in DEPTHS if (e := overall.get(f"recall@{k}"))]
    return {
        "headline": [(m, overall[m]) for m in (*HEADLINE, *_ANSWER_HEADLINE) if _has_value(overall.get(m))],
        "slice_metric": metric,
        "slice_plots": [
            (axis, charts.interval_bars(rows, f"{metric} by {axis}"))
            for axis, groups in data["slices"].items()
            if (rows := _slice_rows(groups, metric))
        ],
        "recall_plot": charts.curve(curve, "Recall by depth", "provisions looked at") if curve else "",
        "latency_plots": [(kind, _latency_plot(kind, times)) for kind, times in latency.items()],
        "calibration_plot": _calibration_plot(data["calibration"]),
        "moved": _moved_plot(comparison) if comparison else "",
    }


def _has_value(estimate: dict[str, Any] | None) -> bool:
    return bool(estimate) and estimate.get("value") is not None  # type: ignore[union-attr]


def _slice_rows(groups: dict[str, Any], metric: str) -> list[tuple[str, float, float, float, int]]:
    return [
        (group, e["value"], e["low"], e["high"], e["n"])
        for group, scores in groups.items()
        if (e := scores.get(metric))
    ]


def _latency_plot(kind: str, times: dict[str, Any]) -> str:
    marks = [(f"{p} {times[p]['value']:.0f} ms", times[p]["value"]) for p in ("p50", "p95", "p99")]
    return charts.histogram(times["ms"], marks, f"Time to {kind}", "milliseconds")


def _calibration_plot(points: list[tuple[float, float, float]]) -> str:
    if not points:
        return ""
    names = ("answerable questions refused (should be low)", "unanswerable questions refused (should be high)")
    drawn = [(threshold, lost, caught) for threshold, lost, caught in points]
    return charts.two_curves(
        drawn, names, "Refusals by threshold", "refused below this share of the question's meaning"
    )


def _moved_plot(comparison: dict[str, Any]) -> str:
    changes = [item["change"] for item in comparison["gains"] + comparison["losses"]]
    return charts.moved_bars(changes, "Gains and losses") if changes else ""


def render_markdown(data: dict[str, Any]) -> str:
    """The same figures as tables."""
    manifest = data["manifest"]
    lines = [f"# {manifest['suite']}, {manifest['split']}", "", f"{manifest['measures']}.", ""]
    lines += [f"{manifest['questions']} questions, typed {manifest['typing']}, commit {manifest['commit']}.", ""]
    lines += ["| metric | mean | 95 % interval | n |", "| --- | --- | --- | --- |"]
    lines += [_markdown_row(name, e) for name, e in data["overall"].items() if _has_value(e)]
    for kind, times in data["latency"].items():
        shown = ", ".join(f"{p} {times[p]['value']:.1f} ms" for p in ("p50", "p95", "p99"))
        lines += ["", f"Time to {kind}: {shown}."]
    if data["comparison"]:
        lines += ["", *comparison_markdown(data["comparison"])]
    if data["failed"] or data["missing"]:
        lines += [
            "",
            f"Failed (zero): {', '.join(data['failed']) or '-'}. Missing: {', '.join(data['missing']) or '-'}.",
        ]
    return "\n".join(lines) + "\n"


def _markdown_row(name: str, e: dict[str, Any]) -> str:
    return f"| {name} | {e['value']:.4f} | {e['low']:.4f} to {e['high']:.4f} | {e['n']} |"


def comparison_markdown(comparison: dict[str, Any]) -> list[str]:
    """Differences, gains and losses as Markdown lines."""
    lines = ["| metric | base | new | difference | 95 % interval | p | real |", "| --- " * 7 + "|"]
    for name, d in comparison["metrics"].items():
        lines.append(
            f"| {name} | {d['base']:.4f} | {d['new']:.4f} | {d['value']:+.4f} | {d['low']:+.4f} to {d['high']:+.4f} "
            f"| {d['p']:.3f} | {'yes' if d['real'] else 'no'} |"
        )
    lines += ["", f"{len(comparison['gains'])} gained, {len(comparison['losses'])} lost ({comparison['decides']})."]
    for worst in comparison["worst"]:
        lines += [
            "",
            f"**{worst['question']}** ({worst['id']}, {worst['change']:+.3f}; {', '.join(worst['expected'])})",
        ]
        pairs = zip(worst["base"], worst["new"], strict=False)
        lines += ["", "| rank | base | new |", "| --- | --- | --- |"]
        lines += [f"| {rank} | {old[0]} | {new[0]} |" for rank, (old, new) in enumerate(pairs, 1)]
    return lines


def render_json(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"
