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
        self._answer_seconds = Histogram(
            "cancu_answer_seconds", "Seconds to a whole answer.", registry=self.registry, buckets=_BUCKETS_S
        )
        self._search_seconds = Histogram(
            "cancu_search_seconds", "Seconds of a search.", registry=self.registry, buckets=_BUCKETS_S
        )
        self._origins = Counter(
            "cancu_answer_origins", "Answers by who worded them.", ["origin"], registry=self.registry
        )
        self._shed = Counter(
            "cancu_shed", "Requests refused because too many were under way.", registry=self.registry
        )
        self._running = Gauge("cancu_in_flight", "Requests under way.", registry=self.registry)
        self._oldest = Gauge(
            "cancu_oldest_job_seconds",
            "How long the oldest file waits: the lag of the index.",
            registry=self.registry,
        )
        self._documents = Gauge("cancu_documents", "Documents that can be searched.", registry=self.registry)
        self._jobs = Gauge("cancu_jobs_waiting", "Files queued or being read.", registry=self.registry)

    def observe(self, route: str, status: int, seconds: float) -> None:
        self._requests.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def count_answer(self, outcome: str, origin: str, seconds: float) -> None:
        """``outcome``: "answered" or the refusal's reason code; ``origin``: who worded it."""
        self._answers.labels(outcome).inc()
        self._origins.labels(origin).inc()
        self._answer_seconds.observe(seconds)

    def count_search(self, seconds: float) -> None:
        self._search_seconds.observe(seconds)

    def count_shed(self) -> None:
        self._shed.inc()

    def exposition(self, documents: int, jobs_waiting: int, oldest_job_s: float, in_flight: int) -> bytes:
        self._documents.set(documents)
        self._jobs.set(jobs_waiting)
        self._oldest.set(oldest_job_s)
        self._running.set(in_flight)
        return generate_latest(self.registry)
