/*
 * support.h: small things that several core suites need.
 */
#ifndef TESTS_HARNESS_SUPPORT_H
#define TESTS_HARNESS_SUPPORT_H

#include <stddef.h>
#include <stdint.h>

/* A sanitizer is at work: a few tests ask more of the system than it can follow. */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define WG_UNDER_TSAN 1
#endif
#if __has_feature(address_sanitizer)
#define WG_UNDER_ASAN 1
#endif
#elif defined(__SANITIZE_THREAD__)
#define WG_UNDER_TSAN 1
#elif defined(__SANITIZE_ADDRESS__)
#define WG_UNDER_ASAN 1
#endif

#ifdef WG_UNDER_TSAN
enum { WG_IS_UNDER_TSAN = 1 };
#else
enum { WG_IS_UNDER_TSAN = 0 };
#endif

/* How a lab that crashes is told: a sanitizer of the explorer catches the signal, and exits. */
#if defined(WG_UNDER_ASAN)
#define WG_A_CRASH "the lab ended its process, with status "
#else
#define WG_A_CRASH "died: Segmentation fault"
#endif

/*
 * The step through a table whose rows show a sanitizer the same code again, and take it minutes:
 * gcc and clang run every row.
 */
#if defined(WG_UNDER_TSAN)
enum { WG_STRIDE = 4 };
#elif defined(WG_UNDER_ASAN)
enum { WG_STRIDE = 3 };
#else
enum { WG_STRIDE = 1 };
#endif

/* Does malloc() take no more than it is asked for? A sanitizer has its own. */
#if defined(WG_UNDER_TSAN) || defined(WG_UNDER_ASAN)
#define WG_COUNTS_BYTES false
#else
#define WG_COUNTS_BYTES true
#endif

/* A child process that runs fn, or that fn ends, has this status, and has printed this. */
void wg_child_says(void (*fn)(void), int status, const char *wanted);

/* Open descriptors of this process. */
int wg_fd_count(void);

/* How many descriptors a program that we exec would inherit. */
int wg_inherited_fds(void);

/* Make a file of `bytes` bytes below dir whose content depends on the offset only. */
const char *wg_make_file(const char *dir, const char *name, size_t bytes);
unsigned char wg_file_byte(size_t offset);

/* Interrupt thread `self` with SIGUSR1 (a handler that does nothing) until stopped. */
struct wg_storm;
struct wg_storm *wg_storm_start(void);
int wg_storm_stop(struct wg_storm *storm); /* returns how many signals arrived */

/* A seed that is printed, so that a failure can be repeated: WG_SEED, or the clock. */
unsigned wg_seed(void);

#endif
