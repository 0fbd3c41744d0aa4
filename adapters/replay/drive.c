#include "replay/drive.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"

#define DRAIN_MS 10000
#define CONNECT_MS 10000
#define LOST_MS 60000 /* it may come back, and all goes on */
/* Well below the spool, which drops what is too much. */
#define CHUNK_ROWS 50000
#define CURVES_MAX 64 /* under way at the same time */

static void go_on(struct drive *d);

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
	timer_stop(&d->patience);
	timer_stop(&d->pace);
	host_drain(d->adapter, d->fault.code ? 0 : DRAIN_MS, host_gone, d);
	if (d->admin)
		host_close(d->admin, host_gone, d);
}

static void fail_with(struct drive *d, const struct fault *fault, const char *what)
{
	if (d->state == DRIVE_OVER)
		return;
	d->fault = *fault;
	if (what)
		(void)fault_prefix(&d->fault, "%s", what);
	finish(d);
}

static void fail(struct drive *d, int code, const char *what)
{
	struct fault f = {0};

	(void)fault_set(&f, code, "%s: %s", what, err_text(code));
	fail_with(d, &f, NULL);
}

void drive_stop(struct drive *d)
{
	fail(d, ERR_CANCELED, "stopped");
}

/* ---- One step ------------------------------------------------------------------------------------------ */

static void advanced(void *arg, const struct client_answer *answer)
{
	struct drive *d = arg;

	if (d->state != DRIVE_ADVANCE)
		return;
	if (answer->code < 0) {
		fail_with(d, answer->fault, "advancing the clock");
		return;
	}
	if (answer->env->body_case != SUANDIAN__V1__ENVELOPE__BODY_QUIESCENT)
		return;
	d->counts.plans += answer->env->quiescent->plans;
	d->counts.audit_seq = answer->env->quiescent->audit_seq;
	go_on(d);
}

static void advance(struct drive *d)
{
	struct client_request how = {.on_answer = advanced, .arg = d, .timeout_ms = -1};
	Suandian__V1__AdvanceTime body = SUANDIAN__V1__ADVANCE_TIME__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	int r;

	d->state = DRIVE_ADVANCE;
	body.to_ms = d->now_ms;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_ADVANCE_TIME;
	env.advance_time = &body;
	r = client_request(host_client(d->admin), &env, &how, NULL);
	if (r < 0)
		fail(d, r, "advancing the clock");
}

static int push_rows(struct drive *d)
{
	struct feed_rows *rows = &d->rows;
	size_t n = rows->n - d->row_at < CHUNK_ROWS ? rows->n - d->row_at : CHUNK_ROWS;
	uint32_t *point = calloc(n ? n : 1, sizeof(*point));
	int r;

	if (!point)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		point[i] = d->id[rows->series[d->row_at + i]];
	r = client_push(host_client(d->adapter), point, rows->t_ms + d->row_at,
			rows->value + d->row_at, rows->quality + d->row_at, n);
	free(point);
	d->row_at += n;
	return r;
}

static int push_curve(void *arg, const struct feed_curve *c);

static void push_curves(struct drive *d)
{
	int r = feed_curves(d->feed, d->now_ms, push_curve, d);

	d->curves_due = r == ERR_FULL;
	if (r < 0 && r != ERR_FULL)
		fail(d, r, "pushing forecasts");
}

/* Perhaps all that was pushed is on the daemon's disk: what comes next? */
static void pushed(struct drive *d)
{
	int r;

	if (d->state != DRIVE_PUSH || d->curves_out > 0 || !host_is_flushed(d->adapter))
		return;
	if (d->row_at < d->rows.n) {
		r = push_rows(d);
		if (r < 0)
			fail(d, r, "pushing samples");
	} else if (d->curves_due) {
		push_curves(d);
	} else if (d->admin) {
		advance(d);
	} else {
		go_on(d);
	}
}

