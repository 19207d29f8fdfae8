/*
 * lines.c: for grep and awk: one line an event: time, process, name.
 */
#include <inttypes.h>

#include "traces/export/pass.h"

static int feed(void *user, const struct wg__pass *pass, const struct wg_event *ev)
{
	(void)user;
	wg_out_printf(pass->ex->out, "%" PRId64 " %s %s\n", ev->ts_ns - pass->begin_ns,
		ev->procname, wg_event_type_name(ev->type));
	return 0;
}

static int export_lines(const struct wg_export *ex, struct wg_error *err)
{
	static const struct wg__pass_ops ops = { feed, NULL, NULL, true };
	size_t i;
	int rc = 0;

	for (i = 0; i < ex->path_count && rc == 0; i++)
		rc = wg__export_pass(ex, i, &ops, NULL, err);
	return rc;
}

const struct wg_export_format wg__format_lines = { "lines", "txt",
	"for grep and awk: one line an event", WG_EXPORT_WHOLE, export_lines };
