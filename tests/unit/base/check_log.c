#include "base/log.h"

#include <check.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "testlib/run.h"

/* The clock that log.c sees (ld --wrap). */
int64_t __wrap_clock_mono_ms(void);

static int64_t now_ms;

int64_t __wrap_clock_mono_ms(void)
{
	return now_ms;
}

static char last_line[8192];
static enum log_level last_level;
static int n_lines;

static void take(enum log_level level, const char *line, void *arg)
{
	*(int *)arg += 1;
	last_level = level;
	snprintf(last_line, sizeof(last_line), "%s", line);
}

static void setup(void)
{
	n_lines = 0;
	now_ms = 1000000;
	log_set_sink(take, &n_lines);
}

START_TEST(lines_carry_module_and_text)
{
	log_warning("engine", "no plan, keeping the previous plan age_s=%d", 900);
	ck_assert_str_eq(last_line, "engine: no plan, keeping the previous plan age_s=900");
	ck_assert_int_eq(last_level, LOG_WARNING);
}
END_TEST

START_TEST(lines_above_the_level_are_dropped)
{
	log_debug("x", "quiet");
	ck_assert_int_eq(n_lines, 0);
	log_set_level(LOG_DEBUG);
	log_debug("x", "loud");
	ck_assert_int_eq(n_lines, 1);
	log_set_level(LOG_ERROR);
	log_warning("x", "quiet");
	log_error("x", "loud");
	ck_assert_int_eq(n_lines, 2);
	ck_assert_int_eq(log_get_level(), LOG_ERROR);
}
END_TEST

START_TEST(a_peers_text_cannot_forge_a_line_or_drive_a_terminal)
{
	log_info("api", "client=%s", "x\n<3>engine: all is lost\r\t\x1b[2J\x7f");
	ck_assert_str_eq(last_line,
			 "api: client=x\\x0a<3>engine: all is lost\\x0d\\x09\\x1b[2J\\x7f");
	log_info("api", "%s",
		 "\xc2\x9b"
		 "31m \xe2\x80\xa8 \xe2\x80\xae");
	ck_assert_str_eq(last_line, "api: \\xc2\\x9b31m \\xe2\\x80\\xa8 \\xe2\\x80\\xae");
}
END_TEST

START_TEST(utf8_is_kept_and_broken_utf8_is_shown)
{
	log_info("x", "红原 削峰 … \xff\xc0\xaf 电\xe7\x94");
	ck_assert_str_eq(last_line, "x: 红原 削峰 … \\xff\\xc0\\xaf 电\\xe7\\x94");
}
END_TEST

START_TEST(long_text_is_cut_between_characters)
{
	char text[4000];

	for (size_t i = 0; i + 3 < sizeof(text); i += 3)
		memcpy(text + i, "电", 4);
	for (int lead = 0; lead < 3; lead++) {
		log_info("x", "%.*s%s", lead, "aaa", text);
		ck_assert_uint_lt(strlen(last_line), 1100);
		ck_assert_str_eq(last_line + strlen(last_line) - 6, "电…");
	}
	memset(text, '\n', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	log_info("x", "%s", text);
	ck_assert_ptr_null(strchr(last_line, '\n'));
}
END_TEST

START_TEST(a_flood_is_cut_to_the_rate_and_counted)
{
	for (int i = 0; i < 1000; i++)
		log_info("x", "flood");
	ck_assert_int_eq(n_lines, 200);
	now_ms += 999;
	log_info("x", "still dropped");
	ck_assert_int_eq(n_lines, 200);
	now_ms += 1;
	log_info("x", "after");
	ck_assert_int_eq(n_lines, 201);
	ck_assert_str_eq(last_line, "x: after dropped_lines=801");
	log_info("x", "next");
	ck_assert_str_eq(last_line, "x: next");
}
END_TEST

START_TEST(the_rate_can_be_set_and_lifted)
{
	log_set_rate_limit(3);
	for (int i = 0; i < 10; i++)
		log_info("x", "y");
	ck_assert_int_eq(n_lines, 3);
	log_set_rate_limit(0);
	for (int i = 0; i < 1000; i++)
		log_info("x", "y");
	ck_assert_int_eq(n_lines, 1003);
}
END_TEST

START_TEST(errno_is_kept)
{
	log_set_sink(NULL, NULL);
	errno = ENOSPC;
	log_set_level(LOG_ERROR);
	log_info("x", "dropped");
	ck_assert_int_eq(errno, ENOSPC);
	log_set_sink(take, &n_lines);
	log_error("x", "%m");
	ck_assert_int_eq(errno, ENOSPC);
	ck_assert_str_eq(last_line, "x: No space left on device");
}
END_TEST

/* What one call writes to stderr, which is a pipe here. */
static void read_stderr(char *text, size_t size, bool with_journal)
{
	struct stat st;
	int fds[2];
	char id[64];
	ssize_t n;

	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_ge(dup2(fds[1], STDERR_FILENO), 0);
	ck_assert_int_eq(fstat(STDERR_FILENO, &st), 0);
	snprintf(id, sizeof(id), "%llu:%llu", (unsigned long long)st.st_dev,
		 (unsigned long long)st.st_ino + !with_journal);
	setenv("JOURNAL_STREAM", id, 1);
	log_set_sink(NULL, NULL);
	log_notice("main", "ready");
	n = read(fds[0], text, size - 1);
	ck_assert_int_gt(n, 0);
	text[n] = '\0';
}

START_TEST(journald_gets_the_priority)
{
	char text[100];

	read_stderr(text, sizeof(text), true);
	ck_assert_str_eq(text, "<5>main: ready\n");
}
END_TEST

START_TEST(a_stderr_that_is_not_the_journals_gets_no_priority)
{
	char text[100];

	read_stderr(text, sizeof(text), false);
	ck_assert_str_eq(text, "main: ready\n");
}
END_TEST

static void *log_many(void *arg)
{
	for (int i = 0; i < 500; i++)
		log_info("lane", "%s", (const char *)arg);
	return NULL;
}

START_TEST(threads_do_not_mix_lines)
{
	pthread_t threads[4];

	log_set_rate_limit(0);
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, log_many, (void *)"abc"), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	ck_assert_int_eq(n_lines, 2000);
	ck_assert_str_eq(last_line, "lane: abc");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("log");
	TCase *t = tcase_create("log");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, lines_carry_module_and_text);
	tcase_add_test(t, lines_above_the_level_are_dropped);
	tcase_add_test(t, a_peers_text_cannot_forge_a_line_or_drive_a_terminal);
	tcase_add_test(t, utf8_is_kept_and_broken_utf8_is_shown);
	tcase_add_test(t, long_text_is_cut_between_characters);
	tcase_add_test(t, a_flood_is_cut_to_the_rate_and_counted);
	tcase_add_test(t, the_rate_can_be_set_and_lifted);
	tcase_add_test(t, errno_is_kept);
	tcase_add_test(t, journald_gets_the_priority);
	tcase_add_test(t, a_stderr_that_is_not_the_journals_gets_no_priority);
	tcase_add_test(t, threads_do_not_mix_lines);
	suite_add_tcase(s, t);
	return run_suite(s);
}
