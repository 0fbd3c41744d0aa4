/* Any bytes as an exporter's page: reading ends within its limits; a page that is read can be printed and read again as
 * the same; the first line as a selector matches what it was made for. */
#include "fuzz.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "prometheus/selector.h"

static void require(bool ok)
{
	if (!ok)
		abort();
}

struct page {
	struct buf text;
	size_t n;
};

static void print_value(struct buf *b, const char *value)
{
	(void)buf_printf(b, "\"");
	for (; *value; value++) {
		if (*value == '\n')
			(void)buf_printf(b, "\\n");
		else
			(void)buf_printf(b, "%s%c", *value == '\\' || *value == '"' ? "\\" : "",
					 *value);
	}
	(void)buf_printf(b, "\"");
}

static void print_sample(void *arg, const struct exposition_sample *s)
{
	struct page *p = arg;

	require(s->name[0] && strlen(s->name) < EXPOSITION_NAME_B);
	require(s->n_labels <= EXPOSITION_LABELS_MAX);
	p->n++;
	(void)buf_printf(&p->text, "%s{", s->name);
	for (size_t i = 0; i < s->n_labels; i++) {
		require(s->label[i].name[0] != '\0');
		(void)buf_printf(&p->text, "%s=", s->label[i].name);
		print_value(&p->text, s->label[i].value);
		(void)buf_printf(&p->text, ",");
	}
	if (isfinite(s->value))
		(void)buf_printf(&p->text, "} %.17g", s->value);
	else
		(void)buf_printf(&p->text, "} %s",
				 isnan(s->value) ? "NaN"
				 : s->value > 0	 ? "+Inf"
						 : "-Inf");
	if (s->has_t)
		(void)buf_printf(&p->text, " %lld", (long long)s->t_ms);
	(void)buf_printf(&p->text, "\n");
}

static int read_page(const void *text, size_t n, struct page *ret)
{
	struct exposition_sink sink = {.sample = print_sample, .arg = ret};
	struct fault f = {0};
	int r;

	buf_init(&ret->text, 0);
	ret->n = 0;
	r = exposition_parse(text, n, &sink, &f);
	require(r <= 0 && (r < 0) == (f.code < 0));
	return r;
}

static void check_selector(const uint8_t *data, size_t size)
{
	struct exposition_label label[SELECTOR_LABELS_MAX];
	struct exposition_sample sample = {.label = label};
	struct selector s;
	struct fault f;
	size_t n = size < 4000 ? size : 4000;
	char *text = calloc(1, n + 1);
	bool is_plain = true;

	require(text != NULL);
	if (n)
		memcpy(text, data, n);
	if (selector_parse(text, &s, &f) == 0) {
		sample.name = s.name;
		sample.n_labels = s.n;
		for (size_t i = 0; i < s.n; i++) {
			label[i] = (struct exposition_label){s.label[i].name, s.label[i].value};
			is_plain = is_plain && !s.label[i].negated;
			for (size_t k = 0; k < i; k++)
				is_plain = is_plain && strcmp(label[k].name, label[i].name) != 0;
		}
		require(selector_matches(&s, &sample) || !is_plain);
	}
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct page first, again;

	check_selector(data, size);
	if (read_page(data, size, &first) == 0) {
		require(read_page(buf_peek(&first.text), buf_avail(&first.text), &again) == 0);
		require(again.n == first.n);
		require(strcmp(buf_str(&again.text), buf_str(&first.text)) == 0);
		buf_fini(&again.text);
	}
	buf_fini(&first.text);
	return 0;
}
