/* What a person at a terminal program reads and types. */
#ifndef TERMINAL_H
#define TERMINAL_H

#include <stdint.h>

/* Who this is, the self-test, the time a sample takes. Written at power-up. */
void terminal_welcome(void);

/* Do what a key stands for. */
void terminal_key(uint8_t key);

/* Write that something failed, in a sentence. */
void terminal_error(const char *sentence);

#endif
