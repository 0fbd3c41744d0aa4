#include "simtest/run.h"

#include <check.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/require.h"
#include "simtest/greedy.h"
#include "testlib/tmpdir.h"

#define CLIENT 7
#define SUBSCRIBER 9
#define ROWS_MAX 64
#define CURVE_STEPS 192

struct run_batch {
	struct run_batch *next;
	uint64_t seq;
	bool lost;    /* never sent */
	bool refused; /* sent, and refused for what is in it */
	uint32_t n;
	uint32_t point[ROWS_MAX];
	int64_t t_ms[ROWS_MAX];
	double value[ROWS_MAX];
	uint8_t quality[ROWS_MAX];
};

struct answer {
	struct waiter w;
	bool done;
	int rc;
};

static void on_answer(struct waiter *w, int rc, const struct fault *f)
{
	struct answer *a = container_of(w, struct answer, w);

	(void)f;
	a->done = true;
	a->rc = rc;
}

static bool happens(struct run *r, uint32_t ppm)
{
	return ppm != 0 && rng_below(&r->rng, 1000000) < ppm;
}

static struct configuration *load_configuration(void)
{
	const char *source = getenv("SUANDIAN_SOURCE");
	char *path =
		tmpdir_path(source ? source : ".", "config/examples/sichuan-one/suandian.yaml");
	struct configuration *c = NULL;
	struct fault_list faults;

	fault_list_init(&faults);
	ck_assert_msg(configure_load(path, &c, &faults) == 0, "%s: %s", path,
		      faults.n ? faults.at[0].text : "?");
	fault_list_fini(&faults);
	free(path);
	return c;
}

/* ---- what comes out of the engine ---- */

static int on_send(void *arg, uint64_t subscriber, const struct decision *d)
{
	struct run *r = arg;

	ck_assert_uint_eq(subscriber, SUBSCRIBER);
	if (r->n_inbox == ARRAY_SIZE(r->inbox) || happens(r, r->s.faults.queue_full_ppm)) {
		r->queue_was_full = true;
		return -EAGAIN;
	}
	r->inbox[r->n_inbox++] = *d;
	return 0;
}

static void on_ack(void *arg, const struct source_ack *a)
{
	struct run *r = arg;

	r->acks++;
	ck_assert_str_eq(a->source, RUN_SOURCE);
	while (r->batches && a->epoch == r->epoch && r->batches->seq <= a->seq) {
		struct run_batch *b = r->batches;

		/* acknowledged is durable */
		if (!b->lost && !b->refused &&
		    disk_count_batch(&r->world.disk, RUN_SOURCE, r->epoch, b->seq) != 1)
			r->unacked_durable++;
		r->batches = b->next;
		if (!r->batches)
			r->batches_end = &r->batches;
		r->acked_seq = b->seq;
		free(b);
	}
}

static void acknowledge(struct run *r, const struct decision *d, enum decision_state state)
{
	struct decision_ack ack = {.id = d->id, .state = state, .reason = ""};
	struct fault f = {0};
	int rc = engine_ack_decision(r->engine, &ack, NULL, &f);

	/* it may be over by now, or the disk may refuse */
	ck_assert_msg(rc == 0 || rc == ERR_STATE || rc == ERR_STORE || rc == ERR_NOTFOUND, "%s",
		      f.text);
}

static void obey(struct run *r, const struct decision *d)
{
	r->decisions++;
	if (d->id > r->last_decision)
		r->last_decision = d->id;
	if (happens(r, r->s.faults.rejects_ppm)) {
		acknowledge(r, d, DECISION_REJECTED);
		return;
	}
	if (happens(r, r->s.faults.fails_ppm)) {
		acknowledge(r, d, DECISION_FAILED);
		return;
	}
	if (d->action.kind != ACTION_JOB && d->action.kind != ACTION_MIGRATE)
		plant_obey(&r->plant, d);
	else if (r->s.on_job)
		r->s.on_job(r->s.arg, d);
	if (happens(r, r->s.faults.ack_lost_ppm))
		return;
	acknowledge(r, d, DECISION_ACCEPTED);
	acknowledge(r, d, DECISION_APPLIED);
}

/* ---- starting, crashing ---- */

