/* The configuration at the door: shown, compared, reloaded. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "ask.h"
#include "fake_engine.h"
#include "proto/codec.h"
#include "rig.h"
#include "testlib/run.h"

static struct rig rig;
static struct peer_end p;
static const Suandian__V1__Envelope *answer;

static void setup(void)
{
	rig_start(&rig);
	peer_enter(&rig, SERVER_CONTROL, "admin", "t", &p);
	snprintf(fake.configuration.path, sizeof(fake.configuration.path), "/etc/main.yaml");
	fake.configuration.canonical = "store:\n  retention: forever\nplan:\n  period: 15min\n";
	fake.on_disk.canonical = "store:\n  retention: 30d\nplan:\n  period: 30min\n";
	fake.on_disk.hash[0] = 7;
}

static void teardown(void)
{
	peer_close(&p);
	rig_stop(&rig);
}

START_TEST(what_is_in_force_is_shown_with_its_hash)
{
	ASK(GET_CONFIG, get_config, Suandian__V1__GetConfig, SUANDIAN__V1__GET_CONFIG__INIT);
	peer_send(&p, 2, &env);
	ck_assert_answer(answer, &p, CONFIG_TEXT);
	ck_assert_str_eq(answer->config_text->text, fake.configuration.canonical);
	ck_assert_str_eq(answer->config_text->path, "/etc/main.yaml");
	ck_assert_uint_eq(answer->config_text->hash.len, SHA256_LEN);
	ck_assert_uint_eq(answer->config_text->reloads, 3);
	ck_assert_int_eq(answer->config_text->since_ms, 5000);
}
END_TEST

START_TEST(differences_come_key_by_key_with_what_they_take)
{
	const Suandian__V1__ConfigDiff *m;
	ASK(DIFF_CONFIG, diff_config, Suandian__V1__DiffConfig, SUANDIAN__V1__DIFF_CONFIG__INIT);

	peer_send(&p, 2, &env);
	ck_assert_answer(answer, &p, CONFIG_DIFF);
	m = answer->config_diff;
	ck_assert_uint_eq(m->n_changes, 2);
	ck_assert_str_eq(m->changes[0]->path, "store.retention");
	ck_assert_str_eq(m->changes[0]->before, "forever");
	ck_assert_str_eq(m->changes[0]->after, "30d");
	ck_assert_str_eq(m->changes[0]->effect, "restart");
	ck_assert_str_eq(m->changes[1]->path, "plan.period");
	ck_assert_str_eq(m->changes[1]->effect, "at once");
	ck_assert_uint_eq(m->new_hash.len, SHA256_LEN);
	ck_assert_int_eq(m->new_hash.data[0], 7);
	ck_assert_uint_eq(m->n_faults, 0);
	ck_assert_ptr_nonnull(strstr(m->text, "+plan.period: 30min\n"));
}
END_TEST

START_TEST(faults_are_told_instead_of_differences)
{
	const Suandian__V1__ConfigDiff *m;
	ASK(DIFF_CONFIG, diff_config, Suandian__V1__DiffConfig, SUANDIAN__V1__DIFF_CONFIG__INIT);

	fake.reload_rc = ERR_INVALID;
	peer_send(&p, 2, &env);
	ck_assert_answer(answer, &p, CONFIG_DIFF);
	m = answer->config_diff;
	ck_assert_uint_eq(m->n_changes, 0);
	ck_assert_uint_eq(m->new_hash.len, 0);
	ck_assert_uint_eq(m->n_faults, 1);
	ck_assert_str_eq(m->faults[0], "/etc/main.yaml:4:2: plan.period: is no multiple of 15min");
}
END_TEST

START_TEST(a_reload_is_answered_once_it_holds)
{
	ASK(RELOAD_CONFIG, reload_config, Suandian__V1__ReloadConfig,
	    SUANDIAN__V1__RELOAD_CONFIG__INIT);
	peer_send(&p, 2, &env);
	rig_turn(&rig);
	ck_assert_uint_eq(fake.n_waiters, 1);
	fake_complete(0);
	ck_assert_answer(answer, &p, OK);
	ck_assert_str_ne(fake.last_source, "");
	fake.reload_rc = ERR_INVALID;
	peer_send(&p, 3, &env);
	ck_assert_refused(&p, "INVALID");
}
END_TEST

START_TEST(only_administrators_see_and_change_it)
{
	struct peer_end other;
	ASK(GET_CONFIG, get_config, Suandian__V1__GetConfig, SUANDIAN__V1__GET_CONFIG__INIT);

	peer_enter(&rig, SERVER_CONTROL, "operate", "t", &other);
	peer_send(&other, 2, &env);
	ck_assert_refused(&other, "DENIED");
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_RELOAD_CONFIG;
	peer_send(&other, 3, &env);
	ck_assert_refused(&other, "DENIED");
	peer_close(&other);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("api config");
	TCase *t = tcase_create("config");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, what_is_in_force_is_shown_with_its_hash);
	tcase_add_test(t, differences_come_key_by_key_with_what_they_take);
	tcase_add_test(t, faults_are_told_instead_of_differences);
	tcase_add_test(t, a_reload_is_answered_once_it_holds);
	tcase_add_test(t, only_administrators_see_and_change_it);
	suite_add_tcase(s, t);
	return run_suite(s);
}
