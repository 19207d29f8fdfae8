/*
 * perfetto.c: Perfetto's own format: protocol buffers, track_event packets.
 *
 * The numbers below are the fields' numbers in Perfetto's public .proto files, which never change.
 * A file is a sequence of packets, in the order in which they are known: readers sort them by time.
 * Packets name no clock: times begin at 0.
 *
 * Several traces in one file are machines, each with its own sequence of packets. All begin at time
 * 0, so what took longer is longer on the screen. Some readers ignore machines; so processes are
 * called "TRACE: PROCESS", and each pid, tid and uuid is used once.
 */
#include <errno.h>
#include <stdio.h>

#include "traces/base/format.h"
#include "traces/export/protobuf.h"
#include "traces/export/tracks.h"

/* Trace, TracePacket */
enum {
	TRACE_PACKET = 1,
	PACKET_TIMESTAMP = 8,
	PACKET_SEQUENCE_ID = 10,
	PACKET_TRACK_EVENT = 11,
	PACKET_SEQUENCE_FLAGS = 13,
	PACKET_TRACK_DESCRIPTOR = 60,
	PACKET_MACHINE_ID = 98,
};

/* TrackDescriptor and what is in it */
enum {
	TRACK_UUID = 1,
	TRACK_NAME = 2,
	TRACK_PROCESS = 3,
	TRACK_THREAD = 4,
	TRACK_PARENT_UUID = 5,
	TRACK_COUNTER = 8,
	PROCESS_PID = 1,
	PROCESS_NAME = 6,
	THREAD_PID = 1,
	THREAD_TID = 2,
	THREAD_NAME = 5,
	COUNTER_UNIT_NAME = 6,
};

/* TrackEvent and DebugAnnotation */
enum {
	EVENT_ANNOTATION = 4,
	EVENT_TYPE = 9,
	EVENT_TRACK_UUID = 11,
	EVENT_CATEGORIES = 22,
	EVENT_NAME = 23,
	EVENT_COUNTER_VALUE = 30,
	EVENT_FLOW_IDS = 47,
	EVENT_TERMINATING_FLOW_IDS = 48,
	ANNOTATION_UINT = 3,
	ANNOTATION_INT = 4,
	ANNOTATION_STRING = 6,
	ANNOTATION_NAME = 10,
};

enum { TYPE_BEGIN = 1, TYPE_END = 2, TYPE_INSTANT = 3, TYPE_COUNTER = 4 };

#define STATE_CLEARED 1 /* of PACKET_SEQUENCE_FLAGS: nothing was interned before */

/* The high bits of a uuid say what it is for, so none is used twice. */
#define UUID_PROCESS (UINT64_C(1) << 40)
#define UUID_TRACK   (UINT64_C(2) << 40)
#define UUID_READY   (UINT64_C(3) << 40)
#define UUID_TRACE   (UINT64_C(4) << 40)

struct perfetto {
	struct wg_out *out;
	struct wg__pb pb;
	size_t packet, trace;
	bool has_machines;		   /* more than one trace */
	bool has_packets, has_trace_track; /* of this trace */
	int64_t last_ns;
};

static void begin_packet(struct perfetto *p)
{
	wg__pb_reset(&p->pb);
	p->packet = wg__pb_begin(&p->pb, TRACE_PACKET);
	wg__pb_u64(&p->pb, PACKET_SEQUENCE_ID, p->trace + 1);
	if (p->has_machines)
		wg__pb_u64(&p->pb, PACKET_MACHINE_ID, p->trace + 1);
	if (!p->has_packets)
		wg__pb_u64(&p->pb, PACKET_SEQUENCE_FLAGS, STATE_CLEARED);
	p->has_packets = true;
}

static void end_packet(struct perfetto *p)
{
	wg__pb_end(&p->pb, p->packet);
	if (p->pb.failed && p->out->rc == 0)
		p->out->rc = -ENOMEM;
	wg_out_write(p->out, p->pb.buf, p->pb.used);
}

/* A packet with a track event; the caller adds to it and ends both. Returns the event. */
static size_t begin_event(struct perfetto *p, int64_t t_ns, unsigned type, uint64_t track)
{
	size_t event;

	if (t_ns > p->last_ns)
		p->last_ns = t_ns;
	begin_packet(p);
	wg__pb_i64(&p->pb, PACKET_TIMESTAMP, t_ns);
	event = wg__pb_begin(&p->pb, PACKET_TRACK_EVENT);
	wg__pb_u64(&p->pb, EVENT_TYPE, type);
	wg__pb_u64(&p->pb, EVENT_TRACK_UUID, track);
	return event;
}

