#include "sim/drive.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/num.h"
#include "base/require.h"

#define DRAIN_MS 10000
#define CONNECT_MS 10000

static void push(struct drive *d);
static void advance(struct drive *d);

/* ---- The end ----------------------------------------------------------------------------------------- */

void drive_host_gone(void *drive)
{
	struct drive *d = drive;

	d->open--;
}

static void finish(struct drive *d)
{
	if (d->state == DRIVE_OVER)
		return;
	d->state = DRIVE_OVER;
	command_stop(&d->command);
	timer_stop(&d->patience);
	for (int i = 0; i < d->n_sites; i++)
		if (d->site[i].host)
			host_drain(d->site[i].host, d->fault.code ? 0 : DRAIN_MS, drive_host_gone,
				   d);
	if (d->admin)
		host_close(d->admin, drive_host_gone, d);
}

void drive_fini(struct drive *d)
{
	for (int i = 0; i < d->n_sites; i++)
		free(d->site[i].correction);
}

void drive_fail(struct drive *d, const struct fault *fault)
{
	if (d->state == DRIVE_OVER)
		return;
	d->fault = *fault;
	finish(d);
}

void drive_fail_code(struct drive *d, int code, const char *what)
{
	struct fault f = {0};

	(void)fault_set(&f, code, "%s: %s", what, err_text(code));
	drive_fail(d, &f);
}

void drive_stop(struct drive *d)
{
	drive_fail_code(d, ERR_CANCELED, "stopped");
}

/* ---- One step ------------------------------------------------------------------------------------------ */

static void tell_progress(const struct drive *d, int site)
{
	const struct run *r = d->run;
	const struct run_site *s = &r->site[site];
	const struct twin_row *row = &s->row;
	const struct zone *zone = s->exo->scenario->zone;
	char when[32], pcc[24], store[24], gen[24], queue[24];
	int64_t storage_w = 0, gen_w = 0, queue_w = 0;

	for (int i = 0; i < PLANT_MAX; i++) {
		storage_w += row->storage_w[i];
		gen_w += row->gen_w[i];
		queue_w += row->queue_w[i];
	}
	(void)fprintf(
		stderr, "  %s%s%-10s grid %9s  own %9s  store %9s  jobs %9s  (%llu plans%s)\n",
		num_format_time(when, sizeof(when), run_now(r), zone_offset_s(zone, run_now(r)),
				false),
		d->n_sites > 1 ? "  " : "", d->n_sites > 1 ? s->exo->scenario->plant.site : "",
		num_format_power(pcc, sizeof(pcc), row->pcc_w),
		num_format_power(gen, sizeof(gen), gen_w),
		num_format_power(store, sizeof(store), storage_w),
		num_format_power(queue, sizeof(queue), queue_w),
		(unsigned long long)d->counts.plans, d->site[site].host ? "" : ", no adapter");
}

static void step(struct drive *d)
{
	int r;

	for (int i = 0; i < d->n_sites; i++)
		if (d->options->progress && d->run->has_row && run_now(d->run) % MS_PER_H == 0)
			tell_progress(d, i);
	if (run_is_over(d->run)) {
		finish(d);
		return;
	}
	for (int i = 0; i < d->n_sites; i++)
		drive_site_apply_due(&d->site[i]);
	r = run_step(d->run);
	for (int i = 0; i < d->n_sites && r == 0; i++)
		r = drive_site_live(&d->site[i]);
	if (r < 0) {
		drive_fail_code(d, r, "simulating");
		return;
	}
	/* Leases that ended by then fall back for what comes next. */
	for (int i = 0; i < d->n_sites; i++)
		if (d->site[i].host)
			client_set_engine_ms(host_client(d->site[i].host), run_now(d->run));
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
		drive_fail_code(d, r, at->command);
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
	if (--d->settling == 0 && !run_command(d))
		step(d);
}

static int ask(struct drive *d, struct host *h)
{
	struct client_request how = {.on_answer = settled, .arg = d};
	Suandian__V1__Health body = SUANDIAN__V1__HEALTH__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;

	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_HEALTH;
	env.health = &body;
	d->settling++;
	return client_request(host_client(h), &env, &how, NULL);
}

static void settle(struct drive *d)
{
	int r = 0;

	d->state = DRIVE_SETTLE;
	d->settling = 0;
	for (int i = 0; i < d->n_sites && r == 0; i++)
		if (d->site[i].host)
			r = ask(d, d->site[i].host);
	if (r == 0 && d->settling == 0) /* no adapter lives */
		r = ask(d, d->admin);
	if (r < 0)
		drive_fail_code(d, r, "asking the daemon");
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
		drive_fail_code(d, r, "advancing the clock");
}

