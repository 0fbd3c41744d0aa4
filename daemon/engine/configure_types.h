/* Inside of configure: scalars of suandian.yaml(5) that have a spelling of their own. */
#pragma once

#include "config/schema.h"

extern const struct schema_custom configure_status_type; /* char[ID_MAX]: final, draft … */
extern const struct schema_custom configure_months_type; /* uint32_t: "3-6, 10, 12-2" */
extern const struct schema_custom configure_span_type;	 /* struct tou_span: "peak 10:00-12:00" */
extern const struct schema_custom configure_hours_type;	 /* struct day_hours: "10:00-12:00" */
extern const struct schema_custom configure_date_type;	 /* int32_t days since 1970: "2025-10-01" */

/* int64_t[12] in ppm: "6-10 100%, 5 60%, 11 60%, 12-4 30%", every month once; "unknown" is all 0. */
extern const struct schema_custom configure_shares_type;
/* At struct queue's n_segments: "40% 55%, 100% 100%", power and work; "linear" is no segment. */
extern const struct schema_custom configure_curve_type;
extern const struct schema_custom configure_temperature_type; /* int64_t, 1/1000 °C: "22.5 C" */
extern const struct schema_custom configure_bitrate_type;     /* int64_t, bit/s: "10 Gbit/s" */
