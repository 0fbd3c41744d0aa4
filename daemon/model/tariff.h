/* Time-of-use tariffs as data: document, validity, periods by month and local time, ratios to a flat price.
 * Source of the rules: the tariff's own document, named in it. Pure. */
#pragma once

#include "base/err.h"
#include "base/slot.h"
#include "model/units.h"

enum tou_class { TOU_VALLEY, TOU_FLAT, TOU_PEAK, TOU_CRITICAL };

#define TARIFF_MAX_SEASONS 16
#define TARIFF_MAX_SPANS 24
#define TARIFF_MAX_DEMANDS 4
#define TARIFF_ALL_MONTHS UINT32_C(0xfff)
#define DEMAND_MAX_HOURS 8

/* Local hours [from_min, to_min) in minutes of the day; to_min < from_min wraps midnight (22–8 is 22–24, 0–8). */
struct tou_span {
	enum tou_class cls;
	int from_min, to_min;
};

/* Periods for the months of the mask (bit 0 = January). `overlay` seasons (尖峰) lie on top of the base ones and hold
 * CRITICAL spans only, which must be inside PEAK of the base. With `day_flag` an overlay applies only on days so
 * flagged, and may lie anywhere: rules for hot days name hours that are not peak in every month. */
struct tou_season {
	uint32_t months;
	bool overlay;
	char day_flag[ID_MAX]; /* "" = always */
	int n_spans;
	struct tou_span spans[TARIFF_MAX_SPANS];
};

/* A charge on the highest mean import over `interval_ms` in a calendar month, in the months and hours given
 * (需量电价; more than one where hours of the day are charged apart). */
struct tariff_demand {
	char id[ID_MAX];
	int64_t price_e4;    /* per kW and month */
	int64_t interval_ms; /* of the mean: 15, 30 or 60 min, from the full hour */
	uint32_t months;     /* bit 0 = January */
	int n_hours;	     /* 0 = all day */
	struct day_hours {
		int from_min, to_min; /* as in tou_span */
	} hours[DEMAND_MAX_HOURS];
};

struct tariff {
	char id[ID_MAX];
	char document[TEXT_MAX_B];	    /* "川发改价格规〔2023〕186号" */
	char status[ID_MAX];		    /* final | draft | illustrative */
	int64_t valid_from_ms, valid_to_ms; /* [from, to); INT64_MAX = open */
	int64_t flat_price_e4;
	char flat_price_status[ID_MAX]; /* the same words: the flat price comes from other papers */
	int64_t ratio_ppm[4];		/* by tou_class; flat = 1e6 */
	int64_t sell_price_e4;		/* for export */
	int64_t demand_price_e4; /* the short form of one demand charge of all hours; 0 = none */
	int n_demands;
	struct tariff_demand demands[TARIFF_MAX_DEMANDS];
	int n_seasons;
	struct tou_season seasons[TARIFF_MAX_SEASONS];
};

/* Which class and price hold at t (local time of z). Day flags come as a list of names. ERR_NODATA outside the
 * validity. */
int tariff_class_at(const struct tariff *t, const struct zone *z, int64_t t_ms,
		    const char *const *flags, int n_flags, enum tou_class *ret);
int tariff_price_at(const struct tariff *t, const struct zone *z, int64_t t_ms,
		    const char *const *flags, int n_flags, int64_t *ret_buy_e4);

/* All demand charges, the short form among them (its id is "demand"); returns how many. */
int tariff_demands(const struct tariff *t, struct tariff_demand ret[static TARIFF_MAX_DEMANDS]);
/* Does an import at t count for the charge? */
bool tariff_demand_holds(const struct tariff_demand *d, const struct zone *z, int64_t t_ms);

/* Reports every fault through cb (path inside the tariff, text): 24 h of each month covered exactly once by base
 * seasons, overlays without flag inside peak, ratios ascending, validity in order. Returns the number of faults. */
typedef void (*check_cb)(void *arg, const char *path, const char *text);
int tariff_check(const struct tariff *t, check_cb cb, void *arg);

/* Weighted hours of a flat load over one day of `month` (vectors T1, T2): Σ ratio over 24 h, in ppm·h. */
int64_t tariff_weighted_hours_ppm(const struct tariff *t, int month, const char *const *flags,
				  int n_flags);

const char *tou_class_name(enum tou_class c); /* "valley" … */
