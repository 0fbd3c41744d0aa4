#include "sim/drive.h"

#include <errno.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"

/* ---- Decisions ----------------------------------------------------------------------------------------- */

static void acknowledge(struct drive_site *s, const struct obey_answer *a,
			Suandian__V1__DecisionState state)
{
	struct drive *d = s->d;
	struct client_ack ack = {
		.decision_id = a->decision_id, .state = state, .reason = a->reason};
	int r;

	if (state == SUANDIAN__V1__DECISION_STATE__DECISION_APPLIED) {
		ack.has_measured = true;
		ack.measured_w = a->measured_w;
		d->counts.applied++;
	}
	d->counts.accepted += state == SUANDIAN__V1__DECISION_STATE__DECISION_ACCEPTED;
	if (state == SUANDIAN__V1__DECISION_STATE__DECISION_REJECTED) {
		d->counts.rejected++;
		log_warning("sim", "decision %llu is rejected: %s",
			    (unsigned long long)a->decision_id, a->reason);
	}
	r = client_ack_decision(host_client(s->host), &ack);
	if (r < 0)
		drive_fail_code(d, r, "acknowledging a decision");
}

static struct run_site *twin_of(const struct drive_site *s)
{
	return &s->d->run->site[s->index];
}

static void decided(void *arg, const Suandian__V1__Decision *decision)
{
	struct drive_site *s = arg;
	struct twin_exogenous x = run_exogenous(s->d->run, s->index);
	struct obey_now now = {&x, s->d->run->step_ms};
	struct obey_answer answer = obey_take(&twin_of(s)->obey, decision, &now);

	s->d->counts.decisions++;
	if (decision->action) {
		s->d->counts.job_decisions +=
			decision->action->what_case == SUANDIAN__V1__ACTION__WHAT_JOB;
		s->d->counts.journeys +=
			decision->action->what_case == SUANDIAN__V1__ACTION__WHAT_MIGRATE;
	}
	if (answer.state != SUANDIAN__V1__DECISION_STATE__DECISION_REJECTED)
		acknowledge(s, &answer, SUANDIAN__V1__DECISION_STATE__DECISION_ACCEPTED);
	if (answer.state != SUANDIAN__V1__DECISION_STATE__DECISION_ACCEPTED)
		acknowledge(s, &answer, answer.state);
}

static void lapsed(void *arg, const Suandian__V1__Decision *decision)
{
	struct drive_site *s = arg;

	s->d->counts.lapsed++;
	obey_lapse(&twin_of(s)->obey, decision);
	log_notice("sim", "lease of decision %llu for %s ended, its fallback holds",
		   (unsigned long long)decision->id, decision->asset);
}

void drive_site_apply_due(struct drive_site *s)
{
	struct twin_exogenous x = run_exogenous(s->d->run, s->index);
	struct obey_now now = {&x, s->d->run->step_ms};
	struct obey_answer answer;

	if (!s->host) {
		s->d->counts.lapsed += (uint64_t)obey_lapse_due(&twin_of(s)->obey);
		return;
	}
	while (obey_due(&twin_of(s)->obey, &now, &answer))
		acknowledge(s, &answer, SUANDIAN__V1__DECISION_STATE__DECISION_APPLIED);
}

/* ---- The connection ------------------------------------------------------------------------------------ */

static void numbered(void *arg, const uint32_t *id, size_t n)
{
	struct drive_site *s = arg;

	for (size_t i = 0; i < n && i < s->points.n; i++)
		s->points.id[i] = id[i];
	s->numbered = n == s->points.n;
	if (s->numbered)
		drive_numbered(s->d);
}

static void welcomed(void *arg, const Suandian__V1__Welcome *welcome)
{
	drive_welcomed(((struct drive_site *)arg)->d, welcome);
}

static void faulted(void *arg, const struct fault *fault, bool closing)
{
	struct drive_site *s = arg;

	if (closing)
		return; /* the link tells */
	drive_fail(s->d, fault);
}

