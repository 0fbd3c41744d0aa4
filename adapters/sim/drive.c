#include "sim/drive.h"

#include <errno.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/num.h"
#include "base/require.h"

#define DRAIN_MS 10000
#define CONNECT_MS 10000

static void settle(struct drive *d);
static void push(struct drive *d);
static void advance(struct drive *d);

/* ---- The end ----------------------------------------------------------------------------------------- */

static void host_gone(void *arg)
{
	struct drive *d = arg;

	d->open--;
}

static void finish(struct drive *d)
{
	if (d->state == DRIVE_OVER)
		return;
	d->state = DRIVE_OVER;
	command_stop(&d->command);
	timer_stop(&d->patience);
	host_drain(d->adapter, d->fault.code ? 0 : DRAIN_MS, host_gone, d);
	host_close(d->admin, host_gone, d);
}

void drive_fail(struct drive *d, const struct fault *fault)
{
	if (d->state == DRIVE_OVER)
		return;
	d->fault = *fault;
	finish(d);
}

static void fail(struct drive *d, int code, const char *what)
{
	struct fault f = {0};

	(void)fault_set(&f, code, "%s: %s", what, err_text(code));
	drive_fail(d, &f);
}

void drive_stop(struct drive *d)
{
	fail(d, ERR_CANCELED, "stopped");
}

/* ---- Decisions ----------------------------------------------------------------------------------------- */

static void acknowledge(struct drive *d, const struct obey_answer *a,
			Suandian__V1__DecisionState state)
{
	struct client_ack ack = {
		.decision_id = a->decision_id, .state = state, .reason = a->reason};
	int r;

	if (state == SUANDIAN__V1__DECISION_STATE__DECISION_APPLIED) {
		ack.has_measured = true;
		ack.measured_w = a->measured_w;
		d->counts.applied++;
	}
	d->counts.accepted += state == SUANDIAN__V1__DECISION_STATE__DECISION_ACCEPTED;
	d->counts.rejected += state == SUANDIAN__V1__DECISION_STATE__DECISION_REJECTED;
	r = client_ack_decision(host_client(d->adapter), &ack);
	if (r < 0)
		fail(d, r, "acknowledging a decision");
}

static struct obey_now now_of(const struct drive *d, const struct twin_exogenous *x)
{
	return (struct obey_now){.exogenous = x, .dt_ms = d->run->step_ms};
}

static void decided(void *arg, const Suandian__V1__Decision *decision)
{
	struct drive *d = arg;
	struct twin_exogenous x = run_exogenous(d->run);
	struct obey_now now = now_of(d, &x);
	struct obey_answer answer = obey_take(&d->run->obey, decision, &now);

	d->counts.decisions++;
	if (answer.state != SUANDIAN__V1__DECISION_STATE__DECISION_REJECTED)
		acknowledge(d, &answer, SUANDIAN__V1__DECISION_STATE__DECISION_ACCEPTED);
	if (answer.state != SUANDIAN__V1__DECISION_STATE__DECISION_ACCEPTED)
		acknowledge(d, &answer, answer.state);
}

static void lapsed(void *arg, const Suandian__V1__Decision *decision)
{
	struct drive *d = arg;

	d->counts.lapsed++;
	obey_lapse(&d->run->obey, decision);
	log_notice("sim", "lease of decision %llu for %s ended, its fallback holds",
		   (unsigned long long)decision->id, decision->asset);
}

static void apply_due(struct drive *d)
{
	struct twin_exogenous x = run_exogenous(d->run);
	struct obey_now now = now_of(d, &x);
	struct obey_answer answer;

	while (obey_due(&d->run->obey, &now, &answer))
		acknowledge(d, &answer, SUANDIAN__V1__DECISION_STATE__DECISION_APPLIED);
}

/* ---- One step ------------------------------------------------------------------------------------------ */

static void tell_progress(const struct drive *d)
{
	const struct run *r = d->run;
	const struct twin_row *row = &r->row;
	char when[32], pcc[24], store[24], pv[24], queue[24];
	int64_t storage_w = 0, pv_w = 0, queue_w = 0;

	if (!d->options->progress || !r->has_row || run_now(r) % MS_PER_H != 0)
		return;
	for (int i = 0; i < PLANT_MAX; i++) {
		storage_w += row->storage_w[i];
		pv_w += row->pv_w[i];
		queue_w += row->queue_w[i];
	}
	(void)fprintf(stderr, "  %s  grid %9s  sun %9s  store %9s  jobs %9s  (%llu plans)\n",
		      num_format_time(when, sizeof(when), run_now(r),
				      zone_offset_s(r->exo->scenario->zone, run_now(r)), false),
		      num_format_power(pcc, sizeof(pcc), row->pcc_w),
		      num_format_power(pv, sizeof(pv), pv_w),
		      num_format_power(store, sizeof(store), storage_w),
		      num_format_power(queue, sizeof(queue), queue_w),
		      (unsigned long long)d->counts.plans);
}

