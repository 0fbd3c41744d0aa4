#include "store/store.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/env.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"
#include "drive.h"

#define HOUR MS_PER_H

static struct drive d;
static struct drive_samples got;
static struct store_settings settings;

static void setup(void)
{
	settings = (struct store_settings){.path = drive_path(tmpdir_new(), "store")};
}

static void reopen(void)
{
	drive_close(&d);
	drive_open(&d, &settings);
}

START_TEST(reads_see_what_was_submitted)
{
	drive_open(&d, &settings);
	ck_assert_int_eq(drive_put(&d, 1, 7, 1000, 1.5), 0);
	ck_assert_int_eq(drive_put(&d, 2, 7, 500, 2.5), 0);
	ck_assert_uint_eq(d.journaled, 0);
	drive_range(&d, 7, 0, 2000, &got);
	ck_assert_uint_eq(got.n, 2);
	ck_assert(got.at[0].t_ms == 500 && got.at[0].value == 2.5);
	ck_assert(got.at[1].t_ms == 1000 && got.at[1].value == 1.5);
	drive_range(&d, 7, 500, 1000, &got);
	ck_assert_uint_eq(got.n, 1);
	drive_range(&d, 8, 0, 2000, &got);
	ck_assert_uint_eq(got.n, 0);
	drive_close(&d);
	ck_assert_uint_eq(d.journaled, 2);
	ck_assert_uint_eq(d.failed, 0);
}
END_TEST

START_TEST(samples_and_cursors_survive_a_restart)
{
	drive_open(&d, &settings);
	for (uint64_t i = 1; i <= 100; i++)
		ck_assert_int_eq(drive_put(&d, i, 3, (int64_t)i * 1000, (double)i), 0);
	reopen();
	drive_range(&d, 3, INT64_MIN, INT64_MAX, &got);
	ck_assert_uint_eq(got.n, 100);
	ck_assert(got.at[99].value == 100);
	drive_close(&d);
}
END_TEST

START_TEST(sealed_samples_are_read_once)
{
	settings.seal_samples = 64;
	drive_open(&d, &settings);
	for (uint64_t i = 1; i <= 64; i++)
		ck_assert_int_eq(drive_put(&d, i, 3, (int64_t)i * 10 * MS_PER_MIN, (double)i), 0);
	drive_until_tiles(&d, 11);
	for (int round = 0; round < 3; round++) {
		drive_range(&d, 3, INT64_MIN, INT64_MAX, &got);
		ck_assert_uint_eq(got.n, 64);
		for (size_t i = 0; i < 64; i++)
			ck_assert(got.at[i].value == (double)i + 1);
		reopen();
	}
	drive_range(&d, 3, 90 * MS_PER_MIN, 190 * MS_PER_MIN, &got);
	ck_assert_uint_eq(got.n, 10);
	drive_close(&d);
}
END_TEST

START_TEST(a_visit_that_has_enough_ends_the_read)
{
	settings.seal_samples = 4;
	drive_open(&d, &settings);
	for (uint64_t i = 1; i <= 4; i++)
		ck_assert_int_eq(drive_put(&d, i, 3, (int64_t)i * HOUR, 1), 0);
	drive_until_tiles(&d, 4);
	ck_assert_int_eq(drive_put(&d, 5, 3, 9 * HOUR, 1), 0);
	for (size_t max = 1; max <= 5; max++) {
		got.n = 0;
		got.max = max;
		ck_assert_int_eq(store_range(d.store, 3, 0, INT64_MAX, drive_take, &got), 0);
		ck_assert_uint_eq(got.n, max);
	}
	drive_close(&d);
}
END_TEST

START_TEST(recent_finds_every_point_in_tiles_and_memory)
{
	settings.seal_samples = 3;
	drive_open(&d, &settings);
	ck_assert_int_eq(drive_put(&d, 1, 1, 1 * HOUR, 1), 0);
	ck_assert_int_eq(drive_put(&d, 2, 300, 5 * HOUR, 2), 0);
	ck_assert_int_eq(drive_put(&d, 3, 300, 5 * HOUR + 1, 3), 0);
	drive_until_tiles(&d, 2);
	ck_assert_int_eq(drive_put(&d, 4, 70000, 6 * HOUR, 4), 0);
	ck_assert_int_eq(drive_put(&d, 5, 300, 6 * HOUR, 5), 0);
	got.n = 0;
	got.max = SIZE_MAX;
	ck_assert_int_eq(store_recent(d.store, 5 * HOUR + 1, drive_take_point, &got), 0);
	ck_assert_uint_eq(got.n, 3);
	ck_assert(got.point[0] == 300 && got.at[0].value == 3);
	ck_assert(got.point[1] == 300 && got.at[1].value == 5);
	ck_assert(got.point[2] == 70000 && got.at[2].value == 4);
	got.n = 0;
	got.max = 2;
	ck_assert_int_eq(store_recent(d.store, 0, drive_take_point, &got), 0);
	ck_assert_uint_eq(got.n, 2);
	drive_close(&d);
}
END_TEST

