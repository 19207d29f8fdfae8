/*
 * source.c: see source.h.
 *
 * libbabeltrace2 pushes: a graph runs until its sinks are done. We want to pull. So the graph is
 * run one step whenever our batch is empty, and our sink does nothing but move the batch of
 * messages that the muxer hands it (at most 15) to where wg__source_next() finds it.
 *
 *     what graph.c puts there --> our sink --> batch --> wg__source_next()
 *
 * A live source may have nothing yet: then the answer is -EAGAIN, and the caller asks again later.
 *
 * The library logs to standard error, which we silence, and keeps error causes per thread, which we
 * turn into one line.
 */
#include "traces/read/source.h"

#include <babeltrace2/babeltrace.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/read/budget.h"
#include "traces/read/decode.h"
#include "traces/read/descriptors.h"
#include "traces/read/graph.h"
#include "traces/read/take.h"
#include "traces/read/twice.h"

#define SPARE	  8  /* descriptors that opening takes besides the streams */
#define BATCH_MAX 64 /* the library hands out 15 at a time; it may change its mind */

struct stream {
	const bt_stream *is; /* alive as long as the graph */
	const bt_stream_class *channel;
	struct wg__origin origin;
	uint64_t messages;
};

struct wg__source {
	struct wg__shared *shared;
	struct wg__decoder *decoder;
	bt_graph *graph;
	const bt_message *batch[BATCH_MAX];
	size_t batch_count, batch_next;
	char *dir; /* or URL */
	struct stream *streams;
	bool has_channels; /* more than one */
	struct wg__doubles doubles;
	size_t stream_count, stream_cap, stream_last;
	uint64_t skip;	    /* messages yet to pass over: another source delivered them */
	char left[320];	    /* the error that a run of the graph left behind; live: the last */
	int64_t skipped_ns; /* the last event of those, or INT64_MIN */
	uint64_t taken;	    /* messages so far */
	uint64_t stop_at;   /* where to end */
	char stop_why[320]; /* "": nowhere */
	uint64_t budget_bytes;
	bool is_live;
	int64_t quiet_ns; /* live: nothing more comes from before this; INT64_MIN: unknown yet */
	bool too_many;	  /* a batch did not fit: cannot happen with the versions we know */
};

/* Take the library's error of this thread and make one line of it. */
static int error_line(struct wg_error *err, int code, const char *what)
{
	char cause[320];

	wg__graph_error(cause, sizeof(cause));
	return wg_error_set(err, code, "%s%s", what, cause[0] ? cause : "no reason given");
}

static bt_graph_simple_sink_component_initialize_func_status sink_init(
	bt_message_iterator *iterator, void *user)
{
	(void)iterator; /* consume gets it too; it belongs to the component */
	(void)user;
	return BT_GRAPH_SIMPLE_SINK_COMPONENT_INITIALIZE_FUNC_STATUS_OK;
}

static bt_graph_simple_sink_component_consume_func_status sink_consume(
	bt_message_iterator *iterator, void *user)
{
	struct wg__source *source = user;
	bt_message_array_const messages;
	bt_message_iterator_next_status status;
	uint64_t count = 0, i;

	status = bt_message_iterator_next(iterator, &messages, &count);
	if (status != BT_MESSAGE_ITERATOR_NEXT_STATUS_OK)
		return (bt_graph_simple_sink_component_consume_func_status)status;
	for (i = 0; i < count; i++) {
		if (i < BATCH_MAX) {
			source->batch[i] = messages[i];
		} else {
			bt_message_put_ref(messages[i]);
			source->too_many = true;
		}
	}
	source->batch_next = 0;
	source->batch_count = count < BATCH_MAX ? count : BATCH_MAX;
	return BT_GRAPH_SIMPLE_SINK_COMPONENT_CONSUME_FUNC_STATUS_OK;
}

static int build_graph(struct wg__source *source, const char *where)
{
	const bt_component_sink *sink = NULL;
	size_t streams = 0;
	int rc;

	/* Whatever the library was used for before in this thread. */
	bt_current_thread_clear_error();
	source->graph = bt_graph_create(0);
	if (!source->graph)
		return -ENOMEM;
	if (bt_graph_add_simple_sink_component(source->graph, "reader", sink_init, sink_consume,
		    NULL, source, &sink) != BT_GRAPH_ADD_COMPONENT_STATUS_OK)
		return -EIO;
	if (source->is_live)
		return wg__graph_live(source->graph, where, sink);
	rc = wg__graph_files(source->graph, where, sink, &streams);
	/* It opens them when it is first asked for events. */
	if (rc == 0 && wg__descriptors_lack(streams + SPARE))
		(void)wg__descriptors_raise();
	return rc;
}

