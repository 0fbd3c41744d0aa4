#include "config/faults.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

#define TEXT_MAX_B 600

void fault_list_init(struct fault_list *l)
{
	*l = (struct fault_list){0};
}

void fault_list_fini(struct fault_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->at[i].file);
		free(l->at[i].text);
	}
	free(l->at);
	fault_list_init(l);
}

static bool make_room(struct fault_list *l)
{
	size_t size = l->size ? 2 * l->size : 16;
	struct conf_fault *at;

	if (l->n < l->size)
		return true;
	at = realloc(l->at, size * sizeof(*at));
	if (!at)
		return false;
	l->at = at;
	l->size = size;
	return true;
}

/* A text that was cut must stay valid UTF-8. */
static void cut(char *text, size_t n)
{
	static const char dots[] = "…";
	size_t keep = utf8_cut(text, n - sizeof(dots));

	memcpy(text + keep, dots, sizeof(dots));
}

void fault_list_add(struct fault_list *l, struct conf_mark where, const char *fmt, ...)
{
	char text[TEXT_MAX_B];
	struct conf_fault f = {.line = where.file ? where.line : 0,
			       .col = where.file ? where.col : 0};
	va_list ap;
	int n;

	if (l->n >= FAULTS_MAX || !make_room(l)) {
		l->n_dropped++;
		return;
	}
	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n >= (int)sizeof(text))
		cut(text, sizeof(text));
	f.file = strdup(where.file ? where.file : "");
	f.text = strdup(text);
	if (!f.file || !f.text) {
		free(f.file);
		free(f.text);
		l->n_dropped++;
		return;
	}
	l->at[l->n++] = f;
}

/* What a fault is sorted by. */
struct place {
	size_t file; /* index of the first fault in the same file */
	size_t i;    /* its own index: equal places keep their order */
	const struct conf_fault *f;
};

static int compare(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	if (x->f->line != y->f->line)
		return x->f->line < y->f->line ? -1 : 1;
	if (x->f->col != y->f->col)
		return x->f->col < y->f->col ? -1 : 1;
	return x->i < y->i ? -1 : x->i > y->i;
}

/* Files come in runs, and there are few of them: looking back over the runs is short. */
static size_t first_of_file(const struct place *places, const struct fault_list *l, size_t i)
{
	if (i > 0 && strcmp(l->at[i - 1].file, l->at[i].file) == 0)
		return places[i - 1].file;
	for (size_t k = 0; k < i; k++) {
		if (strcmp(l->at[k].file, l->at[i].file) == 0)
			return k;
	}
	return i;
}

void fault_list_sort(struct fault_list *l)
{
	struct place *places = calloc(l->n + 1, sizeof(*places));
	struct conf_fault *sorted = calloc(l->n + 1, sizeof(*sorted));

	/* Without memory they stay as they came: still all there. */
	if (places && sorted) {
		for (size_t i = 0; i < l->n; i++) {
			places[i] = (struct place){.i = i, .f = &l->at[i]};
			places[i].file = first_of_file(places, l, i);
		}
		qsort(places, l->n, sizeof(*places), compare);
		for (size_t i = 0; i < l->n; i++)
			sorted[i] = *places[i].f;
		if (l->n > 0)
			memcpy(l->at, sorted, l->n * sizeof(*sorted));
	}
	free(places);
	free(sorted);
}

char *conf_fault_format(const struct conf_fault *f, char *out, size_t n)
{
	if (f->file[0] == '\0')
		snprintf(out, n, "%s", f->text);
	else if (f->line <= 0)
		snprintf(out, n, "%s: %s", f->file, f->text);
	else
		snprintf(out, n, "%s:%d:%d: %s", f->file, f->line, f->col, f->text);
	return out;
}
