#include "xil_types.h"

#define XUARTPS_ISR_OFFSET 0x0014U
#define XUARTPS_FIFO_OFFSET 0x0030U
#define XUARTPS_IXR_OVER 0x00000020U
#define XUARTPS_IXR_MASK 0x00003FFFU

typedef struct {
#ifdef SDT
    char *Name;
    UINTPTR BaseAddress;
#else
    u16 DeviceId;
    u32 BaseAddress;
#endif
    u32 InputClockHz;
    s32 ModemPinsConnected;
} XUartPs_Config;

typedef struct {
    XUartPs_Config Config;
} XUartPs;

s32 XUartPs_CfgInitialize(XUartPs *InstancePtr, XUartPs_Config *Config, UINTPTR EffectiveAddr);
s32 XUartPs_SetBaudRate(XUartPs *InstancePtr, u32 BaudRate);

u32 XUartPs_ReadReg(UINTPTR BaseAddress, u32 RegOffset);
void XUartPs_WriteReg(UINTPTR BaseAddress, u32 RegOffset, u32 RegisterValue);
u32 XUartPs_IsReceiveData(UINTPTR BaseAddress);
u32 XUartPs_IsTransmitFull(UINTPTR BaseAddress);