static uint32_t rank_by_name(void *arg, const char *source, uint32_t point)
{
	(void)arg;
	ck_assert_uint_eq(point, 5);
	return source[0] == 'a' ? 0 : 1;
}

START_TEST(the_better_source_wins_wherever_the_claims_lie)
{
	uint32_t point = 5;
	int64_t t = 1000;
	double one = 1, two = 2;
	struct sample_batch b = drive_one("better", 1, &point, &t, &one);
	struct sample_batch a = drive_one("a-best", 1, &point, &t, &two);

	settings.seal_samples = 1;
	drive_open(&d, &settings);
	store_set_rank(d.store, rank_by_name, NULL);
	ck_assert_int_eq(drive_append(&d, &b), 0);
	drive_until_tiles(&d, 1);
	ck_assert_int_eq(drive_append(&d, &a), 0);
	drive_range(&d, 5, 0, INT64_MAX, &got);
	ck_assert(got.n == 1 && got.at[0].value == 2);
	drive_until_tiles(&d, 2);
	drive_range(&d, 5, 0, INT64_MAX, &got);
	ck_assert(got.n == 1 && got.at[0].value == 2);
	drive_close(&d);
}
END_TEST

START_TEST(too_much_that_is_not_written_is_refused_and_later_taken)
{
	uint64_t seq = 0;
	int r;

	settings.pending_bytes = 2000;
	drive_open(&d, &settings);
	while ((r = drive_put(&d, seq + 1, 1, (int64_t)seq, 1)) == 0)
		seq++;
	ck_assert_int_eq(r, ERR_FULL);
	ck_assert_uint_gt(seq, 10);
	drive_settle(&d);
	ck_assert_int_eq(drive_put(&d, seq + 1, 1, (int64_t)seq, 1), 0);
	drive_close(&d);
	ck_assert_uint_eq(d.journaled, seq + 1);
}
END_TEST

START_TEST(times_beyond_all_sense_are_refused)
{
	drive_open(&d, &settings);
	ck_assert_int_eq(drive_put(&d, 1, 1, INT64_MAX, 1), ERR_INVALID);
	ck_assert_int_eq(drive_put(&d, 1, 1, INT64_MIN, 1), ERR_INVALID);
	drive_close(&d);
}
END_TEST

struct cursor {
	char source[NAME_MAX_B];
	uint64_t epoch, seq;
};

static void take_cursor(void *arg, const char *source, uint64_t epoch, uint64_t seq)
{
	struct cursor *c = arg;

	while (c->source[0])
		c++;
	strncpy(c->source, source, sizeof(c->source) - 1);
	c->epoch = epoch;
	c->seq = seq;
}

START_TEST(cursors_tell_the_last_durable_batch)
{
	struct cursor c[3] = {0};
	struct sample_batch empty = {.source = "empty", .epoch = 9, .seq = 4};

	settings.seal_samples = 2;
	drive_open(&d, &settings);
	ck_assert_int_eq(drive_put(&d, 5, 1, 1000, 1), 0);
	ck_assert_int_eq(drive_append(&d, &empty), 0);
	store_cursors(d.store, take_cursor, c);
	ck_assert_str_eq(c[0].source, ""); /* nothing is durable yet */
	drive_settle(&d);
	for (int round = 0; round < 2; round++) {
		memset(c, 0, sizeof(c));
		store_cursors(d.store, take_cursor, c);
		ck_assert_str_eq(c[0].source, "meter");
		ck_assert_uint_eq(c[0].epoch, 1);
		ck_assert_uint_eq(c[0].seq, 5);
		ck_assert_str_eq(c[1].source, "empty");
		ck_assert_uint_eq(c[1].epoch, 9);
		ck_assert_uint_eq(c[1].seq, 4);
		reopen();
	}
	drive_close(&d);
}
END_TEST

START_TEST(a_store_belongs_to_one_process)
{
	struct drive other;
	struct fault f = {0};

	drive_open(&d, &settings);
	ck_assert_int_eq(drive_try_open(&other, &settings, &f), ERR_STATE);
	ck_assert_ptr_nonnull(strstr(f.text, "in use"));
	drive_close(&d);
}
END_TEST

START_TEST(a_newer_schema_is_refused_with_a_sentence)
{
	static const char *const parts[] = {"ledger", "journal", "series"};
	static const char *const tables[] = {"future"};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		struct env_spec spec = {.name = parts[i],
					.tables = tables,
					.n_tables = 1,
					.map_bytes = 1 << 20,
					.schema = 99};
		struct fault f = {0};
		struct env *env;

		settings.path = tmpdir_new();
		ck_assert_int_eq(env_open(settings.path, &spec, &env, &f), 0);
		env_close(env);
		ck_assert_int_eq(drive_try_open(&d, &settings, &f), ERR_VERSION);
		ck_assert_msg(strstr(f.text, "newer version"), "%s", f.text);
		ck_assert_msg(strstr(f.text, parts[i]), "%s", f.text);
	}
}
END_TEST

