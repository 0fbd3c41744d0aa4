#include "calc/tariffdoc.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"

#define BIG_PRICE 1e6
#define BIG_RATIO 1e3

/* As it stands in the document. */
struct paper {
	const char *id, *document;
	double flat_price, sell_price, demand_price, ratio[4];
};
struct paper_season {
	bool overlay;
	const char *day_flag;
};
struct paper_span {
	int cls;
	const char *from, *to;
};
struct paper_day {
	int month;
};

#define ROW(type, field, what, ...)                                                                \
	{                                                                                          \
		.key = #field, .kind = (what), .offset = offsetof(struct type, field), __VA_ARGS__ \
	}
#define NEED .required = true
#define PRICE .lo = -BIG_PRICE, .hi = BIG_PRICE
#define UNREAD(name)                                                                               \
	{                                                                                          \
		.key = (name), .kind = MEMBER_ANY                                                  \
	}
#define RATIO(name, cls)                                                                           \
	{                                                                                          \
		.key = (name), .kind = MEMBER_NUMBER, NEED, .lo = 0, .hi = BIG_RATIO,              \
		.offset = offsetof(struct paper, ratio) + (cls) * sizeof(double)                   \
	}

static const struct member file_members[] = {
	UNREAD("schema"),
	UNREAD("notes"),
	{.key = "tariff", .kind = MEMBER_ANY, NEED},
	{.key = "days", .kind = MEMBER_LIST, NEED},
};
static const struct member tariff_members[] = {
	ROW(paper, id, MEMBER_TEXT, NEED),
	ROW(paper, document, MEMBER_TEXT),
	ROW(paper, flat_price, MEMBER_NUMBER, NEED, PRICE),
	ROW(paper, sell_price, MEMBER_NUMBER, PRICE),
	ROW(paper, demand_price, MEMBER_NUMBER, PRICE),
	{.key = "ratios", .kind = MEMBER_ANY, NEED},
	{.key = "seasons", .kind = MEMBER_LIST, NEED},
	UNREAD("status"),
	UNREAD("flat_price_status"),
	UNREAD("valid_from"),
	UNREAD("valid_to"),
	UNREAD("notes"),
};
static const struct member ratio_members[] = {
	RATIO("valley", TOU_VALLEY),
	RATIO("flat", TOU_FLAT),
	RATIO("peak", TOU_PEAK),
	RATIO("critical", TOU_CRITICAL),
};
static const struct member season_members[] = {
	{.key = "months", .kind = MEMBER_LIST, NEED},
	ROW(paper_season, overlay, MEMBER_BOOL),
	ROW(paper_season, day_flag, MEMBER_TEXT),
	{.key = "spans", .kind = MEMBER_LIST, NEED},
};
static const struct member span_members[] = {
	{.key = "class",
	 .kind = MEMBER_CHOICE,
	 .offset = offsetof(struct paper_span, cls),
	 NEED,
	 .choices = "valley flat peak critical"},
	ROW(paper_span, from, MEMBER_TEXT, NEED),
	ROW(paper_span, to, MEMBER_TEXT, NEED),
};
static const struct member day_members[] = {
	ROW(paper_day, month, MEMBER_COUNT, NEED, .lo = 1, .hi = 12),
	{.key = "flags", .kind = MEMBER_LIST},
};

/* ---- Parts ------------------------------------------------------------------------------------------ */

/* Money is whole in 1e-4 CNY, ratios in millionths. */
static int fixed(const struct jread *jr, const struct at *of, const char *key, double x,
		 int64_t unit, int64_t *ret)
{
	double scaled = x * (double)unit;
	struct at at;

	at_member(of, key, &at);
	if (fabs(scaled - round(scaled)) > 1e-6)
		return at_fault(jr, &at, "%.12g; allowed are at most %d decimals", x,
				unit == PPM ? 6 : 4);
	*ret = (int64_t)round(scaled);
	return 0;
}

