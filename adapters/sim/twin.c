#include "sim/twin.h"

#include "base/require.h"
#include "sim/battery.h"

struct twin_control twin_control_none(void)
{
	struct twin_control c = {0};

	for (int i = 0; i < PLANT_MAX; i++) {
		c.gen_cap_w[i] = c.queue_cap_w[i] = TWIN_NO_CAP;
		c.cooling_w[i] = COOLING_THERMOSTAT;
	}
	return c;
}

void twin_init(struct twin *t, const struct plant *plant, int64_t now_ms)
{
	*t = (struct twin){.plant = plant, .now_ms = now_ms, .control = twin_control_none()};
	for (int i = 0; i < plant->n_storage; i++)
		t->soc_mj[i] = plant->storage[i].soc_start_wh * MJ_PER_WH;
	for (int i = 0; i < plant->n_cooling; i++)
		t->temp_c[i] = plant->cooling[i].temp_set_c;
	for (int i = 0; i < PLANT_MAX; i++)
		queue_init(&t->queues[i]);
}

void twin_fini(struct twin *t)
{
	for (int i = 0; i < PLANT_MAX; i++)
		queue_fini(&t->queues[i]);
}

int twin_arrive(struct twin *t, const struct twin_exogenous *x)
{
	int r = 0;

	for (int i = 0; i < t->plant->n_queues && r == 0; i++)
		for (size_t k = 0; k < x->n_jobs[i] && r == 0; k++)
			r = queue_add_job(&t->queues[i], &x->job[i][k], x->job[i][k].work_dms);
	return r;
}

static int arrive(struct twin *t, const struct twin_exogenous *x)
{
	int r = 0;

	for (int i = 0; i < t->plant->n_queues && r == 0; i++) {
		if (!x->job[i])
			r = queue_add(&t->queues[i], t->now_ms + t->plant->queues[i].slack_ms,
				      x->arrived_dms[i]);
	}
	return r;
}

static int run_queues(struct twin *t, struct twin_row *row)
{
	const struct plant *p = t->plant;
	struct queue_bounds b = {.room_w = p->load.capacity_w - row->exogenous.load_it_w,
				 .now_ms = t->now_ms,
				 .dt_ms = row->dt_ms};
	int r = 0;

	for (int i = 0; i < p->n_queues && r == 0; i++) {
		struct queue_flow flow = {0};

		b.cap_w = t->control.queue_cap_w[i];
		r = queue_step(&t->queues[i], &p->queues[i], &b, &flow);
		row->done_dms[i] = flow.work_dms;
		row->queue_it_w[i] = flow.power_w;
		row->queue_w[i] = plant_with_pue(p, row->queue_it_w[i]);
		row->backlog_dms[i] = t->queues[i].backlog_dms;
		row->pcc_w += row->queue_w[i];
		b.room_w -= row->queue_it_w[i];
	}
	return r;
}

/* Cooling plants share the heat by their size. */
static struct cooling_weather weather(const struct plant *p, int i, const struct twin_exogenous *x,
				      int64_t it_w)
{
	int64_t all_w = 0;

	for (int k = 0; k < p->n_cooling; k++)
		all_w += p->cooling[k].power_max_w;
	return (struct cooling_weather){
		.heat_w = all_w ? (int64_t)((__int128)it_w * p->cooling[i].power_max_w / all_w)
				: it_w,
		.outdoor_c = x->outdoor_c,
	};
}

static void run_cooling(struct twin *t, struct twin_row *row)
{
	const struct plant *p = t->plant;
	int64_t it_w = row->exogenous.load_it_w;

	for (int i = 0; i < p->n_queues; i++)
		it_w += row->queue_it_w[i];
	for (int i = 0; i < p->n_cooling; i++) {
		struct cooling_weather w = weather(p, i, &row->exogenous, it_w);

		row->cooling_w[i] = cooling_step(&p->cooling[i], &t->temp_c[i],
						 t->control.cooling_w[i], &w, row->dt_ms);
		row->temp_c[i] = t->temp_c[i];
		row->pcc_w += row->cooling_w[i];
	}
}

static int64_t power_at(const struct twin_row *row, const struct plant_ref *ref)
{
	switch (ref->kind) {
	case KIND_LOAD:
		return row->load_w;
	case KIND_GEN:
		return row->gen_w[ref->index];
	case KIND_STORAGE:
		return row->storage_w[ref->index];
	case KIND_QUEUE:
		return row->queue_w[ref->index];
	case KIND_COOLING:
		return row->cooling_w[ref->index];
	case KIND_NONE:
		break;
	}
	return 0;
}

static void sum_feeders(const struct plant *p, struct twin_row *row)
{
	for (int i = 0; i < p->n_feeders; i++) {
		int64_t w = 0;

		for (int k = 0; k < p->feeders[i].n_assets; k++)
			w += power_at(row, &p->feeders[i].ref[k]);
		for (int up = i; up >= 0; up = p->feeders[up].up)
			row->feeder_w[up] += w;
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
	row.transfer_w = t->transfer_mj / dt_ms;
	t->transfer_mj = 0;
	row.pcc_w = row.load_w + row.transfer_w;
	r = run_queues(t, &row);
	if (r < 0)
		return r;
	run_cooling(t, &row);
	for (int i = 0; i < p->n_gen; i++) {
		row.gen_w[i] = twin_expect_gen_w(t, i, exogenous);
		row.pcc_w += row.gen_w[i];
	}
	for (int i = 0; i < p->n_storage; i++) {
		struct battery_flow flow =
			battery_step(&p->storage[i], &t->soc_mj[i], t->control.storage_w[i], dt_ms);

		row.storage_w[i] = flow.power_w;
		row.lost_mj[i] = flow.lost_mj;
		row.soc_mj[i] = t->soc_mj[i];
		row.pcc_w += flow.power_w;
	}
	sum_feeders(p, &row);
	t->now_ms += dt_ms;
	*ret = row;
	return 0;
}

int64_t twin_expect_storage_w(const struct twin *t, int i, int64_t dt_ms)
{
	int64_t soc_mj = t->soc_mj[i];

	return battery_step(&t->plant->storage[i], &soc_mj, t->control.storage_w[i], dt_ms).power_w;
}

int64_t twin_expect_gen_w(const struct twin *t, int i, const struct twin_exogenous *exogenous)
{
	int64_t able = clamp_i64(exogenous->gen_w[i], 0, t->plant->gen[i].capacity_w);

	return -min_i64(able, max_i64(t->control.gen_cap_w[i], 0));
}

int64_t twin_expect_queue_w(const struct twin *t, int i, const struct twin_exogenous *exogenous,
			    int64_t dt_ms)
{
	struct queue_bounds b = {.cap_w = t->control.queue_cap_w[i],
				 .room_w = t->plant->load.capacity_w - exogenous->load_it_w,
				 .now_ms = t->now_ms,
				 .dt_ms = dt_ms};

	return queue_expect_w(&t->queues[i], &t->plant->queues[i], &b);
}

int64_t twin_expect_cooling_w(const struct twin *t, int i, const struct twin_exogenous *exogenous,
			      int64_t dt_ms)
{
	int64_t it_w = exogenous->load_it_w;
	struct cooling_weather w;
	double temp_c = t->temp_c[i];

	for (int k = 0; k < t->plant->n_queues; k++)
		it_w += twin_expect_queue_w(t, k, exogenous, dt_ms);
	w = weather(t->plant, i, exogenous, it_w);
	return cooling_step(&t->plant->cooling[i], &temp_c, t->control.cooling_w[i], &w, dt_ms);
}
