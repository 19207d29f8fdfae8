/*
 * node.c: see node.h. The bytes that node delivers come through a pipe and are hashed here, as the
 * workload hashes its own.
 */
#include "viz/run/node.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xxhash.h>

#include "traces/base/program.h"
#include "traces/base/say.h"
#include "traces/base/scratch.h"
#include "traces/import/node.h"
#include "traces/record/files.h"
#include "traces/write/ctf.h"

#define HASHED_BYTES   (64u << 10)
#define SKIPPED_CLOSES 1 /* of the pass that does not count */

/* Words that an old node knows, too. */
static const char timed[] =
	"var fs = require('fs'), a = process.argv.slice(1), times = [], n, bytes;"
	"function failed(e) { console.error('wakegap: node: ' + e.message); process.exit(1); }"
	"function pass() { var t = process.hrtime(); n = bytes = 0;"
	" fs.createReadStream(a[0], { highWaterMark: +a[1] }).on('error', failed)"
	" .on('data', function (c) { n++; bytes += c.length; }).on('close', function () {"
	"  var d = process.hrtime(t); times.push(d[0] + d[1] / 1e9);"
	"  if (times.length <= +a[2]) return pass();"
	"  times.shift(); times.sort(function (x, y) { return x - y; });"
	"  var h = times.length >> 1, m = times.length % 2 ? times[h] : (times[h - 1] + times[h]) "
	"/ 2;"
	"  console.log(JSON.stringify({ wait: 'node', ops: n, bytes_read: bytes, checksum: '',"
	"   seconds: { min: times[0], median: m, max: times[times.length - 1] } })); }); }"
	"pass();";

static const char delivered[] =
	"var fs = require('fs'), a = process.argv.slice(1);"
	"fs.createReadStream(a[0], { highWaterMark: +a[1] }).on('data', function (c) {"
	" for (var i = 0; i < c.length;) i += fs.writeSync(1, c, i, c.length - i); })"
	".on('error', function (e) { console.error('wakegap: node: ' + e.message); "
	"process.exit(1); });";

struct call {
	char path[4096], chunk[24], passes[24], pattern[4096 + 32];
	char *argv[12];
};

#define TEXT(s) ((char *)(uintptr_t)(s))

/* scratch: where node writes what it does, or NULL. 0 or an exit status. */
static int make_call(
	const struct wg_node_job *job, const char *script, const char *scratch, struct call *call)
{
	size_t n = 0;

	if (wg__program_find("node", getenv("PATH"), call->path, sizeof(call->path)) < 0) {
		wg_say("skipped: node is not installed");
		return WG_EXIT_SKIPPED;
	}
	(void)snprintf(call->chunk, sizeof(call->chunk), "%" PRIu64, job->chunk);
	(void)snprintf(call->passes, sizeof(call->passes), "%u", job->passes);
	call->argv[n++] = call->path;
	if (scratch) {
		(void)snprintf(call->pattern, sizeof(call->pattern), "%s/${rotation}", scratch);
		call->argv[n++] = TEXT("--trace-event-categories");
		call->argv[n++] = TEXT("node.fs.async");
		call->argv[n++] = TEXT("--trace-event-file-pattern");
		call->argv[n++] = call->pattern;
	}
	call->argv[n++] = TEXT("-e");
	call->argv[n++] = TEXT(script);
	call->argv[n++] = TEXT("--");
	call->argv[n++] = TEXT(job->file);
	call->argv[n++] = call->chunk;
	call->argv[n++] = call->passes;
	call->argv[n] = NULL;
	return 0;
}

/* 0, or an exit status after a line: node has said why, unless it was killed. */
static int check_end(int status)
{
	if (status > 128)
		return wg_say(
			"node was ended by signal %d: %s", status - 128, strsignal(status - 128));
	return status ? wg_say("node failed with status %d", status) : 0;
}

/* Run it, and read its answer. The status of node, or a negative errno in *err. */
static int run_timed(const struct call *call, struct wg_run_answer *ret, struct wg_error *err)
{
	int fd = memfd_create("answer", MFD_CLOEXEC);
	int status;

	if (fd < 0)
		return wg_error_set(err, -errno, "cannot make a memory file: %s", strerror(errno));
	status = wg_workload_run(call->argv, fd, err);
	if (status == 0 && wg_workload_answer(fd, ret, err) < 0)
		status = wg_error_set(err, -EPROTO, "node gave no answer");
	(void)close(fd);
	return status;
}

static int hash_all(int fd, uint64_t *ret_bytes, uint64_t *ret_hash)
{
	XXH3_state_t *hash = XXH3_createState();
	char *buf = malloc(HASHED_BYTES);
	ssize_t n = -1;

	*ret_bytes = 0;
	errno = ENOMEM;
	if (hash && buf && XXH3_64bits_reset(hash) == XXH_OK) {
		while ((n = read(fd, buf, HASHED_BYTES)) > 0 || (n < 0 && errno == EINTR)) {
			*ret_bytes += n > 0 ? (uint64_t)n : 0;
			(void)XXH3_64bits_update(hash, buf, n > 0 ? (size_t)n : 0);
		}
		*ret_hash = XXH3_64bits_digest(hash);
	}
	(void)XXH3_freeState(hash);
	free(buf);
	return n < 0 ? -errno : 0;
}

