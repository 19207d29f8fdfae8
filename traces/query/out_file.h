/*
 * out_file.h: an SQLite database that is written to a struct wg_out: a file that appears when it is
 * whole (out.h), with its errors.
 */
#ifndef TRACES_QUERY_OUT_FILE_H
#define TRACES_QUERY_OUT_FILE_H

#include <sqlite3.h>

struct wg_out;

/*
 * The name under which sqlite3_open_v2() finds file systems with such a database; out must be a
 * file that was opened by name, and stays open longer than the database. Only one at a time. NULL:
 * no memory. The database has no journal: what fails is thrown away as a whole.
 */
const char *wg__out_file(struct wg_out *out);

#endif
