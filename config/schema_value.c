#include "config/schema_priv.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/num.h"
#include "base/require.h"
#include "base/utf8.h"
#include "config/quantity.h"

#define TIME_MAX_MS INT64_C(7258118400000) /* 2200-01-01 */
#define NUMBER_MAX 1e15

static const struct quantity_unit power_units[] = {
	{"W", 1}, {"kW", 1000}, {"MW", 1000000}, {"GW", 1000000000}, {0}};
static const struct quantity_unit energy_units[] = {
	{"Wh", 1}, {"kWh", 1000}, {"MWh", 1000000}, {"GWh", 1000000000}, {0}};
static const struct quantity_unit duration_units[] = {
	{"ms", 1}, {"s", MS_PER_S}, {"min", MS_PER_MIN}, {"h", MS_PER_H}, {"d", MS_PER_DAY}, {0}};
/* One spelling to write, others to read: those of equal scale come later. */
static const struct quantity_unit price_units[] = {
	{"CNY/kWh", 10000}, {"元/kWh", 10000}, {"CNY/MWh", 10}, {"元/MWh", 10}, {0}};
static const struct quantity_unit demand_price_units[] = {{"CNY/kW", 10000}, {"元/kW", 10000}, {0}};
static const struct quantity_unit money_units[] = {{"CNY", 10000}, {"元", 10000}, {0}};
static const struct quantity_unit ratio_units[] = {{"", 1000000}, {"%", 10000}, {0}};

/* A type whose value is an int64_t: units (NULL: its own parser), limits of the type, words for people. */
struct type_info {
	const char *name, *example;
	const struct quantity_unit *units;
	const char *gap;
	int64_t min, max;
};

static const struct type_info types[] = {
	[SCHEMA_STRING] = {.name = "string"},
	[SCHEMA_ID] = {.name = "id"},
	[SCHEMA_BOOL] = {.name = "boolean"},
	[SCHEMA_INT] = {"integer", "96", NULL, "", INT64_MIN, INT64_MAX},
	[SCHEMA_NUMBER] = {.name = "number"},
	[SCHEMA_POWER] = {"power", "12MW", power_units, "", -SCHEMA_POWER_MAX_W,
			  SCHEMA_POWER_MAX_W},
	[SCHEMA_ENERGY] = {"energy", "8MWh", energy_units, "", 0, SCHEMA_ENERGY_MAX_WH},
	[SCHEMA_DURATION] = {"duration", "15min", duration_units, "", 0, SCHEMA_DURATION_MAX_MS},
	[SCHEMA_PRICE] = {"price", "0.60 CNY/kWh", price_units, " ", -SCHEMA_PRICE_MAX_E4,
			  SCHEMA_PRICE_MAX_E4},
	[SCHEMA_DEMAND_PRICE] = {"demand price", "35 CNY/kW", demand_price_units, " ", 0,
				 SCHEMA_PRICE_MAX_E4},
	[SCHEMA_MONEY] = {"money", "12.50 CNY", money_units, " ", -SCHEMA_PRICE_MAX_E4 * 10000,
			  SCHEMA_PRICE_MAX_E4 * 10000},
	[SCHEMA_RATIO] = {"ratio", "0.95 or 95%", ratio_units, "", -INT64_C(1000000000),
			  INT64_C(1000000000)},
	[SCHEMA_TIME] = {"time", "2025-07-15T21:00+08:00", NULL, "", 0, TIME_MAX_MS},
	[SCHEMA_ENUM] = {.name = "word"},
	[SCHEMA_CUSTOM] = {.name = "text"},
	[SCHEMA_STRUCT] = {.name = "map"},
	[SCHEMA_LIST] = {.name = "list"},
	[SCHEMA_VECTOR] = {.name = "list"},
	[SCHEMA_MAP] = {.name = "map"},
};

const char *schema_type_name(enum schema_type t)
{
	return (unsigned)t < ARRAY_SIZE(types) ? types[t].name : "?";
}

bool schema_type_is_scalar(enum schema_type t)
{
	return t < SCHEMA_STRUCT;
}

/* ---- whole numbers of every kind ---- */

static void limits(const struct schema *s, int64_t *ret_min, int64_t *ret_max)
{
	const struct type_info *t = &types[s->type];
	bool own = s->min != s->max;

	*ret_min = own ? max_i64(s->min, t->min) : t->min;
	*ret_max = own ? min_i64(s->max, t->max) : t->max;
}

