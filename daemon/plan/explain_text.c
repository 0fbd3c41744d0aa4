/* The sentences. Each fact is one sentence in each language; a fact that is not there is not mentioned. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "plan/explain.h"

#define SHOW_B 40

struct teller {
	const struct plan *p;
	const struct zone *zone;
	const struct explanation *x;
	struct buf *en, *zh;
};

/* ---- values ---- */

static const char *money(char out[SHOW_B], int64_t e4)
{
	int64_t tenths = (e4 < 0 ? e4 - 5 : e4 + 5) / 10; /* 1e-3 CNY */
	uint64_t m = (uint64_t)(tenths < 0 ? -tenths : tenths);

	snprintf(out, SHOW_B, "%s%" PRIu64 ".%03" PRIu64, tenths < 0 ? "-" : "", m / 1000,
		 m % 1000);
	return out;
}

static const char *power(char out[SHOW_B], int64_t w)
{
	return num_format_power(out, SHOW_B, w < 0 ? -w : w);
}

static const char *energy(char out[SHOW_B], int64_t wh)
{
	num_format_power(out, SHOW_B - 1, wh);
	strncat(out, "h", SHOW_B - strlen(out) - 1);
	return out;
}

/* "21:15", with the day in front where it is another one than the slot's. */
static const char *local(const struct teller *t, char out[SHOW_B], uint32_t slot)
{
	char own[SHOW_B];
	int64_t at = t->p->start_ms[slot], here = t->p->start_ms[t->x->slot];

	num_format_time(out, SHOW_B, at, zone_offset_s(t->zone, at), false);
	num_format_time(own, sizeof(own), here, zone_offset_s(t->zone, here), false);
	if (strncmp(out, own, strlen("2025-07-15")) == 0)
		memmove(out, out + strlen("2025-07-15 "), strlen(out + strlen("2025-07-15 ")) + 1);
	else
		memmove(out, out + strlen("2025-"), strlen(out + strlen("2025-")) + 1);
	return out;
}

static const struct {
	const char *word, *en, *zh; /* its end, or its begin where that is "["; %s: the id */
} limit_words[] = {
	{"import_max", "the import limit of the connection", "关口受电功率上限"},
	{"contracted_demand", "the contracted demand", "合同需量"},
	{"export_max", "the export limit of the connection", "关口上网功率上限"},
	{"demand[", "the demand peak of the billing period", "本计费期最大需量"},
	{"feeder[", "the limit of feeder %s", "馈线 %s 容量"},
	{"section[", "the limit of section %s", "断面 %s 限额"},
	{"vpp[", "what virtual power plant %s undertook", "虚拟电厂 %s 承诺限额"},
	{"ration", "the energy ration of the day", "日电量上限"},
	{"load.capacity", "the IT capacity", "IT 容量"},
	{".charge_max", "its charging power", "充电功率上限"},
	{".discharge_max", "its discharging power", "放电功率上限"},
	{".soc_max", "its highest state of charge", "电量上限"},
	{".soc_min", "its lowest state of charge", "电量下限"},
	{".reserve", "its reserve", "备用电量"},
	{".devices", "the number of its devices", "可用设备数"},
	{".due", "the deadline of its work", "作业截止时间"},
	{".power_min", "its minimum power", "最低功率"},
	{".tier", "the slow-down that its tier allows", "业务等级允许的降速幅度"},
	{".power_max", "its cooling power", "制冷功率上限"},
	{".temp_max", "the highest temperature allowed", "允许温度上限"},
	{".temp_min", "the lowest temperature allowed", "允许温度下限"},
	{".override", "what an operator holds it to", "调度人员设定"},
	{".held", "what its jobs, or an operator, hold it to", "作业或调度人员设定"},
};

/* What stands between the brackets. */
static void id_of_limit(const char *limit, char id[ID_MAX])
{
	const char *open = strchr(limit, '[');

	snprintf(id, ID_MAX, "%.*s", open ? (int)strcspn(open + 1, "]") : 0, open ? open + 1 : "");
}

static void put_words(const char *words, const char *id, char out[2 * ID_MAX])
{
	const char *at = strstr(words, "%s");

	if (at)
		snprintf(out, 2 * ID_MAX, "%.*s%s%s", (int)(at - words), words, id, at + 2);
	else
		snprintf(out, 2 * ID_MAX, "%s", words);
}

static void limit_text(const char *limit, char en[2 * ID_MAX], char zh[2 * ID_MAX])
{
	size_t n = strlen(limit);
	char id[ID_MAX];

	snprintf(en, 2 * ID_MAX, "%s", limit);
	snprintf(zh, 2 * ID_MAX, "%s", limit);
	if (strncmp(limit, "event:", strlen("event:")) == 0) {
		snprintf(en, 2 * ID_MAX, "the target of event %s", limit + strlen("event:"));
		snprintf(zh, 2 * ID_MAX, "事件 %s 的目标", limit + strlen("event:"));
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(limit_words); i++) {
		const char *word = limit_words[i].word;
		size_t m = strlen(word);
		const char *part = word[m - 1] == '[' ? limit : limit + n - m;

		if (n < m || strncmp(part, word, m) != 0)
			continue;
		id_of_limit(limit, id);
		put_words(limit_words[i].en, id, en);
		put_words(limit_words[i].zh, id, zh);
		return;
	}
}

