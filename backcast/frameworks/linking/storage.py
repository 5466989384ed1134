"""An index as one file: arrays and texts in an uncompressed zip, nothing in it that could run."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from backcast.frameworks.linking.items import LinkingError

_FORMAT = "backcast-linking"
_VERSION = 1
_PARTING = "\x1f"


def texts(values: Sequence[str]) -> bytes:
    """Texts as one block, to be split again by ``split``."""
    return _PARTING.join(value.replace(_PARTING, " ") for value in values).encode(
        "utf-8", "surrogatepass"
    )


def split(block: np.ndarray[Any, Any], count: int) -> list[str]:
    """The texts of a block."""
    if count == 0:
        return []
    found = block.tobytes().decode("utf-8", "surrogatepass").split(_PARTING)
    if len(found) != count:
        raise ValueError(f"{len(found)} texts where {count} should be")
    return found


def write(path: Path, about: Mapping[str, Any], arrays: Mapping[str, Any]) -> None:
    """Write beside the file first, then take its place, so that no half index is ever read."""
    told = json.dumps({"format": _FORMAT, "version": _VERSION, **about}).encode()
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as file:
            np.savez(file, about=np.frombuffer(told, np.uint8), **arrays)
        beside.replace(path)
    except OSError as error:
        raise LinkingError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        beside.unlink(missing_ok=True)


def read(path: Path) -> tuple[dict[str, Any], Mapping[str, Any]]:
    """What the file says about itself, and its arrays."""
    if path.is_dir():
        raise LinkingError(f"{path} is a folder; an index is a file that `backcast index` wrote.")
    if not path.exists():
        raise LinkingError(f"There is no index {path}. Write one with `backcast index`.")
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        about = json.loads(arrays.pop("about").tobytes())
        if about.get("format") != _FORMAT:
            raise ValueError("another kind of file")
    except (ValueError, KeyError, EOFError, zipfile.BadZipFile, AttributeError, TypeError) as error:
        raise LinkingError(
            f"{path} is not an index, or it is damaged. Write it again with `backcast index`."
        ) from error
    if about["version"] != _VERSION:
        raise LinkingError(
            f"{path} was written by another version of Backcast (format {about['version']}, this "
            f"one reads {_VERSION}). Write it again with `backcast index`."
        )
    return about, arrays
