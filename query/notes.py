"""What a search tells about itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Note:
    """`kind` is for programs to branch on, `message` for people to read."""

    kind: str
    message: str
