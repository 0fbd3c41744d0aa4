/* Two sites behind one section for a week, under faults: one run plans both, what they share holds, and whatever dies
 * in the middle, their plans stay those of one run. */
#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "simtest/run.h"
#include "simtest/watch.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"

#define DAYS 7
#define SECTION_W 17000000
#define BACKGROUND_W 1000000

static const struct run_faults input_faults = {
	.lost_ppm = 50000,
	.late_ppm = 50000,
	.doubled_ppm = 50000,
	.corrupt_ppm = 50000,
	.ack_lost_ppm = 20000,
	.fails_ppm = 10000,
	.rejects_ppm = 10000,
	.queue_full_ppm = 50000,
};

static const struct world_faults world_faults = {
	.commit_fails_ppm = 5000,
	.solver_fails_ppm = 20000,
	.solver_slow_ppm = 20000,
	.crash_ppm = 2000,
};

/* The example's site under another name, its queue in a pool. */
static void write_site(const char *real, const char *dir, const char *name)
{
	char *from = tmpdir_path(real, "config/examples/sichuan-one/sites.d/hongyuan.yaml");
	char file[64], line[1024];
	char *to;
	FILE *in = fopen(from, "r"), *out;

	snprintf(file, sizeof(file), "%s.yaml", name);
	to = tmpdir_path(dir, file);
	out = fopen(to, "w");
	ck_assert(in && out);
	while (fgets(line, sizeof(line), in)) {
		for (char *at; (at = strstr(line, "hongyuan"));) {
			char tail[1024];

			snprintf(tail, sizeof(tail), "%s", at + strlen("hongyuan"));
			snprintf(at, sizeof(line) - (size_t)(at - line), "%s%s", name, tail);
		}
		fputs(line, out);
		if (strstr(line, "- id: batch"))
			fputs("        pool: ai\n        transfer: 20000\n", out);
	}
	fclose(in);
	fclose(out);
	free(from);
	free(to);
}

static char *write_config(void)
{
	const char *source = getenv("SUANDIAN_SOURCE");
	char *real = realpath(source ? source : ".", NULL);
	const char *dir = tmpdir_new();
	char *path = tmpdir_path(dir, "main.yaml");
	FILE *f = fopen(path, "w");

	ck_assert(real && f);
	fprintf(f,
		"store: {path: store}\n"
		"network:\n"
		"  limits:\n"
		"    - {id: sec, kind: section, import_max: %dW, sites: [east, west],\n"
		"       background: grid/load, background_assumed: %dW}\n"
		"  links:\n"
		"    - {id: to-east, from: west, to: east, rate: 1 Gbit/s, delay: 15min,\n"
		"       price: 0.01 CNY, energy: 1Wh}\n"
		"    - {id: to-west, from: east, to: west, rate: 1 Gbit/s, delay: 15min,\n"
		"       price: 0.01 CNY, energy: 1Wh}\n"
		"include:\n"
		"  - %s/config/sichuan/tariffs.d/sc-tou-2023.yaml\n"
		"  - west.yaml\n"
		"  - east.yaml\n",
		SECTION_W, BACKGROUND_W, real);
	fclose(f);
	write_site(real, dir, "west");
	write_site(real, dir, "east");
	free(real);
	return path;
}

/* ---- what must hold ---- */

struct checked {
	const struct disk *disk;
	struct plan *last; /* the plan before, if it is of the same run */
	struct arena arena;
	uint64_t n, runs, moves, over, binding;
};

/* Together within the section, unless the plans say by how much not. */
static void check_pair(struct checked *c, const struct plan *a, const struct plan *b)
{
	ck_assert_str_eq(a->site, "east");
	ck_assert_str_eq(b->site, "west");
	ck_assert_uint_eq(a->n, b->n);
	ck_assert_mem_eq(a->snapshot_hash, b->snapshot_hash, SHA256_LEN);
	ck_assert_int_eq(a->objective_e4, b->objective_e4);
	for (uint32_t i = 0; i < a->n; i++) {
		bool named = false;

		ck_assert_int_eq(a->start_ms[i], b->start_ms[i]);
		if (a->pcc_w[i] + b->pcc_w[i] + BACKGROUND_W <= SECTION_W + 2)
			continue;
		for (uint32_t k = 0; k < a->n_relaxations; k++)
			named |= strcmp(a->relaxations[k].limit, "section[sec]") == 0 &&
				 a->relaxations[k].start_ms <= a->start_ms[i] &&
				 a->start_ms[i] < a->relaxations[k].start_ms + 3 * MS_PER_H;
		ck_assert_msg(named, "plans %" PRIu64 " and %" PRIu64 " overload the section",
			      a->id, b->id);
		c->over++;
	}
	c->moves += a->n_moves + b->n_moves;
	for (uint32_t k = 0; k < a->n_bindings; k++)
		c->binding += strcmp(a->bindings[k].limit, "section[sec]") == 0;
}

static bool on_plan(void *arg, const struct ledger_op *op)
{
	struct checked *c = arg;
	const struct plan *p = op->plan;

	c->n++;
	if (c->last && c->last->region_id == p->region_id) {
		if (p->status == PLAN_OPTIMAL)
			check_pair(c, c->last, p);
		c->last = NULL;
		return true;
	}
	/* a run's first: nothing of the run before is missing, and it names itself */
	ck_assert_ptr_null(c->last);
	ck_assert_uint_eq(p->region_id, p->id);
	arena_reset(&c->arena);
	c->last = plan_clone(p, &c->arena);
	c->runs++;
	return true;
}

