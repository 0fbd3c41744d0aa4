/* The man page and the completion scripts say what the table says. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "ctl/args.h"
#include "ctl/commands.h"
#include "ctlrun.h"
#include "testlib/run.h"
#include "testlib/tmpdir.h"

static char *read_file(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;

	ck_assert_msg(f != NULL, "%s", path);
	ck_assert(getdelim(&text, &size, '\0', f) > 0);
	fclose(f);
	return text;
}

/* ---- Man page ------------------------------------------------------------------------------------ */

/* What a line ".It Cm event put Ar site" names; false if it is another kind of line. */
static bool command_of_line(const char *line, char *ret, size_t size)
{
	const char *name = line + strlen(".It Cm ");
	size_t n;

	if (strncmp(line, ".It Cm ", 7) != 0)
		return false;
	n = strcspn(name, "\n");
	for (const char *stop = name; stop < name + n; stop++) {
		if (*stop == ' ' && strchr("AOFC", stop[1]) && strchr("rpolm", stop[2])) {
			n = (size_t)(stop - name);
			break;
		}
	}
	snprintf(ret, size, "%.*s", (int)n, name);
	return true;
}

static bool option_of_line(const char *line, char *ret, size_t size)
{
	if (strncmp(line, ".It Fl -", 8) != 0)
		return false;
	snprintf(ret, size, "%.*s", (int)strcspn(line + 8, " \n"), line + 8);
	return true;
}

static long find(const struct option *options, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(options[i].name, name) == 0)
			return (long)i;
	return -1;
}

/* Walks the page: every command and option in it is of the table, and none of the table is missing. */
START_TEST(the_man_page_has_every_command_and_option_and_no_other)
{
	bool seen_command[64] = {false}, seen_option[64][N_OPTIONS] = {{false}};
	bool seen_global[N_OPTIONS] = {false};
	const struct command *command = NULL;
	char path[512], name[128];
	char *page, *line;

	snprintf(path, sizeof(path), "%s/docs/man/suandianctl.1", getenv("SUANDIAN_SOURCE"));
	page = read_file(path);
	for (line = page; line && *line;
	     line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		if (command_of_line(line, name, sizeof(name))) {
			command = args_find_command(&ctl_commands, name);
			ck_assert_msg(command != NULL, "the page has the command '%s'", name);
			seen_command[command - ctl_commands.commands] = true;
		} else if (option_of_line(line, name, sizeof(name))) {
			long at =
				command ? find(command->options, command->n_options, name)
					: find(ctl_commands.globals, ctl_commands.n_globals, name);

			ck_assert_msg(at >= 0, "the page has --%s of %s", name,
				      command ? command->name : "all");
			if (command)
				seen_option[command - ctl_commands.commands][at] = true;
			else
				seen_global[at] = true;
		}
	}
	for (size_t i = 0; i < ctl_commands.n_commands; i++) {
		command = &ctl_commands.commands[i];
		ck_assert_msg(seen_command[i], "the page lacks %s", command->name);
		for (size_t k = 0; k < command->n_options; k++)
			ck_assert_msg(seen_option[i][k], "the page lacks --%s of %s",
				      command->options[k].name, command->name);
	}
	for (size_t i = 0; i < ctl_commands.n_globals; i++)
		ck_assert_msg(seen_global[i], "the page lacks --%s", ctl_commands.globals[i].name);
	free(page);
}
END_TEST

/* ---- Help ---------------------------------------------------------------------------------------- */

START_TEST(help_has_every_command_and_option)
{
	struct said all = ctl_run(NULL, "--help");

	for (size_t i = 0; i < ctl_commands.n_commands; i++) {
		const struct command *c = &ctl_commands.commands[i];
		char words[64];
		struct said said;

		ck_assert_msg(strstr(all.out, c->summary) != NULL, "%s", c->name);
		snprintf(words, sizeof(words), "%s --help", c->name);
		said = ctl_run(NULL, words);
		ck_assert_int_eq(said.status, 0);
		for (size_t k = 0; k < c->n_options; k++)
			ck_assert_msg(strstr(said.out, c->options[k].help) != NULL, "%s --%s",
				      c->name, c->options[k].name);
		for (size_t k = 0; k < ctl_commands.n_globals; k++)
			ck_assert_ptr_nonnull(strstr(said.out, ctl_commands.globals[k].help));
	}
}
END_TEST

/* ---- Completion ---------------------------------------------------------------------------------- */

