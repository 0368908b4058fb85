"""The global `Artifact`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

import attrs

from llmspell.context import Context
from llmspell.errors import UsageError
from llmspell.script.declare import Global, method, shaped
from llmspell.threads import in_thread

if TYPE_CHECKING:
    from llmspell.artifacts import ArtifactInfo, Artifacts


class ArtifactInfoShape(TypedDict):
    """What is known of a version of an artifact: its media `type`, its `size` in bytes, where it comes from.

    `text` says whether it was put as text; `digest` is the SHA-256 of its content; `created` is ISO 8601, in UTC.
    """

    name: str
    version: int
    digest: str
    type: str
    size: int
    text: bool
    created: str
    metadata: dict[str, Any]
    run: str
    session: NotRequired[str]
    user: str


class ArtifactShape(ArtifactInfoShape):
    """A version of an artifact with its content: text if it was put as text, else bytes."""

    content: Any


@attrs.frozen
class ArtifactPutOptions:
    """What an artifact is: its media `type`, plain text or plain bytes unless given, and `metadata` of yours."""

    type: str = ""
    metadata: Mapping[str, Any] = attrs.field(factory=dict)


@attrs.frozen
class ArtifactVersionOptions:
    """Which version is meant; the last one unless given."""

    version: int | None = None


@attrs.frozen
class ArtifactDeleteOptions:
    """Which version is deleted; all of them unless given."""

    version: int | None = None


@attrs.frozen
class ArtifactExportOptions:
    """Which version is written, and whether there must be no such file yet (`new`)."""

    version: int | None = None
    new: bool = False


class Artifact(Global):
    """What spells make and keep: text and bytes by name, each version of it, for all runs of the project.

    What is put while the run belongs to a session belongs to that session too (`session:artifacts`).
    """

    @property
    def _artifacts(self) -> Artifacts:
        from llmspell.artifacts import Artifacts

        return Artifacts.of(self.session.run)

    @method
    @shaped(gives=ArtifactInfoShape)
    async def put(self, name: str, content: Any, options: ArtifactPutOptions | None = None) -> Any:
        """Make text or bytes the next version of a name; gives what is known of it, its `version` among that."""
        from llmspell.artifacts import Origin
        from llmspell.artifacts.shown import info_dict

        if not isinstance(content, str | bytes):
            raise UsageError(
                f"Artifact.put: content must be text or bytes, not {content!r:.60}",
                hint="of a table, put Json.encode(value) with the type application/json",
            )
        options = options or ArtifactPutOptions()
        run = self.session.run
        session = self.session.parent.session or run.session
        info = await self._artifacts.put(
            name, content, type=options.type, metadata=options.metadata, origin=Origin(run.id, session, run.user)
        )
        if session:
            await self._attach(session, info)
        data = {"name": name, "version": info.version, "type": info.type, "size": info.size}
        run.log.append("artifact.put", self.session.parent.path, data)
        return info_dict(info)

    async def _attach(self, session: str, info: ArtifactInfo) -> None:
        from llmspell.sessions import ArtifactRef, Sessions

        ref = ArtifactRef(info.name, info.version, info.digest, info.type, info.size)
        await Sessions.of(self.session.run).attach(session, ref)

    @method
    @shaped(gives=ArtifactShape)
    async def get(self, name: str, options: ArtifactVersionOptions | None = None) -> Any:
        """An artifact: its `content`, and what is known of it."""
        from llmspell.artifacts.shown import info_dict

        info, content = await self._artifacts.get(name, options.version if options else None)
        return {**info_dict(info), "content": content.decode() if info.text else content}

    @method
    @shaped(gives=list[ArtifactInfoShape])
    async def versions(self, name: str) -> Any:
        """What is known of all versions of a name, the first one first."""
        from llmspell.artifacts.shown import info_dict

        return [info_dict(info) for info in await self._artifacts.versions(name)]

    @method
    @shaped(gives=list[ArtifactInfoShape])
    async def list_(self, prefix: str = "") -> Any:
        """What is known of the last version of each name that starts with a prefix, sorted by name."""
        from llmspell.artifacts.shown import info_dict

        return [info_dict(info) for info in await self._artifacts.list(prefix)]

    @method
    async def delete(self, name: str, options: ArtifactDeleteOptions | None = None) -> int:
        """Delete a version, or all of them; gives how many. Their numbers are not given again."""
        return await self._artifacts.delete(name, options.version if options else None)

    @method
    @shaped(gives=ArtifactInfoShape)
    async def export(self, name: str, path: str, options: ArtifactExportOptions | None = None) -> Any:
        """Write an artifact to a file that the spell may write; gives what is known of it."""
        from llmspell.artifacts.shown import info_dict

        options = options or ArtifactExportOptions()
        writing, new = Context(self.session.run, self.session.parent).writing, options.new
        info, content = await self._artifacts.get(name, options.version)
        await in_thread(lambda: writing.write(path, content, new=new))
        return info_dict(info)
