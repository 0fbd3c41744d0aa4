/* Who gets the power of one slot. */
#include "dispatch/edf.h"
#include "dispatch/pace.h"

static void grant(struct edf *e, uint32_t job, int64_t power_w)
{
	e->grants[e->n_grants++] = (struct edf_grant){.job = job, .power_w = power_w};
	e->granted[job] = true;
	e->free_w -= power_w;
}

static void grant_fixed(struct edf *e, uint32_t job)
{
	grant(e, job, e->jobs[job].full_w);
	e->grants[e->n_grants - 1].fixed = true;
}

/* Would it still be in time at its least pace from now on? Fewer watts never do less than their share. */
static bool bears(const struct edf *e, uint32_t job, const struct dispatch_slot *slot)
{
	const struct edf_job *j = &e->jobs[job];
	__int128 room = (__int128)(j->deadline_ms - slot->start_ms) * j->devices * j->least_w;

	return j->least_w < j->full_w && j->deadline_ms > slot->start_ms &&
	       (__int128)e->left_dms[job] * j->full_w <= room;
}

/* Those that stay are slowed down, the latest deadline first, where the plan gives less than they draw. */
static void slow_down(struct edf *e, const struct dispatch_slot *slot)
{
	for (uint32_t i = e->n_grants; i > 0 && e->free_w < 0; i--) {
		struct edf_grant *g = &e->grants[i - 1];
		int64_t least = e->jobs[g->job].least_w, give;

		if (e->jobs[g->job].f0 || !bears(e, g->job, slot))
			continue;
		give = min_i64(g->power_w - least, -e->free_w);
		g->power_w -= give;
		e->free_w += give;
	}
}

static void begin(struct edf *e, const struct dispatch_slot *slot)
{
	e->n_grants = 0;
	e->free_w = slot->power_w;
	for (uint32_t i = 0; i < e->n_f0; i++)
		if (e->jobs[e->f0[i]].ready_ms <= slot->start_ms)
			grant(e, e->f0[i], e->jobs[e->f0[i]].full_w);
	for (uint32_t i = 0; i < e->n_fixed; i++)
		grant_fixed(e, e->fixed[i]);
	slow_down(e, slot);
}

/* At full pace if that fits, at less if it may, else not at all: others may fit. */
static void try(struct edf *e, uint32_t job)
{
	const struct edf_job *j = &e->jobs[job];

	if (j->full_w <= e->free_w)
		grant(e, job, j->full_w);
	else if (j->least_w <= e->free_w)
		grant(e, job, e->free_w);
}

/* No slot is left in which it could wait. */
static bool is_urgent(const struct edf *e, uint32_t job, const struct dispatch_slot *slot)
{
	const struct edf_job *j = &e->jobs[job];

	return j->deadline_ms - slot->start_ms - e->left_dms[job] / j->devices <= PACE_LEAD_MS;
}

static void fill_urgent(struct edf *e, const struct dispatch_slot *slot)
{
	int64_t last = slot->start_ms + PACE_LEAD_MS + e->longest_ms;

	if (!e->urgent_first)
		return;
	for (uint32_t job = e->next[e->n];
	     job != e->n && e->free_w >= e->smallest_w && e->jobs[job].deadline_ms <= last;
	     job = e->next[job])
		if (!e->granted[job] && e->jobs[job].ready_ms <= slot->start_ms &&
		    is_urgent(e, job, slot))
			try(e, job);
}

static void fill_rest(struct edf *e, const struct dispatch_slot *slot)
{
	for (uint32_t job = e->next[e->n]; job != e->n && e->free_w >= e->smallest_w;
	     job = e->next[job])
		if (!e->granted[job] && e->jobs[job].ready_ms <= slot->start_ms)
			try(e, job);
}

void edf_fill(struct edf *e, const struct dispatch_slot *slot)
{
	begin(e, slot);
	fill_urgent(e, slot);
	fill_rest(e, slot);
}

void edf_fill_first(struct edf *e, const struct dispatch_slot *slot, const uint32_t *first,
		    uint32_t n_first, uint32_t n_kept)
{
	begin(e, slot);
	for (uint32_t i = 0; i < n_kept; i++)
		grant(e, first[i], e->jobs[first[i]].full_w);
	fill_urgent(e, slot);
	for (uint32_t i = n_kept; i < n_first; i++)
		if (!e->granted[first[i]])
			try(e, first[i]);
	fill_rest(e, slot);
}
