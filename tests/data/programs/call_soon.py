"""400 times a thread gives an asyncio loop something to call, and waits until it was called."""
import asyncio
import threading
import time

loop = asyncio.new_event_loop()
threading.Thread(target=loop.run_forever).start()
called = threading.Event()
for _ in range(400):
    time.sleep(0.001)
    loop.call_soon_threadsafe(called.set)
    called.wait()
    called.clear()
loop.call_soon_threadsafe(loop.stop)
print("called 400")