static void step(struct drive *d)
{
	int r;

	tell_progress(d);
	if (run_is_over(d->run)) {
		finish(d);
		return;
	}
	apply_due(d);
	r = run_step(d->run);
	if (r < 0) {
		fail(d, r, "simulating");
		return;
	}
	/* Leases that ended by then fall back for what comes next. */
	client_set_engine_ms(host_client(d->adapter), run_now(d->run));
	push(d);
}

/* Commands of this moment, one after the other; then the clock is asked to settle once more. */
static void command_ended(void *arg, int status)
{
	struct drive *d = arg;

	if (d->state != DRIVE_COMMAND)
		return;
	d->at_status[d->next_at++] = status;
	advance(d);
}

static bool run_command(struct drive *d)
{
	const struct at_option *at = &d->options->at[d->next_at];
	int r;

	if (d->next_at >= d->options->n_at || at->t_ms > run_now(d->run))
		return false;
	d->state = DRIVE_COMMAND;
	r = command_start(&d->command, at->command);
	if (r < 0)
		fail(d, r, at->command);
	return true;
}

static void settled(void *arg, const struct client_answer *answer)
{
	struct drive *d = arg;

	if (d->state != DRIVE_SETTLE)
		return;
	if (answer->code < 0) {
		drive_fail(d, answer->fault);
		return;
	}
	if (!run_command(d))
		step(d);
}

static void settle(struct drive *d)
{
	struct client_request how = {.on_answer = settled, .arg = d};
	Suandian__V1__Health body = SUANDIAN__V1__HEALTH__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	int r;

	d->state = DRIVE_SETTLE;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_HEALTH;
	env.health = &body;
	r = client_request(host_client(d->adapter), &env, &how, NULL);
	if (r < 0)
		fail(d, r, "asking the daemon");
}

static void quiescent(void *arg, const struct client_answer *answer)
{
	struct drive *d = arg;

	if (d->state != DRIVE_ADVANCE)
		return;
	if (answer->code < 0) {
		struct fault f = *answer->fault;

		(void)fault_prefix(&f, "advancing the clock");
		drive_fail(d, &f);
		return;
	}
	if (answer->env->body_case != SUANDIAN__V1__ENVELOPE__BODY_QUIESCENT)
		return;
	d->counts.plans += answer->env->quiescent->plans;
	d->counts.audit_seq = answer->env->quiescent->audit_seq;
	settle(d);
}

static void advance(struct drive *d)
{
	struct client_request how = {.on_answer = quiescent, .arg = d, .timeout_ms = -1};
	Suandian__V1__AdvanceTime body = SUANDIAN__V1__ADVANCE_TIME__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	int r;

	d->state = DRIVE_ADVANCE;
	body.to_ms = run_now(d->run);
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_ADVANCE_TIME;
	env.advance_time = &body;
	r = client_request(host_client(d->admin), &env, &how, NULL);
	if (r < 0)
		fail(d, r, "advancing the clock");
}

void drive_pushed(struct drive *d)
{
	if (d->state == DRIVE_PUSH && d->flushed && d->curves_out == 0)
		advance(d);
}

static void flushed(void *arg)
{
	struct drive *d = arg;

	d->flushed = true;
	drive_pushed(d);
}

static void push(struct drive *d)
{
	int r;

	d->state = DRIVE_PUSH;
	r = drive_push(d);
	if (r < 0)
		fail(d, r, "pushing telemetry");
}

/* ---- The beginning ------------------------------------------------------------------------------------- */

static void claimed(void *arg, const struct client_answer *answer)
{
	struct drive *d = arg;

	if (d->state != DRIVE_CLAIM)
		return;
	if (answer->code < 0) {
		struct fault f = *answer->fault;

		(void)fault_prefix(&f, "claiming the clock");
		drive_fail(d, &f);
		return;
	}
	client_set_engine_ms(host_client(d->adapter), run_now(d->run));
	push(d);
}

