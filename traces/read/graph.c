/*
 * graph.c: see graph.h.
 *
 *     source.ctf.fs --one port a stream--> filter.utils.muxer --> our sink
 *     source.ctf.lttng-live --one port, merged already----------> our sink
 *
 * The library keeps an error for each thread, and aborts the process if it is called while there is
 * one. It leaves some behind where it recovered by itself or where nobody asks. So every error is
 * taken or cleared on the spot, and cleared once more where another use of the library begins.
 */
#include "traces/read/graph.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* The search loads shared objects until it finds the name; errors on the way are none of ours. */
const bt_plugin *wg__graph_plugin(const char *name)
{
	const bt_plugin *plugin = NULL;

	(void)bt_plugin_find(name, BT_TRUE, BT_FALSE, BT_TRUE, BT_TRUE, BT_FALSE, &plugin);
	bt_current_thread_clear_error();
	return plugin;
}

void wg__graph_error(char *text, size_t len)
{
	const bt_error *error = bt_current_thread_take_error();
	const char *cause = "";
	char *addresses;
	size_t i;

	if (error && bt_error_get_cause_count(error) > 0)
		cause = bt_error_cause_get_message(bt_error_borrow_cause_by_index(error, 0));
	(void)snprintf(text, len, "%.300s", cause);
	for (i = 0; text[i]; i++) {
		if (text[i] == '\n')
			text[i] = ' ';
	}
	/* What follows are addresses in memory, for the library's own developers. */
	addresses = strstr(text, "-addr=");
	while (addresses && addresses > text && *addresses != ':')
		addresses--;
	if (addresses && addresses > text)
		*addresses = '\0';
	if (error)
		bt_error_release(error);
}

/* One input, and for a live source what to do when the session has gone: end. */
static int fill_params(bt_value *params, const char *input, bool is_live)
{
	bt_value *inputs = NULL;

	if (!params ||
		bt_value_map_insert_empty_array_entry(params, "inputs", &inputs) !=
			BT_VALUE_MAP_INSERT_ENTRY_STATUS_OK ||
		bt_value_array_append_string_element(inputs, input) !=
			BT_VALUE_ARRAY_APPEND_ELEMENT_STATUS_OK)
		return -EIO;
	if (is_live && bt_value_map_insert_string_entry(params, "session-not-found-action",
			       "end") != BT_VALUE_MAP_INSERT_ENTRY_STATUS_OK)
		return -EIO;
	return 0;
}

static int add_source(
	bt_graph *graph, const char *input, bool is_live, const bt_component_source **ret_source)
{
	const bt_plugin *plugin = wg__graph_plugin("ctf");
	const bt_component_class_source *class =
		plugin ? bt_plugin_borrow_source_component_class_by_name_const(
				 plugin, is_live ? "lttng-live" : "fs")
		       : NULL;
	bt_value *params = bt_value_map_create();
	int rc = class ? fill_params(params, input, is_live) : -ENOSYS;

	if (rc == 0 &&
		bt_graph_add_source_component(graph, class, "trace", params, BT_LOGGING_LEVEL_NONE,
			ret_source) != BT_GRAPH_ADD_COMPONENT_STATUS_OK)
		rc = -EIO;
	bt_value_put_ref(params);
	bt_plugin_put_ref(plugin);
	return rc;
}

static int add_muxer(bt_graph *graph, const bt_component_filter **ret_muxer)
{
	const bt_plugin *plugin = wg__graph_plugin("utils");
	const bt_component_class_filter *class =
		plugin ? bt_plugin_borrow_filter_component_class_by_name_const(plugin, "muxer")
		       : NULL;
	int rc = class ? -EIO : -ENOSYS;

	if (class && bt_graph_add_filter_component(graph, class, "muxer", NULL,
			     BT_LOGGING_LEVEL_NONE, ret_muxer) == BT_GRAPH_ADD_COMPONENT_STATUS_OK)
		rc = 0;
	bt_plugin_put_ref(plugin);
	return rc;
}

static int connect_ports(bt_graph *graph, const bt_port_output *out, const bt_port_input *in)
{
	return bt_graph_connect_ports(graph, out, in, NULL) == BT_GRAPH_CONNECT_PORTS_STATUS_OK
		       ? 0
		       : -EIO;
}

/* Every stream of the trace into the muxer; it grows an input as each one is taken. */
int wg__graph_files(
	bt_graph *graph, const char *dir, const bt_component_sink *sink, size_t *ret_streams)
{
	const bt_component_source *fs = NULL;
	const bt_component_filter *muxer = NULL;
	uint64_t i, count;
	int rc = add_source(graph, dir, false, &fs);

	if (rc == 0) {
		bt_current_thread_clear_error(); /* source.ctf.fs may have left one */
		rc = add_muxer(graph, &muxer);
	}
	count = rc == 0 ? bt_component_source_get_output_port_count(fs) : 0;
	*ret_streams = (size_t)count;
	for (i = 0; i < count && rc == 0; i++) {
		rc = connect_ports(graph,
			bt_component_source_borrow_output_port_by_index_const(fs, i),
			bt_component_filter_borrow_input_port_by_index_const(
				muxer, bt_component_filter_get_input_port_count(muxer) - 1));
	}
	if (rc == 0)
		rc = connect_ports(graph,
			bt_component_filter_borrow_output_port_by_index_const(muxer, 0),
			bt_component_sink_borrow_input_port_by_index_const(sink, 0));
	return rc;
}

int wg__graph_live(bt_graph *graph, const char *url, const bt_component_sink *sink)
{
	const bt_component_source *live = NULL;
	int rc = add_source(graph, url, true, &live);

	if (rc == 0)
		rc = connect_ports(graph,
			bt_component_source_borrow_output_port_by_index_const(live, 0),
			bt_component_sink_borrow_input_port_by_index_const(sink, 0));
	return rc;
}
