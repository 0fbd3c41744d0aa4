/* The engine: owns the live state and every state machine (planning cycle, events, decisions, health). One struct,
 * one thread, no globals; reaches the world through struct world only.
 *
 * Time: wall clock follows world.wall_ms; driven clock moves only by engine_advance() from the client that claimed
 * it. Everything in engine time; resend and back-off in world.mono_ms.
 *
 * Answers that need the disk come through a `struct waiter`, after the covering flush, never from inside the call. */
#pragma once

#include "base/err.h"
#include "base/metric.h"
#include "engine/configure.h"
#include "model/audit.h"
#include "model/curve.h"
#include "model/decision.h"
#include "model/event.h"
#include "model/plan.h"
#include "model/sample.h"

struct engine;
/* Of engine/world.h, which only the engine and the implementations of the world read. */
struct world;
struct solve_job;

/* Called once. rc 0 or an error with its fault (NULL if none). Owner's memory until called. */
struct waiter {
	void (*fn)(struct waiter *w, int rc, const struct fault *f);
};

struct engine_settings {
	bool driven;
	const char *build; /* version text */
};

/* Takes ownership of configuration. */
int engine_new(const struct engine_settings *s, const struct world *world,
	       struct configuration *configuration, struct engine **ret, struct fault *f);
void engine_free(struct engine *e);

/* Reads ledger and journal back into live state and resumes events, decisions, cycle where they stood. Call once,
 * before engine_start. */
int engine_recover(struct engine *e, struct fault *f);
void engine_start(struct engine *e);
/* No new work; finishes what is under way. true once idle. */
bool engine_stop(struct engine *e);

/* ---- configuration ---- */
const struct configuration *engine_configuration(const struct engine *e);
/* Puts another configuration in the place of the one in force, between two runs of the planning cycle: all of it or,
 * on any error, nothing. Takes next on 0. What only a restart can change (configuration_effect()) stays as it is. Of
 * sites and assets that are gone decisions are superseded by nothing, so that their leases run out, and events are
 * cancelled; the others keep plans, decisions, events and histories, and are planned anew at once.
 *
 * w (may be NULL) is called when the change is durable, with ERR_INVALID if a declared point does not suit it, or with
 * ERR_CANCELED if a later one took its place before it came to be applied. */
int engine_reconfigure(struct engine *e, struct configuration *next, const char *who,
		       struct waiter *w, struct fault *f);
/* The same with the files on disk. ERR_INVALID and the like with all that is wrong in faults (may be NULL) and the
 * first of it in *f. */
int engine_reload(struct engine *e, const char *who, struct waiter *w, struct fault_list *faults,
		  struct fault *f);
struct reloads {
	uint64_t n;	  /* applied since the start */
	int64_t since_ms; /* engine time of the last one; 0 = none */
};
struct reloads engine_reloads(const struct engine *e);

/* ---- completions, from the world ---- */
void engine_tick(struct engine *e); /* an armed time came */
void engine_journaled(struct engine *e, uint64_t token, int rc);
void engine_committed(struct engine *e, uint64_t token, int rc);
void engine_solved(struct engine *e, struct solve_job *job);
void engine_clock_stepped(struct engine *e, int64_t step_ms); /* wall clock only */

/* ---- clock ---- */
int64_t engine_now(const struct engine *e);
bool engine_is_driven(const struct engine *e);
/* client is any stable id of the caller. start_ms 0 = stay. ERR_CLOCK, ERR_STALE (before the ledger's time). */
int engine_claim_clock(struct engine *e, uint64_t client, int64_t start_ms, int64_t *ret_now,
		       struct fault *f);
void engine_release_clock(struct engine *e, uint64_t client);
struct quiescent {
	int64_t t_ms;
	uint64_t plans, decisions, audit_seq;
};
/* w->fn when quiescent at to_ms; then engine_quiescent() tells the figures. One advance at a time (ERR_STATE). While
 * the disk refuses writes time stands; w->fn(ERR_STORE) after some seconds of it, and one may ask again. */
int engine_advance(struct engine *e, uint64_t client, int64_t to_ms, struct waiter *w,
		   struct fault *f);
struct quiescent engine_quiescent(const struct engine *e);

/* ---- points and samples ---- */
/* ids[n] out at once (permanent numbers are in the same commit that w waits for). ERR_INVALID, ERR_EXISTS, ERR_FULL
 * with the index in the fault text. Takes w on 0 only. */
struct point_declaration {
	const char *source;
	const struct point_decl *decls;
	size_t n;
};
int engine_declare_points(struct engine *e, const struct point_declaration *d, uint32_t *ret_ids,
			  struct waiter *w, struct fault *f);
