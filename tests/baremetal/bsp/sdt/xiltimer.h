#include "xil_types.h"

typedef u64 XTime;
void XTime_GetTime(XTime *Xtime_Global);
