/* Text, tables, sparklines and panels. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "ctl/describe.h"
#include "ctl/format.h"
#include "ctl/panel.h"
#include "ctl/spark.h"
#include "ctl/table.h"
#include "ctl/width.h"
#include "testlib/run.h"
#include "world.h"

static char *text;
static size_t text_len;

static struct out begin(void)
{
	free(text);
	struct out o = {.file = open_memstream(&text, &text_len), .width = 80};

	ck_assert_ptr_nonnull(o.file);
	return o;
}

static const char *end(struct out *o)
{
	fclose(o->file);
	return text;
}

START_TEST(wide_and_combining_characters_count_right)
{
	ck_assert_uint_eq(width_of(""), 0);
	ck_assert_uint_eq(width_of("PCC"), 3);
	ck_assert_uint_eq(width_of("关口"), 4);
	ck_assert_uint_eq(width_of("元/kWh"), 6);
	ck_assert_uint_eq(width_of("（全角）"), 8);
	ck_assert_uint_eq(width_of("e\xcc\x81"), 1); /* e and a combining acute */
	ck_assert_uint_eq(width_of("한글"), 4);
	ck_assert_uint_eq(width_of("█▁⠒░┤"), 5);
	ck_assert_uint_eq(width_of("\xff\xfe"), 2);
}
END_TEST

START_TEST(foreign_text_cannot_steer_the_terminal)
{
	struct buf b;

	buf_init(&b, 0);
	width_put_safe(&b, "a\033[31mb\nc\x7f\xc2\x9bz\xff\xe5\x85\xb3");
	width_put_safe(&b, world_override);
	ck_assert_str_eq(buf_str(&b), "a\\x1b[31mb\\x0ac\\x7f\\xc2\\x9bz\\xff关\\xe2\\x80\\xae");
	buf_reset(&b);
	width_put_safe_lines(&b, "a\tb\n\033");
	ck_assert_str_eq(buf_str(&b), "a\tb\n\\x1b");
	buf_fini(&b);
	ck_assert(width_is_safe("关口 power"));
	ck_assert(!width_is_safe("a\nb"));
}
END_TEST

START_TEST(color_stands_beside_the_text)
{
	struct out o = begin();

	o.color = true;
	out_line(&o, STYLE_BAD, "%s", "x\033[0m");
	out_line(&o, STYLE_PLAIN, "y");
	ck_assert_str_eq(end(&o), "\033[1;31mx\\x1b[0m\033[0m\ny\n");
}
END_TEST

START_TEST(tables_align_and_leave_no_blanks_at_the_end)
{
	struct out o = begin();
	struct table t;

	table_init(&t);
	table_column(&t, ALIGN_LEFT, "名称");
	table_column(&t, ALIGN_RIGHT, "n");
	table_column(&t, ALIGN_LEFT, "%s", "");
	table_cell(&t, STYLE_PLAIN, "a");
	table_cell(&t, STYLE_PLAIN, "1");
	table_cell(&t, STYLE_PLAIN, "%s", "");
	table_cell(&t, STYLE_PLAIN, "储能电站");
	table_cell(&t, STYLE_PLAIN, "元23");
	table_cell(&t, STYLE_PLAIN, "x");
	table_print(&t, &o, 1);
	table_fini(&t);
	ck_assert_str_eq(end(&o), " 名称         n\n"
				  " a            1\n"
				  " 储能电站  元23  x\n");
}
END_TEST

START_TEST(paragraphs_break_at_blanks_and_between_wide_characters)
{
	struct out o = begin();

	out_wrapped(&o, 2, 10, "one two three four");
	out_wrapped(&o, 0, 8, "储能放电，负荷。");
	out_wrapped(&o, 0, 4, "unbreakable");
	ck_assert_str_eq(end(&o), "  one two\n  three four\n储能放电，\n负荷。\nunbreakable\n");
}
END_TEST

START_TEST(sparklines_show_shape_and_gaps)
{
	double v[] = {0, 1, 2, 3, 4, 5, 6, 7, NAN, 7};
	double flat[] = {5, 5};
	struct buf b;

	buf_init(&b, 0);
	spark_put(&b, v, 10, 80, false);
	ck_assert_str_eq(buf_str(&b), "▁▂▃▄▅▆▇█ █");
	buf_reset(&b);
	spark_put(&b, v, 8, 4, true);
	ck_assert_str_eq(buf_str(&b), "_-*@");
	buf_reset(&b);
	spark_put(&b, flat, 2, 80, false);
	ck_assert_str_eq(buf_str(&b), "▅▅");
	buf_reset(&b);
	spark_put(&b, v, 0, 80, false);
	ck_assert_str_eq(buf_str(&b), "");
	buf_fini(&b);
}
END_TEST

