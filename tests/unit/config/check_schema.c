#include "config/schema.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "testlib/heap.h"
#include "testlib/run.h"

/* A thing of every type. */
enum colour { RED = 3, BLUE = 5 };

struct part {
	char id[8];
	int64_t power_w;
};

struct tuned {
	char name[16];
	double gain;
};

struct point {
	int x, y;
};

struct thing {
	char id[16], text[12];
	bool on;
	int64_t big;
	int32_t small;
	double share;
	int64_t power_w, energy_wh, span_ms, price_e4, demand_price_e4, money_e4, ratio_ppm, at_ms;
	enum colour colour;
	struct point where;
	struct part inner;
	struct part optional;
	int n_parts, n_words, n_tuned;
	struct part parts[3];
	char words[2][8];
	struct tuned tuned[2];
	size_t n_many;
	struct part *many;
};

static bool parse_point(const char *text, void *ret)
{
	struct point p;
	char rest;

	if (sscanf(text, "%dx%d%c", &p.x, &p.y, &rest) != 2) /* NOLINT(cert-err34-c) */
		return false;
	memcpy(ret, &p, sizeof(p));
	return true;
}

static void format_point(const void *value, struct buf *out)
{
	const struct point *p = value;

	buf_printf(out, "%dx%d", p->x, p->y);
}

static const struct schema_custom point_type = {"point", "XxY such as 3x4", parse_point,
						format_point};
static const struct schema_word colours[] = {{"red", RED}, {"blue", BLUE}, {0}};
static const struct schema part_schema[] = {
	{"id", SCHEMA_ID, SCHEMA_MEMBER(struct part, id), .required = true},
	{"power", SCHEMA_POWER, SCHEMA_MEMBER(struct part, power_w), .dflt = "2kW"},
	{0},
};
static const struct schema part_item = {
	.type = SCHEMA_STRUCT, .size = sizeof(struct part), .members = part_schema};
static const struct schema word_item = {.type = SCHEMA_STRING, .size = 8};
static const struct schema tuned_schema[] = {
	{"gain", SCHEMA_NUMBER, SCHEMA_MEMBER(struct tuned, gain), .dflt = "1.5"}, {0}};
static const struct schema tuned_item = {
	.type = SCHEMA_STRUCT, .size = sizeof(struct tuned), .members = tuned_schema};

#define MEMBER(m) SCHEMA_MEMBER(struct thing, m)
#define COUNT(m) .count_offset = offsetof(struct thing, m)
static const struct schema thing_schema[] = {
	{"id", SCHEMA_ID, MEMBER(id), .required = true},
	{"text", SCHEMA_STRING, MEMBER(text), .dflt = "a b"},
	{"on", SCHEMA_BOOL, MEMBER(on), .dflt = "true"},
	{"big", SCHEMA_INT, MEMBER(big), .dflt = "-9"},
	{"small", SCHEMA_INT, MEMBER(small), .dflt = "7", .min = 1, .max = 10},
	{"share", SCHEMA_NUMBER, MEMBER(share), .dflt = "0.1", .min = -1, .max = 1},
	{"power", SCHEMA_POWER, MEMBER(power_w), .dflt = "12MW", .min = 0, .max = 20000000},
	{"energy", SCHEMA_ENERGY, MEMBER(energy_wh), .dflt = "8MWh", .word = "all",
	 .word_value = -1},
	{"span", SCHEMA_DURATION, MEMBER(span_ms), .dflt = "15min", .min = 1000, .max = 86400000},
	{"price", SCHEMA_PRICE, MEMBER(price_e4), .dflt = "0.60 CNY/kWh"},
	{"demand_price", SCHEMA_DEMAND_PRICE, MEMBER(demand_price_e4), .dflt = "35 CNY/kW"},
	{"money", SCHEMA_MONEY, MEMBER(money_e4), .dflt = "10 CNY"},
	{"ratio", SCHEMA_RATIO, MEMBER(ratio_ppm), .dflt = "95%", .min = 0, .max = 1000000},
	{"at", SCHEMA_TIME, MEMBER(at_ms), .dflt = "open", .word = "open", .word_value = INT64_MAX},
	{"colour", SCHEMA_ENUM, MEMBER(colour), .dflt = "blue", .words = colours},
	{"where", SCHEMA_CUSTOM, MEMBER(where), .dflt = "1x2", .custom = &point_type},
	{"inner", SCHEMA_STRUCT, MEMBER(inner), .required = true, .members = part_schema},
	{"optional", SCHEMA_STRUCT, MEMBER(optional), .members = part_schema},
	{"parts", SCHEMA_LIST, MEMBER(parts), .item = &part_item, COUNT(n_parts), .max_items = 3},
	{"words", SCHEMA_LIST, MEMBER(words), .item = &word_item, COUNT(n_words), .max_items = 2},
	{"tuned", SCHEMA_MAP, MEMBER(tuned), .item = &tuned_item, COUNT(n_tuned), .max_items = 2,
	 .key_offset = offsetof(struct tuned, name), .key_size = 16},
	{"many", SCHEMA_VECTOR, SCHEMA_ITEMS(struct thing, many, n_many), .item = &part_item,
	 .max_items = 1000},
	{0},
};