const struct point *engine_point(const struct engine *e, uint32_t id);		 /* NULL */
const struct point *engine_find_point(const struct engine *e, const char *name); /* NULL */
uint32_t engine_point_count(const struct engine *e); /* ids are 1…count */
/* Site id and role that the point is bound to, "" if unbound. */
void engine_point_binding(const struct engine *e, uint32_t id, const char **ret_site,
			  const char **ret_role);
/* Of its binding; 0 = best, also for points that are not bound. */
uint32_t engine_point_rank(const struct engine *e, uint32_t id);

enum push_result { PUSH_TAKEN, PUSH_DUPLICATE };
/* A validated batch (known points declared by this source, sane times). Columns are copied. Acks: the source's
 * listener is told the cumulative durable seq. ERR_INVALID, ERR_DENIED (point of another source), ERR_FULL (disk
 * behind: stop reading this session until the next ack), ERR_STORE. Refused batches (ERR_INVALID, ERR_DENIED) count
 * as seen. */
int engine_push_samples(struct engine *e, const struct sample_batch *b, enum push_result *ret,
			struct fault *f);
/* A batch that could not even be validated counts as seen, too. */
void engine_skip_batch(struct engine *e, const char *source, uint64_t epoch, uint64_t seq);

struct source_ack {
	const char *source;
	uint64_t epoch, seq; /* cumulative, durable */
	uint64_t duplicates;
	uint32_t n_gaps; /* since the last ack */
	struct {
		uint64_t from_seq, to_seq;
	} gaps[8];
};
/* One listener per source (the session that pushes it); a new one replaces. Called on later ticks as flushes land. */
int engine_listen_source(struct engine *e, const char *source,
			 void (*on_ack)(void *arg, const struct source_ack *a), void *arg);
void engine_unlisten_source(struct engine *e, const char *source, void *arg);

int engine_push_curve(struct engine *e, const char *source, const struct curve *c, struct waiter *w,
		      struct fault *f);

/* MISSING synthesised. ERR_NOTFOUND. A point without any value gives t_ms 0 and MISSING. */
int engine_latest(const struct engine *e, uint32_t point, struct sample *ret);
int engine_range(const struct engine *e, uint32_t point, int64_t from_ms, int64_t to_ms,
		 bool (*visit)(void *arg, const struct sample *s), void *arg);

/* ---- sites, plans ---- */
/* The plan in force at t (0 = now), or the one with that id, or the composed record of [from, to); arena-owned
 * copies. ERR_NOTFOUND, ERR_NODATA. */
int engine_get_plan(const struct engine *e, const char *site, uint64_t plan_id, int64_t at_ms,
		    struct arena *a, const struct plan **ret);
int engine_get_record(const struct engine *e, const char *site, int64_t from_ms, int64_t to_ms,
		      struct arena *a, struct plan **ret);

/* Why an asset does what it does at a time (0 = now), or did when a decision was made (decision_id not 0; its asset
 * and start are taken). All in the caller's arena. */
struct why {
	int64_t t_ms;
	uint64_t decision_id;	 /* in force then; 0 = none */
	const struct plan *plan; /* in force then: its sources and relaxations */
	uint32_t slot;		 /* of the plan */
	int64_t power_w;
	int64_t marginal_price_e4;
	char event[ID_MAX];
	uint32_t n_bindings;
	const struct plan_binding *bindings[16]; /* into plan */
	const char *text_en, *text_zh;
	const char *headline; /* all of it in one line */
	uint32_t n_says;      /* what operators had in force then, a sentence each */
	const char *says[8];
	int64_t since_ms;      /* of the last of them */
	const char *otherwise; /* what the plan had before they spoke, "" */
	int64_t data_age_ms;   /* of the oldest measurement that it stands on; −1 = none */
};
/* Where no plan covers that time, what operators had in force then is the answer; the plan has no slots. ERR_NOTFOUND
 * (asset, decision), ERR_NODATA (neither a plan nor an operator), ERR_FULL (arena). */
int engine_explain(const struct engine *e, const char *asset, int64_t at_ms, uint64_t decision_id,
		   struct arena *a, struct why *ret);

/* ---- forecasts ---- */

/* What is expected of a bound point, from the running slot on: n slots, at most so many. The source says where from.
 * NaN = nobody knows. ERR_NOTFOUND, ERR_INVALID (bound to nothing that is foretold). */
#define OUTLOOK_SLOTS_MAX 768
struct outlook_slot {
	int64_t start_ms;
	double value, p10, p50, p90; /* in the point's unit */
	enum quality quality;
};
int engine_outlook(struct engine *e, uint32_t point, uint32_t n, struct outlook_slot *ret,
		   struct plan_source *ret_source, struct fault *f);

