#include "store/record_priv.h"

int record_encode_peak(const struct ledger_peak *p, struct buf *out)
{
	Suandian__Store__V1__Peak m = SUANDIAN__STORE__V1__PEAK__INIT;

	m.site = record_text(p->site);
	m.charge = record_text(p->charge);
	m.month_ms = p->month_ms;
	m.peak_w = p->peak_w;
	m.until_ms = p->until_ms;
	return record_pack(&m.base, out);
}

int record_decode_peak(const uint8_t *p, size_t len, struct arena *a, struct ledger_peak *ret)
{
	ProtobufCMessage *base;
	int r = record_unpack(&suandian__store__v1__peak__descriptor, p, len, a, &base);

	if (r)
		return r;
	const Suandian__Store__V1__Peak *m = (const Suandian__Store__V1__Peak *)base;
	ret->month_ms = m->month_ms;
	ret->peak_w = m->peak_w;
	ret->until_ms = m->until_ms;
	return record_take_text(ret->site, sizeof(ret->site), m->site) &&
			       record_take_text(ret->charge, sizeof(ret->charge), m->charge)
		       ? 0
		       : ERR_CORRUPT;
}
