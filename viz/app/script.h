/*
 * script.h: keys in, screens out: the viewer driven by text, for --frame and for tests.
 *
 *     "w z Right Right"          keys by the names of the help screen, blanks between
 *     "Space Wait:500ms Space"   the virtual clock goes on by 500 ms
 *     "Play:500ms"               the same in one word
 *     "/ Type:gap>1ms Enter"     each character of it; commas stand for blanks
 *     "Press:40,9 Move:30,9 Release:30,9 Up:40,9 Down:40,9"  the mouse; Up and Down: its wheel
 */
#ifndef VIZ_APP_SCRIPT_H
#define VIZ_APP_SCRIPT_H

#include <stddef.h>

#include "viz/app/app.h"

/*
 * Feed a script to the app. 0; or -EINVAL for a word that is no key, which is then copied to bad
 * (cut to len).
 */
int wg_script_run(struct wg_app *app, const char *script, char *bad, size_t len);

/* The same; effects of all its keys together in *ret_fx. */
int wg_script_feed(struct wg_app *app, const char *script, unsigned *ret_fx, char *bad, size_t len);

#endif
