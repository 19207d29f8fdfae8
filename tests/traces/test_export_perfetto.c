/*
 * test_export_perfetto.c: the protobuf file as protoc decodes it, by the numbers of the fields that
 * Perfetto has published (perfetto_min.proto).
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/traces/export_run.h"
#include "tests/harness/harness.h"
#include "traces/export/protobuf.h"

#define TRACKS_MAX 64
#define FLOWS_MAX  4096
#define TRACES_MAX 3

struct decoded {
	size_t packets, begins, ends, counters, instants;
	uint64_t uuids[TRACKS_MAX]; /* of tracks described */
	int depth[TRACKS_MAX];
	uint64_t machine_of[TRACKS_MAX];   /* by track */
	size_t on_machine[TRACES_MAX + 1]; /* packets, by machine; 0: none is named */
	size_t uuid_count;
	uint64_t last_ns[TRACKS_MAX];
	uint8_t hops[FLOWS_MAX]; /* by flow id: flow_ids seen */
	uint8_t ended[FLOWS_MAX];
	/* of the packet being read */
	uint64_t timestamp, uuid, described, machine, sequence;
	bool is_cleared;
	int type; /* 'B', 'E', 'C', 'I'; 0: not a track event */
};

static bool value_of(const char *line, const char *key, uint64_t *ret)
{
	size_t len = strlen(key);

	while (*line == ' ')
		line++;
	if (strncmp(line, key, len) != 0 || line[len] != ':')
		return false;
	*ret = strtoull(line + len + 1, NULL, 10);
	return true;
}

static size_t track_index(const struct decoded *d, uint64_t uuid)
{
	size_t i;

	for (i = 0; i < d->uuid_count && d->uuids[i] != uuid; i++)
		;
	return i;
}

static void end_packet(struct decoded *d)
{
	size_t i = track_index(d, d->uuid);

	CU_ASSERT_FATAL(d->machine <= TRACES_MAX);
	CU_ASSERT_EQUAL(d->sequence, d->machine ? d->machine : 1);
	d->packets++;
	d->on_machine[d->machine]++;
	CU_ASSERT_EQUAL(d->is_cleared, d->on_machine[d->machine] == 1);
	if (d->described)
		d->machine_of[track_index(d, d->described)] = d->machine;
	if (!d->type)
		return;
	CU_ASSERT_FATAL(i < d->uuid_count); /* described before it is used */
	CU_ASSERT_EQUAL(d->machine_of[i], d->machine);
	CU_ASSERT(d->timestamp >= d->last_ns[i]);
	d->last_ns[i] = d->timestamp;
	d->depth[i] += (d->type == 'B') - (d->type == 'E');
	CU_ASSERT(d->depth[i] >= 0);
	d->begins += d->type == 'B';
	d->ends += d->type == 'E';
	d->counters += d->type == 'C';
	d->instants += d->type == 'I';
}

static void take_line(struct decoded *d, const char *line)
{
	uint64_t value;

	if (strcmp(line, "packet {") == 0) {
		d->timestamp = d->uuid = d->described = d->machine = d->sequence = 0;
		d->type = 0;
		d->is_cleared = false;
	} else if (strcmp(line, "}") == 0) {
		end_packet(d);
	} else if (strstr(line, " type: TYPE_")) {
		d->type = strstr(line, "BEGIN") ? 'B' : strstr(line, "END") ? 'E' : 'C';
		d->type = strstr(line, "INSTANT") ? 'I' : d->type;
	} else if (value_of(line, "timestamp", &value)) {
		d->timestamp = value;
	} else if (value_of(line, "machine_id", &value)) {
		d->machine = value;
	} else if (value_of(line, "trusted_packet_sequence_id", &value)) {
		d->sequence = value;
	} else if (value_of(line, "sequence_flags", &value)) {
		d->is_cleared = value == 1;
	} else if (value_of(line, "track_uuid", &value)) {
		d->uuid = value;
	} else if (value_of(line, "uuid", &value)) {
		d->described = value;
		if (track_index(d, value) == d->uuid_count) {
			CU_ASSERT_FATAL(d->uuid_count < TRACKS_MAX);
			d->uuids[d->uuid_count++] = value;
		}
	} else if (value_of(line, "flow_ids", &value)) {
		CU_ASSERT_FATAL(value < FLOWS_MAX);
		d->hops[value]++;
	} else if (value_of(line, "terminating_flow_ids", &value)) {
		CU_ASSERT_FATAL(value < FLOWS_MAX);
		d->ended[value]++;
	}
}

