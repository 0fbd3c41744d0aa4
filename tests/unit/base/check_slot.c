#include "base/slot.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/num.h"
#include "testlib/rng.h"
#include "testlib/run.h"
#include "testlib/shared.h"

/* The system's files can be made to vanish (ld --wrap). */
int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);

static bool is_tzdata_gone;

int __wrap_open(const char *path, int flags, ...)
{
	va_list ap;
	int mode;

	if (is_tzdata_gone && strncmp(path, "/usr/share/zoneinfo/", 20) == 0) {
		errno = ENOENT;
		return -1;
	}
	va_start(ap, flags);
	mode = flags & O_CREAT ? va_arg(ap, int) : 0;
	va_end(ap);
	return __real_open(path, flags, mode);
}

static const struct zone *load(const char *name)
{
	const struct zone *z;

	if (access("/usr/share/zoneinfo/Europe/Berlin", R_OK) != 0)
		skip_test("tzdata is not installed");
	ck_assert_int_eq(zone_load(name, &z), 0);
	return z;
}

static int64_t utc(const char *text)
{
	int64_t ms;

	ck_assert_int_eq(num_parse_time_ms(text, 0, &ms), 0);
	return ms;
}

static void teardown(void)
{
	zone_unload_all();
}

static int slots_of_day(const struct zone *z, int64_t t_ms)
{
	return (int)((zone_day_end(z, t_ms) - zone_day_start(z, t_ms)) / SLOT_MS);
}

START_TEST(shanghai_is_eight_hours_ahead_for_ever)
{
	const struct zone *z = load("Asia/Shanghai");

	for (int year = 1992; year < 2200; year++)
		for (int month = 1; month <= 12; month++) {
			int64_t t = num_days_from_civil(year, month, 1) * MS_PER_DAY;

			ck_assert_int_eq(zone_offset_s(z, t), 28800);
			ck_assert_int_eq(slots_of_day(z, t), 96);
			ck_assert_int_eq(zone_day_start(z, t), t - 8 * MS_PER_H);
		}
	ck_assert_str_eq(zone_name(z), "Asia/Shanghai");
}
END_TEST

START_TEST(without_tzdata_two_zones_still_work)
{
	const struct zone *utc_zone, *shanghai, *other = NULL;

	is_tzdata_gone = true;
	ck_assert_int_eq(zone_load("UTC", &utc_zone), 0);
	ck_assert_int_eq(zone_load("Asia/Shanghai", &shanghai), 0);
	ck_assert_int_eq(zone_load("Europe/Berlin", &other), ERR_NOTFOUND);
	ck_assert_ptr_null(other);
	ck_assert_int_eq(zone_offset_s(utc_zone, 0), 0);
	ck_assert_int_eq(zone_offset_s(shanghai, utc("2025-07-15T13:00Z")), 28800);
	ck_assert_int_eq(zone_utc(shanghai, 2025, 7, 15, 21, 0), utc("2025-07-15T13:00Z"));
}
END_TEST

START_TEST(a_name_gives_one_pointer_and_strange_names_nothing)
{
	static const char *const strange[] = {"",	"/etc/passwd",	  "../../../etc/passwd",
					      "Europe", "No/Where",	  "zone.tab",
					      "UTC\n",	"Europe/Berlin/", "a/../UTC"};
	const struct zone *a = load("UTC"), *b;

	ck_assert_int_eq(zone_load("UTC", &b), 0);
	ck_assert_ptr_eq(a, b);
	for (size_t i = 0; i < ARRAY_SIZE(strange); i++)
		ck_assert_int_eq(zone_load(strange[i], &b), ERR_NOTFOUND);
	ck_assert_ptr_eq(a, b);
}
END_TEST

START_TEST(days_of_a_change_have_92_and_100_slots)
{
	const struct zone *z = load("Europe/Berlin");

	ck_assert_int_eq(slots_of_day(z, utc("2025-03-29T12:00Z")), 96);
	ck_assert_int_eq(slots_of_day(z, utc("2025-03-30T12:00Z")), 92);
	ck_assert_int_eq(slots_of_day(z, utc("2025-03-31T12:00Z")), 96);
	ck_assert_int_eq(slots_of_day(z, utc("2025-10-26T12:00Z")), 100);
	/* and by the rule in the footer */
	ck_assert_int_eq(slots_of_day(z, utc("2060-03-28T12:00Z")), 92);
	ck_assert_int_eq(slots_of_day(z, utc("2060-10-31T12:00Z")), 100);
	ck_assert_int_eq(zone_day_start(z, utc("2025-03-30T12:00Z")), utc("2025-03-29T23:00Z"));
	ck_assert_int_eq(zone_day_end(z, utc("2025-03-30T12:00Z")), utc("2025-03-30T22:00Z"));
	ck_assert_int_eq(zone_day_start(z, utc("2025-10-26T12:00Z")), utc("2025-10-25T22:00Z"));
}
END_TEST

