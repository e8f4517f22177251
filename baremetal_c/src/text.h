/* Sentences, put together without printf: a soft processor has no room for it. */
#ifndef TEXT_H
#define TEXT_H

#include <stdint.h>

/* Where a sentence grows; always ends with a zero, and what does not fit is left out. */
struct text {
    char *buffer;
    uint32_t size, length;
};

/* Begin an empty text in an array. */
#define TEXT(array) ((array)[0] = '\0', (struct text){(array), (uint32_t)sizeof(array), 0})

void text_add(struct text *text, const char *more);
void text_number(struct text *text, uint64_t value);
void text_signed(struct text *text, int64_t value);
/* "0x" and so many hexadecimal digits. */
void text_hex(struct text *text, uint64_t value, unsigned digits);
/* value / 10**places, such as 12.5. */
void text_decimal(struct text *text, uint64_t value, unsigned places);

#endif
