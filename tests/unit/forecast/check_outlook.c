/* What is foretold from a past that the test knows. */
#include "forecast/outlook.h"

#include <stdio.h>

#include "testlib/run.h"
#include "world.h"

static struct world w;
static struct dayview view;
static struct score_work work;
static struct score score;
static struct outlook out;
static struct rng rng;

static double noise(double size)
{
	return size * (2 * rng_double(&rng) - 1);
}

/* 2025-05-05 is a Monday. */
static void setup(void)
{
	rng_init(&rng, rng_seed(0x0071));
	world_init(&w, "Asia/Shanghai", 2025, 5, 5);
}

static double hump(int slot)
{
	return fmax(0, sin((slot - 24) * 3.14159265 / 48));
}

/* 500 at night, 1000 by day; weekends and holidays at 60 %. */
static double load_at(int day, int slot)
{
	int32_t date = calendar_date(w.zone, world_at(&w, day, 0));
	double rest = calendar_day_kind(&w.calendar, date) == DAY_WORKDAY ? 1 : 0.6;

	return rest * (500 + 500 * hump(slot));
}

static void fill_load(double size)
{
	for (int i = 0; i < WORLD_SLOTS; i++)
		w.mean[i] = load_at(i / SLOTS_PER_DAY, i % SLOTS_PER_DAY) * (1 + noise(size));
}

/* Magnitudes are negative on the meter; each day has its clouds. */
static void fill_pv(const double *clear)
{
	for (int i = 0; i < WORLD_SLOTS; i++)
		w.mean[i] = -1e6 * hump(i % SLOTS_PER_DAY) * clear[i / SLOTS_PER_DAY] *
			    (1 + noise(0.02));
}

/* The outlook of day and slot, learnt at its midnight. */
static void look(enum forecast_kind kind, int day, int slot)
{
	int sign = kind == FORECAST_PV || kind == FORECAST_WIND || kind == FORECAST_HYDRO ? -1 : 1;
	struct dayview_ask ask = world_ask(&w, world_at(&w, day, 0), sign);
	struct outlook_ask o = {.kind = kind, .sign = sign, .view = &view, .score = &score};

	dayview_init(&view, &ask);
	score_make(method_of(kind), &view, &work, &score);
	ask.now_ms = world_at(&w, day, slot);
	dayview_init(&view, &ask);
	outlook_make(&o, &out);
}

static double at(int day, int slot)
{
	return outlook_at(&out, world_at(&w, day, slot));
}

static void expect(double is, double want, double within)
{
	ck_assert_msg(fabs(is - want) <= within, "%g is not %g", is, want);
}

/* -- load -- */

START_TEST(a_workday_is_like_workdays_and_a_weekend_like_weekends)
{
	fill_load(0.01);
	/* day 42 is a Monday, the day after a Sunday */
	look(FORECAST_LOAD, 42, 0);
	ck_assert(out.similar);
	for (int s = 0; s < SLOTS_PER_DAY; s++)
		expect(at(42, s), load_at(42, s), 0.03 * load_at(42, s));
	/* Friday evening sees the weekend, and Monday behind it */
	look(FORECAST_LOAD, 46, 80);
	for (int day = 47; day < 50; day++)
		for (int s = 0; s < SLOTS_PER_DAY; s++)
			expect(at(day, s), load_at(day, s), 0.03 * load_at(day, s));
	ck_assert_ptr_nonnull(strstr(out.text, "similar-day 5 of 28, adj ×"));
}
END_TEST

START_TEST(a_holiday_is_like_a_day_of_rest_and_a_sunday_that_is_worked_is_not)
{
	int32_t first = calendar_date(w.zone, world_at(&w, 44, 0));

	/* Wednesday and Thursday off, Sunday worked */
	w.calendar.n_holidays = 1;
	w.calendar.holidays[0] = (struct calendar_holiday){"x", first, first + 1};
	w.calendar.n_workdays = 1;
	w.calendar.workdays[0] = first + 4;
	fill_load(0.01);
	look(FORECAST_LOAD, 44, 0);
	for (int s = 0; s < SLOTS_PER_DAY; s++) {
		expect(at(44, s), load_at(44, s), 0.03 * load_at(44, s));
		expect(at(46, s), load_at(46, s), 0.03 * load_at(46, s));
		expect(at(48, s), load_at(48, s), 0.03 * load_at(48, s));
	}
}
END_TEST

