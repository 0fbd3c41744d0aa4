/* The twin's truth: energy is conserved to the millijoule, the meter to the watt, limits of storage and queue hold. */
#include "plants.h"
#include "sim/battery.h"
#include "sim/policy.h"
#include "sim/twin.h"
#include "testlib/run.h"

#define STEP (5 * MS_PER_MIN)

static struct twin_control random_control(struct rng *r)
{
	struct twin_control c = twin_control_none();

	for (int i = 0; i < PLANT_MAX; i++) {
		c.storage_w[i] = rng_range(r, -20000000, 20000000);
		if (rng_below(r, 2))
			c.gen_cap_w[i] = rng_range(r, 0, 15000000);
		if (rng_below(r, 2))
			c.queue_cap_w[i] = rng_range(r, 0, 5000000);
	}
	return c;
}

static struct twin_exogenous random_exogenous(struct rng *r)
{
	return (struct twin_exogenous){
		.gen_w = {rng_range(r, 0, 13000000)},
		.load_it_w = rng_range(r, 0, 8000000),
		.arrived_dms = {rng_below(r, 3) ? rng_range(r, 0, 2000 * STEP) : 0},
	};
}

static void check_storage(const struct plant_storage *s, int64_t before_mj, int64_t asked_w,
			  const struct twin_row *row, int i)
{
	int64_t w = row->storage_w[i], after_mj = row->soc_mj[i];
	int64_t lo_mj = s->soc_min_wh * MJ_PER_WH, hi_mj = s->soc_max_wh * MJ_PER_WH;

	ck_assert_int_eq(after_mj, before_mj + w * row->dt_ms - row->lost_mj[i]);
	ck_assert_int_ge(row->lost_mj[i], 0);
	ck_assert_int_le(w, s->charge_max_w);
	ck_assert_int_ge(w, -s->discharge_max_w);
	/* never more than asked for, never the other way */
	ck_assert(asked_w >= 0 ? w >= 0 && w <= asked_w : w <= 0 && w >= asked_w);
	ck_assert_int_le(after_mj, max_i64(hi_mj, before_mj));
	if (w < 0)
		ck_assert_int_ge(after_mj, lo_mj);
	/* who stops short of the set point stands at a limit */
	if (asked_w > 0 && w < min_i64(asked_w, s->charge_max_w))
		ck_assert_int_ge(after_mj + (row->dt_ms + 1), hi_mj);
}

static void check_row(const struct plant *p, const struct twin_row *row)
{
	int64_t sum = plant_with_pue(p, row->exogenous.load_it_w);

	for (int i = 0; i < p->n_gen; i++) {
		ck_assert_int_le(row->gen_w[i], 0);
		ck_assert_int_ge(row->gen_w[i], -row->exogenous.gen_w[i]);
		sum += row->gen_w[i];
	}
	for (int i = 0; i < p->n_storage; i++)
		sum += row->storage_w[i];
	for (int i = 0; i < p->n_queues; i++) {
		int64_t spent_mj = row->queue_it_w[i] * row->dt_ms;
		int64_t work_mj = row->done_dms[i] * p->queues[i].device_power_w;

		ck_assert_int_le(llabs(spent_mj - work_mj), row->dt_ms / 2 + 1);
		sum += row->queue_w[i];
	}
	ck_assert_int_eq(row->pcc_w, sum);
}

START_TEST(energy_is_conserved_and_the_meter_is_the_sum_whatever_is_ordered)
{
	uint64_t seed = rng_seed(0x5eed + (uint64_t)_i);
	struct rng r;
	struct plant p;
	struct twin t;

	rng_init(&r, seed);
	p = plant_random(&r);
	twin_init(&t, &p, 0);
	for (int k = 0; k < 400; k++) {
		struct twin_exogenous x = random_exogenous(&r);
		int64_t before_mj[2] = {t.soc_mj[0], t.soc_mj[1]};
		struct twin_row row;

		t.control = random_control(&r);
		ck_assert_int_eq(twin_step(&t, &x, rng_below(&r, 2) ? STEP : MS_PER_MIN, &row), 0);
		check_row(&p, &row);
		for (int i = 0; i < 2; i++)
			check_storage(&p.storage[i], before_mj[i], t.control.storage_w[i], &row, i);
		ck_assert_int_eq(t.queues[0].arrived_dms,
				 t.queues[0].done_dms + t.queues[0].backlog_dms);
	}
	twin_fini(&t);
}
END_TEST