static void declare(struct run *r)
{
	struct point_decl decls[PLANT_POINTS];
	struct point_declaration d = {.source = RUN_SOURCE, .decls = decls, .n = PLANT_POINTS};
	uint32_t ids[PLANT_POINTS];
	struct fault f = {0};

	plant_declare(&r->plant, r->s.step_ms, decls);
	ck_assert_msg(engine_declare_points(r->engine, &d, ids, NULL, &f) == 0, "%s", f.text);
	/* numbers are permanent once they were told; until then they may be given anew, in the same order */
	for (int i = 0; i < PLANT_POINTS; i++)
		ck_assert(r->ids[i] == 0 || r->ids[i] == ids[i]);
	memcpy(r->ids, ids, sizeof(ids));
}

static void push(struct run *r, struct run_batch *b);

static void start(struct run *r)
{
	struct engine_settings es = {.driven = true, .build = "simulation"};
	struct fault f = {0};
	int64_t now;

	ck_assert_msg(engine_new(&es, &r->world.vtable, load_configuration(), &r->engine, &f) == 0,
		      "%s", f.text);
	r->world.engine = r->engine;
	ck_assert_msg(engine_recover(r->engine, &f) == 0, "%s", f.text);
	engine_start(r->engine);
	engine_listen_source(r->engine, RUN_SOURCE, on_ack, r);
	declare(r);
	if (r->s.on_start)
		r->s.on_start(r->s.arg, r->engine);
	ck_assert_int_eq(engine_subscribe(r->engine, SUBSCRIBER, NULL, 0, r->last_decision, &f), 0);
	/* an engine that got further than it could tell stands there: its clock never goes back */
	now = engine_now(r->engine);
	ck_assert_msg(engine_claim_clock(r->engine, CLIENT, now > r->now_ms ? 0 : r->now_ms, &now,
					 &f) == 0,
		      "%s", f.text);
	ck_assert_int_le(r->now_ms, now);
	for (struct run_batch *b = r->batches; b; b = b->next)
		push(r, b);
}

void run_crash(struct run *r)
{
	r->restarts++;
	r->world.crashed = true;
	engine_free(r->engine);
	world_crash(&r->world);
	r->n_inbox = 0;
	r->queue_was_full = false;
	start(r);
}

/* One thing happens; false if nothing will. */
static bool turn(struct run *r)
{
	if (r->world.crashed) {
		run_crash(r);
		return true;
	}
	if (r->n_inbox > 0) {
		struct decision d = r->inbox[0];

		memmove(r->inbox, r->inbox + 1, --r->n_inbox * sizeof(*r->inbox));
		obey(r, &d);
		return true;
	}
	if (r->queue_was_full) {
		r->queue_was_full = false;
		engine_subscriber_ready(r->engine, SUBSCRIBER);
		return true;
	}
	return world_turn(&r->world);
}

static void await(struct run *r, const struct answer *a)
{
	uint64_t restarts = r->restarts;
	uint64_t turns = 0;

	while (!a->done) {
		ck_assert_msg(turn(r), "nothing happens any more at %" PRId64, r->now_ms);
		ck_assert_msg(++turns < 1000000, "never quiet at %" PRId64, r->now_ms);
		/* a crash answers every waiter of the engine that died */
		ck_assert(restarts == r->restarts || a->done);
	}
}

void run_settle(struct run *r)
{
	int turns = 0;

	while (turn(r))
		ck_assert_int_lt(++turns, 1000000);
}

/* ---- what goes in ---- */

static void push(struct run *r, struct run_batch *b)
{
	struct sample_batch out = {.epoch = r->epoch,
				   .seq = b->seq,
				   .n = b->n,
				   .point = b->point,
				   .t_ms = b->t_ms,
				   .value = b->value,
				   .quality = b->quality};
	enum push_result result;
	struct fault f = {0};
	int rc;

	if (b->lost)
		return;
	snprintf(out.source, sizeof(out.source), "%s", RUN_SOURCE);
	rc = engine_push_samples(r->engine, &out, &result, &f);
	if (rc == ERR_INVALID) {
		b->refused = true;
		r->refused++;
		return;
	}
	ck_assert_msg(rc == 0, "%s", f.text);
}