static void curve_answered(void *arg, const struct client_answer *answer)
{
	struct drive *d = arg;

	if (answer->code == ERR_CLOSED)
		return; /* kept: it is sent again */
	d->curves_out--;
	if (answer->code < 0)
		fail_with(d, answer->fault, "a forecast is refused");
	else
		pushed(d);
}

static int push_curve(void *arg, const struct feed_curve *c)
{
	struct drive *d = arg;
	struct client_request how = {.on_answer = curve_answered, .arg = d, .keep = true};
	Suandian__V1__PushCurve body = SUANDIAN__V1__PUSH_CURVE__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	int r;

	if (d->curves_out == CURVES_MAX)
		return ERR_FULL;
	body.point = d->id[c->series];
	body.issue_ms = c->issue_ms;
	body.start_ms = c->start_ms;
	body.label = c->label;
	body.step_ms = (uint32_t)c->step_ms;
	body.n_value = c->n;
	body.value = (double *)c->value; /* read only: it is encoded */
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_PUSH_CURVE;
	env.push_curve = &body;
	r = client_request(host_client(d->adapter), &env, &how, NULL);
	if (r < 0)
		return r;
	d->curves_out++;
	d->counts.curves++;
	return 0;
}

static void count_rows(struct drive *d)
{
	d->counts.steps++;
	d->counts.samples += d->rows.n;
	for (size_t i = 0; i < d->rows.n; i++)
		d->counts.missing += d->rows.quality[i] == SUANDIAN__V1__QUALITY__QUALITY_MISSING;
}

static void step(struct drive *d)
{
	int r = feed_take(d->feed, d->now_ms, &d->rows);

	d->state = DRIVE_PUSH;
	d->row_at = 0;
	if (r < 0) {
		fail(d, r, "preparing samples");
		return;
	}
	count_rows(d);
	push_curves(d);
	pushed(d);
}

/* From one step to the next, in its time. */
static void go_on(struct drive *d)
{
	double span_ms;

	if (d->now_ms >= d->to_ms || d->options->once) {
		finish(d);
		return;
	}
	d->state = DRIVE_PACE;
	d->now_ms = min_i64(d->now_ms + d->options->step_ms, d->to_ms);
	span_ms = d->options->speed > 0 ? (double)(d->now_ms - d->from_ms) / d->options->speed : 0;
	timer_start_at(&d->pace, d->began_ms + (int64_t)span_ms);
}

static void paced(void *arg)
{
	step(arg);
}

static void flushed(void *arg)
{
	pushed(arg);
}

/* ---- The beginning ------------------------------------------------------------------------------------- */

static void begin(struct drive *d)
{
	d->began_ms = clock_mono_ms();
	step(d);
}

static void claimed(void *arg, const struct client_answer *answer)
{
	struct drive *d = arg;

	if (d->state != DRIVE_CLAIM)
		return;
	if (answer->code < 0)
		fail_with(d, answer->fault, "claiming the clock");
	else
		begin(d);
}

static void claim(struct drive *d)
{
	struct client_request how = {.on_answer = claimed, .arg = d};
	Suandian__V1__ClaimClock body = SUANDIAN__V1__CLAIM_CLOCK__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	int r;

	d->state = DRIVE_CLAIM;
	body.start_ms = d->from_ms;
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_CLAIM_CLOCK;
	env.claim_clock = &body;
	r = client_request(host_client(d->admin), &env, &how, NULL);
	if (r < 0)
		fail(d, r, "claiming the clock");
}

static void perhaps_begin(struct drive *d)
{
	if (d->state != DRIVE_CONNECT || !d->numbered || (d->admin && !host_is_up(d->admin)))
		return;
	timer_stop(&d->patience);
	if (d->admin)
		claim(d);
	else
		begin(d);
}

static void impatient(void *arg)
{
	struct drive *d = arg;

	if (d->absent.code)
		fail_with(d, &d->absent, NULL);
	else
		fail(d, ERR_TIMEOUT, "waiting for the daemon");
}

