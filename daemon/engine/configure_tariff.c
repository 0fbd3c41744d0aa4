/* Tariffs on paper: seasons by months, periods as "peak 10:00-12:00". */
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "engine/configure_schema.h"

#define MEMBER(m) SCHEMA_MEMBER(struct tariff, m)
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
		buf_printf(out, "%s%d", gap, from);
		if (to > from)
			buf_printf(out, "-%d", to);
		gap = ", ";
		from = to;
	}
}

static const struct schema_custom months_type = {
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

static bool parse_span(const char *text, void *ret)
{
	struct tou_span s;

	if (!take_class(&text, &s.cls) || !take_char(&text, ' ') ||
	    !take_minute_of_day(&text, &s.from_min) || !take_char(&text, '-') ||
	    !take_minute_of_day(&text, &s.to_min) || *text)
		return false;
	memcpy(ret, &s, sizeof(s));
	return true;
}

static void format_span(const void *value, struct buf *out)
{
	const struct tou_span *s = value;

	buf_printf(out, "%s %02d:%02d-%02d:%02d", tou_class_name(s->cls), s->from_min / 60,
		   s->from_min % 60, s->to_min / 60, s->to_min % 60);
}

static const struct schema_custom span_type = {
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

/* ---- tables ---- */

static const struct schema span_item = {
	.type = SCHEMA_CUSTOM, .size = sizeof(struct tou_span), .custom = &span_type};

static const struct schema season_schema[] = {
	{"months", SCHEMA_CUSTOM, SCHEMA_MEMBER(struct tou_season, months), .required = true,
	 .custom = &months_type, .help = "months in which the season holds"},
	{"overlay", SCHEMA_BOOL, SCHEMA_MEMBER(struct tou_season, overlay), .dflt = "false",
	 .help = "critical periods that lie on top of the other seasons"},
	{"day_flag", SCHEMA_STRING, SCHEMA_MEMBER(struct tou_season, day_flag),
	 .help = "an overlay that holds only on days so flagged"},
	{"spans", SCHEMA_LIST, SCHEMA_MEMBER(struct tou_season, spans), .required = true,
	 .item = &span_item, .count_offset = offsetof(struct tou_season, n_spans), .min_items = 1,
	 .max_items = TARIFF_MAX_SPANS, .help = "periods of the day"},
	{0},
};
static const struct schema season_item = {
	.type = SCHEMA_STRUCT, .size = sizeof(struct tou_season), .members = season_schema};

/* Inside of the tariff itself: offset 0. */
static const struct schema ratios_schema[] = {
	{"valley", SCHEMA_RATIO, MEMBER(ratio_ppm[TOU_VALLEY]), .required = true,
	 .help = "price of valley hours by the flat price"},
	{"flat", SCHEMA_RATIO, MEMBER(ratio_ppm[TOU_FLAT]), .dflt = "1", .help = "1 by definition"},
	{"peak", SCHEMA_RATIO, MEMBER(ratio_ppm[TOU_PEAK]), .required = true,
	 .help = "price of peak hours by the flat price"},
	{"critical", SCHEMA_RATIO, MEMBER(ratio_ppm[TOU_CRITICAL]), .required = true,
	 .help = "price of critical hours by the flat price"},
	{0},
};

const struct schema configure_tariff_schema[] = {
	{"id", SCHEMA_ID, MEMBER(id), .required = true, .help = "name that sites refer to"},
	{"document", SCHEMA_STRING, MEMBER(document), .required = true,
	 .help = "the paper that the periods and ratios stand in"},
	{"status", SCHEMA_CUSTOM, MEMBER(status), .required = true,
	 .custom = &configure_status_type, .help = "of the periods and ratios"},
	{"valid_from", SCHEMA_TIME, MEMBER(valid_from_ms), .required = true,
	 .help = "first moment at which it holds"},
	{"valid_to", SCHEMA_TIME, MEMBER(valid_to_ms), .dflt = "open", .word = "open",
	 .word_value = INT64_MAX, .help = "first moment at which it holds no more"},
	{"flat_price", SCHEMA_PRICE, MEMBER(flat_price_e4), .required = true,
	 .help = "price of flat hours"},
	{"flat_price_status", SCHEMA_CUSTOM, MEMBER(flat_price_status), .required = true,
	 .custom = &configure_status_type, .help = "of the flat price"},
	{"ratios", SCHEMA_STRUCT, .required = true, .members = ratios_schema,
	 .help = "prices of the classes by the flat price"},
	{"sell_price", SCHEMA_PRICE, MEMBER(sell_price_e4), .dflt = "0 CNY/kWh",
	 .help = "paid for energy fed into the grid; at most the lowest price to buy"},
	{"demand_price", SCHEMA_DEMAND_PRICE, MEMBER(demand_price_e4), .dflt = "none",
	 .word = "none", .word_value = 0, .help = "per kW of the highest demand of a month"},
	{"seasons", SCHEMA_LIST, MEMBER(seasons), .required = true, .item = &season_item,
	 .count_offset = offsetof(struct tariff, n_seasons), .min_items = 1,
	 .max_items = TARIFF_MAX_SEASONS, .help = "periods by months; every minute in exactly one"},
	{0},
};