START_TEST(slots_of_a_day_are_numbered_without_gap)
{
	static const char *const days[] = {"2025-03-30T12:00Z", "2025-10-26T12:00Z",
					   "2025-07-15T12:00Z"};
	const struct zone *z = load("Europe/Berlin");

	for (size_t i = 0; i < ARRAY_SIZE(days); i++) {
		int64_t start = zone_day_start(z, utc(days[i]));
		int64_t end = zone_day_end(z, start);
		int want = 0;

		for (int64_t t = start; t < end; t += SLOT_MS, want++) {
			ck_assert_int_eq(slot_index(z, t), want);
			ck_assert_int_eq(slot_index(z, t + SLOT_MS - 1), want);
			ck_assert_int_eq(zone_day_start(z, t), start);
			ck_assert_int_eq(zone_day_end(z, t), end);
		}
		ck_assert_int_eq(slot_index(z, end), 0);
	}
}
END_TEST

START_TEST(a_skipped_time_is_the_jump_and_a_doubled_one_the_first)
{
	const struct zone *z = load("Europe/Berlin");

	ck_assert_int_eq(zone_utc(z, 2025, 3, 30, 1, 59), utc("2025-03-30T00:59Z"));
	ck_assert_int_eq(zone_utc(z, 2025, 3, 30, 2, 0), utc("2025-03-30T01:00Z"));
	ck_assert_int_eq(zone_utc(z, 2025, 3, 30, 2, 30), utc("2025-03-30T01:00Z"));
	ck_assert_int_eq(zone_utc(z, 2025, 3, 30, 3, 0), utc("2025-03-30T01:00Z"));
	ck_assert_int_eq(zone_utc(z, 2025, 3, 30, 3, 1), utc("2025-03-30T01:01Z"));
	ck_assert_int_eq(zone_utc(z, 2025, 10, 26, 2, 30), utc("2025-10-26T00:30Z"));
	ck_assert_int_eq(zone_utc(z, 2025, 10, 26, 3, 0), utc("2025-10-26T02:00Z"));
	ck_assert_int_eq(zone_utc(z, 2060, 3, 28, 2, 30), utc("2060-03-28T01:00Z"));
	ck_assert_int_eq(zone_utc(z, 2060, 10, 31, 2, 30), utc("2060-10-31T00:30Z"));
}
END_TEST

/* Samoa had no 30 December 2011; Havana moves its clocks at midnight. */
START_TEST(days_without_midnight_begin_with_the_jump)
{
	const struct zone *apia = load("Pacific/Apia"), *havana = load("America/Havana");
	int64_t jump = utc("2011-12-30T10:00Z");

	ck_assert_int_eq(zone_day_end(apia, jump - 1), jump);
	ck_assert_int_eq(zone_day_start(apia, jump), jump);
	ck_assert_int_eq(zone_utc(apia, 2011, 12, 30, 12, 0), jump);
	ck_assert_int_eq(slots_of_day(apia, jump), 96);
	ck_assert_int_eq(slots_of_day(havana, utc("2025-03-09T12:00Z")), 92);
	ck_assert_int_eq(zone_day_start(havana, utc("2025-03-09T12:00Z")),
			 utc("2025-03-09T05:00Z"));
	ck_assert_int_eq(slots_of_day(havana, utc("2025-11-02T12:00Z")), 100);
	ck_assert_int_eq(zone_day_start(havana, utc("2025-11-02T12:00Z")),
			 utc("2025-11-02T04:00Z"));
}
END_TEST

START_TEST(local_time_has_all_fields)
{
	struct local_time lt = zone_local(load("Asia/Shanghai"), utc("2025-07-15T18:30:15.250Z"));

	ck_assert(lt.year == 2025 && lt.month == 7 && lt.day == 16);
	ck_assert(lt.hour == 2 && lt.minute == 30 && lt.second == 15 && lt.ms == 250);
	ck_assert_int_eq(lt.weekday, 2);
	lt = zone_local(load("UTC"), -1);
	ck_assert(lt.year == 1969 && lt.month == 12 && lt.day == 31);
	ck_assert(lt.hour == 23 && lt.minute == 59 && lt.second == 59 && lt.ms == 999);
	ck_assert_int_eq(lt.weekday, 2);
}
END_TEST

