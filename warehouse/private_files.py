"""Files about people or secrets: for their owner alone, from the moment they are there."""

import os
from pathlib import Path
from typing import TextIO


def open_private(path: Path, *, is_added_to: bool = False) -> TextIO:
    r"""Open a text file for writing, in UTF-8, that its owner alone may read.

    Args:
        path: of the file.
        is_added_to: write at the end of what may be there; else there must be no such file.

    Returns:
        The file; what is written stays as it is, also a `\n` on Windows.

    Raises:
        FileExistsError: the file is there already.
        OSError: it cannot be written.
    """
    flags = os.O_WRONLY | os.O_CREAT | (os.O_APPEND if is_added_to else os.O_EXCL)
    return os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8", newline="")
