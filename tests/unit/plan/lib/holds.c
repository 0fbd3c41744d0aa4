#include "planlib/holds.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/slot.h"

static uint64_t seed;

static bool is_named(const struct plan *p, const char *what, const char *id, int64_t start_ms)
{
	char limit[ID_MAX];

	snprintf(limit, sizeof(limit), "%s", what);
	if (id)
		snprintf(limit, sizeof(limit), "%.*s[%.30s]%s", (int)strcspn(what, "."), what, id,
			 what + strcspn(what, "."));
	for (uint32_t i = 0; i < p->n_relaxations; i++) {
		if (strcmp(p->relaxations[i].limit, limit) == 0 &&
		    p->relaxations[i].start_ms == start_ms)
			return true;
	}
	return false;
}

/* v within [lo, hi], give or take what rounding of all assets adds up to, or the breach is among the relaxations. */
static void holds(const struct plan *p, int64_t v, int64_t lo, int64_t hi, bool named)
{
	int64_t slack = 2 + p->n_assets;

	ck_assert_msg((v >= lo - slack && v <= hi + slack) || named,
		      "seed %llu: %lld outside [%lld, %lld], not named", (unsigned long long)seed,
		      (long long)v, (long long)lo, (long long)hi);
}

/* The step that slot k belongs to. */
static uint32_t step_of(const struct plan_input *in, const struct plan *p, uint32_t k)
{
	uint32_t t = 0;

	while (in->start_ms[t] + in->duration_ms[t] <= p->start_ms[k])
		t++;
	return t;
}

static void check_pcc(const struct plan_input *in, const struct plan *p, uint32_t k)
{
	int64_t start = in->start_ms[step_of(in, p, k)];
	int64_t contract =
		in->pcc.contracted_demand_w ? in->pcc.contracted_demand_w : INT64_MAX / 2;

	holds(p, p->pcc_w[k], INT64_MIN / 2, in->pcc.import_max_w,
	      is_named(p, "import_max", NULL, start));
	holds(p, p->pcc_w[k], INT64_MIN / 2, contract,
	      is_named(p, "contracted_demand", NULL, start));
	holds(p, p->pcc_w[k], -in->pcc.export_max_w, INT64_MAX / 2,
	      is_named(p, "export_max", NULL, start));
	ck_assert(p->unserved_w[k] == 0 || is_named(p, "load.unserved", NULL, start));
	ck_assert_int_le(p->unserved_w[k],
			 max_i64(0, in->load_it_w[step_of(in, p, k)] - in->load.floor_w) *
					 in->load.pue_ppm / PPM +
				 1);
}

/* Power limits are never given up; the energy follows from the power by the test's own arithmetic. */
static void check_storage(const struct plan_input *in, const struct plan *p, int i)
{
	const struct plan_asset *a = &p->assets[in->n_generators + i];
	const struct storage *s = &in->storage[i];
	double soc = (double)in->soc_wh[i];

	for (uint32_t k = 0; k < p->n; k++) {
		int64_t w = a->power_w[k], begin = max_i64(p->start_ms[k], in->now_ms);
		int64_t start = in->start_ms[step_of(in, p, k)];
		double h = fmax(1.0 / 60, (double)(p->start_ms[k] + SLOT_MS - begin) / MS_PER_H);
		double rate = log((double)s->retention_ppm_per_h / PPM);
		double inside = w > 0 ? (double)w * (double)s->eta_charge_ppm / PPM
				      : (double)w * PPM / (double)s->eta_discharge_ppm;

		if (in->now_ms >= p->start_ms[k] + SLOT_MS)
			h = 0;
		ck_assert_int_le(w, in->storage_out[i] ? 0 : s->charge_max_w);
		ck_assert_int_ge(w, in->storage_out[i] ? 0 : -s->discharge_max_w);
		soc = soc * exp(rate * h) + inside * (rate < 0 ? expm1(rate * h) / rate : h);
		ck_assert_msg(fabs(soc - (double)a->level[k]) <= 1.5, "seed %llu: %g, said %lld",
			      (unsigned long long)seed, soc, (long long)a->level[k]);
		if (p->start_ms[k] + SLOT_MS == start + in->duration_ms[step_of(in, p, k)]) {
			holds(p, a->level[k], s->soc_min_wh, INT64_MAX / 2,
			      is_named(p, "storage.soc_min", s->id, start));
			holds(p, a->level[k], s->reserve_wh, INT64_MAX / 2,
			      is_named(p, "storage.reserve", s->id, start));
			holds(p, a->level[k], INT64_MIN / 2, s->soc_max_wh,
			      is_named(p, "storage.soc_max", s->id, start));
		}
	}
}

