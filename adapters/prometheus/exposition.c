#include "prometheus/exposition.h"

#include <string.h>

#include "prometheus/scan.h"

#define TYPE_B 16

struct parser {
	const struct exposition_sink *sink;
	char name[EXPOSITION_NAME_B];
	struct exposition_label label[EXPOSITION_LABELS_MAX];
	size_t n_labels;
	char text[EXPOSITION_LABELS_B]; /* of labels */
	size_t used;
};

/* A name or value of a label, kept for the line. */
static int keep_name(struct parser *p, struct scan *s, const char **ret)
{
	char *at = p->text + p->used;
	int r = scan_name(s, false, at, sizeof(p->text) - p->used);

	if (r < 0)
		return r;
	p->used += strlen(at) + 1;
	*ret = at;
	return 0;
}

static int keep_value(struct parser *p, struct scan *s, const char **ret)
{
	char *at = p->text + p->used;
	size_t n;
	int r = scan_quoted(s, at, sizeof(p->text) - p->used, &n);

	if (r < 0)
		return r;
	p->used += n + 1;
	*ret = at;
	return 0;
}

static int take_label(struct parser *p, struct scan *s)
{
	struct exposition_label *l = &p->label[p->n_labels];
	int r;

	if (p->n_labels == EXPOSITION_LABELS_MAX)
		return ERR_FULL;
	r = keep_name(p, s, &l->name);
	if (r < 0)
		return r;
	scan_blanks(s);
	if (!scan_char(s, '='))
		return ERR_MALFORMED;
	scan_blanks(s);
	r = keep_value(p, s, &l->value);
	if (r == 0)
		p->n_labels++;
	return r;
}

/* Behind the opening brace; a comma may stand before the closing one. */
static int take_labels(struct parser *p, struct scan *s)
{
	for (;;) {
		int r;

		scan_blanks(s);
		if (scan_char(s, '}'))
			return 0;
		r = take_label(p, s);
		if (r < 0)
			return r;
		scan_blanks(s);
		if (!scan_char(s, ',') && (s->p == s->end || *s->p != '}'))
			return ERR_MALFORMED;
	}
}

static int take_sample(struct parser *p, struct scan *s)
{
	struct exposition_sample sample = {.name = p->name, .label = p->label};
	int r;

	p->n_labels = p->used = 0;
	r = scan_name(s, true, p->name, sizeof(p->name));
	if (r < 0)
		return r;
	scan_blanks(s);
	if (scan_char(s, '{')) {
		r = take_labels(p, s);
		if (r < 0)
			return r;
		scan_blanks(s);
	}
	r = scan_number(s, &sample.value);
	if (r < 0)
		return r;
	scan_blanks(s);
	if (s->p < s->end) {
		sample.has_t = true;
		r = scan_time_ms(s, &sample.t_ms);
		scan_blanks(s);
	}
	if (r < 0 || s->p < s->end)
		return ERR_MALFORMED;
	sample.n_labels = p->n_labels;
	p->sink->sample(p->sink->arg, &sample);
	return 0;
}

/* Behind the hash. Only TYPE lines mean something; other comments may say anything. */
static int take_comment(struct parser *p, struct scan *s)
{
	const char *at = s->p;
	char word[TYPE_B];
	int r;

	scan_blanks(s);
	if (s->p == at || scan_name(s, false, word, sizeof(word)) < 0 || strcmp(word, "TYPE") != 0)
		return 0;
	scan_blanks(s);
	r = scan_name(s, true, p->name, sizeof(p->name));
	if (r < 0)
		return r;
	scan_blanks(s);
	r = scan_name(s, false, word, sizeof(word));
	scan_blanks(s);
	if (r < 0 || s->p < s->end)
		return ERR_MALFORMED;
	if (p->sink->type)
		p->sink->type(p->sink->arg, p->name, strcmp(word, "counter") == 0);
	return 0;
}

static int take_line(struct parser *p, const char *line, const char *end)
{
	struct scan s = {line, end};

	if (end > line && end[-1] == '\r')
		s.end--;
	scan_blanks(&s);
	if (s.p == s.end)
		return 0;
	return scan_char(&s, '#') ? take_comment(p, &s) : take_sample(p, &s);
}

int exposition_parse(const char *text, size_t n, const struct exposition_sink *sink,
		     struct fault *f)
{
	struct parser p = {.sink = sink};
	const char *at = text, *end = text + n;
	size_t line = 1;

	for (; at < end; line++) {
		const char *eol = memchr(at, '\n', (size_t)(end - at));
		int r;

		if (!eol)
			return fault_set(f, ERR_MALFORMED, "line %zu is cut off", line);
		r = take_line(&p, at, eol);
		if (r < 0)
			return fault_set(f, r, "line %zu is %s", line,
					 r == ERR_FULL ? "longer than is read" : "no metric");
		at = eol + 1;
	}
	return 0;
}
