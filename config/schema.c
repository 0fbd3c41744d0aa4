/* schema_decode(): tables and nodes side by side, on a stack of our own. */
#include "config/schema.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/require.h"
#include "config/schema_priv.h"
#include "config/word.h"

/* A table or a list that is being read. */
struct frame {
	const struct schema *at;      /* tables: the next member; lists: the list's own row */
	const struct conf_node *node; /* tables: the map (NULL: absent); lists: the next child */
	char *base;		      /* of the struct, or of the next item */
	size_t i;		      /* lists: number of the next item */
	size_t path_len;	      /* of the path to this table or list */
	bool is_list;
};

struct reader {
	struct frame stack[2 * SCHEMA_DEPTH_MAX];
	int depth;
	struct arena *arena;
	struct fault_list *faults;
	char path[CONF_PATH_MAX_B];
	size_t path_len;
	int r;
};

/* "path: " for a fault's text; nothing at the root. */
static const char *colon(const struct reader *d)
{
	return d->path[0] ? ": " : "";
}

static struct conf_mark mark_of(const struct conf_node *n)
{
	return n->kind == CONF_NULL && n->key ? n->key_mark : n->mark;
}

/* fmt follows the path; "%s" of a long text is the caller's to cut. */
PRINTF_LIKE(3, 4)
static void report(struct reader *d, struct conf_mark where, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fault_list_add(d->faults, where, "%s%s%s", d->path, colon(d), text);
	d->r = ERR_INVALID;
}

static bool is_full(const struct reader *d)
{
	return d->faults->n >= FAULTS_MAX;
}

/* ---- the path ---- */

static void path_cut(struct reader *d, size_t len)
{
	d->path_len = len;
	d->path[len] = '\0';
}

PRINTF_LIKE(2, 3)
static void path_add(struct reader *d, const char *fmt, ...)
{
	size_t room = sizeof(d->path) - d->path_len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(d->path + d->path_len, room, fmt, ap);
	va_end(ap);
	d->path_len += (size_t)n < room ? (size_t)n : room - 1;
}

/* ---- keys ---- */

static void list_keys(const struct schema *table, struct buf *out)
{
	for (const struct schema *s = table; s->key; s++)
		buf_printf(out, "%s%s", s == table ? "" : ", ", s->key);
}

static const char *nearest_key(const struct schema *table, const char *key)
{
	int best = word_reach(key) + 1;
	const char *ret = NULL;

	for (const struct schema *s = table; s->key; s++) {
		int distance = word_distance(key, s->key, best);

		if (distance < best) {
			best = distance;
			ret = s->key;
		}
	}
	return ret;
}

static bool has_key(const struct schema *table, const char *key)
{
	for (; table->key; table++) {
		if (strcmp(table->key, key) == 0)
			return true;
	}
	return false;
}

static void check_keys(struct reader *d, const struct schema *table, const struct conf_node *map)
{
	char shown[WORD_SHOWN_MAX_B];

	for (const struct conf_node *c = map->first; c; c = c->next) {
		const char *near;
		struct buf keys;

		if (has_key(table, c->key))
			continue;
		if (is_full(d)) { /* hostile files have many: words for them would cost time only */
			report(d, c->key_mark, "unknown key");
			continue;
		}
		near = nearest_key(table, c->key);
		buf_init(&keys, 0);
		list_keys(table, &keys);
		report(d, c->key_mark, "unknown key \"%s\"%s%s%s; allowed: %s",
		       word_show(c->key, shown, sizeof(shown)), near ? "; did you mean \"" : "",
		       near ? near : "", near ? "\"?" : "", buf_str(&keys));
		buf_fini(&keys);
	}
}

/* ---- values ---- */

static bool is_absent(const struct conf_node *n)
{
	return !n || n->kind == CONF_NULL;
}

static void report_value(struct reader *d, const struct schema *s, const struct conf_node *n, int r)
{
	char shown[WORD_SHOWN_MAX_B];
	struct buf allowed;

	if (is_full(d)) {
		report(d, n->mark, "not allowed");
		return;
	}
	buf_init(&allowed, 0);
	schema_value_allowed(s, &allowed);
	if (n->kind != CONF_SCALAR)
		report(d, mark_of(n), "%s is not allowed; allowed: %s", conf_kind_name(n->kind),
		       buf_str(&allowed));
	else
		report(d, n->mark, "\"%s\" is %s; allowed: %s",
		       word_show(n->text, shown, sizeof(shown)),
		       r == ERR_INVALID ? "out of range" : "not allowed", buf_str(&allowed));
	buf_fini(&allowed);
}

static void read_scalar(struct reader *d, const struct schema *s, const struct conf_node *n,
			char *dst)
{
	int r;

	if (s->dflt) {
		r = schema_value_parse(s, s->dflt, dst);
		REQUIRE(r == 0);
	}
	if (is_absent(n))
		return;
	r = n->kind == CONF_SCALAR ? schema_value_parse(s, n->text, dst) : ERR_MALFORMED;
	if (r)
		report_value(d, s, n, r);
}

static void push(struct reader *d, struct frame f)
{
	REQUIRE(d->depth < (int)ARRAY_SIZE(d->stack));
	f.path_len = d->path_len;
	d->stack[d->depth++] = f;
}

