#include "calc/jread.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"

/* ---- Places -------------------------------------------------------------------------------------- */

int at_fault(const struct jread *jr, const struct at *at, const char *fmt, ...)
{
	char text[200];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return fault_set(jr->fault, ERR_INVALID, "%s%s%s", at->path, at->path[0] ? ": " : "", text);
}

void at_member(const struct at *of, const char *key, struct at *ret)
{
	struct at to = {.value = json_object_get(of->value, key)};

	(void)snprintf(to.path, sizeof(to.path), "%.100s%s%.50s", of->path, of->path[0] ? "." : "",
		       key);
	*ret = to;
}

void at_element(const struct at *of, size_t i, struct at *ret)
{
	struct at to = {.value = json_array_get(of->value, i)};

	(void)snprintf(to.path, sizeof(to.path), "%.120s[%zu]", of->path, i);
	*ret = to;
}

/* ---- Values -------------------------------------------------------------------------------------- */

/* "a number from 0 to 1", "a number of 0 or more", "a number" */
static const char *range_text(const struct member *m, char *out, size_t n)
{
	bool lo = m->lo > -JREAD_MAX_NUMBER, hi = m->hi < JREAD_MAX_NUMBER;
	const char *what = m->kind == MEMBER_COUNT ? "a whole number" : "a number";

	if (lo && hi)
		(void)snprintf(out, n, "%s from %.12g to %.12g", what, m->lo, m->hi);
	else if (lo)
		(void)snprintf(out, n, "%s from %.12g (at most %.12g)", what, m->lo, m->hi);
	else
		(void)snprintf(out, n, "%s (magnitude at most %.12g)", what, JREAD_MAX_NUMBER);
	return out;
}

static int read_number(const struct jread *jr, const struct at *at, const struct member *m,
		       double *ret)
{
	double x = json_number_value(at->value);
	char range[96];

	if (!json_is_number(at->value))
		return at_fault(jr, at, "not a number; allowed is %s",
				range_text(m, range, sizeof(range)));
	if (!(x >= m->lo && x <= m->hi) || (m->kind == MEMBER_COUNT && x != floor(x)))
		return at_fault(jr, at, "%.12g; allowed is %s", x,
				range_text(m, range, sizeof(range)));
	*ret = x;
	return 0;
}

static int read_bool(const struct jread *jr, const struct at *at, bool *ret)
{
	double x = json_number_value(at->value);

	if (json_is_boolean(at->value))
		*ret = json_is_true(at->value);
	else if (json_is_number(at->value) && (x == 0 || x == 1))
		*ret = x == 1;
	else
		return at_fault(jr, at, "allowed is true, false, 1 or 0");
	return 0;
}

static int read_text(const struct jread *jr, const struct at *at, const char **ret)
{
	if (!json_is_string(at->value))
		return at_fault(jr, at, "not a text");
	*ret = arena_strdup(jr->arena, json_string_value(at->value));
	return *ret ? 0 : -ENOMEM;
}

/* The place of a word in "eq ge le". */
static int find_choice(const char *choices, const char *word)
{
	size_t n = strlen(word);
	int i = 0;

	for (const char *p = choices; *p; i++) {
		size_t len = strcspn(p, " ");

		if (len == n && memcmp(p, word, n) == 0)
			return i;
		p += len;
		p += *p == ' ';
	}
	return -1;
}

static int read_choice(const struct jread *jr, const struct at *at, const struct member *m,
		       int *ret)
{
	int i = json_is_string(at->value) ? find_choice(m->choices, json_string_value(at->value))
					  : -1;

	if (i < 0)
		return at_fault(jr, at, "allowed is one of: %s", m->choices);
	*ret = i;
	return 0;
}

static int check_length(const struct jread *jr, const struct at *at)
{
	size_t n = json_array_size(at->value);

	if (n != (size_t)jr->n)
		return at_fault(jr, at, "%zu values; allowed is one per step, n = %d", n, jr->n);
	return 0;
}

static int read_series(const struct jread *jr, const struct at *at, const struct member *m,
		       double **ret)
{
	double *x = ARENA_ARRAY(jr->arena, (size_t)jr->n, double);
	bool list = json_is_array(at->value);
	int r = list ? check_length(jr, at) : 0;

	if (!x)
		return -ENOMEM;
	for (int t = 0; t < jr->n && !r; t++) {
		struct at one = *at;

		if (list)
			at_element(at, (size_t)t, &one);
		else if (t > 0) {
			x[t] = x[0];
			continue;
		}
		if (m->kind == MEMBER_LIMITS && json_is_null(one.value))
			x[t] = m->otherwise;
		else
			r = read_number(jr, &one, m, &x[t]);
	}
	if (!r)
		*ret = x;
	return r;
}

static int read_flags(const struct jread *jr, const struct at *at, bool **ret)
{
	bool *x = ARENA_ARRAY(jr->arena, (size_t)jr->n, bool);
	int r = 0;

	if (!x)
		return -ENOMEM;
	if (at->value && !json_is_array(at->value))
		return at_fault(jr, at, "allowed is a list of 0 and 1, one per step");
	if (at->value)
		r = check_length(jr, at);
	for (int t = 0; t < jr->n && !r; t++) {
		struct at one;

		x[t] = true;
		if (!at->value)
			continue;
		at_element(at, (size_t)t, &one);
		r = read_bool(jr, &one, &x[t]);
	}
	if (!r)
		*ret = x;
	return r;
}

/* ---- Members --------------------------------------------------------------------------------------- */

