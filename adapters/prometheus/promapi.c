#include "prometheus/promapi.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "prometheus/scan.h"

#define TIME_MAX_S 7258118400.0 /* 2200 */

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static int no_answer(struct fault *f, const char *why)
{
	return fault_set(f, ERR_MALFORMED, "no answer of a Prometheus server: %s", why);
}

/* "data" of a successful answer, borrowed from *ret_root. */
static int open_data(const char *body, size_t n, json_t **ret_root, const json_t **ret_data,
		     struct fault *f)
{
	json_error_t e;
	json_t *root = json_loadb(body, n, JSON_REJECT_DUPLICATES, &e);
	int r = 0;

	if (!root)
		return no_answer(f, e.text);
	if (strcmp(text_of(root, "status"), "error") == 0)
		r = fault_set(f, ERR_INVALID, "%s: %s", text_of(root, "errorType"),
			      text_of(root, "error"));
	else if (strcmp(text_of(root, "status"), "success") != 0)
		r = no_answer(f, "no status");
	*ret_data = json_object_get(root, "data");
	if (r == 0 && !json_is_object(*ret_data))
		r = no_answer(f, "no data");
	if (r < 0)
		json_decref(root);
	else
		*ret_root = root;
	return r;
}

/* [seconds, "number"] */
static bool take_pair(const json_t *pair, int64_t *ret_ms, double *ret)
{
	const json_t *t = json_array_get(pair, 0);
	const char *text = json_string_value(json_array_get(pair, 1));
	double s = json_number_value(t);

	if (json_array_size(pair) != 2 || !json_is_number(t) || !text || !(s >= 0) ||
	    s > TIME_MAX_S || scan_parse_number(text, ret) < 0)
		return false;
	*ret_ms = llround(s * 1000);
	return true;
}

static int take_instant(const json_t *data, struct promapi_instant *ret, struct fault *f)
{
	const json_t *result = json_object_get(data, "result");
	const char *type = text_of(data, "resultType");
	struct promapi_instant v = {.n_series = 1, .value = NAN};

	if (strcmp(type, "scalar") == 0) {
		if (!take_pair(result, &v.t_ms, &v.value))
			return no_answer(f, "no scalar");
	} else if (strcmp(type, "vector") == 0 && json_is_array(result)) {
		v.n_series = json_array_size(result);
		if (v.n_series == 1 &&
		    !take_pair(json_object_get(json_array_get(result, 0), "value"), &v.t_ms,
			       &v.value))
			return no_answer(f, "no value in the vector");
	} else {
		return no_answer(f, "neither a vector nor a scalar");
	}
	*ret = v;
	return 0;
}

int promapi_instant(const char *body, size_t n, struct promapi_instant *ret, struct fault *f)
{
	const json_t *data = NULL;
	json_t *root = NULL;
	int r = open_data(body, n, &root, &data, f);

	if (r < 0)
		return r;
	r = take_instant(data, ret, f);
	json_decref(root);
	return r;
}

static int take_range(const json_t *data, const struct promapi_range *into, size_t *ret_series,
		      struct fault *f)
{
	const json_t *result = json_object_get(data, "result"), *values;
	size_t n_series = json_array_size(result);

	if (strcmp(text_of(data, "resultType"), "matrix") != 0 || !json_is_array(result))
		return no_answer(f, "no matrix");
	for (size_t i = 0; i < into->n; i++)
		into->value[i] = NAN;
	values = json_object_get(json_array_get(result, 0), "values");
	for (size_t i = 0; n_series == 1 && i < json_array_size(values); i++) {
		int64_t t_ms, after_ms;
		double value;

		if (!take_pair(json_array_get(values, i), &t_ms, &value))
			return no_answer(f, "no value in the matrix");
		after_ms = t_ms - into->from_ms;
		if (after_ms < 0 || after_ms % into->step_ms != 0 ||
		    after_ms / into->step_ms >= (int64_t)into->n)
			return no_answer(f, "a time that was not asked for");
		into->value[after_ms / into->step_ms] = value;
	}
	*ret_series = n_series;
	return 0;
}

int promapi_range(const char *body, size_t n, const struct promapi_range *into, size_t *ret_series,
		  struct fault *f)
{
	const json_t *data = NULL;
	json_t *root = NULL;
	int r = open_data(body, n, &root, &data, f);

	if (r < 0)
		return r;
	r = take_range(data, into, ret_series, f);
	json_decref(root);
	return r;
}
