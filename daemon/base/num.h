/* Strict parsing and printing of numbers: the whole string must be the number, no locale, no surprises.
 * All parsers: 0, ERR_MALFORMED (not a number, trailing bytes) or ERR_INVALID (out of range). Only ASCII digits
 * count; a leading "+", blanks, and a point without digits on both sides are malformed. Any thread. */
#pragma once

#include "base/base.h"

int num_parse_i64(const char *s, int64_t lo, int64_t hi, int64_t *ret);
/* Finite decimal; inf, nan and hex are malformed. */
int num_parse_double(const char *s, double lo, double hi, double *ret);
/* true|false|yes|no|on|off */
int num_parse_bool(const char *s, bool *ret);
/* The next three take decimal fractions ("1.5h") as long as the result is a whole number of the unit returned,
 * and no blank between number and unit. Negative durations and sizes are ERR_INVALID. */
/* "90s", "15min", "2h", "1d", "250ms" → ms. A bare number is malformed: units are compulsory. */
int num_parse_duration_ms(const char *s, int64_t *ret_ms);
/* "64KiB", "1MiB", "2GiB", "100" → bytes. */
int num_parse_size(const char *s, uint64_t *ret_bytes);
/* "12kW", "1.5MW", "300W", "-2MW" → W, exact to 1 W (a fraction of a watt is ERR_INVALID). */
int num_parse_power_w(const char *s, int64_t *ret_w);
/* "2025-07-15T21:00+08:00", "2025-07-15T13:00Z", seconds and fraction optional → UTC ms. A time without zone
 * is ERR_MALFORMED unless default_zone_s (offset from UTC, e.g. 28800) is not INT32_MIN. A blank may stand for
 * the T; digits after the milliseconds are cut; second 60 and hour 24 are ERR_INVALID. */
int num_parse_time_ms(const char *s, int32_t default_zone_s, int64_t *ret_ms);

/* "1.000 MW", "186.4 MW", "-300 kW", "1.25 kW", "45 W": 4 significant digits, halves away from zero; below 1 MW
 * zeros that end the fraction are left out. Up to GW. Into out; returns out. n >= 16. */
char *num_format_power(char *out, size_t n, int64_t power_w);
/* "2025-07-15 21:00" in the zone offset; with_seconds adds ":SS". n >= 24. */
char *num_format_time(char *out, size_t n, int64_t t_ms, int32_t zone_s, bool with_seconds);
/* "2025-07-15T13:00:00.000Z". n >= 32. */
char *num_format_utc(char *out, size_t n, int64_t t_ms);

/* Days since 1970-01-01 of a civil date and back (proleptic Gregorian; Howard Hinnant's algorithm). */
int64_t num_days_from_civil(int y, int m, int d);
void num_civil_from_days(int64_t days, int *ret_y, int *ret_m, int *ret_d);
