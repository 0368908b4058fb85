"""The global `Files`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Literal, TypedDict

import attrs

from llmspell.context import Context
from llmspell.errors import UsageError
from llmspell.script.declare import Global, Handle, granted_by, method, shaped
from llmspell.threads import in_thread

if TYPE_CHECKING:
    from llmspell.files.opened import Opened
    from llmspell.run import Run
    from llmspell.script.session import Session

_MOST = 16 << 20  # bytes that one call reads

Mode = Literal["r", "w", "a", "r+", "w+", "a+", "rb", "wb", "ab", "r+b", "w+b", "a+b", "rb+", "wb+", "ab+"]


class FileInfoShape(TypedDict):
    """What stands at a path: its `size` in bytes, and when it was `modified`, in seconds since 1970."""

    kind: Literal["file", "folder", "other"]
    size: int
    modified: float


@attrs.frozen
class ReadOptions:
    """How a file is read whole: as text in UTF-8, or with `binary` as bytes."""

    binary: bool = False


@attrs.frozen
class WriteOptions:
    """How a file is written: with `new`, one that is there already is an error of kind `conflict`."""

    new: bool = False


class FileHandle(Handle):
    """An open file. Iterate over it for its lines, or call its methods; close it after use."""

    def __init__(self, session: Session, opened: Opened, *, binary: bool) -> None:
        self._session = session
        self._opened = opened
        self._binary = binary

    @method
    def read(self, what: int | str = "all") -> Any:
        """What comes next: that many bytes, a `"line"` without its end, or `"all"` that is left; nothing at the end.

        Text is never cut inside a character, so a count may give up to three bytes more. At the end, `"all"` is empty.
        """
        if isinstance(what, str):
            if what not in ("line", "all"):
                raise UsageError(f'File.read: what must be a count, "line" or "all", not {what!r}')
            return self.next() if what == "line" else self._all()
        if not 0 <= what <= _MOST:
            raise UsageError(f"File.read: the count must be from 0 to {_MOST}, not {what}")
        content = self._opened.read(what)
        if not content and what:
            return None
        if not self._binary:
            content = _whole_characters(content, self._opened)
        return self._value(content)

    @method
    def next(self) -> str | None:
        """The next line without its end; nothing at the file's end."""
        line = self._opened.read_line(_MOST)
        if not line:
            return None
        text: str = self._value(line.removesuffix(b"\n"))
        return text

    @method
    def write(self, content: Any) -> None:
        """Write text or bytes where the file stands, or at its end if it was opened with `a`."""
        self._opened.write(_bytes(content, "File.write"))

    @method
    def seek(self, whence: Literal["set", "cur", "end"] = "cur", offset: int = 0) -> int:
        """Move to `offset` bytes from the start, from here or from the end; gives the place, from the start."""
        return self._opened.seek(whence, offset)

    @method
    def close(self) -> None:
        """Close the file."""
        self._opened.close()
        self._session.bridge.forget(self)

    async def released(self) -> None:
        """Close the file."""
        self._opened.close()

    def _all(self) -> Any:
        content = self._opened.read(_MOST + 1)
        if len(content) > _MOST:
            raise UsageError(f"{self._opened.name!r} has more than {_MOST} bytes left", hint="read it in pieces")
        return self._value(content)

    def _value(self, content: bytes) -> Any:
        return content if self._binary else _text(content, self._opened.name)


