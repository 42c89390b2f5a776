// SPDX-License-Identifier: Apache-2.0
// Fails the n-th and later fsync and fdatasync of files whose name ends with FAULT_FILE, with errno FAULT_ERRNO, FAULT_TIMES times.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int count;

static int fails(int descriptor) {
    const char *file = getenv("FAULT_FILE");
    char link[64], path[4096];
    if (file == NULL) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    size_t wanted = strlen(file);
    if ((size_t)length < wanted || strcmp(path + length - wanted, file) != 0) return 0;
    count++;
    int first = atoi(getenv("FAULT_AT")), times = atoi(getenv("FAULT_TIMES"));
    if (count < first || count >= first + times) return 0;
    errno = atoi(getenv("FAULT_ERRNO"));
    return 1;
}

int fsync(int descriptor) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    return fails(descriptor) ? -1 : real(descriptor);
}

int fdatasync(int descriptor) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    return fails(descriptor) ? -1 : real(descriptor);
}