static int parse_i64(const struct schema *s, const char *text, int64_t *ret)
{
	const struct type_info *t = &types[s->type];
	int64_t min, max, x;
	int r;

	if (s->word && strcmp(text, s->word) == 0) {
		*ret = s->word_value;
		return 0;
	}
	if (t->units)
		r = quantity_parse(text, t->units, &x);
	else if (s->type == SCHEMA_TIME)
		r = num_parse_time_ms(text, INT32_MIN, &x);
	else
		r = num_parse_i64(text, INT64_MIN, INT64_MAX, &x);
	if (r)
		return r;
	limits(s, &min, &max);
	if (x < min || x > max)
		return ERR_INVALID;
	*ret = x;
	return 0;
}

static void store_i64(const struct schema *s, int64_t x, void *dst)
{
	int32_t narrow = (int32_t)x;

	REQUIRE(s->size == sizeof(x) || s->size == sizeof(narrow));
	if (s->size == sizeof(x)) {
		memcpy(dst, &x, sizeof(x));
		return;
	}
	REQUIRE(s->min != s->max && s->min >= INT32_MIN && s->max <= INT32_MAX);
	memcpy(dst, &narrow, sizeof(narrow));
}

static int64_t load_i64(const struct schema *s, const void *src)
{
	int32_t narrow;
	int64_t x;

	if (s->size == sizeof(x)) {
		memcpy(&x, src, sizeof(x));
		return x;
	}
	memcpy(&narrow, src, sizeof(narrow));
	return narrow;
}

char *schema_format_i64(enum schema_type t, int64_t value, char *out, size_t n)
{
	REQUIRE((unsigned)t < ARRAY_SIZE(types));
	if (types[t].units)
		return quantity_format(value, types[t].units, types[t].gap, out, n);
	if (t == SCHEMA_TIME)
		return num_format_utc(out, n, value);
	snprintf(out, n, "%" PRId64, value);
	return out;
}

/* ---- texts ---- */

static bool is_id(const char *text)
{
	return *text && text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_.-")] == '\0';
}

static bool is_printable(const char *text)
{
	while (*text) {
		size_t len = utf8_printable(text);

		if (len == 0)
			return false;
		text += len;
	}
	return true;
}

static int parse_string(const struct schema *s, const char *text, char *dst)
{
	if (s->type == SCHEMA_ID ? !is_id(text) : !is_printable(text))
		return ERR_MALFORMED;
	if (strlen(text) >= s->size)
		return ERR_INVALID;
	snprintf(dst, s->size, "%s", text);
	return 0;
}

static int parse_word(const struct schema *s, const char *text, void *dst)
{
	for (const struct schema_word *w = s->words; w->text; w++) {
		if (strcmp(w->text, text) == 0) {
			memcpy(dst, &w->value, sizeof(w->value));
			return 0;
		}
	}
	return ERR_MALFORMED;
}

static int parse_number(const struct schema *s, const char *text, void *dst)
{
	bool own = s->min != s->max;
	double x;
	int r = num_parse_double(text, own ? (double)s->min : -NUMBER_MAX,
				 own ? (double)s->max : NUMBER_MAX, &x);

	if (r == 0)
		memcpy(dst, &x, sizeof(x));
	return r;
}

int schema_value_parse(const struct schema *s, const char *text, void *dst)
{
	int64_t x;
	int r;

	switch (s->type) {
	case SCHEMA_STRING:
	case SCHEMA_ID:
		return parse_string(s, text, dst);
	case SCHEMA_BOOL:
		return num_parse_bool(text, dst);
	case SCHEMA_NUMBER:
		return parse_number(s, text, dst);
	case SCHEMA_ENUM:
		return parse_word(s, text, dst);
	case SCHEMA_CUSTOM:
		return s->custom->parse(text, dst) ? 0 : ERR_MALFORMED;
	default:
		r = parse_i64(s, text, &x);
		if (r == 0)
			store_i64(s, x, dst);
		return r;
	}
}

/* ---- back to text ---- */

/* May the text stand in YAML without quotes, in blocks and flows, and be read as itself? */
static bool is_plain(const char *text)
{
	size_t n = strlen(text);

	if (n == 0 || strcmp(text, "null") == 0 || text[0] == ' ' || text[n - 1] == ' ' ||
	    text[0] == '-' || text[0] == '%')
		return false;
	return text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				 "_./-+% ")] == '\0';
}

