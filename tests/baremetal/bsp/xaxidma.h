#ifndef XAXIDMA_H
#define XAXIDMA_H

#include "xil_io.h"
#include "xil_types.h"
#include "xstatus.h"

#define XAXIDMA_DMA_TO_DEVICE 0x00
#define XAXIDMA_DEVICE_TO_DMA 0x01
#define XAXIDMA_RX_OFFSET 0x00000030
#define XAXIDMA_SR_OFFSET 0x00000004
#define XAXIDMA_BUFFLEN_OFFSET 0x00000028
#define XAXIDMA_IRQ_ALL_MASK 0x00007000

typedef struct {
#ifdef SDT
    char *Name;
    UINTPTR BaseAddr;
#else
    u32 DeviceId;
    UINTPTR BaseAddr;
#endif
} XAxiDma_Config;

typedef struct {
    UINTPTR RegBase;
} XAxiDma;

#ifdef SDT
XAxiDma_Config *XAxiDma_LookupConfig(UINTPTR BaseAddress);
#else
XAxiDma_Config *XAxiDma_LookupConfig(u32 DeviceId);
XAxiDma_Config *XAxiDma_LookupConfigBaseAddr(UINTPTR Baseaddr);
#endif
int XAxiDma_CfgInitialize(XAxiDma *InstancePtr, XAxiDma_Config *Config);
void XAxiDma_Reset(XAxiDma *InstancePtr);
int XAxiDma_ResetIsDone(XAxiDma *InstancePtr);
u32 XAxiDma_SimpleTransfer(XAxiDma *InstancePtr, UINTPTR BuffAddr, u32 Length, int Direction);

#define XAxiDma_ReadReg(BaseAddress, RegOffset) Xil_In32((BaseAddress) + (u32)(RegOffset))
#define XAxiDma_WriteReg(BaseAddress, RegOffset, Data) \
    Xil_Out32((BaseAddress) + (u32)(RegOffset), (Data))
#define XAxiDma_HasSg(InstancePtr) ((InstancePtr)->RegBase == 0)
#define XAxiDma_IntrDisable(InstancePtr, Mask, Direction) \
    (void)((InstancePtr)->RegBase + (Mask) + (Direction))

#endif
