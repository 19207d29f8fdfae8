/** Main sleeps. What the virtual machine does meanwhile is its own. */
class Asleep {
	public static void main(String[] args) throws Exception {
		Thread.sleep(Long.MAX_VALUE);
	}
}