static struct fault_list l;
static struct conf_doc *d;
static struct arena arena;
static struct thing thing;
static struct buf text;

static void setup(void)
{
	fault_list_init(&l);
	arena_init(&arena, (size_t)1 << 20);
	buf_init(&text, 0);
	memset(&thing, 0, sizeof(thing));
	d = NULL;
}

static void teardown(void)
{
	conf_free(d);
	arena_fini(&arena);
	fault_list_fini(&l);
	buf_fini(&text);
}

static int decode(const char *yaml)
{
	conf_free(d);
	d = NULL;
	ck_assert_int_eq(conf_parse("f", yaml, strlen(yaml), &d, &l), 0);
	return schema_decode(thing_schema, conf_root(d), "", &arena, &thing, &l);
}

static const char *faults(void)
{
	char one[800];

	buf_reset(&text);
	fault_list_sort(&l);
	for (size_t i = 0; i < l.n; i++)
		buf_printf(&text, "%s\n", conf_fault_format(&l.at[i], one, sizeof(one)));
	return buf_str(&text);
}

#define LEAST "id: x\ninner: {id: y}\n"

static const char canonical_least[] = "id: x\n"
				      "text: a b\n"
				      "on: true\n"
				      "big: -9\n"
				      "small: 7\n"
				      "share: 0.1\n"
				      "power: 12MW\n"
				      "energy: 8MWh\n"
				      "span: 15min\n"
				      "price: 0.6 CNY/kWh\n"
				      "demand_price: 35 CNY/kW\n"
				      "money: 10 CNY\n"
				      "ratio: 0.95\n"
				      "at: open\n"
				      "colour: blue\n"
				      "where: 1x2\n"
				      "inner:\n"
				      "  id: y\n"
				      "  power: 2kW\n"
				      "optional:\n"
				      "  id: \"\"\n"
				      "  power: 2kW\n"
				      "parts: []\n"
				      "words: []\n"
				      "tuned: {}\n"
				      "many: []\n";

static const char full[] = "id: x.y-z\n"
			   "text: \"a: \\\"电\\\\\"\n"
			   "on: false\n"
			   "big: 9223372036854775807\n"
			   "small: 10\n"
			   "share: -0.30000000000000004\n"
			   "power: 1500kW\n"
			   "energy: all\n"
			   "span: 1d\n"
			   "price: -0.0001 CNY/kWh\n"
			   "demand_price: 0 CNY/kW\n"
			   "money: 12.5 CNY\n"
			   "ratio: 0.000001\n"
			   "at: 2025-07-15T13:00:00.000Z\n"
			   "colour: red\n"
			   "where: 3x4\n"
			   "inner:\n"
			   "  id: y\n"
			   "  power: -5W\n"
			   "optional:\n"
			   "  id: z\n"
			   "  power: 2kW\n"
			   "parts:\n"
			   "  - id: a\n"
			   "    power: 2kW\n"
			   "  - id: b\n"
			   "    power: 1GW\n"
			   "words:\n"
			   "  - \"~\"\n"
			   "  - \"null\"\n"
			   "tuned:\n"
			   "  fast:\n"
			   "    gain: 2\n"
			   "  slow:\n"
			   "    gain: 1.5\n"
			   "many:\n"
			   "  - id: q\n"
			   "    power: 2kW\n";

