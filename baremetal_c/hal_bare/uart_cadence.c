/* The UART of the processing systems: Cadence, 64 bytes of FIFO each way (UG585 and UG1085, ch.
 * "UART Controller"). */
#include "accelerator.h"
#include "cpu.h"
#include "hal.h"
#include <registers.h>

#define CONTROL 0x00U
#define MODE 0x04U
#define INTERRUPT_DISABLE 0x0CU
#define INTERRUPT_STATUS 0x14U
#define BAUD_GENERATOR 0x18U
#define STATUS 0x2CU
#define FIFO 0x30U
#define BAUD_DIVIDER 0x34U

#define RESET_BOTH 0x03U
#define ENABLE_BOTH 0x14U
#define DISABLE_BOTH 0x28U
#define EIGHT_BITS_NO_PARITY 0x20U
#define RX_EMPTY 0x02U
#define TX_EMPTY 0x08U
#define TX_FULL 0x10U
#define OVERRUN 0x20U

/* At 9600 baud and below 64 bytes would take longer than these looks; nothing is lost but text. */
#define LOOKS 1000000U

static void set_baud(void)
{
    uint32_t best = UINT32_MAX, best_generator = 0, best_divider = 0;
    for (uint32_t divider = 4; divider <= 255; divider++) {
        uint32_t bit = ACCELERATOR_UART_BAUD * (divider + 1);
        uint32_t generator = (ACCELERATOR_UART_CLOCK_HZ + bit / 2) / bit;
        if (generator < 2 || generator > 65535) {
            continue;
        }
        uint32_t baud = ACCELERATOR_UART_CLOCK_HZ / (generator * (divider + 1));
        uint32_t error = baud > ACCELERATOR_UART_BAUD ? baud - ACCELERATOR_UART_BAUD
                                                      : ACCELERATOR_UART_BAUD - baud;
        if (error < best) {
            best = error;
            best_generator = generator;
            best_divider = divider;
        }
    }
    register_write(ACCELERATOR_UART_BASE, BAUD_GENERATOR, best_generator);
    register_write(ACCELERATOR_UART_BASE, BAUD_DIVIDER, best_divider);
}

void uart_init(void)
{
    /* What a boot loader has still to say goes out first. */
    for (uint32_t i = 0; i < LOOKS; i++) {
        if (register_read(ACCELERATOR_UART_BASE, STATUS) & TX_EMPTY) {
            break;
        }
    }
    register_write(ACCELERATOR_UART_BASE, CONTROL, DISABLE_BOTH);
    register_write(ACCELERATOR_UART_BASE, INTERRUPT_DISABLE, 0x1FFF);
    register_write(ACCELERATOR_UART_BASE, MODE, EIGHT_BITS_NO_PARITY);
    set_baud();
    register_write(ACCELERATOR_UART_BASE, CONTROL, DISABLE_BOTH | RESET_BOTH);
    register_write(ACCELERATOR_UART_BASE, CONTROL, ENABLE_BOTH);
    register_write(ACCELERATOR_UART_BASE, INTERRUPT_STATUS, 0x1FFF);
}

int hal_getc(void)
{
    if (register_read(ACCELERATOR_UART_BASE, STATUS) & RX_EMPTY) {
        return -1;
    }
    return (int)(register_read(ACCELERATOR_UART_BASE, FIFO) & 0xFF);
}

bool hal_putc(uint8_t byte)
{
    if (register_read(ACCELERATOR_UART_BASE, STATUS) & TX_FULL) {
        return false;
    }
    register_write(ACCELERATOR_UART_BASE, FIFO, byte);
    return true;
}

bool hal_overrun(void)
{
    if (!(register_read(ACCELERATOR_UART_BASE, INTERRUPT_STATUS) & OVERRUN)) {
        return false;
    }
    register_write(ACCELERATOR_UART_BASE, INTERRUPT_STATUS, OVERRUN);
    return true;
}