static struct run_batch *new_batch(void)
{
	struct run_batch *b = calloc(1, sizeof(*b));

	REQUIRE(b);
	return b;
}

static void add_row(struct run_batch *b, uint32_t point, int64_t t_ms, double value)
{
	REQUIRE(b->n < ROWS_MAX);
	b->point[b->n] = point;
	b->t_ms[b->n] = t_ms;
	b->value[b->n] = value;
	b->n++;
}

static void corrupt(struct run *r, struct run_batch *b)
{
	uint32_t i = b->n ? (uint32_t)rng_below(&r->rng, b->n) : 0;

	if (b->n == 0)
		return;
	switch (rng_below(&r->rng, 4)) {
	case 0:
		b->value[i] = NAN;
		break;
	case 1:
		b->value[i] = 1e18;
		break;
	case 2:
		b->point[i] = 4000000;
		break;
	default:
		b->t_ms[i] = -1;
	}
}

static void send_batch(struct run *r, struct run_batch *b)
{
	b->seq = ++r->seq;
	*r->batches_end = b;
	r->batches_end = &b->next;
	b->lost = happens(r, r->s.faults.lost_ppm);
	if (happens(r, r->s.faults.corrupt_ppm))
		corrupt(r, b);
	push(r, b);
	if (happens(r, r->s.faults.doubled_ppm))
		push(r, b);
}

/* The rows of one step, some of them with the next one. */
static struct run_batch *rows_of_step(struct run *r)
{
	struct run_batch *b = r->late ? r->late : new_batch();

	r->late = NULL;
	for (int i = 0; i < PLANT_POINTS; i++) {
		struct run_batch *to = b;

		if (happens(r, r->s.faults.late_ppm)) {
			if (!r->late)
				r->late = new_batch();
			to = r->late;
		}
		add_row(to, r->ids[i], r->plant.now_ms, r->plant.value[i]);
	}
	return b;
}

static void shuffle(struct run *r, struct run_batch *b)
{
	for (uint32_t i = b->n; i > 1; i--) {
		uint32_t k = (uint32_t)rng_below(&r->order, i);
		struct run_batch x = *b;

		b->point[i - 1] = x.point[k];
		b->t_ms[i - 1] = x.t_ms[k];
		b->value[i - 1] = x.value[k];
		b->point[k] = x.point[i - 1];
		b->t_ms[k] = x.t_ms[i - 1];
		b->value[k] = x.value[i - 1];
	}
}

/* Cut in two at a place that the order's seed chooses. */
static void send_shuffled(struct run *r, struct run_batch *b)
{
	uint32_t cut = (uint32_t)rng_below(&r->order, b->n + 1);
	struct run_batch *rest = new_batch();

	shuffle(r, b);
	for (uint32_t i = cut; i < b->n; i++)
		add_row(rest, b->point[i], b->t_ms[i], b->value[i]);
	b->n = cut;
	send_batch(r, b);
	send_batch(r, rest);
}

static void push_curve(struct run *r, enum plant_point point)
{
	double v[CURVE_STEPS];
	struct curve c = {.point = r->ids[point],
			  .issue_ms = r->plant.now_ms,
			  .start_ms = slot_floor(r->plant.now_ms),
			  .step_ms = SLOT_MS,
			  .n = CURVE_STEPS,
			  .value = v};
	struct fault f = {0};
	int rc;

	for (int i = 0; i < CURVE_STEPS; i++) {
		v[i] = plant_foresee(&r->plant, point, c.start_ms + i * SLOT_MS + SLOT_MS / 2);
		if (point == PLANT_ARRIVALS)
			v[i] *= (double)SLOT_MS / 1000;
	}
	rc = engine_push_curve(r->engine, RUN_SOURCE, &c, NULL, &f);
	ck_assert_msg(rc == 0 || rc == ERR_STORE, "%s", f.text);
}

static void push_curves(struct run *r)
{
	if (r->plant.now_ms % MS_PER_H != 0)
		return;
	push_curve(r, PLANT_PV);
	push_curve(r, PLANT_LOAD);
	push_curve(r, PLANT_ARRIVALS);
}

