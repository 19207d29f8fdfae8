/*
 * elf_file.h: what an executable or library says of itself: how it is linked, what was built into
 * it, which function an offset is in.
 *
 * Only what wakegap asks for, and only 64-bit files of this machine's byte order. A file may be
 * damaged or hostile: each offset is checked.
 */
#ifndef TRACES_BASE_ELF_FILE_H
#define TRACES_BASE_ELF_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wg__elf {
	const uint8_t *bytes;
	size_t len;
	int class; /* ELFCLASS32: the rest below is not known */
};

/* -ENOEXEC: another kind of file; or what open(2) says. Close it after use. */
int wg__elf_open(const char *path, struct wg__elf *ret);
void wg__elf_close(struct wg__elf *elf);

/* The loader it asks for, or NULL: it is static. Inside the file. */
const char *wg__elf_loader(const struct wg__elf *elf);

/* The bytes of a section; NULL: there is none. */
const uint8_t *wg__elf_section(const struct wg__elf *elf, const char *name, size_t *ret_len);

bool wg__elf_has_id(const struct wg__elf *elf, const uint8_t *id, size_t len);

/* The i-th library that it needs; NULL behind the last. Inside the file. */
const char *wg__elf_needed(const struct wg__elf *elf, size_t i);

/* The function that this offset is in; the caller frees it. NULL: it is in none that is named. */
char *wg__elf_symbol(const struct wg__elf *elf, uint64_t offset);

#endif
