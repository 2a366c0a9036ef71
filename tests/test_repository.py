"""What a clone must carry: lock files, container files and set-up commands that keep their promises."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ["requirements.lock", "requirements-dev.lock"]
PIN = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==(\S+)", re.MULTILINE)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def pins(name: str) -> dict[str, str]:
    """Package (normalised) to locked version."""
    return {re.sub(r"[-_.]+", "-", match[1]).lower(): match[2] for match in PIN.finditer(read(name))}


def names(requirements: list[str]) -> set[str]:
    return {re.sub(r"[-_.]+", "-", re.split(r"[\s\[<>=!~;]", one)[0]).lower() for one in requirements}


@pytest.mark.parametrize("lock", LOCKS)
def test_each_pin_has_a_hash_and_the_lock_names_no_address(lock: str) -> None:
    text = read(lock)
    assert not re.search(r"://|--index|--find-links|--extra-index", text)
    blocks = re.split(r"\n(?=\S)", text.strip())
    unpinned = [block for block in blocks if not block.startswith("#") and "--hash=sha256:" not in block]
    assert len(blocks) > 50 and not unpinned


def test_base_lock_is_without_torch_and_covers_the_declared_dependencies() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    base, dev = pins("requirements.lock"), pins("requirements-dev.lock")
    assert not {"torch", "sentence-transformers", "transformers"} & base.keys()
    assert names(project["dependencies"]) <= base.keys()
    assert names(project["dependencies"] + project["optional-dependencies"]["dev"]) <= dev.keys()
    assert base.items() <= dev.items()


def test_each_declared_dependency_has_its_row_with_licence_and_reason() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    declared = names(
        project["dependencies"] + [one for group in project["optional-dependencies"].values() for one in group]
    )
    rows = {
        cells[1].strip().strip("`").lower()
        for line in read("docs/dependencies.md").splitlines()
        if len(cells := line.split("|")) >= 5
    }
    assert declared <= rows, declared - rows


def test_compose_opens_loopback_only_and_keeps_data_in_volumes() -> None:
    compose = yaml.safe_load(read("docker-compose.yml"))
    for service in compose["services"].values():
        assert all(port.startswith("127.0.0.1:") for port in service["ports"])
        assert all(volume.split(":")[0] in compose["volumes"] for volume in service["volumes"])
        assert service["cap_drop"] == ["ALL"] and "no-new-privileges:true" in service["security_opt"]
    assert compose["services"]["cancu"]["read_only"] is True


def test_compose_turns_telemetry_off_and_qdrant_is_a_pinned_profile() -> None:
    services = yaml.safe_load(read("docker-compose.yml"))["services"]
    assert services["cancu"]["environment"]["HAYSTACK_TELEMETRY_ENABLED"] == "False"
    assert services["qdrant"]["environment"]["QDRANT__TELEMETRY_DISABLED"] == "true"
    assert services["qdrant"]["profiles"] == ["qdrant"] and "profiles" not in services["cancu"]
    assert all(re.search(r":v?\d+\.\d+\.\d+$", service["image"]) for service in services.values())


def test_dockerfile_is_pinned_installs_by_hash_and_runs_without_root() -> None:
    text = read("Dockerfile")
    images = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    assert images and all(re.search(r":\d+\.\d+\.\d+-", image) for image in images)
    users = re.findall(r"^USER (\S+)", text, re.MULTILINE)
    assert users and users[-1] not in ("root", "0")
    assert "--require-hashes" in text and "HAYSTACK_TELEMETRY_ENABLED=False" in text
    copied = [path for line in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE) for path in line.split()]
    assert copied and all((ROOT / path).exists() for path in copied)


@pytest.mark.parametrize("target", ["demo", "test", "check", "bench", "lock", "clean"])
def test_make_knows_the_target(target: str) -> None:
    done = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 0, done.stderr


def test_links_of_the_readmes_lead_somewhere() -> None:
    for name in ("README.md", "README.vi.md"):
        for target in re.findall(r"\]\(([^)#:]+)\)", read(name)):
            assert (ROOT / target).exists(), f"{name}: {target}"
