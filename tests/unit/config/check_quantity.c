#include "config/quantity.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "testlib/rng.h"
#include "testlib/run.h"

static const struct quantity_unit prices[] = {
	{"CNY/kWh", 10000}, {"元/kWh", 10000}, {"CNY/MWh", 10}, {0}};
static const struct quantity_unit powers[] = {{"W", 1}, {"kW", 1000}, {"MW", 1000000}, {0}};
static const struct quantity_unit ratios[] = {{"", 1000000}, {"%", 10000}, {0}};

START_TEST(quantities_are_exact)
{
	static const struct {
		const struct quantity_unit *units;
		const char *text;
		int64_t value;
	} cases[] = {
		{prices, "0.60 CNY/kWh", 6000},
		{prices, "0.6CNY/kWh", 6000},
		{prices, "1 元/kWh", 10000},
		{prices, "-25 CNY/MWh", -250},
		{prices, "0.0001 CNY/kWh", 1},
		{prices, "384.7 CNY/MWh", 3847},
		{powers, "12MW", 12000000},
		{powers, "1.5 kW", 1500},
		{powers, "-300W", -300},
		{powers, "0W", 0},
		{ratios, "0.95", 950000},
		{ratios, "95%", 950000},
		{ratios, "99.9999 %", 999999},
		{ratios, "1", 1000000},
		{powers, "007W", 7},
		{powers, "1.500MW", 1500000},
		{powers, "9223372036854775807W", INT64_MAX},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t x = 77;

		ck_assert_msg(quantity_parse(cases[i].text, cases[i].units, &x) == 0, "%s",
			      cases[i].text);
		ck_assert_msg(x == cases[i].value, "%s", cases[i].text);
	}
}
END_TEST

START_TEST(what_is_no_quantity_touches_nothing)
{
	static const struct {
		const char *text;
		int r;
	} cases[] = {
		{"", ERR_MALFORMED},
		{"MW", ERR_MALFORMED},
		{"12", ERR_MALFORMED},
		{"12 ", ERR_MALFORMED},
		{"12  MW", ERR_MALFORMED},
		{"12mw", ERR_MALFORMED},
		{"12MWh", ERR_MALFORMED},
		{"+1W", ERR_MALFORMED},
		{"1.W", ERR_MALFORMED},
		{".5W", ERR_MALFORMED},
		{"1e3W", ERR_MALFORMED},
		{"--1W", ERR_MALFORMED},
		{"0x10W", ERR_MALFORMED},
		{"1,5W", ERR_MALFORMED},
		{" 1W", ERR_MALFORMED},
		{"1\tW", ERR_MALFORMED},
		{"infW", ERR_MALFORMED},
		{"0.5W", ERR_INVALID},
		{"1.0001kW", ERR_INVALID},
		{"9223372036854775808W", ERR_INVALID},
		{"9223372036854776kW", ERR_INVALID},
		{"99999999999999999999999999MW", ERR_INVALID},
		{"0.0000000000000000000000000000001MW", ERR_INVALID},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int64_t x = 77;

		ck_assert_msg(quantity_parse(cases[i].text, powers, &x) == cases[i].r, "%s",
			      cases[i].text);
		ck_assert_int_eq(x, 77);
	}
}
END_TEST

START_TEST(quantities_are_written_in_the_largest_whole_unit)
{
	char out[32];

	ck_assert_str_eq(quantity_format(12000000, powers, "", out, sizeof(out)), "12MW");
	ck_assert_str_eq(quantity_format(1500000, powers, "", out, sizeof(out)), "1500kW");
	ck_assert_str_eq(quantity_format(-1, powers, " ", out, sizeof(out)), "-1 W");
	ck_assert_str_eq(quantity_format(0, powers, "", out, sizeof(out)), "0W");
	ck_assert_str_eq(quantity_format(6000, prices, " ", out, sizeof(out)), "0.6 CNY/kWh");
	ck_assert_str_eq(quantity_format(-250, prices, " ", out, sizeof(out)), "-0.025 CNY/kWh");
	ck_assert_str_eq(quantity_format(999999, ratios, " ", out, sizeof(out)), "0.999999");
}
END_TEST

START_TEST(every_quantity_is_read_back_as_written)
{
	static const struct quantity_unit *const tables[] = {prices, powers, ratios};
	uint64_t seed = rng_seed(1);
	struct rng r;

	rng_init(&r, seed);
	for (int i = 0; i < 20000; i++) {
		const struct quantity_unit *units = tables[rng_below(&r, 3)];
		int64_t limit = INT64_C(1) << rng_range(&r, 1, 60);
		int64_t x = rng_range(&r, -limit, limit), back = x + 1;
		char out[48];

		quantity_format(x, units, i % 2 ? " " : "", out, sizeof(out));
		ck_assert_msg(quantity_parse(out, units, &back) == 0 && back == x,
			      "seed %llu: %lld as %s gives %lld", (unsigned long long)seed,
			      (long long)x, out, (long long)back);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("quantity");
	TCase *t = tcase_create("quantity");

	tcase_add_test(t, quantities_are_exact);
	tcase_add_test(t, what_is_no_quantity_touches_nothing);
	tcase_add_test(t, quantities_are_written_in_the_largest_whole_unit);
	tcase_add_test(t, every_quantity_is_read_back_as_written);
	suite_add_tcase(s, t);
	return run_suite(s);
}
