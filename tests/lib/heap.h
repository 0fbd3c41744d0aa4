/* Memory that runs out at a chosen moment. A test that uses this is linked with LIBS testheap, which sends
 * malloc, calloc, realloc, strdup and strndup of the program and the floors (not of shared libraries) here.
 *
 *	for (long k = 1;; k++) {
 *		heap_fail_at(k);
 *		r = thing_new(&thing);
 *		if (!heap_stop())
 *			break;                            // none was left to fail: r is the success
 *		ck_assert_int_eq(r, -ENOMEM);
 *	}
 *
 * Counts for the whole process; any thread. */
#pragma once

#include <stdbool.h>

/* The k-th allocation from now fails (1 = the next), and only that one. */
void heap_fail_at(long k);

/* No more failures; true if one has happened since heap_fail_at(). Call before Check's assertions, for they
 * allocate. */
bool heap_stop(void);
