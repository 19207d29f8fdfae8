/*
 * text.c: see text.h.
 */
#include "viz/screen/text.h"

#include "viz/app/live_title.h"
#include "viz/app/words.h"

void wg_text_print(const struct wg_app *app, FILE *out)
{
	static const char *const prompts[] = { "", "go to", "search", "filter", "bookmark" };
	char title[512];
	size_t i;

	if (app->live) {
		wg_live_title_text(title, sizeof(title), app->live);
		wg_words_print(out, "live: %s\n", title);
	}

	wg_words_of(app, app->view == WG_VIEW_WORDS ? app->under : app->view, out);
	if (app->prompt.kind != WG_PROMPT_NONE)
		wg_words_print(
			out, "asking: %s: %s\n", prompts[app->prompt.kind], app->prompt.text);
	for (i = 0; app->prompt.kind && app->prompt.is_explained && wg_prompt_explained(i); i++)
		wg_words_print(out, "a search: %s\n", wg_prompt_explained(i));
	if (app->status[0])
		wg_words_print(out, "answer: %s\n", app->status);
}
