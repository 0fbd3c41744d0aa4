/* The engine's state, room by room. Only the engine's own files read this. Everything here belongs to the engine's
 * thread; lists are walked in the order of insertion, so that nothing depends on addresses or hashes. */
#pragma once

#include "base/list.h"
#include "base/map.h"
#include "engine/engine.h"
#include "engine/operator.h"
#include "engine/world.h"
#include "forecast/history.h"
#include "forecast/outlook.h"
#include "model/event.h"
#include "model/job.h"
#include "plan/input.h"
#include "plan/plan.h"

/* ---- points.c, live.c, curves.c ---- */

struct live_point {
	struct point point;
	bool durable;	      /* its record as it stands is in the ledger, or on the way */
	struct sample latest; /* t_ms 0 and MISSING: none */
	int site;	      /* index, −1 = unbound */
	const struct binding *binding;
	struct history *history; /* bound points only */
	struct learnt *learnt;	 /* the same ones */
	struct curve *curve;	 /* the merged forecast in force; NULL = none */
};

/* What the past of a point taught, up to a local midnight. */
struct learnt {
	int64_t until_ms; /* INT64_MIN = nothing yet */
	struct score score;
};

struct points {
	struct live_point **all; /* id − 1 */
	uint32_t n, size;
	struct map by_name;
	struct map bindings; /* point name → struct bound of the configuration */
};

struct bound {
	int site;		       /* −1: the load on a shared limit */
	const struct binding *binding; /* NULL there */
};

/* ---- forecasts.c ---- */

/* One of it serves all points, one after the other. */
struct forecast_work {
	struct dayview view;
	struct score_work score;
	struct outlook outlook;
};

struct forecasts {
	struct forecast_work *work;
	uint64_t outlooks, learnt;
};

/* ---- ingest.c ---- */

struct pending;

struct source {
	struct list node;
	char name[NAME_MAX_B];
	uint64_t epoch, seq;		     /* last seen */
	uint64_t durable_epoch, durable_seq; /* everything up to it is on disk */
	uint64_t
		run; /* raised when a flush failed: what was submitted before is no ground for acks */
	bool ack_due;
	struct source_ack ack; /* gaps and duplicates collect here */
	void (*on_ack)(void *arg, const struct source_ack *a);
	void *arg;
};

struct ingest {
	struct map by_name; /* struct source */
	struct list sources;
	struct pending *pending,
		**pending_end; /* batches on the way to disk, in order of submission */
	uint64_t token;
	uint64_t samples, batches, duplicates, gaps, refused;
	uint64_t by_quality[4];
	int rc; /* of the last flush */
};

/* ---- records.c, audit.c ---- */

struct record_batch;
struct waiting;

struct records {
	struct record_batch *open; /* collects */
	struct record_batch
		*inflight;     /* one at a time: a failed one is tried again before any later one */
	bool submitted;	       /* inflight is with the store */
	int64_t retry_mono_ms; /* when it is tried again; 0 = now */
	int rc;		       /* of the last commit */
	int64_t failed_since_ms;
	uint64_t number;  /* of the open batch */
	uint64_t durable; /* batches up to this are on disk */
	struct waiting *waiters, **waiters_end;
	struct ledger_meta meta;    /* as of the open batch */
	struct audit_end audit_end; /* as of the disk */
	uint64_t commits, failures;
	/* refusals are told at a bounded rate */
	int64_t refusal_minute_ms;
	uint32_t refusals_in_minute;
	uint64_t refusals_suppressed;
};

/* ---- decisions.c, subscribe.c ---- */

struct job_live;

