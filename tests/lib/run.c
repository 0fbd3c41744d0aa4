#include "testlib/run.h"

#include <stdio.h>

#include "testlib/shared.h"

int run_suite(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int n_failed, n_run;

	srunner_run_all(runner, CK_ENV);
	n_failed = srunner_ntests_failed(runner);
	n_run = srunner_ntests_run(runner);
	srunner_free(runner);
	if (n_run == 0)
		fprintf(stderr, "no test ran\n");
	if (n_failed > 0 || n_run == 0)
		return 1;
	return shared_has_skipped() ? 77 : 0;
}
