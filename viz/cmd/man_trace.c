/*
 * man_trace.c: wakegap-trace(5): the events of a trace with their fields, and the names that stand
 * in it. All of it comes from the tables by which traces are read.
 */
#include "traces/base/manual.h"
#include "traces/base/waiting.h"
#include "traces/read/schema.h"
#include "viz/cmd/man.h"

typedef const char *field_fn(int which, size_t i);
typedef const char *name_fn(int value);

static const char *event_field(int type, size_t i)
{
	return wg_event_field((enum wg_event_type)type, i);
}

static const char *record_field(int record, size_t i)
{
	return wg_record_field((enum wg_record)record, i);
}

static void event(FILE *out, const char *name, const char *about, int which, field_fn *field)
{
	char term[256];
	size_t i, len = (size_t)snprintf(term, sizeof(term), "%s:", name);

	for (i = 0; field(which, i) && len < sizeof(term); i++)
		len += (size_t)snprintf(
			term + len, sizeof(term) - len, "%s %s", i ? "," : "", field(which, i));
	wg_manual_item(out, term, about);
}

static const char *kind(int value)
{
	return wg_kind_name((enum wg_kind)value);
}

static const char *reason(int value)
{
	return wg_reason_name((enum wg_reason)value);
}

static const char *how(int value)
{
	return wg_wait_in_name((enum wg_wait_in)value);
}

static const char *object(int value)
{
	return wg_object_kind_name((enum wg_object_kind)value);
}

static const char *certainty(int value)
{
	return wg_certainty_name((enum wg_certainty)value);
}

static const char *did(int value)
{
	return wg_did_name((enum wg_did)value);
}

/* The labels of a field. */
static void labels(FILE *out, const char *term, int count, name_fn *name)
{
	char text[512] = "";
	size_t len = 0;
	int i;

	for (i = 0; i < count && len < sizeof(text); i++)
		len += (size_t)snprintf(
			text + len, sizeof(text) - len, "%s%s", i ? ", " : "", name(i));
	wg_manual_item(out, term, text);
}

void wg_trace_manual(FILE *out)
{
	int i;

	wg_manual_text(out, wg__manual_trace);
	wg_manual_text(out, "# EVENTS OF A LOOP\n");
	for (i = 0; i < WG_EV_COUNT; i++) {
		if (wg_event_about((enum wg_event_type)i))
			event(out, wg_event_type_name((enum wg_event_type)i),
				wg_event_about((enum wg_event_type)i), i, event_field);
	}
	wg_manual_text(out, "# EVENTS OF A THREAD\n"
			    "They come from a program that is seen only from outside. "
			    "Their field loop is 0.\n");
	for (i = 0; i < WG_RECORD_COUNT; i++) {
		if (wg_record_about((enum wg_record)i))
			event(out, wg_record_name((enum wg_record)i),
				wg_record_about((enum wg_record)i), i, record_field);
	}
	wg_manual_text(out, "# LABELS\nThese fields hold a name.\n");
	labels(out, "kind (of submit)", WG_KIND_COUNT, kind);
	labels(out, "reason", WG_REASON_COUNT, reason);
	labels(out, "how", WG_IN_COUNT, how);
	labels(out, "kind (of object)", WG_OBJECT_KIND_COUNT, object);
	labels(out, "certainty", WG_CERTAINTY_COUNT, certainty);
	labels(out, "did", WG_DID_COUNT, did);
}
