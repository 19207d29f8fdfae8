/*
 * graph.h: the graph of libbabeltrace2 in front of a source's sink. Private to traces/.
 */
#ifndef TRACES_READ_GRAPH_H
#define TRACES_READ_GRAPH_H

#include <babeltrace2/babeltrace.h>

/*
 * Put what reads into graph and connect it with sink, whose iterator is made then. 0; -ENOSYS: the
 * plugins of babeltrace2 are not there; -EIO: the library says no, and why (its error of this
 * thread).
 */

/* A folder with `metadata`: source.ctf.fs, its streams merged; how many, each a file that is opened
 * with the first event. */
int wg__graph_files(
	bt_graph *graph, const char *dir, const bt_component_sink *sink, size_t *ret_streams);

/* A session of a relay daemon, net://HOST[:PORT]/host/NAME/SESSION; it ends with the session. */
int wg__graph_live(bt_graph *graph, const char *url, const bt_component_sink *sink);

/* A plugin of the system, or NULL; the caller's reference. */
const bt_plugin *wg__graph_plugin(const char *name);

/* Take the library's error of this thread: its first, most exact cause as one line; "" if none. */
void wg__graph_error(char *text, size_t len);

#endif