static void numbered(void *arg, const uint32_t *id, size_t n)
{
	struct drive *d = arg;

	for (size_t i = 0; i < n && i < d->feed->recipe->n; i++)
		d->id[i] = id[i];
	d->numbered = n == d->feed->recipe->n;
	perhaps_begin(d);
}

static void welcomed(void *arg, const Suandian__V1__Welcome *welcome)
{
	struct drive *d = arg;

	if (d->admin && !welcome->driven_clock)
		fail(d, ERR_CLOCK, "the daemon must be started with --clock=driven");
	else
		perhaps_begin(d);
}

static void faulted(void *arg, const struct fault *fault, bool closing)
{
	if (!closing) /* else the link tells */
		fail_with(arg, fault, NULL);
}

/* Who drove the clock is forgotten with the connection: the end. Else everything is kept and said again. */
static void linked(void *arg, bool up, const struct fault *why, int64_t pause_ms)
{
	struct drive *d = arg;
	bool may_come = (d->state == DRIVE_CONNECT || !d->admin) && pause_ms >= 0;

	if (up) {
		if (d->state != DRIVE_CONNECT)
			timer_stop(&d->patience);
		return;
	}
	if (!may_come || why->code == ERR_DENIED || why->code == ERR_VERSION) {
		fail_with(d, why, NULL);
		return;
	}
	d->absent = *why;
	if (d->state != DRIVE_OVER && !timer_is_running(&d->patience))
		timer_start_in(&d->patience, LOST_MS);
}

static int make_host(struct drive *d, const char *path, const char *role, struct host **ret)
{
	struct host_options o = {
		.path = path,
		.client = {.role = role,
			   .name = d->feed->recipe->name,
			   .build = "suandian-replay",
			   .epoch = (uint64_t)clock_wall_ms()},
		.events = {.on_welcome = welcomed, .on_fault = faulted, .arg = d},
		.on_link = linked,
		.seed = (uint64_t)clock_mono_us(),
		.reconnect = true,
	};

	if (ret == &d->adapter) {
		o.events.on_points = numbered;
		o.on_flushed = flushed;
	}
	return host_new(d->loop, &o, ret);
}

static int declare(struct drive *d)
{
	const struct recipe *recipe = d->feed->recipe;
	const struct pointspec **spec = calloc(recipe->n, sizeof(const struct pointspec *));
	Suandian__V1__DeclarePoints *points;
	struct arena a;
	int r = -ENOMEM;

	if (!spec)
		return r;
	for (size_t i = 0; i < recipe->n; i++)
		spec[i] = &recipe->series[i].point;
	arena_init(&a, (size_t)16 << 20);
	points = pointspec_declare(spec, recipe->n, &a);
	if (points)
		r = client_declare(host_client(d->adapter), points);
	arena_fini(&a);
	free(spec);
	return r;
}

int drive_start(struct drive *d, struct loop *loop, const struct options *options,
		struct feed *feed, int64_t from_ms, int64_t to_ms)
{
	int r;

	*d = (struct drive){.loop = loop,
			    .options = options,
			    .feed = feed,
			    .now_ms = from_ms,
			    .from_ms = from_ms,
			    .to_ms = to_ms};
	timer_init(&d->patience, loop, "replay patience", impatient, d);
	timer_init(&d->pace, loop, "replay pace", paced, d);
	feed_begin(feed, from_ms);
	d->id = calloc(feed->recipe->n, sizeof(*d->id));
	if (!d->id)
		return -ENOMEM;
	r = make_host(d, options->adapter, "adapter", &d->adapter);
	if (r < 0)
		return r;
	if (options->is_driven)
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
	if (d->admin)
		host_start(d->admin);
	return 0;
}

void drive_fini(struct drive *d)
{
	free(d->id);
	feed_rows_fini(&d->rows);
}
