/* Requests and their answers; docs/protocol.md has them byte by byte. */
#ifndef PROTOCOL_H
#define PROTOCOL_H

#include <stdint.h>

/* Look at the line once, and do what has come in completely. */
void protocol_step(void);

/* Frames that came in damaged, and requests that ended in an error. */
uint32_t protocol_damaged(void);
uint32_t protocol_failures(void);

#endif
