/* What a way to run the plant costs, term by term, and which soft limits it breaks. The formula is the objective of
 * docs/PLANNER.md, written a second time and independently of the solver's matrix: the two must agree. Pure. */
#pragma once

#include "plan/flows.h"

/* Soft limits that can be broken, for a price or because the measured state leaves no choice. */
enum limit {
	LIMIT_IMPORT,	 /* "import_max" W */
	LIMIT_CONTRACT,	 /* "contracted_demand" W */
	LIMIT_EXPORT,	 /* "export_max" W */
	LIMIT_UNSERVED,	 /* "load.unserved" W */
	LIMIT_CAPACITY,	 /* "load.capacity" IT W */
	LIMIT_SOC_MIN,	 /* "storage[ID].soc_min" Wh */
	LIMIT_RESERVE,	 /* "storage[ID].reserve" Wh */
	LIMIT_SOC_MAX,	 /* "storage[ID].soc_max" Wh */
	LIMIT_DUE,	 /* "queue[ID].due" device-seconds */
	LIMIT_POWER_MIN, /* "queue[ID].power_min" IT W */
	LIMIT_TIER,	 /* "queue[ID].tier" IT W: slower than its tier allows */
	LIMIT_TEMP_MAX,	 /* "cooling[ID].temp_max" 1/1000 °C */
	LIMIT_TEMP_MIN,	 /* "cooling[ID].temp_min" 1/1000 °C */
	LIMIT_FEEDER,	 /* "feeder[ID]" W, either way */
	LIMIT_RATION,	 /* "ration" Wh of a day */
	LIMIT_EVENT,	 /* "event:ID" W short of the target */
	LIMIT_SURPLUS,	 /* "event:ID.surplus" W beyond the band */
	/* the rest are limits that hold, and may bind */
	LIMIT_CHARGE,	      /* "storage[ID].charge_max" W */
	LIMIT_DISCHARGE,      /* "storage[ID].discharge_max" W */
	LIMIT_DEVICES,	      /* "queue[ID].devices" IT W */
	LIMIT_DEMAND,	      /* "demand[ID]" W: the peak that is charged for */
	LIMIT_COOLING,	      /* "cooling[ID].power_max" W */
	LIMIT_STORE_HELD,     /* "storage[ID].override" W, as are the next ones */
	LIMIT_QUEUE_HELD,     /* "queue[ID].held": by an operator or by its jobs */
	LIMIT_GENERATOR_HELD, /* "pv[ID].override" */
	LIMIT_COOLING_HELD,   /* "cooling[ID].override" */
	N_LIMITS
};

/* Name with the id of asset or event number i, and its unit ("W", "Wh", "device_s", "m°C": static). */
void limit_name(const struct plant *p, enum limit l, int i, char ret[ID_MAX]);
const char *limit_unit(enum limit l);

struct breach {
	enum limit limit;
	int i; /* of the asset or event; 0 for the site's */
	int step;
	double amount; /* kW or kWh; of temperatures kWh of heat */
	double cost;   /* CNY */
};
typedef void (*breach_cb)(void *arg, const struct breach *b);

/* CNY over the horizon; positive = cost. */
struct account {
	double energy, demand, event_pay, event_penalty; /* the utility's and the programme's */
	double bought, carbon;				 /* paid to generators; counted, not paid */
	double wear, curtail, tie, left;		 /* ours */
	double overload, contract, unserved, reserve, late, surplus, floor,
		temperature; /* the ladder */
};

/* Prices f (followed, floors set). cb may be NULL; it hears of every breach, however small. */
void account_make(const struct plant *p, const struct flows *f, breach_cb cb, void *arg,
		  struct account *ret);
double account_objective(const struct account *a);
