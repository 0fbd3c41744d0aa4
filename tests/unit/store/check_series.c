/* The store's samples against a model: whatever is late, doubled, corrected, sealed or replayed, what is read is what
 * sample_replaces() leaves of all that was appended. */
#include "store/store.h"

#include "model/sample.h"
#include "testlib/rng.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"
#include "drive.h"

#define POINTS 6
#define TIMES 120
#define STEP (7 * MS_PER_MIN)

/* Points in two groups. */
static const uint32_t points[POINTS] = {1, 2, 255, 256, 300, 511};

struct slot {
	bool is_set;
	struct sample_claim claim;
};

static struct slot model[POINTS][TIMES];
static struct drive d;
static struct drive_samples got;
static uint64_t seqs[2];

static uint32_t rank_of(void *arg, const char *source, uint32_t point)
{
	(void)arg;
	return source[0] == 'b' ? point % 2 : 0;
}

static void model_claim(unsigned p, unsigned t, const struct sample_claim *claim)
{
	struct slot *s = &model[p][t];

	if (!s->is_set || sample_replaces(&s->claim, claim))
		*s = (struct slot){true, *claim};
}

/* A batch of one of two sources, mostly about now, sometimes late. */
static void append_random(struct rng *r, unsigned now)
{
	unsigned source = (unsigned)rng_below(r, 2);
	uint32_t n = (uint32_t)rng_below(r, 12), point[12];
	int64_t t[12];
	double value[12];
	uint8_t quality[12];
	struct sample_batch b = {.epoch = 1 + now / 50,
				 .seq = ++seqs[source],
				 .correction = rng_below(r, 4) == 0,
				 .n = n,
				 .point = point,
				 .t_ms = t,
				 .value = value,
				 .quality = quality};

	strncpy(b.source, source ? "b" : "a", sizeof(b.source) - 1);
	for (uint32_t i = 0; i < n; i++) {
		unsigned p = (unsigned)rng_below(r, POINTS);
		unsigned at = rng_below(r, 4) ? now : (unsigned)rng_below(r, now + 1);

		point[i] = points[p];
		t[i] = (int64_t)at * STEP;
		value[i] = (double)rng_below(r, 1000) / 10;
		quality[i] = rng_below(r, 5) ? QUALITY_OK : QUALITY_ESTIMATED;
		model_claim(p, at,
			    &(struct sample_claim){.value = value[i],
						   .quality = (enum quality)quality[i],
						   .rank = rank_of(NULL, b.source, point[i]),
						   .correction = b.correction,
						   .epoch = b.epoch,
						   .seq = b.seq});
	}
	int rc;
	while ((rc = drive_append(&d, &b)) == ERR_FULL)
		(void)loop_step(d.loop, true);
	ck_assert_int_eq(rc, 0);
}

static void check_range(unsigned p, unsigned from, unsigned to)
{
	size_t k = 0;

	drive_range(&d, points[p], (int64_t)from * STEP, (int64_t)to * STEP, &got);
	for (unsigned t = from; t < to; t++) {
		const struct slot *s = &model[p][t];

		if (!s->is_set)
			continue;
		ck_assert_uint_lt(k, got.n);
		ck_assert_int_eq(got.at[k].t_ms, (int64_t)t * STEP);
		ck_assert(got.at[k].value == s->claim.value);
		ck_assert_int_eq(got.at[k].quality, s->claim.quality);
		k++;
	}
	ck_assert_uint_eq(k, got.n);
}

static void check_all(struct rng *r)
{
	for (unsigned p = 0; p < POINTS; p++) {
		unsigned from = (unsigned)rng_below(r, TIMES);

		check_range(p, 0, TIMES);
		check_range(p, from, from + (unsigned)rng_below(r, TIMES + 1 - from));
	}
}

static void run(uint64_t seed)
{
	struct store_settings settings = {.path = drive_path(tmpdir_new(), "store")};
	struct rng r;

	rng_init(&r, seed);
	memset(model, 0, sizeof(model));
	memset(seqs, 0, sizeof(seqs));
	settings.seal_samples = 1 + (uint32_t)rng_below(&r, 60);
	settings.seal_age_ms = rng_below(&r, 2) ? 100 * STEP : 10 * STEP;
	drive_open(&d, &settings);
	store_set_rank(d.store, rank_of, NULL);
	for (unsigned now = 0; now < TIMES; now++) {
		for (uint64_t k = rng_below(&r, 5); k > 0; k--)
			append_random(&r, now);
		if (rng_below(&r, 2))
			(void)loop_step(d.loop, false);
		if (rng_below(&r, 8) == 0)
			drive_settle(&d);
		if (rng_below(&r, 15) == 0)
			check_all(&r);
		if (rng_below(&r, 25) == 0) {
			drive_close(&d);
			ck_assert_uint_eq(d.failed, 0);
			drive_open(&d, &settings);
			store_set_rank(d.store, rank_of, NULL);
			check_all(&r);
		}
	}
	check_all(&r);
	drive_close(&d);
}

START_TEST(reads_agree_with_the_model)
{
	uint64_t first = rng_seed(1);

	for (uint64_t seed = first; seed < first + 8; seed++)
		run(seed);
}
END_TEST

static size_t count_of(const struct drive_samples *s, uint32_t point)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += s->point[i] == point;
	return n;
}

START_TEST(recent_agrees_with_range)
{
	static struct drive_samples all;
	struct store_settings settings = {.path = drive_path(tmpdir_new(), "store"),
					  .seal_samples = 40};
	struct rng r;

	rng_init(&r, rng_seed(77));
	drive_open(&d, &settings);
	for (unsigned now = 0; now < TIMES; now++)
		append_random(&r, now);
	drive_settle(&d);
	for (int64_t since = 0; since < TIMES * STEP; since += 13 * STEP) {
		all.n = 0;
		all.max = SIZE_MAX;
		ck_assert_int_eq(store_recent(d.store, since, drive_take_point, &all), 0);
		for (unsigned p = 0; p < POINTS; p++) {
			drive_range(&d, points[p], since, INT64_MAX, &got);
			ck_assert_uint_eq(got.n, count_of(&all, points[p]));
		}
	}
	drive_close(&d);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("series");
	TCase *tc = tcase_create("series");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, reads_agree_with_the_model);
	tcase_add_test(tc, recent_agrees_with_range);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