/* "07:30", "24:00" → minutes; −1 */
static int minutes_of(const char *s)
{
	int h, m;

	if (strlen(s) != 5 || s[2] != ':' || !ascii_is_digit(s[0]) || !ascii_is_digit(s[1]) ||
	    !ascii_is_digit(s[3]) || !ascii_is_digit(s[4]))
		return -1;
	h = (s[0] - '0') * 10 + s[1] - '0';
	m = (s[3] - '0') * 10 + s[4] - '0';
	return m < 60 && h * 60 + m <= 24 * 60 ? h * 60 + m : -1;
}

static int read_span(const struct jread *jr, const struct at *at, struct tou_span *ret)
{
	struct paper_span p = {0};
	int r = jread_object(jr, at, span_members, ARRAY_SIZE(span_members), &p);

	if (r)
		return r;
	*ret = (struct tou_span){.cls = (enum tou_class)p.cls,
				 .from_min = minutes_of(p.from),
				 .to_min = minutes_of(p.to)};
	if (ret->from_min < 0 || ret->to_min < 0)
		return at_fault(jr, at, "allowed are times from \"00:00\" to \"24:00\"");
	return 0;
}

static int read_months(const struct jread *jr, const struct at *season, uint32_t *ret)
{
	struct at list;
	int n = 0, r = jread_list(jr, season, "months", 12, &n);

	at_member(season, "months", &list);
	for (int i = 0; i < n && !r; i++) {
		struct at at;
		json_int_t month;

		at_element(&list, (size_t)i, &at);
		month = json_integer_value(at.value);
		if (month < 1 || month > 12)
			r = at_fault(jr, &at, "allowed is a whole number from 1 to 12");
		else
			*ret |= UINT32_C(1) << (month - 1);
	}
	return r;
}

static int read_season(const struct jread *jr, const struct at *at, struct tou_season *ret)
{
	struct paper_season p = {0};
	struct at list;
	int r = jread_object(jr, at, season_members, ARRAY_SIZE(season_members), &p);

	if (!r)
		r = read_months(jr, at, &ret->months);
	if (!r)
		r = jread_list(jr, at, "spans", TARIFF_MAX_SPANS, &ret->n_spans);
	if (r)
		return r;
	if (p.day_flag && !id_is_valid(p.day_flag))
		return at_fault(jr, at, "day_flag: allowed is an id of [a-z0-9_.-]");
	ret->overlay = p.overlay;
	(void)snprintf(ret->day_flag, sizeof(ret->day_flag), "%s", p.day_flag ? p.day_flag : "");
	at_member(at, "spans", &list);
	for (int k = 0; k < ret->n_spans && !r; k++) {
		struct at one;

		at_element(&list, (size_t)k, &one);
		r = read_span(jr, &one, &ret->spans[k]);
	}
	return r;
}

static int read_seasons(const struct jread *jr, const struct at *at, struct tariff *t)
{
	struct at list;
	int r = jread_list(jr, at, "seasons", TARIFF_MAX_SEASONS, &t->n_seasons);

	at_member(at, "seasons", &list);
	for (int i = 0; i < t->n_seasons && !r; i++) {
		struct at one;

		at_element(&list, (size_t)i, &one);
		r = read_season(jr, &one, &t->seasons[i]);
	}
	return r;
}

static int read_numbers(const struct jread *jr, const struct at *at, const struct paper *p,
			struct tariff *t)
{
	static const char *const classes[] = {"valley", "flat", "peak", "critical"};
	struct at ratios;
	int r = fixed(jr, at, "flat_price", p->flat_price, 10000, &t->flat_price_e4);

	if (!r)
		r = fixed(jr, at, "sell_price", p->sell_price, 10000, &t->sell_price_e4);
	if (!r)
		r = fixed(jr, at, "demand_price", p->demand_price, 10000, &t->demand_price_e4);
	at_member(at, "ratios", &ratios);
	for (int k = 0; k < 4 && !r; k++)
		r = fixed(jr, &ratios, classes[k], p->ratio[k], PPM, &t->ratio_ppm[k]);
	return r;
}

