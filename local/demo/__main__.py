"""`python -m local.demo --rows 200 [--once]`: what `make demo` runs.

With `--once` it ends with the job: status 0 only if every row x delivery method has come to its end and all adds up,
and the counts and seconds as one JSON object in the last line. Otherwise it serves until Ctrl-C or SIGTERM.
"""

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from local.demo.company import EMAIL
from local.demo.errors import DemoError
from local.demo.main_job import MainJob
from local.demo.reckoning import Reckoning
from local.demo.screen import Screen
from local.demo.serving import Served, api_key_file, serving
from local.errors import ServerUnavailableError, StackFailedError
from local.servers import VAR, demo_servers, running_servers
from local.supervisor import orderly_exit

DATABASE = "carillon"


def main(arguments: Sequence[str]) -> int:
    """The exit status."""
    options = _options(arguments)
    screen = Screen()
    # a shell that starts it in the background would have it ignore Ctrl-C
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with orderly_exit():
            found = _demo(options, screen)
    except (DemoError, ServerUnavailableError, StackFailedError) as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 128 + signal.SIGINT
    if found is None:
        return 0
    print(json.dumps(found.as_json() | {"seconds": screen.seconds}), flush=True)
    return 0 if found.complete else 1


def _demo(options: argparse.Namespace, screen: Screen) -> Reckoning | None:
    """The reckoning when the demo was to end with the job; None when it served until it was told to stop."""
    began = time.monotonic()
    directory: Path = options.directory.resolve()
    with ExitStack() as running:
        with screen.stage("start", "Starting") as stage:
            addresses = running.enter_context(running_servers(demo_servers(directory), DATABASE))
            served = running.enter_context(serving(addresses, directory))
            stage.show(f"all processes are up, their logs are in {directory / 'log'}", 1, 1)
        screen.say(_addresses(served, directory))
        job = MainJob(served.program, served.carrier, screen)
        found = job.run(directory, options.rows, served.all_applied, float(os.environ["CARRIER_SPEED"]))
        screen.seconds["total"] = round(time.monotonic() - began, 3)
        screen.show(found)
        if options.once:
            return found
        screen.say(f"{_addresses(served, directory)}\nCtrl-C stops everything.")
        with suppress(KeyboardInterrupt):
            while True:
                signal.pause()
        screen.say("Stopping ...")
    return None


def _addresses(served: Served, directory: Path) -> str:
    return (
        f"Portal:             {served.settings.public_base_url}\n"
        f"Sign in as:         {EMAIL}, password {served.company.password}\n"
        f"API key:            in {api_key_file(directory)}\n"
        f"Phones, mailboxes:  {served.carrier.address}"
    )


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.demo", description=__doc__)
    parser.add_argument("--rows", type=int, default=200, help="rows of the sample list")
    parser.add_argument("--once", action="store_true", help="end when the job is done")
    parser.add_argument("--directory", type=Path, default=VAR, help="where servers, logs and files live")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
