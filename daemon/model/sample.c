#include "model/sample.h"

#include <math.h>

/* −1: a is smaller, 1: b is, 0: equal. */
static int compare_u64(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_age(const struct sample_claim *a, const struct sample_claim *b)
{
	int r = compare_u64(a->epoch, b->epoch);

	return r ? r : compare_u64(a->seq, b->seq);
}

static bool value_is_less(double a, double b)
{
	return a < b || (a == b && signbit(a) && !signbit(b));
}

/* A strict total order over all fields: whatever the order of arrival, the same claim is left. */
bool sample_replaces(const struct sample_claim *a, const struct sample_claim *b)
{
	int age;

	if (a->quality != b->quality)
		return b->quality < a->quality;
	if (a->rank != b->rank)
		return b->rank < a->rank;
	if (a->correction != b->correction)
		return b->correction;
	age = compare_age(a, b);
	if (age)
		return b->correction ? age < 0 : age > 0;
	/* two sources of one rank that happen to agree in epoch and number */
	return value_is_less(b->value, a->value);
}