/* Forecasts made in hindsight, at 0, 6, 12 and 18 o'clock of each day with what was known then, against what came.
 * Errors are relative to the mean magnitude measured, lead times are those of the forecast; NaN = nothing to tell. */
#define BACKTEST_LEADS 6
struct backtest_figures {
	uint32_t n;	     /* slots */
	int64_t lead_end_ms; /* lead times from the one before up to here */
	double rrmse, persistence_rrmse;
	double mae, bias; /* in the point's unit; bias > 0: foretold too high */
	double mape;	  /* of slots that are not small */
	double coverage;  /* share measured between P10 and P90 */
	double skill;	  /* 1 − (rrmse / that of persistence)² */
};
struct backtest_report {
	char point[NAME_MAX_B];
	char kind[ID_MAX]; /* "load" … */
	int days,
		similar_days; /* tested; of these foretold by similar days, the others by persistence */
	struct backtest_figures all, lead[BACKTEST_LEADS];
	uint32_t n_curve; /* slots that the pushed curve in force had foretold */
	double curve_rrmse;
};
struct backtest_run;
/* The last `days` whole days. ERR_NOTFOUND, ERR_INVALID, -ENOMEM. */
int engine_backtest_open(const struct engine *e, uint32_t point, int days,
			 struct backtest_run **ret, struct fault *f);
/* A few milliseconds of work. 1 = more to do, 0 = the report is there, or an error. */
int engine_backtest_step(struct backtest_run *r);
const struct backtest_report *engine_backtest_report(const struct backtest_run *r);
void engine_backtest_close(struct backtest_run *r); /* NULL is nothing */

/* Plans of the site and those joined with it are made anew; w is told once what came of it is durable. ERR_NOTFOUND,
 * ERR_STATE (no engine time yet), ERR_STORE. */
int engine_replan(struct engine *e, const char *site, struct waiter *w, struct fault *f);

/* ---- studies: solved between the runs of the planning cycle, nothing is stored ----
 * *ret is filled when w is called with 0; both live until then. ERR_FULL: too many wait already. */

/* A past plan, solved again from its stored input. */
struct plan_replay {
	uint64_t plan_id, region_id;
	char site[ID_MAX];
	bool same; /* to the byte */
	uint8_t stored_hash[SHA256_LEN], solved_hash[SHA256_LEN];
	uint64_t iterations;
	/* the first difference */
	char what[ID_MAX * 2]; /* "pcc_w", "hongyuan/bess" …; "" = none */
	int64_t slot_ms;       /* 0 = of the whole */
	int64_t stored, solved;
};
/* ERR_NOTFOUND, ERR_NODATA (its input is gone), ERR_CORRUPT, ERR_STATE (it was kept, not solved). */
int engine_replay(struct engine *e, uint64_t plan_id, struct plan_replay *ret, struct waiter *w,
		  struct fault *f);

/* What would be if: an event, an asset that is away, other prices, in [from, to). */
enum whatif_kind { WHATIF_EVENT, WHATIF_OUTAGE, WHATIF_PRICE };
struct whatif_question {
	enum whatif_kind kind;
	char site[ID_MAX];
	int64_t from_ms, to_ms;
	/* EVENT */
	enum direction direction;
	int64_t target_w; /* against the plan without it; 0 = as much as can be had */
	int64_t ramp_ms;
	int64_t pay_price_e4, penalty_price_e4; /* per kWh */
	/* OUTAGE: id of a generator, storage, queue or cooling */
	char asset[ID_MAX];
	/* PRICE: of what is bought, × factor + shift */
	int64_t factor_ppm, shift_e4;
};

/* Of one site, or of all together, over the plans' horizon. */
struct whatif_sum {
	int64_t money_e4, co2_g;
	int64_t late_ds; /* device-seconds overdue when most are, of each queue */
	int64_t peak_w, unserved_wh, moved_ds;
	int64_t deliverable_w; /* in every slot of the event, at least; 0 without one */
};

#define WHATIF_MAX_SITES 64
#define WHATIF_MAX_SLOTS 768

struct whatif_answer {
	int64_t now_ms;
	/* the site asked about first, then those planned together with it */
	int n_sites;
	struct whatif_site {
		char site[ID_MAX];
		struct whatif_sum now, then; /* without it, with it */
	} sites[WHATIF_MAX_SITES], all;
	/* of the site asked about: net load without and with it */
	uint32_t n_slots;
	struct whatif_slot {
		int64_t start_ms, now_w, then_w;
	} slots[WHATIF_MAX_SLOTS];
	/* after the span, the other way: the most in a slot, and all of it */
	int64_t rebound_w, rebound_wh;
};
/* ERR_NOTFOUND (site, asset), ERR_INVALID, ERR_STATE (no engine time yet). */
int engine_whatif(struct engine *e, const struct whatif_question *q, struct whatif_answer *ret,
		  struct waiter *w, struct fault *f);

