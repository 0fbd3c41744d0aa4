#include <check.h>
#include <stdio.h>

#include "model/network.h"
#include "testlib/run.h"

static struct site sites[5];

static void setup(void)
{
	for (int i = 0; i < 5; i++)
		snprintf(sites[i].id, sizeof(sites[i].id), "s%d", i);
}

static void expect(const struct network *n, const size_t want[5])
{
	size_t got[5];

	network_groups(n, sites, 5, got);
	for (int i = 0; i < 5; i++)
		ck_assert_uint_eq(got[i], want[i]);
}

START_TEST(sites_that_share_nothing_stand_alone)
{
	expect(&(struct network){0}, (size_t[]){0, 1, 2, 3, 4});
}
END_TEST

START_TEST(a_limit_joins_its_sites)
{
	struct network n = {.n_limits = 1, .limits = {{.n_sites = 3, .sites = {"s4", "s1", "s2"}}}};

	expect(&n, (size_t[]){0, 1, 1, 3, 1});
}
END_TEST

START_TEST(sites_are_joined_through_others)
{
	struct network n = {
		.n_limits = 2,
		.limits = {{.n_sites = 2, .sites = {"s3", "s4"}},
			   {.n_sites = 2, .sites = {"s1", "s3"}}},
		.n_links = 1,
		.links = {{.from = "s4", .to = "s0"}},
	};

	expect(&n, (size_t[]){0, 0, 2, 0, 0});
}
END_TEST

START_TEST(a_site_that_is_not_there_joins_nothing)
{
	struct network n = {
		.n_links = 2,
		.links = {{.from = "s0", .to = "nowhere"}, {.from = "nowhere", .to = "s1"}}};

	expect(&n, (size_t[]){0, 1, 2, 3, 4});
}
END_TEST

START_TEST(plans_keep_the_margin_of_a_limit)
{
	struct shared_limit l = {.import_max_w = 182, .export_max_w = 60, .margin_w = 2};

	ck_assert_int_eq(shared_limit_import_w(&l), 180);
	ck_assert_int_eq(shared_limit_export_w(&l), 58);
	l.export_max_w = 1;
	ck_assert_int_eq(shared_limit_export_w(&l), 0);
	l.export_max_w = INT64_MAX;
	ck_assert_int_eq(shared_limit_export_w(&l), INT64_MAX);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("network");
	TCase *c = tcase_create("network");

	tcase_add_checked_fixture(c, setup, NULL);
	tcase_add_test(c, sites_that_share_nothing_stand_alone);
	tcase_add_test(c, a_limit_joins_its_sites);
	tcase_add_test(c, sites_are_joined_through_others);
	tcase_add_test(c, a_site_that_is_not_there_joins_nothing);
	tcase_add_test(c, plans_keep_the_margin_of_a_limit);
	suite_add_tcase(s, c);
	return run_suite(s);
}