START_TEST(a_day_that_runs_higher_is_foretold_higher_and_less_so_later)
{
	double near, far;

	fill_load(0.01);
	/* some days have run high or low as a whole: that is how one learns that it lasts */
	for (int i = 0; i < WORLD_SLOTS; i++)
		w.mean[i] *= 1 + 0.05 * (double)(i / SLOTS_PER_DAY * 7 % 5 - 2);
	for (int s = 0; s < 48; s++)
		w.mean[45 * SLOTS_PER_DAY + s] = 1.2 * load_at(45, s);
	look(FORECAST_LOAD, 45, 48);
	near = at(45, 49) / load_at(45, 49);
	far = at(46, 90) / load_at(46, 90);
	ck_assert_msg(near > 1.08 && near < 1.25, "near: %g", near);
	ck_assert_msg(far < near, "far: %g", far);
	/* held: a meter gone mad does not take the day with it */
	for (int s = 0; s < 48; s++)
		w.mean[45 * SLOTS_PER_DAY + s] = 50 * load_at(45, s);
	look(FORECAST_LOAD, 45, 48);
	ck_assert_double_lt(at(45, 49), 1.6 * load_at(45, 49));
}
END_TEST

START_TEST(the_band_holds_what_comes)
{
	int inside = 0, n = 0;

	fill_load(0.05);
	for (int day = 40; day < 55; day++) {
		look(FORECAST_LOAD, day, 0);
		for (int s = 0; s < SLOTS_PER_DAY; s++) {
			struct band b = outlook_band(&out, world_at(&w, day, s));
			double is = w.mean[day * SLOTS_PER_DAY + s];

			ck_assert(b.p10 <= b.p50 && b.p50 <= b.p90);
			inside += is >= b.p10 && is <= b.p90;
			n++;
		}
	}
	ck_assert_msg(inside > 0.75 * n && inside < 0.97 * n, "%d of %d", inside, n);
}
END_TEST

/* -- generators -- */

START_TEST(the_night_is_dark_and_clouds_of_this_morning_last)
{
	double clear[WORLD_DAYS];

	for (int day = 0; day < WORLD_DAYS; day++)
		clear[day] = 0.3 + 0.7 * rng_double(&rng);
	clear[45] = 0.2;
	fill_pv(clear);
	look(FORECAST_PV, 45, 44);
	for (int s = 0; s < 24; s++) {
		struct band b = outlook_band(&out, world_at(&w, 46, s));

		expect(at(46, s), 0, 0);
		ck_assert(b.p10 >= 0 && b.p10 <= 0 && b.p90 >= 0 && b.p90 <= 0);
	}
	/* noon of a dark day: far below what such days give on average, and generation stays negative */
	ck_assert_double_lt(at(45, 48), 0);
	ck_assert_double_gt(at(45, 48), -0.4e6);
	ck_assert_double_lt(at(46, 48), -0.4e6);
	ck_assert_ptr_nonnull(strstr(out.text, "of clear sky"));
	for (int s = 0; s < SLOTS_PER_DAY; s++) {
		struct band b = outlook_band(&out, world_at(&w, 46, s));

		ck_assert(b.p10 <= b.p90 && b.p90 <= 0 && b.p10 >= -1.03e6);
	}
}
END_TEST

START_TEST(wind_stays_for_hours_and_then_is_as_usual)
{
	double v = 0;

	for (int i = 0; i < WORLD_SLOTS; i++) {
		v = 0.98 * v + noise(20);
		w.mean[i] = -(300 + v);
	}
	for (int s = 0; s < 40; s++)
		w.mean[45 * SLOTS_PER_DAY + s] = -600;
	/* not one value over and over, which would be a meter that hangs */
	for (int s = 0; s < 40; s += 2)
		w.mean[45 * SLOTS_PER_DAY + s] -= 1;
	look(FORECAST_WIND, 45, 40);
	ck_assert(out.similar);
	ck_assert_double_lt(at(45, 40), -500);
	ck_assert_double_gt(at(46, 80), -450);
	ck_assert_double_lt(at(46, 80), -150);
}
END_TEST

START_TEST(water_follows_the_months)
{
	int64_t ppm[12] = {0, 0, 0, 0, 500000, 750000, 0, 0, 0, 0, 0, 0};
	struct dayview_ask ask = world_ask(&w, world_at(&w, 24, 0), -1);
	struct outlook_ask o = {.kind = FORECAST_HYDRO,
				.sign = -1,
				.view = &view,
				.month_ppm = ppm,
				.capacity = 8e6};

	for (int i = 0; i < WORLD_SLOTS; i++)
		w.mean[i] = -4e6;
	/* 29 May: three days on it is June */
	dayview_init(&view, &ask);
	outlook_make(&o, &out);
	expect(at(25, 0), -4e6, 1);
	expect(at(28, 0), -6e6, 1);
	/* never measured: what the month gives */
	for (int i = 0; i < WORLD_SLOTS; i++)
		w.mean[i] = NAN;
	dayview_init(&view, &ask);
	outlook_make(&o, &out);
	expect(at(25, 0), -4e6, 1);
	expect(at(28, 0), -6e6, 1);
	ck_assert_str_eq(out.text, "share of the month, as configured");
	/* not stated: nobody knows, and that is not zero */
	o.month_ppm = NULL;
	outlook_make(&o, &out);
	ck_assert_double_nan(at(25, 0));
}
END_TEST

