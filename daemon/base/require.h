/* Two tiers of assertion, both always compiled in.
 *
 * REQUIRE(x)  a programmer's error: prints where and what, then aborts.
 * FAILS(x)    an invariant production can survive: logs once per place, counts (require_failed_count(),
 *             exported as a metric), and is true if x failed, so that the caller can bail out:
 *                 if (FAILS(n <= cap)) return -EINVAL;
 * Input from outside is never asserted: it is validated and refused.  Any thread. */
#pragma once

#include "base/base.h"

#define REQUIRE(x) (__builtin_expect(!!(x), 1) ? (void)0 : require_die(#x, __FILE__, __LINE__))
#define FAILS(x) (__builtin_expect(!!(x), 1) ? false : require_note(#x, __FILE__, __LINE__))

__attribute__((noreturn, cold)) void require_die(const char *expr, const char *file, int line);
MUST_USE __attribute__((cold)) bool require_note(const char *expr, const char *file, int line);

/* How many FAILS() fired since start. */
uint64_t require_failed_count(void);