static void end_event(struct perfetto *p, size_t event)
{
	wg__pb_end(&p->pb, event);
	end_packet(p);
}

/* --- tracks --- */

static void on_trace(void *user, size_t i)
{
	struct perfetto *p = user;

	p->trace = i;
	p->has_packets = p->has_trace_track = false;
	p->last_ns = 0;
}

static void on_process(void *user, uint32_t pid, const char *name)
{
	struct perfetto *p = user;
	size_t track, process;

	begin_packet(p);
	track = wg__pb_begin(&p->pb, PACKET_TRACK_DESCRIPTOR);
	wg__pb_u64(&p->pb, TRACK_UUID, UUID_PROCESS + pid);
	process = wg__pb_begin(&p->pb, TRACK_PROCESS);
	wg__pb_u64(&p->pb, PROCESS_PID, pid);
	wg__pb_text(&p->pb, PROCESS_NAME, name);
	wg__pb_end(&p->pb, process);
	wg__pb_end(&p->pb, track);
	end_packet(p);
}

static void describe_ready(struct perfetto *p, const struct wg__track *is)
{
	char name[128];
	size_t track, counter;

	(void)snprintf(name, sizeof(name), "ready results, %s", is->name);
	begin_packet(p);
	track = wg__pb_begin(&p->pb, PACKET_TRACK_DESCRIPTOR);
	wg__pb_u64(&p->pb, TRACK_UUID, UUID_READY + is->id);
	wg__pb_u64(&p->pb, TRACK_PARENT_UUID, UUID_PROCESS + is->pid);
	wg__pb_text(&p->pb, TRACK_NAME, name);
	counter = wg__pb_begin(&p->pb, TRACK_COUNTER);
	wg__pb_word(&p->pb, COUNTER_UNIT_NAME, "results");
	wg__pb_end(&p->pb, counter);
	wg__pb_end(&p->pb, track);
	end_packet(p);
}

static void on_track(void *user, const struct wg__track *is)
{
	struct perfetto *p = user;
	size_t track, thread;

	begin_packet(p);
	track = wg__pb_begin(&p->pb, PACKET_TRACK_DESCRIPTOR);
	wg__pb_u64(&p->pb, TRACK_UUID, UUID_TRACK + is->id);
	wg__pb_u64(&p->pb, TRACK_PARENT_UUID, UUID_PROCESS + is->pid);
	thread = wg__pb_begin(&p->pb, TRACK_THREAD);
	wg__pb_u64(&p->pb, THREAD_PID, is->pid);
	wg__pb_u64(&p->pb, THREAD_TID, is->tid);
	wg__pb_text(&p->pb, THREAD_NAME, is->name);
	wg__pb_end(&p->pb, thread);
	wg__pb_end(&p->pb, track);
	end_packet(p);
	if (is->is_loop)
		describe_ready(p, is);
}

static void on_begin(void *user, const struct wg__track *track, int64_t t_ns)
{
	struct perfetto *p = user;
	size_t event = begin_event(p, t_ns, TYPE_BEGIN, UUID_TRACK + track->id);

	wg__pb_word(&p->pb, EVENT_CATEGORIES, wg__track_category(track));
	wg__pb_word(&p->pb, EVENT_NAME, "awake");
	end_event(p, event);
}

static void on_end(void *user, const struct wg__track *track, int64_t t_ns)
{
	struct perfetto *p = user;

	end_event(p, begin_event(p, t_ns, TYPE_END, UUID_TRACK + track->id));
}

static void annotate_text(struct wg__pb *pb, const char *name, const char *text)
{
	size_t annotation = wg__pb_begin(pb, EVENT_ANNOTATION);

	wg__pb_word(pb, ANNOTATION_NAME, name);
	wg__pb_text(pb, ANNOTATION_STRING, text);
	wg__pb_end(pb, annotation);
}

