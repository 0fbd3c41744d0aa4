#include "engine/records.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/require.h"
#include "engine/state.h"
#include "engine/wake.h"

#define BATCH_CAP ((size_t)256 << 20)
/* Requests are put off at this size, so that our own facts always fit. */
#define BATCH_BUSY (BATCH_CAP / 4)
/* How soon those who wait hear that the disk is in the way. */
#define WATCH_MS (MS_PER_S / 2)
#define RETRY_FIRST_MS 250
#define RETRY_MAX_MS (30 * MS_PER_S)

struct record_batch {
	struct arena arena;
	struct ledger_op *ops; /* malloc'ed */
	size_t n, size;
	uint64_t number;
	int64_t retry_ms; /* next pause; 0 = never failed */
	struct audit_end end;
};

struct waiting {
	struct waiting *next;
	struct waiter *waiter;
	uint64_t mark; /* fires when durable … */
	int rc;	       /* … or at once with this, if not 0 */
	bool answered; /* at once, whatever the code */
};

void records_init(struct engine *e)
{
	e->records.waiters_end = &e->records.waiters;
	audit_first(e->records.meta.audit_head);
	audit_first(e->records.audit_end.head);
	e->records.meta.next_event = 1;
	e->records.meta.next_plan = 1;
	e->records.meta.next_decision = 1;
	e->records.meta.next_job = 1;
}

static void free_batch(struct record_batch *b)
{
	if (!b)
		return;
	arena_fini(&b->arena);
	free(b->ops);
	free(b);
}

void records_fini(struct engine *e)
{
	struct waiting *w;

	while ((w = e->records.waiters)) {
		e->records.waiters = w->next;
		w->waiter->fn(w->waiter, ERR_CLOSED, NULL);
		free(w);
	}
	free_batch(e->records.open);
	free_batch(e->records.inflight);
}

static struct record_batch *open_batch(struct engine *e)
{
	struct record_batch *b = e->records.open;

	if (b)
		return b;
	b = calloc(1, sizeof(*b));
	REQUIRE(b);
	arena_init(&b->arena, BATCH_CAP);
	b->number = ++e->records.number;
	e->records.open = b;
	return b;
}

static struct ledger_op *next_op(struct record_batch *b)
{
	if (b->n == b->size) {
		b->size = b->size ? 2 * b->size : 16;
		b->ops = realloc(b->ops, b->size * sizeof(*b->ops));
		REQUIRE(b->ops);
	}
	return &b->ops[b->n++];
}

static void *own(struct record_batch *b, const void *p, size_t n)
{
	void *copy = arena_memdup(&b->arena, p, n);

	REQUIRE(copy);
	return copy;
}

static double *own_values(struct record_batch *b, const double *v, uint32_t n)
{
	return v ? own(b, v, n * sizeof(*v)) : NULL;
}

static const struct curve *own_curve(struct record_batch *b, const struct curve *c)
{
	struct curve *copy = own(b, c, sizeof(*c));

	copy->value = own_values(b, c->value, c->n);
	copy->p10 = own_values(b, c->p10, c->n);
	copy->p90 = own_values(b, c->p90, c->n);
	return copy;
}

static const struct ledger_blob *own_blob(struct record_batch *b, const struct ledger_blob *blob)
{
	struct ledger_blob *copy = own(b, blob, sizeof(*blob));

	copy->data = own(b, blob->data, blob->len);
	return copy;
}

static const struct ledger_audit *own_audit(struct record_batch *b, const struct ledger_audit *r)
{
	struct ledger_audit *copy = own(b, r, sizeof(*r));

	copy->body = own(b, r->body, r->len);
	return copy;
}

static const struct instruction *own_instruction(struct record_batch *b,
						 const struct instruction *in)
{
	struct instruction *copy = own(b, in, sizeof(*in));

	if (in->event)
		copy->event = own(b, in->event, sizeof(*in->event));
	return copy;
}

static const struct plan *own_plan(struct record_batch *b, const struct plan *p)
{
	const struct plan *copy = plan_clone(p, &b->arena);

	REQUIRE(copy);
	return copy;
}

void records_put(struct engine *e, const struct ledger_op *op)
{
	struct record_batch *b = open_batch(e);
	struct ledger_op *to = next_op(b);

	*to = *op;
	switch (op->kind) {
	case LEDGER_META:
		to->meta = own(b, op->meta, sizeof(*op->meta));
		break;
	case LEDGER_POINT:
		to->point = own(b, op->point, sizeof(*op->point));
		break;
	case LEDGER_CURVE:
		to->curve = own_curve(b, op->curve);
		break;
	case LEDGER_EVENT:
		to->event = own(b, op->event, sizeof(*op->event));
		break;
	case LEDGER_PLAN:
		to->plan = own_plan(b, op->plan);
		break;
	case LEDGER_SNAPSHOT:
	case LEDGER_CONFIG:
		to->blob = own_blob(b, op->blob);
		break;
	case LEDGER_DISPATCH:
		to->dispatch = own(b, op->dispatch, sizeof(*op->dispatch));
		break;
	case LEDGER_PEAK:
		to->peak = own(b, op->peak, sizeof(*op->peak));
		break;
	case LEDGER_DECISION:
		to->decision = own(b, op->decision, sizeof(*op->decision));
		break;
	case LEDGER_JOB:
		to->job = own(b, op->job, sizeof(*op->job));
		break;
	case LEDGER_AUDIT:
		to->audit = own_audit(b, op->audit);
		break;
	case LEDGER_OVERRIDE:
		to->instruction = own_instruction(b, op->instruction);
		break;
	case LEDGER_DAYFLAG:
		to->day_flag = own(b, op->day_flag, sizeof(*op->day_flag));
		break;
	case LEDGER_KINDS:
		REQUIRE(op->kind < LEDGER_KINDS);
	}
	wake(e);
}

