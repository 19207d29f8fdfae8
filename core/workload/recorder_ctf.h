/*
 * recorder_ctf.h: what recorder.c keeps, as the Common Trace Format has it. Private to the
 * recorder.
 *
 * A block of memory is a packet: its header is filled in when it is written. Records are packed, in
 * the byte order of the machine, as the text in recorder_ctf.c says.
 */
#ifndef CORE_WORKLOAD_RECORDER_CTF_H
#define CORE_WORKLOAD_RECORDER_CTF_H

#include <stdint.h>
#include <stdio.h>

#define WG__PACKED    __attribute__((packed))
#define WG__CTF_MAGIC 0xC1FC1FC1u

/* Ids, in the order of core/trace.h. */
enum wg__ctf_event {
	WG__CTF_LOOP,
	WG__CTF_SUBMIT,
	WG__CTF_START,
	WG__CTF_DONE,
	WG__CTF_NOTIFY,
	WG__CTF_WAIT,
	WG__CTF_WAKE,
	WG__CTF_POLL,
	WG__CTF_DELIVER,
};

struct WG__PACKED wg__ctf_packet {
	uint32_t magic;
	uint8_t uuid[16];
	uint32_t stream_id;
	uint64_t stream_instance_id;
	int64_t timestamp_begin, timestamp_end;
	uint64_t content_size, packet_size; /* bits */
	uint64_t packet_seq_num, events_discarded;
	uint32_t cpu_id;
};

/* In front of each event: what LTTng's contexts say of the thread. */
struct WG__PACKED wg__ctf_who {
	int32_t vpid, vtid;
	char procname[17];
};

struct WG__PACKED wg__ctf_head {
	uint16_t id;
	int64_t timestamp;
	struct wg__ctf_who who;
	uint32_t loop; /* the first field of every event */
};

/* The description. 0, or EOF if out has failed. */
int wg__ctf_describe(FILE *out, const uint8_t uuid[16]);

#endif
