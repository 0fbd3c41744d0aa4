#include "base/tzif.h"

#include <check.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/num.h"
#include "testlib/heap.h"
#include "testlib/rng.h"
#include "testlib/run.h"

static void put_be(struct buf *b, int n, uint64_t x)
{
	for (int i = n - 1; i >= 0; i--) {
		uint8_t byte = (uint8_t)(x >> (8 * i));

		ck_assert_int_eq(buf_append(b, &byte, 1), 0);
	}
}

static void put_header(struct buf *b, char version, uint32_t n_time, uint32_t n_type,
		       uint32_t n_char)
{
	static const uint8_t zeros[15];

	buf_append(b, "TZif", 4);
	buf_append(b, &version, 1);
	buf_append(b, zeros, sizeof(zeros));
	put_be(b, 4, 0);
	put_be(b, 4, 0);
	put_be(b, 4, 0);
	put_be(b, 4, n_time);
	put_be(b, 4, n_type);
	put_be(b, 4, n_char);
}

/* Two transitions, +1 h at t = 1000 and back at t = 2000, then the rule of central Europe. */
static void make_file(struct buf *b, const char *footer)
{
	put_header(b, '2', 0, 1, 1);
	buf_append(b, "\0\0\0\0\0\0", 7);
	put_header(b, '2', 2, 2, 8);
	put_be(b, 8, 1000);
	put_be(b, 8, 2000);
	buf_append(b, "\1\0", 2);
	put_be(b, 4, 0);
	buf_append(b, "\0\0", 2);
	put_be(b, 4, 3600);
	buf_append(b, "\1\4", 2);
	buf_append(b, "STD\0DST\0", 8);
	ck_assert_int_eq(buf_printf(b, "\n%s\n", footer), 0);
}

static struct buf file;
static struct tzif zone;

static void setup(void)
{
	buf_init(&file, 0);
}

static void teardown(void)
{
	buf_fini(&file);
	tzif_fini(&zone);
}

static int parse(void)
{
	return tzif_parse(buf_peek(&file), buf_avail(&file), &zone);
}

START_TEST(transitions_hold_from_their_second_on)
{
	make_file(&file, "");
	ck_assert_int_eq(parse(), 0);
	ck_assert_int_eq(tzif_offset_s(&zone, INT64_MIN), 0);
	ck_assert_int_eq(tzif_offset_s(&zone, 999), 0);
	ck_assert_int_eq(tzif_offset_s(&zone, 1000), 3600);
	ck_assert_int_eq(tzif_offset_s(&zone, 1999), 3600);
	ck_assert_int_eq(tzif_offset_s(&zone, 2000), 0);
	ck_assert_int_eq(tzif_offset_s(&zone, INT64_MAX), 0);
}
END_TEST

START_TEST(the_rule_holds_after_the_table)
{
	make_file(&file, "CET-1CEST,M3.5.0,M10.5.0/3");
	ck_assert_int_eq(parse(), 0);
	ck_assert_int_eq(tzif_offset_s(&zone, 1999), 3600);
	ck_assert_int_eq(tzif_offset_s(&zone, 2000), 3600); /* January */
	ck_assert_int_eq(tzif_offset_s(&zone, num_days_from_civil(2300, 7, 1) * 86400), 7200);
}
END_TEST

START_TEST(every_shortened_file_is_refused)
{
	make_file(&file, "CET-1CEST,M3.5.0,M10.5.0/3");
	for (size_t n = 0; n < buf_avail(&file); n++)
		ck_assert_int_eq(tzif_parse(buf_peek(&file), n, &zone), ERR_MALFORMED);
	ck_assert_int_eq(parse(), 0);
}
END_TEST

