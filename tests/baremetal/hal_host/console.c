/* The console on a terminal device or a TCP port of the build machine, and the program's start. */
#define _DEFAULT_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "hal.h"
#include "model.h"
#include "protocol.h"
#include "terminal.h"

static int line = -1, listener = -1;
static unsigned idle, lost_at, received;
static bool overrun;

static void listen_anywhere(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, size) < 0 || listen(listener, 1) < 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) < 0) {
        perror("listen");
        exit(2);
    }
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
}

static void open_terminal(const char *path)
{
    struct termios mode;
    line = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK);
    if (line < 0 || tcgetattr(line, &mode) < 0) {
        perror(path);
        exit(2);
    }
    cfmakeraw(&mode);
    tcsetattr(line, TCSANOW, &mode);
}

static void hang_up(void)
{
    close(line);
    line = -1;
    if (listener < 0) {
        exit(0); /* the other end of the pseudo-terminal is gone */
    }
}

/* Wait for a millisecond where nothing has come for a while, or for a caller. */
static void rest(void)
{
    struct pollfd wait = {.fd = line < 0 ? listener : line, .events = POLLIN};
    if (poll(&wait, 1, 1) > 0 && line < 0) {
        line = accept(listener, NULL, NULL);
        fcntl(line, F_SETFL, O_NONBLOCK);
    }
}

int hal_getc(void)
{
    static uint8_t held[256];
    static ssize_t count, at;
    if (at == count) {
        at = 0;
        count = line < 0 ? -1 : read(line, held, sizeof held);
        if (count == 0 || (count < 0 && line >= 0 && errno != EAGAIN)) {
            hang_up();
        }
        if (count <= 0) {
            count = 0;
            if (++idle > 10000) {
                rest();
            }
            return -1;
        }
    }
    idle = 0;
    if (++received == lost_at) {
        overrun = true;
        at++;
        return -1;
    }
    return held[at++];
}

bool hal_putc(uint8_t byte)
{
    if (line < 0) {
        return true; /* nobody is there to hear it */
    }
    idle = 0;
    ssize_t done = write(line, &byte, 1);
    if (done < 0 && errno != EAGAIN) {
        hang_up();
    }
    return done == 1 || line < 0;
}

bool hal_overrun(void)
{
    bool now = overrun;
    overrun = false;
    return now;
}

int main(int argc, char **argv)
{
    if (argc < 2 || argc > 5 ||
        !model_fault(argc > 2 ? argv[2] : "none", argc > 3 ? (unsigned)atoi(argv[3]) : 0)) {
        fprintf(stderr, "usage: %s DEVICE|listen [FAULT TRANSFER [LOST]]\n", argv[0]);
        return 2;
    }
    lost_at = argc > 4 ? (unsigned)atoi(argv[4]) : 0;
    if (strcmp(argv[1], "listen") == 0) {
        listen_anywhere();
        while (line < 0) {
            rest();
        }
    } else {
        open_terminal(argv[1]);
    }
    hal_init();
    terminal_welcome();
    for (;;) {
        protocol_step();
    }
}
