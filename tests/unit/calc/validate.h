/* Enough of JSON Schema (2020-12) for the schemas in docs/schema: type, enum, const, properties, required,
 * additionalProperties: false, items, minItems, maxItems, minimum, maximum, anyOf, not, $ref into $defs. An unknown
 * keyword is a failed assertion, so that no schema can ask for what is not checked. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

/* docs/schema/<name>, to be released by the caller. */
json_t *schema_load(const char *name);
bool schema_accepts(json_t *root, json_t *value);
