"""Run the benches: ``make bench`` for all, ``make bench BENCH=planning`` for one.

A bench is a module ``bench/NAME.py``, a folder ``bench/NAME`` with a ``__main__.py``, or a folder
whose modules are benches each. More arguments go to the bench: ``python -m bench planning --seeds 1``.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def benches() -> dict[str, list[str]]:
    """Name → the modules that it runs."""
    found: dict[str, list[str]] = {}
    for path in sorted(HERE.iterdir()):
        if path.suffix == ".py" and not path.stem.startswith("_"):
            found[path.stem] = [f"bench.{path.stem}"]
        elif (path / "__main__.py").exists():
            found[path.name] = [f"bench.{path.name}"]
        elif path.is_dir():
            modules = [
                f"bench.{path.name}.{inner.stem}"
                for inner in sorted(path.glob("*.py"))
                if not inner.stem.startswith("_")
            ]
            if modules:
                found[path.name] = modules
    return found


def main(arguments: list[str]) -> int:
    known = benches()
    if arguments and arguments[0] not in known:
        print(f"There is no bench {arguments[0]}. There are: {', '.join(known)}.", file=sys.stderr)
        return 2
    chosen = arguments[:1] or list(known)
    worst = 0
    for name in chosen:
        for module in known[name]:
            print(f"== {module}", flush=True)
            done = subprocess.run([sys.executable, "-m", module, *arguments[1:]], cwd=HERE.parent)
            worst = max(worst, done.returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
