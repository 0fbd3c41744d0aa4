#include "ctl/panel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct scale {
	double step;	  /* of one row */
	int above, below; /* rows */
};

struct cell {
	char text[5];
	enum style style;
};

const char *panel_bar_sample(bool ascii)
{
	return ascii ? "#" : "█";
}

const char *panel_top_sample(bool ascii)
{
	return ascii ? "+" : "░";
}

const char *panel_line_sample(bool ascii)
{
	return ascii ? "*" : "⠒⠒";
}

/* ---- Scale --------------------------------------------------------------------------------------- */

static int rows_for(double extent, double step)
{
	return extent > 0 ? (int)ceil(extent / step - 1e-9) : 0;
}

/* An extent on one side of zero; 0 if it is nothing beside the other one: two watts of rounding get no row. */
static double trifle_less(double extent, double other)
{
	return extent > 0 && extent > other * 0.005 ? extent : 0;
}

/* The smallest round step with which the rows suffice. */
static struct scale choose_scale(const struct panel *p)
{
	static const double mantissas[] = {1, 2, 2.5, 5};
	double up = trifle_less(p->hi, -p->lo), down = trifle_less(-p->lo, p->hi);
	double least = (up + down) / p->rows;
	double power;
	struct scale s = {.step = p->unit, .above = 1};

	if (!(least > 0) || !isfinite(least))
		return s;
	power = pow(10, floor(log10(least)));
	for (int i = 0; i < 12; i++) {
		int decade = i / 4;

		s.step = mantissas[i % 4] * power * pow(10, decade);
		s.above = rows_for(up, s.step);
		s.below = rows_for(down, s.step);
		if (s.above + s.below <= p->rows)
			break;
	}
	return s;
}

/* ---- Cells --------------------------------------------------------------------------------------- */

static struct cell glyph(const char *text, enum style style)
{
	struct cell c = {.style = style};

	memcpy(c.text, text, strlen(text) + 1);
	return c;
}

static struct cell braille(unsigned dots, enum style style)
{
	struct cell c = {
		.text = {(char)0xe2, (char)(0xa0 | dots >> 6), (char)(0x80 | (dots & 0x3f))},
		.style = style};

	return c;
}