static int open_source(const char *where, bool is_live, struct wg__shared *shared,
	struct wg__source **ret_source, struct wg_error *err)
{
	struct wg__source *source = calloc(1, sizeof(*source));
	int rc;

	if (!source)
		return wg_error_set(err, -ENOMEM, "cannot open '%s': out of memory", where);
	source->shared = shared;
	source->is_live = is_live;
	source->quiet_ns = source->skipped_ns = INT64_MIN;
	bt_logging_set_global_level(BT_LOGGING_LEVEL_NONE);
	source->decoder = wg__decoder_create(shared->names, &shared->spaces);
	source->dir = strdup(shared->folder ? shared->folder : where);
	rc = source->decoder && source->dir ? build_graph(source, where) : -ENOMEM;
	/* More streams than the limit has descriptors. */
	if (rc < 0 && source->decoder && source->dir && wg__descriptors_lack(SPARE) &&
		wg__descriptors_raise()) {
		bt_graph_put_ref(source->graph);
		source->graph = NULL;
		rc = build_graph(source, where);
	}
	/* The library blames the metadata, or finds no plugins. */
	if (rc < 0 && wg__descriptors_lack(SPARE)) {
		bt_current_thread_clear_error();
		rc = wg_error_set(err, -EMFILE,
			"too many open files: allow more with `ulimit -n`, or read fewer traces");
	} else if (rc == -ENOSYS) {
		bt_current_thread_clear_error();
		(void)wg_error_set(err, rc,
			"babeltrace2's plugins ctf and utils were not found; install its package "
			"(libbabeltrace2-0 on Debian)");
	} else if (rc == -ENOMEM) {
		bt_current_thread_clear_error();
		(void)wg_error_set(err, rc, "out of memory");
	} else if (rc < 0 && is_live) {
		(void)error_line(err, -EINVAL, "babeltrace2 cannot attach: ");
	} else if (rc < 0) {
		/* The library gives its reason to a log only. */
		bt_current_thread_clear_error();
		(void)wg_error_set(err, -EINVAL,
			"babeltrace2 rejects it, most likely its metadata: copy the trace again or "
			"record it again (`babeltrace2 DIR` names the line)");
	}
	if (rc < 0) {
		wg__source_close(source);
		return rc == -EIO ? -EINVAL : rc;
	}
	*ret_source = source;
	return 0;
}

int wg__source_open(const char *dir, struct wg__shared *shared, struct wg__source **ret_source,
	struct wg_error *err)
{
	return open_source(dir, false, shared, ret_source, err);
}

int wg__source_open_live(const char *url, struct wg__shared *shared, struct wg__source **ret_source,
	struct wg_error *err)
{
	return open_source(url, true, shared, ret_source, err);
}

void wg__source_interrupt(struct wg__source *source)
{
	bt_interrupter_set(bt_graph_borrow_default_interrupter(source->graph));
}

int64_t wg__source_quiet_until(const struct wg__source *source)
{
	return source->quiet_ns;
}

static int learn_stream(struct wg__source *source, const bt_stream *stream, struct stream *ret)
{
	const bt_stream_class *sc = bt_stream_borrow_class_const(stream);
	const bt_trace *trace = bt_stream_borrow_trace_const(stream);

	*ret = (struct stream){ .is = stream, .channel = sc };
	source->has_channels =
		source->has_channels ||
		bt_trace_class_get_stream_class_count(bt_trace_borrow_class_const(trace)) > 1;
	return wg__origin_of(trace, bt_stream_class_borrow_default_clock_class_const(sc),
		source->dir, source->shared->names, &source->shared->spaces, &ret->origin);
}

