"""170 threads that wait for 100 ms, again and again."""
import threading

never = threading.Event()
for _ in range(170):
    threading.Thread(target=lambda: [never.wait(0.1) for _ in iter(int, 1)], daemon=True).start()
never.wait()
