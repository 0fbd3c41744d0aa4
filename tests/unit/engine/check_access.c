#include <check.h>

#include "engine/configure.h"
#include "testlib/run.h"

#define BIT(role) (UINT32_C(1) << (role))

static bool allows(const struct access_rule *rules, size_t n, const struct access_peer *peer,
		   enum access_role role, const char *source)
{
	struct configuration c = {.n_rules = n};
	struct access_rule copy[8];

	ck_assert_uint_le(n, 8);
	for (size_t i = 0; i < n; i++)
		copy[i] = rules[i];
	c.rules = copy;
	return configuration_allows(&c, peer, role, source);
}

START_TEST(roles_above_include_those_below)
{
	static const struct {
		enum access_role has;
		bool observe, operate, admin, adapter, approve, audit;
	} cases[] = {{ROLE_OBSERVE, true, false, false, false, false, false},
		     {ROLE_OPERATE, true, true, false, false, false, false},
		     {ROLE_ADMIN, true, true, true, false, false, false},
		     {ROLE_ADAPTER, false, false, false, true, false, false},
		     {ROLE_APPROVE, false, false, false, false, true, false},
		     {ROLE_AUDIT, false, false, false, false, false, true}};
	const struct access_peer peer = {.user = "li"};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct access_rule r = {
			.user = "li", .roles = BIT(cases[i].has), .any_adapter = true};

		ck_assert(allows(&r, 1, &peer, ROLE_OBSERVE, NULL) == cases[i].observe);
		ck_assert(allows(&r, 1, &peer, ROLE_OPERATE, NULL) == cases[i].operate);
		ck_assert(allows(&r, 1, &peer, ROLE_ADMIN, NULL) == cases[i].admin);
		ck_assert(allows(&r, 1, &peer, ROLE_APPROVE, NULL) == cases[i].approve);
		ck_assert(allows(&r, 1, &peer, ROLE_AUDIT, NULL) == cases[i].audit);
		ck_assert(allows(&r, 1, &peer, ROLE_ADAPTER, NULL) == cases[i].adapter);
	}
}
END_TEST

START_TEST(rules_are_about_self_user_or_group)
{
	const char *const groups[] = {"wheel", "grid"};
	const struct access_peer self = {.is_self = true}, nobody = {0};
	const struct access_peer li = {.user = "li"};
	const struct access_peer member = {.user = "wang", .groups = groups, .n_groups = 2};
	const struct access_rule for_self = {.self = true, .roles = BIT(ROLE_OBSERVE)};
	const struct access_rule for_user = {.user = "li", .roles = BIT(ROLE_OBSERVE)};
	const struct access_rule for_group = {.group = "grid", .roles = BIT(ROLE_OBSERVE)};

	ck_assert(allows(&for_self, 1, &self, ROLE_OBSERVE, NULL));
	ck_assert(!allows(&for_self, 1, &li, ROLE_OBSERVE, NULL));
	ck_assert(allows(&for_user, 1, &li, ROLE_OBSERVE, NULL));
	ck_assert(!allows(&for_user, 1, &member, ROLE_OBSERVE, NULL));
	ck_assert(!allows(&for_user, 1, &nobody, ROLE_OBSERVE, NULL));
	ck_assert(allows(&for_group, 1, &member, ROLE_OBSERVE, NULL));
	ck_assert(!allows(&for_group, 1, &li, ROLE_OBSERVE, NULL));
	ck_assert(!allows(&for_group, 1, &nobody, ROLE_OBSERVE, NULL));
}
END_TEST

START_TEST(a_user_without_a_name_is_nobody)
{
	/* a rule that names nobody must not be about the peer that has no name */
	const struct access_rule empty = {.roles = BIT(ROLE_ADMIN) | BIT(ROLE_ADAPTER),
					  .any_adapter = true};
	const char *const groups[] = {""};
	const struct access_peer unnamed = {.user = "", .groups = groups, .n_groups = 1};
	const struct access_peer nobody = {0};

	ck_assert(!allows(&empty, 1, &unnamed, ROLE_OBSERVE, NULL));
	ck_assert(!allows(&empty, 1, &nobody, ROLE_OBSERVE, NULL));
	ck_assert(!allows(NULL, 0, &unnamed, ROLE_OBSERVE, NULL));
}
END_TEST

START_TEST(adapters_speak_for_their_sources_only)
{
	const struct access_peer sim = {.user = "suandian-sim"};
	struct access_rule r = {.user = "suandian-sim",
				.roles = BIT(ROLE_ADAPTER),
				.n_adapters = 2,
				.adapters = {"sim", "sim.weather"}};

	ck_assert(allows(&r, 1, &sim, ROLE_ADAPTER, NULL));
	ck_assert(allows(&r, 1, &sim, ROLE_ADAPTER, "sim"));
	ck_assert(allows(&r, 1, &sim, ROLE_ADAPTER, "sim.weather"));
	ck_assert(!allows(&r, 1, &sim, ROLE_ADAPTER, "si"));
	ck_assert(!allows(&r, 1, &sim, ROLE_ADAPTER, "sim2"));
	ck_assert(!allows(&r, 1, &sim, ROLE_ADAPTER, ""));
	r.n_adapters = 0;
	ck_assert(!allows(&r, 1, &sim, ROLE_ADAPTER, NULL));
	r.any_adapter = true;
	ck_assert(allows(&r, 1, &sim, ROLE_ADAPTER, "whatever"));
	r.roles = BIT(ROLE_ADMIN);
	ck_assert(!allows(&r, 1, &sim, ROLE_ADAPTER, "whatever"));
}
END_TEST

START_TEST(rules_add_up)
{
	const struct access_peer li = {.user = "li"};
	const struct access_rule rules[] = {
		{.user = "wang", .roles = BIT(ROLE_ADMIN)},
		{.user = "li", .roles = BIT(ROLE_OBSERVE)},
		{.user = "li", .roles = BIT(ROLE_ADAPTER), .n_adapters = 1, .adapters = {"a"}},
		{.user = "li", .roles = BIT(ROLE_ADAPTER), .n_adapters = 1, .adapters = {"b"}},
	};

	ck_assert(allows(rules, 4, &li, ROLE_OBSERVE, NULL));
	ck_assert(!allows(rules, 4, &li, ROLE_OPERATE, NULL));
	ck_assert(allows(rules, 4, &li, ROLE_ADAPTER, "a"));
	ck_assert(allows(rules, 4, &li, ROLE_ADAPTER, "b"));
	ck_assert(!allows(rules, 4, &li, ROLE_ADAPTER, "c"));
}
END_TEST

START_TEST(roles_have_names)
{
	ck_assert_str_eq(access_role_name(ROLE_OBSERVE), "observe");
	ck_assert_str_eq(access_role_name(ROLE_OPERATE), "operate");
	ck_assert_str_eq(access_role_name(ROLE_ADMIN), "admin");
	ck_assert_str_eq(access_role_name(ROLE_ADAPTER), "adapter");
	ck_assert_str_eq(access_role_name((enum access_role)99), "?");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("access");
	TCase *t = tcase_create("access");

	tcase_add_test(t, roles_above_include_those_below);
	tcase_add_test(t, rules_are_about_self_user_or_group);
	tcase_add_test(t, a_user_without_a_name_is_nobody);
	tcase_add_test(t, adapters_speak_for_their_sources_only);
	tcase_add_test(t, rules_add_up);
	tcase_add_test(t, roles_have_names);
	suite_add_tcase(s, t);
	return run_suite(s);
}