/* The stream of a message, which is counted; NULL without memory. */
static const struct stream *stream_of(struct wg__source *source, const bt_stream *stream)
{
	size_t i = source->stream_last;

	/* Neighbours in time are mostly of the same one. */
	if (i >= source->stream_count || source->streams[i].is != stream) {
		for (i = 0; i < source->stream_count && source->streams[i].is != stream; i++)
			;
	}
	source->stream_last = i;
	if (i == source->stream_count) {
		if (wg__grow(&source->streams, &source->stream_cap, i, sizeof(*source->streams)) <
				0 ||
			learn_stream(source, stream, &source->streams[i]) < 0)
			return NULL;
		source->stream_count++;
	}
	source->streams[i].messages++;
	return &source->streams[i];
}

static int take_event(struct wg__source *source, const bt_message *message, struct wg_event *ret)
{
	const bt_event *event = bt_message_event_borrow_event_const(message);
	const struct stream *stream = stream_of(source, bt_event_borrow_stream_const(event));
	int rc;

	if (!stream)
		return -ENOMEM;
	/* LTTng always has a clock; a trace without cannot be put in order. */
	if (!bt_message_event_borrow_stream_class_default_clock_class_const(message))
		return 0;
	rc = wg__decode(source->decoder, message, &stream->origin, ret);
	if (rc == 0)
		source->shared->foreign++;
	if (rc <= 0)
		return rc;
	return wg__take_event(source->shared, source->has_channels ? &source->doubles : NULL,
		stream->channel, ret);
}

/* source.ctf.fs names a stream after its file. */
static const char *file_of(const bt_stream *stream)
{
	const char *name = bt_stream_get_name(stream);
	const char *slash = name ? strrchr(name, '/') : NULL;

	return slash ? slash + 1 : name ? name : "?";
}

static int take_lost_events(
	struct wg__source *source, const bt_message *message, struct wg_event *ret)
{
	const bt_stream *stream = bt_message_discarded_events_borrow_stream_const(message);
	const bt_stream_class *sc = bt_stream_borrow_class_const(stream);
	uint64_t count = 0;

	if (!stream_of(source, stream))
		return -ENOMEM;
	if (!bt_stream_class_discarded_events_have_default_clock_snapshots(sc))
		return 0;
	if (bt_message_discarded_events_get_count(message, &count) !=
		BT_PROPERTY_AVAILABILITY_AVAILABLE)
		count = 0;
	wg__take_lost_events(source->shared, file_of(stream),
		wg__clock_ns(
			bt_message_discarded_events_borrow_beginning_default_clock_snapshot_const(
				message)),
		wg__clock_ns(bt_message_discarded_events_borrow_end_default_clock_snapshot_const(
			message)),
		count, ret);
	return 1;
}

static int take_lost_packets(
	struct wg__source *source, const bt_message *message, struct wg_event *ret)
{
	const bt_stream *stream = bt_message_discarded_packets_borrow_stream_const(message);
	const bt_stream_class *sc = bt_stream_borrow_class_const(stream);
	uint64_t count = 0;

	if (!stream_of(source, stream))
		return -ENOMEM;
	(void)bt_message_discarded_packets_get_count(message, &count);
	wg__take_lost_packets(source->shared, file_of(stream), count);
	if (!bt_stream_class_discarded_packets_have_default_clock_snapshots(sc))
		return 0;
	wg__take_lost_events(source->shared, file_of(stream),
		wg__clock_ns(
			bt_message_discarded_packets_borrow_beginning_default_clock_snapshot_const(
				message)),
		wg__clock_ns(bt_message_discarded_packets_borrow_end_default_clock_snapshot_const(
			message)),
		0, ret);
	return 1;
}

/* 1 an event, 0 nothing for us in this message, negative errno. */
static int take(struct wg__source *source, const bt_message *message, struct wg_event *ret)
{
	const bt_message_type ours = BT_MESSAGE_TYPE_EVENT | BT_MESSAGE_TYPE_DISCARDED_EVENTS |
				     BT_MESSAGE_TYPE_DISCARDED_PACKETS;
	bt_message_type type = bt_message_get_type(message);

	if (type & ours)
		source->taken++;
	if (source->skip && (type & ours)) {
		source->skip--;
		if (type == BT_MESSAGE_TYPE_EVENT &&
			bt_message_event_borrow_stream_class_default_clock_class_const(message))
			source->skipped_ns = wg__clock_ns(
				bt_message_event_borrow_default_clock_snapshot_const(message));
		return 0;
	}
	switch (type) {
	case BT_MESSAGE_TYPE_EVENT: return take_event(source, message, ret);
	case BT_MESSAGE_TYPE_DISCARDED_EVENTS: return take_lost_events(source, message, ret);
	case BT_MESSAGE_TYPE_DISCARDED_PACKETS: return take_lost_packets(source, message, ret);
	case BT_MESSAGE_TYPE_MESSAGE_ITERATOR_INACTIVITY:
		source->quiet_ns = wg__clock_ns(
			bt_message_message_iterator_inactivity_borrow_clock_snapshot_const(
				message));
		return 0;
	default: return 0;
	}
}

