/* The site as the planning maths sees it: kW, kWh, CNY and hours, with every bound in order. Built from an input once
 * per run; problem, check and evaluation all read this and nothing else. Pure; owned by an arena.
 *
 * Measured values may lie anywhere. What contradicts itself or physics (a state of charge above the capacity,
 * a minimum above the maximum) is clipped, and each clip is a note that ends up among the plan's sources. */
#pragma once

#include "plan/input.h"

#define PLANT_MAX_NOTES 24

struct plant_store {
	const char *id;
	bool is_ups;
	bool is_held;			  /* by an operator's window: hard bounds */
	double charge_max, discharge_max; /* kW at the grid side; 0 if out of service */
	double eta_c, eta_d;
	double rho; /* share of the energy kept per hour */
	double soc_min, reserve, soc_max, soc_now;
	double wear, terminal; /* CNY per kWh discharged, per kWh left at the end */
	double reserve_price;  /* CNY per kWh short and hour */
	double *keep;	       /* [n] rho^h */
	double *gain;	 /* [n] ∫ rho^τ dτ over the step, hours: energy from a constant kW */
	double *lo, *hi; /* [n] kWh at the end; what doing nothing leads to is always inside */
	double *least, *most; /* [n] kW, charge positive: power limits and windows */
};

/* Work counts in kWh that it takes at full speed. Slower, a kWh does more: segments of the power, each with the work
 * that a kW in it does, descending. */
struct plant_queue {
	const char *id;
	double kwh_per_ds;
	double power_max, power_min; /* IT kW */
	int n_segments;		     /* 1: work is power */
	double width[QUEUE_MAX_SEGMENTS], ratio[QUEUE_MAX_SEGMENTS];
	double *least, *most; /* [n] IT kW: what there is, and windows */
	double *tier_floor;   /* [n] IT kW that its tier wants; 0: may wait */
	double backlog_now;   /* kWh of work, as are the next ones */
	double late_price;    /* CNY per kWh and hour */
	double terminal;      /* CNY per kWh not done at the end */
	double floor_price;   /* CNY per kWh below power_min */
	double all_work;      /* all that there ever is, and a little more */
	double *arrivals;     /* [n] */
	double *allowed;      /* [n] backlog at the end that is not yet due */
};

/* What a thermal store holds counts in kWh of heat above the coolest that is allowed. */
struct plant_cooling {
	const char *id;
	int from;		     /* in the input; those out of service are load */
	double power_max;	     /* kW, electric */
	double share;		     /* of the heat of all IT */
	double kwh_per_k;	     /* heat */
	double min_c;		     /* °C where the heat is 0 */
	double heat_now, band;	     /* kWh; from 0 to band is well */
	double most_heat, most_cold; /* kWh that it cannot leave the band by */
	double over_price;	     /* CNY per kWh of heat outside the band and hour */
	double terminal;	     /* CNY per kWh of heat at the end */
	double *cop;		     /* [n] heat moved per electric energy */
	double *least, *most;	     /* [n] kW */
};

/* Everything that hangs on it, directly or below. */
struct plant_feeder {
	const char *id;
	double import_max, export_max; /* kW */
	bool load, generator[SITE_MAX_GENERATORS], store[SITE_MAX_STORAGE], queue[SITE_MAX_QUEUES],
		cooling[SITE_MAX_COOLING];
};

struct plant_ration {
	int first, end; /* steps */
	double left;	/* kWh */
};

struct plant_demand {
	const char *id;
	double price, incumbent; /* CNY per kW; kW */
	bool *in_window;	 /* [n] */
};

struct plant_event {
	const char *id;
	double sign;		       /* +1: lowers net load (UP), −1: raises it */
	double penalty, surplus, pay;  /* as planned with */
	double penalty_bill, pay_bill; /* as billed */
	bool *active;
	double *target, *band, *baseline; /* [n] net load, kW */
};

struct plant {
	const struct plan_input *in;
	int n, n_generators, n_store, n_queue, n_event;
	int n_cooling, n_feeder, n_ration, n_demand;
	int n_published; /* steps; the rest is only looked at */
	double *hours;	 /* [n] what is left of the step from now on */
	double *tie;	 /* [n] CNY per kWh: small, growing with time */
	double *buy,
		*sell; /* [n] as planned with: carbon included; sell is at most buy, else it is not convex */
	double *buy_true, *sell_true; /* [n] as given */
	double *carbon;		      /* [n] CNY per kWh imported, part of buy */
	double *it;		      /* [n] IT kW of the load */
	double *load;		      /* [n] kW at the PCC, whole watts */
	double *unserved_max;	      /* [n] kW at the PCC: what stands above the protected floor */
	double *it_room;	      /* [n] IT kW that the load leaves to the queues */
	double *it_over;	      /* [n] IT kW of load above the IT capacity */
	double *generators[SITE_MAX_GENERATORS]; /* [n] available */
	double *generator_least[SITE_MAX_GENERATORS],
		*generator_most[SITE_MAX_GENERATORS]; /* [n] */
	double curtail_price[SITE_MAX_GENERATORS], generator_price[SITE_MAX_GENERATORS];
	bool curtailable[SITE_MAX_GENERATORS];
	struct plant_store store[SITE_MAX_STORAGE];
	struct plant_queue queue[SITE_MAX_QUEUES];
	struct plant_cooling cooling[SITE_MAX_COOLING];
	struct plant_feeder feeder[SITE_MAX_FEEDERS];
	struct plant_ration ration[SITE_MAX_RATIONS];
	struct plant_demand demand[PLAN_MAX_DEMANDS];
	struct plant_event event[PLAN_MAX_EVENTS];
	double pue, import_max, export_max;
	bool has_contract;
	double contracted; /* kW; import_max if there is none */
	double over_demand, overload, unserved;
	double wide; /* kW that no flow can exceed */
	int n_notes;
	struct plan_source notes[PLANT_MAX_NOTES];
};

/* 0; ERR_INVALID (grid not contiguous, efficiencies outside (0, 1], negative ladder …; f says which), -ENOMEM. */
int plant_make(const struct plan_input *in, struct arena *a, struct plant **ret, struct fault *f);

/* Adds a note; beyond PLANT_MAX_NOTES the last one says that there were more. */
void plant_note(struct plant *p, const char *input, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Work per hour that a queue does at kw, and the power that a rate of work takes, at most all there is. */
double plant_queue_work(const struct plant_queue *q, double kw);
double plant_queue_power(const struct plant_queue *q, double rate);

/* Beyond these a number is a mistake, and would cost digits. */
#define PLANT_MAX_W INT64_C(10000000000) /* 10 GW */
#define PLANT_MAX_WH INT64_C(100000000000)
#define PLANT_MAX_PRICE_E4 INT64_C(10000000) /* 1000 CNY */