static void impatient(void *arg)
{
	struct drive *d = arg;

	if (d->absent.code)
		drive_fail(d, &d->absent);
	else
		fail(d, ERR_TIMEOUT, "waiting for the daemon");
}

static void claim(struct drive *d)
{
	struct client_request how = {.on_answer = claimed, .arg = d};
	Suandian__V1__ClaimClock body = SUANDIAN__V1__CLAIM_CLOCK__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	int r;

	d->state = DRIVE_CLAIM;
	timer_stop(&d->patience);
	body.start_ms = run_now(d->run);
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_CLAIM_CLOCK;
	env.claim_clock = &body;
	r = client_request(host_client(d->admin), &env, &how, NULL);
	if (r < 0)
		fail(d, r, "claiming the clock");
}

static void perhaps_begin(struct drive *d)
{
	if (d->state == DRIVE_CONNECT && d->numbered && host_is_up(d->admin))
		claim(d);
}

static void numbered(void *arg, const uint32_t *id, size_t n)
{
	struct drive *d = arg;

	for (size_t i = 0; i < n && i < d->points.n; i++)
		d->points.id[i] = id[i];
	d->numbered = n == d->points.n;
	perhaps_begin(d);
}

static void welcomed(void *arg, const Suandian__V1__Welcome *welcome)
{
	if (welcome->driven_clock)
		perhaps_begin(arg);
	else
		fail(arg, ERR_CLOCK, "the daemon must be started with --clock=driven");
}

static void faulted(void *arg, const struct fault *fault, bool closing)
{
	struct drive *d = arg;

	if (closing)
		return; /* the link tells */
	drive_fail(d, fault);
}

/* Without the daemon the clock does not move, and a daemon that comes back has forgotten who drove it: the end. At the
 * beginning it may not be there yet. */
static void linked(void *arg, bool up, const struct fault *why, int64_t pause_ms)
{
	struct drive *d = arg;

	bool may_come = d->state == DRIVE_CONNECT && pause_ms >= 0;

	if (up)
		return;
	if (may_come && why->code != ERR_DENIED && why->code != ERR_VERSION)
		d->absent = *why;
	else
		drive_fail(d, why);
}

static int make_host(struct drive *d, const char *path, const char *role, struct host **ret)
{
	struct host_options o = {
		.path = path,
		.client = {.role = role,
			   .name = "sim",
			   .build = "suandian-sim",
			   .epoch = (uint64_t)clock_wall_ms()},
		.events = {.on_welcome = welcomed, .on_fault = faulted, .arg = d},
		.on_link = linked,
		.seed = d->options->seed ^ (uint64_t)clock_mono_us(),
		.reconnect = true,
	};

	if (ret == &d->adapter) {
		o.events.on_points = numbered;
		o.events.on_decision = decided;
		o.events.on_fallback = lapsed;
		o.on_flushed = flushed;
	}
	return host_new(d->loop, &o, ret);
}

static int declare(struct drive *d)
{
	Suandian__V1__DeclarePoints *points;
	char all[PLANT_ID_MAX + 4];
	const char *const asset[] = {all};
	struct arena a;
	int r = -ENOMEM;

	arena_init(&a, (size_t)1 << 20);
	points = points_declaration(&d->points, &a);
	if (points)
		r = client_declare(host_client(d->adapter), points);
	arena_fini(&a);
	(void)snprintf(all, sizeof(all), "%s/*", d->run->exo->scenario->plant.site);
	if (r == 0)
		r = client_subscribe_decisions(host_client(d->adapter), asset, 1);
	return r;
}

int drive_start(struct drive *d, struct loop *loop, const struct options *options, struct run *run)
{
	int r;

	*d = (struct drive){.loop = loop, .options = options, .run = run};
	points_init(&d->points, run->exo, run->step_ms);
	timer_init(&d->patience, loop, "sim patience", impatient, d);
	r = command_init(&d->command, loop, command_ended, d);
	if (r < 0)
		return r;
	r = make_host(d, options->adapter, "adapter", &d->adapter);
	if (r < 0)
		return r;
	r = make_host(d, options->control, "admin", &d->admin);
	if (r == 0)
		r = declare(d);
	d->open = 1 + (d->admin != NULL);
	if (r < 0) {
		d->state = DRIVE_OVER;
		host_close(d->adapter, host_gone, d);
		if (d->admin)
			host_close(d->admin, host_gone, d);
		return r;
	}
	timer_start_in(&d->patience, CONNECT_MS);
	host_start(d->adapter);
	host_start(d->admin);
	return 0;
}
