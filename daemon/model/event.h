/* A demand-response event and its life. Pure.
 *
 *   ISSUED ──► ACCEPTED ──► ARMED ──► ACTIVE ──► COMPLETED
 *     │            │          │          │
 *     ▼            └──────────┴──────────┴──► CANCELLED | SUPERSEDED
 *   REJECTED
 *
 * ARMED when the ramp begins (or the start, without ramp); ACTIVE at the start; COMPLETED at the end. */
#pragma once

#include "base/sm.h"
#include "model/units.h"

/* Same numbers as on the wire (suandian.v1.EventPhase). */
enum event_phase {
	EVENT_NONE,
	EVENT_ISSUED,
	EVENT_ACCEPTED,
	EVENT_REJECTED,
	EVENT_ARMED,
	EVENT_ACTIVE,
	EVENT_COMPLETED,
	EVENT_CANCELLED,
	EVENT_SUPERSEDED,
};
extern const struct sm_class event_sm;

enum event_target { TARGET_NULL, TARGET_PCC_CAP, TARGET_REDUCTION };

#define EVENT_MAX_MOVES 12
#define EVENT_MAX_SLOTS 192 /* two days of quarter hours */
#define EVENT_OPEN_END INT64_MAX

struct event_move {
	int64_t t_ms;
	enum event_phase to;
	char who[ID_MAX];
	char reason[TEXT_MAX_B];
};

/* Frozen at acceptance; `metered` grows. What is over by then is as the revision before left it, or has what was
 * metered as its baseline and asks for nothing, or is left out if nothing was metered. */
struct event_slot {
	int64_t start_ms;
	int64_t baseline_w;
	int64_t target_w; /* reduction (UP) or increase (DN) asked for, mean over the slot, ramp included, ≥ 0 */
	int64_t planned_w; /* of the adopted plan */
	int64_t metered_w;
	enum quality quality; /* of metered */
	bool ramp;
};

struct event {
	uint64_t id; /* the daemon's */
	char source[NAME_MAX_B], external_id[NAME_MAX_B];
	uint64_t revision;
	char site[ID_MAX];
	enum direction direction;
	enum event_target target;
	int64_t target_w; /* a magnitude for REDUCTION, a net load for PCC_CAP */
	char baseline[ID_MAX];
	int64_t start_ms, end_ms; /* EVENT_OPEN_END */
	int64_t ramp_ms;
	uint32_t priority;
	char correlation_id[ID_MAX];
	uint32_t band_permille;
	int64_t pay_price_e4, penalty_price_e4;
	char note[TEXT_MAX_B];
	/* state */
	int phase; /* enum event_phase, moved by sm_move */
	int n_moves;
	struct event_move moves[EVENT_MAX_MOVES];
	int n_slots;
	struct event_slot slots[EVENT_MAX_SLOTS];
	char baseline_hash[65]; /* hex SHA-256 of the frozen baseline slots, "" until frozen */
	int64_t shortfall_wh, surplus_wh; /* foreseen by the plan in force */
	char text[TEXT_MAX_B];
};

/* Fills slots[].start_ms, target_w and ramp from start, end, ramp and reduction: slot means of the trapezoid
 * (linear ramp from start − ramp to start), rounded so that their sum is the trapezoid's area to the watt; `ramp` =
 * begins before start. Targets of other kinds stay 0: they follow from the baseline. metered is MISSING, the rest 0.
 * Open ends are cut at until_ms. ERR_FULL if too many, ERR_INVALID for an empty span, negative ramp or reduction,
 * times at the ends of the scale. */
int event_make_slots(struct event *e, int64_t until_ms);
/* SHA-256 over the frozen (start, baseline) pairs as big-endian int64, hex into e->baseline_hash. */
void event_hash_baseline(struct event *e);
bool event_is_live(const struct event *e); /* ACCEPTED, ARMED or ACTIVE */
const char *event_phase_name(int phase);
