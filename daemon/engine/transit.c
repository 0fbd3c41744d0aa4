#include "engine/transit.h"

#include <stdio.h>
#include <string.h>

#include "engine/jobs.h"

struct transit {
	struct snapshot_builder *b;
	const struct queue *queue;
	char to[2 * ID_MAX]; /* "site/queue" */
	int64_t *work_ds, *devices;
	uint32_t n_orders;
};

static const struct link *link_between(const struct engine *e, const char *from, const char *to)
{
	const struct network *net = &e->configuration->network;

	for (int i = 0; i < net->n_links; i++) {
		if (strcmp(net->links[i].to, to) == 0 &&
		    (!from || strcmp(net->links[i].from, from) == 0))
			return &net->links[i];
	}
	return NULL;
}

static int64_t arrival_ms(const struct link *l, int64_t left_ms, int64_t bytes)
{
	int64_t wire_ms =
		l->bits_per_s > 0 ? (int64_t)((__int128)bytes * 8 * MS_PER_S / l->bits_per_s) : 0;

	return left_ms + l->delay_ms + wire_ms;
}

/* The first step that begins at t or after. */
static uint32_t step_from(const struct plan_input *in, int64_t t_ms)
{
	uint32_t i = 0;

	while (i < in->n && in->start_ms[i] < t_ms)
		i++;
	return i;
}

static void add(struct transit *t, int64_t there_ms, int64_t work_ds, int64_t devices)
{
	const struct plan_input *in = t->b->in;
	uint32_t step = step_from(in, there_ms);

	if (step == in->n || work_ds <= 0)
		return;
	t->work_ds[step] += work_ds;
	if (t->devices)
		t->devices[step] += devices;
	t->n_orders++;
}

/* Is it the last order that sent the job away? A job may have been here before. */
static bool is_last(const struct engine *e, const struct decision *d)
{
	const struct decision_live *dl;
	size_t at = 0;

	while ((dl = map_next(&e->decisions.by_id, &at, NULL, NULL))) {
		if (dl->d.id > d->id && dl->d.action.kind == ACTION_MIGRATE &&
		    strcmp(dl->d.action.job, d->action.job) == 0 &&
		    strcmp(dl->d.asset, d->asset) == 0)
			return false;
	}
	return true;
}

static void add_job(struct transit *t, const struct decision *d, const struct link *l)
{
	const struct engine *e = t->b->e;
	const struct job_live *jl = jobs_of_decision(e, d);
	int64_t left;

	if (!jl || jl->job.state != JOB_MIGRATING || !is_last(e, d))
		return;
	left = job_left_ds(&jl->job, t->queue->device_power_w, e->clock.now_ms);
	add(t, arrival_ms(l, d->valid_from_ms, jl->job.transfer_bytes), left, jl->job.devices);
}

static void add_work(struct transit *t, const struct decision *d, const struct link *l,
		     const struct queue *from)
{
	int64_t there =
		arrival_ms(l, d->valid_from_ms, d->action.value * from->transfer_bytes_per_ds);

	if (there > t->b->in->now_ms)
		add(t, there, d->action.value, t->queue->devices);
}

static bool has_left(const struct decision *d)
{
	return d->action.kind == ACTION_MIGRATE &&
	       (d->state == DECISION_APPLIED || d->state == DECISION_VERIFIED);
}

/* By its name: an old decision that was read back from the ledger has no place any more. NULL: gone. */
static const struct site_state *sender_of(const struct engine *e, const struct decision *d,
					  const struct queue **ret)
{
	for (size_t s = 0; s < e->n_sites; s++) {
		const struct site_state *ss = &e->sites[s];

		for (int i = 0; i < ss->n_assets; i++) {
			if (ss->assets[i].kind != ASSET_QUEUE ||
			    strcmp(ss->assets[i].path, d->asset) != 0)
				continue;
			*ret = &ss->site->queues[ss->assets[i].index];
			return ss;
		}
	}
	return NULL;
}

static void look(struct transit *t, const struct decision *d)
{
	const struct site_state *from;
	const struct queue *queue;
	const struct link *l;

	if (!has_left(d) || strcmp(d->action.to, t->to) != 0)
		return;
	from = sender_of(t->b->e, d, &queue);
	l = from ? link_between(t->b->e, from->site->id, t->b->ss->site->id) : NULL;
	if (l && d->action.job[0])
		add_job(t, d, l);
	else if (l)
		add_work(t, d, l, queue);
}

void transit_add(struct snapshot_builder *b, int k, int64_t *work_ds, int64_t *devices)
{
	struct transit t = {
		.b = b, .queue = &b->in->queues[k], .work_ds = work_ds, .devices = devices};
	const struct decision_live *dl;
	struct plan_source *src;
	size_t at = 0;

	if (!t.queue->pool[0] || !link_between(b->e, NULL, b->ss->site->id))
		return;
	snprintf(t.to, sizeof(t.to), "%s/%s", b->ss->site->id, t.queue->id);
	while ((dl = map_next(&b->e->decisions.by_id, &at, NULL, NULL)))
		look(&t, &dl->d);
	if (t.n_orders == 0)
		return;
	src = snapshot_next_source(b);
	snapshot_name_input(src->input, "transit", t.queue->id);
	snprintf(src->source, sizeof(src->source), "orders:%u", t.n_orders);
	src->quality = QUALITY_OK;
}
