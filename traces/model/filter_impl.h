/*
 * filter_impl.h: the names of the language of filter.h and their terms, for its parser and its
 * tests. Private to traces/model.
 */
#ifndef TRACES_MODEL_FILTER_IMPL_H
#define TRACES_MODEL_FILTER_IMPL_H

/* Every name, the sort of its value, and what it is about. */
#define NAMES(X)                                                                                   \
	X(KIND, "kind", NAME, OP)                                                                  \
	X(OP, "op", NUMBER, OP)                                                                    \
	X(RESULT, "result", NUMBER, OP)                                                            \
	X(LOOP, "loop", NUMBER, ALL)                                                               \
	X(PID, "pid", NUMBER, ALL)                                                                 \
	X(THREAD, "thread", NUMBER, OP)                                                            \
	X(WORKER, "worker", NUMBER, OP)                                                            \
	X(QUEUED, "queued", TIME, OP)                                                              \
	X(SERVED, "served", TIME, OP)                                                              \
	X(READY, "ready", TIME, OP)                                                                \
	X(TOTAL, "total", TIME, OP)                                                                \
	X(REASON, "reason", NAME, WAIT)                                                            \
	X(GAP, "gap", TIME, WAIT)                                                                  \
	X(WAIT, "wait", TIME, WAIT)                                                                \
	X(LATE, "late", FLAG, WAIT)                                                                \
	X(EMPTY, "empty", FLAG, WAIT)                                                              \
	X(STUCK, "stuck", FLAG, WAIT)                                                              \
	X(WASTED, "wasted", FLAG, WAIT)                                                            \
	X(IN, "in", NAME, WAIT)                                                                    \
	X(CLASS, "class", NAME, WAIT)                                                              \
	X(CERTAINTY, "certainty", NAME, WAIT)                                                      \
	X(BY, "by", NUMBER, WAIT)                                                                  \
	X(EVENT, "event", NAME, EVENT)

#define NAME(id, name, value, about) NAME_##id,
enum name { NAMES(NAME) NAME_COUNT };

enum value { VALUE_NUMBER, VALUE_TIME, VALUE_NAME, VALUE_FLAG };
enum about { ABOUT_ALL, ABOUT_OP, ABOUT_WAIT, ABOUT_EVENT };

extern const struct wg__filter_name {
	const char *name;
	enum value value;
	enum about about;
} wg__filter_names[NAME_COUNT];

/* In the order of trying: "<=" begins with "<". */
enum sign { SIGN_NE, SIGN_LE, SIGN_GE, SIGN_EQ, SIGN_LT, SIGN_GT, SIGN_COUNT };

#endif
