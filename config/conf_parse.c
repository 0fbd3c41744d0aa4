/* conf_parse(): libyaml's events to nodes, with a stack of our own, so that depth costs no stack of the machine. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/err.h"
#include "base/utf8.h"
#include "config/conf_priv.h"
#include "config/word.h"

#define ARENA_CAP_B                                                                                \
	((size_t)64 << 20) /* CONF_NODES_MAX nodes and CONF_FILE_MAX_B of text fit with ease */
#define BAD_LINES_MAX 20   /* lines with bytes that are no text: more say nothing new */

struct builder {
	struct conf_doc *d;
	struct fault_list *faults;
	const char *text;			 /* NUL-terminated */
	struct conf_node *stack[CONF_DEPTH_MAX]; /* open maps and lists */
	int depth;
	const char *key; /* of the entry whose value comes next */
	struct conf_mark key_mark;
	int n_nodes, n_documents;
};

static int to_int(size_t x)
{
	return x < INT_MAX ? (int)x : INT_MAX;
}

static struct conf_mark mark_of(const struct builder *b, yaml_mark_t m)
{
	return (struct conf_mark){b->d->name, to_int(m.line + 1), to_int(m.column + 1)};
}

static int no_memory(struct builder *b)
{
	fault_list_add(b->faults, (struct conf_mark){.file = b->d->name}, "%s", err_text(-ENOMEM));
	return -ENOMEM;
}

/* ---- bytes ---- */

/* Length of the character at s if a configuration may hold it, else 0. */
static size_t character(const char *s)
{
	return *s == '\t' || *s == '\n' || *s == '\r' ? 1 : utf8_printable(s);
}

/* Every line's first byte that is no text. libyaml stops at the first and counts its offset in bytes. */
static int check_bytes(struct builder *b, size_t n)
{
	struct conf_mark at = {b->d->name, 1, 1};
	int n_bad = 0;

	for (size_t i = 0; i < n && n_bad < BAD_LINES_MAX;) {
		size_t len = character(b->text + i);

		if (len == 0) {
			fault_list_add(b->faults, at,
				       "byte 0x%02x is no text: a configuration is UTF-8 without "
				       "control characters",
				       (unsigned char)b->text[i]);
			n_bad++;
			i += strcspn(b->text + i, "\n");
			if (b->text[i] == '\0')
				break;
			continue;
		}
		at.col++;
		if (b->text[i] == '\n' || (b->text[i] == '\r' && b->text[i + 1] != '\n')) {
			at.line++;
			at.col = 1;
		}
		i += len;
	}
	return n_bad ? ERR_MALFORMED : 0;
}

/* The byte at a line and column. */
static char byte_at(const char *text, yaml_mark_t m)
{
	for (size_t line = 0; line < m.line; line++) {
		text += strcspn(text, "\n");
		if (*text == '\0')
			return '\0';
		text++;
	}
	for (size_t col = 0; col < m.column && *text; col++)
		text += utf8_printable(text) ? utf8_printable(text) : 1;
	return *text;
}

/* ---- nodes ---- */

static int too_much(struct builder *b, const yaml_event_t *e, const char *what, int limit)
{
	fault_list_add(b->faults, mark_of(b, e->start_mark), "%s: at most %d", what, limit);
	return ERR_FULL;
}

static char *copy_text(struct builder *b, const yaml_event_t *e)
{
	const char *text = (const char *)e->data.scalar.value;

	if (strlen(text) != e->data.scalar.length)
		fault_list_add(b->faults, mark_of(b, e->start_mark), "a text cannot hold a NUL");
	return arena_strdup(&b->d->arena, text);
}

static int take_key(struct builder *b, const yaml_event_t *e)
{
	struct conf_node *map = b->stack[b->depth - 1];
	const struct conf_node *twin;
	char shown[WORD_SHOWN_MAX_B];

	if (e->type != YAML_SCALAR_EVENT) {
		fault_list_add(b->faults, mark_of(b, e->start_mark), "a key is a single word");
		return ERR_MALFORMED;
	}
	if (map->n >= CONF_ENTRIES_MAX)
		return too_much(b, e, "keys of a map", CONF_ENTRIES_MAX);
	b->key = copy_text(b, e);
	if (!b->key)
		return no_memory(b);
	b->key_mark = mark_of(b, e->start_mark);
	twin = conf_entry(map, b->key);
	if (twin)
		fault_list_add(b->faults, b->key_mark, "\"%s\" is given twice, first in line %d",
			       word_show(b->key, shown, sizeof(shown)), twin->key_mark.line);
	return 0;
}

