/* A point as an adapter's configuration describes it: name, unit, kind, period, label, plausible range, and how a raw
 * number becomes its value. Rows for schema tables (config/schema.h), the declaration for the daemon, and the judgement
 * of a value. Pure; any thread. */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "config/schema.h"
#include "suandian/v1/envelope.pb-c.h"

#define POINTSPEC_NAME_B 97 /* the daemon's limit: 96 bytes */
#define POINTSPEC_TEXT_B 128
#define POINTSPEC_NO_BOUND 1e15

struct pointspec {
	char name[POINTSPEC_NAME_B];
	int unit, kind, label; /* Suandian__V1__Unit … */
	int64_t period_ms;
	double scale, offset; /* value = raw × scale + offset */
	double min, max;      /* plausible values; ± POINTSPEC_NO_BOUND: none */
	char description[POINTSPEC_TEXT_B];
};

extern const struct schema_word pointspec_units[], pointspec_kinds[], pointspec_labels[];

/* Rows of a table for struct `s` that has a member `m` of this type; the period stands apart, for not everyone gives
 * one per point. */
#define POINTSPEC_ROWS(s, m)                                                                       \
	{"point", SCHEMA_STRING, SCHEMA_MEMBER(s, m.name), .required = true,                       \
	 .help = "name of the point at the daemon: site/asset.quantity"},                          \
		{"unit",                                                                           \
		 SCHEMA_ENUM,                                                                      \
		 SCHEMA_MEMBER(s, m.unit),                                                         \
		 .required = true,                                                                 \
		 .words = pointspec_units,                                                         \
		 .help = "of the value, after scale and offset"},                                  \
		{"kind",                                                                           \
		 SCHEMA_ENUM,                                                                      \
		 SCHEMA_MEMBER(s, m.kind),                                                         \
		 .words = pointspec_kinds,                                                         \
		 .dflt = "instant",                                                                \
		 .help = "what a value says about its time"},                                      \
		{"label",                                                                          \
		 SCHEMA_ENUM,                                                                      \
		 SCHEMA_MEMBER(s, m.label),                                                        \
		 .words = pointspec_labels,                                                        \
		 .dflt = "none",                                                                   \
		 .help = "means and energies: the end of the interval that a "                     \
			 "time marks"},                                                            \
		{"scale", SCHEMA_NUMBER, SCHEMA_MEMBER(s, m.scale), .dflt = "1",                   \
		 .help = "the raw number times this …"},                                           \
		{"offset", SCHEMA_NUMBER, SCHEMA_MEMBER(s, m.offset), .dflt = "0",                 \
		 .help = "… plus this is the value"},                                              \
		{"min", SCHEMA_NUMBER, SCHEMA_MEMBER(s, m.min), .dflt = "-1000000000000000",       \
		 .help = "a value below is kept as BAD"},                                          \
		{"max", SCHEMA_NUMBER, SCHEMA_MEMBER(s, m.max), .dflt = "1000000000000000",        \
		 .help = "a value above is kept as BAD"},                                          \
	{                                                                                          \
		"description", SCHEMA_STRING, SCHEMA_MEMBER(s, m.description),                     \
			.help = "for people"                                                       \
	}

#define POINTSPEC_PERIOD(s, m)                                                                     \
	{                                                                                          \
		"period", SCHEMA_DURATION, SCHEMA_MEMBER(s, m.period_ms),                          \
			.required = true, .min = 1000, .max = MS_PER_DAY,                          \
			.help = "how often a value is expected"                                    \
	}

/* What is wrong with the spec as such, with the key at fault in *ret_key; 0 if nothing. */
int pointspec_check(const struct pointspec *p, const char **ret_key, struct fault *f);

/* The message that declares them, in a; strings stay theirs. NULL: out of memory. */
Suandian__V1__DeclarePoints *pointspec_declare(const struct pointspec *const *spec, size_t n,
					       struct arena *a);

/* The value of a raw number, and its quality: MISSING if that is not finite, BAD outside of the plausible range. */
double pointspec_value(const struct pointspec *p, double raw, Suandian__V1__Quality *ret_quality);

/* "W", "ok" …; "?" for others. */
const char *pointspec_unit_name(int unit);
const char *pointspec_quality_name(Suandian__V1__Quality q);