void drive_pushed(struct drive *d)
{
	if (d->state != DRIVE_PUSH)
		return;
	for (int i = 0; i < d->n_sites; i++) {
		const struct drive_site *s = &d->site[i];

		if (s->host && !(s->pushed && s->flushed && s->out == 0))
			return;
	}
	advance(d);
}

static int push_site(struct drive_site *s)
{
	int r;

	s->flushed = false;
	s->pushed = true;
	r = drive_push(s);
	return r < 0 ? r : drive_push_jobs(s);
}

/* A site that has just come back is pushed once its points are numbered. */
static void push(struct drive *d)
{
	int r = 0;

	d->state = DRIVE_PUSH;
	for (int i = 0; i < d->n_sites; i++)
		d->site[i].pushed = false;
	for (int i = 0; i < d->n_sites && r == 0; i++)
		if (d->site[i].host && d->site[i].numbered)
			r = push_site(&d->site[i]);
	if (r < 0)
		drive_fail_code(d, r, "pushing telemetry");
	else
		drive_pushed(d); /* no adapter may live */
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
	for (int i = 0; i < d->n_sites; i++)
		client_set_engine_ms(host_client(d->site[i].host), run_now(d->run));
	push(d);
}

static void impatient(void *arg)
{
	struct drive *d = arg;

	if (d->absent.code)
		drive_fail(d, &d->absent);
	else
		drive_fail_code(d, ERR_TIMEOUT, "waiting for the daemon");
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
		drive_fail_code(d, r, "claiming the clock");
}

void drive_numbered(struct drive *d)
{
	int r = 0;

	if (d->state == DRIVE_PUSH)
		for (int i = 0; i < d->n_sites && r == 0; i++) {
			struct drive_site *s = &d->site[i];

			if (s->host && s->numbered && !s->pushed) {
				client_set_engine_ms(host_client(s->host), run_now(d->run));
				r = push_site(s);
			}
		}
	if (r < 0)
		drive_fail_code(d, r, "pushing telemetry");
	if (d->state != DRIVE_CONNECT || !host_is_up(d->admin))
		return;
	for (int i = 0; i < d->n_sites; i++)
		if (!d->site[i].numbered)
			return;
	claim(d);
}

void drive_welcomed(struct drive *d, const Suandian__V1__Welcome *welcome)
{
	if (welcome->driven_clock)
		drive_numbered(d);
	else
		drive_fail_code(d, ERR_CLOCK, "the daemon must be started with --clock=driven");
}

/* Without the daemon the clock does not move, and a daemon that comes back has forgotten who drove it: the end. At the
 * beginning it may not be there yet. */
void drive_link(struct drive *d, bool up, const struct fault *why, int64_t pause_ms)
{
	bool may_come = d->state == DRIVE_CONNECT && pause_ms >= 0;

	if (up)
		return;
	if (may_come && why->code != ERR_DENIED && why->code != ERR_VERSION)
		d->absent = *why;
	else
		drive_fail(d, why);
}

static void admin_welcomed(void *arg, const Suandian__V1__Welcome *welcome)
{
	drive_welcomed(arg, welcome);
}

static void admin_linked(void *arg, bool up, const struct fault *why, int64_t pause_ms)
{
	drive_link(arg, up, why, pause_ms);
}

static void admin_faulted(void *arg, const struct fault *fault, bool closing)
{
	if (!closing) /* else the link tells */
		drive_fail(arg, fault);
}

static int start_admin(struct drive *d)
{
	struct host_options o = {
		.path = d->options->control,
		.client = {.role = "admin",
			   .name = "sim",
			   .build = "suandian-sim",
			   .epoch = (uint64_t)clock_wall_ms()},
		.events = {.on_welcome = admin_welcomed, .on_fault = admin_faulted, .arg = d},
		.on_link = admin_linked,
		.seed = d->options->seed ^ (uint64_t)clock_mono_us(),
		.reconnect = true,
	};
	int r = host_new(d->loop, &o, &d->admin);

	if (r == 0) {
		d->open++;
		host_start(d->admin);
	}
	return r;
}

int drive_start(struct drive *d, struct loop *loop, const struct options *options, struct run *run)
{
	int r;

	*d = (struct drive){.loop = loop, .options = options, .run = run, .n_sites = run->n_sites};
	timer_init(&d->patience, loop, "sim patience", impatient, d);
	r = command_init(&d->command, loop, command_ended, d);
	if (r < 0)
		return r;
	for (int i = 0; i < d->n_sites && r == 0; i++) {
		d->site[i].d = d;
		d->site[i].index = i;
		points_init(&d->site[i].points, run, i);
		r = drive_site_start(&d->site[i]);
	}
	if (r == 0)
		r = start_admin(d);
	if (r < 0) {
		finish(d);
		return r;
	}
	timer_start_in(&d->patience, CONNECT_MS);
	return 0;
}