static bool is_null(const yaml_event_t *e)
{
	const char *text = (const char *)e->data.scalar.value;

	return e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	       (text[0] == '\0' || strcmp(text, "~") == 0 || strcmp(text, "null") == 0);
}

static void link_node(struct builder *b, struct conf_node *node)
{
	struct conf_node *up = b->depth > 0 ? b->stack[b->depth - 1] : NULL;

	if (!up) {
		b->d->root = node;
		return;
	}
	if (up->last)
		up->last->next = node;
	else
		up->first = node;
	up->last = node;
	up->n++;
	node->key = b->key;
	node->key_mark = b->key_mark;
	b->key = NULL;
	b->key_mark = (struct conf_mark){0};
}

static int add_node(struct builder *b, const yaml_event_t *e, enum conf_kind kind)
{
	struct conf_node *node;

	if (++b->n_nodes > CONF_NODES_MAX)
		return too_much(b, e, "values of a file", CONF_NODES_MAX);
	node = ARENA_NEW(&b->d->arena, struct conf_node);
	if (!node)
		return no_memory(b);
	node->kind = kind;
	node->mark = mark_of(b, e->start_mark);
	if (kind == CONF_SCALAR) {
		node->text = copy_text(b, e);
		if (!node->text)
			return no_memory(b);
	}
	link_node(b, node);
	if (kind == CONF_LIST || kind == CONF_MAP) {
		if (b->depth == CONF_DEPTH_MAX)
			return too_much(b, e, "maps and lists inside each other", CONF_DEPTH_MAX);
		b->stack[b->depth++] = node;
	}
	return 0;
}

/* ---- events ---- */

/* What our YAML does without, said where it stands; reading goes on. */
static void refuse_extras(struct builder *b, const yaml_event_t *e)
{
	const yaml_char_t *anchor = NULL, *tag = NULL;

	if (e->type == YAML_SCALAR_EVENT) {
		anchor = e->data.scalar.anchor;
		tag = e->data.scalar.tag;
	} else if (e->type == YAML_SEQUENCE_START_EVENT) {
		anchor = e->data.sequence_start.anchor;
		tag = e->data.sequence_start.tag;
	} else if (e->type == YAML_MAPPING_START_EVENT) {
		anchor = e->data.mapping_start.anchor;
		tag = e->data.mapping_start.tag;
	} else if (e->type == YAML_ALIAS_EVENT) {
		fault_list_add(b->faults, mark_of(b, e->start_mark),
			       "aliases are not allowed: write the value again");
	}
	if (anchor)
		fault_list_add(b->faults, mark_of(b, e->start_mark), "anchors are not allowed");
	if (tag)
		fault_list_add(b->faults, mark_of(b, e->start_mark), "tags are not allowed");
}

static int begin_document(struct builder *b, const yaml_event_t *e)
{
	if (++b->n_documents == 1)
		return 0;
	fault_list_add(b->faults, mark_of(b, e->start_mark), "a file holds one document only");
	return ERR_MALFORMED;
}

static int take_event(struct builder *b, const yaml_event_t *e)
{
	const struct conf_node *up = b->depth > 0 ? b->stack[b->depth - 1] : NULL;
	bool wants_key = up && up->kind == CONF_MAP && !b->key;

	refuse_extras(b, e);
	switch (e->type) {
	case YAML_DOCUMENT_START_EVENT:
		return begin_document(b, e);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		b->depth--;
		return 0;
	case YAML_ALIAS_EVENT:
	case YAML_SCALAR_EVENT:
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		break;
	default:
		return 0;
	}
	if (wants_key)
		return take_key(b, e);
	if (e->type == YAML_SEQUENCE_START_EVENT)
		return add_node(b, e, CONF_LIST);
	if (e->type == YAML_MAPPING_START_EVENT)
		return add_node(b, e, CONF_MAP);
	if (e->type == YAML_ALIAS_EVENT || is_null(e))
		return add_node(b, e, CONF_NULL);
	return add_node(b, e, CONF_SCALAR);
}

