"""A small article corpus in the shape of the real one, and a suite over it: words that tell articles apart."""

from __future__ import annotations

import json
from pathlib import Path

SUITE = """
name = "small"
measures = "whether the right article is found"
licence = "none"
corpus = "law"
unit = "article"
layout = "beir"
questions = "."
splits = ["dev"]
"""
SUBJECTS = ["đất đai", "hộ tịch", "lái xe", "nhà ở", "thuế", "lao động", "y tế", "rừng", "biển đảo", "thư viện"]


def write_corpus(path: Path, acts: int = 10, articles: int = 10) -> Path:
    with path.open("w", encoding="utf-8") as file:
        for act in range(acts):
            for article in range(1, articles + 1):
                file.write(json.dumps(_article(act, article), ensure_ascii=False) + "\n")
    return path


def _article(act: int, article: int) -> dict[str, object]:
    subject = SUBJECTS[act % len(SUBJECTS)]
    text = f"Quy định về {subject}:\n1. Thời hạn {article * 10} ngày.\n2. Mức thu {act * 1000 + article} đồng."
    about = {"doc_no": f"{act + 1}/2024/NĐ-CP", "doc_type": "Nghị định", "doc_name": f"về {subject}"}
    about |= {"article_title": f"Thời hạn {subject}", "issued": "18/01/2024", "article": str(article)}
    return {"_id": f"{act + 1}-2024-nd-cp.d{article}", "title": "", "text": text, "metadata": about}


def write_suite(folder: Path, acts: int = 10, articles: int = 10) -> Path:
    (folder / "qrels").mkdir(parents=True)
    (folder / "suite.toml").write_text(SUITE, "utf-8")
    queries, qrels = [], ["query-id\tcorpus-id\tscore"]
    for act in range(acts):
        for article in range(1, articles + 1):
            name, subject = f"q{act}-{article}", SUBJECTS[act % len(SUBJECTS)]
            text = f"Thời hạn {article * 10} ngày về {subject} là gì?"
            queries.append(json.dumps({"_id": name, "text": text}, ensure_ascii=False))
            qrels.append(f"{name}\t{act + 1}-2024-nd-cp.d{article}\t1")
    (folder / "queries.jsonl").write_text("\n".join(queries), "utf-8")
    (folder / "qrels" / "dev.tsv").write_text("\n".join(qrels), "utf-8")
    return folder
