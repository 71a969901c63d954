"""A batch on a real Dask cluster of two workers on this machine, one of which is killed in the middle."""

import time

import psutil
import pytest

from pcgstudio.batch import report, run
from pcgstudio.batch.executors import dask
from pcgstudio.batch.folder import Folder
from pcgstudio.errors import InputError

from .batches import content, here, order_of, written
from .command import Command


@pytest.fixture
def cluster(loopback):
    distributed = pytest.importorskip("distributed", reason="Dask is an extra: pip install 'pcgstudio[dask]'")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1", processes=True
    ) as made:
        yield made


def test_a_cluster_that_loses_a_worker_makes_the_same_batch(tmp_path, cluster, monkeypatch):
    monkeypatch.setattr(run, "TELL_EVERY_S", 0)
    spec = written(tmp_path, seeds="1..6", resolution=64)
    victims = [w.pid for w in cluster.workers.values()]
    killed = []

    def kill_one(state):
        if state.made >= 1 and not killed:
            killed.append(victims[0])
            psutil.Process(victims[0]).kill()

    out = tmp_path / "dask"
    result = run.run(order_of(spec), out, dask(cluster.scheduler_address), kill_one)
    told = report.write(Folder(out), result)
    assert killed, "it was over before a worker could be killed"
    assert told["accepted"] == 6
    _, plain = here(spec, tmp_path / "plain")
    assert told["result_hash"] == plain["result_hash"]
    assert content(out) == content(tmp_path / "plain")


def test_no_cluster_is_a_sentence(loopback, tmp_path, monkeypatch, capsys):
    pytest.importorskip("distributed", reason="Dask is an extra: pip install 'pcgstudio[dask]'")
    monkeypatch.setattr("pcgstudio.batch.executors.PATIENCE_S", 0.5)
    started = time.monotonic()
    with pytest.raises(InputError, match=r"no Dask cluster with workers answers at .tcp://127\.0\.0\.1:9."):
        dask("tcp://127.0.0.1:9")
    assert time.monotonic() - started < 20
    with pytest.raises(InputError, match="answers at 'nowhere'"):
        dask("nowhere")


def test_without_dask_the_command_names_the_extra(tmp_path, monkeypatch, capsys):
    real = __import__("importlib").import_module

    def without(name, *more):
        if name.startswith("distributed"):
            raise ImportError(name)
        return real(name, *more)

    monkeypatch.setattr("pcgstudio.batch.executors.import_module", without)
    command = Command(monkeypatch, capsys, tmp_path)
    written(tmp_path)
    code, _, err = command("batch", "spec.yaml", "-o", "made", "--scheduler", "tcp://127.0.0.1:9")
    assert code == 2
    assert "pip install 'pcgstudio[dask]'" in err
    assert not (tmp_path / "made").exists()
