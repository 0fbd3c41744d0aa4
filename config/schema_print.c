/* schema_print(): the same tables, from values to text. */
#include <string.h>

#include "base/require.h"
#include "config/schema_priv.h"

#define INDENT 2

struct frame {
	const struct schema *at; /* tables: the next member; lists: the list's own row */
	const char *base;	 /* of the struct, or of the next item */
	size_t left;		 /* lists: items to come */
	int indent;
	bool is_list, has_dash; /* tables: the first key stands behind its item's dash */
};

struct printer {
	struct frame stack[2 * SCHEMA_DEPTH_MAX];
	int depth;
	struct buf *out;
};

static void push(struct printer *p, struct frame f)
{
	REQUIRE(p->depth < (int)ARRAY_SIZE(p->stack));
	p->stack[p->depth++] = f;
}

static size_t count_of(const struct schema *s, const char *base)
{
	size_t n;
	int count;

	if (s->type == SCHEMA_VECTOR) {
		memcpy(&n, base + s->count_offset, sizeof(n));
		return n;
	}
	memcpy(&count, base + s->count_offset, sizeof(count));
	return count > 0 ? (size_t)count : 0;
}

static void print_list(struct printer *p, const struct schema *s, const char *base, int indent)
{
	size_t n = count_of(s, base);
	const char *items = base + s->offset;

	if (n == 0) {
		buf_printf(p->out, "%s", s->type == SCHEMA_MAP ? " {}\n" : " []\n");
		return;
	}
	buf_printf(p->out, "\n");
	if (s->type == SCHEMA_VECTOR)
		memcpy(&items, base + s->offset, sizeof(items));
	push(p,
	     (struct frame){.at = s, .base = items, .left = n, .indent = indent, .is_list = true});
}

static void print_member(struct printer *p, struct frame *f)
{
	const struct schema *s = f->at++;
	const char *base = f->base;
	int indent = f->indent;

	if (f->has_dash)
		buf_printf(p->out, "%*s- %s:", indent - INDENT, "", s->key);
	else
		buf_printf(p->out, "%*s%s:", indent, "", s->key);
	f->has_dash = false;
	if (s->type == SCHEMA_STRUCT) {
		buf_printf(p->out, "\n");
		push(p, (struct frame){.at = s->members,
				       .base = base + s->offset,
				       .indent = indent + INDENT});
	} else if (schema_type_is_scalar(s->type)) {
		buf_printf(p->out, " ");
		schema_value_print(s, base + s->offset, p->out);
		buf_printf(p->out, "\n");
	} else if (s->lone && count_of(s, base) == 1) {
		buf_printf(p->out, " ");
		schema_value_print(s->item, base + s->offset, p->out);
		buf_printf(p->out, "\n");
	} else {
		print_list(p, s, base, indent + INDENT);
	}
}

static void print_item(struct printer *p, struct frame *f)
{
	const struct schema *s = f->at, *item = s->item;
	const char *base = f->base;
	bool is_map = s->type == SCHEMA_MAP, is_struct = item->type == SCHEMA_STRUCT;
	int indent = f->indent;

	f->base += item->size;
	f->left--;
	if (is_map)
		buf_printf(p->out, "%*s%s:%s", indent, "", base + s->key_offset,
			   is_struct ? "\n" : " ");
	else if (!is_struct)
		buf_printf(p->out, "%*s- ", indent, "");
	if (is_struct) {
		push(p, (struct frame){.at = item->members,
				       .base = base,
				       .indent = indent + INDENT,
				       .has_dash = !is_map});
	} else {
		schema_value_print(item, base, p->out);
		buf_printf(p->out, "\n");
	}
}

int schema_print(const struct schema *table, const void *value, int indent, struct buf *out)
{
	struct printer p = {.out = out};

	push(&p, (struct frame){.at = table, .base = value, .indent = indent});
	while (p.depth > 0 && !out->err) {
		struct frame *f = &p.stack[p.depth - 1];
		bool is_done = f->is_list ? f->left == 0 : !f->at->key;

		if (is_done)
			p.depth--;
		else if (f->is_list)
			print_item(&p, f);
		else
			print_member(&p, f);
	}
	return out->err;
}
