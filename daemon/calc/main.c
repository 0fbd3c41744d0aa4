/* suandian-calc: calculations without a daemon. */
#include "calc/calc.h"

int main(int argc, char **argv)
{
	return calc_main(argc, argv, stdout, stderr);
}