/* ---- sentences ---- */

static void tell_generator(struct teller *t)
{
	const struct plan_asset *a = t->x->asset;
	char used[SHOW_B], cut[SHOW_B], all[SHOW_B];
	int64_t available = a->available_w[t->x->slot], left = available + t->x->power_w;

	power(used, t->x->power_w);
	power(all, available);
	if (left <= 0) {
		buf_printf(t->en, "%s generates all it can, %s.", a->asset, used);
		buf_printf(t->zh, "%s 全额发电 %s。", a->asset, used);
		return;
	}
	power(cut, left);
	buf_printf(t->en, "%s generates %s of the %s available; %s is curtailed.", a->asset, used,
		   all, cut);
	buf_printf(t->zh, "%s 发电 %s（可发 %s），限电 %s。", a->asset, used, all, cut);
}

static void tell_store(struct teller *t)
{
	const struct plan_asset *a = t->x->asset;
	int64_t w = t->x->power_w;
	char kw[SHOW_B], soc[SHOW_B];

	power(kw, w);
	energy(soc, a->level[t->x->slot]);
	if (w == 0) {
		buf_printf(t->en, "%s holds its energy, %s.", a->asset, soc);
		buf_printf(t->zh, "%s 保持电量 %s，不充不放。", a->asset, soc);
		return;
	}
	buf_printf(t->en, "%s %s %s and ends the slot with %s.", a->asset,
		   w > 0 ? "charges" : "discharges", kw, soc);
	buf_printf(t->zh, "%s %s %s，时段末电量 %s。", a->asset, w > 0 ? "充电" : "放电", kw, soc);
}

static void tell_queue(struct teller *t)
{
	const struct plan_asset *a = t->x->asset;
	int64_t left = a->level[t->x->slot];
	char kw[SHOW_B];

	power(kw, t->x->power_w);
	if (t->x->power_w == 0 && left == 0) {
		buf_printf(t->en, "%s has no work.", a->asset);
		buf_printf(t->zh, "%s 无待处理作业。", a->asset);
	} else if (t->x->power_w == 0) {
		buf_printf(t->en, "%s waits with %" PRId64 " device-hours of work.", a->asset,
			   left / 3600);
		buf_printf(t->zh, "%s 暂缓运行，积压 %" PRId64 " 设备小时。", a->asset,
			   left / 3600);
	} else {
		buf_printf(t->en,
			   "%s runs at %s; %" PRId64 " device-hours of work are left after it.",
			   a->asset, kw, left / 3600);
		buf_printf(t->zh, "%s 以 %s 运行，时段末剩余积压 %" PRId64 " 设备小时。", a->asset,
			   kw, left / 3600);
	}
}

static const char *celsius(char out[SHOW_B], int64_t mc)
{
	int64_t tenths = (mc < 0 ? mc - 50 : mc + 50) / 100;
	uint64_t m = (uint64_t)(tenths < 0 ? -tenths : tenths);

	snprintf(out, SHOW_B, "%s%" PRIu64 ".%" PRIu64 " °C", tenths < 0 ? "-" : "", m / 10,
		 m % 10);
	return out;
}

static void tell_cooling(struct teller *t)
{
	const struct plan_asset *a = t->x->asset;
	uint32_t k = t->x->slot;
	int64_t before = k > 0 ? a->level[k - 1] : a->level[k], after = a->level[k];
	char kw[SHOW_B], temp[SHOW_B];

	power(kw, t->x->power_w);
	celsius(temp, after);
	if (t->x->power_w == 0) {
		buf_printf(t->en, "%s rests; the slot ends at %s.", a->asset, temp);
		buf_printf(t->zh, "%s 停机，时段末温度 %s。", a->asset, temp);
		return;
	}
	buf_printf(t->en, "%s cools with %s%s and ends the slot at %s.", a->asset, kw,
		   after < before ? ", colder than it must for what comes" : "", temp);
	buf_printf(t->zh, "%s 以 %s 制冷%s，时段末温度 %s。", a->asset, kw,
		   after < before ? "（预冷）" : "", temp);
}

static void tell_pcc(struct teller *t)
{
	int64_t w = t->x->power_w;
	char kw[SHOW_B];

	power(kw, w);
	buf_printf(t->en, "%s/pcc %s %s.", t->p->site, w < 0 ? "exports" : "imports", kw);
	buf_printf(t->zh, "%s/pcc %s %s。", t->p->site, w < 0 ? "上网" : "受电", kw);
}

