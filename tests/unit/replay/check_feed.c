/* Several series in the order of time, their forecasts, and what a recipe may say. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/num.h"
#include "files.h"
#include "replay/options.h"
#include "testlib/run.h"

#define T0 INT64_C(1752508800000) /* 2025-07-15 00:00 in Shanghai */
#define MIN MS_PER_MIN

static struct recipe *recipe;
static struct feed feed;
static struct feed_rows rows;
static struct buf said;

static void open_feed(const char *yaml, int64_t from_ms)
{
	struct fault f = {0};
	char text[2048];

	recipe = files_recipe(yaml, text, sizeof(text));
	ck_assert_msg(recipe != NULL, "%s", text);
	ck_assert_msg(feed_open(&feed, recipe, from_ms, &f) == 0, "%s", f.text);
	feed_begin(&feed, from_ms);
	buf_init(&said, 0);
}

static void close_feed(void)
{
	feed_fini(&feed);
	feed_rows_fini(&rows);
	recipe_free(recipe);
	buf_fini(&said);
}

/* "minute:series=value" of each row that is known by then. */
static const char *take(int64_t minute)
{
	ck_assert_int_eq(feed_take(&feed, T0 + minute * MIN, &rows), 0);
	buf_reset(&said);
	for (size_t i = 0; i < rows.n; i++)
		(void)buf_printf(&said, "%" PRId64 ":%u=%g%s ", (rows.t_ms[i] - T0) / MIN,
				 rows.series[i], rows.value[i],
				 rows.quality[i] == SUANDIAN__V1__QUALITY__QUALITY_OK	 ? ""
				 : rows.quality[i] == SUANDIAN__V1__QUALITY__QUALITY_BAD ? "!"
											 : "?");
	return buf_str(&said);
}

static int room;

static int note_curve(void *arg, const struct feed_curve *c)
{
	(void)arg;
	if (room == 0)
		return ERR_FULL;
	room--;
	(void)buf_printf(&said, "%zu@%" PRId64 " %s from %" PRId64 ":", c->series,
			 (c->issue_ms - T0) / MIN,
			 c->label == SUANDIAN__V1__POINT_LABEL__LABEL_START ? "start" : "end",
			 (c->start_ms - T0) / MIN);
	for (size_t i = 0; i < c->n; i++)
		(void)buf_printf(&said, " %g", c->value[i]);
	(void)buf_printf(&said, "; ");
	return 0;
}

static const char *curves(int64_t minute, int room_for)
{
	room = room_for;
	buf_reset(&said);
	ck_assert_int_eq(feed_curves(&feed, T0 + minute * MIN, note_curve, NULL),
			 room_for ? 0 : ERR_FULL);
	return buf_str(&said);
}

#define TWO_SERIES                                                                                 \
	"  - {point: a/mean, unit: W, kind: mean, label: start, period: 15min, scale: 1000,\n"     \
	"     offset: -500, max: 3000, csv: {path: m.csv, time: t, column: v, zone: "              \
	"Asia/Shanghai}}\n"                                                                        \
	"  - {point: a/now, unit: percent, period: 10min, csv: {path: i.csv, time: t, column: "    \
	"v}}\n"

static void write_two(void)
{
	files_write("m.csv", "t,v\n2025-07-15T00:15,2\n2025-07-15T00:00,1\n"
			     "2025-07-15T00:30,\n2025-07-15T00:45,4\n");
	files_write("i.csv", "t,v\n2025-07-14T16:00Z,50\n2025-07-14T16:10Z,51\n"
			     "2025-07-14T16:20Z,52\n2025-07-14T15:50Z,49\n");
}

START_TEST(values_come_when_they_are_known_in_order_scaled_and_judged)
{
	write_two();
	open_feed("series:\n" TWO_SERIES, T0);
	ck_assert_int_eq(feed_first_ms(&feed), T0 - 10 * MIN);
	ck_assert_int_eq(feed_last_ms(&feed), T0 + 60 * MIN);
	/* what was known before the first moment is history, and none is asked for */
	ck_assert_str_eq(take(0), "0:1=50 ");
	ck_assert_str_eq(take(14), "10:1=51 ");
	ck_assert_str_eq(take(15), "0:0=500 ");
	ck_assert_str_eq(take(15), "");
	ck_assert_str_eq(take(45), "15:0=1500 20:1=52 30:0=nan? ");
	ck_assert_str_eq(take(600), "45:0=3500! ");
	close_feed();
}
END_TEST

START_TEST(history_is_told_with_the_first_moment)
{
	write_two();
	open_feed("history: 30min\nseries:\n" TWO_SERIES, T0 + 20 * MIN);
	ck_assert_str_eq(take(20), "-10:1=49 0:0=500 0:1=50 10:1=51 20:1=52 ");
	close_feed();
}
END_TEST

static void write_hours(const char *name, int n)
{
	struct buf b;

	buf_init(&b, 0);
	(void)buf_printf(&b, "t,v\n");
	for (int i = 0; i < n; i++) {
		char when[32];

		(void)buf_printf(&b, "%s,%d\n",
				 num_format_utc(when, sizeof(when), T0 + i * MS_PER_H), i);
	}
	files_write(name, buf_str(&b));
	buf_fini(&b);
}

