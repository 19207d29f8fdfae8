/*
 * node.h: Node.js reads the same file: a row of `wakegap run read` that is no strategy of ours.
 *
 * Node's stream is run as people write it, createReadStream with the chunk as highWaterMark. What
 * it hands in and delivers comes from Node's own trace events (traces/import/node.h).
 */
#ifndef VIZ_RUN_NODE_H
#define VIZ_RUN_NODE_H

#include <stdint.h>

#include "viz/run/workload_program.h"

#define WG_NODE "node" /* its name among the strategies */

struct wg_node_job {
	const char *file;
	uint64_t chunk;
	unsigned passes;
};

/*
 * Both block, and return 0 or an exit status after one line; WG_EXIT_SKIPPED: node is not
 * installed. One pass goes before those that count: node compiles what it runs.
 *
 * Not recorded: the times, and the checksum of the bytes that a further pass delivered.
 */
int wg_node_run(const struct wg_node_job *job, struct wg_run_answer *ret);

/* Recorded: a trace in dir, which must be absent or empty. If this node writes no such events, that
 * is said, and *ret is all zero. */
int wg_node_record(const struct wg_node_job *job, const char *dir, struct wg_run_answer *ret);

#endif
