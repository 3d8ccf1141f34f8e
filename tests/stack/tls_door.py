"""A door before a server that speaks no TLS: real TLS, with a certificate that it signed itself, as Heroku's Redis."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HOST = "127.0.0.1"


def self_signed(directory: Path) -> tuple[Path, Path]:
    """The files of a certificate for this machine and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = directory / "certificate.pem", directory / "key.pem"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


class _Door(threading.Thread):
    """A loop in a thread of its own: the test's may have one that is running, which is Playwright's."""

    def __init__(self, port_behind: int, context: ssl.SSLContext) -> None:
        super().__init__()
        self.opened: Future[int] = Future()
        self._port_behind = port_behind
        self._context = context

    def run(self) -> None:
        asyncio.run(self._serve())

    def shut(self) -> None:
        self._loop.call_soon_threadsafe(self._told.set)
        self.join()

    async def _serve(self) -> None:
        self._loop, self._told = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._visit, HOST, 0, ssl=self._context)
        self.opened.set_result(int(server.sockets[0].getsockname()[1]))
        await self._told.wait()
        server.close()

    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard, said = await asyncio.open_connection(HOST, self._port_behind)
        try:
            await asyncio.gather(_pass_on(reader, said), _pass_on(heard, writer))
        finally:
            said.transport.abort()
            writer.transport.abort()


@contextmanager
def tls_door(port_behind: int, certificate: Path, key: Path) -> Iterator[int]:
    """Passes on what comes in by TLS to a port of this machine; the port of the door, open for the block."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    door = _Door(port_behind, context)
    door.start()
    try:
        yield door.opened.result(timeout=10)
    finally:
        door.shut()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    writer.close()
