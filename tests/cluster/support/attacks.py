# SPDX-License-Identifier: 0BSD
"""Artifact servers and archives that mean harm. What never ends by itself ends with the connection or after LASTS_MAX."""

import contextlib
import gzip
import io
import tarfile
import time
import zlib

LASTS_MAX = 120  # seconds; a test that needs longer is wrong


def tar_header(name, size=0, kind=tarfile.REGTYPE):
    """One 512-byte header; `size` need not be true."""
    info = tarfile.TarInfo(name)
    info.size, info.type = size, kind
    return info.tobuf(tarfile.GNU_FORMAT)


def gzip_bomb(head, inflated_bytes):
    """A gzip stream of `head` and then zeros: a thousandth of what it inflates to. Its checksum, at the very end, is wrong."""
    block = bytes(8 << 20)
    deflate = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    start = deflate.compress(head) + deflate.compress(block) + deflate.flush(zlib.Z_FULL_FLUSH)
    # Behind a full flush a block needs nothing from before it: the same bytes can be repeated.
    zeros = deflate.compress(block) + deflate.flush(zlib.Z_FULL_FLUSH)
    return start + zeros * (inflated_bytes // len(block) - 1) + deflate.flush()


def bomb():
    """2 GiB in an entry that is not even taken."""
    return gzip_bomb(tar_header(".git/zeros", 2 << 30), 2 << 30)


def pax_bomb():
    """A pax header, which a reader has to hold in memory, of 1 GiB."""
    return gzip_bomb(tar_header("pax", 1 << 30, tarfile.XHDTYPE), 1 << 30)


def long_name_bomb():
    """The same with GNU's long names."""
    return gzip_bomb(tar_header("././@LongLink", 1 << 30, tarfile.GNUTYPE_LONGNAME), 1 << 30)


def many_entries(count=60_000):
    """Empty files, deep in folders."""
    return gzip.compress(b"".join(tar_header(f"{'d/' * 30}{i}.yaml") for i in range(count)) + bytes(1024), 1, mtime=0)


def much_content():
    """Each file as large as is allowed, together more."""
    tar_bytes = io.BytesIO()
    with tarfile.open(fileobj=tar_bytes, mode="w") as tar:
        for i in range(5):
            info = tarfile.TarInfo(f"{i}.yaml")
            info.size = 16 << 20
            tar.addfile(info, io.BytesIO(bytes(info.size)))
    return gzip.compress(tar_bytes.getvalue(), 1, mtime=0)


def _drip(handler, head):
    """Sends `head`, then a byte ten times a second."""
    handler.wfile.write(head)
    with contextlib.suppress(OSError):
        for _ in range(LASTS_MAX * 10):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.1)


def drip_header(handler):
    _drip(handler, b"HTTP/1.0 200 OK\r\nX-Long: ")


def drip_body(handler):
    _drip(handler, b"HTTP/1.0 200 OK\r\n\r\n")


def _pour(handler, piece):
    """Sends the same piece again and again, as fast as it is taken."""
    ends_at = time.monotonic() + LASTS_MAX
    with contextlib.suppress(OSError):
        while time.monotonic() < ends_at:
            handler.wfile.write(piece)


def endless_body(handler):
    handler.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n")
    _pour(handler, b"\0" * 65536)


def endless_header(handler):
    handler.wfile.write(b"HTTP/1.0 200 OK\r\n")
    _pour(handler, b"X-More: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n" * 1000)


def redirect_to(location):
    def answer(handler):
        handler.send_response(302)
        handler.send_header("Location", location)
        handler.send_header("Content-Length", "0")
        handler.end_headers()
    return answer
