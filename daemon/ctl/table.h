/* Aligned tables. Cells are text of any width (width.h); a column is as wide as its widest cell. Owner's thread. */
#pragma once

#include "base/arena.h"
#include "ctl/out.h"

#define TABLE_COLUMNS_MAX 24

enum align { ALIGN_LEFT, ALIGN_RIGHT };

struct table_cell {
	const char *text;
	enum style style;
};

struct table {
	struct arena arena;
	size_t n_columns;
	const char *head[TABLE_COLUMNS_MAX];
	enum align align[TABLE_COLUMNS_MAX];
	struct table_cell *cells; /* row by row; malloc'ed */
	size_t n_cells, size;
};

void table_init(struct table *t);
void table_fini(struct table *t);
/* Columns, before the first cell. The heading is copied; one that is "" throughout leaves no line of headings. */
void table_column(struct table *t, enum align align, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* The next cell, row by row. Where memory is out the cell is empty. */
void table_cell(struct table *t, enum style style, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* Prints it, each line behind `indent` blanks. */
void table_print(const struct table *t, const struct out *o, int indent);
