"""A body that tells whether anybody read it."""

from io import BytesIO


class Unread(BytesIO):
    """A form of half a megabyte."""

    def __init__(self) -> None:
        super().__init__(b"-" * 500_000)
        self.was_read = False

    def read(self, size: int | None = -1, /) -> bytes:
        """Notes that it was read."""
        self.was_read = True
        return super().read(size)
