/* A panel of a plot in text: bars, a shade above them, a line over them, on a scale with labels. Columns are the
 * caller's; nothing here knows what they mean. Pure but for the printing. */
#pragma once

#include "ctl/out.h"

#define PANEL_GUTTER 10 /* columns of labels and axis left of the plot */

struct panel {
	int columns;
	int rows;      /* at most, above and below zero together */
	double lo, hi; /* that the scale should cover; 0 is always in it */
	double unit;   /* labels show values divided by it */
	int digits;    /* of labels; more are used where the step asks for them */
	/* one value per column, NAN = none; each may be NULL */
	const double *bar;
	const double *top; /* shade from the bar up to here */
	/* two values per column */
	const double *line;
	enum style bar_style, line_style;
	/* columns at which something begins or ends, drawn where nothing else stands; NULL = none */
	const bool *edge;
};

void panel_print(const struct panel *p, const struct out *o);

/* The samples of a legend. */
const char *panel_bar_sample(bool ascii);
const char *panel_top_sample(bool ascii);
const char *panel_line_sample(bool ascii);
