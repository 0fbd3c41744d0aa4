/* The command line of suandian-sim. */
#include "sim/options.h"
#include "base/err.h"
#include "testlib/run.h"

static struct options o;

static int parse(int n, const char *const *words)
{
	const char *argv[24] = {"suandian-sim"};

	for (int i = 0; i < n; i++)
		argv[i + 1] = words[i];
	o = (struct options){0};
	return options_parse(n + 1, (char **)argv, &o);
}
#define PARSE(...)                                                                                 \
	parse((int)ARRAY_SIZE(((const char *const[]){__VA_ARGS__})),                               \
	      (const char *const[]){__VA_ARGS__})

static const struct zone *shanghai(void)
{
	const struct zone *z = NULL;

	ck_assert_int_eq(zone_load("Asia/Shanghai", &z), 0);
	return z;
}

START_TEST(times_without_a_zone_are_local)
{
	int64_t midnight = zone_utc(shanghai(), 2025, 7, 15, 0, 0);

	ck_assert_int_eq(PARSE("--config", "x", "--from", "2025-07-15T00:00", "--to",
			       "2025-07-15T16:00Z", "--at", "2025-07-15T18:00", "echo hello",
			       "--at", "2025-07-15T09:30Z", "true", "--step", "1min", "--seed",
			       "42", "--progress"),
			 0);
	ck_assert_int_eq(options_resolve(&o, shanghai()), 0);
	ck_assert_int_eq(o.from_ms, midnight);
	ck_assert_int_eq(o.to_ms, midnight + MS_PER_DAY);
	ck_assert_int_eq(o.step_ms, MS_PER_MIN);
	ck_assert_uint_eq(o.seed, 42);
	ck_assert(o.progress && !o.once && !o.check_config);
	ck_assert_int_eq(o.n_at, 2);
	ck_assert_int_eq(o.at[0].t_ms, midnight + 18 * MS_PER_H);
	ck_assert_str_eq(o.at[0].command, "echo hello");
	ck_assert_int_eq(o.at[1].t_ms, midnight + 17 * MS_PER_H + 30 * MS_PER_MIN);
	ck_assert_str_eq(o.control, "/run/suandian/control.sock");
}
END_TEST

START_TEST(once_is_one_step)
{
	ck_assert_int_eq(PARSE("--config", "x", "--from", "2025-07-15T00:00", "--to",
			       "2025-07-16T00:00", "--once"),
			 0);
	ck_assert_int_eq(options_resolve(&o, shanghai()), 0);
	ck_assert_int_eq(o.to_ms - o.from_ms, 5 * MS_PER_MIN);
}
END_TEST

START_TEST(what_makes_no_sense_is_refused)
{
	ck_assert_int_eq(PARSE("--from", "2025-07-15T00:00", "--to", "2025-07-16T00:00"),
			 ERR_INVALID);
	ck_assert_int_eq(PARSE("--config", "x"), ERR_INVALID);
	ck_assert_int_eq(PARSE("--config", "x", "--step", "2min"), ERR_INVALID);
	ck_assert_int_eq(PARSE("--config", "x", "--seed", "-1"), ERR_INVALID);
	ck_assert_int_eq(PARSE("--config", "x", "--unknown"), ERR_INVALID);
	ck_assert_int_eq(PARSE("--config", "x", "--at", "2025-07-15T00:00"), ERR_INVALID);
	ck_assert_int_eq(PARSE("--config", "x", "--check-config", "word"), ERR_INVALID);
	ck_assert_int_eq(PARSE("--config", "x", "--check-config"), 0);
	ck_assert_int_eq(PARSE("--help"), 0);
}
END_TEST

START_TEST(spans_are_whole_steps_from_a_quarter_hour_and_hold_their_commands)
{
	static const char *const bad[][3] = {
		{"2025-07-15T00:05", "2025-07-16T00:00", "2025-07-15T12:00"}, /* no quarter hour */
		{"2025-07-15T00:00", "2025-07-15T00:00", "2025-07-15T00:00"}, /* empty */
		{"2025-07-15T00:00", "2025-07-15T00:12", "2025-07-15T00:05"}, /* no whole steps */
		{"2025-07-15T00:00", "2025-07-16T00:00", "2025-07-16T00:05"}, /* too late */
		{"2025-07-15T00:00", "2025-07-16T00:00", "noon"},
		{"today", "2025-07-16T00:00", "2025-07-15T12:00"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		ck_assert_int_eq(PARSE("--config", "x", "--from", bad[i][0], "--to", bad[i][1],
				       "--at", bad[i][2], "true"),
				 0);
		ck_assert_int_eq(options_resolve(&o, shanghai()), ERR_INVALID);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("options");
	TCase *tc = tcase_create("options");

	tcase_add_test(tc, times_without_a_zone_are_local);
	tcase_add_test(tc, once_is_one_step);
	tcase_add_test(tc, what_makes_no_sense_is_refused);
	tcase_add_test(tc, spans_are_whole_steps_from_a_quarter_hour_and_hold_their_commands);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