static void tell_what(struct teller *t)
{
	char at[SHOW_B];

	local(t, at, t->x->slot);
	buf_printf(t->en, "%s: ", at);
	buf_printf(t->zh, "%s：", at);
	if (!t->x->asset)
		tell_pcc(t);
	else if (asset_kind_is_generator(t->x->asset->kind))
		tell_generator(t);
	else if (t->x->asset->kind == ASSET_QUEUE)
		tell_queue(t);
	else if (t->x->asset->kind == ASSET_COOLING)
		tell_cooling(t);
	else
		tell_store(t);
}

static void tell_prices(struct teller *t)
{
	uint32_t low = EXPLAIN_NOWHERE, high = EXPLAIN_NOWHERE;
	char now[SHOW_B], least[SHOW_B], most[SHOW_B], at_low[SHOW_B], at_high[SHOW_B];
	const int64_t *price = t->p->marginal_price_e4;

	for (uint32_t k = t->x->slot + 1; k < t->p->n; k++) {
		if (low == EXPLAIN_NOWHERE || price[k] < price[low])
			low = k;
		if (high == EXPLAIN_NOWHERE || price[k] > price[high])
			high = k;
	}
	money(now, t->x->marginal_price_e4);
	buf_printf(t->en, " One kWh is worth %s CNY here now", now);
	buf_printf(t->zh, "此刻每度电价值 %s 元", now);
	if (low != EXPLAIN_NOWHERE && price[low] == price[high]) {
		money(least, price[low]);
		buf_printf(t->en, ", later %s throughout", least);
		buf_printf(t->zh, "，此后均为 %s 元", least);
	} else if (low != EXPLAIN_NOWHERE) {
		money(least, price[low]);
		money(most, price[high]);
		local(t, at_low, low);
		local(t, at_high, high);
		buf_printf(t->en, ", later between %s (%s) and %s (%s)", least, at_low, most,
			   at_high);
		buf_printf(t->zh, "，此后最低 %s 元（%s）、最高 %s 元（%s）", least, at_low, most,
			   at_high);
	}
	buf_printf(t->en, ".");
	buf_printf(t->zh, "。");
}

static void tell_limits(struct teller *t)
{
	for (uint32_t i = 0; i < t->x->n_bindings; i++) {
		const struct plan_binding *b = t->x->bindings[i];
		bool per_kw = strncmp(b->limit, "demand[", strlen("demand[")) == 0;
		char en[2 * ID_MAX], zh[2 * ID_MAX], price[SHOW_B];

		if (b->shadow_price_e4 == 0)
			continue;
		limit_text(b->limit, en, zh);
		money(price, b->shadow_price_e4);
		buf_printf(t->en, " Bound by %s: %s CNY for each %s more.", en, price,
			   per_kw ? "kW" : "kWh");
		buf_printf(t->zh, "受%s约束，影子价格 %s 元/%s。", zh, price,
			   per_kw ? "kW" : "kWh");
	}
}

static void tell_event(struct teller *t)
{
	if (!t->x->event[0])
		return;
	buf_printf(t->en, " It serves event %s.", t->x->event);
	buf_printf(t->zh, "服务于需求响应事件 %s。", t->x->event);
}

static void tell_next_best(struct teller *t)
{
	const struct plan_asset *a = t->x->asset;
	uint32_t k = t->x->next_best_slot;
	bool is_work = a && a->kind == ASSET_QUEUE;
	char at[SHOW_B], price[SHOW_B];

	if (k == EXPLAIN_NOWHERE)
		return;
	local(t, at, k);
	money(price, t->p->marginal_price_e4[k]);
	if (is_work) {
		buf_printf(t->en, " The cheapest other time for its work is %s, at %s CNY/kWh.", at,
			   price);
		buf_printf(t->zh, "作业的次优时段为 %s，%s 元/kWh。", at, price);
	} else if (a && a->kind == ASSET_COOLING) {
		buf_printf(t->en, " The cheapest other time to cool is %s, at %s CNY/kWh.", at,
			   price);
		buf_printf(t->zh, "次优制冷时段为 %s，%s 元/kWh。", at, price);
	} else if (t->x->power_w > 0) {
		buf_printf(t->en, " The cheapest other time to charge is %s, at %s CNY/kWh.", at,
			   price);
		buf_printf(t->zh, "次优充电时段为 %s，%s 元/kWh。", at, price);
	} else {
		buf_printf(t->en, " The best other use of its energy is %s, at %s CNY/kWh.", at,
			   price);
		buf_printf(t->zh, "电量的次优用途在 %s，%s 元/kWh。", at, price);
	}
}

int plan_explain_text(const struct plan *p, const struct zone *zone, const struct explanation *x,
		      struct buf *text_en, struct buf *text_zh)
{
	struct teller t = {p, zone, x, text_en, text_zh};

	tell_what(&t);
	tell_prices(&t);
	tell_event(&t);
	tell_limits(&t);
	tell_next_best(&t);
	return text_en->err ? text_en->err : text_zh->err;
}