static void push_table(struct reader *d, const struct schema *table, const struct conf_node *n,
		       char *base)
{
	if (!is_absent(n) && n->kind != CONF_MAP) {
		report(d, n->mark, "%s is not allowed; allowed: a map", conf_kind_name(n->kind));
		n = NULL;
	} else if (is_absent(n)) {
		n = NULL;
	} else {
		check_keys(d, table, n);
	}
	push(d, (struct frame){.at = table, .node = n, .base = base});
}

/* The array for n items, zeroed; vectors get theirs from the arena. */
static char *list_room(struct reader *d, const struct schema *s, size_t n, char *dst)
{
	char *items = dst;

	if (s->type != SCHEMA_VECTOR) {
		memset(dst, 0, n * s->item->size);
		return dst;
	}
	REQUIRE(d->arena);
	items = arena_array(d->arena, n, s->item->size);
	if (items)
		memcpy(dst, &items, sizeof(items));
	return items;
}

static void store_count(const struct schema *s, size_t n, char *base)
{
	int count = (int)n;

	if (s->type == SCHEMA_VECTOR)
		memcpy(base + s->count_offset, &n, sizeof(n));
	else
		memcpy(base + s->count_offset, &count, sizeof(count));
}

/* One scalar for a list of one; its path is the list's. */
static void read_lone(struct reader *d, const struct schema *s, const struct conf_node *n,
		      char *base)
{
	list_room(d, s, 1, base + s->offset);
	store_count(s, 1, base);
	read_scalar(d, s->item, n, base + s->offset);
}

static void push_list(struct reader *d, const struct schema *s, const struct conf_node *n,
		      char *base)
{
	enum conf_kind kind = s->type == SCHEMA_MAP ? CONF_MAP : CONF_LIST;
	char *items;

	store_count(s, 0, base);
	if (is_absent(n))
		return;
	if (s->lone && n->kind == CONF_SCALAR) {
		REQUIRE(s->type == SCHEMA_LIST && schema_type_is_scalar(s->item->type));
		read_lone(d, s, n, base);
		return;
	}
	if (n->kind != kind) {
		report(d, n->mark, "%s is not allowed; allowed: %s", conf_kind_name(n->kind),
		       conf_kind_name(kind));
		return;
	}
	if (n->n > (size_t)s->max_items || n->n < (size_t)s->min_items) {
		report(d, n->mark, "%zu entries; allowed: %d to %d", n->n, s->min_items,
		       s->max_items);
		return;
	}
	items = list_room(d, s, n->n, base + s->offset);
	if (!items) {
		report(d, n->mark, "%s", err_text(-ENOMEM));
		return;
	}
	store_count(s, n->n, base);
	push(d, (struct frame){.at = s, .node = n->first, .base = items, .is_list = true});
}

/* A scalar or a map that stands for the row s; dst is the value itself. */
static void read_value(struct reader *d, const struct schema *s, const struct conf_node *n,
		       char *dst)
{
	if (s->type == SCHEMA_STRUCT)
		push_table(d, s->members, n, dst);
	else
		read_scalar(d, s, n, dst);
}

static void read_member(struct reader *d, const struct schema *s, const struct conf_node *map,
			char *base)
{
	const struct conf_node *n = conf_entry(map, s->key);

	/* What an absent map requires is not missed key by key: the map is, if anything. */
	if (s->required && map && is_absent(n)) {
		struct conf_mark where = n ? mark_of(n) : mark_of(map);

		report(d, where, "\"%s\" is missing", s->key);
	}
	path_add(d, "%s%s", d->path[0] ? "." : "", s->key);
	if (schema_type_is_scalar(s->type) || s->type == SCHEMA_STRUCT)
		read_value(d, s, n, base + s->offset);
	else
		push_list(d, s, n, base);
}

static void read_key(struct reader *d, const struct schema *s, const struct conf_node *n,
		     char *item)
{
	struct schema key = {.type = SCHEMA_ID, .size = s->key_size};
	char shown[WORD_SHOWN_MAX_B];

	if (schema_value_parse(&key, n->key, item + s->key_offset))
		report(d, n->key_mark, "\"%s\" is no key; allowed: 1 to %zu of [a-z0-9_.-]",
		       word_show(n->key, shown, sizeof(shown)), s->key_size - 1);
	path_add(d, "%s%s", d->path[0] ? "." : "", word_show(n->key, shown, sizeof(shown)));
}

static void read_item(struct reader *d, struct frame *f)
{
	const struct schema *s = f->at;
	const struct conf_node *n = f->node;
	char *item = f->base;

	if (s->type == SCHEMA_MAP)
		read_key(d, s, n, item);
	else
		path_add(d, "[%zu]", f->i);
	f->i++;
	f->node = n->next;
	f->base += s->item->size;
	if (is_absent(n)) {
		report(d, mark_of(n), "%s is not allowed", conf_kind_name(CONF_NULL));
		n = NULL;
	}
	read_value(d, s->item, n, item);
}

static void run(struct reader *d)
{
	while (d->depth > 0) {
		struct frame *f = &d->stack[d->depth - 1];
		bool is_done = f->is_list ? !f->node : !f->at->key;

		path_cut(d, f->path_len);
		if (is_done) {
			d->depth--;
		} else if (f->is_list) {
			read_item(d, f);
		} else {
			const struct schema *s = f->at++;

			read_member(d, s, f->node, f->base);
		}
	}
}

int schema_decode(const struct schema *table, const struct conf_node *node, const char *path,
		  struct arena *a, void *out, struct fault_list *faults)
{
	struct reader d = {.arena = a, .faults = faults};

	path_add(&d, "%s", path);
	push_table(&d, table, node, out);
	run(&d);
	return d.r;
}
