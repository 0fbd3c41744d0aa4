#include "base/require.h"

#include <check.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "testlib/run.h"

static int n_lines;
static char last_line[512];

static void take(enum log_level level, const char *line, void *arg)
{
	(void)arg;
	ck_assert_int_eq(level, LOG_ERROR);
	n_lines++;
	snprintf(last_line, sizeof(last_line), "%s", line);
}

static void setup(void)
{
	log_set_sink(take, NULL);
}

static int half_of(int x)
{
	if (FAILS(x % 2 == 0))
		return -1;
	return x / 2;
}

START_TEST(what_holds_passes_without_a_word)
{
	REQUIRE(half_of(8) == 4);
	ck_assert_uint_eq(require_failed_count(), 0);
	ck_assert_int_eq(n_lines, 0);
}
END_TEST

START_TEST(a_survivable_failure_is_counted_each_time_and_logged_once_per_place)
{
	for (int i = 0; i < 10; i++)
		ck_assert_int_eq(half_of(7), -1);
	ck_assert_uint_eq(require_failed_count(), 10);
	ck_assert_int_eq(n_lines, 1);
	ck_assert_ptr_nonnull(strstr(last_line, "x % 2 == 0"));
	ck_assert_ptr_nonnull(strstr(last_line, "check_require.c:"));
	ck_assert(FAILS(n_lines == 0));
	ck_assert_int_eq(n_lines, 2);
}
END_TEST

static void *fail_many(void *arg)
{
	for (int i = 0; i < 1000; i++)
		if (half_of(7) != -1)
			return NULL;
	return arg;
}

START_TEST(failures_of_all_threads_are_counted)
{
	pthread_t threads[4];
	void *ret;

	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, fail_many, threads), 0);
	for (int i = 0; i < 4; i++) {
		ck_assert_int_eq(pthread_join(threads[i], &ret), 0);
		ck_assert_ptr_eq(ret, threads);
	}
	ck_assert_uint_eq(require_failed_count(), 4000);
	ck_assert_int_eq(n_lines, 1);
}
END_TEST

START_TEST(more_places_than_are_remembered_are_still_logged)
{
	log_set_rate_limit(0);
	for (int line = 1; line <= 1000; line++)
		ck_assert(require_note("x", "far.c", line));
	ck_assert_int_eq(n_lines, 1000);
}
END_TEST

START_TEST(a_broken_requirement_says_where_and_aborts)
{
	char text[512];
	int fds[2], status;
	ssize_t n;
	pid_t pid;

	ck_assert_int_eq(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		dup2(fds[1], STDERR_FILENO);
		REQUIRE(2 + 2 == 5);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	n = read(fds[0], text, sizeof(text) - 1);
	ck_assert_int_gt(n, 0);
	text[n] = '\0';
	ck_assert_ptr_nonnull(strstr(text, "check_require.c:"));
	ck_assert_ptr_nonnull(strstr(text, "2 + 2 == 5"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("require");
	TCase *t = tcase_create("require");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, what_holds_passes_without_a_word);
	tcase_add_test(t, a_survivable_failure_is_counted_each_time_and_logged_once_per_place);
	tcase_add_test(t, failures_of_all_threads_are_counted);
	tcase_add_test(t, more_places_than_are_remembered_are_still_logged);
	tcase_add_test(t, a_broken_requirement_says_where_and_aborts);
	suite_add_tcase(s, t);
	return run_suite(s);
}
