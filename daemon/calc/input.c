#include "calc/input.h"

#include <stdio.h>
#include <string.h>

static bool is_standard(const struct calc *c)
{
	return strcmp(c->operand[0], "-") == 0;
}

const char *input_name(const struct calc *c)
{
	return is_standard(c) ? "standard input" : c->operand[0];
}

int input_read(const struct calc *c, json_t **ret)
{
	struct fault f = {0};
	FILE *in = is_standard(c) ? stdin : fopen(c->operand[0], "re");
	int r;

	if (!in)
		return command_say(c, CALC_INPUT, "%s: %s", input_name(c), err_text(-errno));
	r = jread_stream(in, &f, ret);
	if (in != stdin)
		(void)fclose(in);
	return r ? command_say(c, CALC_INPUT, "%s: %s", input_name(c), f.text) : 0;
}

int output_print(const struct calc *c, json_t *answer)
{
	size_t flags = JSON_REAL_PRECISION(15) | (c->option[OPT_PRETTY] ? JSON_INDENT(2) : 0);
	int r;

	errno = 0;
	r = answer ? json_dumpf(answer, c->out, flags) : -1;
	json_decref(answer);
	(void)fputc('\n', c->out);
	if (r < 0 || fflush(c->out) != 0 || ferror(c->out))
		return command_say(c, CALC_INPUT, "the answer cannot be written: %s",
				   err_text(errno ? -errno : -ENOMEM));
	return 0;
}
