#include "model/event.h"

#include <string.h>

#include "base/err.h"
#include "base/sha256.h"
#include "base/slot.h"

#define DROPS (SM_BIT(EVENT_CANCELLED) | SM_BIT(EVENT_SUPERSEDED))

static const struct sm_state states[] = {
	[EVENT_NONE] = {"none", SM_BIT(EVENT_ISSUED), false},
	[EVENT_ISSUED] = {"issued", SM_BIT(EVENT_ACCEPTED) | SM_BIT(EVENT_REJECTED) | DROPS, false},
	[EVENT_ACCEPTED] = {"accepted", SM_BIT(EVENT_ARMED) | DROPS, false},
	[EVENT_REJECTED] = {"rejected", 0, true},
	[EVENT_ARMED] = {"armed", SM_BIT(EVENT_ACTIVE) | DROPS, false},
	[EVENT_ACTIVE] = {"active", SM_BIT(EVENT_COMPLETED) | DROPS, false},
	[EVENT_COMPLETED] = {"completed", 0, true},
	[EVENT_CANCELLED] = {"cancelled", 0, true},
	[EVENT_SUPERSEDED] = {"superseded", 0, true},
};

static bool is_consistent(const void *obj, int state)
{
	const struct event *e = obj;

	if (!e || state == EVENT_NONE || state == EVENT_ISSUED || state == EVENT_REJECTED)
		return true;
	return e->start_ms < e->end_ms && e->ramp_ms >= 0 && e->n_slots >= 0 &&
	       e->n_slots <= EVENT_MAX_SLOTS && (e->target != TARGET_REDUCTION || e->target_w >= 0);
}

const struct sm_class event_sm = {
	.name = "event",
	.states = states,
	.n_states = ARRAY_SIZE(states),
	.invariant = is_consistent,
};

bool event_is_live(const struct event *e)
{
	return e->phase == EVENT_ACCEPTED || e->phase == EVENT_ARMED || e->phase == EVENT_ACTIVE;
}

const char *event_phase_name(int phase)
{
	return sm_name(&event_sm, phase);
}

/* The trapezoid's area in W·ms from its foot to t, for an event that ends at end_ms. */
static __int128 area_until(const struct event *e, int64_t end_ms, int64_t t)
{
	int64_t foot = e->start_ms - e->ramp_ms;
	__int128 up;

	t = min_i64(t, end_ms);
	if (t <= foot)
		return 0;
	if (t < e->start_ms)
		return (__int128)e->target_w * (t - foot) * (t - foot) / (2 * e->ramp_ms);
	up = (__int128)e->target_w * e->ramp_ms / 2;
	return up + (__int128)e->target_w * (t - e->start_ms);
}

/* Far beyond any calendar, and far from where sums of times overflow. */
#define TIME_MAX_MS (INT64_MAX / 4)

/* Rounding the running area, not each slot, keeps the sum of the slots at the trapezoid's area. */
static int64_t rounded_slots(__int128 area)
{
	return (int64_t)((area + SLOT_MS / 2) / SLOT_MS);
}

int event_make_slots(struct event *e, int64_t until_ms)
{
	int64_t end_ms = e->end_ms == EVENT_OPEN_END ? until_ms : e->end_ms;
	int64_t first, n;

	if (e->ramp_ms < 0 || end_ms <= e->start_ms)
		return ERR_INVALID;
	if (e->target == TARGET_REDUCTION && e->target_w < 0)
		return ERR_INVALID;
	if (e->start_ms < -TIME_MAX_MS || end_ms > TIME_MAX_MS)
		return ERR_INVALID;
	if (e->ramp_ms > EVENT_MAX_SLOTS * SLOT_MS)
		return ERR_FULL;
	first = slot_floor(e->start_ms - e->ramp_ms);
	n = (slot_ceil(end_ms) - first) / SLOT_MS;
	if (n > EVENT_MAX_SLOTS)
		return ERR_FULL;
	memset(e->slots, 0, sizeof(e->slots));
	for (int64_t i = 0; i < n; i++) {
		struct event_slot *s = &e->slots[i];

		s->start_ms = first + i * SLOT_MS;
		s->quality = QUALITY_MISSING;
		s->ramp = s->start_ms < e->start_ms;
		if (e->target != TARGET_REDUCTION)
			continue;
		s->target_w = rounded_slots(area_until(e, end_ms, s->start_ms + SLOT_MS)) -
			      rounded_slots(area_until(e, end_ms, s->start_ms));
	}
	e->n_slots = (int)n;
	return 0;
}

static void put_be64(uint8_t *p, int64_t x)
{
	uint64_t u = (uint64_t)x;

	for (int i = 7; i >= 0; i--) {
		p[i] = (uint8_t)u;
		u >>= 8;
	}
}

void event_hash_baseline(struct event *e)
{
	uint8_t bytes[EVENT_MAX_SLOTS * 16];
	uint8_t hash[SHA256_LEN];

	for (int i = 0; i < e->n_slots; i++) {
		put_be64(bytes + (size_t)i * 16, e->slots[i].start_ms);
		put_be64(bytes + (size_t)i * 16 + 8, e->slots[i].baseline_w);
	}
	sha256(bytes, (size_t)e->n_slots * 16, hash);
	sha256_hex(hash, e->baseline_hash);
}
