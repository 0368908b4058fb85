"""What tools work on: a folder with a file of every kind, a web server, and a mail server, all of them small and real."""

from __future__ import annotations

import asyncio
import io
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import attrs
from aiohttp import web

_PAGE = """<!doctype html><html lang="en"><head><title>Tides</title><meta name="description" content="About the sea">
<link rel="alternate" type="application/rss+xml" href="/feed.xml"></head><body><main><h1>Tides</h1>
<p>The sea rises and falls twice a day, for the moon pulls at it.</p></main></body></html>"""
_FEED = """<rss version="2.0"><channel><title>News</title><link>http://example.com/</link><description>d</description>
<item><title>One</title><link>http://example.com/1</link><guid>1</guid></item></channel></rss>"""
_SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>http://example.com/a</loc></url></urlset>"""
_RESULTS = {"results": [{"title": "Tides", "url": "http://example.com/tides", "content": "About the sea"}]}
_DOCUMENT = """<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:body><w:p><w:r><w:t>Hello from Word</w:t></w:r></w:p></w:body></w:document>"""
_TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/word/document.xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""
_RELATIONS = """<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
 Target="word/document.xml"/></Relationships>"""


def fill(folder: Path) -> None:
    """Put a file of every kind into a folder."""
    (folder / "docs").mkdir()
    (folder / "inbox").mkdir()
    (folder / "docs" / "guide.md").write_text("# Guide\n\nTODO: write it\n")
    (folder / "README.md").write_text("# Read me\n")
    (folder / "other.md").write_text("# Read it\n")
    (folder / "draft.md").write_text("draft\n")
    (folder / "rubbish.txt").write_text("away with it\n")
    (folder / "old.txt").write_bytes("caf\N{LATIN SMALL LETTER E WITH ACUTE}\n".encode("cp1252"))
    (folder / "photo.png").write_bytes(_png())
    (folder / "paper.pdf").write_bytes(_pdf("Hello from a page"))
    (folder / "report.docx").write_bytes(_zip(_OFFICE))
    (folder / "release.zip").write_bytes(_zip({"a.txt": "one", "b/c.txt": "two"}))
    database = sqlite3.connect(folder / "people.db")
    with database:
        database.execute("CREATE TABLE people (name TEXT, age INTEGER)")
        database.execute("INSERT INTO people VALUES ('Ada', 36), ('Bo', 12)")
    database.close()


_OFFICE = {"[Content_Types].xml": _TYPES, "_rels/.rels": _RELATIONS, "word/document.xml": _DOCUMENT}


def _zip(files: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return packed.getvalue()


def _png() -> bytes:
    """One grey pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\x7f")) + chunk(b"IEND", b"")


def _pdf(text: str) -> bytes:
    """A document of one page with one line."""
    content = f"BT /F1 24 Tf 72 720 Td ({text}) Tj ET".encode()
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    made, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(made)
    made += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return made + b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start


@attrs.frozen
class Outside:
    """The servers: where the web is, the port that takes mail, and what came in.

    Attributes:
        url: of the web server, without a slash at the end.
        mail_port: of the mail server, which speaks in the clear.
        mails: the messages that were sent.
        hooks: the bodies that were posted to `/hook`.
    """

    url: str
    mail_port: int
    mails: list[bytes]
    hooks: list[bytes]


@asynccontextmanager
async def outside() -> AsyncIterator[Outside]:
    """The servers, until the block ends."""
    mails: list[bytes] = []
    hooks: list[bytes] = []
    runner = web.AppRunner(_web(hooks), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    mail = await asyncio.start_server(lambda reader, writer: _take_mail(reader, writer, mails), "127.0.0.1", 0)
    try:
        port = runner.addresses[0][1]
        yield Outside(f"http://127.0.0.1:{port}", mail.sockets[0].getsockname()[1], mails, hooks)
    finally:
        mail.close()
        await mail.wait_closed()
        await runner.cleanup()


def _web(hooks: list[bytes]) -> web.Application:
    def page(text: str, kind: str) -> web.Response:
        return web.Response(text=text, content_type=kind)

    async def hook(request: web.Request) -> web.Response:
        hooks.append(await request.read())
        return web.json_response({"taken": True})

    async def constant(request: web.Request) -> web.Response:
        return answers[request.path]()

    answers = {
        "/": lambda: page(_PAGE, "text/html"),
        "/items": lambda: web.json_response({"items": [1, 2]}),
        "/data.csv": lambda: page("a,b\n1,2\n", "text/csv"),
        "/feed.xml": lambda: page(_FEED, "application/rss+xml"),
        "/sitemap.xml": lambda: page(_SITEMAP, "application/xml"),
        "/search": lambda: web.json_response(_RESULTS),
    }
    app = web.Application()
    app.add_routes([web.get(path, constant) for path in answers])
    app.add_routes([web.post("/hook", hook)])
    return app


async def _take_mail(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, mails: list[bytes]) -> None:
    """One conversation of SMTP (RFC 5321), as far as a friendly client goes."""
    writer.write(b"220 mail.test ESMTP\r\n")
    async with asyncio.timeout(30):
        while line := await reader.readline():
            verb = line.split(maxsplit=1)[0].upper() if line.strip() else b""
            if verb == b"DATA":
                writer.write(b"354 go on\r\n")
                mails.append(await reader.readuntil(b"\r\n.\r\n"))
                writer.write(b"250 taken\r\n")
            elif verb == b"QUIT":
                writer.write(b"221 bye\r\n")
                break
            else:
                writer.write(b"250 mail.test\r\n")
    await writer.drain()
    writer.close()
