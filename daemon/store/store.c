#include "store/store.h"

#include <stdlib.h>
#include <string.h>

#include "store/env.h"
#include "store/range.h"
#include "store/store_priv.h"

/* ---- Writing --------------------------------------------------------------------------------------------- */

void store_set_callbacks(struct store *s, store_done_cb journaled, store_done_cb committed,
			 void *arg)
{
	s->journaled = journaled;
	s->committed = committed;
	s->cb_arg = arg;
}

static bool is_writable(const struct sample_batch *b)
{
	for (uint32_t i = 0; i < b->n; i++) {
		if (b->t_ms[i] < -SEALER_TIME_MAX || b->t_ms[i] > SEALER_TIME_MAX)
			return false;
	}
	return true;
}

/* Into the memtable, then into the journal, or into neither. */
static int append(struct store *s, struct source *source, const struct sample_batch *b,
		  uint64_t token)
{
	struct source before = *source;
	int r = sealer_add(s->sealer, source, b);

	if (r)
		return r;
	r = committer_append(s->committer, b, token);
	if (r)
		sealer_undo(s->sealer, source, &before, b);
	return r;
}

int store_append(struct store *s, const struct sample_batch *b, uint64_t token)
{
	struct source *source;
	struct pending *p;
	int r;

	if (s->closing)
		return ERR_CLOSED;
	if (!is_writable(b))
		return ERR_INVALID;
	r = committer_check(s->committer);
	if (r == 0 && !sealer_has_room(s->sealer))
		r = sealer_fault(s->sealer) ? ERR_STORE : ERR_FULL;
	if (r)
		return r;
	source = sources_need(sealer_sources(s->sealer), b->source);
	p = calloc(1, sizeof(*p));
	if (!p || !source) {
		free(p);
		return -ENOMEM;
	}
	r = append(s, source, b, token);
	if (r) {
		free(p);
		return r;
	}
	*p = (struct pending){.source = source, .epoch = b->epoch, .seq = b->seq};
	list_insert(&s->pending, &p->node);
	return 0;
}

int store_commit(struct store *s, const struct ledger_op *ops, size_t n, uint64_t token)
{
	int r;

	if (s->closing)
		return ERR_CLOSED;
	r = ledger_commit(s->ledger, ops, n, token);
	for (size_t i = 0; r == 0 && i < n; i++) {
		if (ops[i].kind == LEDGER_META)
			sealer_set_now(s->sealer, ops[i].meta->now_ms);
	}
	return r;
}

/* ---- Reading --------------------------------------------------------------------------------------------- */

void store_set_rank(struct store *s,
		    uint32_t (*rank)(void *arg, const char *source, uint32_t point), void *arg)
{
	s->rank = rank;
	s->rank_arg = arg;
}

struct one_point {
	bool (*visit)(void *arg, const struct sample *sample);
	void *arg;
};

static bool visit_one(void *arg, uint32_t point, const struct sample *sample)
{
	const struct one_point *one = arg;

	(void)point;
	return one->visit(one->arg, sample);
}

int store_range(struct store *s, uint32_t point, int64_t from_ms, int64_t to_ms,
		bool (*visit)(void *arg, const struct sample *sample), void *arg)
{
	struct one_point one = {visit, arg};
	struct range range = {.sealer = s->sealer,
			      .rank = s->rank,
			      .rank_arg = s->rank_arg,
			      .visit = visit_one,
			      .arg = &one};
	int r = range_point(&range, point, from_ms, to_ms);

	return r < 0 ? r : 0;
}

int store_recent(struct store *s, int64_t since_ms,
		 bool (*visit)(void *arg, uint32_t point, const struct sample *sample), void *arg)
{
	struct range range = {.sealer = s->sealer,
			      .rank = s->rank,
			      .rank_arg = s->rank_arg,
			      .visit = visit,
			      .arg = arg};
	int r = range_all(&range, since_ms);

	return r < 0 ? r : 0;
}

int store_scan(struct store *s, enum ledger_kind kind, uint64_t from_key,
	       bool (*visit)(void *arg, const struct ledger_op *op), void *arg)
{
	return ledger_scan(s->ledger, kind, from_key, visit, arg);
}

int store_cursors(struct store *s,
		  void (*visit)(void *arg, const char *source, uint64_t epoch, uint64_t seq),
		  void *arg)
{
	const struct sources *sources = sealer_sources(s->sealer);

	for (size_t i = 0; i < sources->n; i++) {
		const struct source *source = sources->at[i];

		if (source->durable_epoch || source->durable_seq)
			visit(arg, source->name, source->durable_epoch, source->durable_seq);
	}
	return 0;
}

/* ---- Facts ----------------------------------------------------------------------------------------------- */

void store_get_stats(const struct store *s, struct store_stats *ret)
{
	struct committer_stats journal;
	struct ledger_stats ledger;
	struct sealer_stats series;

	committer_get_stats(s->committer, &journal);
	ledger_get_stats(s->ledger, &ledger);
	sealer_get_stats(s->sealer, &series);
	*ret = (struct store_stats){
		.samples = series.samples,
		.batches = journal.batches,
		.groups = journal.groups,
		.commits = ledger.commits,
		.tiles = series.tiles,
		.tile_bytes = series.tile_bytes,
		.tile_samples = series.tile_samples,
		.journal_bytes = journal.bytes,
		.pending_bytes = journal.pending_bytes + ledger.pending_bytes,
		.commit_ewma_ms = journal.commit_ms,
		.ledger_used = ledger.used_bytes,
		.journal_used = committer_used_bytes(s->committer),
		.series_used = env_used_bytes(sealer_env(s->sealer)),
		.read_only = store_health(s, NULL) != 0,
	};
}

static int tell(const struct fault *fault, struct fault *f)
{
	if (!fault)
		return 0;
	if (f)
		*f = *fault;
	return fault->code;
}

int store_ledger_health(const struct store *s, struct fault *f)
{
	return tell(ledger_fault(s->ledger), f);
}

int store_health(const struct store *s, struct fault *f)
{
	const struct fault *fault = committer_fault(s->committer);

	if (!fault)
		fault = ledger_fault(s->ledger);
	if (!fault)
		fault = sealer_fault(s->sealer);
	return tell(fault, f);
}

int store_verify_audit(struct store *s, uint64_t *ret_records, uint8_t ret_head[32],
		       uint64_t *ret_bad_seq, struct fault *f)
{
	struct ledger_verdict verdict;
	int r = ledger_verify(s->ledger, &verdict, f);

	if (r)
		return r;
	*ret_records = verdict.records;
	*ret_bad_seq = verdict.bad_seq;
	memcpy(ret_head, verdict.head, sizeof(verdict.head));
	return 0;
}