#define HOURLY "unit: W, kind: mean, period: 1h, csv: {path: h.csv, time: t, column: v}"

START_TEST(forecasts_of_the_values_to_come_keep_to_what_is_known_then)
{
	write_hours("h.csv", 100);
	open_feed("series:\n"
		  "  - {point: a/known, label: start, " HOURLY ",\n"
		  "     curve: {kind: known, horizon: 3h, step: 1h, every: 2h}}\n"
		  "  - {point: a/ahead, label: end, " HOURLY ",\n"
		  "     curve: {kind: day-ahead, horizon: 30h, step: 10h, every: 1d,"
		  " publish_hour: 12}}\n",
		  T0 + 60 * MIN);
	/* the first moment, then at multiples of `every`; a day-ahead market has said nothing of tomorrow */
	ck_assert_str_eq(curves(60, 9),
			 "0@60 start from 60: 1 2 3; 1@60 end from 660: 6.5 16.5 nan; ");
	ck_assert_str_eq(curves(90, 9), "");
	ck_assert_str_eq(curves(121, 9), "0@121 start from 121: 2.01667 3.01667 4.01667; ");
	/* a day is one of UTC here: 08:00 in Shanghai is its end */
	ck_assert_str_eq(curves(480, 9), "0@480 start from 480: 8 9 10; "
					 "1@480 end from 1080: 13.5 nan nan; ");
	close_feed();
	open_feed("series:\n  - {point: a/ahead, label: start, " HOURLY ",\n"
		  "     curve: {kind: day-ahead, horizon: 30h, step: 10h, publish_hour: 12}}\n",
		  T0 + 12 * 60 * MIN);
	ck_assert_str_eq(curves(720, 9), "0@720 start from 720: 16.5 26.5 36.5; ");
	close_feed();
}
END_TEST

START_TEST(recorded_forecasts_come_as_they_were_issued_and_none_is_lost_when_there_is_no_room)
{
	write_hours("h.csv", 3);
	files_write("f.csv", "made,for,v\n"
			     "2025-07-15T01:00,2025-07-15T03:00,7\n"
			     "2025-07-15T00:00,2025-07-15T01:00,2\n"
			     "2025-07-15T01:00,2025-07-15T02:00,5\n"
			     "2025-07-14T00:00,2025-07-15T00:00,1\n"
			     "2025-07-14T12:00,2025-07-15T00:00,1.5\n"
			     "2025-07-15T00:00,2025-07-15T03:00,4\n"
			     "2025-07-15T00:00,2025-07-15T01:00,2\n");
	open_feed(
		"series:\n  - {point: a/b, label: start, " HOURLY ",\n"
		"     curve: {kind: recorded, step: 1h, issue: made, csv: {path: f.csv, time: for,"
		" column: v, zone: Asia/Shanghai}}}\n",
		T0 - 60 * MIN);
	ck_assert_str_eq(curves(-60, 0), "");
	ck_assert_str_eq(curves(-60, 1),
			 "0@-720 start from 0: 1.5; "); /* the last before it begins */
	ck_assert_str_eq(curves(-30, 1), "");
	ck_assert_str_eq(curves(90, 2), "0@0 start from 60: 2 nan 4; 0@60 start from 120: 5 7; ");
	close_feed();
}
END_TEST

START_TEST(recorded_forecasts_that_contradict_or_do_not_fit_are_refused)
{
	static const struct {
		const char *csv, *says;
	} wrong[] = {
		{"made,for,v\n2025-07-15T00:00Z,2025-07-15T01:00Z,2\n"
		 "2025-07-15T00:00Z,2025-07-15T01:00Z,3\n",
		 "f.csv:3: another value than line 2 has"},
		{"made,for,v\n2025-07-15T00:00Z,2025-07-15T01:00Z,2\n"
		 "2025-07-15T00:00Z,2025-07-15T01:30Z,3\n",
		 "f.csv:3: not whole steps"},
		{"made,for,v\n2025-07-15T00:00Z,2025-07-15T01:00Z,2\n"
		 "2025-07-15T00:00Z,2026-07-15T01:00Z,3\n",
		 "f.csv:3: more than 4096 steps ahead"},
	};
	struct fault f = {0};

	write_hours("h.csv", 3);
	recipe = files_recipe(
		"series:\n  - {point: a/b, label: start, " HOURLY ",\n"
		"     curve: {kind: recorded, step: 1h, issue: made, csv: {path: f.csv,"
		" time: for, column: v}}}\n",
		NULL, 0);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		files_write("f.csv", wrong[i].csv);
		ck_assert_int_lt(feed_open(&feed, recipe, T0, &f), 0);
		ck_assert_msg(strstr(f.text, wrong[i].says) != NULL, "%s", f.text);
	}
	recipe_free(recipe);
}
END_TEST