START_TEST(a_round_trip_costs_both_efficiencies)
{
	struct plant p = plant_hongyuan();
	struct plant_storage *s = &p.storage[0];
	int64_t soc = 2000000 * MJ_PER_WH, in_w, out_mj = 0;

	in_w = battery_step(s, &soc, 2000000, MS_PER_H).power_w;
	ck_assert_int_eq(in_w, 2000000);
	ck_assert_int_eq(soc, 3900000 * MJ_PER_WH);
	s->soc_min_wh = 2000000;
	for (int i = 0; i < 30; i++)
		out_mj += battery_step(s, &soc, -4000000, STEP).power_w * STEP;
	/* 2 MWh × 0.95 × 0.95, less what watts and steps round away */
	ck_assert_int_le(llabs(-out_mj / MJ_PER_WH - 1805000), 2);
	ck_assert_int_ge(soc, 2000000 * MJ_PER_WH);
}
END_TEST

START_TEST(self_discharge_keeps_its_share_per_hour_at_any_step)
{
	struct plant p = plant_hongyuan();
	int64_t by_hour, by_minute;

	p.storage[0].retention_ppm_per_h = 990000;
	by_hour = by_minute = 4000000 * MJ_PER_WH;
	battery_step(&p.storage[0], &by_hour, 0, MS_PER_H);
	for (int i = 0; i < 60; i++)
		battery_step(&p.storage[0], &by_minute, 0, MS_PER_MIN);
	ck_assert_int_eq(by_hour, 3960000 * MJ_PER_WH);
	ck_assert_int_le(llabs(by_hour - by_minute), 60);
}
END_TEST

START_TEST(a_level_outside_its_limits_only_comes_back)
{
	struct plant p = plant_hongyuan();
	int64_t low = 100000 * MJ_PER_WH, high = 8100000 * MJ_PER_WH;

	ck_assert_int_eq(battery_step(&p.storage[0], &low, -1000000, STEP).power_w, 0);
	ck_assert_int_eq(battery_step(&p.storage[0], &low, 1000000, STEP).power_w, 1000000);
	ck_assert_int_eq(battery_step(&p.storage[0], &high, 1000000, STEP).power_w, 0);
	ck_assert_int_eq(battery_step(&p.storage[0], &high, -1000000, STEP).power_w, -1000000);
}
END_TEST

START_TEST(work_runs_in_the_order_it_is_due_and_what_is_late_is_counted)
{
	struct plant p = plant_hongyuan();
	struct queue_state q;

	queue_init(&q);
	ck_assert_int_eq(queue_add(&q, 3 * STEP, 1000), 0);
	ck_assert_int_eq(queue_add(&q, 1 * STEP, 500), 0);
	ck_assert_int_eq(queue_add(&q, 3 * STEP, 200), 0);
	ck_assert_uint_eq(q.n, 2);
	ck_assert_int_eq(queue_due_by_dms(&q, 2 * STEP), 500);
	queue_run(&q, 400, 0, STEP); /* 100 of the first lot miss their time */
	ck_assert_int_eq(q.late_dms, 100);
	ck_assert_int_eq((int64_t)q.late_dms_ms, 0);
	queue_run(&q, 0, STEP, STEP);
	ck_assert_int_eq(q.late_dms, 100);		      /* counted once … */
	ck_assert_int_eq((int64_t)q.late_dms_ms, 100 * STEP); /* … and for as long as it waits */
	queue_run(&q, 1300, 2 * STEP, STEP);
	ck_assert_int_eq(q.late_dms, 100);
	ck_assert_int_eq(q.backlog_dms, 0);
	ck_assert_uint_eq(q.n, 0);
	/* the cap, the room in the house, the devices, the backlog */
	ck_assert_int_eq(queue_able_dms(&q, &p.queues[0], 700, 8000000, STEP), 0);
	ck_assert_int_eq(queue_add(&q, 9 * STEP, 1000000000000), 0);
	ck_assert_int_eq(queue_able_dms(&q, &p.queues[0], 700, 8000000, STEP), STEP);
	ck_assert_int_eq(queue_able_dms(&q, &p.queues[0], TWIN_NO_CAP, 1400, STEP), 2 * STEP);
	ck_assert_int_eq(queue_able_dms(&q, &p.queues[0], TWIN_NO_CAP, 8000000, STEP), 4000 * STEP);
	ck_assert_int_eq(queue_able_dms(&q, &p.queues[0], 700, -1, STEP), 0);
	queue_fini(&q);
}
END_TEST

