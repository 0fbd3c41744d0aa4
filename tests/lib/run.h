/* The end of every test program's main(): return run_suite(suite_of_this_module()); */
#pragma once

#include <check.h>

/* Runs and frees the suite. 1 if a test failed or none ran, 77 if all that ran passed but some were skipped
 * (shared_or_skip(), skip_test()), else 0. */
int run_suite(Suite *suite);
