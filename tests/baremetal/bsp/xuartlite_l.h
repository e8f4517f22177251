#include "xil_types.h"

#define XUL_RX_FIFO_OFFSET 0
#define XUL_TX_FIFO_OFFSET 4
#define XUL_STATUS_REG_OFFSET 8
#define XUL_CONTROL_REG_OFFSET 12
#define XUL_CR_FIFO_RX_RESET 0x02
#define XUL_CR_FIFO_TX_RESET 0x01
#define XUL_SR_OVERRUN_ERROR 0x20
#define XUL_SR_TX_FIFO_FULL 0x08
#define XUL_SR_RX_FIFO_VALID_DATA 0x01

u32 XUartLite_ReadReg(UINTPTR BaseAddress, u32 RegOffset);
void XUartLite_WriteReg(UINTPTR BaseAddress, u32 RegOffset, u32 Data);
