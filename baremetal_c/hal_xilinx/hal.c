/* The board through AMD's standalone BSP: XAxiDma, Xil_DCache..., XTime; classic BSPs (xsct, up to
 * Vitis 2023.1) and SDT BSPs (vitis -s, from 2023.2 on, which define SDT).
 *
 * Addresses come from accelerator.h, which was made from the design's .hwh: names and presence of
 * the XPAR_ macros differ between the two kinds. No BSP of the vendor was at hand; this is compiled
 * in tests against headers with the documented signatures. */
#include "hal.h"

#include "accelerator.h"
#include "console.h"

#include "xaxidma.h"
#include "xil_cache.h"
#include "xil_io.h"
#include "xstatus.h"
#ifdef SDT
#include "xiltimer.h"
#else
#include "xtime_l.h"
#endif

/* Data registers of AXI GPIO (PG144). */
#define GPIO_DATA 0x0U
#define GPIO2_DATA 0x8U

static XAxiDma dma;
static bool usable; /* the driver knows the DMA */

void hal_init(void)
{
    console_init();
#ifdef SDT
    XAxiDma_Config *config = XAxiDma_LookupConfig(ACCELERATOR_DMA_BASE);
#else
    XAxiDma_Config *config = XAxiDma_LookupConfigBaseAddr(ACCELERATOR_DMA_BASE);
#endif
    usable = config != NULL && XAxiDma_CfgInitialize(&dma, config) == XST_SUCCESS &&
             !XAxiDma_HasSg(&dma);
    if (usable) {
        XAxiDma_IntrDisable(&dma, XAXIDMA_IRQ_ALL_MASK, XAXIDMA_DEVICE_TO_DMA);
        XAxiDma_IntrDisable(&dma, XAXIDMA_IRQ_ALL_MASK, XAXIDMA_DMA_TO_DEVICE);
    }
}

uint64_t hal_ticks(void)
{
    XTime now;
    XTime_GetTime(&now);
    return now;
}

uint32_t hal_ticks_per_second(void)
{
#ifdef COUNTS_PER_SECOND
    return (uint32_t)COUNTS_PER_SECOND;
#else
    return ACCELERATOR_TIMER_HZ;
#endif
}

void hal_flush(const void *buffer, size_t size)
{
    Xil_DCacheFlushRange((INTPTR)buffer, (u32)size);
}

void hal_invalidate(void *buffer, size_t size)
{
    Xil_DCacheInvalidateRange((INTPTR)buffer, (u32)size);
}

uint64_t hal_identity(void)
{
    uint64_t high = Xil_In32(ACCELERATOR_IDENTITY_BASE + GPIO2_DATA);
    return high << 32 | Xil_In32(ACCELERATOR_IDENTITY_BASE + GPIO_DATA);
}

void hal_dma_reset(void)
{
    if (usable) {
        XAxiDma_Reset(&dma);
    }
}

bool hal_dma_is_reset(void)
{
    return !usable || XAxiDma_ResetIsDone(&dma);
}

void hal_dma_run(void)
{
    /* XAxiDma_SimpleTransfer() does it; a channel that runs already would count as busy, since its
     * idle bit is not set before the first transfer. */
}

bool hal_dma_start(const void *source, uint32_t sent, void *sink, uint32_t wanted)
{
    return usable &&
           XAxiDma_SimpleTransfer(&dma, (UINTPTR)sink, wanted, XAXIDMA_DEVICE_TO_DMA) ==
               XST_SUCCESS &&
           XAxiDma_SimpleTransfer(&dma, (UINTPTR)source, sent, XAXIDMA_DMA_TO_DEVICE) ==
               XST_SUCCESS;
}

struct hal_dma_status hal_dma_status(void)
{
    UINTPTR output = ACCELERATOR_DMA_BASE + XAXIDMA_RX_OFFSET;
    uint32_t s2mm = XAxiDma_ReadReg(output, XAXIDMA_SR_OFFSET);
    uint32_t mm2s = XAxiDma_ReadReg((UINTPTR)ACCELERATOR_DMA_BASE, XAXIDMA_SR_OFFSET);
    return (struct hal_dma_status){mm2s, s2mm, XAxiDma_ReadReg(output, XAXIDMA_BUFFLEN_OFFSET)};
}
