import java.nio.channels.Selector;

/** 500 times a thread selects, and main wakes it. */
class Wakeup {
	static volatile int woken;

	public static void main(String[] args) throws Exception {
		Selector selector = Selector.open();
		Thread waiter = new Thread(() -> {
			try {
				while (woken < 500) {
					selector.select();
					woken++;
				}
			} catch (java.io.IOException e) {
				System.exit(1);
			}
		}, "waiter");

		waiter.start();
		for (int i = 0; i < 500; i++) {
			Thread.sleep(2);
			selector.wakeup();
			while (woken == i)
				Thread.onSpinWait();
		}
		waiter.join();
		System.out.println("woke " + woken);
	}
}