/* -- what is known -- */

START_TEST(the_future_plays_no_part)
{
	static struct outlook clean;
	static struct score clean_score;

	fill_load(0.1);
	for (int slot = 0; slot < SLOTS_PER_DAY; slot += 13) {
		struct world before = w;

		look(FORECAST_LOAD, 40, slot);
		clean = out;
		clean_score = score;
		for (int i = 40 * SLOTS_PER_DAY + slot; i < WORLD_SLOTS; i++)
			w.mean[i] = i % 3 ? 1e12 : NAN;
		look(FORECAST_LOAD, 40, slot);
		ck_assert_mem_eq(&clean_score, &score, sizeof(score));
		ck_assert_mem_eq(&clean.at, &out.at, sizeof(out.at));
		ck_assert_mem_eq(&clean.p90, &out.p90, sizeof(out.p90));
		w = before;
	}
}
END_TEST

START_TEST(what_is_missing_is_never_zero)
{
	fill_load(0.01);
	for (int i = 0; i < WORLD_SLOTS; i++) {
		if (rng_below(&rng, 3) == 0)
			w.mean[i] = NAN;
	}
	look(FORECAST_LOAD, 45, 30);
	for (int day = 45; day < 50; day++)
		for (int s = 0; s < SLOTS_PER_DAY; s++)
			expect(at(day, s), load_at(day, s), 0.1 * load_at(day, s));
	/* a day that was lost altogether */
	for (int s = 0; s < SLOTS_PER_DAY; s++)
		w.mean[44 * SLOTS_PER_DAY + s] = NAN;
	look(FORECAST_LOAD, 45, 30);
	expect(at(45, 48), load_at(45, 48), 0.1 * load_at(45, 48));
	/* and a past of which nothing is known */
	for (int i = 0; i < WORLD_SLOTS; i++)
		w.mean[i] = NAN;
	look(FORECAST_LOAD, 45, 30);
	ck_assert_double_nan(at(45, 48));
	ck_assert_double_nan(outlook_band(&out, world_at(&w, 45, 48)).p10);
}
END_TEST

START_TEST(a_meter_that_hung_is_not_learnt_from)
{
	fill_load(0.01);
	for (int i = 43 * SLOTS_PER_DAY; i < 45 * SLOTS_PER_DAY; i++)
		w.mean[i] = 3333;
	look(FORECAST_LOAD, 45, 30);
	ck_assert_int_eq(view.n_frozen, 2 * SLOTS_PER_DAY);
	for (int s = 0; s < SLOTS_PER_DAY; s++)
		expect(at(45, s), load_at(45, s), 0.05 * load_at(45, s));
}
END_TEST

START_TEST(young_points_have_yesterday_and_no_band)
{
	fill_load(0.01);
	for (int i = 0; i < 43 * SLOTS_PER_DAY; i++)
		w.mean[i] = NAN;
	look(FORECAST_LOAD, 45, 30);
	ck_assert(!out.similar);
	ck_assert_str_eq(out.text, "yesterday");
	expect(at(45, 48), w.mean[44 * SLOTS_PER_DAY + 48], 0.01);
	expect(at(46, 20), w.mean[45 * SLOTS_PER_DAY + 20], 0.01);
	expect(at(46, 48), w.mean[44 * SLOTS_PER_DAY + 48], 0.01);
	ck_assert_double_nan(outlook_band(&out, world_at(&w, 45, 48)).p10);
}
END_TEST

/* Days that drift away from all that were before, each like the one before it: the average of many is worse. */
START_TEST(where_persistence_is_better_it_is_taken_and_said)
{
	for (int day = 0; day < WORLD_DAYS; day++)
		for (int s = 0; s < SLOTS_PER_DAY; s++)
			w.mean[day * SLOTS_PER_DAY + s] =
				1000 * pow(1.25, day) * (1 + noise(0.001));
	score = (struct score){.days = 14, .rrmse = 0.31, .persist = 0.22, .similar = false};
	struct dayview_ask ask = world_ask(&w, world_at(&w, 45, 30), 1);
	struct outlook_ask o = {.kind = FORECAST_LOAD, .sign = 1, .view = &view, .score = &score};

	dayview_init(&view, &ask);
	outlook_make(&o, &out);
	ck_assert(!out.similar);
	expect(at(45, 48) / w.mean[44 * SLOTS_PER_DAY + 48], 1, 1e-3);
	ck_assert_str_eq(out.text, "yesterday: similar-day was worse, RRMSE 31 % > 22 %");
}
END_TEST