/* The first complaint of tariff_check(). */
struct first {
	const struct jread *jr;
	const struct at *at;
	int r;
};

static void hear(void *arg, const char *path, const char *text)
{
	struct first *f = arg;

	if (!f->r)
		f->r = fault_set(f->jr->fault, ERR_INVALID, "%s.%s: %s", f->at->path, path, text);
}

static int read_tariff(const struct jread *jr, const struct at *at, struct tariff *t)
{
	struct paper p = {0};
	struct first first = {jr, at, 0};
	struct at ratios;
	int r = jread_object(jr, at, tariff_members, ARRAY_SIZE(tariff_members), &p);

	at_member(at, "ratios", &ratios);
	if (!r)
		r = jread_object(jr, &ratios, ratio_members, ARRAY_SIZE(ratio_members), &p);
	if (!r && !id_is_valid(p.id))
		r = at_fault(jr, at, "id: allowed are 1 to %d of [a-z0-9_.-]", ID_MAX - 1);
	if (r)
		return r;
	(void)snprintf(t->id, sizeof(t->id), "%s", p.id);
	(void)snprintf(t->document, sizeof(t->document), "%s", p.document ? p.document : "-");
	(void)snprintf(t->status, sizeof(t->status), "illustrative");
	(void)snprintf(t->flat_price_status, sizeof(t->flat_price_status), "illustrative");
	t->valid_to_ms = INT64_MAX;
	r = read_numbers(jr, at, &p, t);
	if (!r)
		r = read_seasons(jr, at, t);
	if (!r)
		(void)tariff_check(t, hear, &first);
	return r ? r : first.r;
}

static int read_day(const struct jread *jr, const struct at *at, struct tariff_day *ret)
{
	struct paper_day p = {0};
	struct at list;
	int r = jread_object(jr, at, day_members, ARRAY_SIZE(day_members), &p);

	ret->month = p.month;
	if (!r)
		r = jread_list(jr, at, "flags", TARIFFDOC_MAX_FLAGS, &ret->n_flags);
	at_member(at, "flags", &list);
	for (int i = 0; i < ret->n_flags && !r; i++) {
		struct at one;

		at_element(&list, (size_t)i, &one);
		if (!json_is_string(one.value))
			return at_fault(jr, &one, "not a text");
		ret->flags[i] = arena_strdup(jr->arena, json_string_value(one.value));
		r = ret->flags[i] ? 0 : -ENOMEM;
	}
	return r;
}

/* ---- The whole ---------------------------------------------------------------------------------------- */

static int read_days(const struct jread *jr, const struct at *root, struct tariffdoc *d)
{
	struct at list;
	int r = jread_list(jr, root, "days", TARIFFDOC_MAX_DAYS, &d->n_days);

	if (r)
		return r;
	d->days = ARENA_ARRAY(jr->arena, (size_t)d->n_days, struct tariff_day);
	if (!d->days)
		return -ENOMEM;
	at_member(root, "days", &list);
	for (int i = 0; i < d->n_days && !r; i++) {
		struct at one;

		at_element(&list, (size_t)i, &one);
		r = read_day(jr, &one, &d->days[i]);
	}
	return r;
}

int tariffdoc_read(json_t *doc, struct arena *a, struct fault *f, struct tariffdoc *ret)
{
	struct jread jr = {.arena = a, .fault = f};
	struct at root = {.value = doc}, tariff;
	char nothing;
	int r = jread_word(&jr, &root, "schema", TARIFFDOC_SCHEMA);

	memset(ret, 0, sizeof(*ret));
	if (!r)
		r = jread_object(&jr, &root, file_members, ARRAY_SIZE(file_members), &nothing);
	at_member(&root, "tariff", &tariff);
	if (!r)
		r = read_tariff(&jr, &tariff, &ret->tariff);
	if (!r)
		r = read_days(&jr, &root, ret);
	return r == -ENOMEM ? fault_set(f, r, "%s", err_text(r)) : r;
}
