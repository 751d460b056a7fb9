"""Who holds the store is told, and a dead process holds nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tillid.ports.errors import StoreHeld
from tillid.stores.lock import StoreLock

HOLD = (
    "import sys; from tillid.stores.lock import StoreLock; from pathlib import Path\n"
    "lock = StoreLock(Path(sys.argv[1]), 'run of ole'); print('held', flush=True); sys.stdin.read()"
)


def test_the_second_is_told_who_has_it(tmp_path: Path) -> None:
    first = StoreLock(tmp_path / ".tillid" / "store.lock", "run of åse")
    with pytest.raises(StoreHeld) as caught:
        StoreLock(tmp_path / ".tillid" / "store.lock", "sql of eva")
    assert f"held by run of åse (process {os.getpid()}) since 20" in str(caught.value)
    first.release()
    first.release()
    StoreLock(tmp_path / ".tillid" / "store.lock", "sql of eva").release()


def test_a_killed_process_lets_go(tmp_path: Path) -> None:
    path = tmp_path / "store.lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, stdin=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        with pytest.raises(StoreHeld, match=rf"process {child.pid}\)"):
            StoreLock(path, "sql of eva")
        child.kill()
    StoreLock(path, "sql of eva").release()


def test_a_holder_that_has_not_written_its_name_yet(tmp_path: Path) -> None:
    path = tmp_path / "store.lock"
    first = StoreLock(path, "run of ole")
    path.write_text("{")
    with pytest.raises(StoreHeld, match="another process"):
        StoreLock(path, "sql of eva")
    first.release()
