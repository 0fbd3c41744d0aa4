/* Backtests and outlooks: one answer per point, a slice of work per tick. */
#include <string.h>

#include "api/handlers.h"
#include "api/limits.h"
#include "api/reply.h"
#include "api/task.h"

#define DAYS_DEFAULT 14

struct forecast_task {
	struct task task;
	uint32_t point; /* the one in hand */
	bool single;	/* and no other */
	char site[ID_MAX];
	int days;
	uint32_t slots;
	bool no_test;
	bool any; /* an answer was sent */
	struct backtest_run *run;
};

/* What one answer is made of. */
struct answer {
	Suandian__V1__BacktestReport body;
	Suandian__V1__BacktestFigures all, lead[BACKTEST_LEADS];
	Suandian__V1__BacktestFigures *leads[BACKTEST_LEADS];
	Suandian__V1__OutlookSlots outlook;
	struct plan_source source;
	struct outlook_slot slot[OUTLOOK_SLOTS_MAX];
	double value[4][OUTLOOK_SLOTS_MAX];
};

static void map_figures(const struct backtest_figures *from, Suandian__V1__BacktestFigures *m)
{
	*m = (Suandian__V1__BacktestFigures)SUANDIAN__V1__BACKTEST_FIGURES__INIT;
	m->n = from->n;
	m->lead_end_ms = from->lead_end_ms;
	m->rrmse = from->rrmse;
	m->persistence_rrmse = from->persistence_rrmse;
	m->mae = from->mae;
	m->bias = from->bias;
	m->mape = from->mape;
	m->coverage = from->coverage;
	m->skill = from->skill;
}

static void map_report(const struct backtest_report *from, struct answer *a)
{
	a->body.kind = (char *)from->kind;
	a->body.days = (uint32_t)from->days;
	a->body.similar_days = (uint32_t)from->similar_days;
	map_figures(&from->all, &a->all);
	a->body.all = &a->all;
	for (int i = 0; i < BACKTEST_LEADS; i++) {
		map_figures(&from->lead[i], &a->lead[i]);
		a->leads[i] = &a->lead[i];
	}
	a->body.n_leads = BACKTEST_LEADS;
	a->body.leads = a->leads;
	a->body.n_curve = from->n_curve;
	a->body.curve_rrmse = from->curve_rrmse;
}

static int map_outlook(struct forecast_task *t, struct answer *a, struct refusal *r)
{
	struct core *core = t->task.session->core;
	int rc = engine_outlook(core->engine, t->point, t->slots, a->slot, &a->source, &r->fault);

	if (rc < 0)
		return rc;
	for (uint32_t i = 0; i < t->slots; i++) {
		a->value[0][i] = a->slot[i].value;
		a->value[1][i] = a->slot[i].p10;
		a->value[2][i] = a->slot[i].p50;
		a->value[3][i] = a->slot[i].p90;
	}
	a->outlook = (Suandian__V1__OutlookSlots)SUANDIAN__V1__OUTLOOK_SLOTS__INIT;
	a->outlook.start_ms = a->slot[0].start_ms;
	a->outlook.step_ms = SLOT_MS;
	a->outlook.n_value = a->outlook.n_p10 = a->outlook.n_p50 = a->outlook.n_p90 = t->slots;
	a->outlook.value = a->value[0];
	a->outlook.p10 = a->value[1];
	a->outlook.p50 = a->value[2];
	a->outlook.p90 = a->value[3];
	a->outlook.source = a->source.source;
	a->outlook.quality = (Suandian__V1__Quality)a->source.quality;
	a->body.outlook = &a->outlook;
	return 0;
}

/* Is it one of those asked for, and can it be foretold? */
static bool is_wanted(const struct forecast_task *t, uint32_t point)
{
	const struct engine *e = t->task.session->core->engine;
	const char *site, *role;
	struct backtest_run *run;
	struct fault f = {0};

	engine_point_binding(e, point, &site, &role);
	if (strcmp(site, t->site) != 0 || engine_backtest_open(e, point, 1, &run, &f) < 0)
		return false;
	engine_backtest_close(run);
	return true;
}

/* The next one from `point` on, 0 = none. */
static uint32_t next_point(const struct forecast_task *t, uint32_t point)
{
	uint32_t n = engine_point_count(t->task.session->core->engine);

	for (; !t->single && point <= n; point++) {
		if (is_wanted(t, point))
			return point;
	}
	return 0;
}