START_TEST(the_choice_is_the_smaller_error)
{
	fill_load(0.05);
	look(FORECAST_LOAD, 45, 0);
	ck_assert(score.similar && score.rrmse < score.persist && score.days == SCORE_DAYS);
	ck_assert(score.rrmse > 0.01 && score.rrmse < 0.08);
	for (int i = 0; i < SCORE_LEADS; i++) {
		ck_assert(score.carry[i] >= 0 && score.carry[i] <= 1);
		ck_assert(score.blend[i] >= 0 && score.blend[i] <= 1);
	}
}
END_TEST

/* -- clocks -- */

/* Berlin's clock goes back on 2025-10-26 (100 slots) and forward on 2025-03-30 (92). */
static void check_changed_day(int y, int m, int d, int change_day)
{
	world_init(&w, "Europe/Berlin", y, m, d);
	for (int i = 0; i < WORLD_SLOTS; i++) {
		struct local_time l = zone_local(w.zone, w.start_ms + i * SLOT_MS);

		w.mean[i] = 100 * l.hour + l.minute + noise(0.1);
	}
	for (int day = change_day - 1; day < change_day + 3; day++) {
		int64_t midnight =
			calendar_midnight(w.zone, calendar_date(w.zone, w.start_ms) + day);
		struct dayview_ask ask = world_ask(&w, midnight, 1);
		struct outlook_ask o = {
			.kind = FORECAST_PRICE, .sign = 1, .view = &view, .score = &score};

		dayview_init(&view, &ask);
		score_make(method_of(FORECAST_PRICE), &view, &work, &score);
		outlook_make(&o, &out);
		for (int64_t t = midnight; t < midnight + 2 * MS_PER_DAY; t += SLOT_MS) {
			struct local_time l = zone_local(w.zone, t);

			expect(outlook_at(&out, t), 100 * l.hour + l.minute, 1);
		}
	}
}

START_TEST(when_the_clock_is_changed_hours_stay_hours)
{
	check_changed_day(2025, 9, 15, 41);
	check_changed_day(2025, 2, 17, 41);
}
END_TEST

START_TEST(a_year_ends_like_any_day)
{
	world_init(&w, "Asia/Shanghai", 2025, 11, 20);
	w.calendar.n_holidays = 1;
	w.calendar.holidays[0].from_day = calendar_date(w.zone, world_at(&w, 42, 0));
	w.calendar.holidays[0].to_day = w.calendar.holidays[0].from_day;
	fill_load(0.01);
	/* 2025-12-31, a Wednesday; New Year is a holiday, the 2nd a Friday */
	look(FORECAST_LOAD, 41, 70);
	for (int day = 41; day < 45; day++)
		for (int s = 0; s < SLOTS_PER_DAY; s++)
			expect(at(day, s), load_at(day, s), 0.05 * load_at(day, s));
}
END_TEST

START_TEST(it_reaches_a_week_and_no_further)
{
	fill_load(0.01);
	look(FORECAST_LOAD, 45, 30);
	ck_assert(isfinite(at(52, 95)));
	ck_assert_double_nan(at(53, 0));
	ck_assert_double_nan(at(44, 95));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("outlook");
	TCase *t = tcase_create("outlook");

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, a_workday_is_like_workdays_and_a_weekend_like_weekends);
	tcase_add_test(t, a_holiday_is_like_a_day_of_rest_and_a_sunday_that_is_worked_is_not);
	tcase_add_test(t, a_day_that_runs_higher_is_foretold_higher_and_less_so_later);
	tcase_add_test(t, the_band_holds_what_comes);
	tcase_add_test(t, the_night_is_dark_and_clouds_of_this_morning_last);
	tcase_add_test(t, wind_stays_for_hours_and_then_is_as_usual);
	tcase_add_test(t, water_follows_the_months);
	tcase_add_test(t, the_future_plays_no_part);
	tcase_add_test(t, what_is_missing_is_never_zero);
	tcase_add_test(t, a_meter_that_hung_is_not_learnt_from);
	tcase_add_test(t, young_points_have_yesterday_and_no_band);
	tcase_add_test(t, where_persistence_is_better_it_is_taken_and_said);
	tcase_add_test(t, the_choice_is_the_smaller_error);
	tcase_add_test(t, when_the_clock_is_changed_hours_stay_hours);
	tcase_add_test(t, a_year_ends_like_any_day);
	tcase_add_test(t, it_reaches_a_week_and_no_further);
	suite_add_tcase(s, t);
	return run_suite(s);
}
