/* Inside of schema: the scalars (schema_value.c), text to value and back, what is allowed in words. */
#pragma once

#include "config/schema.h"

/* Is the type one scalar of text? */
bool schema_type_is_scalar(enum schema_type t);

/* The text's value into *dst (a member of s->size bytes). 0, ERR_MALFORMED or ERR_INVALID (outside of the limits). */
int schema_value_parse(const struct schema *s, const char *text, void *dst);

/* The member's text, as plain or quoted YAML scalar. */
void schema_value_print(const struct schema *s, const void *src, struct buf *out);

/* What the member may be, for people: "a power such as 12MW, 0W to 20MW, or none". */
void schema_value_allowed(const struct schema *s, struct buf *out);
