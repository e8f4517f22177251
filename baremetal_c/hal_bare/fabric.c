/* What the design has in the fabric: AXI DMA in simple mode (PG021), identity (AXI GPIO, PG144). */
#include "accelerator.h"
#include "hal.h"
#include <registers.h> /* from the include path: tests put a model there */

/* A channel's registers; those of S2MM begin 0x30 after those of MM2S. */
#define MM2S 0x00U
#define S2MM 0x30U
#define DMACR 0x00U
#define DMASR 0x04U
#define ADDRESS 0x18U
#define ADDRESS_MSB 0x1CU
#define LENGTH 0x28U

#define RUN 0x1U
#define RESET 0x4U

#define GPIO_DATA 0x0U
#define GPIO2_DATA 0x8U

uint64_t hal_identity(void)
{
    uint64_t high = register_read(ACCELERATOR_IDENTITY_BASE, GPIO2_DATA);
    return high << 32 | register_read(ACCELERATOR_IDENTITY_BASE, GPIO_DATA);
}

void hal_dma_reset(void)
{
    register_write(ACCELERATOR_DMA_BASE, MM2S + DMACR, RESET); /* of the engine as a whole */
}

bool hal_dma_is_reset(void)
{
    return !((register_read(ACCELERATOR_DMA_BASE, MM2S + DMACR) |
              register_read(ACCELERATOR_DMA_BASE, S2MM + DMACR)) &
             RESET);
}

void hal_dma_run(void)
{
    register_write(ACCELERATOR_DMA_BASE, MM2S + DMACR, RUN);
    register_write(ACCELERATOR_DMA_BASE, S2MM + DMACR, RUN);
}

static void start(uint32_t channel, const void *buffer, uint32_t length)
{
    uint64_t address = (uint64_t)(uintptr_t)buffer;
    register_write(ACCELERATOR_DMA_BASE, channel + ADDRESS, (uint32_t)address);
    if (ACCELERATOR_DMA_ADDRESS_BITS > 32) { /* else there is no such register */
        register_write(ACCELERATOR_DMA_BASE, channel + ADDRESS_MSB, (uint32_t)(address >> 32));
    }
    register_write(ACCELERATOR_DMA_BASE, channel + LENGTH, length);
}

bool hal_dma_start(const void *source, uint32_t sent, void *sink, uint32_t wanted)
{
    start(S2MM, sink, wanted); /* first, so that nothing ever waits for it */
    start(MM2S, source, sent);
    return true;
}

struct hal_dma_status hal_dma_status(void)
{
    /* The output first: what has ended there has ended before the input is looked at. */
    uint32_t s2mm = register_read(ACCELERATOR_DMA_BASE, S2MM + DMASR);
    uint32_t mm2s = register_read(ACCELERATOR_DMA_BASE, MM2S + DMASR);
    return (struct hal_dma_status){mm2s, s2mm,
                                   register_read(ACCELERATOR_DMA_BASE, S2MM + LENGTH)};
}
