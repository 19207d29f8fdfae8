"""A queue that nobody fills is asked twenty times a second."""
import queue

nothing = queue.Queue()
while True:
    try:
        nothing.get(timeout=0.05)
    except queue.Empty:
        pass
