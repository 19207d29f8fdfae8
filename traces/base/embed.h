/*
 * embed.h: a file as a string of the program.
 *
 * The assembler reads the file as it is, so it can be written and checked as what it is. The
 * compiler does not know of it: the Makefile says that the object depends on the file.
 */
#ifndef TRACES_BASE_EMBED_H
#define TRACES_BASE_EMBED_H

/* Defines `extern const char symbol[], symbol_end[]`. A 0 byte follows the end. */
#define WG_EMBED(symbol, file)                                                                     \
	__asm__(".pushsection .rodata\n"                                                           \
		".balign 8\n"                                                                      \
		".global " #symbol ", " #symbol "_end\n" #symbol ":\n"                             \
		".incbin \"" file "\"\n" #symbol "_end:\n"                                         \
		".byte 0\n"                                                                        \
		".popsection\n")

#endif
