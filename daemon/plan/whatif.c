#include "plan/whatif.h"

#include <string.h>

#include "base/slot.h"

static bool is_due(const struct plan_relaxation *r)
{
	size_t n = strlen(r->limit), m = strlen(".due");

	return n >= m && strcmp(r->limit + n - m, ".due") == 0;
}

/* The most that a queue is late in any step, of all queues. */
static int64_t late_ds(const struct plan *p)
{
	int64_t sum = 0;

	for (uint32_t i = 0; i < p->n_relaxations; i++) {
		const struct plan_relaxation *r = &p->relaxations[i];
		bool first = is_due(r);
		int64_t most = 0;

		for (uint32_t j = 0; first && j < i; j++)
			first = strcmp(p->relaxations[j].limit, r->limit) != 0;
		for (uint32_t j = i; first && j < p->n_relaxations; j++) {
			if (strcmp(p->relaxations[j].limit, r->limit) == 0)
				most = max_i64(most, p->relaxations[j].amount);
		}
		sum += most;
	}
	return sum;
}

static void add_plan(struct whatif_figures *f, const struct plan *p)
{
	f->money_e4 += p->cost_e4;
	f->co2_g += p->co2_g;
	f->late_ds += late_ds(p);
	for (uint32_t k = 0; k < p->n; k++)
		f->unserved_wh += energy_of_power(p->unserved_w[k], p->duration_ms[k]);
	for (uint32_t i = 0; i < p->n_moves; i++)
		f->moved_ds += p->moves[i].out ? p->moves[i].work_ds : 0;
}

static int64_t net_w(const struct plan *const *p, int n_sites, uint32_t slot)
{
	int64_t sum = 0;

	for (int i = 0; i < n_sites; i++)
		sum += p[i]->pcc_w[slot];
	return sum;
}

static int64_t peak_w(const struct plan *const *p, int n_sites)
{
	int64_t most = p[0]->n > 0 ? net_w(p, n_sites, 0) : 0;

	for (uint32_t k = 1; k < p[0]->n; k++)
		most = max_i64(most, net_w(p, n_sites, k));
	return most;
}

static int64_t deliverable_w(const struct plan *const *now, const struct plan *const *then,
			     int n_sites, const struct whatif_window *w)
{
	int64_t least = INT64_MAX, sign = w->direction == DIRECTION_DN ? -1 : 1;

	if (w->direction == DIRECTION_NONE)
		return 0;
	for (uint32_t k = 0; k < now[0]->n; k++) {
		int64_t start = now[0]->start_ms[k], end = start + now[0]->duration_ms[k];

		if (end > w->from_ms && start < w->to_ms)
			least = min_i64(least,
					sign * (net_w(now, n_sites, k) - net_w(then, n_sites, k)));
	}
	return least == INT64_MAX ? 0 : max_i64(0, least);
}

static struct whatif_figures difference(const struct whatif_figures *a,
					const struct whatif_figures *b)
{
	return (struct whatif_figures){
		.money_e4 = a->money_e4 - b->money_e4,
		.co2_g = a->co2_g - b->co2_g,
		.late_ds = a->late_ds - b->late_ds,
		.peak_w = a->peak_w - b->peak_w,
		.unserved_wh = a->unserved_wh - b->unserved_wh,
		.moved_ds = a->moved_ds - b->moved_ds,
		.deliverable_w = a->deliverable_w - b->deliverable_w,
	};
}

static void compare(const struct plan *const *now, const struct plan *const *then, int n_sites,
		    const struct whatif_window *window, struct whatif *ret)
{
	struct whatif w = {0};

	for (int i = 0; i < n_sites; i++) {
		add_plan(&w.now, now[i]);
		add_plan(&w.then, then[i]);
	}
	w.now.peak_w = peak_w(now, n_sites);
	w.then.peak_w = peak_w(then, n_sites);
	w.then.deliverable_w = deliverable_w(now, then, n_sites, window);
	w.change = difference(&w.then, &w.now);
	*ret = w;
}

static bool is_comparable(const struct plan *a, const struct plan *b)
{
	size_t size = a->n * sizeof(int64_t);

	return a->n == b->n && memcmp(a->start_ms, b->start_ms, size) == 0 &&
	       memcmp(a->duration_ms, b->duration_ms, size) == 0;
}

int whatif_compare(const struct plan *const *now, const struct plan *const *then, int n_sites,
		   const struct whatif_window *window, struct whatif *ret_sites,
		   struct whatif *ret_all)
{
	if (n_sites < 1)
		return ERR_INVALID;
	for (int i = 0; i < n_sites; i++) {
		if (!is_comparable(now[0], now[i]) || !is_comparable(now[0], then[i]) ||
		    strcmp(now[i]->site, then[i]->site) != 0)
			return ERR_INVALID;
	}
	for (int i = 0; ret_sites && i < n_sites; i++)
		compare(&now[i], &then[i], 1, window, &ret_sites[i]);
	compare(now, then, n_sites, window, ret_all);
	return 0;
}
