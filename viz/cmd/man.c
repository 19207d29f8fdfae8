/*
 * man.c: see man.h.
 */
#include "viz/cmd/man.h"

#include "traces/base/embed.h"
#include "traces/base/manual.h"
#include "viz/app/keys.h"

WG_EMBED(wg__manual_view, "viz/cmd/manual/view.txt");
WG_EMBED(wg__manual_live, "viz/cmd/manual/live.txt");
WG_EMBED(wg__manual_stats, "viz/cmd/manual/stats.txt");
WG_EMBED(wg__manual_part, "viz/cmd/manual/part.txt");
WG_EMBED(wg__manual_scan, "viz/cmd/manual/scan.txt");
WG_EMBED(wg__manual_trace, "viz/cmd/manual/trace.txt");
WG_EMBED(wg__manual_check, "viz/cmd/manual/check.txt");
WG_EMBED(wg__manual_diff, "viz/cmd/manual/diff.txt");
WG_EMBED(wg__manual_query, "viz/cmd/manual/query.txt");
WG_EMBED(wg__manual_export, "viz/cmd/manual/export.txt");

void wg_view_manual(FILE *out)
{
	const struct wg_key_row *row;
	size_t i;

	(void)fputs(".SH KEYS\n", out);
	for (i = 0; (row = wg_key_row(i)); i++) {
		if (!row->keys[0])
			(void)fprintf(out, ".SS \"%s\"\n", row->help);
		else
			wg_manual_item(out, row->keys, row->help);
	}
}
