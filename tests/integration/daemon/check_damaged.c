/* A store whose files were cut, emptied, lost or mixed up: the daemon ends with a sentence, and begins nothing anew. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "testdaemon/daemon.h"
#include "testdaemon/link.h"
#include "testdaemon/site.h"
#include "testlib/run.h"

#define PATIENCE_MS 60000
#define PAGE 4096

static struct daemon d;
static const char *const parts[] = {"ledger", "series", "journal"};

/* A daemon that has lived, and ended. */
static void setup(void)
{
	int64_t now_ms = clock_wall_ms() - MS_PER_H;
	struct link *l;

	daemon_prepare(&d);
	daemon_start(&d);
	l = link_open(d.adapter, "adapter", "test", 1);
	site_declare(l);
	for (int i = 0; i < 2000; i++)
		site_push(l, now_ms + i * MS_PER_S);
	ck_assert(link_flush(l, PATIENCE_MS));
	link_close(l);
	ck_assert_int_eq(daemon_stop(&d), 0);
}

static void teardown(void)
{
	daemon_fini(&d);
}

static char *file_of(const char *part)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/store/%s/data.mdb", d.dir, part);
	return path;
}

static void check_refused(const char *says)
{
	char *log;

	ck_assert_int_eq(truncate(d.log, 0), 0);
	daemon_spawn(&d);
	ck_assert_int_eq(daemon_wait(&d), 1);
	log = daemon_read(&d, "log");
	if (!strstr(log, says))
		ck_abort_msg("'%s' is not in: %s", says, log);
	free(log);
}

START_TEST(a_part_that_is_empty_or_lost_is_not_begun_anew)
{
	char dir[256], aside[256];
	const char *part = parts[_i];

	snprintf(dir, sizeof(dir), "%s/store/%s", d.dir, part);
	snprintf(aside, sizeof(aside), "%s/aside", d.dir);
	ck_assert_int_eq(rename(dir, aside), 0);
	check_refused(part);
	check_refused("restore a backup");
	ck_assert_int_eq(rename(aside, dir), 0);
	/* whole again, it is taken */
	daemon_start(&d);
	ck_assert_int_eq(daemon_stop(&d), 0);
	ck_assert_int_eq(truncate(file_of(part), 0), 0);
	check_refused(part);
	ck_assert_int_eq(unlink(file_of(part)), 0);
	check_refused("missing or empty");
}
END_TEST

START_TEST(a_part_that_was_cut_ends_with_a_sentence)
{
	const char *part = parts[_i];
	struct stat st;

	ck_assert_int_eq(stat(file_of(part), &st), 0);
	/* its roots are there and what they lead to is not */
	ck_assert_int_gt((int)st.st_size, 2 * PAGE);
	ck_assert_int_eq(truncate(file_of(part), 2 * PAGE), 0);
	check_refused("restore a backup");
}
END_TEST

START_TEST(the_file_of_another_part_is_not_taken_for_ours)
{
	char other[256], aside[256];

	snprintf(other, sizeof(other), "%s", file_of(parts[(_i + 1) % 3]));
	snprintf(aside, sizeof(aside), "%s/aside", d.dir);
	ck_assert_int_eq(rename(other, aside), 0);
	ck_assert_int_eq(rename(file_of(parts[_i]), other), 0);
	ck_assert_int_eq(rename(aside, file_of(parts[_i])), 0);
	check_refused("data.mdb is none of this part");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("daemon on a damaged store");
	TCase *t = tcase_create("damaged");

	tcase_set_timeout(t, 200);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, a_part_that_is_empty_or_lost_is_not_begun_anew, 0, 3);
	tcase_add_loop_test(t, a_part_that_was_cut_ends_with_a_sentence, 0, 3);
	tcase_add_loop_test(t, the_file_of_another_part_is_not_taken_for_ours, 0, 3);
	suite_add_tcase(s, t);
	return run_suite(s);
}
