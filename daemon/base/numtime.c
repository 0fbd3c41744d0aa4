/* The part of num.h that is about time and about printing. */
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/err.h"
#include "base/num.h"

/* n digits and, if not NUL, the separator after them; moves *s on. */
static bool take_digits(const char **s, int n, char separator, int *ret)
{
	const char *p = *s;
	int x = 0;

	for (int i = 0; i < n; i++, p++) {
		if (!ascii_is_digit(*p))
			return false;
		x = x * 10 + (*p - '0');
	}
	if (separator && *p++ != separator)
		return false;
	*s = p;
	*ret = x;
	return true;
}

struct civil {
	int year, month, day, hour, minute, second, ms;
	int32_t zone_s;
};

/* ":SS" and ".fff…", both optional; digits behind the milliseconds are read and dropped. */
static bool take_seconds(const char **s, struct civil *c)
{
	int scale = 100;

	if (**s != ':')
		return true;
	(*s)++;
	if (!take_digits(s, 2, '\0', &c->second))
		return false;
	if (**s != '.')
		return true;
	(*s)++;
	if (!ascii_is_digit(**s))
		return false;
	for (; ascii_is_digit(**s); (*s)++, scale /= 10)
		c->ms += (**s - '0') * scale;
	return true;
}

static bool take_zone(const char **s, int32_t default_zone_s, struct civil *c)
{
	int sign, hours, minutes;

	if (**s == 'Z') {
		(*s)++;
		return true;
	}
	if (**s != '+' && **s != '-') {
		c->zone_s = default_zone_s;
		return default_zone_s != INT32_MIN;
	}
	sign = **s == '-' ? -1 : 1;
	(*s)++;
	if (!take_digits(s, 2, ':', &hours) || !take_digits(s, 2, '\0', &minutes))
		return false;
	/* out of range on purpose: found by is_valid() */
	c->zone_s = minutes < 60 ? sign * (hours * 3600 + minutes * 60) : INT32_MAX;
	return true;
}

static bool take_date_time(const char **s, struct civil *c)
{
	if (!take_digits(s, 4, '-', &c->year) || !take_digits(s, 2, '-', &c->month) ||
	    !take_digits(s, 2, '\0', &c->day))
		return false;
	if (**s != 'T' && **s != ' ')
		return false;
	(*s)++;
	return take_digits(s, 2, ':', &c->hour) && take_digits(s, 2, '\0', &c->minute) &&
	       take_seconds(s, c);
}

static int days_of_month(int y, int m)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;

	return m == 2 && leap ? 29 : days[m - 1];
}

static bool is_valid(const struct civil *c)
{
	return c->month >= 1 && c->month <= 12 && c->day >= 1 &&
	       c->day <= days_of_month(c->year, c->month) && c->hour <= 23 && c->minute <= 59 &&
	       c->second <= 59 && c->zone_s > -86400 && c->zone_s < 86400;
}

int num_parse_time_ms(const char *s, int32_t default_zone_s, int64_t *ret_ms)
{
	struct civil c = {0};
	int64_t day_s;

	if (!take_date_time(&s, &c) || !take_zone(&s, default_zone_s, &c) || *s)
		return ERR_MALFORMED;
	if (!is_valid(&c))
		return ERR_INVALID;
	day_s = num_days_from_civil(c.year, c.month, c.day) * 86400;
	*ret_ms = (day_s + c.hour * 3600 + c.minute * 60 + c.second - c.zone_s) * MS_PER_S + c.ms;
	return 0;
}

/* Days are counted within eras of 400 years (146097 days) that begin on 1 March, so that the leap day is the
 * last of its year. Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
int64_t num_days_from_civil(int y, int m, int d)
{
	int64_t year = (int64_t)y - (m <= 2);
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t year_of_era = year - era * 400;
	int64_t day_of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * 146097 + day_of_era - 719468;
}

void num_civil_from_days(int64_t days, int *ret_y, int *ret_m, int *ret_d)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t day_of_era = z - era * 146097;
	int64_t year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t shifted = (5 * day_of_year + 2) / 153; /* 0 = March */
	int month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);

	*ret_y = (int)(year_of_era + era * 400 + (month <= 2));
	*ret_m = month;
	*ret_d = (int)(day_of_year - (153 * shifted + 2) / 5 + 1);
}

