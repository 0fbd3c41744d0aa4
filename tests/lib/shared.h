/* Reference data of tests, which lives beside the repository: $SUANDIAN_SHARED, else ../shared of the sources.
 * Where it is absent a test is skipped, loudly; under REQUIRE_ALL=1 that is a failure. */
#pragma once

#include <stdbool.h>

/* The directory, whether it exists or not; valid for the life of the process. */
const char *shared_dir(void);

/* The path of a file or directory in it ("cases/x.json"), readable. Where it is absent this does not return:
 * it says so on stderr, and
 *   under REQUIRE_ALL=1 the test fails (in main() the program, with status 1);
 *   in a test of Check's fork mode that one test ends, and run_suite() will return 77;
 *   in main(), or with CK_FORK=no, the whole program ends with 77, which ctest shows as skipped.
 * The text is malloc'ed; short-lived tests may leave it to the end of the process. */
const char *shared_or_skip(const char *name);

/* The same ending for whatever else a test needs and does not find ("slurmctld is not installed"). */
__attribute__((noreturn, format(printf, 1, 2))) void skip_test(const char *fmt, ...);

/* Was anything skipped by this program, in any of its forked tests? */
bool shared_has_skipped(void);
