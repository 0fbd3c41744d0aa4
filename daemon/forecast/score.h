/* What the last two weeks say about a forecast of one point: how far today's departure carries, whether similar days
 * or persistence came nearer, and how far off the better of the two was, by lead time and hour. Every figure comes
 * from forecasts made in hindsight with what was known at their time. Pure. */
#pragma once

#include "forecast/method.h"

#define SCORE_DAYS 14
#define SCORE_ISSUES 8 /* a day */
#define SCORE_LEADS 6
#define SCORE_HOURS 8 /* bins of the day */
#define SCORE_REACH (2 * SLOTS_PER_DAY)
#define SCORE_QUANTILES 3 /* 10, 50, 90 % */

/* Lead times end before 1 h, 3 h, 6 h, 12 h, 24 h, 48 h; the last stands for all beyond. */
int score_lead(int slots_ahead);
extern const int score_lead_end[SCORE_LEADS]; /* in slots */

struct score {
	int days;		  /* scored; 0 = too little is known, persistence it is */
	uint32_t n;		  /* slots */
	bool similar;		  /* similar days came nearer */
	double rrmse;		  /* of similar days, share of the mean magnitude */
	double persist;		  /* of persistence */
	float carry[SCORE_LEADS]; /* share of today's departure that is left */
	float blend[SCORE_LEADS]; /* share that persistence has in it */
	/* What was measured minus what was foretold, in the method's scale. */
	float off[SCORE_LEADS][SCORE_HOURS][SCORE_QUANTILES];
};

/* Memory of one scoring; big, nothing in it survives. */
struct score_work {
	float base[3][DAYVIEW_ROWS][SLOTS_PER_DAY]; /* [i]: made i days before */
	float scale[3][DAYVIEW_ROWS][SLOTS_PER_DAY];
	uint32_t n;
	struct score_slot {
		float similar, departure; /* error of the base; what today's departure would add */
		float persist,
			other; /* error of persistence; what it says otherwise than the base */
		float scale;
		uint8_t lead, hour;
	} slot[SCORE_DAYS * SCORE_ISSUES * SCORE_REACH];
	uint32_t cell[SCORE_LEADS * SCORE_HOURS + 1]; /* where each begins in sorted */
	float sorted[SCORE_DAYS * SCORE_ISSUES * SCORE_REACH];
};

/* Scores the days before the view's today. */
void score_make(const struct method *m, const struct dayview *v, struct score_work *w,
		struct score *ret);
