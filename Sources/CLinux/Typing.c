#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* Here and not in Swift, because a signal's handler may call nothing but what signal-safety(7) lists: tcsetattr(3),
   sigaction(2), pthread_sigmask(3), raise(3) and write(2) are among that. */

static const int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
enum { SIGNALS = sizeof signals / sizeof *signals };

static struct sigaction before[SIGNALS];
static struct termios shown, hidden;
static int terminal_of_typing;
static const char *prompt_of_typing;

static void restore_and_pass_on(int number) {
    int saved = errno;
    int index = 0;
    while (signals[index] != number) index++;
    tcsetattr(terminal_of_typing, TCSAFLUSH, &shown);

    /* What the signal would have done without us. A stop goes on here when it is continued. */
    struct sigaction ours;
    sigset_t one, waiting;
    sigaction(number, &before[index], &ours);
    sigemptyset(&one);
    sigaddset(&one, number);
    sigaddset(&one, SIGTTOU);
    /* To this thread, which so does not go on before it has come. */
    raise(number);
    pthread_sigmask(SIG_UNBLOCK, &one, &waiting);

    /* In the background this stops the process once more (SIGTTOU), until it has the terminal. */
    tcsetattr(terminal_of_typing, TCSAFLUSH, &hidden);
    ssize_t written = write(STDERR_FILENO, prompt_of_typing, strlen(prompt_of_typing));
    (void)written;
    pthread_sigmask(SIG_SETMASK, &waiting, NULL);
    sigaction(number, &ours, NULL);
    errno = saved;
}

int clinux_hide_typing(int terminal, const char *prompt) {
    if (tcgetattr(terminal, &shown) != 0) return -1;
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    terminal_of_typing = terminal;
    prompt_of_typing = prompt;
    struct sigaction ours = {.sa_handler = restore_and_pass_on, .sa_flags = SA_RESTART};
    /* One after another; and whoever is in the background may put the terminal right (tcsetattr(3)). */
    sigfillset(&ours.sa_mask);
    for (int index = 0; index < SIGNALS; index++) {
        sigaction(signals[index], NULL, &before[index]);
        /* Ignored, by nohup(1) say, it stays. */
        if (before[index].sa_handler != SIG_IGN) sigaction(signals[index], &ours, NULL);
    }
    return tcsetattr(terminal, TCSAFLUSH, &hidden);
}

void clinux_show_typing(void) {
    tcsetattr(terminal_of_typing, TCSAFLUSH, &shown);
    for (int index = 0; index < SIGNALS; index++) sigaction(signals[index], &before[index], NULL);
}
