#include "text.h"

static void put(struct text *text, char c)
{
    if (text->length + 1 < text->size) {
        text->buffer[text->length++] = c;
        text->buffer[text->length] = '\0';
    }
}

void text_add(struct text *text, const char *more)
{
    while (*more != '\0') {
        put(text, *more++);
    }
}

static void digits(struct text *text, uint64_t value, unsigned least)
{
    char reversed[20];
    unsigned count = 0;
    do {
        reversed[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0 || count < least);
    while (count > 0) {
        put(text, reversed[--count]);
    }
}

void text_number(struct text *text, uint64_t value)
{
    digits(text, value, 1);
}

void text_signed(struct text *text, int64_t value)
{
    if (value < 0) {
        put(text, '-');
    }
    digits(text, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 1);
}

void text_hex(struct text *text, uint64_t value, unsigned digits_wanted)
{
    text_add(text, "0x");
    for (unsigned i = digits_wanted; i > 0; i--) {
        put(text, "0123456789abcdef"[(value >> (4 * (i - 1))) & 15]);
    }
}

void text_decimal(struct text *text, uint64_t value, unsigned places)
{
    uint64_t unit = 1;
    for (unsigned i = 0; i < places; i++) {
        unit *= 10;
    }
    digits(text, value / unit, 1);
    if (places > 0) {
        put(text, '.');
        digits(text, value % unit, places);
    }
}
