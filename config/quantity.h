/* Decimal quantities with a unit, exact: "0.60 CNY/kWh", "12MW", "95%". One blank may stand before the unit.
 * Pure; any thread. */
#pragma once

#include "base/base.h"

struct quantity_unit {
	const char *text; /* "MW"; "" = without unit; NULL ends the table */
	int64_t scale;	  /* of one such unit in the unit of the result, above 0 */
};

/* 0; ERR_MALFORMED (no such number, or no such unit), ERR_INVALID (no whole number of the result's unit, or too
 * large); *ret untouched then. */
int quantity_parse(const char *text, const struct quantity_unit *units, int64_t *ret);

/* In the largest unit of the table that needs no fraction, else with a fraction in the smallest that has it: units
 * stand in ascending order of scale, spelling of choice first among equals. gap stands between number and unit.
 * Returns out. n >= 32. */
char *quantity_format(int64_t value, const struct quantity_unit *units, const char *gap, char *out,
		      size_t n);
