"""What can go wrong with the demo, beside servers and processes that do not come up."""


class DemoError(Exception):
    """The main job did not come to its end; the message says how far it came and where to look."""
