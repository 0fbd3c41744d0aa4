/* One queue of deferrable computing work: what arrived and when it is due. Work is in device-milliseconds (one
 * reference device at full speed for 1 ms), integers. The earliest due runs first. Owner's thread. */
#pragma once

#include "sim/plant.h"

struct queue_lot {
	int64_t due_ms, left_dms;
};

struct queue_state {
	struct queue_lot *lot; /* ascending due; malloc'ed */
	size_t n, size;
	int64_t arrived_dms, done_dms, backlog_dms; /* arrived = done + backlog */
	int64_t late_dms;			    /* work that was not done when it was due */
	__int128 late_dms_ms;	 /* Σ overdue work × time: how much, for how long */
	int64_t late_counted_ms; /* lots due by then are in late_dms */
};

void queue_init(struct queue_state *q);
void queue_fini(struct queue_state *q);
/* A deep copy. 0 or -ENOMEM. */
int queue_copy(const struct queue_state *q, struct queue_state *ret);

/* Work that is due at due_ms. 0 or -ENOMEM. */
int queue_add(struct queue_state *q, int64_t due_ms, int64_t work_dms);

/* How much work the queue would do in dt_ms under a cap of cap_w IT watts and with room_w IT watts left in the house:
 * in device-milliseconds. */
int64_t queue_able_dms(const struct queue_state *q, const struct plant_queue *spec, int64_t cap_w,
		       int64_t room_w, int64_t dt_ms);
/* Does that much (≤ backlog) over [now, now + dt) and counts what is late at its end. */
void queue_run(struct queue_state *q, int64_t work_dms, int64_t now_ms, int64_t dt_ms);

/* Backlog that is due at or before t_ms. */
int64_t queue_due_by_dms(const struct queue_state *q, int64_t t_ms);

/* Mean IT watts of work_dms done within dt_ms, to the nearest watt. */
static inline int64_t queue_power_w(const struct plant_queue *spec, int64_t work_dms, int64_t dt_ms)
{
	return (int64_t)(((__int128)work_dms * spec->device_power_w + dt_ms / 2) / dt_ms);
}
