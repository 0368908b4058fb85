"""The tool `image_info`: what a picture is, without unpacking it."""

from __future__ import annotations

from typing import Annotated, Any

from llmspell.context import Context
from llmspell.errors import UsageError
from llmspell.tools import Example, tool


@tool(
    category="documents",
    tags=("picture", "photo", "exif", "png", "jpeg", "gif", "webp", "bmp", "tiff"),
    needs=("fs.read",),
    idempotent=True,
    examples=(Example({"path": "photo.jpg"}, "format, size and what the camera added"),),
)
def image_info(path: Annotated[str, {"minLength": 1}], context: Context, gps: bool = False) -> dict[str, Any]:
    """Tells what a picture is: format, width and height in pixels, colour mode, frames, and the camera's EXIF basics.

    Reads PNG, JPEG, GIF, WebP, BMP and TIFF. No pixel is unpacked. `truncated` is true where the file ends too early.

    Args:
        path: the file, relative to the project folder.
        gps: whether the place where it was taken is wanted too, if the camera noted it.
    """
    from llmspell_tool_documents.deadline import Deadline
    from llmspell_tool_documents.pictures import exif, look
    from llmspell_tool_documents.pictures.picture import Head

    content = context.files.read_bytes(path)
    deadline = Deadline(path)
    picture = look(content, path, deadline)
    answer: dict[str, Any] = {
        "format": picture.format,
        "media_type": picture.media_type,
        "width": picture.width,
        "height": picture.height,
        "mode": picture.mode,
        "bits_per_channel": picture.bits,
        "frames": picture.frames,
        "bytes": len(content),
        "truncated": picture.truncated,
        "exif": {},
    }
    if picture.exif:
        try:
            answer["exif"] = exif.read(Head(picture.exif, path, deadline), gps=gps)
        except UsageError as error:  # the picture itself is fine, so its size is worth having
            answer["exif_problem"] = error.message
    return answer
