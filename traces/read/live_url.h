/*
 * live_url.h: net://HOST:PORT/host/NAME/SESSION taken apart, and the sessions a relay daemon has.
 * Private to traces/.
 */
#ifndef TRACES_READ_LIVE_URL_H
#define TRACES_READ_LIVE_URL_H

#include "traces/base/error.h"

struct wg__live_url {
	char relay[300];   /* net://HOST:PORT */
	char host[256];	   /* NAME */
	char session[256]; /* SESSION */
};

/* 0, or -EINVAL with a line. */
int wg__live_url_parse(const char *url, struct wg__live_url *ret_url, struct wg_error *err);

#endif
