/*
 * page.c: see page.h.
 */
#include "traces/picture/page.h"

#include "traces/base/embed.h"

WG_EMBED(wg__page_css, "traces/picture/export_html.css");
WG_EMBED(wg__page_js, "traces/picture/export_html.js");
