/* How a quantity of each kind is foretold from days that were like the one to come, in parts: which days, what they
 * say (the base), in which unit today departs from it (the scale). score.h learns from the recent past how far the
 * departure carries, outlook.h puts it together. Pure. */
#pragma once

#include "forecast/dayview.h"

enum forecast_kind {
	FORECAST_OTHER,	      /* arriving work and the like: similar days, additive */
	FORECAST_LOAD,	      /* days of the same kind; today's ratio */
	FORECAST_PV,	      /* share of what the same quarter hour gave at best within weeks */
	FORECAST_WIND,	      /* the last value, fading into the mean by hour */
	FORECAST_HYDRO,	      /* the same, slower, and along the shares of the months */
	FORECAST_PRICE,	      /* same hour of similar days, additive */
	FORECAST_TEMPERATURE, /* shape of the last days, today's offset */
	FORECAST_KINDS
};
const char *forecast_kind_name(enum forecast_kind k); /* "load" … */

enum method_scale { SCALE_ONE, SCALE_BASE, SCALE_ENVELOPE };

struct method {
	int days;	     /* looks back so many */
	int k;		     /* and takes so many of them */
	double kind_cost;    /* of a day of another kind, in days of age */
	double weekday_cost; /* of another weekday */
	double half_life;    /* in days: weight of a day by its cost */
	enum method_scale scale;
	int window;    /* slots before now that today is judged by */
	double clamp;  /* of the departure, in its scale; 0 = none */
	double tau_h;  /* how far it carries, as long as nothing is learnt */
	double blend;  /* share of persistence, likewise */
	bool negative; /* values below 0 are possible */
	bool middle;   /* the weighted median of the days instead of their mean: spikes */
};
const struct method *method_of(enum forecast_kind k);

/* What the days before row `until` say about the day of `row` (which may lie after today): NaN where fewer than two
 * of them know the quarter hour. Returns how many days were taken; *ret_of, how many there were to choose from. */
int method_base(const struct method *m, const struct dayview *v, int row, int until,
		float ret_base[SLOTS_PER_DAY], int *ret_of);
/* The scale of a departure on the day of `row`, from its base and the days before `until`. */
void method_scale_of(const struct method *m, const struct dayview *v, int until,
		     const float base[SLOTS_PER_DAY], float ret_scale[SLOTS_PER_DAY]);

/* How the slots before column `pos` of `row` departed from their bases, in units of the scale; NaN = nobody knows.
 * base and scale are those of `row` and, in [0], of the day before. */
struct departure {
	const float *base[2], *scale[2]; /* [1] of the row itself */
};
double method_departure(const struct method *m, const struct dayview *v, int row, int pos,
			const struct departure *d);

/* A quarter hour to be foretold, and when. */
struct target {
	int row, pos;
	int issue_row, issue_pos;
};
/* What persistence says: the latest day before that knows the quarter hour, within a week. NaN = none. */
double method_persist(const struct dayview *v, const struct target *t, int *ret_day);
/* May that day have a part in what similar days say? Not where kinds of days differ and that matters. */
bool method_may_blend(const struct method *m, const struct dayview *v, int row, int day);
