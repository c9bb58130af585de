// Starting a program that must outlive its starter: initdb and the private server.
#ifndef CULPRIT_DETACH_H
#define CULPRIT_DETACH_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

// glibc hides it unless `_GNU_SOURCE` is defined before its first header, which a Swift module map can't promise.
#ifndef POSIX_SPAWN_SETSID
#define POSIX_SPAWN_SETSID 0x80
#endif

/// Starts a program in a session of its own, so that a Ctrl-C at the terminal doesn't reach it, in the root folder, with
/// no input, its output and errors going to `output`, default signal handling, and no other file of ours open: a pipe
/// that it kept would never see its end. Returns 0 or an `errno`.
static inline int cpg_spawn(const char *_Nonnull program, char *_Nullable const *_Nonnull arguments,
                            char *_Nullable const *_Nonnull environment, int output, pid_t *_Nonnull process) {
    // Above the three standard files, which are replaced one after the other.
    int log = fcntl(output, F_DUPFD_CLOEXEC, 3);
    if (log < 0) return errno;

    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t files;
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_init(&files);

    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

    int failure = posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    if (!failure) failure = posix_spawn_file_actions_adddup2(&files, log, 1);
    if (!failure) failure = posix_spawn_file_actions_adddup2(&files, log, 2);
    if (!failure) failure = posix_spawn_file_actions_addclosefrom_np(&files, 3);
    if (!failure) failure = posix_spawn_file_actions_addchdir_np(&files, "/");
    if (!failure) failure = posix_spawn(process, program, &files, &attributes, arguments, environment);

    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    close(log);
    return failure;
}

#endif