/* ---- events ---- */
/* Idempotent by (source, external id, revision). The state after acceptance (baseline frozen, foreseen shortfall
 * stated) is read with engine_event() when w is called. *ret_id out at once. */
int engine_put_event(struct engine *e, const struct event *ev, const char *who, struct waiter *w,
		     uint64_t *ret_id, struct fault *f);
struct event_cancel {
	const char *source, *external_id;
	const char *who, *reason;
};
/* Also what of it waits for a second person; *ret_id 0: nothing but that. ERR_NOTFOUND, ERR_STATE (it is over). */
int engine_cancel_event(struct engine *e, const struct event_cancel *c, struct waiter *w,
			uint64_t *ret_id, struct fault *f);
const struct event *engine_event(const struct engine *e, uint64_t id); /* NULL */
/* Ascending by id; site NULL = all; to_ms 0 = no bound. visit false stops. */
void engine_list_events(const struct engine *e, const char *site, int64_t from_ms, int64_t to_ms,
			bool (*visit)(void *arg, const struct event *ev), void *arg);

/* ---- decisions ---- */
/* Decisions for assets matching any of the n patterns ("site/asset", or "site/" and a star; n == 0: all) with
 * id > after_id, in force first, then new ones as they come, through world.send(subscriber). A second call with the
 * same id replaces. */
int engine_subscribe(struct engine *e, uint64_t subscriber, const char *const *patterns, size_t n,
		     uint64_t after_id, struct fault *f);
void engine_unsubscribe(struct engine *e, uint64_t subscriber);
/* The subscriber's queue has room again. */
void engine_subscriber_ready(struct engine *e, uint64_t subscriber);
/* ERR_NOTFOUND, ERR_STATE (not allowed from its present state). */
struct decision_ack {
	uint64_t id;
	enum decision_state state;
	bool has_measured;
	int64_t measured_w;
	const char *reason;
};
int engine_ack_decision(struct engine *e, const struct decision_ack *ack, struct waiter *w,
			struct fault *f);
const struct decision *engine_decision(const struct engine *e, uint64_t id); /* recent ones; NULL */
/* Newest first, at most limit. asset NULL or "" = all, "site/" and a star allowed. Reads the ledger for old ones. */
struct decision_query {
	const char *asset;
	int64_t from_ms, to_ms; /* to_ms 0 = no bound */
	uint32_t limit;
};
int engine_list_decisions(const struct engine *e, const struct decision_query *q,
			  bool (*visit)(void *arg, const struct decision *d), void *arg);

/* ---- health, metrics, audit ---- */
enum health_state { HEALTH_READY, HEALTH_DEGRADED, HEALTH_FAILED };
struct health_reason {
	char code[ID_MAX];
	char text[TEXT_MAX_B];
	char doing[TEXT_MAX_B];
	int64_t since_ms;
};
struct health {
	enum health_state state;
	uint32_t n;
	struct health_reason reasons[32];
	int64_t plan_age_ms; /* −1: a site without a plan */
	uint64_t samples;
	uint64_t audit_seq;
	/* of the world, and of what operators hold */
	uint64_t ledger_bytes, journal_bytes, series_bytes;
	double solver_ms, solver_gap; /* of the last plan; the largest of those in force */
	uint32_t pending;
};

/* A source that spoke since the start. */
struct source_figures {
	const char *name;
	int64_t newest_ms; /* time of its newest sample, 0 = none */
	bool connected;
};
/* How many there are, at most cap of them in ret. */
uint32_t engine_sources(const struct engine *e, struct source_figures *ret, uint32_t cap);
/* Everything bound was heard of up to here; 0 = something never was. */
int64_t engine_watermark(const struct engine *e);
void engine_health(const struct engine *e, struct health *ret);
int engine_metrics(const struct engine *e, struct buf *out);

/* A refusal or another fact of the door (who, what, why), for the audit chain. Text values, canonical JSON made
 * inside. Best effort: not waited for. */
void engine_audit_refusal(struct engine *e, const char *who, const char *request, int code,
			  const char *text);
/* The last record that is on disk, as the engine remembers it: a chain that ends before was cut. */
void engine_audit_end(const struct engine *e, struct audit_end *ret);
int engine_read_audit(const struct engine *e, uint64_t from_seq, uint32_t limit,
		      bool (*visit)(void *arg, const struct ledger_audit *r), void *arg);
