"""What the system lets one process have."""

from __future__ import annotations

import attrs

from llmspell.errors import UsageError


def _positive(_: object, attribute: attrs.Attribute[int | None], value: int | None) -> None:
    # -1 would be no limit at all.
    if value is not None and (type(value) is not int or not 0 < value < 1 << 62):
        raise UsageError(f"the limit {attribute.name} is no positive whole number: {value!r}")


@attrs.frozen
class Limits:
    """What the system lets one process have; None means what llmspell itself may have.

    Attributes:
        cpu: seconds of processor time; the process is killed after them.
        memory: bytes of address space.
        files: open files.
        file_size: bytes of one file that it writes.
    """

    cpu: int | None = attrs.field(default=None, validator=_positive)
    memory: int | None = attrs.field(default=None, validator=_positive)
    files: int | None = attrs.field(default=None, validator=_positive)
    file_size: int | None = attrs.field(default=None, validator=_positive)

    def amounts(self) -> dict[int, int]:
        """The limits by their number in the system, with one on core dumps, which would hold what the process held.

        They hold for each process by itself, those included that the program starts.
        """
        import resource

        asked = {
            resource.RLIMIT_CPU: self.cpu,
            resource.RLIMIT_AS: self.memory,
            resource.RLIMIT_NOFILE: self.files,
            resource.RLIMIT_FSIZE: self.file_size,
        }
        given = {which: amount for which, amount in asked.items() if amount is not None}
        return {resource.RLIMIT_CORE: 0, **given}
