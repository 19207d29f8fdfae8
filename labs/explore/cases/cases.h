/*
 * cases.h: what the cases share: one or two threads beside the main one.
 */
#ifndef LABS_EXPLORE_CASES_CASES_H
#define LABS_EXPLORE_CASES_CASES_H

#include "labs/explore/lab.h"

/* Start these threads and wait for both. */
void case_two(void *(*first)(void *), void *(*second)(void *));
void case_one(void *(*only)(void *));

/* The scenarios, by file. */
#define CASE(id, ...) void case_##id(void);
#include "labs/explore/cases/cases.def"
#undef CASE

#endif
