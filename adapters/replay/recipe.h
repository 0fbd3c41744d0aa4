/* What replay.yaml says: which columns of which files are which points, and how their times are to be read. Plain
 * data. */
#pragma once

#include "base/slot.h"
#include "common/pointspec.h"
#include "config/faults.h"

#define RECIPE_SERIES_MAX 4096
#define RECIPE_STEPS_MAX 4096 /* of a curve: the daemon's limit */
#define RECIPE_PATH_B 512
#define RECIPE_TEXT_B 64

enum recipe_conflict {
	RECIPE_REFUSE,	/* two values of one time are a fault */
	RECIPE_MISSING, /* … are no value */
};

enum recipe_foresight {
	RECIPE_NO_CURVE,
	RECIPE_KNOWN,	  /* the values to come, over the whole horizon */
	RECIPE_DAY_AHEAD, /* … to the end of today, from publish_hour on to the end of tomorrow */
	RECIPE_RECORDED,  /* forecasts of the file itself: each row names when it was issued */
};

struct recipe_csv {
	char path[RECIPE_PATH_B]; /* as given; relative to the recipe's folder */
	char time[RECIPE_TEXT_B], column[RECIPE_TEXT_B];
	char zone_name[RECIPE_TEXT_B];
	const struct zone *zone;
};

struct recipe_curve {
	enum recipe_foresight kind;
	int64_t horizon_ms, every_ms, step_ms;
	int32_t publish_hour;
	char issue[RECIPE_TEXT_B]; /* RECORDED: the column; time, value and file are `csv` */
	struct recipe_csv csv;
};

struct recipe_series {
	struct pointspec point;
	struct recipe_csv csv;
	char map_from[RECIPE_TEXT_B]; /* "2019-07-10"; "" = times as they are */
	int64_t map_day;	      /* days since 1970 of that */
	enum recipe_conflict conflict;
	struct recipe_curve curve;
};

struct recipe {
	char name[64]; /* of the source */
	char zone_name[RECIPE_TEXT_B];
	const struct zone *zone; /* of --from and --to, and of mapped days */
	int64_t history_ms;	 /* how much before the first moment is told at once */
	struct recipe_series *series;
	size_t n;
	struct arena arena;
	char *dir; /* of the file */
};

extern const struct schema recipe_schema[];

/* Reads and checks the file; all that is wrong goes to faults. 0, ERR_INVALID, -errno, -ENOMEM. */
int recipe_load(const char *path, struct recipe **ret, struct fault_list *faults);
void recipe_free(struct recipe *r);
