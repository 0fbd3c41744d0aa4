#include "prometheus/selector.h"

#include <string.h>

#include "prometheus/scan.h"

static int take_label(struct scan *s, struct selector *sel)
{
	int r;

	if (sel->n == SELECTOR_LABELS_MAX)
		return ERR_FULL;
	r = scan_name(s, false, sel->label[sel->n].name, SELECTOR_LABEL_B);
	if (r < 0)
		return r;
	scan_blanks(s);
	sel->label[sel->n].negated = scan_char(s, '!');
	if (!scan_char(s, '='))
		return ERR_MALFORMED;
	scan_blanks(s);
	r = scan_quoted(s, sel->label[sel->n].value, SELECTOR_VALUE_B, NULL);
	if (r == 0)
		sel->n++;
	return r;
}

static int take_labels(struct scan *s, struct selector *sel)
{
	for (;;) {
		int r;

		scan_blanks(s);
		if (scan_char(s, '}'))
			return 0;
		r = take_label(s, sel);
		if (r < 0)
			return r;
		scan_blanks(s);
		if (!scan_char(s, ',') && (s->p == s->end || *s->p != '}'))
			return ERR_MALFORMED;
	}
}

int selector_parse(const char *text, struct selector *ret, struct fault *f)
{
	struct scan s = {text, text + strlen(text)};
	struct selector sel = {.n = 0};
	int r;

	scan_blanks(&s);
	r = scan_name(&s, true, sel.name, sizeof(sel.name));
	scan_blanks(&s);
	if (r == 0 && scan_char(&s, '{'))
		r = take_labels(&s, &sel);
	scan_blanks(&s);
	if (r == 0 && s.p < s.end)
		r = ERR_MALFORMED;
	if (r < 0)
		return fault_set(f, r, "%s",
				 r == ERR_FULL ? "has more or longer labels than are read"
					       : "is no selector such as name{label=\"value\"}");
	*ret = sel;
	return 0;
}

static const char *value_of(const struct exposition_sample *s, const char *label)
{
	for (size_t i = 0; i < s->n_labels; i++)
		if (strcmp(s->label[i].name, label) == 0)
			return s->label[i].value;
	return "";
}

bool selector_matches(const struct selector *sel, const struct exposition_sample *s)
{
	if (strcmp(sel->name, s->name) != 0)
		return false;
	for (size_t i = 0; i < sel->n; i++) {
		bool same = strcmp(value_of(s, sel->label[i].name), sel->label[i].value) == 0;

		if (same == sel->label[i].negated)
			return false;
	}
	return true;
}
