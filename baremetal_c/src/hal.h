/* What the application needs of a board. One implementation is linked: hal_bare or hal_xilinx.
 *
 * Nothing here waits: whoever waits does so with a deadline, and empties the UART meanwhile. */
#ifndef HAL_H
#define HAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bring up console and timer. */
void hal_init(void);

/* Return the next byte from the UART's receive FIFO, or -1 if it is empty. */
int hal_getc(void);

/* Put a byte into the UART's transmit FIFO; false if it is full. */
bool hal_putc(uint8_t byte);

/* Tell whether the receive FIFO has overflowed since the last call. */
bool hal_overrun(void);

/* A counter that never goes back, and how fast it counts. */
uint64_t hal_ticks(void);
uint32_t hal_ticks_per_second(void);

/* Write cached lines of a buffer to memory; forget them. The buffer fills whole cache lines. */
void hal_flush(const void *buffer, size_t size);
void hal_invalidate(void *buffer, size_t size);

/* The design's two identity words, read from the fabric. */
uint64_t hal_identity(void);

/* The status registers of both DMA channels (PG021), and how many bytes S2MM has written. */
struct hal_dma_status {
    uint32_t mm2s, s2mm, received;
};

/* Begin a reset of the whole DMA; tell whether it has ended; let both channels run. */
void hal_dma_reset(void);
bool hal_dma_is_reset(void);
void hal_dma_run(void);

/* Start one transfer each way, the receiving one first. False if the driver refuses. */
bool hal_dma_start(const void *source, uint32_t sent, void *sink, uint32_t wanted);
struct hal_dma_status hal_dma_status(void);

#endif
