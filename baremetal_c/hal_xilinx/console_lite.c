/* The console on an AXI UARTLite, through the registers that XUartLite names. */
#include "console.h"

#include "accelerator.h"
#include "hal.h"

#include "xuartlite_l.h"

static bool overrun;

/* Reading the status clears its error bits. */
static u32 look(void)
{
    u32 status = XUartLite_ReadReg(ACCELERATOR_UART_BASE, XUL_STATUS_REG_OFFSET);
    overrun = overrun || (status & XUL_SR_OVERRUN_ERROR);
    return status;
}

void console_init(void)
{
    XUartLite_WriteReg(ACCELERATOR_UART_BASE, XUL_CONTROL_REG_OFFSET,
                       XUL_CR_FIFO_TX_RESET | XUL_CR_FIFO_RX_RESET);
}

int hal_getc(void)
{
    if (!(look() & XUL_SR_RX_FIFO_VALID_DATA)) {
        return -1;
    }
    return (int)(XUartLite_ReadReg(ACCELERATOR_UART_BASE, XUL_RX_FIFO_OFFSET) & 0xFFU);
}

bool hal_putc(uint8_t byte)
{
    if (look() & XUL_SR_TX_FIFO_FULL) {
        return false;
    }
    XUartLite_WriteReg(ACCELERATOR_UART_BASE, XUL_TX_FIFO_OFFSET, byte);
    return true;
}

bool hal_overrun(void)
{
    bool since = overrun;
    overrun = false;
    return since;
}
