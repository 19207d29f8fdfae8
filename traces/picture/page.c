/*
 * page.c: see page.h. The assembler reads the files as they are, so they can be written, coloured
 * and checked as what they are; the Makefile says that this object depends on them.
 */
#include "traces/picture/page.h"

#define EMBED(symbol, file)                                                                        \
	__asm__(".pushsection .rodata\n"                                                           \
		".global " #symbol "\n" #symbol ":\n"                                              \
		".incbin \"" file "\"\n"                                                           \
		".byte 0\n"                                                                        \
		".popsection\n")

EMBED(wg__page_css, "traces/picture/export_html.css");
EMBED(wg__page_js, "traces/picture/export_html.js");
