/*
 * page.c: see page.h. The assembler includes the files as they are, so editors and checkers know
 * their languages. The Makefile names them as prerequisites of this object.
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
