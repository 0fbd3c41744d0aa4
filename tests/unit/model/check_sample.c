#include "model/sample.h"

#include <check.h>
#include <math.h>
#include <string.h>

#include "testlib/rng.h"
#include "testlib/run.h"

static const struct sample_claim base = {
	.value = 5, .quality = QUALITY_ESTIMATED, .rank = 3, .epoch = 10, .seq = 10};

/* b, unlike a, stands; and not the other way round. */
static void wins(struct sample_claim b, struct sample_claim a)
{
	ck_assert(sample_replaces(&a, &b));
	ck_assert(!sample_replaces(&b, &a));
}

START_TEST(better_quality_wins_whatever_else)
{
	struct sample_claim b = base;

	b.quality = QUALITY_OK;
	b.rank = 99;
	b.seq = 99;
	wins(b, base);
	wins(base, (struct sample_claim){.value = 1, .quality = QUALITY_BAD, .correction = true});
}
END_TEST

START_TEST(then_the_better_source)
{
	struct sample_claim b = base;

	b.rank = 2;
	b.seq = 99;
	wins(b, base);
	struct sample_claim a = base;
	a.correction = true;
	wins(b, a);
}
END_TEST

START_TEST(then_the_correction_and_of_two_the_later)
{
	struct sample_claim b = base, c = base;

	b.correction = c.correction = true;
	b.epoch = 1;
	wins(b, base);
	c.epoch = 2;
	c.seq = 1;
	wins(c, b);
	b = c;
	b.seq = 2;
	wins(b, c);
}
END_TEST

START_TEST(of_two_first_values_the_earlier_stands)
{
	struct sample_claim b = base;

	b.seq = 9;
	wins(b, base);
	b = base;
	b.epoch = 9;
	b.seq = 99;
	wins(b, base);
}
END_TEST

START_TEST(at_last_the_smaller_value_and_never_itself)
{
	struct sample_claim b = base, zero = base, negative = base;

	b.value = 4;
	wins(b, base);
	ck_assert(!sample_replaces(&base, &base));
	/* the same bytes, whichever came first */
	zero.value = 0.0;
	negative.value = -0.0;
	wins(negative, zero);
}
END_TEST

static struct sample_claim random_claim(struct rng *r)
{
	static const double values[] = {-1, -0.0, 0.0, 1};

	return (struct sample_claim){
		.value = values[rng_below(r, 4)],
		.quality = rng_below(r, 2) ? QUALITY_OK : QUALITY_BAD,
		.rank = (uint32_t)rng_below(r, 2),
		.correction = rng_below(r, 2),
		.epoch = rng_below(r, 2),
		.seq = rng_below(r, 2),
	};
}

static bool same(const struct sample_claim *a, const struct sample_claim *b)
{
	return a->value == b->value && signbit(a->value) == signbit(b->value) &&
	       a->quality == b->quality && a->rank == b->rank && a->correction == b->correction &&
	       a->epoch == b->epoch && a->seq == b->seq;
}

START_TEST(it_is_a_strict_total_order)
{
	struct rng r;

	rng_init(&r, rng_seed(0x707a1));
	for (int i = 0; i < 50000; i++) {
		struct sample_claim a = random_claim(&r), b = random_claim(&r),
				    c = random_claim(&r);
		bool ab = sample_replaces(&a, &b), ba = sample_replaces(&b, &a);

		ck_assert_int_eq(same(&a, &b), !ab && !ba);
		ck_assert(!(ab && ba));
		if (ab && sample_replaces(&b, &c))
			ck_assert(sample_replaces(&a, &c));
	}
}
END_TEST

START_TEST(the_order_of_arrival_never_matters)
{
	struct rng r;

	rng_init(&r, rng_seed(0xa11));
	for (int i = 0; i < 20000; i++) {
		struct sample_claim claims[6], first = {0};

		for (size_t k = 0; k < 6; k++)
			claims[k] = random_claim(&r);
		for (int shuffle = 0; shuffle < 4; shuffle++) {
			struct sample_claim stands = claims[0];
			for (size_t k = 1; k < 6; k++)
				if (sample_replaces(&stands, &claims[k]))
					stands = claims[k];
			if (shuffle == 0)
				first = stands;
			ck_assert(same(&first, &stands));
			for (size_t k = 5; k > 0; k--) {
				size_t j = rng_below(&r, k + 1);
				struct sample_claim swap = claims[k];
				claims[k] = claims[j];
				claims[j] = swap;
			}
		}
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sample");
	TCase *t = tcase_create("sample");

	tcase_add_test(t, better_quality_wins_whatever_else);
	tcase_add_test(t, then_the_better_source);
	tcase_add_test(t, then_the_correction_and_of_two_the_later);
	tcase_add_test(t, of_two_first_values_the_earlier_stands);
	tcase_add_test(t, at_last_the_smaller_value_and_never_itself);
	tcase_add_test(t, it_is_a_strict_total_order);
	tcase_add_test(t, the_order_of_arrival_never_matters);
	suite_add_tcase(s, t);
	return run_suite(s);
}