/* Under the address sanitizer this also shows that nothing outside the bytes is read. */
START_TEST(changed_bytes_are_refused_or_give_sane_offsets)
{
	struct rng rng;

	rng_init(&rng, rng_seed(7));
	make_file(&file, "CET-1CEST,M3.5.0,M10.5.0/3");
	for (int round = 0; round < 20000; round++) {
		size_t at = rng_below(&rng, buf_avail(&file));
		uint8_t was = file.data[at];
		int r;

		file.data[at] = (uint8_t)rng_next(&rng);
		r = parse();
		file.data[at] = was;
		if (r == 0) {
			int32_t s = tzif_offset_s(&zone, rng_range(&rng, -5000000000, 50000000000));

			ck_assert(s > -26 * 3600 && s <= 26 * 3600);
			tzif_fini(&zone);
		} else {
			ck_assert_int_eq(r, ERR_MALFORMED);
		}
	}
}
END_TEST

/* The result of parse() if it allocated nothing, else -ENOMEM. */
static int parse_without_memory(void)
{
	int r;

	heap_fail_at(1);
	r = parse();
	return heap_stop() ? -ENOMEM : r;
}

START_TEST(huge_counts_are_refused_before_anything_is_allocated)
{
	put_header(&file, '2', UINT32_MAX, UINT32_MAX, UINT32_MAX);
	ck_assert_int_eq(parse_without_memory(), ERR_MALFORMED);
	buf_reset(&file);
	put_header(&file, '2', 0, 0, 0);
	put_header(&file, '2', UINT32_MAX, 1, 1);
	ck_assert_int_eq(parse_without_memory(), ERR_MALFORMED);
}
END_TEST

START_TEST(old_versions_and_foreign_files_are_refused)
{
	put_header(&file, '\0', 0, 1, 1);
	buf_append(&file, "\0\0\0\0\0\0", 7);
	ck_assert_int_eq(parse(), ERR_MALFORMED);
	ck_assert_int_eq(tzif_parse((const uint8_t *)"#!/bin/sh\n", 10, &zone), ERR_MALFORMED);
}
END_TEST

START_TEST(transitions_out_of_order_are_refused)
{
	make_file(&file, "");
	/* 2000 becomes 1000: header, block of 7, header, first transition */
	memcpy(file.data + 44 + 7 + 44 + 8, file.data + 44 + 7 + 44, 8);
	ck_assert_int_eq(parse(), ERR_MALFORMED);
}
END_TEST

START_TEST(lack_of_memory_is_told_and_leaks_nothing)
{
	make_file(&file, "");
	for (long k = 1;; k++) {
		int r;

		heap_fail_at(k);
		r = parse();
		if (!heap_stop()) {
			ck_assert_int_eq(r, 0);
			ck_assert_int_eq(k, 3);
			break;
		}
		ck_assert_int_eq(r, -ENOMEM);
	}
}
END_TEST

START_TEST(rules_that_are_none_are_refused)
{
	static const char *const bad[] = {"C",
					  "CET",
					  "CET-",
					  "CET-25",
					  "-1",
					  "<>-1",
					  "<+08-8",
					  "CET-1CEST",
					  "CET-1CEST,M3.5.0",
					  "CET-1CEST,M13.1.0,M10.5.0",
					  "CET-1CEST,M3.6.0,M10.5.0",
					  "CET-1CEST,M3.5.7,M10.5.0",
					  "CET-1CEST,M3.5.0,M10.5.0/168",
					  "CET-1CEST,J0,J365",
					  "CET-1CEST,0,366",
					  "CET-1CEST,M3.5.0,M10.5.0x",
					  "CET-1 ",
					  "CET-1:60",
					  "CET-99999999999999999999"};
	struct tzrule r;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_int_eq(tzrule_parse(bad[i], &r), ERR_MALFORMED);
}
END_TEST

static int32_t offset_at(const char *rule, int y, int m, int d, int hour, int minute)
{
	int64_t t_s = num_days_from_civil(y, m, d) * 86400 + hour * 3600 + minute * 60;
	struct tzrule r;

	ck_assert_int_eq(tzrule_parse(rule, &r), 0);
	return tzrule_offset_s(&r, t_s);
}

