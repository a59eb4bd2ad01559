"""Make a client that only knows a fixed https host talk to a server here: its certificate and a proxy do it."""

from __future__ import annotations

import datetime
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Certificate:
    """Files of a certificate, its key, and the authority that vouches for it."""

    chain: Path
    key: Path
    authority: Path


def certificate(folder: Path, host: str) -> Certificate:
    """Make a throw-away authority and a certificate of it for one host."""
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = _signed("throw-away authority", authority_key, None, authority_key)
    server = _signed(host, key, authority, authority_key)
    made = Certificate(folder / "server.pem", folder / "server.key", folder / "authority.pem")
    made.chain.write_bytes(server.public_bytes(serialization.Encoding.PEM))
    made.authority.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    made.key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return made


def _signed(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    by: x509.Certificate | None,
    with_key: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    usage = x509.KeyUsage(by is not None, False, False, False, False, by is None, by is None, False, False)
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    signer = x509.AuthorityKeyIdentifier.from_issuer_public_key(with_key.public_key())
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(now + _DAY)
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name.replace(" ", "-"))]), critical=False)
        .add_extension(usage, critical=True)
        .add_extension(own, critical=False)
        .add_extension(signer, critical=False)
    )
    return builder.sign(with_key, hashes.SHA256())


@contextmanager
def proxy(to_port: int) -> Iterator[str]:
    """Run a CONNECT proxy that leads every tunnel to one port here; give its address."""
    listening = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        with suppress(OSError):  # closed at the end
            while True:
                client, _ = listening.accept()
                threading.Thread(target=_tunnel, args=(client, to_port), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    listening.close()


def _tunnel(client: socket.socket, to_port: int) -> None:
    with suppress(OSError), client, socket.create_connection(("127.0.0.1", to_port)) as server:
        asked = b""
        while b"\r\n\r\n" not in asked:
            piece = client.recv(4_096)
            if not piece:
                return
            asked += piece
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        back = threading.Thread(target=_pour, args=(server, client), daemon=True)
        back.start()
        _pour(client, server)
        back.join()


def _pour(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65_536):
            target.sendall(piece)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
