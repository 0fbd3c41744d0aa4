/* The sparse part of an iteration, LANES numbers at a time: products with A, the factor of A D Aᵀ with its border, solving with
 * it. Included once per width after ipm_vec.inc.h. */

#define LANE_OF(array) ((lane *)(void *)(array))

/* Sums over each group's columns. Border groups have one. */
static void fold(const struct ipm_work *w, const double *columns, int n_groups, double *groups)
{
	const struct ipm_structure *s = w->s;
	const lane *from = LANE_OF(columns);
	lane *to = LANE_OF(groups);

	for (int i = 0; i < s->n_runs; i++) {
		const struct ipm_run *r = &s->run[i];
		const lane *c = from + s->group_first[r->from];

		if (r->columns == 1) {
			memcpy(to + r->from, c, (size_t)(r->to - r->from) * sizeof(lane));
			continue;
		}
		for (int g = r->from; g < r->to; g++) {
			lane sum = c[0] + c[1];

			for (int j = 2; j < r->columns; j++)
				sum += c[j];
			to[g] = sum;
			c += r->columns;
		}
	}
	for (int g = s->first_border; g < n_groups; g++)
		to[g] = from[s->group_first[g]];
}

/* out = in + sign × A group, for the rows. */
static void times(const struct ipm_work *w, const double *in, double sign, double *out)
{
	const struct ipm_structure *s = w->s;
	const lane *a = LANE_OF(w->cell), *x = LANE_OF(w->group), *from = LANE_OF(in);
	lane *to = LANE_OF(out);

	for (int r = 0; r < s->n_rows; r++) {
		lane sum = lane_all(0);

		for (int k = s->cell_start[r]; k < s->cell_start[r + 1]; k++)
			sum += a[k] * x[s->cell[k].group];
		to[r] = from[r] + sign * sum;
	}
}

/* One run's prices; `entries` is a constant wherever this is inlined. */
__attribute__((always_inline)) static inline void price_run(const struct ipm_work *w,
							    const struct ipm_run *r, int entries,
							    const lane *y, lane *out)
{
	const struct ipm_structure *s = w->s;
	const lane *a = LANE_OF(w->entry) + s->entry_start[r->from];
	const struct ipm_entry *e = s->entry + s->entry_start[r->from];

	out += s->group_first[r->from];
	for (int g = r->from; g < r->to; g++, a += entries, e += entries) {
		lane sum = lane_all(0);

		for (int k = 0; k < entries; k++)
			sum += a[k] * y[e[k].node];
		*out++ = sum;
		for (int j = 1; j < r->columns; j++)
			*out++ = sum;
	}
}

/* to = Aᵀ y, for each normal column. */
static void prices(const struct ipm_work *w, const double *rows, double *to)
{
	const struct ipm_structure *s = w->s;
	const lane *y = LANE_OF(rows);
	lane *out = LANE_OF(to);

	for (int i = 0; i < s->n_runs; i++) {
		const struct ipm_run *r = &s->run[i];

		switch (r->entries) {
		case 1:
			price_run(w, r, 1, y, out);
			break;
		case 2:
			price_run(w, r, 2, y, out);
			break;
		case 3:
			price_run(w, r, 3, y, out);
			break;
		default:
			price_run(w, r, r->entries, y, out);
		}
	}
}

static void border_prices(const struct ipm_work *w, const double *rows, double *to)
{
	const struct ipm_structure *s = w->s;

	for (int g = s->first_border; g < s->n_groups; g++) {
		lane sum = lane_all(0);

		for (int e = s->entry_start[g]; e < s->entry_start[g + 1]; e++)
			sum += LANE_OF(w->entry)[e] * LANE_OF(rows)[s->entry[e].node];
		LANE_OF(to)[s->group_first[g]] = sum;
	}
}

/* Column j of A D Aᵀ into room. */
static void assemble(const struct ipm_work *w, int j, lane *room)
{
	const struct ipm_structure *s = w->s;
	const lane *scale = LANE_OF(w->group_d), *product = LANE_OF(w->join);

	for (int k = s->join_start[j]; k < s->join_start[j + 1]; k++)
		room[s->join[k].row] += scale[s->join[k].scale] * product[k];
}