static void check_ledger(const struct run *r, struct checked *c)
{
	*c = (struct checked){.disk = &r->world.disk};
	arena_init(&c->arena, (size_t)16 << 20);
	ck_assert_int_eq(disk_scan(c->disk, LEDGER_PLAN, 1, on_plan, c), 0);
	ck_assert_ptr_null(c->last);
	ck_assert_uint_eq(c->n, 2 * c->runs);
	ck_assert_uint_eq(c->disk->ledger[LEDGER_SNAPSHOT].n, c->runs);
	arena_fini(&c->arena);
}

static int seeds(void)
{
	const char *s = getenv("SUANDIAN_SIM_SEEDS");
	int n = s && *s ? (int)strtol(s, NULL, 10) : 1;

	return n > 0 ? n : 1;
}

static void evening(struct run *r, int day)
{
	int64_t start = RUN_MONDAY + day * MS_PER_DAY + 21 * MS_PER_H;
	struct event ev;
	char name[32];
	uint64_t id;

	snprintf(name, sizeof(name), "day-%d", day);
	ev = run_event(name, start, start + 5 * SLOT_MS, 800000);
	snprintf(ev.site, sizeof(ev.site), day % 2 ? "east" : "west");
	ck_assert_int_eq(run_put_event(r, &ev, &id), 0);
	if (day % 3 == 1) {
		run_to(r, start + SLOT_MS);
		ck_assert_int_eq(run_cancel_event(r, name), 0);
	}
}

static void live(struct run *r, const struct run_settings *s, int days)
{
	run_init(r, s);
	for (int day = 0; day < days; day++) {
		int64_t midnight = RUN_MONDAY + day * MS_PER_DAY;

		run_to(r, midnight + 18 * MS_PER_H);
		evening(r, day);
		run_to(r, midnight + MS_PER_DAY);
	}
	run_settle(r);
}

START_TEST(a_week_of_faults_leaves_two_sites_one_plan)
{
	char *path = write_config();
	struct run_settings s = {.seed = (uint64_t)_i + 1,
				 .start_ms = RUN_MONDAY,
				 .step_ms = SLOT_MS,
				 .config = path,
				 .faults = input_faults,
				 .world = world_faults};
	struct checked c;
	struct watch w = {0};
	uint8_t chain[32];
	struct run r;

	live(&r, &s, DAYS);
	ck_assert_int_eq(r.n_plants, 2);
	watch_end(&w, &r, chain);
	ck_assert_msg(!w.why[0], "seed %d: %s", _i + 1, w.why);
	check_ledger(&r, &c);
	ck_assert_uint_gt(c.runs, 50);
	/* the section binds, and work moves, as planned and as ordered */
	ck_assert_uint_gt(c.binding, 0);
	ck_assert_uint_gt(c.moves, 0);
	ck_assert_uint_gt(r.moves, 0);
	ck_assert_uint_gt(r.restarts + r.refused, 0);
	run_fini(&r);
	free(path);
}
END_TEST

START_TEST(the_same_week_gives_the_same_chain)
{
	char *path = write_config();
	struct run_settings s = {.seed = 5,
				 .start_ms = RUN_MONDAY,
				 .step_ms = SLOT_MS,
				 .config = path,
				 .faults = input_faults,
				 .world = world_faults};
	struct watch w = {0};
	uint8_t one[32], two[32];
	struct run r;

	live(&r, &s, 1);
	watch_end(&w, &r, one);
	run_fini(&r);
	live(&r, &s, 1);
	watch_end(&w, &r, two);
	run_fini(&r);
	ck_assert_str_eq(w.why, "");
	ck_assert_mem_eq(one, two, 32);
	free(path);
}
END_TEST

/* ---- every plan of a day once more ---- */

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

START_TEST(every_plan_of_a_day_is_solved_again_to_the_same_bytes)
{
	char *path = write_config();
	struct run_settings s = {
		.seed = 9, .start_ms = RUN_MONDAY, .step_ms = SLOT_MS, .config = path};
	struct checked c;
	struct run r;

	live(&r, &s, 1);
	check_ledger(&r, &c);
	ck_assert_uint_gt(c.n, 20);
	for (uint64_t id = 1; id <= c.n; id++) {
		struct answer a = {.w = {on_answer}};
		struct plan_replay re;
		struct fault f = {0};

		ck_assert_msg(engine_replay(r.engine, id, &re, &a.w, &f) == 0, "%s", f.text);
		run_settle(&r);
		ck_assert(a.done && a.rc == 0);
		ck_assert_msg(re.same, "plan %" PRIu64 " of %s: %s", id, re.site, re.what);
		ck_assert_str_eq(re.site, id % 2 ? "east" : "west");
	}
	run_fini(&r);
	free(path);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sim_region");
	TCase *t = tcase_create("region");

	log_set_level(LOG_ERROR);
	tcase_set_timeout(t, 240);
	tcase_add_loop_test(t, a_week_of_faults_leaves_two_sites_one_plan, 0, seeds());
	tcase_add_test(t, the_same_week_gives_the_same_chain);
	tcase_add_test(t, every_plan_of_a_day_is_solved_again_to_the_same_bytes);
	suite_add_tcase(s, t);
	return run_suite(s);
}