static char *script_path(const char *shell)
{
	char words[32];
	struct said said;
	char *path = tmpdir_path(tmpdir_new(), shell);
	FILE *f = fopen(path, "w");

	snprintf(words, sizeof(words), "completion %s", shell);
	said = ctl_run(NULL, words);
	ck_assert_int_eq(said.status, 0);
	fputs(said.out, f);
	fclose(f);
	return path;
}

/* Runs a shell, keeps the first line of what it prints; its exit status, 127 if it is not here. */
static int shell(const char *name, const char *flag, const char *arg, char *ret, size_t size)
{
	int fds[2], status;
	FILE *f;
	pid_t pid;

	ck_assert_int_eq(pipe(fds), 0);
	pid = fork();
	ck_assert(pid >= 0);
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		close(fds[0]);
		close(fds[1]);
		execlp(name, name, flag, arg, (char *)NULL);
		_exit(127);
	}
	close(fds[1]);
	f = fdopen(fds[0], "r");
	ck_assert_ptr_nonnull(f);
	if (!fgets(ret, (int)size, f))
		ret[0] = '\0';
	fclose(f);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* What bash offers after these words, of which the last is incomplete. */
static char *offered(const char *script, const char *words)
{
	static char line[4096];
	char *command;

	ck_assert_int_gt(asprintf(&command,
				  "source %s; COMP_WORDS=(suandianctl %s); "
				  "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _suandianctl; "
				  "echo \" ${COMPREPLY[*]} \"",
				  script, words),
			 0);
	ck_assert_int_eq(shell("bash", "-c", command, line, sizeof(line)), 0);
	free(command);
	return line;
}

static void expect(const char *script, const char *words, const char *word)
{
	char padded[64];

	snprintf(padded, sizeof(padded), " %s ", word);
	ck_assert_msg(strstr(offered(script, words), padded) != NULL, "after '%s': '%s' lacks '%s'",
		      words, offered(script, words), word);
}

START_TEST(bash_completes_every_command_and_option)
{
	char *script = script_path("bash");

	for (size_t i = 0; i < ctl_commands.n_commands; i++) {
		const struct command *c = &ctl_commands.commands[i];
		char first[32], words[128];
		size_t n = strcspn(c->name, " ");
		const char *got;

		snprintf(first, sizeof(first), "%.*s", (int)n, c->name);
		expect(script, "\"\"", first);
		if (c->name[n]) {
			snprintf(words, sizeof(words), "%s \"\"", first);
			expect(script, words, c->name + n + 1);
		}
		/* one question for all options of a command */
		snprintf(words, sizeof(words), "--json --color never %s --", c->name);
		got = offered(script, words);
		for (size_t k = 0; k < c->n_options; k++) {
			char option[64];

			snprintf(option, sizeof(option), " --%s ", c->options[k].name);
			ck_assert_msg(strstr(got, option) != NULL, "%s: %s lacks%s", words, got,
				      option);
		}
		ck_assert_ptr_nonnull(strstr(got, " --timezone "));
	}
	expect(script, "event put s --direction \"\"", "dn");
	expect(script, "completion \"\"", "zsh");
	free(script);
}
END_TEST

/* zsh may not be here: what it would read is looked at. */
START_TEST(zsh_completes_every_command_and_option)
{
	struct said said = ctl_run(NULL, "completion zsh");
	char *script = script_path("zsh"), line[256];
	int status = shell("zsh", "-n", script, line, sizeof(line));

	ck_assert_msg(status == 0 || status == 127, "zsh -n: %d %s", status, line);
	free(script);
	ck_assert_int_eq(strncmp(said.out, "#compdef suandianctl\n", 21), 0);
	for (size_t i = 0; i < ctl_commands.n_commands; i++) {
		const struct command *c = &ctl_commands.commands[i];
		char head[64], option[64];
		const char *at, *end;

		snprintf(head, sizeof(head), "\n\t'%s') _arguments", c->name);
		at = strstr(said.out, head);
		ck_assert_msg(at != NULL, "%s", c->name);
		end = strstr(at, " ;;\n");
		ck_assert_ptr_nonnull(end);
		for (size_t k = 0; k < c->n_options; k++) {
			const char *found;

			snprintf(option, sizeof(option), "'--%s[", c->options[k].name);
			found = strstr(at, option);
			ck_assert_msg(found && found < end, "%s --%s", c->name, c->options[k].name);
		}
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("ctl pages");
	TCase *tc = tcase_create("pages");

	tcase_set_timeout(tc, 30);
	tcase_add_test(tc, the_man_page_has_every_command_and_option_and_no_other);
	tcase_add_test(tc, help_has_every_command_and_option);
	tcase_add_test(tc, bash_completes_every_command_and_option);
	tcase_add_test(tc, zsh_completes_every_command_and_option);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	return run_suite(suite());
}
