/* The command line and its times. */
#include <check.h>
#include <string.h>

#include "base/base.h"
#include "ctl/args.h"
#include "ctl/commands.h"
#include "ctl/suggest.h"
#include "testlib/run.h"

#define NOW INT64_C(1752577200000) /* 2025-07-15 19:00 in Shanghai */

static struct args args;
static struct fault fault;

static int parse(int argc, const char *const *argv)
{
	args_fini(&args);
	fault = (struct fault){0};
	return args_parse(&ctl_commands, argc, (char *const *)argv, &args, &fault);
}
#define PARSE(...)                                                                                 \
	parse((int)ARRAY_SIZE(((const char *[]){"suandianctl", __VA_ARGS__})),                     \
	      (const char *[]){"suandianctl", __VA_ARGS__})

START_TEST(options_stand_anywhere_and_take_both_forms)
{
	ck_assert_int_eq(PARSE("--json", "range", "--from=18:00", "a/b", "--limit", "5"), 0);
	ck_assert_str_eq(args.command->name, "range");
	ck_assert(args_has(&args, OPT_JSON));
	ck_assert_int_eq(args.option[OPT_FROM].time.ms, 18 * MS_PER_H);
	ck_assert_int_eq(args_number(&args, OPT_LIMIT, 0), 5);
	ck_assert_uint_eq(args.n_operands, 1);
	ck_assert_str_eq(args.operand[0], "a/b");
}
END_TEST

START_TEST(a_value_may_begin_with_a_dash)
{
	ck_assert_int_eq(PARSE("range", "p", "--from", "-2h"), 0);
	ck_assert_int_eq(args.option[OPT_FROM].time.form, TIME_NOW);
	ck_assert_int_eq(args.option[OPT_FROM].time.ms, -2 * MS_PER_H);
}
END_TEST

START_TEST(two_dashes_end_the_options)
{
	ck_assert_int_eq(PARSE("points", "--", "--json"), 0);
	ck_assert_str_eq(args.operand[0], "--json");
	ck_assert(!args_has(&args, OPT_JSON));
}
END_TEST

START_TEST(commands_of_two_words_are_found)
{
	ck_assert_int_eq(PARSE("event", "show", "7"), 0);
	ck_assert_str_eq(args.command->name, "event show");
	ck_assert_int_eq(PARSE("event", "--json", "cancel", "7", "--reason", "x y"), 0);
	ck_assert_str_eq(args.command->name, "event cancel");
	ck_assert_str_eq(args_text(&args, OPT_REASON, ""), "x y");
}
END_TEST

START_TEST(values_are_read_in_their_units)
{
	ck_assert_int_eq(PARSE("event", "put", "s", "--reduction", "1.5MW", "--band", "12.5%",
			       "--pay", "2.0005", "--penalty", "4", "--ramp", "15min"),
			 0);
	ck_assert_int_eq(args_number(&args, OPT_REDUCTION, 0), 1500000);
	ck_assert_int_eq(args_number(&args, OPT_BAND, 0), 125);
	ck_assert_int_eq(args_number(&args, OPT_PAY, 0), 20005);
	ck_assert_int_eq(args_number(&args, OPT_PENALTY, 0), 40000);
	ck_assert_int_eq(args_number(&args, OPT_RAMP, 0), 900000);
	ck_assert_int_eq(args_number(&args, OPT_PRIORITY, 77), 77);
}
END_TEST

START_TEST(help_needs_no_operand)
{
	ck_assert_int_eq(PARSE("why", "--help"), 0);
	ck_assert_int_eq(PARSE("-h"), 0);
	ck_assert_int_eq(PARSE("event", "--help"), 0);
	ck_assert_ptr_null(args.command);
}
END_TEST

