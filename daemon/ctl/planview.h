/* A plan for people: its columns checked, its head, its table. */
#pragma once

#include "ctl/ctl.h"
#include "suandian/v1/event.pb-c.h"
#include "suandian/v1/plan.pb-c.h"

/* The columns of a plan's slots, each NULL unless it has one value for every slot: what the daemon sent is not
 * trusted to be of equal length. Borrowed from the plan. */
struct planview {
	const Suandian__V1__Plan *plan;
	size_t n; /* slots */
	const int64_t *start_ms;
	const uint32_t *duration_ms; /* NULL = a quarter of an hour each */
	const int64_t *pcc_w, *load_w;
	const int64_t *unserved_w; /* NULL also where it is 0 throughout */
	const int64_t *buy_e4, *sell_e4, *marginal_e4;
	const uint64_t *plan_id; /* of each slot, in a composed record */
};

struct planview planview_of(const Suandian__V1__Plan *plan);
int64_t planview_end_ms(const struct planview *v, size_t slot);
/* v if it has n values, else NULL. */
const int64_t *planview_column(const struct planview *v, const int64_t *value, size_t n);

/* Number, status, cost, energy, what it rests on. */
void planview_print_head(const struct ctl *c, const struct planview *v);
/* Slot by slot; events mark the slots that they cover. */
void planview_print_table(const struct ctl *c, const struct planview *v,
			  const Suandian__V1__EventList *events);

/* Does the event (or its ramp) cover any of [from_ms, to_ms)? Events that came to nothing cover nothing. */
enum planview_cover { COVER_NONE, COVER_RAMP, COVER_ACTIVE };
enum planview_cover planview_cover(const Suandian__V1__EventList *events, int64_t from_ms,
				   int64_t to_ms);

void planview_print_relaxations(const struct out *o, const struct zone *zone,
				Suandian__V1__Relaxation *const *relaxations, size_t n);
void planview_print_inputs(const struct out *o, Suandian__V1__InputSource *const *inputs, size_t n);