uint64_t records_mark(const struct engine *e)
{
	const struct records *r = &e->records;

	if (r->open)
		return r->open->number;
	return r->inflight ? r->inflight->number : r->durable;
}

bool records_durable(const struct engine *e, uint64_t mark)
{
	return mark <= e->records.durable;
}

static void add_waiter(struct engine *e, const struct waiting *what)
{
	struct waiting *w = malloc(sizeof(*w));

	REQUIRE(w);
	*w = *what;
	*e->records.waiters_end = w;
	e->records.waiters_end = &w->next;
	wake(e);
}

void records_wait(struct engine *e, struct waiter *w, uint64_t mark)
{
	if (w)
		add_waiter(e, &(struct waiting){.waiter = w, .mark = mark});
}

void records_answer(struct engine *e, struct waiter *w, int rc)
{
	if (w)
		add_waiter(e, &(struct waiting){.waiter = w, .rc = rc, .answered = true});
}

int records_check(const struct engine *e, struct fault *f)
{
	const struct record_batch *b = e->records.open;
	struct fault why = {0};

	if (e->records.rc)
		return fault_set(f, ERR_STORE, "the ledger refuses writes: %s",
				 err_text(e->records.rc));
	if (e->ops->trouble(e->world, true, &why))
		return fault_set(f, ERR_STORE, "the ledger refuses writes: %.100s", why.text);
	if (b && b->arena.used > BATCH_BUSY)
		return fault_set(f, ERR_FULL, "the ledger is behind, ask again later");
	return 0;
}

/* Whoever waits for that batch is told; it is tried again all the same. */
static void disappoint(struct records *r, uint64_t number)
{
	for (struct waiting *w = r->waiters; w; w = w->next) {
		if (w->answered || w->mark > number)
			continue;
		w->answered = true;
		w->rc = ERR_STORE;
	}
}

bool records_watch(struct engine *e)
{
	struct records *r = &e->records;

	if (!r->submitted || !e->ops->trouble(e->world, true, NULL))
		return false;
	disappoint(r, r->number);
	return true;
}

static void commit_failed(struct engine *e, int rc)
{
	struct records *r = &e->records;
	struct record_batch *b = r->inflight;

	if (r->rc == 0) {
		log_error(ENGINE_LOG,
			  "ledger refused a commit: %s, trying again, nothing is announced",
			  err_text(rc));
		r->failed_since_ms = e->clock.now_ms;
	}
	r->rc = rc;
	r->failures++;
	r->submitted = false;
	b->retry_ms = b->retry_ms ? min_i64(2 * b->retry_ms, RETRY_MAX_MS) : RETRY_FIRST_MS;
	r->retry_mono_ms = e->ops->mono_ms(e->world) + b->retry_ms;
	disappoint(r, b->number);
	wake(e);
}

void records_submit(struct engine *e)
{
	struct records *r = &e->records;
	int rc;

	if (r->submitted)
		return;
	if (!r->inflight) {
		if (!r->open)
			return;
		r->meta.now_ms = e->clock.now_ms;
		records_put(e, &(struct ledger_op){.kind = LEDGER_META, .meta = &r->meta});
		r->open->end.seq = r->meta.audit_seq;
		memcpy(r->open->end.head, r->meta.audit_head, sizeof(r->meta.audit_head));
		r->inflight = r->open;
		r->open = NULL;
	} else if (e->ops->mono_ms(e->world) < r->retry_mono_ms) {
		return;
	}
	r->submitted = true;
	rc = e->ops->commit(e->world, r->inflight->ops, r->inflight->n, r->inflight->number);
	if (rc)
		commit_failed(e, rc);
}

void records_hurry(struct engine *e)
{
	e->records.retry_mono_ms = 0;
	wake(e);
}

void records_committed(struct engine *e, uint64_t token, int rc)
{
	struct records *r = &e->records;

	if (FAILS(r->submitted && r->inflight && r->inflight->number == token))
		return;
	if (rc) {
		commit_failed(e, rc);
		return;
	}
	if (r->rc)
		log_notice(ENGINE_LOG, "ledger takes commits again");
	r->rc = 0;
	r->commits++;
	r->submitted = false;
	r->durable = token;
	r->audit_end = r->inflight->end;
	free_batch(r->inflight);
	r->inflight = NULL;
}

/* Takes the first that may be told out of the queue; NULL: nobody. The queue may change while one is told. */
static struct waiting *take_ready(struct records *r)
{
	for (struct waiting **at = &r->waiters; *at; at = &(*at)->next) {
		struct waiting *w = *at;

		if (!w->answered && w->mark > r->durable)
			continue;
		*at = w->next;
		if (!*at)
			r->waiters_end = at;
		return w;
	}
	return NULL;
}

bool records_fire(struct engine *e)
{
	struct waiting *w;
	bool any = false;

	while ((w = take_ready(&e->records))) {
		struct fault f = {0};

		if (w->rc)
			fault_set(&f, w->rc, "%s", err_text(w->rc));
		w->waiter->fn(w->waiter, w->rc, w->rc ? &f : NULL);
		free(w);
		any = true;
	}
	return any;
}

bool records_are_idle(const struct engine *e)
{
	return !e->records.open && !e->records.inflight && !e->records.waiters;
}

int64_t records_due_mono_ms(const struct engine *e)
{
	const struct records *r = &e->records;

	if (r->submitted)
		return e->ops->mono_ms(e->world) + WATCH_MS;
	return r->inflight && !r->submitted ? r->retry_mono_ms : INT64_MAX;
}