START_TEST(defaults_stand_for_what_is_absent)
{
	ck_assert_int_eq(decode(LEAST), 0);
	ck_assert_str_eq(faults(), "");
	ck_assert_int_eq(thing.big, -9);
	ck_assert_int_eq(thing.small, 7);
	ck_assert(thing.on && thing.share > 0.0999 && thing.share < 0.1001);
	ck_assert_int_eq(thing.power_w, 12000000);
	ck_assert_int_eq(thing.energy_wh, 8000000);
	ck_assert_int_eq(thing.span_ms, 15 * MS_PER_MIN);
	ck_assert_int_eq(thing.price_e4, 6000);
	ck_assert_int_eq(thing.demand_price_e4, 350000);
	ck_assert_int_eq(thing.money_e4, 100000);
	ck_assert_int_eq(thing.ratio_ppm, 950000);
	ck_assert_int_eq(thing.at_ms, INT64_MAX);
	ck_assert_int_eq(thing.colour, BLUE);
	ck_assert_int_eq(thing.where.y, 2);
	ck_assert_int_eq(thing.optional.power_w, 2000);
	ck_assert_int_eq(schema_print(thing_schema, &thing, 0, &text), 0);
	ck_assert_str_eq(buf_str(&text), canonical_least);
}
END_TEST

START_TEST(what_is_printed_is_read_as_the_same)
{
	ck_assert_int_eq(decode(full), 0);
	ck_assert_str_eq(faults(), "");
	ck_assert_str_eq(thing.text, "a: \"电\\");
	ck_assert_int_eq(thing.energy_wh, -1);
	ck_assert_int_eq(thing.at_ms, INT64_C(1752584400000));
	ck_assert_str_eq(thing.tuned[1].name, "slow");
	ck_assert_str_eq(thing.words[0], "~");
	ck_assert_int_eq(thing.parts[1].power_w, 1000000000);
	ck_assert_str_eq(thing.many[0].id, "q");
	ck_assert_int_eq(schema_print(thing_schema, &thing, 0, &text), 0);
	ck_assert_str_eq(buf_str(&text), full);
}
END_TEST

START_TEST(one_value_has_one_spelling)
{
	ck_assert_int_eq(decode(LEAST
				"power: 0.0125 GW\nprice: 600 元/MWh\nspan: 1440min\non: yes\n"
				"at: 2025-07-15T21:00+08:00\nratio: 95.00 %\n"),
			 0);
	ck_assert_int_eq(schema_print(thing_schema, &thing, 0, &text), 0);
	ck_assert_ptr_nonnull(strstr(buf_str(&text), "power: 12500kW\n"));
	ck_assert_ptr_nonnull(strstr(buf_str(&text), "price: 0.6 CNY/kWh\n"));
	ck_assert_ptr_nonnull(strstr(buf_str(&text), "span: 1d\n"));
	ck_assert_ptr_nonnull(strstr(buf_str(&text), "on: true\n"));
	ck_assert_ptr_nonnull(strstr(buf_str(&text), "at: 2025-07-15T13:00:00.000Z\n"));
	ck_assert_ptr_nonnull(strstr(buf_str(&text), "ratio: 0.95\n"));
}
END_TEST

