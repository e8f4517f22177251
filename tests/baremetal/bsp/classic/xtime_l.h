#include "xil_types.h"

typedef u64 XTime;
#define COUNTS_PER_SECOND 1000000000U
void XTime_GetTime(XTime *Xtime_Global);