int wg__source_next(struct wg__source *source, struct wg_event *ret_event, struct wg_error *err)
{
	for (;;) {
		bt_graph_run_once_status status;

		while (source->batch_next < source->batch_count) {
			const bt_message *message = source->batch[source->batch_next++];
			int rc = take(source, message, ret_event);

			bt_message_put_ref(message);
			if (rc < 0)
				return wg_error_set(err, rc, "out of memory");
			if (rc > 0)
				return 1;
		}
		source->batch_next = source->batch_count = 0;
		if (source->stop_why[0] && source->taken >= source->stop_at)
			return wg_error_set(err, -EIO, "%s", source->stop_why);
		/* Not ours: of another source that this thread reads. */
		bt_current_thread_clear_error();
		status = bt_graph_run_once(source->graph);
		if (source->too_many)
			return wg_error_set(err, -EIO, "this babeltrace2 hands out larger batches");
		if (status == BT_GRAPH_RUN_ONCE_STATUS_END)
			return source->left[0] ? wg_error_set(err, -EIO, "%s", source->left) : 0;
		if (status == BT_GRAPH_RUN_ONCE_STATUS_MEMORY_ERROR)
			return error_line(err, -ENOMEM, "out of memory: ");
		if (status == BT_GRAPH_RUN_ONCE_STATUS_AGAIN && source->is_live)
			return -EAGAIN;
		if (status != BT_GRAPH_RUN_ONCE_STATUS_OK &&
			status != BT_GRAPH_RUN_ONCE_STATUS_AGAIN)
			return error_line(err, -EIO, "");
		/* source.ctf.fs can leave an error behind: where it recovered by itself (it looks
		 * for the last event of an unfinished packet), and where it has messages to deliver
		 * first; then that stream just ends, and the others go on. The library aborts if it
		 * finds one, and it keeps one for each thread, which may read another source next.
		 */
		if (source->is_live || !source->left[0])
			wg__graph_error(source->left, sizeof(source->left));
	}
}

const struct wg__origin *wg__source_origin(const struct wg__source *source)
{
	return source->stream_count ? &source->streams[0].origin : NULL;
}

uint64_t wg__source_doubles(const struct wg__source *source)
{
	return source->doubles.count;
}

void wg__source_skip(struct wg__source *source, uint64_t messages)
{
	source->skip = messages;
}

int64_t wg__source_skipped_ns(const struct wg__source *source)
{
	return source->skipped_ns;
}

uint64_t wg__source_taken(const struct wg__source *source)
{
	return source->taken;
}

void wg__source_stop_at(struct wg__source *source, uint64_t messages, const char *why)
{
	source->stop_at = messages;
	(void)snprintf(source->stop_why, sizeof(source->stop_why), "%s", why);
}

void wg__source_takes(struct wg__source *source, uint64_t bytes)
{
	source->budget_bytes += bytes;
	wg__budget_take(bytes);
}

bool wg__source_stream(
	const struct wg__source *source, size_t i, const char **ret_file, uint64_t *ret_messages)
{
	if (i >= source->stream_count)
		return false;
	*ret_file = file_of(source->streams[i].is);
	*ret_messages = source->streams[i].messages;
	return true;
}

void wg__source_close(struct wg__source *source)
{
	if (!source)
		return;
	while (source->batch_next < source->batch_count)
		bt_message_put_ref(source->batch[source->batch_next++]);
	bt_graph_put_ref(source->graph);
	/* An error that the decoder kept for later comes back to us when it is torn down. */
	bt_current_thread_clear_error();
	wg__decoder_destroy(source->decoder);
	wg__budget_give_back(source->budget_bytes);
	wg__doubles_fini(&source->doubles);
	free(source->streams);
	free(source->dir);
	free(source);
}
