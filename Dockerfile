FROM python:3.11.13-slim-bookworm AS build
WORKDIR /build
COPY requirements.lock ./
RUN python -m venv /opt/cancu && /opt/cancu/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY rag rag
COPY ingest ingest
COPY eval eval
COPY api api
RUN /opt/cancu/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11.13-slim-bookworm
# libgomp1: LightGBM; tesseract-ocr-vie: reading scans.
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 tesseract-ocr tesseract-ocr-vie \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin cancu \
    && install -d -o cancu -g cancu /data
COPY --from=build /opt/cancu /opt/cancu
ENV PATH=/opt/cancu/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    CANCU_DATA_DIR=/data \
    HAYSTACK_TELEMETRY_ENABLED=False \
    HF_HUB_OFFLINE=1
USER 10001
VOLUME /data
EXPOSE 8620
HEALTHCHECK --interval=10s --timeout=5s --start-period=15s CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8620/readyz', timeout=4)"]
# Inside the container all addresses; which of them the host opens is for the port mapping to say.
CMD ["cancu", "serve", "--host", "0.0.0.0", "--port", "8620"]