static void linked(void *arg, bool up, const struct fault *why, int64_t pause_ms)
{
	drive_link(((struct drive_site *)arg)->d, up, why, pause_ms);
}

static void flushed(void *arg)
{
	struct drive_site *s = arg;

	s->flushed = true;
	drive_pushed(s->d);
}

static int declare(struct drive_site *s)
{
	Suandian__V1__DeclarePoints *points;
	char all[PLANT_ID_MAX + 4];
	const char *const asset[] = {all};
	struct arena a;
	int r = -ENOMEM;

	arena_init(&a, (size_t)1 << 20);
	points = points_declaration(&s->points, &a);
	if (points)
		r = client_declare(host_client(s->host), points);
	arena_fini(&a);
	(void)snprintf(all, sizeof(all), "%s/*", run_scenario(s->d->run, s->index)->plant.site);
	if (r == 0)
		r = client_subscribe_decisions(host_client(s->host), asset, 1);
	return r;
}

int drive_site_start(struct drive_site *s)
{
	struct drive *d = s->d;
	char name[PLANT_ID_MAX + 8];
	struct host_options o = {
		.path = d->options->adapter,
		.client = {.role = "adapter",
			   .name = name,
			   .build = "suandian-sim",
			   .epoch = (uint64_t)clock_wall_ms() + s->deaths},
		.events = {.on_welcome = welcomed,
			   .on_points = numbered,
			   .on_decision = decided,
			   .on_fallback = lapsed,
			   .on_fault = faulted,
			   .arg = s},
		.on_link = linked,
		.on_flushed = flushed,
		.seed = d->options->seed ^ (uint64_t)clock_mono_us() ^ (uint64_t)s->index << 40,
		.reconnect = true,
	};
	int r;

	(void)snprintf(name, sizeof(name), d->n_sites > 1 ? "sim-%s" : "sim",
		       run_scenario(d->run, s->index)->plant.site);
	s->numbered = s->layout = s->flushed = s->pushed = false;
	s->fresh = true;
	s->out = 0;
	r = host_new(d->loop, &o, &s->host);
	if (r < 0)
		return r;
	d->open++;
	r = declare(s);
	if (r == 0)
		host_start(s->host);
	return r;
}

/* ---- Death and return ---------------------------------------------------------------------------------- */

/* The controllers of the plant know how long what they were told holds. */
static void remember_leases(struct drive_site *s)
{
	struct run_site *site = twin_of(s);
	const struct plant *p = site->twin[RUN_OBEY].plant;

	for (int kind = 0; kind < OBEY_KINDS; kind++)
		for (int i = 0; i < PLANT_MAX; i++) {
			struct obey_lease *l = &site->obey.lease[kind][i];
			char asset[2 * PLANT_ID_MAX + 2];
			int64_t left_ms = 0;
			const char *id = plant_id(p, (struct plant_ref){(enum plant_kind)kind, i});

			if (!id || l->until_ms == 0)
				continue;
			(void)snprintf(asset, sizeof(asset), "%s/%s", p->site, id);
			if (client_peek_decision(host_client(s->host), asset, 0, &left_ms))
				l->until_ms = run_now(s->d->run) + left_ms;
		}
}

int drive_site_live(struct drive_site *s)
{
	bool dead = drive_has_fault(s, FAULT_ADAPTER);

	if (dead && s->host) {
		log_notice("sim", "the adapter of %s dies",
			   run_scenario(s->d->run, s->index)->plant.site);
		remember_leases(s);
		host_close(s->host, drive_host_gone, s->d);
		s->host = NULL;
		s->numbered = false;
		s->deaths++;
	}
	if (dead || s->host)
		return 0;
	log_notice("sim", "the adapter of %s comes back",
		   run_scenario(s->d->run, s->index)->plant.site);
	return drive_site_start(s);
}
