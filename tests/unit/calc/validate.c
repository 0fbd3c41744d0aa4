#include "validate.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

json_t *schema_load(const char *name)
{
	const char *source = getenv("SUANDIAN_SOURCE");
	char path[1024];
	json_error_t e;
	json_t *schema;

	(void)snprintf(path, sizeof(path), "%s/docs/schema/%s", source ? source : ".", name);
	schema = json_load_file(path, JSON_REJECT_DUPLICATES, &e);
	ck_assert_msg(schema != NULL, "%s: line %d: %s", path, e.line, e.text);
	return schema;
}

/* Schemas refer to themselves; the depth is limited. NOLINTBEGIN(misc-no-recursion) */
static bool accepts(json_t *root, json_t *schema, json_t *value, int depth);

static bool has_type(const char *type, json_t *v)
{
	if (strcmp(type, "integer") == 0)
		return json_is_integer(v) ||
		       (json_is_real(v) &&
			json_real_value(v) == (double)(json_int_t)json_real_value(v));
	return (strcmp(type, "object") == 0 && json_is_object(v)) ||
	       (strcmp(type, "array") == 0 && json_is_array(v)) ||
	       (strcmp(type, "number") == 0 && json_is_number(v)) ||
	       (strcmp(type, "string") == 0 && json_is_string(v)) ||
	       (strcmp(type, "null") == 0 && json_is_null(v));
}

/* JSON Schema counts 1 and 1.0 as equal. */
static bool equal(json_t *a, json_t *b)
{
	if (json_is_number(a) && json_is_number(b))
		return json_number_value(a) == json_number_value(b);
	return json_equal(a, b);
}

static bool in_enum(json_t *list, json_t *v)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (equal(json_array_get(list, i), v))
			return true;
	return false;
}

static bool any_of(json_t *root, json_t *list, json_t *v, int depth)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (accepts(root, json_array_get(list, i), v, depth + 1))
			return true;
	return false;
}

static bool has_required(json_t *list, json_t *v)
{
	for (size_t i = 0; json_is_object(v) && i < json_array_size(list); i++)
		if (!json_object_get(v, json_string_value(json_array_get(list, i))))
			return false;
	return true;
}

static bool fits_properties(json_t *root, json_t *schema, json_t *v, int depth)
{
	json_t *known = json_object_get(schema, "properties");
	bool closed = json_is_false(json_object_get(schema, "additionalProperties"));
	const char *key;
	json_t *member;

	if (!json_is_object(v))
		return true;
	json_object_foreach (v, key, member) {
		json_t *rule = json_object_get(known, key);

		if (rule ? !accepts(root, rule, member, depth + 1) : closed)
			return false;
	}
	return true;
}

static bool fits_items(json_t *root, json_t *rule, json_t *v, int depth)
{
	for (size_t i = 0; json_is_array(v) && i < json_array_size(v); i++)
		if (!accepts(root, rule, json_array_get(v, i), depth + 1))
			return false;
	return true;
}

/* One keyword with a number. */
static bool fits_number(const char *word, double limit, json_t *v)
{
	if (strcmp(word, "minimum") == 0)
		return !json_is_number(v) || json_number_value(v) >= limit;
	if (strcmp(word, "maximum") == 0)
		return !json_is_number(v) || json_number_value(v) <= limit;
	if (strcmp(word, "minItems") == 0)
		return !json_is_array(v) || (double)json_array_size(v) >= limit;
	if (strcmp(word, "maxItems") == 0)
		return !json_is_array(v) || (double)json_array_size(v) <= limit;
	ck_abort_msg("keyword \"%s\" is not known here", word);
}

static bool is_remark(const char *word)
{
	static const char *const remarks[] = {"$schema", "$id",		"$defs",
					      "title",	 "description", "additionalProperties"};

	for (size_t i = 0; i < sizeof(remarks) / sizeof(remarks[0]); i++)
		if (strcmp(word, remarks[i]) == 0)
			return true;
	return false;
}

static bool fits(json_t *root, json_t *schema, const char *word, json_t *rule, json_t *v, int depth)
{
	const char *text = json_string_value(rule);

	if (is_remark(word))
		return true;
	if (strcmp(word, "$ref") == 0) {
		json_t *to =
			json_object_get(json_object_get(root, "$defs"), text + strlen("#/$defs/"));

		ck_assert_msg(to != NULL, "%s leads nowhere", text);
		return accepts(root, to, v, depth + 1);
	}
	if (strcmp(word, "type") == 0)
		return has_type(text, v);
	if (strcmp(word, "enum") == 0)
		return in_enum(rule, v);
	if (strcmp(word, "const") == 0)
		return equal(rule, v);
	if (strcmp(word, "anyOf") == 0)
		return any_of(root, rule, v, depth);
	if (strcmp(word, "not") == 0)
		return !accepts(root, rule, v, depth + 1);
	if (strcmp(word, "required") == 0)
		return has_required(rule, v);
	if (strcmp(word, "properties") == 0)
		return fits_properties(root, schema, v, depth);
	if (strcmp(word, "items") == 0)
		return fits_items(root, rule, v, depth);
	return fits_number(word, json_number_value(rule), v);
}

static bool accepts(json_t *root, json_t *schema, json_t *value, int depth)
{
	const char *word;
	json_t *rule;

	ck_assert_int_lt(depth, 64);
	json_object_foreach (schema, word, rule)
		if (!fits(root, schema, word, rule, value, depth))
			return false;
	return true;
}

/* NOLINTEND(misc-no-recursion) */

bool schema_accepts(json_t *root, json_t *value)
{
	return accepts(root, root, value, 0);
}
