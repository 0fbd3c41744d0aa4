#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/num.h"
#include "calc/answer.h"
#include "calc/cmd.h"
#include "calc/input.h"
#include "calc/mps.h"
#include "calc/plot.h"
#include "calc/progress.h"
#include "calc/quiet.h"

#define CASE_ARENA_CAP ((size_t)1 << 30)
#define SOLVE_ARENA_CAP ((size_t)8 << 30)
#define MAX_WIDTH 1000

struct plan_run {
	struct calc *c;
	const char *file; /* as people call it */
	struct arena arena;
	struct case_file cases;
	double time_limit;
	int width;
	json_t *variants; /* the answer */
	struct buf drawing;
	bool unproven;
};

/* ---- Input ---------------------------------------------------------------------------------------- */

static int read_cases(struct plan_run *p)
{
	struct fault f = {0};
	json_t *doc = NULL;
	int r = input_read(p->c, &doc);

	if (r)
		return r;
	r = case_read(doc, &p->arena, &f, &p->cases);
	json_decref(doc);
	return r ? command_say(p->c, CALC_INPUT, "%s: %s", p->file, f.text) : 0;
}

static int read_options(struct plan_run *p)
{
	const struct calc *c = p->c;
	const char *limit = c->option[OPT_TIME_LIMIT], *width = c->option[OPT_WIDTH];
	const char *terminal = getenv("COLUMNS");
	struct winsize size;
	int64_t columns = 80;

	if (limit && (num_parse_double(limit, 0, 1e9, &p->time_limit) || p->time_limit == 0))
		return command_say(c, CALC_USAGE, "--time-limit %s: allowed is a number above 0",
				   limit);
	if (width && num_parse_i64(width, 1, MAX_WIDTH, &columns))
		return command_say(c, CALC_USAGE, "--width %s: allowed is 1 to %d", width,
				   MAX_WIDTH);
	if (!width && terminal)
		(void)num_parse_i64(terminal, 1, MAX_WIDTH, &columns);
	else if (!width && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		columns = size.ws_col;
	p->width = (int)columns;
	if (c->option[OPT_DUMP_MPS] && c->option[OPT_PLOT])
		return command_say(c, CALC_USAGE, "--dump-mps and --plot exclude each other");
	return 0;
}

/* Which variants are asked for: [*from, *to). */
static int choose(const struct plan_run *p, int *ret_from, int *ret_to)
{
	const char *name = p->c->option[OPT_VARIANT];

	*ret_from = 0;
	*ret_to = p->cases.n_variants;
	if (!name)
		return 0;
	for (int i = 0; i < p->cases.n_variants; i++)
		if (strcmp(p->cases.variants[i].name, name) == 0) {
			*ret_from = i;
			*ret_to = i + 1;
			return 0;
		}
	return command_say(p->c, CALC_INPUT, "%s: there is no variant \"%s\"", p->file, name);
}

/* ---- A programme as a file --------------------------------------------------------------------------- */

struct namer {
	const struct site_case *c;
	struct programme programme;
};

static void column_name(void *arg, int col, char *out, size_t n)
{
	const struct namer *namer = arg;

	formulate_column_name(namer->c, &namer->programme.layout, col, out, n);
}

static int dump(struct plan_run *p, const struct case_variant *v)
{
	const char *path = p->c->option[OPT_DUMP_MPS];
	struct namer namer = {.c = &v->data};
	struct fault f = {0};
	FILE *out;
	int r = exact_programme(&v->data, &p->arena, &f, &namer.programme);

	if (r)
		return command_say(p->c, CALC_INPUT, "%s: variant \"%s\": %s", p->file, v->name,
				   f.code ? f.text : err_text(r));
	out = strcmp(path, "-") == 0 ? p->c->out : fopen(path, "we");
	if (!out)
		return command_say(p->c, CALC_INPUT, "%s: %s", path, err_text(-errno));
	r = mps_write(out, "suandian", &namer.programme.milp, column_name, &namer);
	if (out != p->c->out && fclose(out) != 0 && !r)
		r = -errno;
	return r ? command_say(p->c, CALC_INPUT, "%s: %s", path, err_text(r)) : CALC_OK;
}

/* ---- Plans ------------------------------------------------------------------------------------------- */

/* What the answer's members have no place for. */
static void remark(struct plan_run *p, const struct case_variant *v, const struct exact *x)
{
	if (x->status == EXACT_FAILED)
		(void)command_say(p->c, 0, "variant \"%s\": failed: %s", v->name, x->why);
	if (x->status == EXACT_UNPROVEN)
		(void)command_say(p->c, 0, "variant \"%s\": not proven: the gap is %.3g", v->name,
				  x->gap);
	if (x->ties == TIES_EARLIER || x->ties == TIES_AS_FOUND)
		(void)command_say(p->c, 0,
				  "variant \"%s\": optimal, but of plans of equal cost maybe not "
				  "the earliest",
				  v->name);
	p->unproven |= x->status == EXACT_FAILED || x->status == EXACT_UNPROVEN;
}

static int keep(struct plan_run *p, const struct case_variant *v, const struct exact *x)
{
	json_t *one;

	remark(p, v, x);
	if (p->c->option[OPT_PLOT]) {
		plot_variant(&p->drawing, v, x, p->width, p->c->option[OPT_ASCII] != NULL);
		return p->drawing.err;
	}
	one = answer_variant(v, x);
	return one && json_array_append_new(p->variants, one) == 0 ? 0 : -ENOMEM;
}

static int solve_variant(struct plan_run *p, const struct case_variant *v)
{
	struct progress progress;
	struct exact_ctl ctl = {.max_seconds = p->time_limit,
				.no_ties = p->c->option[OPT_NO_TIES] != NULL,
				.stage = progress_stage,
				.arg = &progress};
	struct fault f = {0};
	struct arena arena;
	struct exact x;
	int r;

	arena_init(&arena, SOLVE_ARENA_CAP);
	progress_start(&progress, p->c->err, v->name);
	r = exact_solve(&v->data, &ctl, &arena, &f, &x);
	progress_stop(&progress);
	if (!r)
		r = keep(p, v, &x);
	if (r)
		r = command_say(p->c, CALC_INPUT, "%s: variant \"%s\": %s", p->file, v->name,
				f.code ? f.text : err_text(r));
	arena_fini(&arena);
	return r;
}

static int print(struct plan_run *p)
{
	int r;

	if (p->c->option[OPT_PLOT]) {
		(void)fputs(buf_str(&p->drawing), p->c->out);
		r = fflush(p->c->out) != 0 || ferror(p->c->out)
			    ? command_say(p->c, CALC_INPUT, "the drawing cannot be written")
			    : 0;
	} else {
		r = output_print(p->c, json_pack("{s:O}", "variants", p->variants));
	}
	if (r)
		return r;
	return p->unproven ? CALC_UNPROVEN : CALC_OK;
}

static int solve_all(struct plan_run *p, int from, int to)
{
	struct quiet quiet;
	int r;

	(void)fflush(p->c->out);
	r = quiet_begin(&quiet);
	if (r)
		return command_say(p->c, CALC_INPUT, "/dev/null: %s", err_text(r));
	for (int i = from; i < to && !r; i++)
		r = solve_variant(p, &p->cases.variants[i]);
	quiet_end(&quiet);
	return r ? r : print(p);
}

int cmd_plan(struct calc *c)
{
	struct plan_run p = {.c = c, .variants = json_array()};
	int from = 0, to = 0, r;

	p.file = input_name(c);
	arena_init(&p.arena, CASE_ARENA_CAP);
	buf_init(&p.drawing, 0);
	r = p.variants ? read_options(&p) : command_say(c, CALC_INPUT, "%s", err_text(-ENOMEM));
	if (!r)
		r = read_cases(&p);
	if (!r)
		r = choose(&p, &from, &to);
	if (!r && c->option[OPT_DUMP_MPS])
		r = to - from == 1
			    ? dump(&p, &p.cases.variants[from])
			    : command_say(c, CALC_USAGE,
					  "--dump-mps: %d variants; choose one with --variant",
					  to - from);
	else if (!r)
		r = solve_all(&p, from, to);
	json_decref(p.variants);
	buf_fini(&p.drawing);
	arena_fini(&p.arena);
	return r;
}
