#include "engine/configure_types.h"

#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/num.h"
#include "config/quantity.h"
#include "engine/configure_schema.h"

#define MONTHS 12

/* Digits at *text, at most two; −1 if there are none. */
static int take_number(const char **text)
{
	const char *p = *text;
	int x = 0, n = 0;

	for (; ascii_is_digit(*p) && n < 2; n++)
		x = x * 10 + (*p++ - '0');
	*text = p;
	return n ? x : -1;
}

static bool take_char(const char **text, char c)
{
	if (**text != c)
		return false;
	(*text)++;
	return true;
}

/* ---- "3-6, 10, 12-2" ---- */

static bool take_months(const char **text, uint32_t *mask)
{
	int from = take_number(text), to = from;

	if (take_char(text, '-'))
		to = take_number(text);
	if (from < 1 || from > MONTHS || to < 1 || to > MONTHS)
		return false;
	for (int m = from;; m = m % MONTHS + 1) {
		*mask |= UINT32_C(1) << (m - 1);
		if (m == to)
			return true;
	}
}

static bool parse_months(const char *text, void *ret)
{
	uint32_t mask = 0;

	do {
		take_char(&text, ' ');
		if (!take_months(&text, &mask))
			return false;
	} while (take_char(&text, ','));
	if (*text)
		return false;
	memcpy(ret, &mask, sizeof(mask));
	return true;
}

/* "3" or "3-6" */
static void print_range(struct buf *out, int from, int to)
{
	buf_printf(out, "%d", from);
	if (to > from)
		buf_printf(out, "-%d", to);
}

static void format_months(const void *value, struct buf *out)
{
	const char *gap = "";
	uint32_t mask;

	memcpy(&mask, value, sizeof(mask));
	for (int from = 1; from <= MONTHS; from++) {
		int to = from;

		if (!(mask & UINT32_C(1) << (from - 1)))
			continue;
		while (to < MONTHS && (mask & UINT32_C(1) << to))
			to++;
		buf_printf(out, "%s", gap);
		print_range(out, from, to);
		gap = ", ";
		from = to;
	}
}

const struct schema_custom configure_months_type = {
	"months", "months by number, such as 7 or 3-6, 10, 12-2", parse_months, format_months};

/* ---- "peak 10:00-12:00" ---- */

static bool take_minute_of_day(const char **text, int *ret)
{
	int hour = take_number(text), minute;

	if (!take_char(text, ':'))
		return false;
	minute = take_number(text);
	if (hour < 0 || minute < 0 || minute > 59 || hour * 60 + minute > 24 * 60)
		return false;
	*ret = hour * 60 + minute;
	return true;
}

static bool take_class(const char **text, enum tou_class *ret)
{
	for (enum tou_class c = TOU_VALLEY; c <= TOU_CRITICAL; c++) {
		size_t n = strlen(tou_class_name(c));

		if (strncmp(*text, tou_class_name(c), n) == 0) {
			*text += n;
			*ret = c;
			return true;
		}
	}
	return false;
}

static bool take_hours(const char **text, int *ret_from, int *ret_to)
{
	return take_minute_of_day(text, ret_from) && take_char(text, '-') &&
	       take_minute_of_day(text, ret_to) && **text == '\0';
}

static void print_hours(struct buf *out, int from_min, int to_min)
{
	buf_printf(out, "%02d:%02d-%02d:%02d", from_min / 60, from_min % 60, to_min / 60,
		   to_min % 60);
}

static bool parse_hours(const char *text, void *ret)
{
	struct day_hours h;

	if (!take_hours(&text, &h.from_min, &h.to_min))
		return false;
	memcpy(ret, &h, sizeof(h));
	return true;
}

static void format_hours(const void *value, struct buf *out)
{
	const struct day_hours *h = value;

	print_hours(out, h->from_min, h->to_min);
}

const struct schema_custom configure_hours_type = {"hours", "local hours, such as 10:00-12:00",
						   parse_hours, format_hours};

static bool parse_span(const char *text, void *ret)
{
	struct tou_span s;

	if (!take_class(&text, &s.cls) || !take_char(&text, ' ') ||
	    !take_hours(&text, &s.from_min, &s.to_min))
		return false;
	memcpy(ret, &s, sizeof(s));
	return true;
}