/* The C library reads the same files: both must agree everywhere. */
START_TEST(offsets_agree_with_the_c_library)
{
	static const char *const names[] = {
		"Asia/Shanghai",    "Europe/Berlin",	 "Europe/Dublin",     "America/New_York",
		"America/St_Johns", "America/Havana",	 "America/Nuuk",      "Australia/Lord_Howe",
		"Pacific/Apia",	    "Asia/Kathmandu",	 "Africa/Casablanca", "Asia/Tehran",
		"Africa/Cairo",	    "America/Sao_Paulo", "Pacific/Chatham",   "UTC"};
	struct rng rng;

	rng_init(&rng, rng_seed(8));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const struct zone *z = load(names[i]);

		ck_assert_int_eq(setenv("TZ", names[i], 1), 0);
		tzset();
		for (int k = 0; k < 5000; k++) {
			/* 1910 to 2200 */
			time_t t = rng_range(&rng, -1893456000, 7258118400);
			struct local_time lt = zone_local(z, (int64_t)t * 1000);
			struct tm tm;

			ck_assert_ptr_nonnull(localtime_r(&t, &tm));
			if (zone_offset_s(z, (int64_t)t * 1000) != tm.tm_gmtoff)
				ck_abort_msg("%s at %lld: %d, not %ld", names[i], (long long)t,
					     zone_offset_s(z, (int64_t)t * 1000), tm.tm_gmtoff);
			ck_assert_int_eq(lt.hour, tm.tm_hour);
			ck_assert_int_eq(lt.day, tm.tm_mday);
			ck_assert_int_eq(lt.weekday, (tm.tm_wday + 6) % 7);
		}
	}
}
END_TEST

/* Any wall time that exists leads back to itself, at its first occurrence. */
START_TEST(local_and_utc_are_inverse)
{
	static const char *const names[] = {"Asia/Shanghai", "Europe/Berlin", "America/New_York",
					    "Australia/Lord_Howe", "Asia/Kathmandu"};
	struct rng rng;

	rng_init(&rng, rng_seed(9));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const struct zone *z = load(names[i]);

		for (int k = 0; k < 5000; k++) {
			int64_t t = rng_range(&rng, 0, 120 * 365 * INT64_C(1440)) * MS_PER_MIN;
			struct local_time lt = zone_local(z, t);
			int64_t back = zone_utc(z, lt.year, lt.month, lt.day, lt.hour, lt.minute);

			ck_assert(back == t || (back < t && t - back <= MS_PER_H &&
						zone_offset_s(z, back) > zone_offset_s(z, t)));
			ck_assert(zone_day_start(z, t) <= t && t < zone_day_end(z, t));
		}
	}
}
END_TEST

START_TEST(slots_are_half_open_on_both_sides_of_1970)
{
	ck_assert_int_eq(slot_floor(0), 0);
	ck_assert_int_eq(slot_floor(SLOT_MS - 1), 0);
	ck_assert_int_eq(slot_floor(SLOT_MS), SLOT_MS);
	ck_assert_int_eq(slot_floor(-1), -SLOT_MS);
	ck_assert_int_eq(slot_floor(-SLOT_MS), -SLOT_MS);
	ck_assert_int_eq(slot_ceil(0), 0);
	ck_assert_int_eq(slot_ceil(1), SLOT_MS);
	ck_assert_int_eq(slot_ceil(-1), 0);
}
END_TEST

/* p1 = [00:00, 00:15), p2 from 00:15, p96 from 23:45 (start labels). */
START_TEST(the_first_slot_of_the_day_has_index_zero)
{
	const struct zone *z = load("Asia/Shanghai");

	ck_assert_int_eq(slot_index(z, utc("2025-07-14T16:00Z")), 0);
	ck_assert_int_eq(slot_index(z, utc("2025-07-14T16:14:59Z")), 0);
	ck_assert_int_eq(slot_index(z, utc("2025-07-14T16:15Z")), 1);
	ck_assert_int_eq(slot_index(z, utc("2025-07-15T15:45Z")), 95);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("slot");
	TCase *t = tcase_create("slot");

	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_test(t, shanghai_is_eight_hours_ahead_for_ever);
	tcase_add_test(t, without_tzdata_two_zones_still_work);
	tcase_add_test(t, a_name_gives_one_pointer_and_strange_names_nothing);
	tcase_add_test(t, days_of_a_change_have_92_and_100_slots);
	tcase_add_test(t, slots_of_a_day_are_numbered_without_gap);
	tcase_add_test(t, a_skipped_time_is_the_jump_and_a_doubled_one_the_first);
	tcase_add_test(t, days_without_midnight_begin_with_the_jump);
	tcase_add_test(t, local_time_has_all_fields);
	tcase_add_test(t, offsets_agree_with_the_c_library);
	tcase_add_test(t, local_and_utc_are_inverse);
	tcase_add_test(t, slots_are_half_open_on_both_sides_of_1970);
	tcase_add_test(t, the_first_slot_of_the_day_has_index_zero);
	suite_add_tcase(s, t);
	return run_suite(s);
}
