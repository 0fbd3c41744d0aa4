/* Other configurations come in the middle of an event: it goes on, nothing is lost, nothing doubled. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "simtest/run.h"
#include "simtest/watch.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"

#define FROM (RUN_MONDAY + 20 * MS_PER_H)
#define START (RUN_MONDAY + 21 * MS_PER_H)
#define END (START + 4 * SLOT_MS)

/* The example's configuration with other settings; site: whether hongyuan is there at all. */
static struct configuration *make(const char *settings, bool site)
{
	const char *source = getenv("SUANDIAN_SOURCE");
	char *path = tmpdir_path(tmpdir_new(), "main.yaml");
	char *real = realpath(source ? source : ".", NULL);
	struct configuration *c = NULL;
	struct fault_list faults;
	FILE *f;

	ck_assert_ptr_nonnull(real);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fprintf(f, "store: {path: store}\n%s\ninclude:\n", settings);
	fprintf(f, "  - %s/config/sichuan/tariffs.d/sc-tou-2023.yaml\n", real);
	if (site)
		fprintf(f, "  - %s/config/examples/sichuan-one/sites.d/hongyuan.yaml\n", real);
	fclose(f);
	fault_list_init(&faults);
	ck_assert_msg(configure_load(path, &c, &faults) == 0, "%s",
		      faults.n ? faults.at[0].text : "?");
	fault_list_fini(&faults);
	free(path);
	free(real);
	return c;
}

static void reconfigure(struct run *r, const char *settings, bool site)
{
	struct fault f = {0};

	ck_assert_int_eq(engine_reconfigure(r->engine, make(settings, site), "admin", NULL, &f), 0);
}

static uint64_t begin(struct run *r, uint64_t seed)
{
	struct run_settings s = {.seed = seed, .start_ms = FROM, .step_ms = 5 * MS_PER_MIN};
	struct event ev = run_event("evening", START, END, 900000);
	uint64_t id = 0;

	s.greedy = true;
	run_init(r, &s);
	run_to(r, FROM + SLOT_MS);
	ck_assert_int_eq(run_put_event(r, &ev, &id), 0);
	run_to(r, START + 10 * MS_PER_MIN);
	ck_assert_int_eq(engine_event(r->engine, id)->phase, EVENT_ACTIVE);
	return id;
}

static void check_end(struct run *r, uint64_t id)
{
	const struct event *ev;
	struct watch w = {0};
	uint8_t head[32];

	run_to(r, END + 2 * SLOT_MS);
	run_settle(r);
	watch_end(&w, r, head);
	ck_assert_msg(!w.why[0], "%s", w.why);
	ck_assert_uint_eq(r->unacked_durable, 0);
	ck_assert_uint_eq(r->acked_seq, r->seq);
	ev = engine_event(r->engine, id);
	ck_assert_int_eq(ev->phase, EVENT_COMPLETED);
	for (int i = 0; i < ev->n_slots; i++)
		ck_assert_int_ne(ev->slots[i].quality, QUALITY_MISSING);
}

START_TEST(an_active_event_goes_on_through_a_reload)
{
	struct decision before;
	char hash[65];
	struct run r;
	uint64_t id = begin(&r, 6);

	memcpy(hash, engine_event(r.engine, id)->baseline_hash, sizeof(hash));
	before = r.plant.storage[0].d;
	reconfigure(&r, "plan: {horizon: 24h}\ndecision: {lease_grace: 12min}", true);
	run_settle(&r);
	ck_assert_uint_eq(engine_reloads(r.engine).n, 1);
	ck_assert_int_eq(engine_event(r.engine, id)->phase, EVENT_ACTIVE);
	ck_assert_str_eq(engine_event(r.engine, id)->baseline_hash, hash);
	/* the same promise */
	ck_assert_uint_eq(r.plant.storage[0].d.id, before.id);
	ck_assert_int_eq(r.plant.storage[0].d.action.value, before.action.value);
	check_end(&r, id);
	run_fini(&r);
}
END_TEST

START_TEST(a_storm_of_reloads_leaves_the_event_and_the_samples_alone)
{
	struct run r;
	uint64_t id = begin(&r, 7);
	char settings[100];

	for (int i = 0; i < 60; i++) {
		snprintf(settings, sizeof(settings), "plan: {adopt_threshold: %d CNY}", 1 + i % 7);
		reconfigure(&r, settings, true);
		if (i % 3 == 0)
			run_to(&r, r.now_ms + 5 * MS_PER_MIN);
		if (i == 30)
			ck_assert_int_eq(engine_event(r.engine, id)->phase, EVENT_COMPLETED);
	}
	run_settle(&r);
	ck_assert_int_eq(engine_configuration(r.engine)->settings.plan.adopt_threshold_e4,
			 (1 + 59 % 7) * 10000);
	check_end(&r, id);
	run_fini(&r);
}
END_TEST

START_TEST(a_death_behind_a_reload_finds_the_event_again)
{
	struct run r;
	uint64_t id = begin(&r, 8);

	reconfigure(&r, "plan: {horizon: 24h}", true);
	run_crash(&r);
	run_settle(&r);
	ck_assert_int_eq(engine_event(r.engine, id)->phase, EVENT_ACTIVE);
	check_end(&r, id);
	run_fini(&r);
}
END_TEST

START_TEST(a_site_that_goes_and_comes_again_keeps_its_measurements)
{
	struct sample before, after;
	struct run r;
	uint64_t id = begin(&r, 9);

	ck_assert_int_eq(engine_latest(r.engine, r.ids[0][PLANT_PCC], &before), 0);
	reconfigure(&r, "", false);
	run_settle(&r);
	ck_assert_uint_eq(engine_configuration(r.engine)->n_sites, 0);
	ck_assert_int_eq(engine_event(r.engine, id)->phase, EVENT_CANCELLED);
	run_to(&r, r.now_ms + SLOT_MS);
	reconfigure(&r, "", true);
	run_to(&r, r.now_ms + SLOT_MS);
	ck_assert_int_eq(engine_latest(r.engine, r.ids[0][PLANT_PCC], &after), 0);
	ck_assert_int_eq(after.t_ms, before.t_ms + 2 * SLOT_MS);
	ck_assert_int_eq(after.quality, QUALITY_OK);
	ck_assert_uint_eq(r.acked_seq, r.seq);
	ck_assert_int_gt(r.plant.storage[0].d.valid_until_ms, r.now_ms);
	run_fini(&r);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sim_reload");
	TCase *t = tcase_create("reload");

	log_set_level(LOG_ERROR);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, an_active_event_goes_on_through_a_reload);
	tcase_add_test(t, a_storm_of_reloads_leaves_the_event_and_the_samples_alone);
	tcase_add_test(t, a_death_behind_a_reload_finds_the_event_again);
	tcase_add_test(t, a_site_that_goes_and_comes_again_keeps_its_measurements);
	suite_add_tcase(s, t);
	return run_suite(s);
}
