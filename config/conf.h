/* A YAML file as a tree of nodes that know their place, for the schema tables (schema.h) to read.
 *
 * The plain part of YAML: maps with scalar keys, lists, scalars. What a configuration does not need is refused, each
 * with its place: anchors and aliases (they multiply without bound), tags, further documents, keys given twice,
 * bytes that are no UTF-8, control characters. Reading is bounded by the limits below whatever the input is.
 * Columns count characters. Owner's thread. */
#pragma once

#include "config/faults.h"

#define CONF_FILE_MAX_B ((size_t)1 << 20)
#define CONF_DEPTH_MAX 16     /* maps and lists inside each other */
#define CONF_NODES_MAX 100000 /* of a file */
#define CONF_ENTRIES_MAX 1000 /* of a map */
#define CONF_PATH_MAX_B 256   /* "sites[0].storage[1].soc_min" with NUL */

enum conf_kind {
	CONF_NULL, /* nothing after the colon, ~ or null: as if the key were not there */
	CONF_SCALAR,
	CONF_LIST,
	CONF_MAP,
};
const char *conf_kind_name(enum conf_kind k); /* "nothing", "a value", "a list", "a map" */

struct conf_node {
	enum conf_kind kind;
	struct conf_mark mark;	   /* where the value begins */
	struct conf_mark key_mark; /* entries of maps */
	const char *key;	   /* entries of maps, else NULL */
	const char *text;	   /* scalars; UTF-8 without NUL inside */
	size_t n;		   /* children of lists and maps, in the order of the file */
	struct conf_node *first, *last, *next;
};

struct conf_doc; /* owns its nodes and the file name in their marks */

/* name stands in the marks. 0 with *ret, which may be a document with faults in it (all of them in faults): what
 * there is can be read on for more. Or, with the reason in faults, ERR_MALFORMED (no YAML), ERR_FULL (a limit),
 * -ENOMEM; *ret untouched. An empty text is an empty map. */
int conf_parse(const char *name, const void *text, size_t n, struct conf_doc **ret,
	       struct fault_list *faults);
/* The same from a regular file; -errno if it cannot be read, -EINVAL if it is no regular file. */
int conf_read(const char *path, struct conf_doc **ret, struct fault_list *faults);
void conf_free(struct conf_doc *d);

const struct conf_node *conf_root(const struct conf_doc *d);
/* The file name as given. */
const char *conf_name(const struct conf_doc *d);

/* The entry of a map, or the item of a list; NULL if there is none. */
const struct conf_node *conf_entry(const struct conf_node *map, const char *key);
const struct conf_node *conf_item(const struct conf_node *list, size_t i);

/* The place of "storage[1].soc_min" below node: of that value, or of what stands deepest on the way to it (for
 * an entry that is missing, its map's). */
struct conf_mark conf_locate(const struct conf_node *node, const char *path);