struct decision_live {
	struct list node; /* in the order of the next or last sending, while in force */
	struct decision d;
	int site, asset;
	struct job_live *job; /* that it is about; NULL = the asset as a whole */
	uint64_t mark;	      /* the batch that makes it durable */
	bool publish_due;     /* to be sent once durable */
	uint64_t published;   /* number of the last sending, 0 = never */
	int64_t first_sent_mono_ms, sent_mono_ms;
	bool renewed;
	bool overdue;	      /* nobody answered within patience */
	int64_t check_ms;     /* next look at the read-back; INT64_MAX = none */
	int misses;	      /* samples in a row that disagreed … */
	int64_t off_since_ms; /* … the first of them */
	int64_t judged_ms;    /* the last sample that was looked at */
	bool in_force;
};

struct asset_state {
	char path[ID_MAX * 2];
	char id[ID_MAX];
	enum asset_kind kind;
	int index; /* into the site's array of that kind */
	struct decision_live *current;
	struct decision_live *move; /* of a queue: work that is to leave it */
	int64_t moved_slot_ms;	    /* the slot in which it was ordered last */
	int64_t out_until_ms;	    /* failed: not planned with until then */
	int64_t replan_after_ms;    /* a failure before that plans no more */
};

struct decisions {
	struct map by_id;     /* recent ones, ascending */
	struct list in_force; /* by `published` */
	uint64_t sendings;    /* counter behind `published` */
	uint64_t total, renewals, failed, resent;
};

#define SUBSCRIBER_MAX_PATTERNS 64

struct subscriber {
	struct list node;
	uint64_t id;
	uint64_t after_id;
	uint64_t sent; /* decisions published up to this number were offered */
	bool blocked;  /* its queue is full */
	int64_t blocked_mono_ms;
	bool silent; /* let a decision run out of patience; cleared by an ack */
	size_t n_patterns;
	char patterns[SUBSCRIBER_MAX_PATTERNS][ID_MAX * 2];
};

/* ---- jobs.c ---- */

struct job_live {
	struct list
		node; /* of its queue, in the order of numbers, while it is not over; of jobs.over after */
	struct compute_job job;
	int queue;		       /* index into jobs.queues; −1: not configured */
	struct decision_live *current; /* in force */
	int64_t barred_until_ms;       /* its last order failed: no new one until then */
};

struct job_queue {
	int site, asset;  /* asset: of the site's assets */
	struct list live; /* struct job_live */
	uint32_t n_live, n_over;
	bool touched;	 /* to be looked at again … */
	int64_t next_ms; /* … not before */
	/* work that was moved away in that slot already */
	int64_t moved_slot_ms, moved_ds;
	int64_t wanted_ds, owed_ds; /* that was to be moved in that slot; and of those before */
	/* of the last disaggregation */
	int64_t target_w, power_w, off_wh;
	uint32_t n_late;
};

struct jobs {
	struct map by_number; /* struct job_live, ascending */
	struct map by_name;   /* "site/id" */
	struct list over;     /* in the order of their ends */
	struct list nowhere;  /* live, but their queue is not configured */
	uint32_t n_live, n_over;
	struct job_queue *queues;
	int n_queues;
	uint64_t pushed, events, lost_ds, off_wh; /* ever */
};

/* ---- drevent.c ---- */

struct event_live {
	struct event ev;
	int site;
	struct list waiters; /* of put, until the plan that serves it is adopted */
	int64_t meter_ms;    /* next try to fill metered slots; INT64_MAX = done */
};

struct events {
	struct map by_id; /* ascending */
	uint64_t puts, moves;
};

/* ---- adopt.c, snapshot.c ---- */

struct held_plan {
	struct arena arena;
	struct plan *plan;
};

#define SITE_MAX_ASSETS                                                                            \
	(SITE_MAX_GENERATORS + SITE_MAX_STORAGE + SITE_MAX_QUEUES + SITE_MAX_COOLING)

/* Highest slot mean at the PCC within the windows of one demand charge and the running billing month. */
struct peak {
	char charge[ID_MAX];
	int64_t month_ms, w, until_ms;
	bool changed; /* since it was put into the ledger */
};