static int answer(struct forecast_task *t, uint32_t next, struct refusal *r)
{
	struct core *core = t->task.session->core;
	const struct point *p = engine_point(core->engine, t->point);
	struct answer *a = ARENA_NEW(core_answer(core), struct answer);
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;

	if (!a)
		return refuse(r, -ENOMEM, "", "out of memory");
	a->body = (Suandian__V1__BacktestReport)SUANDIAN__V1__BACKTEST_REPORT__INIT;
	a->body.point = (char *)p->decl.name;
	a->body.unit = (Suandian__V1__Unit)p->decl.unit;
	a->body.last = next == 0;
	if (t->run)
		map_report(engine_backtest_report(t->run), a);
	if (t->slots > 0) {
		int rc = map_outlook(t, a, r);

		if (rc < 0)
			return rc;
	}
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_BACKTEST_REPORT;
	env.backtest_report = &a->body;
	reply(t->task.session, t->task.id, &env);
	engine_backtest_close(t->run);
	t->run = NULL;
	t->any = true;
	t->point = next;
	return next ? TASK_MORE : 0;
}

static int step_forecast(struct task *task, struct refusal *r)
{
	struct forecast_task *t = container_of(task, struct forecast_task, task);
	int rc = 0;

	if (t->point == 0)
		return refuse(r, ERR_NOTFOUND, "site", "no point of %s can be foretold", t->site);
	if (!t->run && !t->no_test) {
		rc = engine_backtest_open(task->session->core->engine, t->point, t->days, &t->run,
					  &r->fault);
		return rc < 0 ? rc : TASK_MORE;
	}
	if (t->run)
		rc = engine_backtest_step(t->run);
	if (rc < 0)
		return refuse(r, rc, "", "%s", err_text(rc));
	return rc > 0 ? TASK_MORE : answer(t, next_point(t, t->point + 1), r);
}

static void gone(struct task *task)
{
	task->session->core->n_backtests--;
	engine_backtest_close(container_of(task, struct forecast_task, task)->run);
}

static int check(struct request *r, const Suandian__V1__Backtest *m, uint32_t *ret_point)
{
	const struct point *p = engine_find_point(r->engine, m->point);
	struct backtest_run *run;
	int rc;

	if ((m->point[0] == '\0') == (m->site[0] == '\0'))
		return refuse(&r->refusal, ERR_INVALID, "point", "a point or a site, one of them");
	if (m->slots > OUTLOOK_SLOTS_MAX)
		return refuse(&r->refusal, ERR_INVALID, "slots", "is above %d", OUTLOOK_SLOTS_MAX);
	if (m->days > INT32_MAX)
		return refuse(&r->refusal, ERR_INVALID, "days", "is out of range");
	if (m->site[0] && strlen(m->site) >= ID_MAX)
		return refuse(&r->refusal, ERR_NOTFOUND, "site", "there is no such site");
	if (m->site[0])
		return 0;
	if (!p)
		return refuse(&r->refusal, ERR_NOTFOUND, "point", "there is no point %.96s",
			      m->point);
	rc = engine_backtest_open(r->engine, p->id, m->days ? (int)m->days : DAYS_DEFAULT, &run,
				  &r->refusal.fault);
	if (rc < 0)
		return rc;
	engine_backtest_close(run);
	*ret_point = p->id;
	return 0;
}

int handle_backtest(struct request *r)
{
	const Suandian__V1__Backtest *m = r->env->backtest;
	struct core *core = r->session->core;
	struct forecast_task *t;
	struct task *task;
	uint32_t point = 0;
	int rc = check(r, m, &point);

	if (rc < 0)
		return rc;
	if (core->n_backtests >= BACKTESTS_MAX)
		return refuse(&r->refusal, ERR_FULL, "",
			      "%d backtests are under way, of all sessions: ask again later",
			      BACKTESTS_MAX);
	rc = task_new(r, sizeof(*t), step_forecast, &task);
	if (rc < 0)
		return rc;
	core->n_backtests++;
	task->gone = gone;
	t = container_of(task, struct forecast_task, task);
	t->single = point != 0;
	t->days = m->days ? (int)m->days : DAYS_DEFAULT;
	t->slots = m->slots;
	t->no_test = m->no_test;
	memcpy(t->site, m->site, strlen(m->site) + 1);
	t->point = point ? point : next_point(t, 1);
	return 0;
}