/* Every kind of fault by itself, with its exact place. */
static const struct {
	const char *yaml, *fault;
} wrong[] = {
	{"inner: {id: y}\n", "f:1:1: \"id\" is missing\n"},
	{"id:\ninner: {id: y}\n", "f:1:1: \"id\" is missing\n"},
	{"id: x\n", "f:1:1: \"inner\" is missing\n"},
	{"id: x\ninner: {power: 1W}\n", "f:2:8: inner: \"id\" is missing\n"},
	{LEAST "optional: {power: 1W}\n", "f:3:11: optional: \"id\" is missing\n"},
	{LEAST "powr: 1W\n",
	 "f:3:1: unknown key \"powr\"; did you mean \"power\"?; allowed: id, text, on, big, small, "
	 "share, power, energy, span, price, demand_price, money, ratio, at, colour, where, inner, "
	 "optional, parts, words, tuned, many\n"},
	{LEAST "optional: {id: z, zzzzzz: 1}\n",
	 "f:3:19: optional: unknown key \"zzzzzz\"; allowed: id, power\n"},
	{"id: A b\ninner: {id: y}\n",
	 "f:1:5: id: \"A b\" is not allowed; allowed: 1 to 15 of [a-z0-9_.-]\n"},
	{"id: abcdefghijklmnop\ninner: {id: y}\n",
	 "f:1:5: id: \"abcdefghijklmnop\" is out of range; allowed: 1 to 15 of [a-z0-9_.-]\n"},
	{LEAST "text: 0123456789abc\n",
	 "f:3:7: text: \"0123456789abc\" is out of range; allowed: text of at most 11 bytes in one "
	 "line\n"},
	{LEAST "text: \"a\\x07\"\n",
	 "f:3:7: text: \"a?\" is not allowed; allowed: text of at most 11 bytes in one line\n"},
	{LEAST "on: maybe\n", "f:3:5: on: \"maybe\" is not allowed; allowed: true or false\n"},
	{LEAST "big: 1.5\n",
	 "f:3:6: big: \"1.5\" is not allowed; allowed: an integer such as 96\n"},
	{LEAST "small: 11\n",
	 "f:3:8: small: \"11\" is out of range; allowed: an integer such as 96 from 1 to 10\n"},
	{LEAST "share: 1.01\n",
	 "f:3:8: share: \"1.01\" is out of range; allowed: a number from -1 to 1\n"},
	{LEAST "power: 12\n",
	 "f:3:8: power: \"12\" is not allowed; allowed: a power such as 12MW (W kW MW GW) from 0W to "
	 "20MW\n"},
	{LEAST "power: 21MW\n",
	 "f:3:8: power: \"21MW\" is out of range; allowed: a power such as 12MW (W kW MW GW) from 0W "
	 "to 20MW\n"},
	{LEAST "energy: -1Wh\n",
	 "f:3:9: energy: \"-1Wh\" is out of range; allowed: an energy such as 8MWh (Wh kWh MWh GWh) "
	 "from 0Wh to 1000GWh, or all\n"},
	{LEAST "span:   999ms\n",
	 "f:3:9: span: \"999ms\" is out of range; allowed: a duration such as 15min (ms s min h d) "
	 "from 1s to 1d\n"},
	{LEAST "price: 0.6\n",
	 "f:3:8: price: \"0.6\" is not allowed; allowed: a price such as 0.60 CNY/kWh (CNY/kWh 元/kWh "
	 "CNY/MWh 元/MWh) from -1000000 CNY/kWh to 1000000 CNY/kWh\n"},
	{LEAST "ratio: 101%\n",
	 "f:3:8: ratio: \"101%\" is out of range; allowed: a ratio such as 0.95 or 95% (no unit, %) "
	 "from 0 to 1\n"},
	{LEAST "at: 2025-07-15 21:00\n",
	 "f:3:5: at: \"2025-07-15 21:00\" is not allowed; allowed: a time such as "
	 "2025-07-15T21:00+08:00 from 1970-01-01T00:00:00.000Z to 2200-01-01T00:00:00.000Z, or "
	 "open\n"},
	{LEAST "colour: green\n",
	 "f:3:9: colour: \"green\" is not allowed; allowed: red or blue\n"},
	{LEAST "where: 3\n", "f:3:8: where: \"3\" is not allowed; allowed: XxY such as 3x4\n"},
	{LEAST "big: [1]\n", "f:3:6: big: a list is not allowed; allowed: an integer such as 96\n"},
	{"id: x\ninner: [1]\n", "f:2:8: inner: a list is not allowed; allowed: a map\n"},
	{LEAST "optional: y\n", "f:3:11: optional: a value is not allowed; allowed: a map\n"},
	{LEAST "parts: {a: b}\n", "f:3:8: parts: a map is not allowed; allowed: a list\n"},
	{LEAST "tuned: [a]\n", "f:3:8: tuned: a list is not allowed; allowed: a map\n"},
	{LEAST "words: [a, b, c]\n", "f:3:8: words: 3 entries; allowed: 0 to 2\n"},
	{LEAST "words:\n  - a\n  -\n", "f:5:4: words[1]: nothing is not allowed\n"},
	{LEAST "words: [a, 12345678]\n",
	 "f:3:12: words[1]: \"12345678\" is out of range; allowed: text of at most 7 bytes in one "
	 "line\n"},
	{LEAST "parts:\n  - id: p\n  - id: q\n    power: 5\n",
	 "f:6:12: parts[1].power: \"5\" is not allowed; allowed: a power such as 12MW (W kW MW GW) "
	 "from -100GW to 100GW\n"},
	{LEAST "many: [{id: p}, {}]\n", "f:3:17: many[1]: \"id\" is missing\n"},
	{LEAST "tuned: {Fast: {}, slow: {gain: x}}\n",
	 "f:3:9: tuned: \"Fast\" is no key; allowed: 1 to 15 of [a-z0-9_.-]\n"
	 "f:3:32: tuned.slow.gain: \"x\" is not allowed; allowed: a number\n"},
};

