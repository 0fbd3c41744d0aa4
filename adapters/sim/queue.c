#include "sim/queue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/require.h"

void queue_init(struct queue_state *q)
{
	*q = (struct queue_state){.late_counted_ms = INT64_MIN};
}

void queue_fini(struct queue_state *q)
{
	free(q->lot);
	queue_init(q);
}

int queue_copy(const struct queue_state *q, struct queue_state *ret)
{
	struct queue_lot *lot = malloc((q->n + 1) * sizeof(*lot));

	if (!lot)
		return -ENOMEM;
	if (q->n)
		memcpy(lot, q->lot, q->n * sizeof(*lot));
	*ret = *q;
	ret->lot = lot;
	ret->size = q->n + 1;
	return 0;
}

static int grow(struct queue_state *q)
{
	size_t size = q->size ? 2 * q->size : 64;
	struct queue_lot *lot = reallocarray(q->lot, size, sizeof(*lot));

	if (!lot)
		return -ENOMEM;
	q->lot = lot;
	q->size = size;
	return 0;
}

int queue_add(struct queue_state *q, int64_t due_ms, int64_t work_dms)
{
	size_t i = q->n;

	REQUIRE(work_dms >= 0);
	if (work_dms == 0)
		return 0;
	while (i > 0 && q->lot[i - 1].due_ms > due_ms)
		i--;
	if (i > 0 && q->lot[i - 1].due_ms == due_ms) {
		q->lot[i - 1].left_dms += work_dms;
	} else {
		if (q->n == q->size && grow(q) < 0)
			return -ENOMEM;
		memmove(q->lot + i + 1, q->lot + i, (q->n - i) * sizeof(*q->lot));
		q->lot[i] = (struct queue_lot){.due_ms = due_ms, .left_dms = work_dms};
		q->n++;
	}
	q->arrived_dms += work_dms;
	q->backlog_dms += work_dms;
	return 0;
}

int64_t queue_able_dms(const struct queue_state *q, const struct plant_queue *spec, int64_t cap_w,
		       int64_t room_w, int64_t dt_ms)
{
	int64_t w = max_i64(cap_w, spec->power_min_w);

	w = max_i64(min_i64(w, room_w), 0);
	w = min_i64(w, spec->devices * spec->device_power_w);
	return min_i64((int64_t)((__int128)w * dt_ms / spec->device_power_w), q->backlog_dms);
}

static void count_late(struct queue_state *q, int64_t from_ms, int64_t to_ms)
{
	for (size_t i = 0; i < q->n && q->lot[i].due_ms <= to_ms; i++) {
		const struct queue_lot *l = &q->lot[i];

		if (l->due_ms > q->late_counted_ms)
			q->late_dms += l->left_dms;
		q->late_dms_ms += (__int128)l->left_dms * (to_ms - max_i64(l->due_ms, from_ms));
	}
	q->late_counted_ms = max_i64(q->late_counted_ms, to_ms);
}

void queue_run(struct queue_state *q, int64_t work_dms, int64_t now_ms, int64_t dt_ms)
{
	size_t gone = 0;

	REQUIRE(work_dms >= 0 && work_dms <= q->backlog_dms);
	q->done_dms += work_dms;
	q->backlog_dms -= work_dms;
	for (; gone < q->n && q->lot[gone].left_dms <= work_dms; gone++)
		work_dms -= q->lot[gone].left_dms;
	if (gone < q->n)
		q->lot[gone].left_dms -= work_dms;
	q->n -= gone;
	if (q->n)
		memmove(q->lot, q->lot + gone, q->n * sizeof(*q->lot));
	count_late(q, now_ms, now_ms + dt_ms);
}

int64_t queue_due_by_dms(const struct queue_state *q, int64_t t_ms)
{
	int64_t sum = 0;

	for (size_t i = 0; i < q->n && q->lot[i].due_ms <= t_ms; i++)
		sum += q->lot[i].left_dms;
	return sum;
}
