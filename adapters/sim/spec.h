/* How one exogenous series comes to be, and how well it can be foreseen: what a "…:" block of sim.yaml says. Plain
 * data, filled by scenario_load.c; the series itself is made by synth.h (from a seed) or csvseries.h (from a file). */
#pragma once

#include "base/base.h"

#define SPEC_PATH_B 512
#define SPEC_TEXT_B 64
#define SPEC_PROFILE_MAX 96

enum series_kind {
	SERIES_NONE,
	SERIES_CONSTANT, /* `value` */
	SERIES_PROFILE,	 /* the same every local day: `profile`, equal parts of the day */
	SERIES_SUN,	 /* output of a photovoltaic field with clouds; 1 = rated */
	SERIES_OFFICE,	 /* `low` at night, `high` on working afternoons */
	SERIES_JOBS, /* work that arrives, in devices (device-seconds per second): `mean` over the week */
	SERIES_WIND, /* output of a wind farm; 1 = rated: Weibull speeds of mean `mean` m/s that drift over hours */
	SERIES_HYDRO, /* output of hydro power; 1 = rated: share of the month in `profile`, drifting over days */
	SERIES_WEATHER, /* temperature between `low` before sunrise and `high` in the afternoon */
	SERIES_CSV,
};

enum foresight_kind {
	FORESIGHT_NONE,	   /* nothing is pushed: the daemon has its own means */
	FORESIGHT_BLURRED, /* the truth, blurred by `error` */
	FORESIGHT_KNOWN,   /* the truth over the whole horizon */
	FORESIGHT_DAY_AHEAD, /* the truth to the end of today, from `publish_hour` on to the end of tomorrow */
};

struct foresight_spec {
	enum foresight_kind kind;
	double error;	      /* relative, half a day ahead */
	int32_t publish_hour; /* local */
};

struct csv_spec {
	char path[SPEC_PATH_B]; /* relative to the file that names it */
	char time_column[SPEC_TEXT_B], column[SPEC_TEXT_B];
	char zone[SPEC_TEXT_B]; /* of times that name none, and of local hours */
	int label;		/* 0 = a time marks the start of its interval, 1 = its end */
	/* Not "": local hour is mapped to local hour; the first simulated local day is this one ("2019-07-14")
	 * of the file's zone, the next is the next. */
	char map_from[SPEC_TEXT_B];
};

struct series_spec {
	enum series_kind kind;
	double value, low, high, mean;
	int32_t n_profile;
	double profile[SPEC_PROFILE_MAX];
	double latitude, longitude, cloudiness; /* 0 clear … 1 overcast */
	double roughness;			/* relative size of fast random movement */
	struct csv_spec csv;
	/* applied to whatever came out, in this order */
	double scale, offset, min, max;
	struct foresight_spec foresight;
};
