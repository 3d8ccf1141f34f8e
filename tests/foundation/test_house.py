"""The house's rules that no linter knows."""

import ast
from pathlib import Path

import pytest

from app.jobs import QUEUE_OF, Job

ROOT = Path(__file__).parents[2]
REGISTERS = ("Company", "User")
"""The tables of tenants and people themselves, whose rows belong to no company."""
SOURCES = sorted([*(ROOT / "app").rglob("*.py"), *(ROOT / "workers").rglob("*.py")])


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_rows_are_fetched_by_key_through_tenancy_only(path: Path) -> None:
    if path == ROOT / "app" / "tenancy.py":
        return
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    by_key = [call for call in calls if ast.unparse(call.func) in ("db.session.get", "db.session.get_one")]
    assert [ast.unparse(call) for call in by_key if ast.unparse(call.args[0]) not in REGISTERS] == []


@pytest.mark.parametrize("job", Job)
def test_every_job_has_a_function_and_a_queue_with_a_worker(job: Job) -> None:
    module, _, function = job.value.rpartition(".")
    source = ROOT / f"{module.replace('.', '/')}.py"
    defined = {node.name for node in ast.parse(source.read_text()).body if isinstance(node, ast.FunctionDef)}
    assert function in defined
    assert f"python -m workers.runtime {QUEUE_OF[job]}" in (ROOT / "Procfile").read_text()
