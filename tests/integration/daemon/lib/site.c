#include "testdaemon/site.h"

#include <check.h>

#include "base/base.h"
#include "base/slot.h"

static const struct {
	char *name;
	Suandian__V1__Unit unit;
	double value;
} points[SITE_POINTS] = {
	[PCC_POWER] = {"hongyuan/pcc.power", SUANDIAN__V1__UNIT__UNIT_W, 5e6},
	[IT_POWER] = {"hongyuan/it.power", SUANDIAN__V1__UNIT__UNIT_W, 4e6},
	[PV1_POWER] = {"hongyuan/pv1.power", SUANDIAN__V1__UNIT__UNIT_W, 0},
	[BESS_SOC] = {"hongyuan/bess.soc", SUANDIAN__V1__UNIT__UNIT_PERCENT, 50},
	[BESS_POWER] = {"hongyuan/bess.power", SUANDIAN__V1__UNIT__UNIT_W, 0},
	[UPS_SOC] = {"hongyuan/ups.soc", SUANDIAN__V1__UNIT__UNIT_PERCENT, 100},
	[UPS_POWER] = {"hongyuan/ups.power", SUANDIAN__V1__UNIT__UNIT_W, 0},
	[BATCH_BACKLOG] = {"hongyuan/batch.backlog", SUANDIAN__V1__UNIT__UNIT_DEVICE_SECONDS, 2e6},
	[BATCH_POWER] = {"hongyuan/batch.power", SUANDIAN__V1__UNIT__UNIT_W, 0},
	[BATCH_ARRIVALS] = {"hongyuan/batch.arrivals", SUANDIAN__V1__UNIT__UNIT_DEVICE_SECONDS,
			    100000},
	[BATCH_DUE] = {"hongyuan/batch.due", SUANDIAN__V1__UNIT__UNIT_DEVICE_SECONDS, 0},
	[TEMPERATURE] = {"hongyuan/temperature", SUANDIAN__V1__UNIT__UNIT_CELSIUS, 20},
};

static bool has_points(void *arg)
{
	size_t n;

	(void)link_points(arg, &n);
	return n == SITE_POINTS || !link_is_up(arg) || link_noted(arg) != 0;
}

void site_declare(struct link *l)
{
	Suandian__V1__PointDecl decls[SITE_POINTS];
	Suandian__V1__PointDecl *list[SITE_POINTS];
	Suandian__V1__DeclarePoints m = SUANDIAN__V1__DECLARE_POINTS__INIT;

	for (int i = 0; i < SITE_POINTS; i++) {
		bool interval = i == BATCH_ARRIVALS;

		decls[i] = (Suandian__V1__PointDecl)SUANDIAN__V1__POINT_DECL__INIT;
		decls[i].name = points[i].name;
		decls[i].unit = points[i].unit;
		decls[i].kind = interval ? SUANDIAN__V1__VALUE_KIND__KIND_ENERGY
					 : SUANDIAN__V1__VALUE_KIND__KIND_INSTANT;
		decls[i].label = interval ? SUANDIAN__V1__POINT_LABEL__LABEL_END
					  : SUANDIAN__V1__POINT_LABEL__LABEL_UNSPECIFIED;
		decls[i].period_ms = 900000;
		list[i] = &decls[i];
	}
	m.points = list;
	m.n_points = SITE_POINTS;
	ck_assert_int_eq(client_declare(link_client(l), &m), 0);
	ck_assert(link_pump(has_points, l, 60000));
	ck_assert_int_eq(link_noted(l), 0);
	ck_assert(link_is_up(l));
}

uint32_t site_point(const struct link *l, enum site_point p)
{
	size_t n;
	const uint32_t *ids = link_points(l, &n);

	ck_assert_ptr_nonnull(ids);
	return ids[p];
}

void site_push(struct link *l, int64_t t_ms)
{
	uint32_t id[SITE_POINTS];
	int64_t t[SITE_POINTS];
	double value[SITE_POINTS];

	for (int i = 0; i < SITE_POINTS; i++) {
		id[i] = site_point(l, (enum site_point)i);
		t[i] = t_ms;
		value[i] = points[i].value;
	}
	ck_assert_int_eq(client_push(link_client(l), id, t, value, NULL, SITE_POINTS), 0);
}

static void push_curve(struct link *l, enum site_point p, int64_t t_ms, double value)
{
	Suandian__V1__PushCurve body = SUANDIAN__V1__PUSH_CURVE__INIT;
	Suandian__V1__Envelope env = SUANDIAN__V1__ENVELOPE__INIT;
	const Suandian__V1__Envelope *answer;
	double values[192];

	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		values[i] = value;
	body.point = site_point(l, p);
	body.issue_ms = t_ms;
	body.start_ms = slot_floor(t_ms);
	body.step_ms = (uint32_t)SLOT_MS;
	body.label = SUANDIAN__V1__POINT_LABEL__LABEL_START;
	body.value = values;
	body.n_value = ARRAY_SIZE(values);
	env.body_case = SUANDIAN__V1__ENVELOPE__BODY_PUSH_CURVE;
	env.push_curve = &body;
	if (link_call(l, &env, &answer) != 0)
		ck_abort_msg("curve: %s", link_fault(l));
	ck_assert_int_eq(answer->body_case, SUANDIAN__V1__ENVELOPE__BODY_OK);
}

void site_push_curves(struct link *l, int64_t t_ms)
{
	push_curve(l, IT_POWER, t_ms, 4e6);
	push_curve(l, PV1_POWER, t_ms, 0);
	push_curve(l, BATCH_ARRIVALS, t_ms, 100000);
}
