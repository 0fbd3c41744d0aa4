#include "forecast/frozen.h"

#include <math.h>

/* Of steps outside stand-stills so many change in a point that measures something … */
#define CHANGES_MIN_PERMILLE 500
/* … and it does not stand still more often than this. */
#define RUN_EVERY_SLOTS (3 * SLOTS_PER_DAY)

int frozen_slots(int64_t period_ms)
{
	int64_t ms = max_i64(FROZEN_MIN_MS, FROZEN_PERIODS * period_ms);

	return (int)((ms + SLOT_MS - 1) / SLOT_MS);
}

static bool same(float a, float b)
{
	return !(a < b) && !(a > b) && !isnan(a) && !isnan(b);
}

/* The end of the run of equal values that begins at i. */
static int run_end(const float *mean, int n, int i)
{
	int k = i + 1;

	while (k < n && same(mean[k], mean[i]))
		k++;
	return k;
}

static bool is_run(const float *mean, int from, int to, int least)
{
	return to - from >= least && (mean[from] < 0.0F || mean[from] > 0.0F);
}

static bool has_run(const float *mean, int n, int least)
{
	int length = 1;

	for (int i = 1; i < n; i++) {
		length = same(mean[i], mean[i - 1]) ? length + 1 : 1;
		if (length >= least && is_run(mean, i - least + 1, i + 1, least))
			return true;
	}
	return false;
}

/* Is it a point whose values change, so that equal ones mean something? */
static bool is_changing(const float *mean, int n, int64_t period_ms)
{
	int least = frozen_slots(period_ms);
	int stride = (int)max_i64(1, period_ms / SLOT_MS);
	int runs = 0, steps = 0, changes = 0;

	for (int i = 0, end; i < n; i = end) {
		end = run_end(mean, n, i);
		if (isnan(mean[i]))
			continue;
		if (is_run(mean, i, end, least)) {
			runs++;
			continue;
		}
		if (!(mean[i] < 0.0F) && !(mean[i] > 0.0F))
			continue;
		steps += (end - i + stride - 1) / stride;
		changes++;
	}
	return steps > 0 && changes * 1000 >= steps * CHANGES_MIN_PERMILLE &&
	       runs <= 1 + n / RUN_EVERY_SLOTS;
}

int frozen_mask(float *mean, int n, int64_t period_ms)
{
	int least = frozen_slots(period_ms), masked = 0;

	/* most have none, and then nothing else need be asked */
	if (!has_run(mean, n, least) || !is_changing(mean, n, period_ms))
		return 0;
	for (int i = 0, end; i < n; i = end) {
		end = run_end(mean, n, i);
		if (!is_run(mean, i, end, least))
			continue;
		masked += end - i;
		for (int k = i; k < end; k++)
			mean[k] = NAN;
	}
	return masked;
}

int frozen_tail(const float *mean, int n, int64_t period_ms)
{
	int from = n - 1;

	while (from > 0 && same(mean[from - 1], mean[n - 1]))
		from--;
	if (n == 0 || !is_run(mean, from, n, frozen_slots(period_ms)) ||
	    !is_changing(mean, n, period_ms))
		return 0;
	return n - from;
}
