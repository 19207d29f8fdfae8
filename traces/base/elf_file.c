/*
 * elf_file.c: see elf_file.h.
 */
#include "traces/base/elf_file.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "traces/base/regular.h"

int wg__elf_open(const char *path, struct wg__elf *ret)
{
	struct stat st;
	int fd = wg__open_regular(AT_FDCWD, path, &st), rc = 0;
	void *bytes;

	if (fd < 0)
		return fd;
	*ret = (struct wg__elf){ .len = (size_t)st.st_size };
	bytes = ret->len ? mmap(NULL, ret->len, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
	if (bytes == MAP_FAILED)
		rc = ret->len ? -errno : -ENOEXEC;
	(void)close(fd);
	if (rc < 0)
		return rc;
	ret->bytes = bytes;
	if (ret->len < sizeof(Elf64_Ehdr) || memcmp(ret->bytes, ELFMAG, SELFMAG) != 0) {
		wg__elf_close(ret);
		return -ENOEXEC;
	}
	ret->class = ret->bytes[EI_CLASS];
	return 0;
}

void wg__elf_close(struct wg__elf *elf)
{
	(void)munmap((void *)(uintptr_t)elf->bytes, elf->len);
	elf->bytes = NULL;
}

/* So many bytes at that offset, or NULL. */
static const void *at(const struct wg__elf *elf, uint64_t offset, uint64_t len)
{
	return offset <= elf->len && len <= elf->len - offset ? elf->bytes + offset : NULL;
}

static const char *text_at(const struct wg__elf *elf, uint64_t offset)
{
	const char *text = at(elf, offset, 1);

	return text && memchr(text, '\0', elf->len - offset) ? text : NULL;
}

/* The i-th of them; false: there is none. */
static bool part(const struct wg__elf *elf, size_t i, Elf64_Phdr *ret)
{
	const Elf64_Ehdr *head = (const void *)elf->bytes;
	const void *p;

	if (elf->class != ELFCLASS64 || i >= head->e_phnum)
		return false;
	p = at(elf, head->e_phoff + i * sizeof(*ret), sizeof(*ret));
	if (p)
		memcpy(ret, p, sizeof(*ret));
	return p;
}

static bool section(const struct wg__elf *elf, size_t i, Elf64_Shdr *ret)
{
	const Elf64_Ehdr *head = (const void *)elf->bytes;
	const void *p;

	if (elf->class != ELFCLASS64 || i >= head->e_shnum)
		return false;
	p = at(elf, head->e_shoff + i * sizeof(*ret), sizeof(*ret));
	if (p)
		memcpy(ret, p, sizeof(*ret));
	return p;
}

const char *wg__elf_loader(const struct wg__elf *elf)
{
	Elf64_Phdr p;
	size_t i;

	for (i = 0; part(elf, i, &p); i++) {
		if (p.p_type == PT_INTERP)
			return text_at(elf, p.p_offset);
	}
	return NULL;
}

const uint8_t *wg__elf_section(const struct wg__elf *elf, const char *name, size_t *ret_len)
{
	const Elf64_Ehdr *head = (const void *)elf->bytes;
	Elf64_Shdr names, s;
	const char *text;
	size_t i;

	if (!section(elf, head->e_shstrndx, &names))
		return NULL;
	for (i = 0; section(elf, i, &s); i++) {
		text = text_at(elf, names.sh_offset + s.sh_name);
		if (!text || strcmp(text, name) != 0 || s.sh_type == SHT_NOBITS)
			continue;
		*ret_len = s.sh_size;
		return at(elf, s.sh_offset, s.sh_size);
	}
	return NULL;
}

bool wg__elf_has_id(const struct wg__elf *elf, const uint8_t *id, size_t len)
{
	size_t note_len;
	const uint8_t *note = wg__elf_section(elf, ".note.gnu.build-id", &note_len);

	return note && len && note_len >= len && memcmp(note + note_len - len, id, len) == 0;
}

static bool find_section(const struct wg__elf *elf, uint32_t type, Elf64_Shdr *ret)
{
	size_t i;

	for (i = 0; section(elf, i, ret); i++) {
		if (ret->sh_type == type)
			return true;
	}
	return false;
}

const char *wg__elf_needed(const struct wg__elf *elf, size_t wanted)
{
	Elf64_Shdr list, names;
	Elf64_Dyn entry;
	const void *p;
	size_t i;

	if (!find_section(elf, SHT_DYNAMIC, &list) || !section(elf, list.sh_link, &names))
		return NULL;
	for (i = 0; i < list.sh_size / sizeof(entry); i++) {
		p = at(elf, list.sh_offset + i * sizeof(entry), sizeof(entry));
		if (!p)
			return NULL;
		memcpy(&entry, p, sizeof(entry));
		if (entry.d_tag == DT_NEEDED && wanted-- == 0)
			return text_at(elf, names.sh_offset + entry.d_un.d_val);
	}
	return NULL;
}

static const char *symbol_in(const struct wg__elf *elf, uint32_t type, uint64_t offset)
{
	Elf64_Shdr table, names;
	Elf64_Sym symbol;
	const void *p;
	size_t i;

	if (!find_section(elf, type, &table) || !section(elf, table.sh_link, &names))
		return NULL;
	for (i = 0; i < table.sh_size / sizeof(symbol); i++) {
		p = at(elf, table.sh_offset + i * sizeof(symbol), sizeof(symbol));
		if (!p)
			return NULL;
		memcpy(&symbol, p, sizeof(symbol));
		/* Inside it: the nearest one before would be a guess. */
		if (ELF64_ST_TYPE(symbol.st_info) == STT_FUNC && symbol.st_shndx != SHN_UNDEF &&
			offset >= symbol.st_value && offset - symbol.st_value < symbol.st_size)
			return text_at(elf, names.sh_offset + symbol.st_name);
	}
	return NULL;
}

char *wg__elf_symbol(const struct wg__elf *elf, uint64_t offset)
{
	const char *name = symbol_in(elf, SHT_SYMTAB, offset);

	if (!name)
		name = symbol_in(elf, SHT_DYNSYM, offset);
	return name ? strdup(name) : NULL;
}
