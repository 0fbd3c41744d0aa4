#include "model/units.h"

#include <string.h>

#define MS_PER_H_128 ((__int128)MS_PER_H)
#define WH_PER_KWH 1000

const char *quality_name(enum quality q)
{
	static const char *const names[] = {"ok", "estimated", "missing", "bad"};

	return (unsigned)q < ARRAY_SIZE(names) ? names[q] : "?";
}

const char *unit_name(enum unit u)
{
	static const char *const names[] = {
		"",	 "W",	     "Wh",    "percent", "celsius", "price_e4",
		"g/kWh", "device_s", "count", "Hz",	 "bool",    "per_unit",
	};

	return (unsigned)u < ARRAY_SIZE(names) ? names[u] : "?";
}

const char *direction_name(enum direction d)
{
	static const char *const names[] = {"none", "up", "dn"};

	return (unsigned)d < ARRAY_SIZE(names) ? names[d] : "?";
}

/* n / d, d > 0, halves away from zero; results beyond int64_t stick at its ends. */
static int64_t divide_rounded(__int128 n, __int128 d)
{
	__int128 q = n < 0 ? (n - d / 2) / d : (n + d / 2) / d;

	return q > INT64_MAX ? INT64_MAX : q < INT64_MIN ? INT64_MIN : (int64_t)q;
}

int64_t energy_of_power(int64_t power_w, int64_t span_ms)
{
	return divide_rounded((__int128)power_w * span_ms, MS_PER_H_128);
}

int64_t money_of_energy(int64_t energy_wh, int64_t price_e4)
{
	return divide_rounded((__int128)energy_wh * price_e4, WH_PER_KWH);
}

static bool is_id_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
}

/* Length of the run of id bytes at s. */
static size_t id_run(const char *s)
{
	size_t n = 0;

	while (is_id_byte(s[n]))
		n++;
	return n;
}

bool id_is_valid(const char *s)
{
	size_t n = id_run(s);

	return n > 0 && n < ID_MAX && s[n] == '\0';
}

bool point_name_is_valid(const char *s)
{
	size_t at = 0;

	for (;;) {
		size_t n = id_run(s + at);

		if (n == 0 || n >= ID_MAX)
			return false;
		at += n;
		if (s[at] == '\0')
			return at < NAME_MAX_B;
		if (s[at] != '/')
			return false;
		at++;
	}
}

/* Length of the well-formed UTF-8 sequence at p (RFC 3629 table 3-7: no overlong forms, no surrogates), 0 if
 * there is none. */
static size_t utf8_sequence(const unsigned char *p, size_t n)
{
	unsigned lo = 0x80, hi = 0xbf;
	size_t len;

	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	len = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (p[0] == 0xe0)
		lo = 0xa0;
	else if (p[0] == 0xed)
		hi = 0x9f;
	else if (p[0] == 0xf0)
		lo = 0x90;
	else if (p[0] == 0xf4)
		hi = 0x8f;
	if (len > n || p[1] < lo || p[1] > hi)
		return 0;
	for (size_t i = 2; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	}
	return len;
}

bool text_is_valid(const char *s, size_t n)
{
	const unsigned char *p = (const unsigned char *)s;

	for (size_t at = 0; at < n;) {
		size_t len = utf8_sequence(p + at, n - at);

		if (len == 0 || p[at] == 0x7f)
			return false;
		if (p[at] < 0x20 && p[at] != '\t' && p[at] != '\n')
			return false;
		at += len;
	}
	return true;
}
