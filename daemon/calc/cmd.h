/* The commands. Each does the whole of its work and returns an enum calc_exit. */
#pragma once

struct calc;

int cmd_plan(struct calc *c);
int cmd_tariff(struct calc *c);
