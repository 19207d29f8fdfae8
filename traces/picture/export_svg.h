/*
 * export_svg.h: one trace or two as pictures: a file for slides, a page to look around in.
 */
#ifndef TRACES_PICTURE_EXPORT_SVG_H
#define TRACES_PICTURE_EXPORT_SVG_H

#include <stdio.h>

#include "traces/picture/picture.h"

/*
 * Both write a whole document to out. options may be NULL. 0; -EINVAL as wg_picture_init();
 * -ENOMEM; -EIO if out has failed.
 */
int wg_export_svg(FILE *out, const struct wg_trace *const traces[], size_t count,
	const struct wg_picture_options *options);
int wg_export_html(FILE *out, const struct wg_trace *const traces[], size_t count,
	const struct wg_picture_options *options);

#endif
