import java.util.concurrent.locks.LockSupport;

/** 500 times a thread parks, and main unparks it. */
class Unpark {
	static volatile int woken;

	public static void main(String[] args) throws Exception {
		Thread waiter = new Thread(() -> {
			while (woken < 500) {
				LockSupport.park();
				woken++;
			}
		}, "waiter");

		waiter.start();
		for (int i = 0; i < 500; i++) {
			while (waiter.getState() != Thread.State.WAITING)
				Thread.onSpinWait();
			Thread.sleep(1);
			LockSupport.unpark(waiter);
			while (woken == i)
				Thread.onSpinWait();
		}
		waiter.join();
		System.out.println("unparked " + woken);
	}
}
