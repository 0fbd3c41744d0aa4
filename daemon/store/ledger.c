#include "store/ledger.h"

#include <stdlib.h>

#include "base/require.h"
#include "store/ledger_priv.h"
#include "store/puts.h"
#include "store/txn.h"

static void schedule(struct ledger *l);

/* ---- On the lane --------------------------------------------------------------------------------- */

static int write_batches(struct job *job)
{
	struct ledger *l = container_of(job, struct ledger, job);
	struct txn t;

	txn_begin(&t, l->env, TXN_WRITE);
	list_foreach(it, &l->flight)
	{
		const struct ledger_batch *b = list_entry(it, struct ledger_batch, node);
		enum ledger_kind kind;
		struct record row;
		size_t at = 0;

		while (puts_next(&b->puts, &at, &kind, &row))
			if (record_is_erasure(kind, row.len))
				txn_erase(&t, (unsigned)kind, &row);
			else
				txn_put(&t, (unsigned)kind, &row);
	}
	return txn_commit(&t);
}

/* ---- Results --------------------------------------------------------------------------------------- */

static void batch_free(struct ledger_batch *b)
{
	buf_fini(&b->puts);
	free(b);
}

/* Of a list that nobody else sees. */
static void say_done(struct ledger *l, struct list *batches, int rc)
{
	list_foreach(it, batches)
	{
		struct ledger_batch *b = list_entry(it, struct ledger_batch, node);

		l->stats.pending_bytes -= buf_avail(&b->puts);
		l->stats.commits += rc == 0;
		l->events.done(l->events.arg, b->token, rc);
		batch_free(b);
	}
}

/* Everything of `from` before everything of `to`. */
static void move_before(struct list *from, struct list *to)
{
	while (!list_is_empty(from)) {
		struct list *last = from->prev;

		list_remove(last);
		list_insert(to->next, last);
	}
}

static void on_written(struct job *job, int result)
{
	struct ledger *l = container_of(job, struct ledger, job);
	struct list batches;

	list_init(&batches);
	if (result == 0) {
		outage_end(&l->outage);
		move_before(&l->flight, &batches);
		say_done(l, &batches, 0);
	} else {
		move_before(&l->flight, &l->queue);
		outage_begin(&l->outage, "ledger", result);
		(void)env_revive(l->env); /* for reads; else the retry does it */
		if (l->finishing) {
			outage_stop(&l->outage);
			move_before(&l->queue, &batches);
			say_done(l, &batches, ERR_STORE);
		}
	}
	schedule(l);
}

static void begin(struct ledger *l)
{
	if (l->job.busy || list_is_empty(&l->queue))
		return;
	move_before(&l->queue, &l->flight);
	REQUIRE(lane_submit(l->lane, &l->job, JOB_NO_DEADLINE, write_batches, on_written) == 0);
}

static void schedule(struct ledger *l)
{
	if (l->job.busy || (outage_is_on(&l->outage) && !l->finishing))
		return;
	if (!list_is_empty(&l->queue)) {
		loop_defer(l->loop, &l->kick);
	} else if (l->finishing && !l->idle_said) {
		l->idle_said = true;
		l->events.idle(l->events.arg);
	}
}

static void on_kick(void *arg)
{
	struct ledger *l = arg;

	if (list_is_empty(&l->queue))
		schedule(l);
	else
		begin(l);
}

static void on_retry(void *arg)
{
	struct ledger *l = arg;
	int r = env_revive(l->env);

	if (r) {
		outage_begin(&l->outage, "ledger", r);
		return;
	}
	begin(l);
}

/* ---- Life ------------------------------------------------------------------------------------------ */

static int open_env(const struct ledger_settings *settings, struct env **ret, struct fault *f)
{
	const char *tables[LEDGER_KINDS];
	struct env_spec spec = {.name = "ledger",
				.tables = tables,
				.n_tables = LEDGER_KINDS,
				.map_bytes = settings->map_bytes,
				.schema = 1};

	for (int i = 0; i < LEDGER_KINDS; i++)
		tables[i] = record_kind_name((enum ledger_kind)i);
	return env_open(settings->dir, &spec, ret, f);
}

int ledger_new(struct loop *loop, const struct ledger_settings *settings, struct ledger **ret,
	       struct fault *f)
{
	struct ledger *l = calloc(1, sizeof(*l));
	int r;

	if (!l)
		return fault_set(f, -ENOMEM, "%s", err_text(-ENOMEM));
	r = open_env(settings, &l->env, f);
	if (r) {
		free(l);
		return r;
	}
	l->loop = loop;
	l->pending_max = settings->pending_bytes;
	l->events = settings->events;
	list_init(&l->queue);
	list_init(&l->flight);
	job_init(&l->job);
	defer_init(&l->kick, on_kick, l);
	outage_init(&l->outage, loop, on_retry, l);
	*ret = l;
	return 0;
}

void ledger_start(struct ledger *l, struct lane *lane)
{
	l->lane = lane;
}

void ledger_free(struct ledger *l)
{
	if (!l)
		return;
	defer_cancel(&l->kick);
	REQUIRE(!l->job.busy && list_is_empty(&l->flight) && list_is_empty(&l->queue));
	env_close(l->env);
	free(l);
}

void ledger_finish(struct ledger *l)
{
	l->finishing = true;
	outage_stop(&l->outage);
	if (!l->job.busy)
		loop_defer(l->loop, &l->kick);
}

/* ---- Work ------------------------------------------------------------------------------------------ */

int ledger_commit(struct ledger *l, const struct ledger_op *ops, size_t n, uint64_t token)
{
	struct ledger_batch *b;
	int r = 0;

	REQUIRE(!l->finishing);
	if (outage_is_on(&l->outage))
		return ERR_STORE;
	if (l->stats.pending_bytes >= l->pending_max)
		return ERR_FULL;
	b = calloc(1, sizeof(*b));
	if (!b)
		return -ENOMEM;
	b->token = token;
	list_init(&b->node);
	buf_init(&b->puts, 0);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = puts_add(&b->puts, &ops[i]);
	if (r) {
		batch_free(b);
		return r;
	}
	l->stats.pending_bytes += buf_avail(&b->puts);
	list_insert(&l->queue, &b->node);
	schedule(l);
	return 0;
}

void ledger_get_stats(const struct ledger *l, struct ledger_stats *ret)
{
	*ret = l->stats;
	ret->used_bytes = env_used_bytes(l->env);
}

const struct fault *ledger_fault(const struct ledger *l)
{
	return outage_is_on(&l->outage) ? &l->outage.fault : NULL;
}
