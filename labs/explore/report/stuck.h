/*
 * stuck.h: the words for a schedule in which nobody can go on.
 */
#ifndef LABS_EXPLORE_REPORT_STUCK_H
#define LABS_EXPLORE_REPORT_STUCK_H

/* At rest: is that an end, or are we stuck? */
void lx_check_stuck(void);

#endif