static void annotate_slice(struct wg__pb *pb, const struct wg__slice *slice)
{
	const char *number_name = wg__slice_number(slice);
	size_t annotation;

	if (slice->op) {
		annotation = wg__pb_begin(pb, EVENT_ANNOTATION);
		wg__pb_word(pb, ANNOTATION_NAME, "op");
		wg__pb_u64(pb, ANNOTATION_UINT, slice->op);
		wg__pb_end(pb, annotation);
	}
	if (slice->op_kind != WG_KIND_UNKNOWN)
		annotate_text(pb, "kind", wg_kind_name(slice->op_kind));
	if (slice->reason != WG_REASON_UNKNOWN)
		annotate_text(pb, "reason", wg_reason_name(slice->reason));
	if (number_name) {
		annotation = wg__pb_begin(pb, EVENT_ANNOTATION);
		wg__pb_word(pb, ANNOTATION_NAME, number_name);
		wg__pb_i64(pb, ANNOTATION_INT, slice->number);
		wg__pb_end(pb, annotation);
	}
	if (slice->in)
		annotate_text(pb, "in", slice->in);
	if (slice->class)
		annotate_text(pb, "class", slice->class);
	if (slice->by_tid) {
		annotation = wg__pb_begin(pb, EVENT_ANNOTATION);
		wg__pb_word(pb, ANNOTATION_NAME, "by");
		wg__pb_u64(pb, ANNOTATION_UINT, slice->by_tid);
		wg__pb_end(pb, annotation);
	}
	if (slice->certainty)
		annotate_text(pb, "certainty", slice->certainty);
	if (slice->open)
		annotate_text(pb, "open", "cut off by the end of the trace");
}

static void on_slice(void *user, const struct wg__track *track, const struct wg__slice *slice)
{
	struct perfetto *p = user;
	size_t event = begin_event(p, slice->begin_ns, TYPE_BEGIN, UUID_TRACK + track->id), i;

	wg__pb_word(&p->pb, EVENT_CATEGORIES, wg__track_category(track));
	wg__pb_word(&p->pb, EVENT_NAME, wg__slice_name(slice->kind));
	annotate_slice(&p->pb, slice);
	for (i = 0; i < slice->flow_count; i++)
		wg__pb_fixed64(&p->pb,
			slice->flows[i].role == WG__FLOW_END ? EVENT_TERMINATING_FLOW_IDS
							     : EVENT_FLOW_IDS,
			slice->flows[i].id);
	end_event(p, event);
	on_end(p, track, slice->end_ns);
}

static void on_ready(void *user, const struct wg__track *track, int64_t t_ns, uint64_t count)
{
	struct perfetto *p = user;
	size_t event = begin_event(p, t_ns, TYPE_COUNTER, UUID_READY + track->id);

	wg__pb_u64(&p->pb, EVENT_COUNTER_VALUE, count);
	end_event(p, event);
}

/* --- what is missing --- */

static void instant(struct perfetto *p, int64_t t_ns, const char *trace, const char *text)
{
	char name[512];
	size_t part;

	if (!p->has_trace_track) {
		p->has_trace_track = true;
		begin_packet(p);
		part = wg__pb_begin(&p->pb, PACKET_TRACK_DESCRIPTOR);
		wg__pb_u64(&p->pb, TRACK_UUID, UUID_TRACE + p->trace);
		wg__pb_word(&p->pb, TRACK_NAME, "what is missing");
		wg__pb_end(&p->pb, part);
		end_packet(p);
	}
	(void)snprintf(name, sizeof(name), "%s: %s", trace, text);
	part = begin_event(p, t_ns, TYPE_INSTANT, UUID_TRACE + p->trace);
	wg__pb_word(&p->pb, EVENT_CATEGORIES, "trace");
	wg__pb_text(&p->pb, EVENT_NAME, name);
	end_event(p, part);
}

static void on_lost(void *user, const char *trace, int64_t begin_ns, int64_t end_ns, uint64_t count)
{
	char text[128], number[32] = "some";

	if (count)
		(void)snprintf(number, sizeof(number), "%llu", (unsigned long long)count);
	(void)snprintf(text, sizeof(text), "%s events lost in the last %lld ns", number,
		(long long)(end_ns - begin_ns));
	instant(user, end_ns, trace, text);
}

static void on_note(void *user, const char *trace, const char *line)
{
	instant(user, ((struct perfetto *)user)->last_ns, trace, line);
}

static int export_perfetto(const struct wg_export *ex, struct wg_error *err)
{
	static const struct wg__track_ops ops = { on_trace, on_process, on_track, on_begin, on_end,
		on_slice, on_ready, on_lost, on_note };
	struct perfetto p = { .out = ex->out, .has_machines = ex->path_count > 1 };
	int rc = wg__export_tracks(ex, &ops, &p, err);

	wg__pb_fini(&p.pb);
	return rc;
}

const struct wg_export_format wg__format_perfetto = { "perfetto", "pftrace",
	"for Perfetto, and several traces at once: protobuf", WG_EXPORT_WHOLE, export_perfetto };
