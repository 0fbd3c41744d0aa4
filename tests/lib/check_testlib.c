#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "testlib/heap.h"
#include "testlib/rng.h"
#include "testlib/run.h"
#include "testlib/shared.h"
#include "testlib/tmpdir.h"

START_TEST(rng_repeats_with_its_seed_and_keeps_its_ranges)
{
	struct rng a, b, c;
	int n_equal = 0;

	rng_init(&a, 7);
	rng_init(&b, 7);
	rng_init(&c, 8);
	for (int i = 0; i < 1000; i++) {
		int64_t x = rng_range(&a, -5, 5);
		double d;

		ck_assert(x >= -5 && x <= 5);
		ck_assert_int_eq(x, rng_range(&b, -5, 5));
		ck_assert_uint_lt(rng_below(&a, 3), 3);
		rng_next(&b);
		d = rng_double(&a);
		ck_assert(d >= 0 && d < 1);
		n_equal += rng_next(&b) == rng_next(&c);
	}
	ck_assert_int_lt(n_equal, 2);
}
END_TEST

/* First outputs of xoshiro256** from the state 1, 2, 3, 4, worked out by hand from its definition. */
START_TEST(rng_is_xoshiro256_star_star)
{
	struct rng r = {{1, 2, 3, 4}};

	ck_assert_uint_eq(rng_next(&r), 11520);
	ck_assert_uint_eq(rng_next(&r), 0);
	ck_assert_uint_eq(rng_next(&r), 1509978240);
}
END_TEST

START_TEST(heap_fails_the_chosen_allocation_only)
{
	void *volatile p[3];
	bool has_failed;

	heap_fail_at(2);
	p[0] = malloc(10);
	p[1] = calloc(1, 10);
	p[2] = strdup("abc");
	has_failed = heap_stop();
	ck_assert(has_failed);
	ck_assert_ptr_nonnull(p[0]);
	ck_assert_ptr_null(p[1]);
	ck_assert_ptr_nonnull(p[2]);
	heap_fail_at(1);
	p[1] = realloc(p[0], 20000);
	has_failed = heap_stop();
	ck_assert(has_failed);
	ck_assert_ptr_null(p[1]);
	heap_fail_at(5);
	ck_assert(!heap_stop());
	free(p[0]);
	free(p[2]);
}
END_TEST

START_TEST(tmpdir_goes_with_its_process_and_not_before)
{
	const char *ours = tmpdir_new();
	char path[256] = "";
	struct stat st;
	int fds[2], status;
	pid_t pid;

	ck_assert_int_eq(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		const char *dir = tmpdir_new();
		char *file = tmpdir_path(dir, "a");

		ck_assert_int_eq(symlink(ours, file), 0);
		free(file);
		ck_assert_int_gt(write(fds[1], dir, strlen(dir)), 0);
		exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_gt(read(fds[0], path, sizeof(path) - 1), 0);
	ck_assert_int_ne(stat(path, &st), 0);
	ck_assert_int_eq(stat(ours, &st), 0);
}
END_TEST

/* Runs this program anew with the argument, which makes main() ask for data that is not there. Returns its exit
 * status, and what it said in text. */
static int status_of_skip(const char *require_all, const char *how, char *text, size_t size)
{
	int status = -1, fds[2];
	ssize_t n;
	pid_t pid;

	ck_assert_int_eq(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		setenv("SUANDIAN_SHARED", "/nonexistent", 1);
		setenv("REQUIRE_ALL", require_all, 1);
		dup2(fds[1], STDERR_FILENO);
		dup2(fds[1], STDOUT_FILENO);
		execl("/proc/self/exe", "check_testlib", how, (char *)NULL);
		_exit(99);
	}
	close(fds[1]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	n = read(fds[0], text, size - 1);
	ck_assert_int_gt(n, 0);
	text[n] = '\0';
	close(fds[0]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

START_TEST(absent_data_skips_the_program_or_fails_where_all_is_required)
{
	char text[1000];

	ck_assert_int_eq(status_of_skip("", "main", text, sizeof(text)), 77);
	ck_assert_ptr_nonnull(strstr(text, "SKIPPED: reference data /nonexistent/cases/x.json"));
	ck_assert_int_eq(status_of_skip("1", "main", text, sizeof(text)), 1);
	ck_assert_ptr_nonnull(strstr(text, "MISSING"));
}
END_TEST

START_TEST(a_skip_inside_a_test_is_told_by_the_runner)
{
	char text[1000];

	ck_assert_int_eq(status_of_skip("", "test", text, sizeof(text)), 77);
	ck_assert_ptr_nonnull(strstr(text, "SKIPPED"));
	ck_assert_int_eq(status_of_skip("1", "test", text, sizeof(text)), 1);
}
END_TEST

START_TEST(asks_for_absent_data)
{
	shared_or_skip("cases/x.json");
	ck_abort_msg("went on without its data");
}
END_TEST

START_TEST(present_data_is_found)
{
	const char *dir = tmpdir_new();
	char *file = tmpdir_path(dir, "x.json");
	FILE *f = fopen(file, "w");
	const char *found;

	ck_assert_ptr_nonnull(f);
	fclose(f);
	setenv("SUANDIAN_SHARED", dir, 1);
	found = shared_or_skip("x.json");
	ck_assert_str_eq(found, file);
	free((void *)(uintptr_t)found);
	free(file);
}
END_TEST

static Suite *suite_of_testlib(void)
{
	Suite *s = suite_create("testlib");
	TCase *t = tcase_create("testlib");

	tcase_add_test(t, rng_repeats_with_its_seed_and_keeps_its_ranges);
	tcase_add_test(t, rng_is_xoshiro256_star_star);
	tcase_add_test(t, heap_fails_the_chosen_allocation_only);
	tcase_add_test(t, tmpdir_goes_with_its_process_and_not_before);
	tcase_add_test(t, absent_data_skips_the_program_or_fails_where_all_is_required);
	tcase_add_test(t, a_skip_inside_a_test_is_told_by_the_runner);
	tcase_add_test(t, present_data_is_found);
	suite_add_tcase(s, t);
	return s;
}

static Suite *suite_that_skips(void)
{
	Suite *s = suite_create("skips");
	TCase *t = tcase_create("skips");

	tcase_add_test(t, asks_for_absent_data);
	suite_add_tcase(s, t);
	return s;
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "test") == 0)
		return run_suite(suite_that_skips());
	if (argc > 1)
		shared_or_skip("cases/x.json");
	return run_suite(suite_of_testlib());
}