START_TEST(what_is_wrong_with_a_recipe_is_said_with_its_place)
{
	static const char *const says[] = {
		"replay.yaml:1:7: zone: is no time zone of this system",
		"series[0].point: is no name of a point",
		"series[1].label: is needed for a mean or energy",
		"series[1].csv: needs path, time and column",
		"series[2].min: is above max",
		"series[2].map_from: is no date",
		"series[2].csv.zone: is no time zone of this system",
		"series[3].point: is given twice",
		"series[3].curve.issue: is needed",
		"series[3].curve.csv: needs path, time and column",
		"series[4].curve.horizon: is more than 4096 steps",
	};
	char text[4096];

	ck_assert_ptr_null(files_recipe(
		"zone: Nowhere/Land\n"
		"series:\n"
		"  - {point: A B, unit: W, period: 1min, csv: {path: x, time: t, column: c}}\n"
		"  - {point: a/b, unit: W, kind: mean, period: 1min, csv: {path: x}}\n"
		"  - {point: a/c, unit: W, period: 1min, min: 2, max: 1, map_from: today,\n"
		"     csv: {path: x, time: t, column: c, zone: No}}\n"
		"  - {point: a/c, unit: W, period: 1min, csv: {path: x, time: t, column: c},\n"
		"     curve: {kind: recorded}}\n"
		"  - {point: a/d, unit: W, period: 1min, csv: {path: x, time: t, column: c},\n"
		"     curve: {kind: known, horizon: 10d, step: 1min}}\n",
		text, sizeof(text)));
	for (size_t i = 0; i < ARRAY_SIZE(says); i++)
		ck_assert_msg(strstr(text, says[i]) != NULL, "%s\nnot in:\n%s", says[i], text);
	ck_assert_ptr_null(files_recipe("series: []\n", text, sizeof(text)));
}
END_TEST

START_TEST(a_mapped_series_needs_a_first_day)
{
	struct fault f = {0};

	write_hours("h.csv", 3);
	recipe = files_recipe(
		"series:\n  - {point: a/b, label: start, map_from: 2025-07-15, " HOURLY "}\n", NULL,
		0);
	ck_assert_ptr_nonnull(recipe);
	ck_assert_int_eq(feed_open(&feed, recipe, INT64_MIN, &f), ERR_INVALID);
	ck_assert_ptr_nonnull(strstr(f.text, "--from is needed"));
	recipe_free(recipe);
}
END_TEST

static int parse(struct options *o, const char *a, const char *b)
{
	const char *argv[] = {"suandian-replay", "--config", "x", a, b, NULL};

	return options_parse(b ? 5 : a ? 4 : 3, (char **)argv, o);
}

START_TEST(options_are_read)
{
	const struct zone *shanghai;
	struct options o;

	ck_assert_int_eq(parse(&o, NULL, NULL), 0);
	ck_assert(o.is_driven && !o.dry_run && o.step_ms == 5 * MIN);
	ck_assert_int_eq(parse(&o, "--clock=none", "--speed=60"), 0);
	ck_assert(!o.is_driven);
	ck_assert_double_eq(o.speed, 60);
	ck_assert_int_eq(parse(&o, "--clock=fast", NULL), ERR_INVALID);
	ck_assert_int_eq(parse(&o, "--speed=0", NULL), ERR_INVALID);
	ck_assert_int_eq(parse(&o, "--step=1ms", NULL), ERR_INVALID);
	ck_assert_int_eq(parse(&o, "--bogus", NULL), ERR_INVALID);
	ck_assert_int_eq(parse(&o, "stray", NULL), ERR_INVALID);
	ck_assert_int_eq(zone_load("Asia/Shanghai", &shanghai), 0);
	ck_assert_int_eq(parse(&o, "--from=2025-07-15T00:00", "--to=2025-07-14T17:00Z"), 0);
	ck_assert_int_eq(options_resolve(&o, shanghai), 0);
	ck_assert_int_eq(o.from_ms, T0);
	ck_assert_int_eq(o.to_ms, T0 + 60 * MIN);
	ck_assert_int_eq(parse(&o, "--from=2025-07-15T00:00", "--to=2025-07-14T00:00"), 0);
	ck_assert_int_eq(options_resolve(&o, shanghai), ERR_INVALID);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("feed");
	TCase *tc = tcase_create("feed");

	tcase_add_test(tc, values_come_when_they_are_known_in_order_scaled_and_judged);
	tcase_add_test(tc, history_is_told_with_the_first_moment);
	tcase_add_test(tc, forecasts_of_the_values_to_come_keep_to_what_is_known_then);
	tcase_add_test(
		tc,
		recorded_forecasts_come_as_they_were_issued_and_none_is_lost_when_there_is_no_room);
	tcase_add_test(tc, recorded_forecasts_that_contradict_or_do_not_fit_are_refused);
	tcase_add_test(tc, what_is_wrong_with_a_recipe_is_said_with_its_place);
	tcase_add_test(tc, a_mapped_series_needs_a_first_day);
	tcase_add_test(tc, options_are_read);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
