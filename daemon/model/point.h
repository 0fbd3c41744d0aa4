/* A point: one measured, forecast or priced quantity, declared by a source, known by a permanent number. Pure. */
#pragma once

#include "model/units.h"

struct point_decl {
	char name[NAME_MAX_B];
	enum unit unit;
	enum value_kind kind;
	enum point_label label; /* compulsory for MEAN and ENERGY */
	int64_t period_ms;	/* compulsory, 1 s … 1 day */
	bool has_min, has_max;
	double min, max; /* plausible range */
	char description[TEXT_MAX_B];
};

struct point {
	uint32_t id; /* 1…, permanent */
	struct point_decl decl;
	char source[NAME_MAX_B];
};

/* 0 or ERR_INVALID with the reason in f. */
struct fault;
int point_decl_check(const struct point_decl *d, struct fault *f);
/* May `next` replace `old`? Unit and kind may not change. */
bool point_decl_is_compatible(const struct point_decl *old, const struct point_decl *next);

/* The quality a raw value gets: not finite → MISSING, outside the plausible range → BAD, else as given. */
enum quality point_judge(const struct point_decl *d, double value, enum quality given);
/* MISSING is synthesised when reading: is a value of time t stale at now (older than two periods)? The
 * age of a start-labelled mean or energy counts from the end of its interval, when it came to be. */
bool point_is_stale(const struct point_decl *d, int64_t t_ms, int64_t now_ms);
