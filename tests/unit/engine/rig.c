#include "rig.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "simtest/greedy.h"
#include "testlib/tmpdir.h"

static struct configuration *load(const char *path)
{
	struct configuration *c = NULL;
	struct fault_list faults;

	fault_list_init(&faults);
	ck_assert_msg(configure_load(path, &c, &faults) == 0, "%s: %s", path,
		      faults.n ? faults.at[0].text : "?");
	fault_list_fini(&faults);
	return c;
}

static int on_send(void *arg, uint64_t subscriber, const struct decision *d)
{
	struct rig *g = arg;

	(void)subscriber;
	if (g->send_rc)
		return g->send_rc;
	ck_assert_uint_lt(g->n_sent, ARRAY_SIZE(g->sent));
	g->sent[g->n_sent++] = *d;
	return 0;
}

static void start(struct rig *g, bool driven, int64_t start_ms)
{
	struct engine_settings s = {.driven = driven, .build = "rig"};
	struct fault f = {0};
	int64_t now;

	ck_assert_int_eq(engine_new(&s, &g->world.vtable, load(g->path), &g->engine, &f), 0);
	g->world.engine = g->engine;
	ck_assert_msg(engine_recover(g->engine, &f) == 0, "%s", f.text);
	engine_start(g->engine);
	if (driven)
		ck_assert_int_eq(engine_claim_clock(g->engine, 1, start_ms, &now, &f), 0);
	rig_settle(g);
}

void rig_init(struct rig *g, bool driven, int64_t start_ms)
{
	const char *source = getenv("SUANDIAN_SOURCE");
	char *path =
		tmpdir_path(source ? source : ".", "config/examples/sichuan-one/suandian.yaml");

	rig_init_with(g, path, driven, start_ms);
	free(path);
}

void rig_init_with(struct rig *g, const char *path, bool driven, int64_t start_ms)
{
	log_set_level(LOG_ERROR);
	memset(g, 0, sizeof(*g));
	snprintf(g->path, sizeof(g->path), "%s", path);
	world_init(&g->world, 1);
	g->world.solver = greedy_solve;
	g->world.on_send = on_send;
	g->world.arg = g;
	g->world.wall_ms = start_ms;
	start(g, driven, start_ms);
}

void rig_fini(struct rig *g)
{
	engine_free(g->engine);
	world_fini(&g->world);
}

void rig_crash(struct rig *g)
{
	bool driven = engine_is_driven(g->engine);

	g->world.crashed = true;
	engine_free(g->engine);
	world_crash(&g->world);
	start(g, driven, 0);
}

void rig_settle(struct rig *g)
{
	int turns = 0;

	while (world_turn(&g->world) && g->world.mono_due_ms - g->world.mono_ms < 100)
		ck_assert_int_lt(++turns, 100000);
	/* what waits for real time only is left to the test */
	while (g->world.mono_due_ms <= g->world.mono_ms || g->world.writes || g->world.job) {
		ck_assert_int_lt(++turns, 100000);
		world_turn(&g->world);
	}
}

static void on_answer(struct waiter *w, int rc, const struct fault *f)
{
	struct rig_answer *a = container_of(w, struct rig_answer, w);

	(void)f;
	ck_assert(!a->done);
	a->done = true;
	a->rc = rc;
}

struct rig_answer rig_answer_new(void)
{
	return (struct rig_answer){.w = {on_answer}};
}

void rig_advance(struct rig *g, int64_t to_ms)
{
	struct rig_answer a = rig_answer_new();
	struct fault f = {0};
	int turns = 0;

	ck_assert_msg(engine_advance(g->engine, 1, to_ms, &a.w, &f) == 0, "%s", f.text);
	while (!a.done) {
		ck_assert(world_turn(&g->world));
		ck_assert_int_lt(++turns, 1000000);
	}
	ck_assert_int_eq(a.rc, 0);
}

uint32_t rig_declare(struct rig *g, const char *source, const char *name, enum unit unit,
		     int64_t period_ms)
{
	struct point_decl d = {
		.unit = unit, .kind = KIND_INSTANT, .period_ms = period_ms, .label = LABEL_END};
	struct point_declaration all = {.source = source, .decls = &d, .n = 1};
	struct fault f = {0};
	uint32_t id;

	snprintf(d.name, sizeof(d.name), "%s", name);
	ck_assert_msg(engine_declare_points(g->engine, &all, &id, NULL, &f) == 0, "%s", f.text);
	return id;
}

int rig_push(struct rig *g, uint64_t seq, uint32_t point, int64_t t_ms, double value)
{
	struct sample_batch b = {.source = "s",
				 .epoch = 1,
				 .seq = seq,
				 .n = 1,
				 .point = &point,
				 .t_ms = &t_ms,
				 .value = &value,
				 .quality = (const uint8_t *)""};
	enum push_result result;
	int r = engine_push_samples(g->engine, &b, &result, NULL);

	return r ? r : (int)result;
}

static void on_ack(void *arg, const struct source_ack *a)
{
	struct rig *g = arg;

	ck_assert_uint_lt(g->n_acks, ARRAY_SIZE(g->acks));
	g->acks[g->n_acks++] = *a;
}

void rig_listen(struct rig *g)
{
	ck_assert_int_eq(engine_listen_source(g->engine, "s", on_ack, g), 0);
}
