/* suandianctl: the operator's command line of suandiand. */
#include "ctl/run.h"

int main(int argc, char **argv)
{
	return run(argc, argv, stdout, stderr);
}
