"""What runs the program and ends it when nobody wants it any more.

A user may not signal root's processes, so this is on root's side of ``sudo``, if any. It gets one
line of JSON; when its standard input ends, so does the program and all of its process group: asked
first, since PYNQ's driver then resets the DMA, then killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading


def end(child: subprocess.Popen[bytes]) -> None:
    """Wait for the end of standard input, then end the program."""
    while os.read(0, 1 << 10):
        pass
    for how, seconds in ((signal.SIGINT, 3), (signal.SIGTERM, 2), (signal.SIGKILL, 2)):
        try:
            os.killpg(child.pid, how)
            child.wait(seconds)
            break
        except subprocess.TimeoutExpired:
            continue
        except ProcessLookupError:
            break


def main() -> None:
    """Run the program and leave with its exit code."""
    task = json.loads(sys.stdin.buffer.readline().decode("utf-8"))
    os.umask(0o022)  # others fetch what it writes
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)  # ignored so far, which a program would inherit
    child = subprocess.Popen(
        task["argv"],
        cwd=task["cwd"],
        env=dict(os.environ, **task["env"]),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    threading.Thread(target=end, args=(child,), daemon=True).start()
    code = child.wait()
    try:
        os.killpg(child.pid, signal.SIGKILL)  # what the program has started and left
    except ProcessLookupError:
        pass
    os._exit(code if code >= 0 else 128 - code)


if __name__ == "__main__":
    main()
