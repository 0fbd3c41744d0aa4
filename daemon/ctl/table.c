#include "ctl/table.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/require.h"
#include "ctl/width.h"

void table_init(struct table *t)
{
	*t = (struct table){0};
	arena_init(&t->arena, SIZE_MAX);
}

void table_fini(struct table *t)
{
	arena_fini(&t->arena);
	free(t->cells);
}

/* Made harmless here, so that its width is known. */
PRINTF_LIKE(2, 0)
static const char *text_of(struct table *t, const char *fmt, va_list ap)
{
	char *raw = NULL;
	const char *text;
	struct buf safe;

	if (vasprintf(&raw, fmt, ap) < 0)
		return "";
	buf_init(&safe, 0);
	width_put_safe(&safe, raw);
	text = arena_strdup(&t->arena, buf_str(&safe));
	buf_fini(&safe);
	free(raw);
	return text ? text : "";
}

void table_column(struct table *t, enum align align, const char *fmt, ...)
{
	va_list ap;

	REQUIRE(t->n_columns < TABLE_COLUMNS_MAX && t->n_cells == 0);
	va_start(ap, fmt);
	t->head[t->n_columns] = text_of(t, fmt, ap);
	va_end(ap);
	t->align[t->n_columns++] = align;
}

void table_cell(struct table *t, enum style style, const char *fmt, ...)
{
	va_list ap;

	if (t->n_cells == t->size) {
		size_t size = t->size ? 2 * t->size : 256;
		struct table_cell *cells = reallocarray(t->cells, size, sizeof(*cells));

		if (!cells)
			return;
		t->cells = cells;
		t->size = size;
	}
	va_start(ap, fmt);
	t->cells[t->n_cells].text = text_of(t, fmt, ap);
	va_end(ap);
	t->cells[t->n_cells++].style = style;
}

static void print_cell(const struct out *o, enum align align, size_t columns, bool last,
		       struct table_cell cell)
{
	size_t width = width_of(cell.text);
	int pad = width < columns ? (int)(columns - width) : 0;

	if (align == ALIGN_RIGHT && pad)
		out_part(o, STYLE_PLAIN, "%*s", pad, "");
	out_part(o, cell.style, "%s", cell.text);
	if (align == ALIGN_LEFT && pad && !last)
		out_part(o, STYLE_PLAIN, "%*s", pad, "");
}

/* The last cell of a row that is not empty, plus one: what follows leaves no blanks at the end of the line. */
static size_t filled(const struct table *t, const struct table_cell *row)
{
	size_t n = t->n_columns;

	while (n > 0 && row[n - 1].text[0] == '\0')
		n--;
	return n;
}

static void print_row(const struct table *t, const struct out *o, int indent, const size_t *columns,
		      const struct table_cell *row)
{
	size_t n = filled(t, row);

	out_part(o, STYLE_PLAIN, "%*s", n ? indent : 0, "");
	for (size_t i = 0; i < n; i++) {
		out_part(o, STYLE_PLAIN, "%s", i ? "  " : "");
		print_cell(o, t->align[i], columns[i], i + 1 == n, row[i]);
	}
	out_end(o);
}

void table_print(const struct table *t, const struct out *o, int indent)
{
	struct table_cell head[TABLE_COLUMNS_MAX];
	size_t columns[TABLE_COLUMNS_MAX] = {0};

	for (size_t i = 0; i < t->n_columns; i++) {
		head[i] = (struct table_cell){t->head[i], STYLE_DIM};
		columns[i] = width_of(t->head[i]);
	}
	for (size_t i = 0; t->n_columns && i < t->n_cells; i++) {
		size_t width = width_of(t->cells[i].text), at = i % t->n_columns;

		if (width > columns[at])
			columns[at] = width;
	}
	if (t->n_columns == 0)
		return;
	if (filled(t, head))
		print_row(t, o, indent, columns, head);
	for (size_t i = 0; i + t->n_columns <= t->n_cells; i += t->n_columns)
		print_row(t, o, indent, columns, t->cells + i);
}
