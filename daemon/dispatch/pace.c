#include "dispatch/pace.h"

struct corner {
	int64_t x, y;
};

static struct corner corner_at(const struct queue *q, int i)
{
	if (i < 0)
		return (struct corner){0, 0};
	if (i >= q->n_segments)
		return (struct corner){PPM, PPM};
	return (struct corner){q->segment_power_ppm[i], q->segment_work_ppm[i]};
}

int64_t pace_work_ppm(const struct queue *q, int64_t power_ppm)
{
	int64_t x = clamp_i64(power_ppm, 0, PPM);

	for (int i = 0; i < q->n_segments; i++) {
		struct corner a = corner_at(q, i - 1), b = corner_at(q, i);

		if (x <= b.x && b.x > a.x)
			return a.y + (b.y - a.y) * (x - a.x) / (b.x - a.x);
	}
	return x;
}

int64_t pace_power_ppm(const struct queue *q, int64_t work_ppm)
{
	int64_t y = clamp_i64(work_ppm, 0, PPM);

	for (int i = 0; i < q->n_segments; i++) {
		struct corner a = corner_at(q, i - 1), b = corner_at(q, i);

		/* rounded up: the throughput is kept */
		if (y <= b.y && b.y > a.y)
			return a.x + ((b.x - a.x) * (y - a.y) + (b.y - a.y) - 1) / (b.y - a.y);
	}
	return y;
}

int64_t pace_floor_ppm(enum flex_tier tier)
{
	static const int64_t floors[] = {
		[FLEX_F0] = PPM,
		[FLEX_F1] = 900000,
		[FLEX_F2] = 750000,
		[FLEX_F3] = 500000,
	};

	return (unsigned)tier < ARRAY_SIZE(floors) ? floors[tier] : PPM;
}

int64_t pace_full_w(const struct queue *q, const struct compute_job *j)
{
	return j->devices * q->device_power_w;
}

int64_t pace_least_w(const struct queue *q, const struct compute_job *j)
{
	int64_t full = pace_full_w(q, j), slow, fewer;

	if (j->tier == FLEX_F0)
		return full;
	slow = (full * pace_power_ppm(q, pace_floor_ppm(j->tier)) + PPM - 1) / PPM;
	fewer = j->min_devices * q->device_power_w;
	return min_i64(min_i64(slow, fewer), full);
}

bool pace_is_urgent(int64_t left_ds, int64_t devices, int64_t deadline_ms, int64_t now_ms)
{
	return deadline_ms - now_ms - left_ds * MS_PER_S / devices <= PACE_LEAD_MS;
}