/* Each line is wrong, and the complaint says what. */
START_TEST(mistakes_are_named)
{
	static const struct {
		const char *argv[8];
		const char *says;
	} mistakes[] = {
		{{"plna", "x"}, "unknown command plna; is it plan?"},
		{{"frobnicate"}, "unknown command frobnicate"},
		{{"event", "shwo", "7"}, "unknown command event shwo; is it event show?"},
		{{"event"}, "event what?"},
		{{NULL}, "no command given"},
		{{"plan"}, "plan needs SITE"},
		{{"plan", "a", "b"}, "b is one word too many"},
		{{"status", "--plot"}, "unknown option --plot of status"},
		{{"plan", "x", "--polt"}, "is it --plot?"},
		{{"status", "-x"}, "unknown option -x"},
		{{"plan", "x", "--at"}, "--at needs a value: a time"},
		{{"plan", "x", "--at", "25:00"}, "--at 25:00: wanted is a time"},
		{{"plan", "x", "--plot=yes"}, "--plot takes no value"},
		{{"plan", "x", "--id", "-1"}, "wanted is a whole number"},
		{{"plan", "x", "--id", "1", "--id", "2"}, "--id is given twice"},
		{{"status", "--color", "blue"}, "wanted is auto always never"},
		{{"status", "--timeout", "5"}, "wanted is a span"},
		{{"event", "put", "s", "--cap", "-8MW"}, "a power without sign"},
		{{"event", "put", "s", "--cap", "8"}, "a power without sign"},
		{{"event", "put", "s", "--pay", "1.00001"}, "CNY per kWh"},
		{{"event", "put", "s", "--pay", "1."}, "CNY per kWh"},
		{{"event", "put", "s", "--band", "0.2"}, "a share"},
		{{"event", "put", "s", "--direction", "down"}, "wanted is up dn"},
		{{"completion", "fish"}, "wanted is one of: bash zsh"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(mistakes); i++) {
		const char *argv[9] = {"suandianctl"};
		int n = 1;

		while (n < 9 && mistakes[i].argv[n - 1]) {
			argv[n] = mistakes[i].argv[n - 1];
			n++;
		}
		ck_assert_int_eq(parse(n, argv), ERR_INVALID);
		ck_assert_msg(strstr(fault.text, mistakes[i].says) != NULL, "\"%s\" lacks \"%s\"",
			      fault.text, mistakes[i].says);
	}
}
END_TEST

/* What the parser and help rely on. */
START_TEST(the_table_is_sound)
{
	for (size_t i = 0; i < ctl_commands.n_commands; i++) {
		const struct command *c = &ctl_commands.commands[i];

		ck_assert(c->run && c->name && c->operands && c->group && c->summary);
		ck_assert_uint_le(c->min_operands, c->max_operands);
		ck_assert_int_eq(*c->operands == '\0', c->max_operands == 0);
		ck_assert_int_eq(*c->operands == '[', c->max_operands > 0 && c->min_operands == 0);
		ck_assert_ptr_eq(args_find_command(&ctl_commands, c->name), c);
		for (size_t k = 0; k < c->n_options; k++) {
			const struct option *o = &c->options[k];

			ck_assert_int_eq(o->kind == VALUE_NONE, o->value == NULL);
			ck_assert_int_eq(o->kind == VALUE_CHOICE, o->choices != NULL);
			for (size_t g = 0; g < ctl_commands.n_globals; g++)
				ck_assert_str_ne(o->name, ctl_commands.globals[g].name);
			for (size_t m = 0; m < k; m++)
				ck_assert(o->id != c->options[m].id &&
					  strcmp(o->name, c->options[m].name) != 0);
		}
	}
}
END_TEST

START_TEST(only_near_words_are_suggested)
{
	struct suggestion s;

	suggest_init(&s, "evnets", 6);
	suggest_offer(&s, "status");
	ck_assert_ptr_null(s.best);
	suggest_offer(&s, "events");
	ck_assert_str_eq(s.best, "events");
	suggest_init(&s, "a-word-that-is-much-too-long-for-a-slip", 39);
	suggest_offer(&s, "a-word");
	ck_assert_ptr_null(s.best);
}
END_TEST

/* ---- Times --------------------------------------------------------------------------------------- */

static const struct zone *zone_of(const char *name)
{
	const struct zone *zone;

	ck_assert_int_eq(zone_load(name, &zone), 0);
	return zone;
}

static int64_t resolve(const char *text, const char *zone, int64_t now_ms)
{
	struct time_expr t;

	ck_assert_msg(times_parse(text, &t) == 0, "%s", text);
	return times_resolve(&t, zone_of(zone), now_ms);
}

START_TEST(times_mean_what_they_say)
{
	static const struct {
		const char *text;
		int64_t ms;
	} times[] = {
		{"now", NOW},
		{"+2h", NOW + 2 * MS_PER_H},
		{"now-15min", NOW - 15 * MS_PER_MIN},
		{"19:00", NOW},
		{"21:00:30", NOW + 2 * MS_PER_H + 30000},
		{"00:00", NOW - 19 * MS_PER_H},
		{"24:00", NOW + 5 * MS_PER_H},
		{"today", NOW - 19 * MS_PER_H},
		{"tomorrow", NOW + 5 * MS_PER_H},
		{"yesterday", NOW - 43 * MS_PER_H},
		{"tomorrow 01:30", NOW + 6 * MS_PER_H + 30 * MS_PER_MIN},
		{"tomorrowT01:30", NOW + 6 * MS_PER_H + 30 * MS_PER_MIN},
		{"2025-07-15", NOW - 19 * MS_PER_H},
		{"2025-07-15T19:00", NOW},
		{"2025-07-15 19:00", NOW},
		{"2025-07-15T19:00+08:00", NOW},
		{"2025-07-15T11:00Z", NOW},
		{"2025-07-15T11:00:00.250Z", NOW + 250},
		{"1969-12-31T23:59:59", -8 * MS_PER_H - 1000},
	};

	for (size_t i = 0; i < ARRAY_SIZE(times); i++)
		ck_assert_msg(resolve(times[i].text, "Asia/Shanghai", NOW) == times[i].ms, "%s",
			      times[i].text);
	/* another zone has another today */
	ck_assert_int_eq(resolve("21:00", "UTC", NOW), NOW + 10 * MS_PER_H);
}
END_TEST

START_TEST(days_with_a_jump_have_their_local_hours)
{
	/* 2025-03-30 12:00 UTC; the clocks of Berlin went from 02:00 to 03:00 that morning */
	int64_t now_ms = INT64_C(1743336000000);

	ck_assert_int_eq(resolve("today", "Europe/Berlin", now_ms), now_ms - 13 * MS_PER_H);
	ck_assert_int_eq(resolve("14:00", "Europe/Berlin", now_ms), now_ms);
	ck_assert_int_eq(resolve("tomorrow", "Europe/Berlin", now_ms), now_ms + 10 * MS_PER_H);
	ck_assert_int_eq(resolve("24:00", "Europe/Berlin", now_ms), now_ms + 10 * MS_PER_H);
}
END_TEST

START_TEST(what_is_no_time_is_refused)
{
	static const char *const texts[] = {
		"",	   "25:00",   "24:01",		"21",	      "21:0",	       "9:00",
		"21:60",   "now2h",   "now+",		"+2",	      "++2h",	       "+1000000d",
		"nowhere", "todayx",  "tomorrow 25:00", "2025-07-32", "2025-02-29",    "2025-7-15",
		"12:00Z",  "12:00+1", "2025-07-15T",	"noon",	      "2025-07-15T21", "-",
		"21:00 ",  " 21:00",  "２１:００"};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct time_expr t;

		ck_assert_msg(times_parse(texts[i], &t) < 0, "%s", texts[i]);
	}
}
END_TEST