static struct civil civil_of(int64_t t_ms, int32_t zone_s)
{
	int64_t ms = (t_ms % 1000 + 1000) % 1000;
	int64_t s = t_ms / 1000 - (t_ms % 1000 < 0) + zone_s;
	int64_t of_day = (s % 86400 + 86400) % 86400;
	struct civil c = {.hour = (int)(of_day / 3600),
			  .minute = (int)(of_day / 60 % 60),
			  .second = (int)(of_day % 60),
			  .ms = (int)ms};

	num_civil_from_days((s - of_day) / 86400, &c.year, &c.month, &c.day);
	return c;
}

char *num_format_time(char *out, size_t n, int64_t t_ms, int32_t zone_s, bool with_seconds)
{
	struct civil c = civil_of(t_ms, zone_s);
	int len = snprintf(out, n, "%04d-%02d-%02d %02d:%02d", c.year, c.month, c.day, c.hour,
			   c.minute);

	if (with_seconds && len > 0 && (size_t)len < n)
		snprintf(out + len, n - (size_t)len, ":%02d", c.second);
	return out;
}

char *num_format_utc(char *out, size_t n, int64_t t_ms)
{
	struct civil c = civil_of(t_ms, 0);

	snprintf(out, n, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", c.year, c.month, c.day, c.hour,
		 c.minute, c.second, c.ms);
	return out;
}

/* Digits behind the point that leave four significant ones of x units, each `unit` watts. */
static int decimals_for(uint64_t power_w, uint64_t unit)
{
	uint64_t whole = power_w / unit;

	return whole >= 1000 ? 0 : whole >= 100 ? 1 : whole >= 10 ? 2 : 3;
}

static uint64_t round_to(uint64_t power_w, uint64_t step)
{
	uint64_t rest = power_w % step;

	return power_w - rest + (rest * 2 >= step ? step : 0);
}

/* power_w rounded to what is shown in this unit; *ret_decimals is how it is shown. */
static uint64_t round_for(uint64_t power_w, uint64_t unit, int *ret_decimals)
{
	uint64_t step = unit;

	for (int i = decimals_for(power_w, unit); i > 0; i--)
		step /= 10;
	power_w = round_to(power_w, step);
	*ret_decimals = decimals_for(power_w, unit);
	return power_w;
}

char *num_format_power(char *out, size_t n, int64_t power_w)
{
	static const struct {
		uint64_t scale;
		const char *name;
	} units[] = {{1, "W"}, {1000, "kW"}, {1000000, "MW"}, {1000000000, "GW"}};
	uint64_t w = power_w < 0 ? 0 - (uint64_t)power_w : (uint64_t)power_w, shown = w;
	const char *sign = power_w < 0 ? "-" : "";
	int decimals = 0, i = 0;
	char frac[16] = "";

	/* rounding up may reach the next unit: 999 950 W is 1.000 MW */
	while (i < 3 && shown >= units[i].scale * 1000) {
		i++;
		shown = round_for(w, units[i].scale, &decimals);
	}
	for (int k = 0; k < decimals; k++) {
		uint64_t digit = shown % units[i].scale * 10;

		for (int j = 0; j < k; j++)
			digit = digit % units[i].scale * 10;
		frac[k] = (char)('0' + digit / units[i].scale);
	}
	while (i < 2 && decimals > 0 && frac[decimals - 1] == '0')
		decimals--;
	frac[decimals] = '\0';
	snprintf(out, n, "%s%llu%s%s %s", sign, (unsigned long long)(shown / units[i].scale),
		 decimals ? "." : "", frac, units[i].name);
	return out;
}