static void check_queues(const struct plan_input *in, const struct plan *p, uint32_t k)
{
	uint32_t t = step_of(in, p, k);
	double it = (double)in->load_it_w[t];

	for (int i = 0; i < in->n_queues; i++) {
		const struct plan_asset *a = &p->assets[in->n_generators + in->n_storage + i];
		double w = (double)a->power_w[k] * PPM / (double)in->load.pue_ppm;
		int64_t all = in->queues[i].devices * in->queues[i].device_power_w;

		ck_assert_int_ge(a->power_w[k], 0);
		ck_assert_double_le(w, (double)all + 1e-6);
		ck_assert_int_ge(a->level[k], 0);
		it += w;
	}
	ck_assert(it <= (double)max_i64(in->load.capacity_w, in->load_it_w[t]) + 1e-3);
}

static void check_sun(const struct plan_input *in, const struct plan *p, uint32_t k)
{
	uint32_t t = step_of(in, p, k);

	for (int i = 0; i < in->n_generators; i++) {
		int64_t w = p->assets[i].power_w[k];

		ck_assert_int_le(w, 0);
		ck_assert_int_ge(w, -in->generator_w[i][t]);
		if (!in->generators[i].curtailable)
			ck_assert_int_eq(w, -in->generator_w[i][t]);
	}
}

static bool is_noted(const struct plan *p, const char *what, const char *id)
{
	char input[ID_MAX];

	snprintf(input, sizeof(input), "%s[%.30s].%s", what, id,
		 strcmp(what, "queue") == 0 ? "held" : "override");
	for (uint32_t i = 0; i < p->n_sources; i++) {
		if (strcmp(p->sources[i].input, input) == 0 ||
		    strcmp(p->sources[i].input, "…") == 0)
			return true;
	}
	return false;
}

/* What an operator holds an asset to holds, or a note says that it cannot. */
static void check_window(const struct plan_input *in, const struct plan *p,
			 const struct plan_window *w, const char *what, const char *id)
{
	char path[ID_MAX * 2];
	const struct plan_asset *a;

	snprintf(path, sizeof(path), "%s/%s", in->site, id);
	a = plan_find_asset(p, path);
	if (!a || is_noted(p, what, id))
		return;
	for (uint32_t k = 0; k < p->n; k++) {
		uint32_t t = step_of(in, p, k);

		ck_assert_msg((!w->lo_w || a->power_w[k] + 1 >= w->lo_w[t]) &&
				      (!w->hi_w || a->power_w[k] - 1 <= w->hi_w[t]),
			      "seed %llu: %s does %lld in step %u", (unsigned long long)seed, path,
			      (long long)a->power_w[k], t);
	}
}

static void check_windows(const struct plan_input *in, const struct plan *p)
{
	for (int i = 0; i < in->n_generators; i++)
		check_window(in, p, &in->generator_window[i],
			     asset_kind_name(generator_kind(&in->generators[i])),
			     in->generators[i].id);
	for (int i = 0; i < in->n_storage; i++)
		check_window(in, p, &in->storage_window[i], "storage", in->storage[i].id);
	for (int i = 0; i < in->n_queues; i++)
		check_window(in, p, &in->queue_window[i], "queue", in->queues[i].id);
	for (int i = 0; i < in->n_cooling; i++)
		check_window(in, p, &in->cooling_window[i], "cooling", in->cooling[i].id);
}

static int64_t power_at(const struct plan_input *in, const struct plan *p, const char *id,
			uint32_t k)
{
	char path[ID_MAX * 2];
	const struct plan_asset *a;

	snprintf(path, sizeof(path), "%s/%s", in->site, id);
	a = plan_find_asset(p, path);
	return a ? a->power_w[k] : 0;
}

