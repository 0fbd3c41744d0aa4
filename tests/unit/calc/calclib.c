#include "calclib.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calc/calc.h"
#include "testlib/tmpdir.h"

void calc_run(struct outcome *o, const char *const *words)
{
	char *argv[16] = {(char *)"suandian-calc"};
	size_t out_n, err_n;
	int argc = 1;
	FILE *out, *err;

	*o = (struct outcome){0};
	for (; words[argc - 1]; argc++) {
		ck_assert_int_lt(argc, 15);
		argv[argc] = (char *)words[argc - 1];
	}
	out = open_memstream(&o->out, &out_n);
	err = open_memstream(&o->err, &err_n);
	ck_assert_ptr_nonnull(out);
	ck_assert_ptr_nonnull(err);
	o->code = calc_main(argc, argv, out, err);
	(void)fclose(out);
	(void)fclose(err);
	o->answer = json_loads(o->out, JSON_REJECT_DUPLICATES, NULL);
}

void calc_plan(struct outcome *o, const char *document)
{
	const char *dir = tmpdir_new();
	char *path = tmpdir_path(dir, "case.json");
	FILE *f = fopen(path, "we");
	const char *words[] = {"plan", path, NULL};

	ck_assert_ptr_nonnull(f);
	(void)fputs(document, f);
	ck_assert_int_eq(fclose(f), 0);
	calc_run(o, words);
	free(path);
	tmpdir_remove(dir);
}

void calc_end(struct outcome *o)
{
	free(o->out);
	free(o->err);
	json_decref(o->answer);
	*o = (struct outcome){0};
}

char *case_text(const char *fmt, ...)
{
	char *data, *text;
	va_list args;

	va_start(args, fmt);
	ck_assert_int_ge(vasprintf(&data, fmt, args), 0);
	va_end(args);
	ck_assert_int_ge(asprintf(&text,
				  "{'schema': 'suandian-case/1', 'kind': 'site-milp', 'id': 'x', "
				  "'variants': [{'name': 'v', 'data': {%s}}]}",
				  data),
			 0);
	free(data);
	for (char *p = text; *p; p++)
		if (*p == '\'')
			*p = '"';
	return text;
}

static json_t *variant(const struct outcome *o)
{
	json_t *v = json_array_get(json_object_get(o->answer, "variants"), 0);

	ck_assert_msg(v != NULL, "no answer: code %d, out '%s', err '%s'", o->code, o->out, o->err);
	return v;
}

const char *status_of(const struct outcome *o)
{
	return json_string_value(json_object_get(variant(o), "status"));
}

double cost_of(const struct outcome *o)
{
	json_t *cost = json_object_get(variant(o), "cost");

	ck_assert_msg(json_is_number(cost), "no cost: %s", o->out);
	return json_number_value(cost);
}

double series_at(const struct outcome *o, const char *path, int t)
{
	json_t *at = json_object_get(variant(o), "series");

	while (*path) {
		size_t n = strcspn(path, ".");
		char word[32];

		ck_assert_uint_lt(n, sizeof(word));
		memcpy(word, path, n);
		word[n] = '\0';
		at = json_is_array(at) ? json_array_get(at, strtoul(word, NULL, 10))
				       : json_object_get(at, word);
		path += n + (path[n] == '.');
	}
	at = json_array_get(at, (size_t)t);
	ck_assert(json_is_number(at));
	return json_number_value(at);
}

void expect_cost(const char *data, double cost)
{
	char *text = case_text("%s", data);
	struct outcome o;

	calc_plan(&o, text);
	ck_assert_msg(o.code == 0, "code %d: %s", o.code, o.err);
	ck_assert_str_eq(status_of(&o), "optimal");
	ck_assert_double_eq_tol(cost_of(&o), cost, 1e-9 * (1 + (cost < 0 ? -cost : cost)));
	calc_end(&o);
	free(text);
}

void expect_status(const char *data, const char *status)
{
	char *text = case_text("%s", data);
	struct outcome o;

	calc_plan(&o, text);
	ck_assert_msg(o.code == 0, "code %d: %s", o.code, o.err);
	ck_assert_str_eq(status_of(&o), status);
	calc_end(&o);
	free(text);
}