START_TEST(a_floor_of_the_queue_holds_while_there_is_work)
{
	struct plant p = plant_hongyuan();
	struct queue_state q;

	queue_init(&q);
	p.queues[0].power_min_w = 70000;
	ck_assert_int_eq(queue_able_dms(&q, &p.queues[0], 0, 8000000, STEP), 0);
	ck_assert_int_eq(queue_add(&q, STEP, 1000000000), 0);
	ck_assert_int_eq(queue_able_dms(&q, &p.queues[0], 0, 8000000, STEP), 100 * STEP);
	queue_fini(&q);
}
END_TEST

START_TEST(the_threshold_policy_buys_cheap_sells_dear_and_never_exports_from_storage)
{
	struct plant p = plant_hongyuan();
	struct twin_exogenous x = {.load_it_w = 4000000};
	struct policy_prices cheap = {2400, 2400, 9600, 0}, dear = {9600, 2400, 9600, 0};
	struct policy_prices flat = {6000, 6000, 6000, 0};
	struct twin t;

	twin_init(&t, &p, 0);
	policy_threshold(&t, &cheap, &x, STEP);
	ck_assert_int_eq(t.control.storage_w[0], 4000000);
	ck_assert_int_eq(t.control.storage_w[1], 0); /* the UPS is left alone */
	x.load_it_w = 8000000;			     /* 10 MW at the PCC */
	p.pcc.contracted_w = 12000000;
	policy_threshold(&t, &cheap, &x, STEP);
	ck_assert_int_eq(t.control.storage_w[0], 2000000);
	x = (struct twin_exogenous){.load_it_w = 4000000, .gen_w = {4500000}};
	policy_threshold(&t, &dear, &x, STEP);
	ck_assert_int_eq(t.control.storage_w[0], -500000);
	policy_threshold(&t, &flat, &x, STEP);
	ck_assert_int_eq(t.control.storage_w[0], 0);
	/* jobs pause when it is dear, but for the urgent */
	ck_assert_int_eq(queue_add(&t.queues[0], 12 * MS_PER_H, 1000 * STEP), 0);
	policy_threshold(&t, &dear, &x, STEP);
	ck_assert_int_eq(t.control.queue_cap_w[0], 0);
	ck_assert_int_eq(queue_add(&t.queues[0], 1 * MS_PER_H, 10 * STEP), 0);
	policy_threshold(&t, &dear, &x, STEP);
	ck_assert_int_eq(t.control.queue_cap_w[0], 7000);
	policy_threshold(&t, &cheap, &x, STEP);
	ck_assert_int_eq(t.control.queue_cap_w[0], TWIN_NO_CAP);
	twin_fini(&t);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("twin");
	TCase *tc = tcase_create("twin");

	tcase_add_loop_test(tc, energy_is_conserved_and_the_meter_is_the_sum_whatever_is_ordered, 0,
			    40);
	tcase_add_test(tc, a_round_trip_costs_both_efficiencies);
	tcase_add_test(tc, self_discharge_keeps_its_share_per_hour_at_any_step);
	tcase_add_test(tc, a_level_outside_its_limits_only_comes_back);
	tcase_add_test(tc, work_runs_in_the_order_it_is_due_and_what_is_late_is_counted);
	tcase_add_test(tc, a_floor_of_the_queue_holds_while_there_is_work);
	tcase_add_test(tc,
		       the_threshold_policy_buys_cheap_sells_dear_and_never_exports_from_storage);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