START_TEST(bars_are_cut_to_their_room)
{
	struct buf b;

	buf_init(&b, 0);
	spark_put_bar(&b, 0.5, 3, false);
	ck_assert_str_eq(buf_str(&b), "█▌");
	buf_reset(&b);
	spark_put_bar(&b, 7, 3, false);
	ck_assert_str_eq(buf_str(&b), "███");
	buf_reset(&b);
	spark_put_bar(&b, -1, 3, true);
	ck_assert_str_eq(buf_str(&b), "");
	spark_put_bar(&b, NAN, 3, true);
	ck_assert_str_eq(buf_str(&b), "");
	buf_fini(&b);
}
END_TEST

START_TEST(quantities_carry_their_units)
{
	const struct zone *zone;
	int64_t t_ms = INT64_C(1752577200000);

	ck_assert_int_eq(zone_load("Asia/Shanghai", &zone), 0);
	ck_assert_str_eq(format_power(-1250000).s, "-1.250 MW");
	ck_assert_str_eq(format_energy(4800000).s, "4.800 MWh");
	ck_assert_str_eq(format_energy(999).s, "999 Wh");
	ck_assert_str_eq(format_energy(-1500).s, "-1.5 kWh");
	ck_assert_str_eq(format_energy(999999).s, "1.000 MWh");
	ck_assert_str_eq(format_price(9647).s, "0.9647 元/kWh");
	ck_assert_str_eq(format_money(-12345678).s, "-1234.57 元");
	ck_assert_str_eq(format_span(0).s, "0 s");
	ck_assert_str_eq(format_span(14200).s, "14.2 s");
	ck_assert_str_eq(format_span(95000).s, "95 s");
	ck_assert_str_eq(format_span(125000).s, "2 min 05 s");
	ck_assert_str_eq(format_span(7500000).s, "2 h 05 min");
	ck_assert_str_eq(format_span(50 * MS_PER_H).s, "2 d 2 h");
	ck_assert_str_eq(format_time(zone, t_ms).s, "2025-07-15 19:00");
	ck_assert_str_eq(format_time(zone, t_ms + 5000).s, "2025-07-15 19:00:05");
	ck_assert_str_eq(format_interval(zone, t_ms, t_ms + MS_PER_H).s, "2025-07-15 19:00–20:00");
	ck_assert_str_eq(format_value(23.456, SUANDIAN__V1__UNIT__UNIT_CELSIUS).s, "23.5 °C");
	ck_assert_str_eq(format_value(1e300, SUANDIAN__V1__UNIT__UNIT_W).s, "1e+300 W");
	ck_assert_str_eq(format_value(NAN, SUANDIAN__V1__UNIT__UNIT_W).s, "no value");
	ck_assert_str_eq(format_value(3, (Suandian__V1__Unit)77).s, "3");
	ck_assert_str_eq(format_enum(&suandian__v1__quality__descriptor, 1).s, "estimated");
	ck_assert_str_eq(format_enum(&suandian__v1__quality__descriptor, 77).s, "#77");
}
END_TEST

START_TEST(actions_are_named_by_what_they_do)
{
	Suandian__V1__Action a = SUANDIAN__V1__ACTION__INIT;

	ck_assert_str_eq(describe_action(NULL, SUANDIAN__V1__ASSET_KIND__ASSET_PV).s, "reset");
	ck_assert_str_eq(describe_action(&a, SUANDIAN__V1__ASSET_KIND__ASSET_PV).s, "reset");
	a.what_case = SUANDIAN__V1__ACTION__WHAT_POWER_W;
	a.power_w = 2000000;
	ck_assert_str_eq(describe_action(&a, SUANDIAN__V1__ASSET_KIND__ASSET_UPS).s,
			 "charge at 2.000 MW");
	ck_assert_str_eq(describe_action(&a, SUANDIAN__V1__ASSET_KIND__ASSET_LOAD).s,
			 "power 2.000 MW");
	a.what_case = SUANDIAN__V1__ACTION__WHAT_SOC_TARGET_WH;
	a.soc_target_wh = 4000000;
	ck_assert_str_eq(describe_action(&a, SUANDIAN__V1__ASSET_KIND__ASSET_UPS).s,
			 "SOC to 4.000 MWh");
}
END_TEST

