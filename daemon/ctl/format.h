/* Quantities for people: units, 元, local time. All functions give a text by value, to be used at once:
 * printf("%s", format_power(w).s). Pure. */
#pragma once

#include "base/slot.h"
#include "suandian/v1/types.pb-c.h"

#define FORMAT_MAX 56

struct format {
	char s[FORMAT_MAX];
};

struct format format_power(int64_t power_w);	/* "1.000 MW" */
struct format format_energy(int64_t energy_wh); /* "4.800 MWh" */
struct format format_price(int64_t price_e4);	/* "0.5432 元/kWh" */
struct format format_money(int64_t money_e4);	/* "1234.57 元" */
struct format format_work(int64_t device_s);	/* "1234.5 device-h" */
struct format format_span(int64_t span_ms);	/* "2 h 05 min", "14.2 s" */
struct format format_share(double share);	/* 0.5 → "50.0 %" */

/* "2025-07-15 21:00" in the zone; seconds are shown where they are not zero. */
struct format format_time(const struct zone *zone, int64_t t_ms);
struct format format_seconds(const struct zone *zone, int64_t t_ms); /* "2025-07-15 21:00:05" */
struct format format_hour(const struct zone *zone, int64_t t_ms);    /* "21:00" */
/* "2025-07-15 21:00–22:15", both dates if they differ. */
struct format format_interval(const struct zone *zone, int64_t from_ms, int64_t to_ms);

/* A measured value with its unit. */
struct format format_value(double value, Suandian__V1__Unit unit);
const char *format_unit(Suandian__V1__Unit unit);     /* "W", "元/kWh" …, "" */
const char *format_unit_key(Suandian__V1__Unit unit); /* for machines: "W", "e4cny_per_kwh" …, "" */

/* Name of an enum's value, lower case without the prefix of its type: "active". "#17" for a number that is none. */
struct format format_enum(const ProtobufCEnumDescriptor *type, int value);
