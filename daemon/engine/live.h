/* The latest value of every point and, of bound ones, slot means of eight days. Which of two claims on the same
 * (point, t) stands is the store's answer; the live state follows it, so that both agree after a restart. */
#pragma once

#include "model/sample.h"

struct engine;
struct live_point;

/* A sample that now stands and whose time is new for the point. */
void live_add(struct live_point *lp, const struct sample *s);
/* `now_stands` took the place of `stood` at the same time. */
void live_replace(struct live_point *lp, const struct sample *stood,
		  const struct sample *now_stands);
/* What stands in the store at exactly t. ret->t_ms is 0 and quality MISSING if nothing does. */
void live_ask(const struct engine *e, const struct live_point *lp, int64_t t_ms,
	      struct sample *ret);
/* Latest value of quality OK or ESTIMATED, bound points only; false: none within max_age_ms of now. */
bool live_good(const struct live_point *lp, int64_t now_ms, int64_t max_age_ms, double *ret);
bool live_is_stale(const struct live_point *lp, int64_t now_ms);