/* A pass whose bytes come here. 0 or an exit status. */
static int hash_pass(const struct wg_node_job *job, uint64_t *ret_bytes, uint64_t *ret_hash)
{
	struct wg_error err = { 0 };
	struct call call;
	int ends[2], status, rc = make_call(job, delivered, NULL, &call);
	pid_t pid;

	if (rc)
		return rc;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return wg_say("cannot make a pipe: %s", strerror(errno));
	pid = wg_workload_start(call.argv, ends[1], &err);
	(void)close(ends[1]);
	if (pid > 0)
		rc = hash_all(ends[0], ret_bytes, ret_hash);
	(void)close(ends[0]);
	if (pid < 0)
		return wg_say("%s", err.text);
	status = check_end(wg_workload_end(pid));
	return rc < 0 ? wg_say("cannot read what node delivers: %s", strerror(-rc)) : status;
}

int wg_node_run(const struct wg_node_job *job, struct wg_run_answer *ret)
{
	struct wg_error err = { 0 };
	uint64_t bytes = 0, hash = 0;
	struct call call;
	int rc = hash_pass(job, &bytes, &hash);

	if (rc == 0)
		rc = make_call(job, timed, NULL, &call);
	if (rc == 0 && (rc = run_timed(&call, ret, &err)) != 0)
		return rc < 0 ? wg_say("%s", err.text) : check_end(rc);
	if (rc == 0 && bytes != ret->bytes) {
		wg_run_answer_fini(ret);
		return wg_say("'%s' changed while node read it", job->file);
	}
	if (rc == 0) {
		(void)snprintf(ret->checksum, sizeof(ret->checksum), "%016" PRIx64, hash);
		(void)json_object_set_new(ret->all, "checksum", json_string(ret->checksum));
	}
	return rc;
}

/* ---- recorded ---- */

static int add_event(void *ctf, const struct wg_event *event)
{
	return wg_ctf_add(ctf, event);
}

/* Node's log becomes a trace in dir. How many operations it has, or a negative errno. */
static int convert(const char *scratch, const char *dir, uint64_t *ret_ops, struct wg_error *err)
{
	const struct wg_ctf_about about = { .tracer = "wakegap-node" };
	struct wg_node_sink sink = { add_event, NULL };
	struct wg_error unwritten = { 0 };
	struct wg_ctf *ctf;
	char path[4096 + 32];
	int rc = wg_ctf_create(dir, &about, &ctf, err);

	if (rc < 0)
		return rc;
	sink.user = ctf;
	(void)snprintf(path, sizeof(path), "%s/2", scratch);
	if (access(path, F_OK) == 0)
		wg_say("node's log has several parts: the trace has the first only");
	(void)snprintf(path, sizeof(path), "%s/1", scratch);
	rc = wg_import_node(path, SKIPPED_CLOSES, &sink, ret_ops, err);
	if (wg_ctf_finish(ctf, rc == 0 && *ret_ops, &unwritten) < 0) {
		*err = unwritten;
		rc = unwritten.code;
	}
	return rc;
}

/* A folder for the trace, and the trace in it. Node that says nothing of its reads is no error. */
static int keep_trace(const char *scratch, const char *dir, uint64_t *ret_ops)
{
	struct wg__folder folder;
	struct wg_error err = { 0 };
	int rc = wg__folder_make(dir, &folder, &err);

	if (rc < 0)
		return wg_say("%s", err.text);
	rc = convert(scratch, folder.path, ret_ops, &err);
	wg__folder_end(&folder, false, rc == 0 && *ret_ops);
	if (rc < 0 && rc != -ENOENT)
		return wg_say("%s", err.text);
	return 0;
}

int wg_node_record(const struct wg_node_job *job, const char *dir, struct wg_run_answer *ret)
{
	struct wg__scratch room = { 0 };
	struct wg_error err = { 0 };
	struct call call;
	uint64_t ops = 0;
	char *scratch = NULL;
	int rc, status = 1;

	memset(ret, 0, sizeof(*ret));
	if (wg__scratch_folder(&room, &scratch) < 0)
		return wg_say("cannot make a temporary folder");
	rc = make_call(job, timed, scratch, &call);
	if (rc == 0) {
		status = run_timed(&call, ret, &err);
		rc = status < 0	    ? wg_say("%s", err.text)
		     : status > 128 ? check_end(status)
		     : status == 0  ? keep_trace(scratch, dir, &ops)
				    : 0;
	}
	if (rc == 0 && !ops) {
		wg_run_answer_fini(ret);
		memset(ret, 0, sizeof(*ret));
		/* A very old node refuses the options; without them it may read. */
		if (status)
			wg_say("node failed with status %d when it was to write trace events: only "
			       "its times are shown",
				status);
		else
			wg_say("this node writes no trace events of its reads (late releases of "
			       "Node 18 do, and later ones): only its times are shown");
	}
	wg__scratch_fini(&room);
	free(scratch);
	return rc;
}
