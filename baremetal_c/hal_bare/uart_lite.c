/* AXI UARTLite (PG142): 16 bytes of FIFO each way, its speed fixed at synthesis. */
#include "accelerator.h"
#include "cpu.h"
#include "hal.h"
#include <registers.h>

#define RECEIVE 0x0U
#define TRANSMIT 0x4U
#define STATUS 0x8U
#define CONTROL 0xCU

#define RESET_BOTH 0x03U
#define RX_VALID 0x01U
#define TX_FULL 0x08U
#define OVERRUN 0x20U

static bool overrun;

/* Reading the status clears its error bits, so that every look must keep them. */
static uint32_t look(void)
{
    uint32_t status = register_read(ACCELERATOR_UART_BASE, STATUS);
    overrun = overrun || (status & OVERRUN);
    return status;
}

void uart_init(void)
{
    register_write(ACCELERATOR_UART_BASE, CONTROL, RESET_BOTH);
}

int hal_getc(void)
{
    if (!(look() & RX_VALID)) {
        return -1;
    }
    return (int)(register_read(ACCELERATOR_UART_BASE, RECEIVE) & 0xFF);
}

bool hal_putc(uint8_t byte)
{
    if (look() & TX_FULL) {
        return false;
    }
    register_write(ACCELERATOR_UART_BASE, TRANSMIT, byte);
    return true;
}

bool hal_overrun(void)
{
    bool since = overrun;
    overrun = false;
    return since;
}
