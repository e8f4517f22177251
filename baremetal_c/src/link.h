/* The serial line: what the UART's small FIFO has received is moved to a large one in time. */
#ifndef LINK_H
#define LINK_H

#include <stdint.h>

/* So many bytes may be worked off or sent between two looks at the receiver: half the FIFO of an
 * AXI UARTLite, and each takes far less time than one on the line. */
#define LINK_BURST 8U

/* Move what the UART has received. Called in every wait, whatever is waited for. */
void link_drain(void);

/* Return the next byte that link_drain() has moved, or -1. */
int link_get(void);

/* Send a byte, waiting for room. */
void link_put(uint8_t byte);

/* Send text; a line feed becomes carriage return and line feed. */
void link_text(const char *text);

/* Bytes that link_drain can hold, and how often the UART has lost some. */
uint32_t link_window(void);
uint32_t link_overruns(void);

#endif