/* A D Aᵀ = L P Lᵀ, column by column, each taking what the columns to its left have for it. */
static void factor(const struct ipm_work *w)
{
	const struct ipm_structure *s = w->s;
	lane *l = LANE_OF(w->l), *room = LANE_OF(w->room), *inverse = LANE_OF(w->pivot);

	for (int j = 0; j < s->n_nodes; j++) {
		lane sign = lane_all(j < s->n_rows ? 1 : -1), pivot;

		assemble(w, j, room);

		for (int k = s->above_start[j]; k < s->above_start[j + 1]; k++) {
			int from = s->above[k].at, end = s->l_start[s->above[k].col + 1];
			lane f = l[from] * inverse[s->above[k].col];

			/* There the columns still hold L P. */
			for (int i = from; i < end; i++)
				room[s->l_row[i]] -= l[i] * f;
		}
		pivot = room[j] + (j < s->n_rows ? w->hold : 0);
		room[j] = lane_all(0);
		inverse[j] = lane_where(sign * pivot, 1 / pivot);
		for (int i = s->l_start[j]; i < s->l_start[j + 1]; i++) {
			l[i] = room[s->l_row[i]];
			room[s->l_row[i]] = lane_all(0);
		}
	}
	for (int j = 0; j < s->n_nodes; j++) {
		for (int i = s->l_start[j]; i < s->l_start[j + 1]; i++)
			l[i] *= inverse[j];
	}
}

static void solve(const struct ipm_work *w, double *right)
{
	const struct ipm_structure *s = w->s;
	const lane *l = LANE_OF(w->l), *inverse = LANE_OF(w->pivot);
	lane *r = LANE_OF(right);

	for (int j = 0; j < s->n_nodes; j++) {
		lane v = r[j];

		for (int i = s->l_start[j]; i < s->l_start[j + 1]; i++)
			r[s->l_row[i]] -= l[i] * v;
	}
	for (int j = s->n_nodes - 1; j >= 0; j--) {
		lane v = r[j] * inverse[j];

		for (int i = s->l_start[j]; i < s->l_start[j + 1]; i++)
			v -= l[i] * r[s->l_row[i]];
		r[j] = v;
	}
}

/* What D leads to in the matrix: sums of D, 1, −1/D of the border. */
static void scale_matrix(const struct ipm_work *w)
{
	const struct ipm_structure *s = w->s;
	const lane *d = LANE_OF(w->d);
	lane *to = LANE_OF(w->group_d);

	fold(w, w->d, s->first_border, w->group_d);
	to[s->n_groups] = lane_all(1);
	for (int g = s->first_border; g < s->n_groups; g++)
		to[s->n_groups + 1 + g - s->first_border] =
			-1 / (d[s->group_first[g]] + lane_all(1e-30));
}

/* Below, what is wanted of the border and what its dx is. */
static void put_border(const struct ipm_work *w, const double *from, double *rows)
{
	const struct ipm_structure *s = w->s;

	for (int g = s->first_border; g < s->n_groups; g++)
		LANE_OF(rows)[s->n_rows + g - s->first_border] = LANE_OF(from)[s->group_first[g]];
}

static void take_border(const struct ipm_work *w, const double *rows, double *to)
{
	const struct ipm_structure *s = w->s;

	for (int g = s->first_border; g < s->n_groups; g++)
		LANE_OF(to)[s->group_first[g]] = LANE_OF(rows)[s->n_rows + g - s->first_border];
}

/* dy from resid + A D h and, for the border, h. And at: Aᵀ dy, for the border its own dx. */
static void direction(const struct ipm_work *w)
{
	const struct ipm_structure *s = w->s;
	lane *group = LANE_OF(w->group);

	fold(w, w->dh, s->first_border, w->group);
	for (int g = s->first_border; g < s->n_groups; g++)
		group[g] = lane_all(0);
	times(w, w->resid, 1, w->dy);
	put_border(w, w->h, w->dy);
	solve(w, w->dy);
	prices(w, w->dy, w->at);
	take_border(w, w->dy, w->at);
}
