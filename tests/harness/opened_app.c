/*
 * opened_app.c: see opened_app.h.
 */
#include "tests/harness/opened_app.h"

#include "tests/harness/fake_trace.h"
#include "tests/harness/harness.h"
#include "viz/app/script.h"

static struct wg_trace *traces[2];

struct wg_trace *const *wg_opened_traces(void)
{
	if (!traces[0]) {
		traces[0] = fake_reads("tick", 20, 4, 10000000);
		traces[1] = fake_reads("eventfd", 20, 4, 0);
	}
	return traces;
}

struct wg_app wg_opened_app(int cols, int rows, const char *keys)
{
	const struct wg_trace *borrowed[2] = { wg_opened_traces()[0], wg_opened_traces()[1] };
	struct wg_app app;
	char bad[64] = "";

	CU_ASSERT_FATAL(wg_app_init(&app, borrowed, 2, cols, rows, false) == 0);
	CU_ASSERT_FATAL(wg_script_run(&app, keys, bad, sizeof(bad)) == 0);
	return app;
}

void wg_opened_apps_done(void)
{
	fake_trace_free(traces[0]);
	fake_trace_free(traces[1]);
	traces[0] = traces[1] = NULL;
}
