"""Free TCP ports on the loopback address."""

import socket

LOOPBACK = "127.0.0.1"


def free_port(preferred: int = 0) -> int:
    """`preferred` when nothing listens there, else any port the kernel has free.

    The port is not reserved: another process may take it before the caller binds, so whoever starts a server on
    it must be ready to ask again.
    """
    for port in (preferred, 0):
        with socket.socket() as probe:
            # a port that only remembers closed connections (TIME_WAIT) is free for a listener
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError(f"no free port on {LOOPBACK}")
