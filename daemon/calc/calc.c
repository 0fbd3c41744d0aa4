#include "calc/calc.h"

#include "calc/cmd.h"
#include "calc/command.h"

static const struct option plan_options[] = {
	{OPT_VARIANT, "variant", "NAME", "only this variant of the case"},
	{OPT_PRETTY, "pretty", NULL, "indent the answer"},
	{OPT_PLOT, "plot", NULL, "draw the series instead of printing JSON"},
	{OPT_WIDTH, "width", "COLUMNS", "width of plots (default: the terminal, else 80)"},
	{OPT_ASCII, "ascii", NULL, "draw with ASCII characters only"},
	{OPT_DUMP_MPS, "dump-mps", "FILE", "write the variant's programme as free MPS, unsolved"},
	{OPT_TIME_LIMIT, "time-limit", "SECONDS", "stop each search after so long"},
	{OPT_NO_TIES, "no-ties", NULL, "take any of equal plans, not the earliest"},
};

static const struct option tariff_options[] = {
	{OPT_PRETTY, "pretty", NULL, "indent the answer"},
};

static const struct command commands[] = {
	{"plan", "FILE", 1, "solve a planning case (suandian-case/1) to its proven optimum",
	 plan_options, ARRAY_SIZE(plan_options), cmd_plan},
	{"tariff", "FILE", 1, "periods, prices and weighted hours of a tariff (suandian-tariff/1)",
	 tariff_options, ARRAY_SIZE(tariff_options), cmd_tariff},
};

int calc_main(int argc, char *const *argv, FILE *out, FILE *err)
{
	return command_run(commands, ARRAY_SIZE(commands), argc, argv, out, err);
}