/* A bar that fills `share` of the cell from the bottom (up) or from the top. */
static const char *bar_glyph(double share, bool up, bool ascii)
{
	static const char *const eighths[] = {"", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	int n = (int)lround(fmin(share, 1) * 8);

	if (!(share > 0.03))
		return "";
	n = n < 1 ? 1 : n;
	if (ascii)
		return n >= 4 ? "#" : up ? "." : "'";
	if (up)
		return eighths[n];
	return n >= 6 ? "█" : n >= 3 ? "▀" : "▔";
}

static void draw_bars(const struct panel *p, struct cell *row, double bottom, double step,
		      bool ascii)
{
	for (int c = 0; c < p->columns; c++) {
		double value = p->bar ? p->bar[c] : NAN, top = p->top ? p->top[c] : NAN;
		bool up = bottom >= -step * 0.5;
		double share = up ? (value - bottom) / step : (bottom + step - value) / step;
		const char *text = isfinite(share) ? bar_glyph(share, up, ascii) : "";

		if (*text)
			row[c] = glyph(text, p->bar_style);
		else if (up && (top - bottom) / step > 0.25)
			row[c] = glyph(panel_top_sample(ascii), p->bar_style);
	}
}

/* Quarter of the row that the value falls into, 0 at the top; −1 above, 4 below. */
static int quarter_of(double value, double bottom, double step)
{
	double q = floor((bottom + step - value) / step * 4);

	return q < 0 ? -1 : q > 3 ? 4 : (int)q;
}

/* Dots of one half of a cell for a line that comes from `from` and is at `to`. */
static unsigned half_dots(int from, int to, bool right)
{
	static const unsigned char dots[2][4] = {{0x01, 0x02, 0x04, 0x40},
						 {0x08, 0x10, 0x20, 0x80}};
	int lo = from < to ? from : to, hi = from < to ? to : from;
	unsigned found = 0;

	for (int q = lo < 0 ? 0 : lo; q <= hi && q <= 3; q++)
		found |= dots[right][q];
	return found;
}

static void draw_line(const struct panel *p, struct cell *row, double bottom, double step,
		      bool ascii)
{
	for (int c = 0; p->line && c < p->columns; c++) {
		unsigned dots = 0;

		for (int half = 0; half < 2; half++) {
			int i = 2 * c + half;
			double now = p->line[i], before = i > 0 ? p->line[i - 1] : NAN;
			int to, from;

			if (!isfinite(now))
				continue;
			to = quarter_of(now, bottom, step);
			from = isfinite(before) ? quarter_of(before, bottom, step) : to;
			/* the dot of the value before belongs to the half before */
			if (from < to)
				from++;
			else if (from > to)
				from--;
			dots |= half_dots(from, to, half);
		}
		if (dots)
			row[c] = ascii ? glyph("*", p->line_style) : braille(dots, p->line_style);
	}
}

static void draw_edges(const struct panel *p, struct cell *row, bool ascii)
{
	for (int c = 0; p->edge && c < p->columns; c++)
		if (p->edge[c] && row[c].text[0] == ' ')
			row[c] = glyph(ascii ? ":" : "┊", STYLE_EVENT);
}

/* ---- Printing ------------------------------------------------------------------------------------ */

static void print_label(const struct panel *p, const struct out *o, double value, double step,
			const char *axis)
{
	int digits = p->digits;

	/* as many digits as tell the rows apart */
	while (digits < 4 && fabs(step / p->unit * pow(10, digits) -
				  round(step / p->unit * pow(10, digits))) > 1e-6)
		digits++;
	out_part(o, STYLE_DIM, "%*.*f %s", PANEL_GUTTER - 2, digits, value / p->unit + 0.0, axis);
}

static void print_row(const struct panel *p, const struct out *o, const struct cell *row)
{
	int end = p->columns;

	while (end > 0 && row[end - 1].text[0] == ' ')
		end--;
	for (int c = 0; c < end;) {
		char text[4 * 1000 + 1];
		enum style style = row[c].style;
		size_t n = 0;

		for (; c < end && row[c].style == style && n + 4 < sizeof(text); c++) {
			size_t len = strlen(row[c].text);

			memcpy(text + n, row[c].text, len);
			n += len;
		}
		text[n] = '\0';
		out_part(o, style, "%s", text);
	}
	out_end(o);
}

static void print_axis(const struct panel *p, const struct out *o)
{
	out_part(o, STYLE_DIM, "%*d %s", PANEL_GUTTER - 2, 0, o->ascii ? "+" : "└");
	for (int c = 0; c < p->columns; c++)
		out_part(o, STYLE_DIM, "%s", o->ascii ? "-" : "─");
	out_end(o);
}

void panel_print(const struct panel *p, const struct out *o)
{
	struct scale s = choose_scale(p);
	struct cell *row = calloc((size_t)p->columns + 1, sizeof(*row));

	if (!row)
		return;
	for (int r = 0; r < s.above + s.below; r++) {
		double bottom = (s.above - 1 - r) * s.step;

		for (int c = 0; c < p->columns; c++)
			row[c] = glyph(" ", STYLE_PLAIN);
		draw_bars(p, row, bottom, s.step, o->ascii);
		draw_line(p, row, bottom, s.step, o->ascii);
		draw_edges(p, row, o->ascii);
		/* a label names the upper edge of its row */
		print_label(p, o, bottom + s.step, s.step, o->ascii ? "|" : "┤");
		print_row(p, o, row);
	}
	if (s.below)
		print_label(p, o, -s.below * s.step, s.step, o->ascii ? "+" : "┘");
	else
		print_axis(p, o);
	if (s.below)
		out_end(o);
	free(row);
}
