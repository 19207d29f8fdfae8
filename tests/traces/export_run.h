/*
 * export_run.h: `wakegap export` as the suites of its formats call it.
 */
#ifndef TESTS_TRACES_EXPORT_RUN_H
#define TESTS_TRACES_EXPORT_RUN_H

/* Run `wakegap export` with these arguments, up to a NULL; as wg_run(). */
#define wg_export(out, err, ...) wg_export_argv(out, err, (const char *const[]){ __VA_ARGS__ })
int wg_export_argv(char **out, char **err, const char *const arguments[]);

#endif
