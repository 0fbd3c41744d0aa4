/* Decisions of the daemon become set points of the twin. Storage takes a power, photovoltaics and queues a cap; no
 * action, or release, gives control back to the asset's own logic (rest, sun, own pace). Owner's thread. */
#pragma once

#include "sim/twin.h"
#include "suandian/v1/decision.pb-c.h"

enum asset_class { OBEY_NOTHING, OBEY_PV, OBEY_STORAGE, OBEY_QUEUE };

/* A decision whose time has not come. */
struct obey_pending {
	bool waits;
	uint64_t decision_id;
	int64_t valid_from_ms;
	Suandian__V1__Action__WhatCase what;
	int64_t value;
};

struct obey {
	struct twin *twin;
	struct obey_pending pv[PLANT_MAX], storage[PLANT_MAX], queue[PLANT_MAX];
};

/* What an adapter says to the daemon about a decision. */
struct obey_answer {
	uint64_t decision_id;
	Suandian__V1__DecisionState state; /* APPLIED, REJECTED; ACCEPTED = its time will come */
	int64_t measured_w;		   /* APPLIED */
	const char *reason;		   /* REJECTED; static */
};

void obey_init(struct obey *o, struct twin *twin);

/* `now` are the conditions of the step of dt_ms that begins now: what is measured depends on them. */
struct obey_now {
	const struct twin_exogenous *exogenous;
	int64_t dt_ms;
};
struct obey_answer obey_take(struct obey *o, const Suandian__V1__Decision *d,
			     const struct obey_now *now);
/* The lease ended: the fallback holds. */
void obey_lapse(struct obey *o, const Suandian__V1__Decision *d);
/* Applies one decision whose time has come by the twin's time; false: there is none (left). */
bool obey_due(struct obey *o, const struct obey_now *now, struct obey_answer *ret);
