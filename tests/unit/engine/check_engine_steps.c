/* A day on a wall clock that somebody sets forward and back: engine time never returns, no slot is planned or recorded
 * twice, every promise ends, and whoever dies in the middle of it comes back no earlier. */
#include <check.h>
#include <string.h>

#include "rig.h"
#include "testlib/run.h"

#define T0 (RUN_MONDAY + 6 * MS_PER_H)
#define ROUNDS 400

static struct rig g;
static uint32_t soc;

struct seen {
	int64_t last_ms;
	size_t n;
	const char *why;
};

/* Slots on record ascend. */
static bool on_dispatch(void *arg, const struct ledger_op *op)
{
	struct seen *s = arg;

	if (s->n > 0 && op->dispatch->slot_ms <= s->last_ms)
		s->why = "a slot is on record twice";
	s->last_ms = op->dispatch->slot_ms;
	s->n++;
	return true;
}

/* Of all decisions about the battery at most one is in force, and none that is over. */
static bool on_decision(void *arg, const struct ledger_op *op)
{
	struct seen *s = arg;
	const struct decision *d = op->decision;
	bool lives = d->state == DECISION_ISSUED || d->state == DECISION_ACCEPTED ||
		     d->state == DECISION_APPLIED || d->state == DECISION_VERIFIED;

	if (strcmp(d->asset, "hongyuan/bess") != 0 || !lives)
		return true;
	s->n++;
	if (s->n > 1)
		s->why = "two decisions are in force";
	/* a renewal is on record at the next change only: the term as it was made */
	if (d->issued_ms > engine_now(g.engine))
		s->why = "a decision of the future";
	return true;
}

static bool is_held(void)
{
	struct health h;
	bool held = false;

	engine_health(g.engine, &h);
	for (uint32_t i = 0; i < h.n; i++)
		held |= strcmp(h.reasons[i].code, "clock_held") == 0;
	return held;
}

/* A second is nothing. */
static void check_held(int64_t behind_ms)
{
	if (behind_ms > MS_PER_S)
		ck_assert(is_held());
	if (behind_ms == 0)
		ck_assert(!is_held());
}

/* What the adapter was last told about the battery has an end that is near. */
static void check_terms(int64_t now)
{
	int64_t most = now + 2 * SLOT_MS + 15 * MS_PER_MIN;

	for (size_t i = 0; i < g.n_sent; i++) {
		ck_assert_int_le(g.sent[i].valid_until_ms, most);
		ck_assert_int_gt(g.sent[i].valid_until_ms, g.sent[i].valid_from_ms);
	}
	g.n_sent = 0;
}

static void check_record(struct seen *s)
{
	*s = (struct seen){0};
	ck_assert_int_eq(disk_scan(&g.world.disk, LEDGER_DISPATCH, 0, on_dispatch, s), 0);
	ck_assert_msg(!s->why, "%s", s->why);
}

static void check_force(void)
{
	struct seen s = {0};

	ck_assert_int_eq(disk_scan(&g.world.disk, LEDGER_DECISION, 1, on_decision, &s), 0);
	ck_assert_msg(!s.why, "%s", s.why);
}

static void follow(int64_t step_ms, bool told)
{
	g.world.wall_ms += step_ms;
	if (told)
		engine_clock_stepped(g.engine, step_ms);
	else
		engine_tick(g.engine);
	rig_settle(&g);
}

static void measure(uint64_t *seq)
{
	int64_t now = engine_now(g.engine);
	uint64_t n = ++*seq;

	ck_assert_int_eq(rig_push(&g, n, soc, now, 40 + (double)(n % 20)), PUSH_TAKEN);
	rig_settle(&g);
}

static void subscribe(void)
{
	ck_assert_int_eq(engine_subscribe(g.engine, 5, NULL, 0, 0, NULL), 0);
	rig_settle(&g);
}

static int64_t any_step(struct rng *r)
{
	switch (rng_below(r, 10)) {
	case 0: /* somebody sets it */
		return rng_range(r, -90 * MS_PER_MIN, 90 * MS_PER_MIN);
	case 1: /* ntp */
		return rng_range(r, -2000, 2000);
	default:
		return rng_range(r, 1000, 5 * MS_PER_MIN);
	}
}

START_TEST(whoever_sets_the_clock_time_goes_on_and_nothing_twice)
{
	uint64_t seq = 0, solves = 0, slots = 0;
	int64_t slot = 0;
	struct seen s;
	struct rng r;

	rng_init(&r, rng_seed(0xc10c + (uint64_t)_i));
	rig_init(&g, false, T0);
	soc = rig_declare(&g, "s", "hongyuan/bess.soc", UNIT_PERCENT, MS_PER_MIN);
	subscribe();
	for (int i = 0; i < ROUNDS; i++) {
		int64_t before = engine_now(g.engine), step = any_step(&r);

		if (rng_below(&r, 60) == 0) {
			rig_crash(&g);
			subscribe();
			/* not behind what is on record; what it only said is forgotten with it */
			check_force();
			before = engine_now(g.engine);
			solves = g.world.solves;
		}
		follow(step, step < -MS_PER_MIN || step > 10 * MS_PER_MIN || rng_below(&r, 2));
		ck_assert_int_eq(engine_now(g.engine), max_i64(before, g.world.wall_ms));
		check_held(engine_now(g.engine) - g.world.wall_ms);
		measure(&seq);
		/* one plan for a slot that was reached, however */
		if (slot_floor(engine_now(g.engine)) > slot)
			slots++;
		slot = slot_floor(engine_now(g.engine));
		ck_assert_uint_le(g.world.solves - solves, slots + 1);
		check_terms(engine_now(g.engine));
		if (i % 20 == 0)
			check_force();
	}
	check_record(&s);
	ck_assert_uint_gt(s.n, 20);
	ck_assert_uint_le(s.n, slots + 1);
	rig_fini(&g);
}
END_TEST

/* Two hours are slept through: what was promised for them has lapsed, the plan is of now, and the past is not filled. */
START_TEST(a_step_forward_ends_what_it_passes)
{
	struct seen s;
	size_t before;

	rig_init(&g, false, T0);
	soc = rig_declare(&g, "s", "hongyuan/bess.soc", UNIT_PERCENT, MS_PER_MIN);
	ck_assert_int_eq(rig_push(&g, 1, soc, T0, 50), PUSH_TAKEN);
	subscribe();
	follow(SLOT_MS, false);
	check_record(&s);
	before = s.n;
	ck_assert_uint_gt(g.n_sent, 0);
	g.n_sent = 0;
	follow(2 * MS_PER_H, true);
	check_record(&s);
	ck_assert_uint_eq(s.n, before + 1);
	ck_assert_int_eq(s.last_ms, T0 + SLOT_MS + 2 * MS_PER_H);
	for (size_t i = 0; i < g.n_sent; i++) {
		const struct decision *d = engine_decision(g.engine, g.sent[i].id);

		ck_assert_ptr_nonnull(d);
		ck_assert(d->valid_until_ms > engine_now(g.engine) || d->state == DECISION_EXPIRED);
	}
	check_force();
	rig_fini(&g);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("engine_steps");
	TCase *t = tcase_create("steps");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, whoever_sets_the_clock_time_goes_on_and_nothing_twice, 0, 6);
	tcase_add_test(t, a_step_forward_ends_what_it_passes);
	suite_add_tcase(s, t);
	return run_suite(s);
}
