/*
 * fake_ctf.h: made-up events as a trace on the disk, for the commands.
 */
#ifndef TESTS_HARNESS_FAKE_CTF_H
#define TESTS_HARNESS_FAKE_CTF_H

#include "tests/harness/fake_trace.h"

/* Write the events so far as a CTF trace into dir, which exists and is empty; destroys the fake.
 * Holes and notes are not written. */
void fake_write(struct fake *fake, const char *dir);

#endif
