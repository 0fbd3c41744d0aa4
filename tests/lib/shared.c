#include "testlib/shared.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Shared with the forked tests, so that the runner learns of their skips. */
static int *n_skipped;
static pid_t runner;

__attribute__((constructor)) static void shared_init(void)
{
	void *p = mmap(NULL, sizeof(*n_skipped), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);

	if (p == MAP_FAILED)
		abort();
	n_skipped = p;
	runner = getpid();
}

const char *shared_dir(void)
{
	const char *dir = getenv("SUANDIAN_SHARED");

	return dir && *dir ? dir : TEST_SHARED_DEFAULT;
}

bool shared_has_skipped(void)
{
	return __atomic_load_n(n_skipped, __ATOMIC_SEQ_CST) > 0;
}

static bool is_all_required(void)
{
	const char *s = getenv("REQUIRE_ALL");

	return s && strcmp(s, "1") == 0;
}

void skip_test(const char *fmt, ...)
{
	bool is_forked = getpid() != runner;
	bool is_failure = is_all_required();
	va_list ap;

	fprintf(stderr, "%s: ", is_failure ? "MISSING (REQUIRE_ALL=1)" : "SKIPPED");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	/* Check takes exit(0) of a forked test for its end, any other status for a failure of that test */
	if (is_failure)
		exit(1);
	__atomic_add_fetch(n_skipped, 1, __ATOMIC_SEQ_CST);
	exit(is_forked ? 0 : 77);
}

const char *shared_or_skip(const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s", shared_dir(), name) < 0)
		abort();
	if (access(path, R_OK) != 0)
		skip_test("reference data %s is not there (set SUANDIAN_SHARED)", path);
	return path;
}
