"""What /metrics shows, in Prometheus text form. One registry per application, so that tests start from nothing."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

# Seconds; the targets are 8 ms (search) and 40 ms (answers).
_BUCKETS_S = (0.002, 0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """Counts of this process since its start."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "cancu_http_requests", "Requests answered.", ["route", "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "cancu_http_seconds",
            "Seconds to the end of a reply.",
            ["route"],
            registry=self.registry,
            buckets=_BUCKETS_S,
        )
        self._answers = Counter("cancu_answers", "Answers by how they ended.", ["outcome"], registry=self.registry)
        self._documents = Gauge("cancu_documents", "Documents that can be searched.", registry=self.registry)
        self._jobs = Gauge("cancu_jobs_waiting", "Files queued or being read.", registry=self.registry)

    def observe(self, route: str, status: int, seconds: float) -> None:
        self._requests.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def count_answer(self, outcome: str) -> None:
        """``outcome``: "answered" or the refusal's reason code."""
        self._answers.labels(outcome).inc()

    def exposition(self, documents: int, jobs_waiting: int) -> bytes:
        self._documents.set(documents)
        self._jobs.set(jobs_waiting)
        return generate_latest(self.registry)