static void advance(struct run *r, int64_t to_ms)
{
	struct fault f = {0};

	for (;;) {
		struct answer a = {.w = {on_answer}};
		uint64_t restarts = r->restarts;
		int rc = engine_advance(r->engine, CLIENT, max_i64(to_ms, engine_now(r->engine)),
					&a.w, &f);

		ck_assert_msg(rc == 0, "%s", f.text);
		await(r, &a);
		if (restarts == r->restarts) {
			ck_assert_int_eq(a.rc, 0);
			break;
		}
	}
	r->now_ms = to_ms;
	ck_assert_int_eq(engine_now(r->engine), to_ms);
	ck_assert_int_eq(engine_quiescent(r->engine).t_ms, to_ms);
}

void run_to(struct run *r, int64_t to_ms)
{
	while (r->now_ms < to_ms) {
		int64_t next = r->now_ms + r->s.step_ms;
		struct run_batch *b;

		plant_step(&r->plant, next);
		b = rows_of_step(r);
		if (r->s.shuffle)
			send_shuffled(r, b);
		else
			send_batch(r, b);
		push_curves(r);
		/* an adapter waits for its acks; if one never comes, the advance goes ahead without */
		for (int i = 0; r->batches && i < 100 && turn(r); i++) {
		}
		advance(r, next);
	}
}

int run_put_event(struct run *r, const struct event *ev, uint64_t *ret_id)
{
	struct fault f = {0};

	for (;;) {
		struct answer a = {.w = {on_answer}};
		uint64_t restarts = r->restarts;
		int rc = engine_put_event(r->engine, ev, "operator", &a.w, ret_id, &f);

		if (rc == ERR_STORE) {
			turn(r);
			continue;
		}
		if (rc)
			return rc;
		await(r, &a);
		/* what a dead engine said, or a disk that refused, is no answer: ask again, nothing doubles */
		if (restarts == r->restarts && a.rc != ERR_STORE)
			return a.rc;
	}
}

int run_cancel_event(struct run *r, const char *external_id)
{
	struct event_cancel c = {.source = "grid",
				 .external_id = external_id,
				 .who = "operator",
				 .reason = "called off"};
	struct fault f = {0};

	for (;;) {
		struct answer a = {.w = {on_answer}};
		uint64_t restarts = r->restarts, id;
		int rc = engine_cancel_event(r->engine, &c, &a.w, &id, &f);

		if (rc == ERR_STORE) {
			turn(r);
			continue;
		}
		if (rc)
			return rc;
		await(r, &a);
		if (restarts == r->restarts && a.rc != ERR_STORE)
			return a.rc;
	}
}

struct event run_event(const char *external_id, int64_t start_ms, int64_t end_ms,
		       int64_t reduction_w)
{
	struct event ev = {.revision = 1,
			   .direction = DIRECTION_UP,
			   .target = TARGET_REDUCTION,
			   .target_w = reduction_w,
			   .start_ms = start_ms,
			   .end_ms = end_ms,
			   .ramp_ms = SLOT_MS};

	snprintf(ev.source, sizeof(ev.source), "grid");
	snprintf(ev.external_id, sizeof(ev.external_id), "%s", external_id);
	snprintf(ev.site, sizeof(ev.site), "hongyuan");
	return ev;
}

void run_init(struct run *r, const struct run_settings *s)
{
	*r = (struct run){.s = *s, .epoch = 1, .now_ms = s->start_ms};
	r->batches_end = &r->batches;
	rng_init(&r->rng, s->seed);
	rng_init(&r->order, s->shuffle_seed);
	world_init(&r->world, s->seed ^ 0x5eed);
	r->world.faults = s->world;
	r->world.on_send = on_send;
	r->world.arg = r;
	if (s->greedy)
		r->world.solver = greedy_solve;
	r->configuration = load_configuration();
	plant_init(&r->plant, &r->configuration->sites[0], s->start_ms, s->seed);
	start(r);
}

void run_fini(struct run *r)
{
	engine_free(r->engine);
	while (r->batches) {
		struct run_batch *next = r->batches->next;

		free(r->batches);
		r->batches = next;
	}
	free(r->late);
	world_fini(&r->world);
	configuration_free(r->configuration);
}
