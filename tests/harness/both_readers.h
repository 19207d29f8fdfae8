/*
 * both_readers.h: a folder read by libbabeltrace2 and by our own decoder, side by side: everything
 * they say has to be equal. Also the oracle of the fuzz target `differ`.
 */
#ifndef TESTS_HARNESS_BOTH_READERS_H
#define TESTS_HARNESS_BOTH_READERS_H

#include <stdbool.h>
#include <stddef.h>

/* "" in why: they agree; else what differs first. Whether ours read any folder of it. */
bool wg_both_readers(const char *dir, char *why, size_t len);

struct wg_event;

/* All that an event says, but for the number of its process. What does not fit is cut. */
void both_readers_print(char *text, size_t len, const struct wg_event *event);

#endif