static int report_syntax(struct builder *b, const yaml_parser_t *p)
{
	struct conf_mark at = mark_of(b, p->problem_mark);
	const char *problem = p->problem ? p->problem : "it cannot be read";

	if (p->error == YAML_MEMORY_ERROR)
		return no_memory(b);
	if (p->error == YAML_READER_ERROR)
		fault_list_add(b->faults, (struct conf_mark){.file = b->d->name},
			       "no YAML: %s (byte %zu)", problem, p->problem_offset);
	else if (byte_at(b->text, p->problem_mark) == '\t')
		fault_list_add(b->faults, at, "no YAML: a tab cannot indent; use blanks");
	else if (p->context && p->context_mark.line != p->problem_mark.line)
		fault_list_add(b->faults, at, "no YAML: %s %s that begins in line %d", problem,
			       p->context, to_int(p->context_mark.line + 1));
	else if (p->context)
		fault_list_add(b->faults, at, "no YAML: %s %s", problem, p->context);
	else
		fault_list_add(b->faults, at, "no YAML: %s", problem);
	return ERR_MALFORMED;
}

static int run(struct builder *b, yaml_parser_t *p)
{
	for (;;) {
		yaml_event_t e;
		bool is_end;
		int r;

		if (!yaml_parser_parse(p, &e))
			return report_syntax(b, p);
		is_end = e.type == YAML_STREAM_END_EVENT;
		r = take_event(b, &e);
		yaml_event_delete(&e);
		if (r || is_end)
			return r;
	}
}

static int parse_text(struct builder *b, size_t n)
{
	static const char bom[] = "\xef\xbb\xbf";
	yaml_parser_t p;
	int r;

	if (n >= strlen(bom) && memcmp(b->text, bom, strlen(bom)) == 0) {
		b->text += strlen(bom);
		n -= strlen(bom);
	}
	r = check_bytes(b, n);
	if (r)
		return r;
	if (!yaml_parser_initialize(&p))
		return no_memory(b);
	yaml_parser_set_encoding(&p, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&p, (const unsigned char *)b->text, n);
	r = run(b, &p);
	yaml_parser_delete(&p);
	return r;
}

static int make_root(struct builder *b)
{
	if (b->d->root && b->d->root->kind != CONF_NULL)
		return 0;
	b->d->root = ARENA_NEW(&b->d->arena, struct conf_node);
	if (!b->d->root)
		return no_memory(b);
	b->d->root->kind = CONF_MAP;
	b->d->root->mark = (struct conf_mark){b->d->name, 1, 1};
	return 0;
}

static int parse_copy(struct builder *b, const char *name, const void *text, size_t n)
{
	char *copy;
	int r;

	arena_init(&b->d->arena, ARENA_CAP_B);
	b->d->name = arena_strdup(&b->d->arena, name);
	copy = malloc(n + 1);
	if (!copy || !b->d->name) {
		free(copy);
		fault_list_add(b->faults, (struct conf_mark){.file = name}, "%s",
			       err_text(-ENOMEM));
		return -ENOMEM;
	}
	if (n > 0)
		memcpy(copy, text, n);
	copy[n] = '\0';
	b->text = copy;
	r = parse_text(b, n);
	free(copy);
	return r ? r : make_root(b);
}

int conf_parse(const char *name, const void *text, size_t n, struct conf_doc **ret,
	       struct fault_list *faults)
{
	struct conf_mark where = {.file = name};
	struct builder b = {.faults = faults};
	int r;

	if (n > CONF_FILE_MAX_B) {
		fault_list_add(faults, where, "a file has at most %zu bytes", CONF_FILE_MAX_B);
		return ERR_FULL;
	}
	b.d = calloc(1, sizeof(*b.d));
	if (!b.d) {
		fault_list_add(faults, where, "%s", err_text(-ENOMEM));
		return -ENOMEM;
	}
	r = parse_copy(&b, name, text, n);
	if (r)
		conf_free(b.d);
	else
		*ret = b.d;
	return r;
}
