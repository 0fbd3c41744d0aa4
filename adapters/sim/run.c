#include "sim/run.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/battery.h"
#include "sim/policy.h"

#define BYTES_PER_GB 1000000000

const char *const run_policy_name[N_RUN_POLICIES] = {"suandian", "do_nothing", "threshold",
						     "perfect_edf"};

static const char *send_away(void *arg, const struct obey_journey *j);

/* Jobs that are there when the next step begins. */
static int come(struct run *r)
{
	int e = 0;

	for (int k = 0; k < r->n_sites; k++) {
		struct twin_exogenous x = run_exogenous(r, k);

		for (int i = 0; i < N_RUN_POLICIES && e == 0; i++)
			e = twin_arrive(&r->site[k].twin[i], &x);
	}
	return e;
}

int run_init(struct run *r, const struct scenario_set *set, const struct exo *exo,
	     const struct exo_span *span,
	     const struct series background[static SCENARIO_SECTIONS_MAX])
{
	*r = (struct run){.set = set,
			  .from_ms = span->from_ms,
			  .to_ms = span->to_ms,
			  .step_ms = span->step_ms,
			  .n_sites = set->n_sites};
	for (int i = 0; i < SCENARIO_SECTIONS_MAX; i++)
		r->background[i] = background[i];
	for (int k = 0; k < set->n_sites; k++) {
		struct run_site *s = &r->site[k];

		s->run = r;
		s->index = k;
		s->exo = &exo[k];
		for (int i = 0; i < N_RUN_POLICIES; i++) {
			twin_init(&s->twin[i], &set->sites[k].plant, span->from_ms);
			score_init(&s->score[i], &s->twin[i]);
		}
		for (int i = 0; i < PLANT_MAX; i++)
			s->twin[RUN_EDF].queues[i].preemptive = true;
		obey_init(&s->obey, &s->twin[RUN_OBEY]);
		s->obey.send = send_away;
		s->obey.arg = s;
	}
	return come(r);
}

void run_fini(struct run *r)
{
	for (int k = 0; k < r->n_sites; k++)
		for (int i = 0; i < N_RUN_POLICIES; i++) {
			score_fini(&r->site[k].score[i]);
			twin_fini(&r->site[k].twin[i]);
		}
	for (int k = 0; k < SCENARIO_SECTIONS_MAX; k++) {
		series_fini(&r->background[k]);
		for (int i = 0; i < N_RUN_POLICIES; i++)
			section_fini(&r->section[k][i]);
	}
	free(r->journey);
}

struct twin_exogenous run_exogenous(const struct run *r, int site)
{
	return exo_at(r->site[site].exo, r->site[site].twin[RUN_OBEY].now_ms, r->step_ms);
}

int64_t run_background_w(const struct run *r, int section, int64_t t_ms, int64_t dt_ms)
{
	const struct series *s = &r->background[section];

	return series_is_set(s) ? llround(series_mean(s, t_ms, t_ms + dt_ms)) : 0;
}

/* ---- Work that moves --------------------------------------------------------------------------------------- */

static int find_queue(const struct plant *p, const char *id)
{
	struct plant_ref ref = plant_find(p, id);

	return ref.kind == KIND_QUEUE ? ref.index : -1;
}

static int find_link(const struct run *r, int from, const char *to)
{
	for (int i = 0; i < r->set->n_links; i++)
		if (r->set->links[i].from_site == from && strcmp(r->set->links[i].to, to) == 0)
			return i;
	return -1;
}

static struct run_journey *new_journey(struct run *r)
{
	if (r->n_journeys == r->journeys_size) {
		size_t size = r->journeys_size ? 2 * r->journeys_size : 16;
		struct run_journey *all = reallocarray(r->journey, size, sizeof(*all));

		if (!all)
			return NULL;
		r->journey = all;
		r->journeys_size = size;
	}
	return &r->journey[r->n_journeys++];
}

static int64_t bytes_of(const struct plant_queue *q, int64_t work_dms)
{
	return (int64_t)((__int128)work_dms * q->transfer_bytes_per_ds / MS_PER_S);
}

static int64_t transfer_ms(const struct scenario_link *l, int64_t bytes)
{
	return l->delay_ms +
	       (l->gbit_per_s > 0 ? (int64_t)((double)bytes * 8 / (l->gbit_per_s * 1e6)) : 0);
}

/* What leaves: the job, or work without a name. left_dms 0 = nothing. */
static struct queue_lot take_out(struct run_site *s, const struct obey_journey *j,
				 const struct scenario_link *l)
{
	struct queue_state *q = &s->twin[RUN_OBEY].queues[j->queue];
	struct queue_lot *lot;

	if (!*j->job) {
		int64_t ms = transfer_ms(
			l, bytes_of(&s->exo->scenario->plant.queues[j->queue], j->work_dms));

		return queue_remove_work(q, j->work_dms, s->twin[RUN_OBEY].now_ms + ms);
	}
	lot = queue_find_job(q, j->job);
	if (!lot)
		return (struct queue_lot){0};
	(void)queue_note(q, &(struct job_note){.job = lot->job,
					       .news = JOB_LEAVES,
					       .t_ms = s->twin[RUN_OBEY].now_ms,
					       .left_dms = lot->left_dms});
	return queue_remove_job(q, lot);
}