START_TEST(rules_change_at_their_minute)
{
	const char *berlin = "CET-1CEST,M3.5.0,M10.5.0/3";
	const char *sydney = "AEST-10AEDT,M10.1.0,M4.1.0/3";
	const char *dublin = "IST-1GMT0,M10.5.0,M3.5.0/1";
	const char *nuuk = "<-02>2<-01>,M3.5.0/-1,M10.5.0/0";

	ck_assert_int_eq(offset_at(berlin, 2060, 3, 28, 0, 59), 3600);
	ck_assert_int_eq(offset_at(berlin, 2060, 3, 28, 1, 0), 7200);
	ck_assert_int_eq(offset_at(berlin, 2060, 10, 31, 0, 59), 7200);
	ck_assert_int_eq(offset_at(berlin, 2060, 10, 31, 1, 0), 3600);
	ck_assert_int_eq(offset_at(sydney, 2060, 1, 1, 0, 0), 39600);
	ck_assert_int_eq(offset_at(sydney, 2060, 4, 3, 15, 59), 39600);
	ck_assert_int_eq(offset_at(sydney, 2060, 4, 3, 16, 0), 36000);
	ck_assert_int_eq(offset_at(dublin, 2060, 7, 1, 0, 0), 3600);
	ck_assert_int_eq(offset_at(dublin, 2060, 1, 1, 0, 0), 0);
	ck_assert_int_eq(offset_at(nuuk, 2060, 3, 28, 0, 59), -7200);
	ck_assert_int_eq(offset_at(nuuk, 2060, 3, 28, 1, 0), -3600);
}
END_TEST

START_TEST(days_of_the_year_are_counted_both_ways)
{
	/* J60 is 1 March always, 59 is 29 February in leap years and 1 March in others */
	ck_assert_int_eq(offset_at("AAA0BBB,J60/0,J300/0", 2060, 2, 29, 23, 59), 0);
	ck_assert_int_eq(offset_at("AAA0BBB,J60/0,J300/0", 2060, 3, 1, 0, 0), 3600);
	ck_assert_int_eq(offset_at("AAA0BBB,J60/0,J300/0", 2061, 2, 28, 23, 59), 0);
	ck_assert_int_eq(offset_at("AAA0BBB,J60/0,J300/0", 2061, 3, 1, 0, 0), 3600);
	ck_assert_int_eq(offset_at("AAA0BBB,59/0,J300/0", 2060, 2, 29, 0, 0), 3600);
	ck_assert_int_eq(offset_at("AAA0BBB,59/0,J300/0", 2061, 2, 28, 23, 59), 0);
	ck_assert_int_eq(offset_at("AAA0BBB,59/0,J300/0", 2061, 3, 1, 0, 0), 3600);
}
END_TEST

/* RFC 8536 §3.3.1: DST all year, ending where the next begins. */
START_TEST(summer_time_may_last_all_year)
{
	for (int hour = 0; hour < 24; hour++) {
		ck_assert_int_eq(offset_at("XXX3EDT4,0/0,J365/23", 2060, 12, 31, hour, 30),
				 -4 * 3600);
		ck_assert_int_eq(offset_at("XXX3EDT4,0/0,J365/23", 2061, 1, 1, hour, 0), -4 * 3600);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("tzif");
	TCase *t = tcase_create("tzif");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, transitions_hold_from_their_second_on);
	tcase_add_test(t, the_rule_holds_after_the_table);
	tcase_add_test(t, every_shortened_file_is_refused);
	tcase_add_test(t, changed_bytes_are_refused_or_give_sane_offsets);
	tcase_add_test(t, huge_counts_are_refused_before_anything_is_allocated);
	tcase_add_test(t, old_versions_and_foreign_files_are_refused);
	tcase_add_test(t, transitions_out_of_order_are_refused);
	tcase_add_test(t, lack_of_memory_is_told_and_leaks_nothing);
	tcase_add_test(t, rules_that_are_none_are_refused);
	tcase_add_test(t, rules_change_at_their_minute);
	tcase_add_test(t, days_of_the_year_are_counted_both_ways);
	tcase_add_test(t, summer_time_may_last_all_year);
	suite_add_tcase(s, t);
	return run_suite(s);
}