static void format_span(const void *value, struct buf *out)
{
	const struct tou_span *s = value;

	buf_printf(out, "%s ", tou_class_name(s->cls));
	print_hours(out, s->from_min, s->to_min);
}

const struct schema_custom configure_span_type = {
	"span", "valley, flat, peak or critical and local hours, such as peak 10:00-12:00",
	parse_span, format_span};

/* ---- "draft" ---- */

static bool parse_status(const char *text, void *ret)
{
	static const char *const words[] = {"final", "draft", "illustrative"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(words[i], text) == 0) {
			snprintf(ret, ID_MAX, "%s", text);
			return true;
		}
	}
	return false;
}

static void format_status(const void *value, struct buf *out)
{
	buf_printf(out, "%s", (const char *)value);
}

const struct schema_custom configure_status_type = {"status", "final, draft or illustrative",
						    parse_status, format_status};

/* ---- ratios inside of other texts ---- */

static const struct quantity_unit ratio_units[] = {{"", 1000000}, {"%", 10000}, {0}};
static const struct quantity_unit percent_units[] = {{"%", 10000}, {0}};

/* Up to a blank, a comma or the end; 0 to 100 %. */
static bool take_share(const char **text, int64_t *ret_ppm)
{
	size_t n = strcspn(*text, " ,");
	char word[32];

	if (n >= sizeof(word))
		return false;
	memcpy(word, *text, n);
	word[n] = '\0';
	*text += n;
	return quantity_parse(word, ratio_units, ret_ppm) == 0 && *ret_ppm >= 0 && *ret_ppm <= PPM;
}

static void print_share(struct buf *out, int64_t ppm)
{
	char text[32];

	buf_printf(out, "%s", quantity_format(ppm, percent_units, "", text, sizeof(text)));
}

/* ---- "6-10 100%, 5 60%, 11 60%, 12-4 30%" ---- */

static bool parse_shares(const char *text, void *ret)
{
	int64_t ppm[MONTHS] = {0}, share;
	uint32_t seen = 0;

	if (strcmp(text, "unknown") == 0) {
		memcpy(ret, ppm, sizeof(ppm));
		return true;
	}
	do {
		uint32_t mask = 0;

		take_char(&text, ' ');
		if (!take_months(&text, &mask) || (mask & seen) || !take_char(&text, ' ') ||
		    !take_share(&text, &share))
			return false;
		seen |= mask;
		for (int m = 0; m < MONTHS; m++) {
			if (mask & UINT32_C(1) << m)
				ppm[m] = share;
		}
	} while (take_char(&text, ','));
	if (*text || seen != TARIFF_ALL_MONTHS)
		return false;
	memcpy(ret, ppm, sizeof(ppm));
	return true;
}

static void format_shares(const void *value, struct buf *out)
{
	const int64_t *ppm = value;
	bool any = false;

	for (int m = 0; m < MONTHS; m++)
		any |= ppm[m] != 0;
	if (!any) {
		buf_printf(out, "unknown");
		return;
	}
	for (int from = 0; from < MONTHS;) {
		int to = from;

		while (to + 1 < MONTHS && ppm[to + 1] == ppm[from])
			to++;
		buf_printf(out, "%s", from ? ", " : "");
		print_range(out, from + 1, to + 1);
		buf_printf(out, " ");
		print_share(out, ppm[from]);
		from = to + 1;
	}
}

const struct schema_custom configure_shares_type = {
	"shares", "unknown, or a share for every month, such as 6-10 100%, 11-5 40%", parse_shares,
	format_shares};

/* ---- "40% 55%, 100% 100%" ---- */

static bool parse_curve(const char *text, void *ret)
{
	struct queue *q = container_of((int *)ret, struct queue, n_segments);
	int64_t power, work;
	int n = 0;

	q->n_segments = 0;
	if (strcmp(text, "linear") == 0)
		return true;
	do {
		take_char(&text, ' ');
		if (n == QUEUE_MAX_SEGMENTS || !take_share(&text, &power) ||
		    !take_char(&text, ' ') || !take_share(&text, &work))
			return false;
		q->segment_power_ppm[n] = power;
		q->segment_work_ppm[n++] = work;
	} while (take_char(&text, ','));
	if (*text)
		return false;
	q->n_segments = n;
	return true;
}