struct site_state {
	const struct site *site;
	int index;
	struct group_state *group;
	int n_assets;
	struct asset_state assets[SITE_MAX_ASSETS];
	struct held_plan *held; /* in force; NULL = none */
	int64_t dispatched_ms;	/* slot of its last dispatch record */
	/* asked for on behalf of this site; its whole group is planned (group.h) */
	bool want_plan;
	bool must_adopt;     /* events changed: the old plan has no claim */
	uint64_t generation; /* counts changes of its events */
	int n_peaks;
	struct peak peaks[PLAN_MAX_DEMANDS]; /* for tariffs that price them */
	uint64_t adopted, kept, shifted;
};

/* ---- group.c ---- */

struct group_state {
	int index;
	int n_sites;
	struct site_state **sites; /* by id, the order of its region */
	uint64_t last_run;	   /* cycle run that it was planned in last */
	int solver_rc;		   /* of the last run */
	struct fault solver;	   /* and what it said */
};

struct groups {
	size_t n;
	struct group_state *all;     /* [n] in the order of their first sites */
	struct site_state **members; /* of all of them */
};

/* ---- cycle.c ---- */

struct cycle {
	int state; /* enum cycle_state */
	struct group_state *group;
	uint64_t event; /* the event whose baseline is being made; 0 = a plan to be adopted */
	struct solve_job *job;
	bool solved;	      /* the world gave the job back */
	int dropped_in_row;   /* plans whose events changed meanwhile, since one was let through */
	int baselines_in_row; /* since a plan was let through */
	uint64_t mark;	      /* the batch that makes the result durable */
	int64_t next_ms;      /* next plan is due */
	uint64_t runs, failures, dropped;
};

/* ---- clock.c ---- */

struct clock {
	int64_t now_ms;
	uint64_t client; /* that claimed the driven clock, 0 = nobody */
	bool runs;	 /* driven: claimed once since the start */
	bool advancing;
	int64_t target_ms;
	struct waiter *waiter;
	int64_t give_up_mono_ms; /* the disk is in the way of the advance; INT64_MAX = it is not */
	uint64_t plans_at_start, decisions_at_start; /* of the advance */
	struct quiescent quiescent;
	int64_t held_since_ms; /* wall clock stepped back: engine time stands; 0 = no */
	bool kicked;	       /* a tick is on its way */
	bool pumping;
	int64_t armed_wall_ms;
};

/* ---- reconfigure.c ---- */

struct reconfigure {
	struct configuration *next; /* waits for the planning cycle to be idle; NULL = none */
	char who[NAME_MAX_B];
	struct waiter *waiter; /* of next */
	uint64_t reloads;
	int64_t since_ms; /* engine time of the last one */
};

/* ---- health.c ---- */

struct health_memory {
	struct health now;
};

/* ---- instruct.c, dayflags.c ---- */

struct instruct {
	struct map by_id; /* struct instruction_live, ascending */
	struct list open; /* of these, ascending */
	size_t n_open;
	uint64_t next;
};

struct day_flags {
	struct day_flag *at; /* ascending by day */
	size_t n, size;
	uint64_t last; /* highest number */
};

struct engine {
	struct engine_settings settings;
	char build[TEXT_MAX_B];
	const struct world_ops *ops;
	void *world;
	struct configuration *configuration;
	bool recovered, started, stopping;
	struct clock clock;
	struct records records;
	struct points points;
	struct forecasts forecasts;
	struct ingest ingest;
	size_t n_sites;
	struct site_state *sites;
	struct groups groups;
	struct events events;
	struct decisions decisions;
	struct jobs jobs;
	struct list subscribers;
	struct cycle cycle;
	struct list replans; /* replan.c */
	struct list studies; /* study.c, oldest first */
	struct reconfigure reconfigure;
	struct instruct instruct;
	struct day_flags day_flags;
	struct health_memory *health; /* since when, kept over questions */
};

#define ENGINE_LOG "engine"