START_TEST(an_interrupted_creation_is_begun_anew)
{
	const char *path = drive_path(settings.path, "ledger.new");
	const char *file = drive_path(path, "data.mdb");

	mkdir(settings.path, 0700);
	mkdir(path, 0700);
	FILE *f = fopen(file, "w");
	ck_assert_ptr_nonnull(f);
	fputs("the first sector, and no more", f);
	fclose(f);
	drive_open(&d, &settings);
	ck_assert_int_eq(access(path, F_OK), -1);
	drive_close(&d);
}
END_TEST

START_TEST(old_tiles_go_when_engine_time_moves_on)
{
	struct ledger_meta meta = {.now_ms = 100 * HOUR};

	settings.seal_samples = 2;
	settings.retention_ms = 24 * HOUR;
	drive_open(&d, &settings);
	ck_assert_int_eq(drive_put(&d, 1, 1, 1 * HOUR, 1), 0);
	ck_assert_int_eq(drive_put(&d, 2, 1, 99 * HOUR, 2), 0);
	drive_until_tiles(&d, 2);
	drive_range(&d, 1, 0, INT64_MAX, &got);
	ck_assert_uint_eq(got.n, 2); /* engine time is not known: nothing is old */
	ck_assert_int_eq(
		drive_commit(&d, &(struct ledger_op){.kind = LEDGER_META, .meta = &meta}, 1), 0);
	ck_assert_int_eq(drive_put(&d, 3, 1, 99 * HOUR + 1, 3), 0);
	ck_assert_int_eq(drive_put(&d, 4, 1, 99 * HOUR + 2, 4), 0);
	drive_until_tiles(&d, 3);
	drive_range(&d, 1, 0, INT64_MAX, &got);
	ck_assert_uint_eq(got.n, 3);
	ck_assert_int_eq(got.at[0].t_ms, 99 * HOUR);
	drive_close(&d);
}
END_TEST

START_TEST(age_alone_seals)
{
	settings.seal_age_ms = HOUR;
	drive_open(&d, &settings);
	ck_assert_int_eq(drive_put(&d, 1, 1, 50 * HOUR, 1), 0);
	ck_assert_int_eq(drive_put(&d, 2, 1, 10 * HOUR, 2), 0); /* late, not old */
	ck_assert_int_eq(drive_put(&d, 3, 1, 51 * HOUR, 3), 0);
	drive_until_tiles(&d, 3);
	drive_range(&d, 1, 0, INT64_MAX, &got);
	ck_assert_uint_eq(got.n, 3);
	drive_close(&d);
}
END_TEST

START_TEST(a_full_map_stops_writes_and_says_so)
{
	struct fault f = {0};
	uint64_t seq = 0;

	settings.map_bytes = 256 << 10;
	settings.seal_samples = 1 << 20;
	drive_open(&d, &settings);
	while (store_health(d.store, &f) == 0) {
		if (drive_put(&d, seq + 1, 1, (int64_t)seq, (double)seq / 3) == 0)
			seq++;
		else
			(void)loop_step(d.loop, true);
		(void)loop_step(d.loop, false);
	}
	ck_assert_int_eq(f.code, ERR_STORE);
	ck_assert_msg(strstr(f.text, "journal"), "%s", f.text);
	ck_assert_int_eq(drive_put(&d, seq + 1, 1, 1, 1), ERR_STORE);
	drive_range(&d, 1, 0, 10, &got);
	ck_assert_uint_eq(got.n, 10);
	drive_close(&d);
	ck_assert_uint_eq(d.journaled, seq);
	ck_assert_uint_gt(d.failed, 0); /* the end gives up what the disk did not take */
}
END_TEST

int main(void)
{
	Suite *s = suite_create("store");
	TCase *tc = tcase_create("store");

	tcase_set_timeout(tc, 30);
	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, reads_see_what_was_submitted);
	tcase_add_test(tc, samples_and_cursors_survive_a_restart);
	tcase_add_test(tc, sealed_samples_are_read_once);
	tcase_add_test(tc, a_visit_that_has_enough_ends_the_read);
	tcase_add_test(tc, recent_finds_every_point_in_tiles_and_memory);
	tcase_add_test(tc, the_better_source_wins_wherever_the_claims_lie);
	tcase_add_test(tc, too_much_that_is_not_written_is_refused_and_later_taken);
	tcase_add_test(tc, times_beyond_all_sense_are_refused);
	tcase_add_test(tc, cursors_tell_the_last_durable_batch);
	tcase_add_test(tc, a_store_belongs_to_one_process);
	tcase_add_test(tc, a_newer_schema_is_refused_with_a_sentence);
	tcase_add_test(tc, an_interrupted_creation_is_begun_anew);
	tcase_add_test(tc, old_tiles_go_when_engine_time_moves_on);
	tcase_add_test(tc, age_alone_seals);
	tcase_add_test(tc, a_full_map_stops_writes_and_says_so);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