class Files(Global):
    """Files in the folders that the spell may read and write; present with `--allow-library=io`."""

    # Everything that asks for permission runs in a thread, which can wait for an answer.
    library = "io"

    @method
    async def read(self, path: str, options: ReadOptions | None = None) -> Any:
        """The whole content of a file."""
        files = self._context().files
        return await in_thread(files.read_bytes if options and options.binary else files.read_text, path)

    @method
    async def write(self, path: str, content: Any, options: WriteOptions | None = None) -> None:
        """Make text or bytes the content of a file, all at once; its folder must exist."""
        writing, new = self._context().writing, options is not None and options.new
        await in_thread(lambda: writing.write(path, _bytes(content, "Files.write"), new=new))

    @method
    async def append(self, path: str, content: Any) -> None:
        """Add text or bytes to the end of a file, which is made if there is none."""
        await in_thread(self._context().writing.append, path, _bytes(content, "Files.append"))

    @method
    async def list_(self, path: str = ".") -> list[str]:
        """The names in a folder, sorted."""
        return await in_thread(self._context().files.names, path)

    @method
    @shaped(gives=FileInfoShape | None)
    async def stat(self, path: str) -> Any:
        """What stands at a path; nothing when there is nothing. Links are followed."""
        seen = await in_thread(self._context().files.look, path)
        return None if seen is None else attrs.asdict(seen)

    @method
    async def exists(self, path: str) -> bool:
        """Whether there is something at a path."""
        return await in_thread(self._context().files.look, path) is not None

    @method
    @granted_by("io", "os")
    async def remove(self, path: str) -> None:
        """Remove a file, a link, or an empty folder."""
        await in_thread(self._context().writing.remove, path)

    @method
    @granted_by("io", "os")
    async def rename(self, path: str, to: str) -> None:
        """Give a file another name; a file that has it already is replaced. Folders keep their names."""
        await in_thread(self._context().writing.rename, path, to)

    @method
    async def make_folder(self, path: str) -> None:
        """Make a folder, unless it is there already; the folder above must exist."""
        await in_thread(self._context().writing.make_folder, path)

    @method
    async def open(self, path: str, mode: Mode = "r") -> FileHandle:
        """An open file: `r` to read, `w` to write anew, `a` to append, with `+` for both, with `b` for bytes."""
        opened = await in_thread(self._context().writing.opened, path, mode.replace("b", ""))
        return FileHandle(self.session, opened, binary="b" in mode)

    @method
    def temporary(self) -> FileHandle:
        """A new open file without a name, to write and read bytes; it is gone when it is closed."""
        return FileHandle(self.session, _temporary(self.session.run), binary=True)

    @method
    @granted_by("io", "os")
    async def temporary_name(self) -> str:
        """The name of a new, empty file in the project's folder; remove it after use."""
        name = f"llmspell-{os.urandom(8).hex()}.tmp"
        writing = self._context().writing
        await in_thread(lambda: writing.write(name, b"", new=True))
        return name

    def _context(self) -> Context:
        return Context(self.session.run, self.session.parent)


def _temporary(run: Run) -> Opened:
    """A file that nobody can name, so that no permission speaks of it; its bytes and its handle count."""
    import tempfile

    from llmspell.files.opened import Opened

    run.quota.take("open_files")
    try:
        with tempfile.TemporaryFile() as file:
            return Opened(os.dup(file.fileno()), "w+", run.quota, "a temporary file")
    except BaseException:
        run.quota.give_back("open_files")
        raise


def _bytes(content: Any, what: str) -> bytes:
    """What a script wrote, as the file shall have it."""
    if isinstance(content, bytes):
        return content
    if not isinstance(content, str):
        raise UsageError(f"{what}: content must be text or bytes, not {content!r:.60}")
    try:
        return content.encode()
    except UnicodeEncodeError as error:
        raise UsageError(f"{what}: the text has half a character at {error.start}, which no file can hold") from None


def _text(content: bytes, name: str) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{name!r} is not UTF-8 text: it has byte {content[error.start]:#04x}", hint='open it with the mode "rb"'
        ) from None


def _whole_characters(content: bytes, opened: Opened) -> bytes:
    """The content with the rest of its last character."""
    for length in range(1, 4):
        if len(content) >= length and content[-length] >= 0xC0:
            wanted = 2 if content[-length] < 0xE0 else 3 if content[-length] < 0xF0 else 4
            return content + opened.read(max(0, wanted - length))
    return content
