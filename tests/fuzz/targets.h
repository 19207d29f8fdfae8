/*
 * targets.h: what strangers hand us, each as a function of bytes. The fuzzer (fuzz.c) makes the
 * bytes up; the suite `corpus` runs those that were a failure once.
 */
#ifndef TESTS_FUZZ_TARGETS_H
#define TESTS_FUZZ_TARGETS_H

#include <stddef.h>
#include <stdint.h>

struct wg_trace;

struct fuzz_target {
	const char *name;
	/* Abort if a promise is broken. dir: a folder of the caller's, for files; may be used
	 * again. */
	void (*run)(const uint8_t *data, size_t len, const char *dir);
	/* One step of a mutation that knows the format, or NULL. The new length. */
	size_t (*mutate)(uint8_t *data, size_t len, size_t max, unsigned seed);
};

#define FUZZ(name) extern const struct fuzz_target fuzz_##name;
#include "tests/fuzz/targets.def"
#undef FUZZ

/* All of them, NULL at the end. */
extern const struct fuzz_target *const fuzz_targets[];

enum fuzz_answer { FUZZ_DIED, FUZZ_REFUSED, FUZZ_SAME, FUZZ_DIFFERS };
typedef enum fuzz_answer (*fuzz_check_fn)(const char *dir, char *why, size_t len);
/* Check a folder in a child that has checked others before (apart.c); DIED: the child did, or could
 * not be made. NULL outside the fuzzer. */
extern enum fuzz_answer (*fuzz_ask)(fuzz_check_fn check, const char *dir, char *why, size_t len);

/* Write DIR/NAME; aborts if that fails. */
void fuzz_write(const char *dir, const char *name, const void *bytes, size_t len);
/* Read PATH whole, with a NUL behind it; aborts if that fails. */
char *fuzz_read(const char *path, size_t *ret_len);
/* The folder of a sample trace. Static. */
const char *fuzz_sample(const char *name);
/* The bytes as a string: up to the first NUL, or as much as fits. */
void fuzz_text(const uint8_t *data, size_t len, char *text, size_t size);
/* A sample that was loaded once. */
const struct wg_trace *fuzz_trace_tick(void);

#endif
