#include "plan/ipm_work.h"

#include "base/base.h"

struct part {
	double **to;
	size_t n;
};

struct ipm_work *ipm_work_new(struct ipm_structure *s, int lanes)
{
	struct ipm_work *w = ARENA_NEW(&s->arena, struct ipm_work);
	size_t c = (size_t)s->n_columns, e = (size_t)s->entry_start[s->n_groups];
	size_t m = (size_t)s->n_nodes, g = (size_t)s->n_groups;

	if (!w)
		return NULL;
	w->s = s;
	w->lanes = lanes;
	const struct part parts[] = {
		{&w->cost, c},
		{&w->width, c},
		{&w->varies, c},
		{&w->both, c},
		{&w->unit, c},
		{&w->shift, c},
		{&w->entry, e},
		{&w->cell, e},
		{&w->rhs, m},
		{&w->row_unit, m},
		{&w->x, c},
		{&w->z, c},
		{&w->v, c},
		{&w->y, m},
		{&w->dx, c},
		{&w->dz, c},
		{&w->dv, c},
		{&w->dy, m},
		{&w->inv_x, c},
		{&w->inv_t, c},
		{&w->d, c},
		{&w->h, c},
		{&w->dh, c},
		{&w->at, c},
		{&w->price, c},
		{&w->best_x, c},
		{&w->best_z, c},
		{&w->best_v, c},
		{&w->best_y, m},
		{&w->ray, c},
		{&w->side, c},
		{&w->resid, m},
		{&w->group, g},
		{&w->group_d, g + 1 + m},
		{&w->pivot, m},
		{&w->room, m},
		{&w->join, (size_t)s->join_start[m]},
		{&w->l, (size_t)s->l_start[m]},
	};
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		*parts[i].to = ARENA_ARRAY(&s->arena, (parts[i].n + 1) * (size_t)lanes, double);
		if (!*parts[i].to)
			return NULL;
	}
	return w;
}

void ipm_unload(const struct ipm_work *w, int lane, double *x, double *y)
{
	const struct ipm_structure *s = w->s;
	const struct ipm_lane *q = &w->lane[lane];

	for (int j = 0; j < s->n_columns; j++) {
		int o = s->origin[j], i = j * w->lanes + lane;

		if (o >= 0 && o < s->key.n_cols)
			x[o] = q->scale_x * w->unit[i] * (w->x[i] + w->shift[i]);
	}
	for (int r = 0; r < s->n_rows; r++) {
		int i = s->node[r] * w->lanes + lane;

		y[r] = q->scale_c * w->row_unit[i] * w->y[i];
	}
}

void ipm_unload_ray(const struct ipm_work *w, int lane, double *ray)
{
	const struct ipm_structure *s = w->s;

	for (int j = 0; j < s->n_columns; j++) {
		int o = s->origin[j], i = j * w->lanes + lane;

		if (o >= 0 && o < s->key.n_cols)
			ray[o] = w->lane[lane].scale_x * w->unit[i] * w->ray[i];
	}
}
