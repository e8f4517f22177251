/* The BSP's functions over the model of DMA and memory, as their documentation says they act. */
#include "hal.h"
#include "xaxidma.h"
#include "xil_cache.h"
#ifdef SDT
#include "xiltimer.h"
#else
#include "xtime_l.h"
#endif

#include "accelerator.h"

#include <time.h>

#include "console.h"
#include "model.h"

#define HALTED 0x1U
#define IDLE 0x2U

static XAxiDma_Config config = {.BaseAddr = ACCELERATOR_DMA_BASE};

/* The console is the one of hal_host. */
void console_init(void)
{
}

void Xil_DCacheFlushRange(INTPTR adr, INTPTR len)
{
    model_flush((const void *)adr, (size_t)len);
}

void Xil_DCacheInvalidateRange(INTPTR adr, INTPTR len)
{
    model_invalidate((void *)adr, (size_t)len);
}

void XTime_GetTime(XTime *Xtime_Global)
{
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    *Xtime_Global = (u64)now.tv_sec * 1000000000U + (u64)now.tv_nsec;
}

#ifdef SDT
XAxiDma_Config *XAxiDma_LookupConfig(UINTPTR BaseAddress)
{
    return BaseAddress == config.BaseAddr ? &config : NULL;
}
#else
XAxiDma_Config *XAxiDma_LookupConfigBaseAddr(UINTPTR Baseaddr)
{
    return Baseaddr == config.BaseAddr ? &config : NULL;
}
#endif

int XAxiDma_CfgInitialize(XAxiDma *InstancePtr, XAxiDma_Config *Config)
{
    InstancePtr->RegBase = Config->BaseAddr;
    XAxiDma_Reset(InstancePtr);
    return XST_SUCCESS;
}

void XAxiDma_Reset(XAxiDma *InstancePtr)
{
    XAxiDma_WriteReg(InstancePtr->RegBase, 0x0, 0x4);
}

int XAxiDma_ResetIsDone(XAxiDma *InstancePtr)
{
    u32 both = XAxiDma_ReadReg(InstancePtr->RegBase, 0x0) |
               XAxiDma_ReadReg(InstancePtr->RegBase + XAXIDMA_RX_OFFSET, 0x0);
    return !(both & 0x4U);
}

u32 XAxiDma_SimpleTransfer(XAxiDma *InstancePtr, UINTPTR BuffAddr, u32 Length, int Direction)
{
    UINTPTR channel =
        InstancePtr->RegBase + (Direction == XAXIDMA_DEVICE_TO_DMA ? XAXIDMA_RX_OFFSET : 0);
    u32 status = XAxiDma_ReadReg(channel, XAXIDMA_SR_OFFSET);
    if (!(status & HALTED) && !(status & IDLE)) {
        return XST_FAILURE; /* busy */
    }
    XAxiDma_WriteReg(channel, 0x18, (u32)BuffAddr);
    XAxiDma_WriteReg(channel, 0x1C, (u32)((u64)BuffAddr >> 32));
    XAxiDma_WriteReg(channel, 0x0, XAxiDma_ReadReg(channel, 0x0) | 1U);
    XAxiDma_WriteReg(channel, XAXIDMA_BUFFLEN_OFFSET, Length);
    return XST_SUCCESS;
}
