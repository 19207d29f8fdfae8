/*
 * recorder_write.c: see recorder_write.h. A file for each thread, of packets, and `metadata` last:
 * readers take a folder with it for a trace.
 */
#include "core/workload/recorder_write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define PACKET_BYTES (256u << 10)
#define EVENT_BYTES  128 /* the longest, and more */
#define WAIT_MAX     31	 /* bytes of a strategy's name */

/* One thread's file while it is written. */
struct stream {
	FILE *out;
	const struct wg__kept *kept;
	struct wg__ctf_packet *packet; /* PACKET_BYTES, begins with its header */
	size_t used;
	int64_t last_ns; /* of the last event in it */
};

/* ---- events ---- */

static unsigned char *put(unsigned char *to, const void *value, size_t bytes)
{
	memcpy(to, value, bytes);
	return to + bytes;
}

static unsigned char *put32(unsigned char *to, uint64_t value)
{
	uint32_t v = (uint32_t)value;

	return put(to, &v, sizeof(v));
}

static unsigned char *put64(unsigned char *to, uint64_t value)
{
	return put(to, &value, sizeof(value));
}

/* As the description in recorder_ctf.c has it; returns its end. */
static unsigned char *put_event(
	unsigned char *to, const struct wg__ctf_who *who, const struct wg__kept_event *e)
{
	const struct wg__ctf_head head = {
		.id = e->id, .timestamp = e->ns, .who = *who, .loop = e->loop
	};
	const char *name;
	uint8_t sent;

	to = put(to, &head, sizeof(head));
	switch ((enum wg__ctf_event)e->id) {
	case WG__CTF_LOOP:
		name = (const char *)(uintptr_t)e->first;
		to = put(to, name, strnlen(name, WAIT_MAX));
		return put64(put(to, "", 1), e->second);
	case WG__CTF_SUBMIT: return put64(put32(put64(to, e->first), e->kind), e->second);
	case WG__CTF_NOTIFY: sent = (uint8_t)e->second; return put(put64(to, e->first), &sent, 1);
	case WG__CTF_START:
	case WG__CTF_WAIT: return put32(put64(to, e->first), e->second);
	case WG__CTF_WAKE: return put32(put32(to, e->first), e->second);
	case WG__CTF_POLL: return put32(to, e->first);
	case WG__CTF_DONE:
	case WG__CTF_DELIVER: break;
	}
	return put64(put64(to, e->first), e->second);
}

/* ---- packets ---- */

static int failed(void)
{
	return errno ? -errno : -EIO;
}

/* Write the packet, and begin the next one. */
static int end_packet(struct stream *s, int64_t end_ns)
{
	struct wg__ctf_packet *p = s->packet;

	p->timestamp_end = end_ns;
	p->content_size = p->packet_size = 8 * (uint64_t)s->used;
	if (fwrite(p, s->used, 1, s->out) != 1)
		return failed();
	p->packet_seq_num++;
	s->used = sizeof(*p);
	return 0;
}

static int add(void *user, const struct wg__kept_event *e)
{
	struct stream *s = user;
	unsigned char *begin = (unsigned char *)s->packet;
	int rc = s->used + EVENT_BYTES > PACKET_BYTES ? end_packet(s, s->last_ns) : 0;

	if (rc < 0)
		return rc;
	if (s->used == sizeof(*s->packet))
		s->packet->timestamp_begin = e->ns;
	s->used = (size_t)(put_event(begin + s->used, &s->kept->who, e) - begin);
	s->last_ns = e->ns;
	return 0;
}

/* What is lost stands behind the rest: a packet without events has the count. */
static int write_stream(struct stream *s, int64_t end_ns)
{
	int rc = wg__kept_each(s->kept, add, s);

	if (rc == 0 && s->used > sizeof(*s->packet))
		rc = end_packet(s, end_ns);
	if (rc < 0 || !s->kept->until_lost)
		return rc;
	s->packet->timestamp_begin = end_ns;
	s->packet->events_discarded = s->kept->until_lost;
	return end_packet(s, end_ns);
}

/* ---- files ---- */

/* Not one that is there already: that is somebody's. */
static FILE *make_file(int dir_fd, const char *name)
{
	int fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0660);
	FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;

	if (!out && fd >= 0) {
		(void)close(fd);
		(void)unlinkat(dir_fd, name, 0);
	}
	return out;
}

/* Close it; without it if it, or what was done before, has failed. */
static int end_file(int dir_fd, const char *name, FILE *out, int rc)
{
	if (fclose(out) != 0 && rc == 0)
		rc = failed();
	if (rc < 0)
		(void)unlinkat(dir_fd, name, 0);
	return rc;
}

static const char *stream_name(char buf[32], unsigned number)
{
	(void)snprintf(buf, 32, "wakegap_%u", number);
	return buf;
}

static int make_stream(int dir_fd, const struct wg__kept *k, unsigned number,
	const uint8_t uuid[16], int64_t end_ns)
{
	static unsigned char packet[PACKET_BYTES];
	struct stream s = { .kept = k, .packet = (void *)packet, .used = sizeof(*s.packet) };
	char name[32];

	s.out = make_file(dir_fd, stream_name(name, number));
	if (!s.out)
		return -errno;
	*s.packet = (struct wg__ctf_packet){ .magic = WG__CTF_MAGIC, .stream_instance_id = number };
	memcpy(s.packet->uuid, uuid, sizeof(s.packet->uuid));
	return end_file(dir_fd, name, s.out, write_stream(&s, end_ns));
}

static int make_metadata(int dir_fd, const uint8_t uuid[16])
{
	FILE *out = make_file(dir_fd, "metadata");

	if (!out)
		return -errno;
	return end_file(dir_fd, "metadata", out, wg__ctf_describe(out, uuid) == 0 ? 0 : failed());
}

int wg__recorder_write(int dir_fd, const struct wg__kept *list, int64_t end_ns)
{
	unsigned made = 0;
	uint8_t uuid[16];
	char name[32];
	int rc = getrandom(uuid, sizeof(uuid), 0) == sizeof(uuid) ? 0 : -EIO;

	for (; list && rc == 0; list = list->next) {
		rc = make_stream(dir_fd, list, made, uuid, end_ns);
		made += rc == 0;
	}
	if (rc == 0)
		rc = make_metadata(dir_fd, uuid);
	while (rc < 0 && made > 0)
		(void)unlinkat(dir_fd, stream_name(name, --made), 0);
	return rc;
}
