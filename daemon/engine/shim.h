/* Of the tariff, until it is there. */
#pragma once
#include "model/tariff.h"
#include "model/site.h"
#define TARIFF_MAX_DEMANDS 4
struct tariff_demand {
	char id[ID_MAX];
	int64_t price_e4;
	int64_t interval_ms;
};
static inline int tariff_demands(const struct tariff *t,
				 struct tariff_demand ret[static TARIFF_MAX_DEMANDS])
{
	if (t->demand_price_e4 == 0)
		return 0;
	ret[0] = (struct tariff_demand){
		.id = "demand", .price_e4 = t->demand_price_e4, .interval_ms = SLOT_MS};
	return 1;
}
static inline bool tariff_demand_holds(const struct tariff_demand *d, const struct zone *z,
				       int64_t t_ms)
{
	(void)d, (void)z, (void)t_ms;
	return true;
}
static inline const struct tariff *site_tariff_at(const struct site *s, int64_t t_ms)
{
	(void)t_ms;
	return s->tariff;
}
