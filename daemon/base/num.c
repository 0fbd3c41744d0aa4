#include "base/num.h"

#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/err.h"

static const char *skip_digits(const char *s)
{
	while (ascii_is_digit(*s))
		s++;
	return s;
}

/* [s, end) are digits; false if they do not fit. */
static bool digits_to_u64(const char *s, const char *end, uint64_t *ret)
{
	uint64_t x = 0;

	for (; s < end; s++)
		if (__builtin_mul_overflow(x, 10, &x) ||
		    __builtin_add_overflow(x, (uint64_t)(*s - '0'), &x))
			return false;
	*ret = x;
	return true;
}

static bool negate_if(bool negative, uint64_t magnitude, int64_t *ret)
{
	if (magnitude > (uint64_t)INT64_MAX + negative)
		return false;
	*ret = (int64_t)(negative ? 0 - magnitude : magnitude);
	return true;
}

int num_parse_i64(const char *s, int64_t lo, int64_t hi, int64_t *ret)
{
	bool negative = *s == '-';
	const char *digits = s + negative, *end = skip_digits(digits);
	uint64_t magnitude;
	int64_t x;

	if (end == digits || *end)
		return ERR_MALFORMED;
	if (!digits_to_u64(digits, end, &magnitude) || !negate_if(negative, magnitude, &x))
		return ERR_INVALID;
	if (x < lo || x > hi)
		return ERR_INVALID;
	*ret = x;
	return 0;
}

/* A decimal as text: -?digits(.digits)? */
struct decimal {
	bool negative;
	const char *whole, *whole_end;
	const char *frac, *frac_end; /* equal if there is no fraction */
};

/* Returns what follows the decimal, NULL if there is none at s. */
static const char *scan_decimal(const char *s, struct decimal *ret)
{
	struct decimal d = {.negative = *s == '-'};

	d.whole = s + d.negative;
	d.whole_end = d.frac = d.frac_end = skip_digits(d.whole);
	if (d.whole_end == d.whole)
		return NULL;
	if (*d.whole_end == '.') {
		d.frac = d.whole_end + 1;
		d.frac_end = skip_digits(d.frac);
		if (d.frac_end == d.frac)
			return NULL;
	}
	*ret = d;
	return d.frac_end;
}

static locale_t c_locale;

static void c_locale_init(void)
{
	c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

/* strtod() reads the decimal point of the locale, which a library may have set. */
static double to_double(const char *s)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, c_locale_init);
	return c_locale ? strtod_l(s, NULL, c_locale) : strtod(s, NULL);
}

int num_parse_double(const char *s, double lo, double hi, double *ret)
{
	struct decimal d;
	const char *end = scan_decimal(s, &d);
	double x;

	if (end && (*end == 'e' || *end == 'E')) {
		const char *exp = end + 1 + (end[1] == '+' || end[1] == '-');

		end = ascii_is_digit(*exp) ? skip_digits(exp) : NULL;
	}
	if (!end || *end)
		return ERR_MALFORMED;
	x = to_double(s);
	if (!isfinite(x) || x < lo || x > hi)
		return ERR_INVALID;
	*ret = x;
	return 0;
}

int num_parse_bool(const char *s, bool *ret)
{
	static const struct {
		const char *text;
		bool value;
	} words[] = {{"true", true}, {"false", false}, {"yes", true},
		     {"no", false},  {"on", true},     {"off", false}};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(s, words[i].text) == 0) {
			*ret = words[i].value;
			return 0;
		}
	}
	return ERR_MALFORMED;
}

struct unit {
	const char *name;
	uint64_t scale;
};

/* d * scale if that is a whole number that fits; exact, no floating point. */
static bool scale_decimal(const struct decimal *d, uint64_t scale, uint64_t *ret)
{
	const char *end = d->frac_end;
	uint64_t whole, frac, power = 1;
	unsigned __int128 part;

	while (end > d->frac && end[-1] == '0')
		end--;
	/* 10^19 does not divide any scale here, nor fit beside one in 128 bits with ease */
	if (end - d->frac > 18 || !digits_to_u64(d->whole, d->whole_end, &whole) ||
	    !digits_to_u64(d->frac, end, &frac))
		return false;
	for (const char *p = d->frac; p < end; p++)
		power *= 10;
	part = (unsigned __int128)frac * scale;
	if (part % power != 0 || __builtin_mul_overflow(whole, scale, &whole))
		return false;
	return !__builtin_add_overflow(whole, (uint64_t)(part / power), ret);
}

static int parse_with_unit(const char *s, const struct unit *units, size_t n, bool *ret_negative,
			   uint64_t *ret)
{
	struct decimal d;
	const char *end = scan_decimal(s, &d);

	for (size_t i = 0; end && i < n; i++) {
		if (strcmp(end, units[i].name) != 0)
			continue;
		if (!scale_decimal(&d, units[i].scale, ret))
			return ERR_INVALID;
		*ret_negative = d.negative && *ret != 0;
		return 0;
	}
	return ERR_MALFORMED;
}

int num_parse_duration_ms(const char *s, int64_t *ret_ms)
{
	static const struct unit units[] = {{"ms", 1},
					    {"s", MS_PER_S},
					    {"min", MS_PER_MIN},
					    {"h", MS_PER_H},
					    {"d", MS_PER_DAY}};
	uint64_t ms;
	bool negative;
	int r = parse_with_unit(s, units, ARRAY_SIZE(units), &negative, &ms);

	if (r < 0)
		return r;
	if (negative || ms > INT64_MAX)
		return ERR_INVALID;
	*ret_ms = (int64_t)ms;
	return 0;
}

int num_parse_size(const char *s, uint64_t *ret_bytes)
{
	static const struct unit units[] = {{"", 1},
					    {"B", 1},
					    {"KiB", UINT64_C(1) << 10},
					    {"MiB", UINT64_C(1) << 20},
					    {"GiB", UINT64_C(1) << 30},
					    {"TiB", UINT64_C(1) << 40}};
	uint64_t bytes;
	bool negative;
	int r = parse_with_unit(s, units, ARRAY_SIZE(units), &negative, &bytes);

	if (r < 0)
		return r;
	if (negative)
		return ERR_INVALID;
	*ret_bytes = bytes;
	return 0;
}

int num_parse_power_w(const char *s, int64_t *ret_w)
{
	static const struct unit units[] = {
		{"W", 1}, {"kW", 1000}, {"MW", 1000000}, {"GW", 1000000000}};
	uint64_t magnitude;
	bool negative;
	int64_t w;
	int r = parse_with_unit(s, units, ARRAY_SIZE(units), &negative, &magnitude);

	if (r < 0)
		return r;
	if (!negate_if(negative, magnitude, &w))
		return ERR_INVALID;
	*ret_w = w;
	return 0;
}
