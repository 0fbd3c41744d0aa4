/* Inside of configure: faults told at their place in the YAML, and names claimed by the first that has them. */
#pragma once

#include "base/map.h"
#include "engine/configure_parts.h"

#define CONFIGURE_PREFIX_MAX_B 48

struct configure_checker {
	struct configure_parts *parts;
	struct fault_list *faults;
	size_t n_schema; /* faults before these checks */
};

/* A thing in a file: "sites[3]" of a part. */
struct configure_item {
	struct configure_checker *c;
	const struct conf_doc *doc;
	char prefix[CONFIGURE_PREFIX_MAX_B];
};

struct configure_item configure_item_of(struct configure_checker *c,
					const struct configure_part *part, const char *list,
					size_t i);

/* "storage[1].soc_min" of the item is wrong; path "" is the item itself. A check_cb of the model: arg is the item. */
void configure_report(void *arg, const char *path, const char *text);

/* Has the schema found no fault in the item? */
bool configure_is_sound(const struct configure_item *it);

/* The first item of a name, for the message about the second. */
struct configure_names {
	struct map map; /* name → const char * with the place */
	struct arena *arena;
	bool no_memory;
};

/* The place of the earlier one of that name, or NULL if this is the first. */
const char *configure_claim(struct configure_names *n, const struct configure_item *it,
			    const char *path, const char *name);
/* The same for the item's id, with a fault for the second. */
void configure_claim_id(struct configure_names *n, struct configure_item *it, const char *id);

/* The id at path of the item must be one of the names: "there is no tariff "x" …" if it is not. */
void configure_must_know(struct configure_item *it, const char *path, const char *what,
			 const char *id, const struct configure_names *names);
