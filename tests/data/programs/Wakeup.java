import java.io.IOException;
import java.nio.channels.Selector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.List;
import java.util.stream.Collectors;

/** 500 times a thread selects, and main wakes it once it is asleep. */
class Wakeup {
	static volatile int woken;

	/** epoll_wait and epoll_pwait on x86-64, epoll_pwait on arm64. */
	static final List<String> SELECTS = List.of("232", "281", "22");

	/** A wait in native code is RUNNABLE for Java, so the kernel is asked where the thread is. */
	static Path callOf(String name) throws IOException {
		List<Path> tasks = Files.list(Paths.get("/proc/self/task")).collect(Collectors.toList());

		for (Path task : tasks) {
			if (Files.readString(task.resolve("comm")).trim().equals(name))
				return task.resolve("syscall");
		}
		return null;
	}

	static boolean isAsleep(Path call) throws IOException {
		return SELECTS.contains(Files.readString(call).split(" ")[0]);
	}

	public static void main(String[] args) throws Exception {
		Selector selector = Selector.open();
		Path call = null;
		Thread waiter = new Thread(() -> {
			try {
				while (woken < 500) {
					selector.select();
					woken++;
				}
			} catch (IOException e) {
				System.exit(1);
			}
		}, "waiter");

		waiter.start();
		while (call == null)
			call = callOf("waiter");
		for (int i = 0; i < 500; i++) {
			while (!isAsleep(call))
				Thread.onSpinWait();
			Thread.sleep(1);
			selector.wakeup();
			while (woken == i)
				Thread.onSpinWait();
		}
		waiter.join();
		System.out.println("woke " + woken);
	}
}
