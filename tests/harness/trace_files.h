/*
 * trace_files.h: copies of sample traces that a test may damage, and a reader's view of them.
 */
#ifndef TESTS_HARNESS_TRACE_FILES_H
#define TESTS_HARNESS_TRACE_FILES_H

#include <stddef.h>
#include <stdint.h>

/* A copy of a sample in a fresh folder. The string is the harness's. */
const char *wg_copy_sample(const char *name);

/* A file of such a copy as the sample has it; its bytes. */
size_t wg_restore(const char *dir, const char *name, const char *file);

/* Damage DIR/FILE: cut it at bytes, or write over it. */
void wg_cut(const char *dir, const char *file, size_t bytes);
void wg_overwrite(const char *dir, const char *file, size_t at, const void *bytes, size_t count);

/* Replace the first `from` in DIR/metadata, which becomes plain text. */
void wg_edit_metadata(const char *dir, const char *from, const char *to);

/* A copy of a sample becomes that of another boot, `seconds` after the one it was recorded in. */
void wg_another_boot(const char *dir, int seconds);

/* Run a line of sh(1) there; its status. */
int wg_sh_in(const char *dir, const char *script);

size_t wg_file_bytes(const char *dir, const char *file);

/* What a reader says of a trace. */
struct wg_reading {
	int rc;	       /* of open, else of the last next */
	size_t events; /* without holes */
	size_t by_cpu[8];
	size_t holes;
	uint64_t lost; /* of the holes of known size */
	int backwards; /* events whose time was before the last one's */
	uint64_t foreign;
	char text[4096]; /* the error's line, then the notes, a line each */
};

void wg_read_all(const char *path, struct wg_reading *ret);

#endif
