/*
 * stuck.h: a schedule in which no thread can go on.
 */
#ifndef LABS_EXPLORE_REPORT_STUCK_H
#define LABS_EXPLORE_REPORT_STUCK_H

/* No thread can go on: is this the end, or is check `stuck` broken? */
void lx_check_stuck(void);

#endif
