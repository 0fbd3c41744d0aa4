/* Schema tables: which keys a map may have, what their values are, and into which struct member they go. One table
 * drives reading (all faults, each with its place and with what is allowed), defaults, printing, and the check of
 * the man page against the code.
 *
 *	struct thing { char id[64]; int64_t power_w; int n_parts; struct part parts[8]; };
 *
 *	static const struct schema part_item = {.type = SCHEMA_STRUCT, .size = sizeof(struct part),
 *						.members = part_schema};
 *	const struct schema thing_schema[] = {
 *		{"id", SCHEMA_ID, SCHEMA_MEMBER(struct thing, id), .required = true, .help = "its name"},
 *		{"power", SCHEMA_POWER, SCHEMA_MEMBER(struct thing, power_w), .dflt = "12MW", .min = 0,
 *		 .max = SCHEMA_POWER_MAX_W, .help = "at full speed"},
 *		{"parts", SCHEMA_LIST, SCHEMA_MEMBER(struct thing, parts), .item = &part_item, .max_items = 8,
 *		 .count_offset = offsetof(struct thing, n_parts), .help = "what it is made of"},
 *		{0},
 *	};
 *
 * Tables are static data; functions may be called from any thread on different outputs. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "config/conf.h"

enum schema_type {
	SCHEMA_STRING,	 /* char[size]; no control characters */
	SCHEMA_ID,	 /* char[size]: [a-z0-9_.-]+ */
	SCHEMA_BOOL,	 /* bool: true|false|yes|no|on|off */
	SCHEMA_INT,	 /* int64_t, or by size int32_t; limits compulsory for the latter */
	SCHEMA_NUMBER,	 /* double; limits as whole numbers */
	SCHEMA_POWER,	 /* int64_t W: "12MW" "1.5 kW" "-300W" */
	SCHEMA_ENERGY,	 /* int64_t Wh: "8MWh" */
	SCHEMA_DURATION, /* int64_t ms: "15min" "36h" "250ms" "90s" "1d" */
	SCHEMA_PRICE, /* int64_t 1e-4 CNY per kWh: "0.60 CNY/kWh", "600 CNY/MWh"; 元 for CNY too */
	SCHEMA_DEMAND_PRICE, /* int64_t 1e-4 CNY per kW: "35 CNY/kW" */
	SCHEMA_MONEY,	     /* int64_t 1e-4 CNY: "12.50 CNY" */
	SCHEMA_RATIO,	     /* int64_t ppm: "0.95" "95%" */
	SCHEMA_TIME,	     /* int64_t UTC ms: "2025-07-15T21:00+08:00"; the zone is compulsory */
	SCHEMA_ENUM,	     /* enum or int: one of words */
	SCHEMA_CUSTOM,	     /* whatever custom->parse makes of the text */
	SCHEMA_STRUCT,	     /* members at offset */
	SCHEMA_LIST,	     /* array at offset, int count at count_offset; at most max_items */
	SCHEMA_VECTOR, /* pointer at offset to an array in the arena, size_t count at count_offset; else as LIST */
	SCHEMA_MAP, /* as LIST, but a map with free keys (ids); the key goes to char[key_size] at key_offset of the item */
};
const char *schema_type_name(enum schema_type t); /* "string", "power" …, for people */

#define SCHEMA_DEPTH_MAX 8 /* tables inside each other */
#define SCHEMA_POWER_MAX_W INT64_C(100000000000)
#define SCHEMA_ENERGY_MAX_WH INT64_C(1000000000000)
#define SCHEMA_PRICE_MAX_E4 INT64_C(10000000000)    /* 1e6 CNY */
#define SCHEMA_DURATION_MAX_MS (36525 * MS_PER_DAY) /* a century */

struct schema_word {
	const char *text; /* NULL ends */
	int value;
};

struct schema_custom {
	const char *name;    /* of the type, for people: "span" */
	const char *allowed; /* "class HH:MM-HH:MM, such as peak 10:00-12:00" */
	bool (*parse)(const char *text, void *ret);
	void (*format)(const void *value, struct buf *out); /* the same text again */
};

struct schema {
	const char *key; /* NULL ends a table; items of lists have none */
	enum schema_type type;
	size_t offset, size; /* of the member in its struct; of items: size is the stride */
	bool required;
	const char *
		dflt; /* as one would write it; NULL: zero, "" or empty. Structs: the defaults of their members */
	int64_t min, max; /* in the member's unit; min == max: only what the type itself allows */
	const char *word; /* may stand for word_value: "none", "open", "auto" */
	int64_t word_value;
	const struct schema_word *words;    /* SCHEMA_ENUM */
	const struct schema_custom *custom; /* SCHEMA_CUSTOM */
	const struct schema *members;	    /* SCHEMA_STRUCT: its table */
	const struct schema *item;	    /* LIST, VECTOR, MAP: what an item is; no list itself */
	size_t count_offset;
	int min_items, max_items;
	bool lone; /* LIST of scalars: one may stand there by itself, without a list around it */
	size_t key_offset, key_size; /* SCHEMA_MAP */
	const char *help;	     /* one sentence for people */
};

#define SCHEMA_MEMBER(s, m) .offset = offsetof(s, m), .size = sizeof(((s *)0)->m)
/* Of a VECTOR: the pointer and the count. */
#define SCHEMA_ITEMS(s, m, n) .offset = offsetof(s, m), .count_offset = offsetof(s, n)

/* Fills *out (all of it that the table names, defaults first) from the map at node; NULL or CONF_NULL stands for an
 * empty map. path begins the texts of faults ("sites[0]"; "" at the root). Vectors live in the arena (NULL if the
 * table has none). 0, or ERR_INVALID if it added faults: *out is then filled as far as it was sound, and safe to look
 * at. */
int schema_decode(const struct schema *table, const struct conf_node *node, const char *path,
		  struct arena *a, void *out, struct fault_list *faults);

/* The canonical YAML of *value: every key of the table in its order, defaults included, one spelling for each value.
 * Decoding it again gives the same text. 0 or out->err. */
int schema_print(const struct schema *table, const void *value, int indent, struct buf *out);

/* One scalar of a type as schema_print writes it ("15min", "0.6 CNY/kWh"), into out; returns out. n >= 32. */
char *schema_format_i64(enum schema_type t, int64_t value, char *out, size_t n);
