#include "calc/answer.h"

#include <math.h>

/* JSON has no infinity. */
static json_t *number(double x)
{
	return isfinite(x) ? json_real(x) : json_null();
}

static json_t *numbers(const double *x, int n)
{
	json_t *list = json_array();

	for (int i = 0; list && i < n; i++)
		if (json_array_append_new(list, number(x[i])) < 0) {
			json_decref(list);
			list = NULL;
		}
	return list;
}

static json_t *flags(const bool *x, int n)
{
	json_t *list = json_array();

	for (int i = 0; list && i < n; i++)
		if (json_array_append_new(list, json_integer(x[i])) < 0) {
			json_decref(list);
			list = NULL;
		}
	return list;
}

static json_t *text(const char *s)
{
	return s ? json_string(s) : json_null();
}

static json_t *storages(const struct site_case *c, const struct schedule *s)
{
	json_t *list = json_array();

	for (int i = 0; list && i < c->n_storages; i++) {
		json_t *one = json_pack("{s:o, s:o, s:o, s:o}", "name", text(c->storages[i].name),
					"charge", numbers(s->storages[i].charge, c->n), "discharge",
					numbers(s->storages[i].discharge, c->n), "soc",
					numbers(s->storages[i].level, c->n));

		if (!one || json_array_append_new(list, one) < 0) {
			json_decref(list);
			list = NULL;
		}
	}
	return list;
}

static json_t *loads(const struct site_case *c, const struct schedule *s)
{
	json_t *list = json_array();

	for (int i = 0; list && i < c->n_loads; i++) {
		json_t *one = json_pack("{s:o, s:o, s:o}", "name", text(c->loads[i].name), "power",
					numbers(s->loads[i].power, c->n), "on",
					flags(s->loads[i].on, c->n));

		if (!one || json_array_append_new(list, one) < 0) {
			json_decref(list);
			list = NULL;
		}
	}
	return list;
}

static json_t *series(const struct site_case *c, const struct schedule *s)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "import", numbers(s->import, c->n), "export",
			 numbers(s->export, c->n), "curtailed", numbers(s->curtailed, c->n),
			 "storages", storages(c, s), "loads", loads(c, s));
}

json_t *answer_variant(const struct case_variant *v, const struct exact *x)
{
	bool plan = x->status == EXACT_OPTIMAL || x->status == EXACT_UNPROVEN;
	const char *status = exact_status_name(x->status);

	if (!plan)
		return json_pack("{s:s, s:s, s:n, s:n, s:n, s:n, s:n}", "name", v->name, "status",
				 status, "cost", "bound", "gap", "series", "peaks");
	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o}", "name", v->name, "status", status,
			 "cost", number(x->cost), "bound", number(x->bound), "gap",
			 isfinite(x->bound) ? number(x->gap) : json_null(), "series",
			 series(&v->data, &x->schedule), "peaks",
			 numbers(x->verdict.peaks, v->data.n_peaks));
}
