#include "calc/mps.h"

#include <math.h>

#define NAME_BYTES 48

struct writer {
	FILE *out;
	const struct milp *m;
	mps_name name;
	void *arg;
};

static void rows(const struct writer *w)
{
	const struct lp *lp = &w->m->lp;

	(void)fputs("ROWS\n N cost\n", w->out);
	for (int r = 0; r < lp->n_rows; r++) {
		char kind = 'E';

		if (!isfinite(lp->row_lower[r]))
			kind = isfinite(lp->row_upper[r]) ? 'L' : 'N';
		else if (lp->row_upper[r] > lp->row_lower[r])
			kind = 'G';
		(void)fprintf(w->out, " %c r%d\n", kind, r);
	}
}

static void columns(const struct writer *w)
{
	const struct lp *lp = &w->m->lp;
	bool integer = false;
	char name[NAME_BYTES];

	(void)fputs("COLUMNS\n", w->out);
	for (int c = 0; c < lp->n_cols; c++) {
		if (w->m->integer[c] != integer) {
			integer = !integer;
			(void)fprintf(w->out, " m%d 'MARKER' '%s'\n", c,
				      integer ? "INTORG" : "INTEND");
		}
		w->name(w->arg, c, name, sizeof(name));
		/* Also where it is zero: a column must be named before it is bounded. */
		(void)fprintf(w->out, " %s cost %.17g\n", name, lp->cost[c]);
		for (int k = lp->col_start[c]; k < lp->col_start[c + 1]; k++)
			(void)fprintf(w->out, " %s r%d %.17g\n", name, lp->row_index[k],
				      lp->element[k]);
	}
	if (integer)
		(void)fputs(" mlast 'MARKER' 'INTEND'\n", w->out);
}

/* Rows with two different finite sides get a range. */
static void sides(const struct writer *w)
{
	const struct lp *lp = &w->m->lp;
	bool ranges = false;

	(void)fputs("RHS\n", w->out);
	for (int r = 0; r < lp->n_rows; r++) {
		bool lower = isfinite(lp->row_lower[r]);
		double side = lower ? lp->row_lower[r] : lp->row_upper[r];

		if (isfinite(side) && side != 0)
			(void)fprintf(w->out, " rhs r%d %.17g\n", r, side);
		ranges |=
			lower && isfinite(lp->row_upper[r]) && lp->row_upper[r] > lp->row_lower[r];
	}
	if (ranges)
		(void)fputs("RANGES\n", w->out);
	for (int r = 0; ranges && r < lp->n_rows; r++)
		if (isfinite(lp->row_lower[r]) && isfinite(lp->row_upper[r]) &&
		    lp->row_upper[r] > lp->row_lower[r])
			(void)fprintf(w->out, " rng r%d %.17g\n", r,
				      lp->row_upper[r] - lp->row_lower[r]);
}

static void bounds(const struct writer *w)
{
	const struct lp *lp = &w->m->lp;
	char name[NAME_BYTES];

	(void)fputs("BOUNDS\n", w->out);
	for (int c = 0; c < lp->n_cols; c++) {
		double lo = lp->col_lower[c], hi = lp->col_upper[c];

		w->name(w->arg, c, name, sizeof(name));
		if (lo == hi) {
			(void)fprintf(w->out, " FX b %s %.17g\n", name, lo);
			continue;
		}
		if (!isfinite(lo) && !isfinite(hi)) {
			(void)fprintf(w->out, " FR b %s\n", name);
			continue;
		}
		if (isfinite(lo))
			(void)fprintf(w->out, " LO b %s %.17g\n", name, lo);
		else
			(void)fprintf(w->out, " MI b %s\n", name);
		if (isfinite(hi))
			(void)fprintf(w->out, " UP b %s %.17g\n", name, hi);
		else
			(void)fprintf(w->out, " PL b %s\n", name);
	}
}

int mps_write(FILE *out, const char *title, const struct milp *m, mps_name name, void *arg)
{
	struct writer w = {.out = out, .m = m, .name = name, .arg = arg};

	errno = 0;
	(void)fprintf(out, "NAME %s FREE\n", title);
	rows(&w);
	columns(&w);
	sides(&w);
	bounds(&w);
	(void)fputs("ENDATA\n", out);
	if (fflush(out) != 0 || ferror(out))
		return errno ? -errno : -EIO;
	return 0;
}
