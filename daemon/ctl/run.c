#include "ctl/run.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/num.h"
#include "ctl/commands.h"
#include "ctl/ctl.h"
#include "ctl/help.h"

#define WIDTH_DEFAULT                                                                              \
	108 /* a gutter of 11 columns, and one column for each quarter of an hour of a day */
#define WIDTH_MIN 40
#define WIDTH_MAX 1000

static bool is_terminal(FILE *f)
{
	int fd = fileno(f);

	return fd >= 0 && isatty(fd);
}

static bool wants_color(const struct args *args, FILE *f)
{
	const char *when = args_text(args, OPT_COLOR, "auto");
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (args_has(args, OPT_NO_COLOR) || strcmp(when, "never") == 0)
		return false;
	if (strcmp(when, "always") == 0)
		return true;
	return !(no_color && *no_color) && !(term && strcmp(term, "dumb") == 0) && is_terminal(f);
}

static int width_for(const struct args *args, FILE *f)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	int64_t n = WIDTH_DEFAULT;

	if (args_has(args, OPT_WIDTH))
		n = args->option[OPT_WIDTH].number;
	else if (is_terminal(f) && ioctl(fileno(f), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		n = size.ws_col;
	else if (columns)
		(void)num_parse_i64(columns, WIDTH_MIN, WIDTH_MAX, &n);
	return (int)clamp_i64(n, WIDTH_MIN, WIDTH_MAX);
}

static const char *socket_path(const struct args *args)
{
	const char *env = getenv("SUANDIAN_SOCKET");

	bool adapter =
		args->command && args->command->role && strcmp(args->command->role, "adapter") == 0;

	if (env && *env)
		return args_text(args, OPT_SOCKET, env);
	return args_text(args, OPT_SOCKET, adapter ? CTL_ADAPTER_SOCKET : CTL_SOCKET_DEFAULT);
}

static void settle(struct ctl *c, FILE *out, FILE *err)
{
	const struct args *args = &c->args;

	c->out = (struct out){out, wants_color(args, out), args_has(args, OPT_ASCII),
			      width_for(args, out)};
	c->err = (struct out){err, wants_color(args, err), args_has(args, OPT_ASCII),
			      width_for(args, err)};
	c->json = args_has(args, OPT_JSON);
	c->socket = socket_path(args);
	c->timeout_ms = args_number(args, OPT_TIMEOUT, CTL_TIMEOUT_DEFAULT_MS);
	c->default_zone = args_text(args, OPT_TIMEZONE, NULL);
}

static int dispatch(struct ctl *c)
{
	const struct command *command = c->args.command;

	if (args_has(&c->args, OPT_HELP)) {
		if (command)
			help_command(c->table, command, &c->out);
		else
			help_program(c->table, &c->out);
		return CTL_OK;
	}
	if (c->timeout_ms <= 0)
		return ctl_usage(c, "--timeout must not be 0");
	if (c->default_zone && zone_load(c->default_zone, &c->zone) < 0)
		return ctl_usage(c, "--timezone %s: no such zone here", c->default_zone);
	return command->run(c);
}

int run(int argc, char *const *argv, FILE *out, FILE *err)
{
	struct ctl c = {.table = &ctl_commands};
	struct fault f = {0};
	int r = args_parse(c.table, argc, argv, &c.args, &f);

	settle(&c, out, err);
	arena_init(&c.arena, SIZE_MAX);
	if (r < 0)
		r = ctl_usage(&c, "%s", f.text);
	else
		r = dispatch(&c);
	/* what was printed must have arrived: a full disk is not success */
	if ((fflush(out) != 0 || ferror(out)) && r == CTL_OK)
		r = CTL_REFUSED;
	client_sync_free(c.sync);
	arena_fini(&c.arena);
	args_fini(&c.args);
	zone_unload_all();
	return r;
}
