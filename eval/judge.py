"""Haystack's evaluators: the deterministic ones as a second opinion on ours, and an optional LLM as a judge.

The judge's figures go to a file of their own (``judge.json``) and never into the scores: they change with the model.
It is used only when ``CANCU_JUDGE_URL`` (an OpenAI-compatible address) and ``CANCU_JUDGE_MODEL`` are set.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"

from haystack import Document
from haystack.components.evaluators import (
    DocumentMAPEvaluator,
    DocumentMRREvaluator,
    DocumentRecallEvaluator,
    FaithfulnessEvaluator,
    LLMEvaluator,
)
from haystack.components.evaluators.document_recall import RecallMode
from haystack.components.generators.chat import OpenAIChatGenerator
from haystack.utils import Secret

from eval.run import read_run

_CORRECT = (
    "Decide whether the answer states every one of the expected facts, in any wording, and contradicts none. "
    "Give 1 when it does, else 0."
)
_EXAMPLES = [
    {
        "inputs": {"questions": "Mấy giờ mở cửa?", "facts": "07 giờ 30", "answers": "Mở cửa lúc 7h30 sáng."},
        "outputs": {"score": 1},
    },
    {
        "inputs": {"questions": "Mấy giờ mở cửa?", "facts": "07 giờ 30", "answers": "Mở cửa lúc 8 giờ."},
        "outputs": {"score": 0},
    },
]


def haystack_scores(rankings: Sequence[Sequence[str]], relevant: Sequence[Sequence[str]]) -> dict[str, list[float]]:
    """Recall (``multi_hit``), reciprocal rank and average precision of whole rankings, compared by id.

    Haystack divides average precision by the relevant documents *found*, not by all of them, so it equals ours only
    where everything was found.
    """
    truth = [[Document(id=name) for name in names] for names in relevant]
    found = [[Document(id=name) for name in names] for names in rankings]
    evaluators = {
        "recall": DocumentRecallEvaluator(mode=RecallMode.MULTI_HIT, document_comparison_field="id"),
        "reciprocal_rank": DocumentMRREvaluator(document_comparison_field="id"),
        "average_precision": DocumentMAPEvaluator(document_comparison_field="id"),
    }
    return {
        name: evaluator.run(ground_truth_documents=truth, retrieved_documents=found)["individual_scores"]
        for name, evaluator in evaluators.items()
    }


def judge_run(folder: Path) -> dict[str, Any] | None:
    """Faithfulness (answer against its quotes) and correctness (answer against the expected facts) of a run's answers,
    written to ``judge.json``. None when no judge is configured or there is nothing to judge."""
    url, model = os.environ.get("CANCU_JUDGE_URL"), os.environ.get("CANCU_JUDGE_MODEL")
    _, questions, lines = read_run(folder)
    answered = [
        (q, lines[q["id"]]["answer"])
        for q in questions
        if q["id"] in lines and (lines[q["id"]]["answer"] or {}).get("text") and q["facts"]
    ]
    if not url or not model or not answered:
        return None
    asked = [q["asked"] for q, _ in answered]
    texts = [answer["text"] for _, answer in answered]
    faithful = FaithfulnessEvaluator(chat_generator=_generator(url, model), progress_bar=False).run(
        questions=asked,
        contexts=[[quote for quote, _ in answer["quotes"]] for _, answer in answered],
        predicted_answers=texts,
    )
    correct = LLMEvaluator(
        instructions=_CORRECT,
        inputs=[("questions", list[str]), ("facts", list[str]), ("answers", list[str])],
        outputs=["score"],
        examples=_EXAMPLES,
        chat_generator=_generator(url, model),
        progress_bar=False,
    ).run(questions=asked, facts=["; ".join(q["facts"]) for q, _ in answered], answers=texts)
    rows = {
        q["id"]: {"faithfulness": float(faithful["individual_scores"][at]), "correct": float(result["score"])}
        for at, ((q, _), result) in enumerate(zip(answered, correct["results"], strict=True))
    }
    judged = {"model": model, "means": _means(list(rows.values())), "rows": rows}
    (folder / "judge.json").write_text(json.dumps(judged, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return judged


def _means(rows: list[dict[str, float]]) -> dict[str, float]:
    return {name: sum(row[name] for row in rows) / len(rows) for name in rows[0]}


def _generator(url: str, model: str) -> OpenAIChatGenerator:
    key = Secret.from_token(os.environ.get("CANCU_JUDGE_KEY", "none"))
    options = {"temperature": 0, "response_format": {"type": "json_object"}}
    return OpenAIChatGenerator(api_key=key, model=model, api_base_url=url, generation_kwargs=options)