static void format_curve(const void *value, struct buf *out)
{
	const struct queue *q = container_of((const int *)value, struct queue, n_segments);

	if (q->n_segments == 0)
		buf_printf(out, "linear");
	for (int i = 0; i < q->n_segments; i++) {
		buf_printf(out, "%s", i ? ", " : "");
		print_share(out, q->segment_power_ppm[i]);
		buf_printf(out, " ");
		print_share(out, q->segment_work_ppm[i]);
	}
}

const struct schema_custom configure_curve_type = {
	"curve", "linear, or up to 4 pairs of power and throughput, such as 50% 65%, 100% 100%",
	parse_curve, format_curve};

/* ---- "22.5 C", "10 Gbit/s" ---- */

static const struct quantity_unit temperature_units[] = {{"C", 1000}, {"°C", 1000}, {0}};
static const struct quantity_unit bitrate_units[] = {{"bit/s", 1},
						     {"kbit/s", 1000},
						     {"Mbit/s", 1000000},
						     {"Gbit/s", 1000000000},
						     {"Tbit/s", INT64_C(1000000000000)},
						     {0}};

static bool parse_quantity(const char *text, const struct quantity_unit *units, void *ret)
{
	int64_t x;

	if (quantity_parse(text, units, &x))
		return false;
	memcpy(ret, &x, sizeof(x));
	return true;
}

static void format_quantity(const void *value, const struct quantity_unit *units, struct buf *out)
{
	char text[32];
	int64_t x;

	memcpy(&x, value, sizeof(x));
	buf_printf(out, "%s", quantity_format(x, units, " ", text, sizeof(text)));
}

static bool parse_temperature(const char *text, void *ret)
{
	return parse_quantity(text, temperature_units, ret);
}

static void format_temperature(const void *value, struct buf *out)
{
	format_quantity(value, temperature_units, out);
}

const struct schema_custom configure_temperature_type = {
	"temperature", "degrees Celsius, such as 22.5 C", parse_temperature, format_temperature};

static bool parse_bitrate(const char *text, void *ret)
{
	return parse_quantity(text, bitrate_units, ret);
}

static void format_bitrate(const void *value, struct buf *out)
{
	format_quantity(value, bitrate_units, out);
}

const struct schema_custom configure_bitrate_type = {
	"bit rate", "bit/s, kbit/s, Mbit/s, Gbit/s or Tbit/s, such as 10 Gbit/s", parse_bitrate,
	format_bitrate};

/* ---- "2025-10-01" ---- */

static bool take_digits(const char **text, int n, int *ret)
{
	*ret = 0;
	for (; n > 0; n--, (*text)++) {
		if (!ascii_is_digit(**text))
			return false;
		*ret = *ret * 10 + (**text - '0');
	}
	return true;
}

static bool parse_date(const char *text, void *ret)
{
	int y, m, d, back_y, back_m, back_d;
	int64_t days;
	int32_t day;

	if (!take_digits(&text, 4, &y) || !take_char(&text, '-') || !take_digits(&text, 2, &m) ||
	    !take_char(&text, '-') || !take_digits(&text, 2, &d) || *text || y < 1970 || m < 1 ||
	    m > MONTHS || d < 1)
		return false;
	days = num_days_from_civil(y, m, d);
	num_civil_from_days(days, &back_y, &back_m, &back_d);
	if (back_y != y || back_m != m || back_d != d)
		return false;
	day = (int32_t)days;
	memcpy(ret, &day, sizeof(day));
	return true;
}

static void format_date(const void *value, struct buf *out)
{
	int32_t day;
	int y, m, d;

	memcpy(&day, value, sizeof(day));
	num_civil_from_days(day, &y, &m, &d);
	buf_printf(out, "%04d-%02d-%02d", y, m, d);
}

const struct schema_custom configure_date_type = {"date", "a day such as 2025-10-01", parse_date,
						  format_date};
