/* What the rooms of plant.c share. */
#pragma once

#include "base/slot.h"
#include "plan/plant.h"

#define PLANT_KW 1e-3	/* per W, and kWh per Wh */
#define PLANT_CNY 1e-4	/* per unit of money and price */
#define PLANT_PART 1e-6 /* per ppm */

/* v within [lo, hi]; a note if it was not. */
double plant_clip(struct plant *p, const char *what, int64_t v, int64_t lo, int64_t hi);
double plant_clip_as(struct plant *p, int64_t v, int64_t lo, int64_t hi, const char *fmt, ...)
	PRINTF_LIKE(5, 6);
double plant_price(int64_t e4);
/* [n], zero. */
double *plant_vector(struct plant *p, struct arena *a);
/* v within [lo, hi]; counts what was not. */
int64_t plant_within(int64_t v, int64_t lo, int64_t hi, int *clipped);
void plant_note_steps(struct plant *p, const char *what, int n);
/* Time-weighted buying price of the horizon, at least 0. */
double plant_mean_buy(const struct plant *p);

/* ---- each false: the arena is full ---- */

/* plant_series.c: what stands per step. */
bool plant_make_series(struct plant *p, struct arena *a);
/* plant_queue.c */
void plant_take_queue(struct plant *p, int i);
bool plant_make_queue(struct plant *p, struct arena *a, int i);
/* plant_cooling.c; the load's series first. */
bool plant_make_cooling(struct plant *p, struct arena *a);
/* plant_limit.c */
void plant_take_limits(struct plant *p);
/* plant_window.c: what operators hold, as far as it is possible; all else first. */
bool plant_make_windows(struct plant *p, struct arena *a);
