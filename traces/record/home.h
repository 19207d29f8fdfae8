/*
 * home.h: where LTTng keeps the sockets of an ordinary user. Private to traces/.
 */
#ifndef TRACES_RECORD_HOME_H
#define TRACES_RECORD_HOME_H

/*
 * HOME; or, where that is not set or cannot be written (a service, a container, `nobody`), a folder
 * of this user below /tmp, which then stands in LTTNG_HOME for us and our children. NULL: not even
 * that. Main thread.
 */
const char *wg__lttng_home(void);

#endif
