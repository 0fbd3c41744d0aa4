#include "config/quantity.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/err.h"
#include "base/require.h"

#define DIGITS_MAX 18 /* of a number, leading and trailing zeros apart: 10^18 fits in int64_t */

struct decimal {
	bool negative;
	int64_t digits; /* value = digits / power */
	int64_t power;
	bool overflow;
};

/* The digits at s, without a sign; returns what follows them. */
static const char *take_digits(const char *s, struct decimal *d, bool fraction)
{
	for (; ascii_is_digit(*s); s++) {
		d->overflow |= __builtin_mul_overflow(d->digits, 10, &d->digits) ||
			       __builtin_add_overflow(d->digits, *s - '0', &d->digits);
		if (fraction)
			d->overflow |= __builtin_mul_overflow(d->power, 10, &d->power);
	}
	return s;
}

/* Returns what follows the number, NULL if there is none. */
static const char *scan(const char *s, struct decimal *d)
{
	const char *whole, *end;

	*d = (struct decimal){.negative = *s == '-', .power = 1};
	whole = s + d->negative;
	end = take_digits(whole, d, false);
	if (end == whole)
		return NULL;
	if (*end == '.') {
		const char *frac = end + 1;

		end = take_digits(frac, d, true);
		if (end == frac)
			return NULL;
	}
	return end;
}

int quantity_parse(const char *text, const struct quantity_unit *units, int64_t *ret)
{
	struct decimal d;
	const char *unit = scan(text, &d);
	__int128 value;

	if (!unit)
		return ERR_MALFORMED;
	if (unit[0] == ' ' && unit[1] != '\0')
		unit++;
	while (units->text && strcmp(units->text, unit) != 0)
		units++;
	if (!units->text)
		return ERR_MALFORMED;
	if (d.overflow)
		return ERR_INVALID;
	value = (__int128)d.digits * units->scale;
	if (value % d.power != 0)
		return ERR_INVALID;
	value /= d.power;
	value = d.negative ? -value : value;
	if (value > INT64_MAX || value < INT64_MIN)
		return ERR_INVALID;
	*ret = (int64_t)value;
	return 0;
}

static void format_fraction(uint64_t value, bool negative, int64_t scale, char *out, size_t n)
{
	uint64_t whole = value / (uint64_t)scale, rest = value % (uint64_t)scale;
	char frac[24] = "";
	int digits = 0, len;

	for (int64_t s = scale; s > 1; s /= 10)
		digits++;
	if (rest > 0) {
		len = snprintf(frac, sizeof(frac), ".%0*" PRIu64, digits, rest);
		while (len > 0 && frac[len - 1] == '0')
			frac[--len] = '\0';
	}
	snprintf(out, n, "%s%" PRIu64 "%s", negative ? "-" : "", whole, frac);
}

char *quantity_format(int64_t value, const struct quantity_unit *units, const char *gap, char *out,
		      size_t n)
{
	const struct quantity_unit *best = units;
	char number[48];

	REQUIRE(units->text);
	for (const struct quantity_unit *u = units; u->text; u++) {
		if (u->scale > best->scale && value != 0 && value % u->scale == 0)
			best = u;
	}
	format_fraction(value < 0 ? 0 - (uint64_t)value : (uint64_t)value, value < 0, best->scale,
			number, sizeof(number));
	snprintf(out, n, "%s%s%s", number, best->text[0] ? gap : "", best->text);
	return out;
}
