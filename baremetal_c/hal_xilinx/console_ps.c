/* The console on a UART of the processing system, through XUartPs. */
#include "console.h"

#include "accelerator.h"
#include "hal.h"

#include "xuartps.h"

static XUartPs uart;

void console_init(void)
{
    /* Not looked up: by device id in classic BSPs, by address in SDT ones. */
    static XUartPs_Config config = {
        .BaseAddress = ACCELERATOR_UART_BASE,
        .InputClockHz = ACCELERATOR_UART_CLOCK_HZ,
    };
    (void)XUartPs_CfgInitialize(&uart, &config, config.BaseAddress);
    (void)XUartPs_SetBaudRate(&uart, ACCELERATOR_UART_BAUD); /* switches it on, too */
    XUartPs_WriteReg(ACCELERATOR_UART_BASE, XUARTPS_ISR_OFFSET, XUARTPS_IXR_MASK);
}

int hal_getc(void)
{
    if (!XUartPs_IsReceiveData(ACCELERATOR_UART_BASE)) {
        return -1;
    }
    return (int)(XUartPs_ReadReg(ACCELERATOR_UART_BASE, XUARTPS_FIFO_OFFSET) & 0xFFU);
}

bool hal_putc(uint8_t byte)
{
    if (XUartPs_IsTransmitFull(ACCELERATOR_UART_BASE)) {
        return false;
    }
    XUartPs_WriteReg(ACCELERATOR_UART_BASE, XUARTPS_FIFO_OFFSET, byte);
    return true;
}

bool hal_overrun(void)
{
    if (!(XUartPs_ReadReg(ACCELERATOR_UART_BASE, XUARTPS_ISR_OFFSET) & XUARTPS_IXR_OVER)) {
        return false;
    }
    XUartPs_WriteReg(ACCELERATOR_UART_BASE, XUARTPS_ISR_OFFSET, XUARTPS_IXR_OVER);
    return true;
}