/* Export these traces and decode the file; the text of protoc, or NULL if there is no protoc. */
static char *decode(struct decoded *d, const char *a, const char *b)
{
	char file[256], *out = NULL, *copy, *line, *save = NULL;
	const char *const argv[] = { "sh", "-c",
		"command -v protoc >/dev/null || exit 127; protoc --decode_raw <\"$0\" >/dev/null "
		"&& protoc --decode=wakegap_test.Trace tests/data/perfetto_min.proto <\"$0\"",
		file, NULL };
	int rc;

	*d = (struct decoded){ 0 };
	(void)snprintf(file, sizeof(file), "%s/x.pftrace", wg_tmpdir());
	CU_ASSERT_EQUAL(wg_export(NULL, NULL, "-o", file, a, b, NULL), 0);
	rc = wg_run(&out, NULL, argv);
	if (rc == 127) {
		free(out);
		wg_skip("protoc (package protobuf-compiler)");
		return NULL;
	}
	CU_ASSERT_EQUAL(rc, 0);
	copy = strdup(out);
	CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
	for (line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		take_line(d, line);
	free(copy);
	return out;
}

/* All slices are closed, and this many flows begin, all of which end once. */
static void check(const struct decoded *d, size_t flows)
{
	size_t i, begun = 0, ended = 0;

	CU_ASSERT_EQUAL(d->begins, d->ends);
	for (i = 0; i < d->uuid_count; i++)
		CU_ASSERT_EQUAL(d->depth[i], 0);
	for (i = 0; i < FLOWS_MAX; i++) {
		CU_ASSERT(d->ended[i] <= 1);
		CU_ASSERT(d->ended[i] == (d->hops[i] > 0));
		begun += d->hops[i] > 0;
		ended += d->ended[i];
	}
	CU_ASSERT_EQUAL(begun, flows);
	CU_ASSERT_EQUAL(ended, flows);
}

static void slices_close_and_flows_end(void)
{
	struct decoded d;
	char *text = decode(&d, wg_sample("eventfd"), NULL);
	size_t i, notified = 0;

	if (!text)
		return;
	check(&d, 12);
	for (i = 0; i < FLOWS_MAX; i++)
		notified += d.hops[i] == 2; /* submit and notify */
	CU_ASSERT(notified >= 6);
	CU_ASSERT_EQUAL(d.counters, 24);
	CU_ASSERT_EQUAL(d.on_machine[0], d.packets); /* one trace is no machine */
	CU_ASSERT(wg_has(text, "thread_name: \"loop 1 eventfd\""));
	CU_ASSERT(wg_has(text, "process_name: \"wakegap-workloa\""));
	CU_ASSERT(wg_has(text, "name: \"ready results, loop 1 eventfd\""));
	CU_ASSERT(wg_has(text, "unit_name: \"results\""));
	free(text);
}

static void two_traces_are_two_machines(void)
{
	struct decoded d;
	char *text = decode(&d, wg_sample("tick"), wg_sample("eventfd"));

	if (!text)
		return;
	check(&d, 24);
	CU_ASSERT_EQUAL(d.on_machine[0], 0);
	CU_ASSERT(d.on_machine[1] > 100 && d.on_machine[2] > 100);
	CU_ASSERT_EQUAL(d.on_machine[1] + d.on_machine[2], d.packets);
	CU_ASSERT(wg_has(text, "process_name: \"tick: wakegap-workloa\""));
	CU_ASSERT(wg_has(text, "process_name: \"eventfd: wakegap-workloa\""));
	free(text);
}

static void what_is_missing_is_in_it(void)
{
	struct decoded d;
	char *text = decode(&d, wg_sample("lossy"), NULL);

	if (!text)
		return;
	CU_ASSERT_EQUAL(d.begins, d.ends);
	CU_ASSERT_EQUAL(d.instants, 1);
	CU_ASSERT(wg_has(text, "name: \"lossy: 82 events lost"));
	free(text);
}

static void the_writer_is_exact(void)
{
	static const unsigned char expected[] = { 0x0a, 0x95, 0x80, 0x00, /* 1: 21 bytes */
		0x08, 0xac, 0x02,					  /* 1: 300 */
		0xf9, 0x02, 1, 0, 0, 0, 0, 0, 0, 0x80,			  /* 47: fixed64 */
		0x12, 0x06, 'a', '\\', 'x', 'f', 'f', 'b' };
	struct wg__pb pb = { 0 };
	size_t message = wg__pb_begin(&pb, 1);

	wg__pb_u64(&pb, 1, 300);
	wg__pb_fixed64(&pb, 47, UINT64_C(0x8000000000000001));
	wg__pb_text(&pb, 2,
		"a\xff"
		"b");
	wg__pb_end(&pb, message);
	CU_ASSERT_FALSE(pb.failed);
	CU_ASSERT_EQUAL_FATAL(pb.used, sizeof(expected));
	CU_ASSERT_EQUAL(memcmp(pb.buf, expected, sizeof(expected)), 0);
	wg__pb_reset(&pb);
	wg__pb_i64(&pb, 1, -1); /* ten bytes, as every negative number */
	CU_ASSERT_EQUAL(pb.used, 11);
	wg__pb_fini(&pb);
}

void suite_export_perfetto(void)
{
	WG_TEST(slices_close_and_flows_end);
	WG_TEST(two_traces_are_two_machines);
	WG_TEST(what_is_missing_is_in_it);
	WG_TEST(the_writer_is_exact);
}