static int64_t drawn_at(const struct plan_input *in, const struct plan *p, const struct feeder *f,
			uint32_t k)
{
	int64_t w = 0;

	for (int n = 0; n < f->n_assets; n++)
		w += strcmp(f->assets[n], in->load.id) == 0 ? p->load_w[k] - p->unserved_w[k]
							    : power_at(in, p, f->assets[n], k);
	return w;
}

static const struct feeder *parent_of(const struct plan_input *in, const struct feeder *f)
{
	for (int i = 0; i < in->n_feeders; i++) {
		if (strcmp(in->feeders[i].id, f->parent) == 0)
			return &in->feeders[i];
	}
	return NULL;
}

/* By the names of the configuration, from each feeder upwards. */
static int64_t drawn_through(const struct plan_input *in, const struct plan *p, int i, uint32_t k)
{
	int64_t w = 0;

	for (int j = 0; j < in->n_feeders; j++) {
		const struct feeder *up = &in->feeders[j];

		while (up && up != &in->feeders[i])
			up = parent_of(in, up);
		if (up)
			w += drawn_at(in, p, &in->feeders[j], k);
	}
	return w;
}

static void check_feeders(const struct plan_input *in, const struct plan *p, uint32_t k)
{
	int64_t start = in->start_ms[step_of(in, p, k)];

	for (int i = 0; i < in->n_feeders; i++)
		holds(p, drawn_through(in, p, i, k), -in->feeders[i].export_max_w,
		      in->feeders[i].import_max_w, is_named(p, "feeder", in->feeders[i].id, start));
}

/* Heat in, heat out, by the test's own arithmetic; temperatures outside the band are named. */
static void check_cooling(const struct plan_input *in, const struct plan *p, int i)
{
	const struct cooling *c = &in->cooling[i];
	char path[ID_MAX * 2];
	const struct plan_asset *a;
	double temp = (double)in->temp_mc[i], all = 0, share;

	snprintf(path, sizeof(path), "%s/%s", in->site, c->id);
	a = plan_find_asset(p, path);
	ck_assert(in->cooling_out[i] == !a);
	for (int j = 0; j < in->n_cooling; j++)
		all += (double)in->cooling[j].power_max_w * (double)in->cooling[j].cop_ppm;
	share = (double)c->power_max_w * (double)c->cop_ppm / all;
	for (uint32_t k = 0; a && k < p->n; k++) {
		uint32_t t = step_of(in, p, k);
		double warm = fmax(0, (double)in->outdoor_mc[t] / 1e3 - 20);
		double cop = (double)c->cop_ppm - (double)c->cop_slope_ppm_per_k * warm;
		double it = (double)in->load_it_w[t], h;
		int64_t begin = max_i64(p->start_ms[k], in->now_ms);

		h = fmax(1.0 / 60, (double)(p->start_ms[k] + SLOT_MS - begin) / MS_PER_H);
		if (in->now_ms >= p->start_ms[k] + SLOT_MS)
			h = 0;
		it -= (double)p->unserved_w[k] * PPM / (double)in->load.pue_ppm;
		for (int q = 0; q < in->n_queues; q++)
			it += (double)power_at(in, p, in->queues[q].id, k) * PPM /
			      (double)in->load.pue_ppm;
		temp += 1e3 * h * (share * it - fmax(0.5, cop / PPM) * (double)a->power_w[k]) /
			(double)c->heat_wh_per_k;
		ck_assert_int_ge(a->power_w[k], 0);
		ck_assert_int_le(a->power_w[k], c->power_max_w);
		ck_assert_msg(fabs(temp - (double)a->level[k]) <= 1 + 1e-6 * fabs(temp),
			      "seed %llu: %g m°C, said %lld", (unsigned long long)seed, temp,
			      (long long)a->level[k]);
	}
}

void holds_all(const struct plan_input *in, const struct plan *p, uint64_t of_seed)
{
	seed = of_seed;
	for (uint32_t k = 0; k < p->n; k++) {
		check_pcc(in, p, k);
		check_queues(in, p, k);
		check_sun(in, p, k);
		check_feeders(in, p, k);
	}
	for (int i = 0; i < in->n_storage; i++)
		check_storage(in, p, i);
	for (int i = 0; i < in->n_cooling; i++)
		check_cooling(in, p, i);
	check_windows(in, p);
}
