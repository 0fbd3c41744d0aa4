#include "sim/twin.h"

#include "base/require.h"
#include "sim/battery.h"

struct twin_control twin_control_none(void)
{
	struct twin_control c = {0};

	for (int i = 0; i < PLANT_MAX; i++)
		c.pv_cap_w[i] = c.queue_cap_w[i] = TWIN_NO_CAP;
	return c;
}

void twin_init(struct twin *t, const struct plant *plant, int64_t now_ms)
{
	*t = (struct twin){.plant = plant, .now_ms = now_ms, .control = twin_control_none()};
	for (int i = 0; i < plant->n_storage; i++)
		t->soc_mj[i] = plant->storage[i].soc_start_wh * MJ_PER_WH;
	for (int i = 0; i < PLANT_MAX; i++)
		queue_init(&t->queues[i]);
}

void twin_fini(struct twin *t)
{
	for (int i = 0; i < PLANT_MAX; i++)
		queue_fini(&t->queues[i]);
}

static int arrive(struct twin *t, const struct twin_exogenous *x)
{
	int r = 0;

	for (int i = 0; i < t->plant->n_queues && r == 0; i++)
		r = queue_add(&t->queues[i], t->now_ms + t->plant->queues[i].slack_ms,
			      x->arrived_dms[i]);
	return r;
}

static void run_queues(struct twin *t, struct twin_row *row)
{
	const struct plant *p = t->plant;
	int64_t room_w = p->load.capacity_w - row->exogenous.load_it_w;

	for (int i = 0; i < p->n_queues; i++) {
		int64_t work = queue_able_dms(&t->queues[i], &p->queues[i],
					      t->control.queue_cap_w[i], room_w, row->dt_ms);

		queue_run(&t->queues[i], work, t->now_ms, row->dt_ms);
		row->done_dms[i] = work;
		row->queue_it_w[i] = queue_power_w(&p->queues[i], work, row->dt_ms);
		row->queue_w[i] = plant_with_pue(p, row->queue_it_w[i]);
		row->backlog_dms[i] = t->queues[i].backlog_dms;
		room_w -= row->queue_it_w[i];
	}
}

int twin_step(struct twin *t, const struct twin_exogenous *exogenous, int64_t dt_ms,
	      struct twin_row *ret)
{
	const struct plant *p = t->plant;
	struct twin_row row = {.start_ms = t->now_ms, .dt_ms = dt_ms, .exogenous = *exogenous};
	int r;

	REQUIRE(dt_ms > 0);
	r = arrive(t, exogenous);
	if (r < 0)
		return r;
	row.load_w = plant_with_pue(p, exogenous->load_it_w);
	row.pcc_w = row.load_w;
	run_queues(t, &row);
	for (int i = 0; i < p->n_queues; i++)
		row.pcc_w += row.queue_w[i];
	for (int i = 0; i < p->n_pv; i++) {
		row.pv_w[i] = twin_expect_pv_w(t, i, exogenous);
		row.pcc_w += row.pv_w[i];
	}
	for (int i = 0; i < p->n_storage; i++) {
		struct battery_flow flow =
			battery_step(&p->storage[i], &t->soc_mj[i], t->control.storage_w[i], dt_ms);

		row.storage_w[i] = flow.power_w;
		row.lost_mj[i] = flow.lost_mj;
		row.soc_mj[i] = t->soc_mj[i];
		row.pcc_w += flow.power_w;
	}
	t->now_ms += dt_ms;
	*ret = row;
	return 0;
}

int64_t twin_expect_storage_w(const struct twin *t, int i, int64_t dt_ms)
{
	int64_t soc_mj = t->soc_mj[i];

	return battery_step(&t->plant->storage[i], &soc_mj, t->control.storage_w[i], dt_ms).power_w;
}

int64_t twin_expect_pv_w(const struct twin *t, int i, const struct twin_exogenous *exogenous)
{
	int64_t able = clamp_i64(exogenous->pv_w[i], 0, t->plant->pv[i].capacity_w);

	return -min_i64(able, max_i64(t->control.pv_cap_w[i], 0));
}

int64_t twin_expect_queue_w(const struct twin *t, int i, const struct twin_exogenous *exogenous,
			    int64_t dt_ms)
{
	const struct plant_queue *spec = &t->plant->queues[i];
	int64_t room_w = t->plant->load.capacity_w - exogenous->load_it_w;

	return queue_power_w(
		spec, queue_able_dms(&t->queues[i], spec, t->control.queue_cap_w[i], room_w, dt_ms),
		dt_ms);
}
