"""The Python of a board whose disk is full after ``ROOM`` bytes: what open files get beyond that is
refused as Linux does."""

import errno
import os
import stat
import sys

ROOM = 100_000
real_write = os.write
written = 0


def write(file, data):
    global written
    if stat.S_ISREG(os.fstat(file).st_mode):
        written += len(data)
        if written > ROOM:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return real_write(file, data)


os.write = write
exec(sys.argv[1])
