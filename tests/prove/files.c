/*
 * files.c: what a worker calls for each operation, exactly; and a call that is interrupted is made
 * again, but for close(2). The calls are those of fake/unistd.h.
 */
#include <errno.h>
#include <unistd.h>

#include "tests/prove/prove.h"

static struct {
	const void *buf; /* where the bytes should go, or come from */
	int64_t result;	 /* of the calls, or a negative errno */
	int interrupts;	 /* so many calls are interrupted first */
	int calls;
} file;

static char bytes[4];
static struct stat status;
static const char path[] = "path";

int64_t prove_file_call(const char *call, int fd, const void *buf, int64_t len, int64_t offset)
{
	prove_note("%s(%d,%lld,%lld) ", call, fd, (long long)len, (long long)offset);
	lab_check("buf", buf == file.buf, "%s has another buffer, or path", call);
	lab_check("ends", ++file.calls < 20, "%s is called again and again", call);
	errno = EINTR; /* of an earlier call; one that succeeds leaves it */
	if (file.calls >= 20)
		return 0;
	if (file.interrupts > 0) {
		file.interrupts--;
		return -1;
	}
	if (file.result >= 0)
		return file.result;
	errno = -(int)file.result;
	return -1;
}

/* It ends with this result after these calls, of which some are interrupted. */
static void performs(struct wg_op *op, const void *buf, int64_t result, int interrupts,
	int64_t wanted, const char *calls)
{
	int64_t found;

	file.buf = buf;
	file.result = result;
	file.interrupts = interrupts;
	file.calls = 0;
	prove.events[0] = '\0';
	found = wg__op_perform(op);
	lab_check("result", found == wanted, "the result is %d, not %d", (int)found, (int)wanted);
	happened(calls);
}

/* As many bytes, none, an error, and each after two signals. */
static void transfers(struct wg_op *op, const char *once, const char *thrice)
{
	static const int64_t results[] = { 3, 0, -EAGAIN, -EIO };
	size_t i;

	for (i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
		performs(op, bytes, results[i], 0, results[i], once);
		performs(op, bytes, results[i], 2, results[i], thrice);
	}
}

static int64_t work_result; /* any number is its own affair */

static int64_t count_work(struct wg_op *op, void *arg)
{
	(void)op;
	lab_check("arg", arg == bytes, "another argument");
	prove_note("work ");
	return work_result;
}

void prove_file_calls(const char *unused)
{
	struct wg_op op;

	(void)unused;
	prove.keeps_events = true;
	wg_op_read(&op, PROVE_FILE, bytes, 4, -1);
	transfers(&op, "read(7777,4,-1) ", "read(7777,4,-1) read(7777,4,-1) read(7777,4,-1) ");
	wg_op_read(&op, PROVE_FILE, bytes, 4, 0);
	transfers(&op, "pread(7777,4,0) ", "pread(7777,4,0) pread(7777,4,0) pread(7777,4,0) ");
	wg_op_read(&op, 9, bytes, 3, 5);
	transfers(&op, "pread(9,3,5) ", "pread(9,3,5) pread(9,3,5) pread(9,3,5) ");
	wg_op_read(&op, 9, bytes, 3, (INT64_C(1) << 32) + 5);
	performs(&op, bytes, 3, 0, 3, "pread(9,3,4294967301) ");
	wg_op_write(&op, PROVE_FILE, bytes, 4, -1);
	transfers(&op, "write(7777,4,-1) ", "write(7777,4,-1) write(7777,4,-1) write(7777,4,-1) ");
	wg_op_write(&op, PROVE_FILE, bytes, 4, 0);
	transfers(&op, "pwrite(7777,4,0) ", "pwrite(7777,4,0) pwrite(7777,4,0) pwrite(7777,4,0) ");
	wg_op_write(&op, 9, bytes, 3, 5);
	transfers(&op, "pwrite(9,3,5) ", "pwrite(9,3,5) pwrite(9,3,5) pwrite(9,3,5) ");
	wg_op_write(&op, 9, bytes, 3, (INT64_C(1) << 32) + 5);
	performs(&op, bytes, 3, 0, 3, "pwrite(9,3,4294967301) ");
	lab_check("flags", O_RDWR == 2 && O_CLOEXEC == 02000000, "they have other numbers");
	wg_op_read(&op, PROVE_FILE, bytes, (1ull << 32) + 5, -1);
	performs(&op, bytes, 3, 0, 3, "read(7777,4294967301,-1) ");
	op.offset = 0;
	performs(&op, bytes, 1ll << 32, 0, 1ll << 32, "pread(7777,4294967301,0) ");
	op.kind = WG_OP_WRITE;
	performs(&op, bytes, 1ll << 32, 0, 1ll << 32, "pwrite(7777,4294967301,0) ");
	op.offset = -1;
	performs(&op, bytes, 3, 0, 3, "write(7777,4294967301,-1) ");
	wg_op_open(&op, path, O_RDWR, 0600);
	performs(&op, path, 9, 1, 9, "open(524290,384,0) open(524290,384,0) ");
	performs(&op, path, -ENOENT, 0, -ENOENT, "open(524290,384,0) ");
	wg_op_stat(&op, path, &status);
	performs(&op, &status, 0, 1, 0, "path(0,0,0) path(0,0,0) ");
	performs(&op, &status, -ENOENT, 0, -ENOENT, "path(0,0,0) ");
}

/* The exception: it has closed the descriptor even if it says EINTR. */
void prove_file_rest(const char *unused)
{
	static const int64_t results[] = { -EINTR, INT64_MIN, INT64_MAX };
	struct wg_op op;
	size_t i;

	(void)unused;
	prove.keeps_events = true;
	wg_op_close(&op, PROVE_FILE);
	performs(&op, NULL, 0, 0, 0, "close(7777,0,0) ");
	performs(&op, NULL, 0, 1, 0, "close(7777,0,0) ");
	performs(&op, NULL, -EIO, 0, -EIO, "close(7777,0,0) ");
	wg_op_work(&op, count_work, bytes);
	for (i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
		work_result = results[i];
		performs(&op, NULL, 0, 0, results[i], "work ");
	}
	wg_op_timer(&op, 1); /* which no worker performs */
	performs(&op, NULL, 0, 0, -ENOTSUP, "");
	lab_check("kind", op.kind == WG_OP_TIMER && op.delay_ns == 1, "a timer of %d ns",
		(int)op.delay_ns);
	wg_op_timer(&op, 0);
	lab_check("delay", op.delay_ns == 0, "a timer of %d ns", (int)op.delay_ns);
	wg_op_timer(&op, -1);
	lab_check("delay", op.delay_ns == 0, "a timer of %d ns", (int)op.delay_ns);
}