static const char *send_away(void *arg, const struct obey_journey *j)
{
	struct run_site *s = arg;
	struct run *r = s->run;
	int link = find_link(r, s->index, j->to_site), to_queue;
	const struct scenario_link *l;
	struct run_journey *go;

	if (link < 0)
		return "there is no link from here to there";
	l = &r->set->links[link];
	to_queue = find_queue(&run_scenario(r, l->to_site)->plant, j->to_queue);
	if (to_queue < 0)
		return "there is no such queue over there";
	go = new_journey(r);
	if (!go)
		return "out of memory";
	*go = (struct run_journey){.from_site = s->index,
				   .from_queue = j->queue,
				   .to_site = l->to_site,
				   .to_queue = to_queue,
				   .lot = take_out(s, j, l),
				   .sent_ms = run_now(r)};
	if (go->lot.left_dms == 0) {
		r->n_journeys--; /* it has ended meanwhile: nothing is left to move */
		return NULL;
	}
	go->bytes = bytes_of(&s->exo->scenario->plant.queues[j->queue], go->lot.left_dms);
	go->ready_ms = go->sent_ms + transfer_ms(l, go->bytes);
	s->twin[RUN_OBEY].transfer_mj +=
		(int64_t)((__int128)go->bytes * l->energy_wh_per_gb / BYTES_PER_GB) * MJ_PER_WH;
	r->moved[link].n++;
	r->moved[link].work_dms += go->lot.left_dms;
	r->moved[link].bytes += go->bytes;
	r->moved[link].price_e4 +=
		(int64_t)((__int128)go->bytes * l->price_e4_per_gb / BYTES_PER_GB);
	return NULL;
}

static int arrive(struct run *r, const struct run_journey *j)
{
	struct queue_state *q = &r->site[j->to_site].twin[RUN_OBEY].queues[j->to_queue];
	struct job_note note = {.job = j->lot.job,
				.news = JOB_ARRIVED,
				.t_ms = run_now(r),
				.left_dms = j->lot.left_dms,
				.to_site = j->to_site,
				.to_queue = j->to_queue};

	if (!j->lot.job)
		return queue_add(q, j->lot.due_ms, j->lot.left_dms);
	if (queue_note(&r->site[j->from_site].twin[RUN_OBEY].queues[j->from_queue], &note) < 0)
		return -ENOMEM;
	return queue_add_job(q, j->lot.job, j->lot.left_dms);
}

static int arrivals(struct run *r)
{
	int e = 0;

	for (size_t i = 0; i < r->n_journeys && e == 0;) {
		struct run_journey j = r->journey[i];

		if (j.ready_ms > run_now(r)) {
			i++;
			continue;
		}
		r->n_journeys--;
		memmove(r->journey + i, r->journey + i + 1,
			(r->n_journeys - i) * sizeof(*r->journey));
		e = arrive(r, &j);
	}
	return e;
}

/* ---- Time passes --------------------------------------------------------------------------------------------- */

static struct score_prices prices_at(const struct exo *x, int64_t t_ms, int64_t dt_ms)
{
	struct score_prices p = {
		.buy_e4 = llround(series_mean(&x->buy, t_ms, t_ms + dt_ms)),
		.sell_e4 = llround(series_mean(&x->sell, t_ms, t_ms + dt_ms)),
	};

	if (series_is_set(&x->carbon))
		p.carbon_g_kwh = series_mean(&x->carbon, t_ms, t_ms + dt_ms);
	return p;
}

static int step_site(struct run *r, int k, int64_t pcc_w[N_RUN_POLICIES])
{
	struct run_site *s = &r->site[k];
	struct twin_exogenous x = run_exogenous(r, k);
	int64_t now_ms = s->twin[RUN_NOTHING].now_ms;
	struct score_prices prices = prices_at(s->exo, now_ms, r->step_ms);
	struct policy_prices known = policy_prices_at(&s->exo->buy, s->exo->scenario->zone, now_ms);

	if (s->exo->scenario->plant.pcc.demand_price_e4)
		known.limit_w = max_i64(score_peak_w(&s->score[RUN_THRESHOLD]), 1);
	policy_nothing(&s->twin[RUN_NOTHING]);
	policy_threshold(&s->twin[RUN_THRESHOLD], &known, &x, r->step_ms);
	policy_nothing(&s->twin[RUN_EDF]);
	for (int i = 0; i < N_RUN_POLICIES; i++) {
		struct twin_row row;
		int e = twin_step(&s->twin[i], &x, r->step_ms, &row);

		if (e == 0)
			e = score_add(&s->score[i], &row, &s->twin[i], &prices);
		if (e < 0)
			return e;
		if (i == RUN_OBEY)
			s->row = row;
		else
			for (int q = 0; q < PLANT_MAX; q++)
				queue_forget(&s->twin[i].queues[q]);
		pcc_w[i] = row.pcc_w;
	}
	return 0;
}

int run_step(struct run *r)
{
	int64_t pcc_w[SCENARIO_SITES_MAX][N_RUN_POLICIES], now_ms = run_now(r);
	int e = 0;

	for (int k = 0; k < r->n_sites && e == 0; k++)
		e = step_site(r, k, pcc_w[k]);
	for (int i = 0; i < r->set->n_sections && e == 0; i++)
		for (int p = 0; p < N_RUN_POLICIES && e == 0; p++) {
			int64_t sites_w = 0;

			for (int k = 0; k < r->n_sites; k++)
				if (r->set->sections[i].members >> k & 1)
					sites_w += pcc_w[k][p];
			e = section_add(&r->section[i][p], now_ms, r->step_ms, sites_w,
					run_background_w(r, i, now_ms, r->step_ms));
		}
	r->has_row = true;
	e = e < 0 ? e : come(r);
	return e < 0 ? e : arrivals(r); /* what arrives may run from the next step on */
}

void run_finish(struct run *r)
{
	for (int k = 0; k < r->n_sites; k++)
		for (int i = 0; i < N_RUN_POLICIES; i++)
			score_finish(&r->site[k].score[i]);
}