/* ---- Panels -------------------------------------------------------------------------------------- */

START_TEST(a_panel_draws_bars_on_both_sides_of_zero)
{
	double bar[] = {2, 1, 0, -1, -2, NAN, 0.5, -0.5};
	struct panel p = {.columns = 8, .rows = 4, .lo = -2, .hi = 2, .unit = 1, .bar = bar};
	struct out o = begin();

	panel_print(&p, &o);
	ck_assert_str_eq(end(&o), "       2 ┤█\n"
				  "       1 ┤██    ▄\n"
				  "       0 ┤   ██  ▀\n"
				  "      -1 ┤    █\n"
				  "      -2 ┘\n");
}
END_TEST

START_TEST(a_panel_shades_what_is_not_used_and_marks_edges)
{
	double bar[] = {1, 1, 0}, top[] = {1, 2, 2};
	bool edge[] = {true, false, true};
	struct panel p = {.columns = 3, .rows = 3, .hi = 3, .unit = 1, .bar = bar, .top = top};
	struct out o = begin();

	p.edge = edge;
	panel_print(&p, &o);
	ck_assert_str_eq(end(&o), "       3 ┤┊ ┊\n"
				  "       2 ┤┊░░\n"
				  "       1 ┤██░\n"
				  "       0 └───\n");
	o = begin();
	o.ascii = true;
	panel_print(&p, &o);
	ck_assert_str_eq(end(&o), "       3 |: :\n"
				  "       2 |:++\n"
				  "       1 |##+\n"
				  "       0 +---\n");
}
END_TEST

START_TEST(a_line_is_joined_and_may_pause)
{
	double line[] = {0.1, 0.1, 1.9, 1.9, NAN, NAN, 1.1, 1.1};
	struct panel p = {.columns = 4, .rows = 2, .hi = 2, .unit = 1, .line = line};
	struct out o = begin();

	panel_print(&p, &o);
	ck_assert_str_eq(end(&o), "       2 ┤ ⡏ ⣀\n"
				  "       1 ┤⣀⠇\n"
				  "       0 └────\n");
}
END_TEST

/* Whatever the values, every row begins with its label and is no wider than the plot. */
START_TEST(panels_of_odd_values_keep_their_shape)
{
	static const double values[] = {0, 1e-9, 1e18, -1e18, INFINITY, -INFINITY, NAN, 1};

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		double bar[] = {values[i], 1, values[i]},
		       line[] = {values[i], 1, 2, values[i], 1, 1};
		struct panel p = {.columns = 3, .rows = 4, .unit = 1, .bar = bar, .line = line};
		struct out o = begin();
		size_t rows = 0;
		const char *at;

		p.hi = isfinite(values[i]) ? fmax(values[i], 1) : 1;
		p.lo = isfinite(values[i]) ? fmin(values[i], 0) : 0;
		panel_print(&p, &o);
		for (at = end(&o); *at; at = strchr(at, '\n') + 1) {
			ck_assert_ptr_nonnull(strchr(at, '\n'));
			rows++;
		}
		ck_assert_uint_ge(rows, 2);
		ck_assert_uint_le(rows, 6);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("ctl text");
	TCase *tc = tcase_create("text");

	tcase_add_test(tc, wide_and_combining_characters_count_right);
	tcase_add_test(tc, foreign_text_cannot_steer_the_terminal);
	tcase_add_test(tc, color_stands_beside_the_text);
	tcase_add_test(tc, tables_align_and_leave_no_blanks_at_the_end);
	tcase_add_test(tc, paragraphs_break_at_blanks_and_between_wide_characters);
	tcase_add_test(tc, sparklines_show_shape_and_gaps);
	tcase_add_test(tc, bars_are_cut_to_their_room);
	tcase_add_test(tc, quantities_carry_their_units);
	tcase_add_test(tc, actions_are_named_by_what_they_do);
	tcase_add_test(tc, a_panel_draws_bars_on_both_sides_of_zero);
	tcase_add_test(tc, a_panel_shades_what_is_not_used_and_marks_edges);
	tcase_add_test(tc, a_line_is_joined_and_may_pause);
	tcase_add_test(tc, panels_of_odd_values_keep_their_shape);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