START_TEST(every_fault_says_where_and_what_is_allowed)
{
	ck_assert_int_eq(decode(wrong[_i].yaml), ERR_INVALID);
	ck_assert_str_eq(faults(), wrong[_i].fault);
}
END_TEST

START_TEST(a_root_that_is_no_map_is_one_fault)
{
	ck_assert_int_eq(decode("- a\n- b\n"), ERR_INVALID);
	ck_assert_str_eq(faults(), "f:1:1: a list is not allowed; allowed: a map\n");
}
END_TEST

START_TEST(all_faults_of_a_file_are_reported)
{
	struct buf all;
	size_t n;

	buf_init(&all, 0);
	buf_printf(&all, "id: X\n");
	buf_printf(&all, "inner: {power: 1}\n");
	buf_printf(&all, "many:\n");
	for (int i = 0; i < 500; i++)
		buf_printf(&all, "  - {id: 电, pow: 1}\n");
	n = 3 + 2 * 500; /* id, inner.id, inner.power; per item id and unknown key */
	ck_assert_int_eq(decode(buf_str(&all)), ERR_INVALID);
	ck_assert_uint_eq(l.n + l.n_dropped, n);
	ck_assert_uint_eq(l.n, FAULTS_MAX);
	for (size_t i = 1; i < l.n; i++)
		ck_assert_int_ge(l.at[i].line, l.at[i - 1].line);
	buf_fini(&all);
}
END_TEST

START_TEST(a_path_of_the_caller_leads_each_text)
{
	static const char yaml[] = "id: 1\nbad: 2\n";

	ck_assert_int_eq(conf_parse("f", yaml, strlen(yaml), &d, &l), 0);
	ck_assert_int_eq(
		schema_decode(part_schema, conf_root(d), "sites[0]", NULL, &thing.inner, &l),
		ERR_INVALID);
	ck_assert_str_eq(faults(), "f:2:1: sites[0]: unknown key \"bad\"; allowed: id, power\n");
}
END_TEST

START_TEST(an_arena_that_is_full_is_a_fault)
{
	arena_fini(&arena);
	arena_init(&arena, 16);
	ck_assert_int_eq(decode(LEAST "many: [{id: a}, {id: b}]\n"), ERR_INVALID);
	ck_assert_uint_eq(thing.n_many, 0);
	ck_assert_str_eq(faults(), "f:3:7: many: Cannot allocate memory\n");
}
END_TEST

START_TEST(memory_that_runs_out_costs_words_not_safety)
{
	for (long k = 1;; k++) {
		struct conf_doc *doc = NULL;
		int r = 0;

		fault_list_fini(&l);
		ck_assert_int_eq(conf_parse("f", full, strlen(full), &doc, &l), 0);
		memset(&thing, 0, sizeof(thing));
		heap_fail_at(k);
		r = schema_decode(thing_schema, conf_root(doc), "", &arena, &thing, &l);
		if (r == 0)
			r = schema_print(thing_schema, &thing, 0, &text);
		if (!heap_stop()) {
			ck_assert_int_eq(r, 0);
			conf_free(doc);
			break;
		}
		ck_assert_int_ne(r, 0);
		conf_free(doc);
		arena_fini(&arena);
		buf_fini(&text);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("schema");
	TCase *t = tcase_create("schema");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, defaults_stand_for_what_is_absent);
	tcase_add_test(t, what_is_printed_is_read_as_the_same);
	tcase_add_test(t, one_value_has_one_spelling);
	tcase_add_loop_test(t, every_fault_says_where_and_what_is_allowed, 0, ARRAY_SIZE(wrong));
	tcase_add_test(t, a_root_that_is_no_map_is_one_fault);
	tcase_add_test(t, all_faults_of_a_file_are_reported);
	tcase_add_test(t, a_path_of_the_caller_leads_each_text);
	tcase_add_test(t, an_arena_that_is_full_is_a_fault);
	tcase_add_test(t, memory_that_runs_out_costs_words_not_safety);
	suite_add_tcase(s, t);
	return run_suite(s);
}
