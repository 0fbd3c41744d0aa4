#include "prometheus/relay.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "common/host.h"

#define RELAY_LOG "prometheus"
#define DRAIN_MS 5000
#define FAULT_PAUSE_MS MS_PER_MIN

struct relay {
	struct host *host;
	const struct mapping *mapping;
	void (*ready)(void *arg);
	void *ready_arg;
	uint32_t *id; /* [n_points] */
	bool numbered, is_lost;
	int64_t fault_ms; /* monotonic; of the last that was told */
	struct relay_stats stats;
	/* columns of one push, [n_points] */
	uint32_t *point;
	int64_t *t_ms;
	double *value;
	uint8_t *quality;
	closed_cb closed;
	void *closed_arg;
};

/* ---- What the daemon says ------------------------------------------------------------------------------ */

static void numbered(void *arg, const uint32_t *id, size_t n)
{
	struct relay *r = arg;

	for (size_t i = 0; i < n && i < r->mapping->n_points; i++)
		r->id[i] = id[i];
	r->numbered = n == r->mapping->n_points;
	if (r->numbered)
		r->ready(r->ready_arg);
}

static void welcomed(void *arg, const Suandian__V1__Welcome *w)
{
	(void)arg;
	log_info(RELAY_LOG, "connected to %s", w->build);
	if (w->driven_clock)
		log_warning(RELAY_LOG,
			    "the daemon's clock is driven: values of now may be refused");
}

static void faulted(void *arg, const struct fault *fault, bool closing)
{
	struct relay *r = arg;
	int64_t now_ms = clock_mono_ms();

	if (closing || (r->fault_ms && now_ms - r->fault_ms < FAULT_PAUSE_MS))
		return; /* the link tells; the same is refused every period */
	r->fault_ms = now_ms;
	log_error(RELAY_LOG, "%s", fault->text);
}

static void linked(void *arg, bool up, const struct fault *why, int64_t pause_ms)
{
	struct relay *r = arg;

	(void)pause_ms;
	if (up == !r->is_lost)
		return;
	if (!up)
		log_warning(RELAY_LOG, "no daemon: %s; keeping what is read until it is back",
			    why->text);
	r->is_lost = !up;
}

/* ---- What it is told ----------------------------------------------------------------------------------- */

void relay_push(struct relay *r, const size_t *point, const struct reading *reading, size_t n)
{
	struct client *c = host_client(r->host);
	int e;

	if (!r->numbered) {
		r->stats.dropped += n;
		return;
	}
	for (size_t i = 0; i < n; i++) {
		r->point[i] = r->id[point[i]];
		r->t_ms[i] = reading[i].t_ms;
		r->value[i] = reading[i].value;
		r->quality[i] = (uint8_t)reading[i].quality;
		r->stats.missing += reading[i].quality == SUANDIAN__V1__QUALITY__QUALITY_MISSING;
	}
	e = n ? client_add_layout(c, r->point, n) : 0;
	if (e == 0)
		e = client_push(c, r->point, r->t_ms, r->value, r->quality, n);
	if (e < 0)
		log_error(RELAY_LOG, "%zu values are lost: %s", n, err_text(e));
	else
		r->stats.samples += n;
}

static void curve_answered(void *arg, const struct client_answer *a)
{
	if (a->code < 0 && a->code != ERR_CLOSED)
		faulted(arg, a->fault, false);
}

void relay_push_curve(struct relay *r, const struct forecast_curve *c)
{
	struct client_request how = {.on_answer = curve_answered, .arg = r};
	Suandian__V1__PushCurve body = SUANDIAN__V1__PUSH_CURVE__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	bool is_end =
		r->mapping->points[c->point].spec.label == SUANDIAN__V1__POINT_LABEL__LABEL_END;

	if (!r->numbered || !host_is_up(r->host))
		return;
	body.point = r->id[c->point];
	body.issue_ms = c->issue_ms;
	body.start_ms = c->start_ms;
	body.label = is_end ? SUANDIAN__V1__POINT_LABEL__LABEL_END
			    : SUANDIAN__V1__POINT_LABEL__LABEL_START;
	body.step_ms = (uint32_t)c->step_ms;
	body.n_value = c->n;
	body.value = (double *)c->value; /* read only: it is encoded */
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_PUSH_CURVE;
	env.push_curve = &body;
	if (client_request(host_client(r->host), &env, &how, NULL) == 0)
		r->stats.curves++;
}

void relay_get_stats(const struct relay *r, struct relay_stats *ret)
{
	*ret = r->stats;
}

/* ---- Life ---------------------------------------------------------------------------------------------- */

static void free_relay(struct relay *r)
{
	free(r->id);
	free(r->point);
	free(r->t_ms);
	free(r->value);
	free(r->quality);
	free(r);
}

static int declare(struct relay *r)
{
	const struct mapping *m = r->mapping;
	const struct pointspec **spec = calloc(m->n_points, sizeof(const struct pointspec *));
	Suandian__V1__DeclarePoints *points;
	struct arena a;
	int e = -ENOMEM;

	if (!spec)
		return e;
	for (size_t i = 0; i < m->n_points; i++)
		spec[i] = &m->points[i].spec;
	arena_init(&a, (size_t)16 << 20);
	points = pointspec_declare(spec, m->n_points, &a);
	if (points)
		e = client_declare(host_client(r->host), points);
	arena_fini(&a);
	free(spec);
	return e;
}

static int make_host(struct relay *r, struct loop *loop, const char *path)
{
	struct host_options o = {
		.path = path,
		.client = {.role = "adapter",
			   .name = r->mapping->name,
			   .build = "suandian-prometheus",
			   .epoch = (uint64_t)clock_wall_ms()},
		.events = {.on_welcome = welcomed,
			   .on_points = numbered,
			   .on_fault = faulted,
			   .arg = r},
		.on_link = linked,
		.seed = (uint64_t)clock_mono_us(),
		.reconnect = true,
	};

	return host_new(loop, &o, &r->host);
}

int relay_new(struct loop *loop, const struct relay_options *o, struct relay **ret)
{
	const struct mapping *m = o->mapping;
	struct relay *r = calloc(1, sizeof(*r));
	int e = -ENOMEM;

	if (!r)
		return e;
	r->mapping = m;
	r->ready = o->ready;
	r->ready_arg = o->arg;
	r->id = calloc(m->n_points, sizeof(*r->id));
	r->point = calloc(m->n_points, sizeof(*r->point));
	r->t_ms = calloc(m->n_points, sizeof(*r->t_ms));
	r->value = calloc(m->n_points, sizeof(*r->value));
	r->quality = calloc(m->n_points, sizeof(*r->quality));
	if (r->id && r->point && r->t_ms && r->value && r->quality)
		e = make_host(r, loop, o->path);
	if (e < 0) {
		free_relay(r);
		return e;
	}
	e = declare(r);
	if (e < 0) {
		relay_close(r, NULL, NULL);
		return e;
	}
	host_start(r->host);
	*ret = r;
	return 0;
}

static void host_closed(void *arg)
{
	struct relay *r = arg;
	closed_cb closed = r->closed;
	void *closed_arg = r->closed_arg;

	free_relay(r);
	if (closed)
		closed(closed_arg);
}

void relay_close(struct relay *r, closed_cb closed, void *arg)
{
	r->closed = closed;
	r->closed_arg = arg;
	host_drain(r->host, r->is_lost ? 0 : DRAIN_MS, host_closed, r);
}
