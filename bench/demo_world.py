"""How long `proofmark demo --no-serve` takes, as a whole process, against the start of Python.

Exits with 1 where it takes 30 seconds or more.
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

TARGET_S = 30


def _timed(*command: str) -> float:
    start = perf_counter()
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603  # our own commands
    return perf_counter() - start


def main() -> int:
    proofmark = str(Path(sys.executable).with_name("proofmark"))
    start = _timed(sys.executable, "-c", "pass")
    with TemporaryDirectory() as folder:
        built = _timed(proofmark, "demo", "--no-serve", "--dir", f"{folder}/demo-world")
        count = len(list(Path(folder, "demo-world", "tokens").iterdir()))
        token = str(next(Path(folder, "demo-world", "tokens").iterdir()))
        bundle = f"{folder}/demo-world/bundle"
        command = (proofmark, "verify", token, "--bundle", bundle, "--no-state")
        one = min(_timed_anyhow(*command) for _ in range(5))
    print(f"{'a bare start of Python':38} {start:6.2f} s")
    print(f"{'proofmark verify, one token':38} {one:6.2f} s   (target 0.40)")
    print(f"{f'proofmark demo, {count} certificates':38} {built:6.2f} s   (target {TARGET_S})")
    return 0 if built < TARGET_S and one < 0.4 else 1


def _timed_anyhow(*command: str) -> float:
    """As `_timed`, for a command whose exit code is its answer."""
    start = perf_counter()
    ran = subprocess.run(command, check=False, capture_output=True)  # noqa: S603  # our own
    if ran.returncode not in (0, 1, 3):
        raise RuntimeError(ran.stderr.decode())
    return perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
