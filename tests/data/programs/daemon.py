"""A daemon: two forks, a session of its own, no descriptors. It leaves what it did in a file."""
import os
import sys
import time

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.closerange(0, 1024)
        for _ in range(20):
            time.sleep(0.005)
        with open(sys.argv[1], "w") as file:
            file.write("done\n")
    os._exit(0)
os.wait()
