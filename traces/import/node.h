/*
 * node.h: what Node.js writes of its file operations, as events of a loop.
 *
 * `node --trace-event-categories node.fs.async` (late releases of Node 18, and later ones) writes a
 * "b" when a file operation is handed in and an "e" just before its callback: submit and deliver.
 * What is between them, and when the loop sleeps, is not in the log, so no figure of waits is
 * observable.
 */
#ifndef TRACES_IMPORT_NODE_H
#define TRACES_IMPORT_NODE_H

#include <stdint.h>

#include "traces/base/error.h"
#include "traces/read/schema.h"

struct wg_node_sink {
	/* The event lives until it returns. 0, or a negative errno that ends all. */
	int (*event)(void *user, const struct wg_event *event);
	void *user;
};

/*
 * The log at path: one loop named "node", and its operations in the order of the log. Those up to
 * the end of the `skip`-th close are left out. *ret_ops: how many were delivered. Bounded memory.
 * Blocks for the file. Errors, each with a line: of open(2) and read(2); -EINVAL: it is no such
 * log, or it ends in the middle; -ENOMEM; what the sink returned.
 */
int wg_import_node(const char *path, unsigned skip, const struct wg_node_sink *sink,
	uint64_t *ret_ops, struct wg_error *err);

#endif
