/* Several sites in one run: the example of the two pilots, its section, and work on its way between them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/report.h"
#include "sim/scenario_load.h"
#include "testlib/run.h"

#define STEP (5 * MS_PER_MIN)

static struct scenario_set *set;
static struct exo exo[SCENARIO_SITES_MAX];
static struct series background[SCENARIO_SECTIONS_MAX];
static struct run run;

static void make(int hours)
{
	struct fault_list faults;
	struct fault f = {0};
	struct exo_span span = {.step_ms = STEP};
	char path[1024];

	fault_list_init(&faults);
	(void)snprintf(path, sizeof(path), "%s/config/examples/sichuan/sim.yaml",
		       getenv("SUANDIAN_SOURCE"));
	ck_assert_int_eq(scenario_load(path, &set, &faults), 0);
	fault_list_fini(&faults);
	span.from_ms = zone_utc(set->sites[0].zone, 2025, 7, 15, 0, 0);
	span.to_ms = span.from_ms + 2 * MS_PER_DAY;
	for (int i = 0; i < set->n_sites; i++)
		ck_assert_int_eq(exo_init(&exo[i], &set->sites[i], ".", 7 + (uint64_t)i, &span, &f),
				 0);
	for (int i = 0; i < set->n_sections; i++)
		ck_assert_int_eq(exo_series(&exo[0], &set->sections[i].background, "s", &span,
					    &background[i], &f),
				 0);
	span.to_ms = span.from_ms + hours * MS_PER_H;
	ck_assert_int_eq(run_init(&run, set, exo, &span, background), 0);
}

static void teardown(void)
{
	run_fini(&run);
	for (int i = 0; i < set->n_sites; i++)
		exo_fini(&exo[i]);
	free(set);
}

static int64_t work_everywhere(void)
{
	int64_t sum = 0;

	for (int k = 0; k < run.n_sites; k++)
		for (int i = 0; i < set->sites[k].plant.n_queues; i++) {
			const struct queue_state *q = &run.site[k].twin[RUN_OBEY].queues[i];

			sum += q->done_dms + q->backlog_dms;
		}
	for (size_t i = 0; i < run.n_journeys; i++)
		sum += run.journey[i].lot.left_dms;
	return sum;
}

START_TEST(sites_generators_and_sections_are_what_the_file_says)
{
	make(1);
	ck_assert_int_eq(set->n_sites, 2);
	ck_assert_int_eq(set->sites[1].plant.n_gen, 2);
	ck_assert_int_eq(set->sites[1].plant.gen[0].source, SOURCE_WIND);
	ck_assert_int_eq(set->sites[1].plant.gen[1].source, SOURCE_HYDRO);
	ck_assert_int_eq(set->sites[1].plant.gen[1].price_e4, 2800);
	ck_assert_uint_eq(set->sections[0].members, 3);
	ck_assert_int_eq(set->links[0].to_site, 1);
}
END_TEST

START_TEST(the_meter_of_a_site_is_the_sum_of_all_behind_it_and_feeders_are_parts_of_it)
{
	make(24);
	while (!run_is_over(&run)) {
		ck_assert_int_eq(run_step(&run), 0);
		for (int k = 0; k < run.n_sites; k++) {
			const struct twin_row *row = &run.site[k].row;
			int64_t sum = row->load_w + row->transfer_w, feeders = row->transfer_w;

			for (int i = 0; i < PLANT_MAX; i++)
				sum += row->queue_w[i] + row->storage_w[i] + row->gen_w[i] +
				       row->cooling_w[i];
			for (int i = 0; i < set->sites[k].plant.n_feeders; i++)
				feeders += row->feeder_w[i];
			ck_assert_int_eq(row->pcc_w, sum);
			ck_assert_int_eq(row->pcc_w,
					 feeders); /* all of both examples hangs on feeders */
		}
	}
	run_finish(&run);
	ck_assert_int_eq(report_region(&run, RUN_OBEY).total_e4,
			 report_region(&run, RUN_NOTHING).total_e4);
	ck_assert(!report_region(&run, RUN_OBEY).hard_breach);
	/* nobody plans: the section is overloaded in the evening */
	ck_assert_int_gt(
		section_result(&run.section[0][RUN_OBEY], set->sections[0].import_max_w).over_slots,
		0);
}
END_TEST

START_TEST(work_that_moves_arrives_after_its_delay_and_none_is_lost)
{
	struct obey *o;
	struct obey_journey j = {.queue = 1, .to_site = "liangshan", .to_queue = "batch"};
	char id[JOB_ID_B];
	int64_t sent_ms;

	make(6);
	while (!run.site[0].twin[RUN_OBEY].queues[1].n)
		ck_assert_int_eq(run_step(&run), 0);
	o = &run.site[0].obey;
	(void)snprintf(id, sizeof(id), "%s", run.site[0].twin[RUN_OBEY].queues[1].lot[0].job->id);
	j.job = id;
	sent_ms = run_now(&run);
	ck_assert_ptr_null(o->send(o->arg, &j));
	ck_assert_ptr_null(queue_find_job(&run.site[0].twin[RUN_OBEY].queues[1], id));
	ck_assert_uint_eq(run.n_journeys, 1);
	ck_assert_int_ge(run.journey[0].ready_ms, sent_ms + set->links[0].delay_ms);
	while (run.n_journeys) {
		int64_t before = work_everywhere();

		ck_assert_int_eq(run_step(&run), 0);
		ck_assert_int_ge(work_everywhere(), before); /* more comes, nothing goes */
	}
	ck_assert_int_ge(run_now(&run), sent_ms + set->links[0].delay_ms);
	ck_assert_ptr_nonnull(queue_find_job(&run.site[1].twin[RUN_OBEY].queues[1], id));
	j.to_site = "nowhere";
	ck_assert_ptr_nonnull(o->send(o->arg, &j));
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("region");
	TCase *tc = tcase_create("region");

	tcase_set_timeout(tc, 30);
	tcase_add_checked_fixture(tc, NULL, teardown);
	tcase_add_test(tc, sites_generators_and_sections_are_what_the_file_says);
	tcase_add_test(tc,
		       the_meter_of_a_site_is_the_sum_of_all_behind_it_and_feeders_are_parts_of_it);
	tcase_add_test(tc, work_that_moves_arrives_after_its_delay_and_none_is_lost);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
