/* A decision: a promise with a term. Pure. */
#pragma once

#include "base/sm.h"
#include "model/units.h"

enum action_kind {
	ACTION_NONE,
	ACTION_POWER,
	ACTION_CAP,
	ACTION_SOC_TARGET,
	ACTION_RELEASE,
	ACTION_JOB,	/* one job of a queue: verb, job, and for CAP a value */
	ACTION_MIGRATE, /* work of a queue to another: job ("" = any), to, value */
};
#define ACTION_LAST ACTION_MIGRATE

/* Same numbers as on the wire (suandian.v1.JobAction.Verb). */
enum job_verb { VERB_NONE, VERB_START, VERB_HOLD, VERB_PAUSE, VERB_RESUME, VERB_CAP };
#define VERB_LAST VERB_CAP
const char *job_verb_name(enum job_verb v); /* "start", "hold", … */

/* Of the kinds before ACTION_JOB only kind and value count. */
struct action {
	enum action_kind kind;
	int64_t value; /* W or Wh; VERB_CAP: IT watts; ACTION_MIGRATE: reference device-seconds */
	enum job_verb verb;  /* ACTION_JOB */
	char job[ID_MAX];    /* ACTION_JOB, ACTION_MIGRATE; "" else */
	char to[ID_MAX * 2]; /* ACTION_MIGRATE: "site/queue"; "" else */
};
const char *action_kind_name(enum action_kind k); /* "power", "cap", … */
/* Do both ask for the same? What does not count for the kind is not compared. */
bool action_is_same(const struct action *a, const struct action *b);

/* Same numbers as on the wire (suandian.v1.ReasonCode). */
enum reason_code {
	REASON_NONE,
	REASON_PLAN,
	REASON_EVENT,
	REASON_LIMIT,
	REASON_FALLBACK,
	REASON_OVERRIDE,
	REASON_RESTORE,
};
const char *reason_name(enum reason_code r);

struct reason {
	enum reason_code code;
	char event[ID_MAX]; /* correlation id */
	char limit[ID_MAX];
	int64_t marginal_price_e4;
};

/* Same numbers as on the wire (suandian.v1.DecisionState).
 *
 *   ISSUED ──► ACCEPTED ──► APPLIED ──► VERIFIED
 *     │  └────────┬───────────┘│           │
 *     ▼           ▼            ▼           ▼
 *   REJECTED   FAILED     SUPERSEDED | EXPIRED (from any but REJECTED) */
enum decision_state {
	DECISION_NONE,
	DECISION_ISSUED,
	DECISION_ACCEPTED,
	DECISION_APPLIED,
	DECISION_VERIFIED,
	DECISION_FAILED,
	DECISION_REJECTED,
	DECISION_SUPERSEDED,
	DECISION_EXPIRED,
};
extern const struct sm_class decision_sm;

/* valid_until_ms of a decision without a term: START, RESUME and MIGRATE are done once, then nothing is left to lapse. */
#define DECISION_NO_TERM INT64_MAX

/* The latest of an asset holds; of a job: the latest of (asset, job), where the asset is "site/queue". */
struct decision {
	uint64_t id; /* ascending over all assets */
	uint64_t plan_id;
	char correlation_id[ID_MAX];
	char asset[ID_MAX * 2]; /* "site/asset" */
	struct action action;
	int64_t issued_ms, valid_from_ms, valid_until_ms;
	struct action fallback;
	struct reason reason;
	int fault_code; /* 0 = none */
	char fault_text[TEXT_MAX_B];
	/* state */
	int state; /* enum decision_state */
	bool has_measured;
	int64_t measured_w;
	char ack_reason[TEXT_MAX_B];
};