static int put_default(const struct jread *jr, const struct at *at, const struct member *m,
		       void *to)
{
	double *x;

	switch (m->kind) {
	case MEMBER_NUMBER:
		*(double *)to = m->otherwise;
		return 0;
	case MEMBER_COUNT:
		*(int *)to = -1;
		return 0;
	case MEMBER_CHOICE:
		*(int *)to = 0;
		return 0;
	case MEMBER_SERIES:
	case MEMBER_LIMITS:
		x = ARENA_ARRAY(jr->arena, (size_t)jr->n, double);
		if (!x)
			return -ENOMEM;
		for (int t = 0; t < jr->n; t++)
			x[t] = m->otherwise;
		*(double **)to = x;
		return 0;
	case MEMBER_FLAGS:
		return read_flags(jr, at, to);
	case MEMBER_BOOL:
	case MEMBER_TEXT:
	case MEMBER_LIST:
	case MEMBER_ANY:
		break; /* zero already */
	}
	return 0;
}

static int read_count(const struct jread *jr, const struct at *at, const struct member *m, int *ret)
{
	double x = 0;
	int r = read_number(jr, at, m, &x);

	if (!r)
		*ret = (int)x;
	return r;
}

static int read_member(const struct jread *jr, const struct at *at, const struct member *m,
		       void *to)
{
	switch (m->kind) {
	case MEMBER_NUMBER:
		return read_number(jr, at, m, to);
	case MEMBER_COUNT:
		return read_count(jr, at, m, to);
	case MEMBER_BOOL:
		return read_bool(jr, at, to);
	case MEMBER_TEXT:
		return read_text(jr, at, to);
	case MEMBER_CHOICE:
		return read_choice(jr, at, m, to);
	case MEMBER_SERIES:
	case MEMBER_LIMITS:
		return read_series(jr, at, m, to);
	case MEMBER_FLAGS:
		return read_flags(jr, at, to);
	case MEMBER_LIST:
		return json_is_array(at->value) ? 0 : at_fault(jr, at, "not a list");
	case MEMBER_ANY:
		break;
	}
	return 0;
}

static int refuse_unknown(const struct jread *jr, const struct at *at, const struct member *members,
			  size_t n)
{
	const char *key;
	json_t *value;
	char known[160] = "";
	size_t len = 0;

	json_object_foreach (at->value, key, value) {
		size_t i = 0;

		while (i < n && strcmp(members[i].key, key) != 0)
			i++;
		if (i < n)
			continue;
		for (i = 0; i < n && len < sizeof(known); i++)
			len += (size_t)snprintf(known + len, sizeof(known) - len, "%s%s",
						i ? " " : "", members[i].key);
		return at_fault(jr, at, "unknown member \"%.40s\"; allowed are: %s", key, known);
	}
	return 0;
}

int jread_object(const struct jread *jr, const struct at *at, const struct member *members,
		 size_t n_members, void *into)
{
	int r;

	if (!json_is_object(at->value))
		return at_fault(jr, at, "not an object");
	r = refuse_unknown(jr, at, members, n_members);
	for (size_t i = 0; i < n_members && !r; i++) {
		const struct member *m = &members[i];
		void *to = (char *)into + m->offset;
		struct at place;

		at_member(at, m->key, &place);
		if (place.value)
			r = read_member(jr, &place, m, to);
		else if (m->required)
			r = at_fault(jr, at, "\"%s\" is missing", m->key);
		else
			r = put_default(jr, &place, m, to);
	}
	return r;
}

int jread_list(const struct jread *jr, const struct at *of, const char *key, int max, int *ret_n)
{
	struct at list;
	size_t n;

	at_member(of, key, &list);
	n = json_array_size(list.value);
	if (n > (size_t)max)
		return at_fault(jr, &list, "%zu elements; allowed are at most %d", n, max);
	*ret_n = (int)n;
	return 0;
}

int jread_word(const struct jread *jr, const struct at *of, const char *key, const char *word)
{
	struct at at;

	at_member(of, key, &at);
	if (!json_is_string(at.value) || strcmp(json_string_value(at.value), word) != 0)
		return at_fault(jr, &at, "allowed is \"%s\"", word);
	return 0;
}

/* ---- The document ------------------------------------------------------------------------------------ */

static int slurp(FILE *in, struct buf *b)
{
	for (;;) {
		uint8_t *to = buf_reserve(b, 65536);
		size_t n;

		if (!to)
			return b->err;
		n = fread(to, 1, 65536, in);
		buf_commit(b, n);
		if (ferror(in))
			return errno ? -errno : -EIO;
		if (n == 0)
			return 0;
	}
}

static int parse(const struct buf *b, struct fault *f, json_t **ret)
{
	json_error_t e;
	json_t *doc =
		json_loadb((const char *)buf_peek(b), buf_avail(b), JSON_REJECT_DUPLICATES, &e);

	if (!doc && json_error_code(&e) == json_error_out_of_memory)
		return fault_set(f, -ENOMEM, "%s", err_text(-ENOMEM));
	if (!doc)
		return fault_set(f, ERR_MALFORMED, "line %d, column %d: %s", e.line, e.column,
				 e.text);
	if (!json_is_object(doc)) {
		json_decref(doc);
		return fault_set(f, ERR_MALFORMED, "not a JSON object");
	}
	*ret = doc;
	return 0;
}

int jread_stream(FILE *in, struct fault *f, json_t **ret)
{
	struct buf b;
	int r;

	buf_init(&b, JREAD_MAX_BYTES + 65536);
	errno = 0;
	r = slurp(in, &b);
	if (!r && buf_avail(&b) > JREAD_MAX_BYTES)
		r = ERR_FULL;
	if (r == ERR_FULL)
		r = fault_set(f, r, "larger than %zu MiB", JREAD_MAX_BYTES >> 20);
	else if (r)
		r = fault_set(f, r, "%s", err_text(r));
	else
		r = parse(&b, f, ret);
	buf_fini(&b);
	return r;
}
