/*
 * race_words.h: the data races that a verdict leaves, in words: for the terminal and all systems.
 */
#ifndef LABS_GRADE_TELL_RACE_WORDS_H
#define LABS_GRADE_TELL_RACE_WORDS_H

#include <jansson.h>

/*
 * A list of texts, a race each, the last one for those that are too many. Empty after a failure,
 * which has more urgent news. The caller's; NULL: out of memory, which is noted.
 */
json_t *wg_race_words(const json_t *record);

#endif