static void print_text(const char *text, struct buf *out)
{
	if (is_plain(text)) {
		buf_printf(out, "%s", text);
		return;
	}
	buf_append(out, "\"", 1);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			buf_append(out, "\\", 1);
		buf_append(out, text, 1);
	}
	buf_append(out, "\"", 1);
}

static void print_i64(const struct schema *s, int64_t x, struct buf *out)
{
	char text[64];

	if (s->word && x == s->word_value)
		buf_printf(out, "%s", s->word);
	else
		buf_printf(out, "%s", schema_format_i64(s->type, x, text, sizeof(text)));
}

static void print_word(const struct schema *s, const void *src, struct buf *out)
{
	int x;

	memcpy(&x, src, sizeof(x));
	for (const struct schema_word *w = s->words; w->text; w++) {
		if (w->value == x) {
			buf_printf(out, "%s", w->text);
			return;
		}
	}
}

/* The shortest decimal that is the same double. */
static void print_number(const void *src, struct buf *out)
{
	char text[32];
	double x, back;

	memcpy(&x, src, sizeof(x));
	for (int digits = 1; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, x);
		if (num_parse_double(text, -NUMBER_MAX, NUMBER_MAX, &back) == 0 && back >= x &&
		    back <= x)
			break;
	}
	buf_printf(out, "%s", text);
}

static void print_custom(const struct schema *s, const void *src, struct buf *out)
{
	struct buf text;

	buf_init(&text, 0);
	s->custom->format(src, &text);
	print_text(buf_str(&text), out);
	if (text.err && !out->err)
		out->err = text.err;
	buf_fini(&text);
}

void schema_value_print(const struct schema *s, const void *src, struct buf *out)
{
	switch (s->type) {
	case SCHEMA_STRING:
	case SCHEMA_ID:
		print_text(src, out);
		break;
	case SCHEMA_BOOL:
		buf_printf(out, "%s", *(const bool *)src ? "true" : "false");
		break;
	case SCHEMA_NUMBER:
		print_number(src, out);
		break;
	case SCHEMA_ENUM:
		print_word(s, src, out);
		break;
	case SCHEMA_CUSTOM:
		print_custom(s, src, out);
		break;
	default:
		print_i64(s, load_i64(s, src), out);
		break;
	}
}

/* ---- what is allowed ---- */

static void allow_words(const struct schema *s, struct buf *out)
{
	for (const struct schema_word *w = s->words; w->text; w++)
		buf_printf(out, "%s%s", w == s->words ? "" : w[1].text ? ", " : " or ", w->text);
}

static void allow_i64(const struct schema *s, struct buf *out)
{
	const struct type_info *t = &types[s->type];
	char min_text[64], max_text[64];
	int64_t min, max;

	limits(s, &min, &max);
	buf_printf(out, "%s %s such as %s", t->name[0] == 'e' || t->name[0] == 'i' ? "an" : "a",
		   t->name, t->example);
	if (t->units) {
		buf_printf(out, " (");
		for (const struct quantity_unit *u = t->units; u->text; u++)
			buf_printf(out, "%s%s", u == t->units ? "" : " ",
				   u->text[0] ? u->text : "no unit,");
		buf_printf(out, ")");
	}
	if (s->type != SCHEMA_INT || s->min != s->max)
		buf_printf(out, " from %s to %s",
			   schema_format_i64(s->type, min, min_text, sizeof(min_text)),
			   schema_format_i64(s->type, max, max_text, sizeof(max_text)));
	if (s->word)
		buf_printf(out, ", or %s", s->word);
}

void schema_value_allowed(const struct schema *s, struct buf *out)
{
	switch (s->type) {
	case SCHEMA_STRING:
		buf_printf(out, "text of at most %zu bytes in one line", s->size - 1);
		break;
	case SCHEMA_ID:
		buf_printf(out, "1 to %zu of [a-z0-9_.-]", s->size - 1);
		break;
	case SCHEMA_BOOL:
		buf_printf(out, "true or false");
		break;
	case SCHEMA_NUMBER:
		buf_printf(out, "a number");
		if (s->min != s->max)
			buf_printf(out, " from %" PRId64 " to %" PRId64, s->min, s->max);
		break;
	case SCHEMA_ENUM:
		allow_words(s, out);
		break;
	case SCHEMA_CUSTOM:
		buf_printf(out, "%s", s->custom->allowed);
		break;
	default:
		allow_i64(s, out);
		break;
	}
}
