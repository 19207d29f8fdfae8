/*
 * fuzz_differ.c: a trace folder read by libbabeltrace2 and by our own decoder: they agree. The
 * inputs are those of fuzz_trace.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz_trace.h"
#include "tests/fuzz/targets.h"
#include "tests/harness/both_readers.h"
#include "traces/read/ctf.h"
#include "traces/read/packets.h"

enum fuzz_answer (*fuzz_ask)(fuzz_check_fn check, const char *dir, char *why, size_t len);

/* Does our own decoder take the folder? What it refuses, libbabeltrace2 reads in any case. */
static bool is_taken(const char *dir)
{
	struct wg__shared shared = { .names = wg__names_create() };
	struct wg__metadata metadata;
	struct wg__ctf *ctf = NULL;
	struct wg_error err;
	char why[256];
	bool is_taken = shared.names && wg__metadata_check(dir, &metadata, &err) == 0 &&
			metadata.is_plain &&
			wg__ctf_open(dir, &shared, &ctf, why, sizeof(why)) == 0;

	wg__ctf_close(ctf);
	wg__spaces_fini(&shared.spaces);
	wg__names_destroy(shared.names);
	return is_taken;
}

static enum fuzz_answer check(const char *dir, char *why, size_t len)
{
	if (!is_taken(dir))
		return FUZZ_REFUSED;
	(void)wg_both_readers(dir, why, len);
	return *why ? FUZZ_DIFFERS : FUZZ_SAME;
}

static void run_differ(const uint8_t *data, size_t len, const char *dir)
{
	char why[5000] = "";
	enum fuzz_answer answer;

	fuzz_lay_out(data, len, dir);
	answer = fuzz_ask ? fuzz_ask(check, dir, why, sizeof(why)) : FUZZ_DIED;
	if (answer == FUZZ_DIED) /* with a child for each trace, as users read it */
		answer = check(dir, why, sizeof(why));
	if (answer == FUZZ_DIFFERS) {
		(void)fprintf(stderr, "%s\n", why);
		abort();
	}
}

/* Edits as in fuzz_trace.c, but mostly at bytes of events: nothing else is left once a trace could
 * be opened. */
static size_t mutate_events(uint8_t *data, size_t len, size_t max, unsigned seed)
{
	static const uint8_t bytes[] = { 0, 1, 2, 9, 255, 254, 127, 128 };
	uint8_t edit[FUZZ_EDIT_HEAD + 4] = { 0 };
	size_t count, i;
	uint32_t offset;

	srandom(seed);
	count = (size_t)random() % 4 + 1;
	if (random() % 4 == 0 || len == 0 || len > 160 || len + FUZZ_EDIT_HEAD + count > max)
		return fuzz_edit(data, len, max, seed);
	offset = (uint32_t)(random() % 5) * 4096 + 84 + (uint32_t)random() % 2000;
	edit[0] = (uint8_t)(random() % 2 + 1);
	memcpy(edit + 2, &offset, sizeof(offset));
	edit[6] = (uint8_t)count;
	for (i = 0; i < count; i++)
		edit[FUZZ_EDIT_HEAD + i] = random() % 2 ? bytes[random() % 8] : (uint8_t)random();
	memcpy(data + len, edit, FUZZ_EDIT_HEAD + count);
	return len + FUZZ_EDIT_HEAD + count;
}

const struct fuzz_target fuzz_differ = { "differ", run_differ, mutate_events };