START_TEST(a_bare_end_is_the_first_such_hour_after_the_begin)
{
	const struct zone *zone = zone_of("Asia/Shanghai");
	int64_t half_past_eleven = NOW + 4 * MS_PER_H + 30 * MS_PER_MIN;
	struct time_expr t;

	ck_assert_int_eq(times_parse("00:30", &t), 0);
	ck_assert_int_eq(times_resolve_after(&t, zone, NOW, half_past_eleven),
			 NOW + 5 * MS_PER_H + 30 * MS_PER_MIN);
	/* the begin may be of another day than today */
	ck_assert_int_eq(times_resolve_after(&t, zone, NOW, half_past_eleven + 3 * MS_PER_DAY),
			 NOW + 5 * MS_PER_H + 30 * MS_PER_MIN + 3 * MS_PER_DAY);
	ck_assert_int_eq(times_parse("23:45", &t), 0);
	ck_assert_int_eq(times_resolve_after(&t, zone, NOW, half_past_eleven + MS_PER_DAY),
			 half_past_eleven + MS_PER_DAY + 15 * MS_PER_MIN);
	/* and in the past */
	ck_assert_int_eq(times_parse("04:00", &t), 0);
	ck_assert_int_eq(times_resolve_after(&t, zone, NOW, NOW - 41 * MS_PER_H),
			 NOW - 39 * MS_PER_H);
	/* who names the day means it */
	ck_assert_int_eq(times_parse("today 00:30", &t), 0);
	ck_assert_int_lt(times_resolve_after(&t, zone, NOW, half_past_eleven), NOW);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("ctl args");
	TCase *tc = tcase_create("args");

	tcase_add_test(tc, options_stand_anywhere_and_take_both_forms);
	tcase_add_test(tc, a_value_may_begin_with_a_dash);
	tcase_add_test(tc, two_dashes_end_the_options);
	tcase_add_test(tc, commands_of_two_words_are_found);
	tcase_add_test(tc, values_are_read_in_their_units);
	tcase_add_test(tc, help_needs_no_operand);
	tcase_add_test(tc, mistakes_are_named);
	tcase_add_test(tc, the_table_is_sound);
	tcase_add_test(tc, only_near_words_are_suggested);
	suite_add_tcase(s, tc);
	tc = tcase_create("times");
	tcase_add_test(tc, times_mean_what_they_say);
	tcase_add_test(tc, days_with_a_jump_have_their_local_hours);
	tcase_add_test(tc, what_is_no_time_is_refused);
	tcase_add_test(tc, a_bare_end_is_the_first_such_hour_after_the_begin);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
