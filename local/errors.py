"""What goes wrong while a machine is being prepared."""


class ServerUnavailableError(Exception):
    """A local server is missing or did not start; the message says why and what to do about it."""


class StackFailedError(Exception):
    """A process of the application did not come up; the message ends with its log."""


class AssetsMissingError(Exception):
    """The browser's script could not be had from npm."""


class BrowserMissingError(Exception):
    """There is no Chromium and none could be installed; the message says what to install."""
