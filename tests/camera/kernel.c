// SPDX-License-Identifier: Apache-2.0
// A camera's driver in front of the C library: answers the Video4Linux calls for one file, CAMERA_DEVICE, by the
// structures and numbers of the kernel's own header. All other files go to the real kernel.
// - CAMERA_GREY, CAMERA_YUYV, CAMERA_MJPG: a file of pictures in that form; a form without one is not granted.
//   The file: width, height, stride, count as 32-bit numbers, then each picture's flags, length and bytes.
// - CAMERA_PACE_MS: from picture to picture (10). After the last one the first follows, or by CAMERA_END:
//   gone (ENODEV, as when it is pulled out) or still (nothing comes any more).
// - CAMERA_FAULT: busy, no-capture, no-buffers, huge-buffer, huge-picture, foreign-buffer.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define REAL(name, type) ((type)dlsym(RTLD_NEXT, name))
#define PAGE 4096
#define MOST 8

static uint32_t form, width, height, stride, count, shown;
static uint8_t *pictures;
static size_t at, first, buffer_size;
static int buffers, streaming, queue[MOST], queued, owner = -1;
static int64_t due;

static int has_fault(const char *name) {
    const char *fault = getenv("CAMERA_FAULT");
    return fault != NULL && strcmp(fault, name) == 0;
}

static int is_camera(int descriptor) {
    const char *path = getenv("CAMERA_DEVICE");
    struct stat ours, asked;
    return path != NULL && stat(path, &ours) == 0 && fstat(descriptor, &asked) == 0 && ours.st_ino == asked.st_ino &&
           ours.st_dev == asked.st_dev;
}

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int fails(int code) {
    errno = code;
    return -1;
}

static const char *file_of(uint32_t wanted) {
    if (wanted == V4L2_PIX_FMT_GREY) return getenv("CAMERA_GREY");
    if (wanted == V4L2_PIX_FMT_YUYV) return getenv("CAMERA_YUYV");
    if (wanted == V4L2_PIX_FMT_MJPEG) return getenv("CAMERA_MJPG");
    return NULL;
}

static int set_format(struct v4l2_format *asked) {
    const char *path = file_of(asked->fmt.pix.pixelformat);
    if (asked->type != V4L2_BUF_TYPE_VIDEO_CAPTURE || path == NULL) return fails(EINVAL);
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    struct stat found;
    if (descriptor < 0 || fstat(descriptor, &found) != 0) return fails(EIO);
    pictures = mmap(NULL, found.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    close(descriptor);
    memcpy(&width, pictures, 4);
    memcpy(&height, pictures + 4, 4);
    memcpy(&stride, pictures + 8, 4);
    memcpy(&count, pictures + 12, 4);
    form = asked->fmt.pix.pixelformat;
    at = first = 16;
    buffer_size = (size_t)(stride > 2 * width ? stride : 2 * width) * height;
    buffer_size += PAGE - buffer_size % PAGE;
    asked->fmt.pix.width = width;
    asked->fmt.pix.height = height;
    asked->fmt.pix.bytesperline = stride;
    asked->fmt.pix.sizeimage = has_fault("huge-picture") ? 0xffffffff : buffer_size;
    return 0;
}

static int next_picture(int descriptor, struct v4l2_buffer *buffer) {
    const char *end = getenv("CAMERA_END");
    if (!streaming) return fails(EINVAL);
    if (shown == count && end != NULL) return fails(strcmp(end, "gone") == 0 ? ENODEV : EAGAIN);
    if (now_ms() < due || queued == 0) return fails(EAGAIN);
    if (shown % count == 0) at = first;
    uint32_t flags, length;
    memcpy(&flags, pictures + at, 4);
    memcpy(&length, pictures + at + 4, 4);
    int index = queue[0];
    memmove(queue, queue + 1, sizeof(int) * --queued);
    if (pwrite(descriptor, pictures + at + 8, length, index * buffer_size) != (ssize_t)length) return fails(EIO);
    at += 8 + length;
    shown++;
    due = now_ms() + (getenv("CAMERA_PACE_MS") ? atoi(getenv("CAMERA_PACE_MS")) : 10);
    buffer->index = has_fault("foreign-buffer") ? 77 : index;
    buffer->bytesused = length;
    buffer->flags = flags;
    buffer->sequence = shown;
    return 0;
}

static int answer(int descriptor, unsigned long request, void *argument) {
    switch (request) {
    case VIDIOC_QUERYCAP: {
        struct v4l2_capability *told = argument;
        memset(told, 0, sizeof *told);
        snprintf((char *)told->card, sizeof told->card, "Camera of\n the test");
        told->device_caps = V4L2_CAP_STREAMING | (has_fault("no-capture") ? 0 : V4L2_CAP_VIDEO_CAPTURE);
        told->capabilities = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING | V4L2_CAP_DEVICE_CAPS;
        return 0;
    }
    case VIDIOC_S_FMT:
        return has_fault("busy") || (streaming && owner != descriptor) ? fails(EBUSY) : set_format(argument);
    case VIDIOC_REQBUFS: {
        struct v4l2_requestbuffers *asked = argument;
        if (asked->memory != V4L2_MEMORY_MMAP || form == 0) return fails(EINVAL);
        if (asked->count > MOST) asked->count = MOST;
        if (has_fault("no-buffers")) asked->count = 0;
        buffers = asked->count;
        queued = 0;
        return ftruncate(descriptor, buffers * buffer_size);
    }
    case VIDIOC_QUERYBUF: {
        struct v4l2_buffer *asked = argument;
        if ((int)asked->index >= buffers) return fails(EINVAL);
        asked->length = has_fault("huge-buffer") ? 0xffffffff : buffer_size;
        asked->m.offset = asked->index * buffer_size;
        return 0;
    }
    case VIDIOC_QBUF: {
        struct v4l2_buffer *given = argument;
        if ((int)given->index >= buffers || queued == MOST || given->memory != V4L2_MEMORY_MMAP) return fails(EINVAL);
        queue[queued++] = given->index;
        return 0;
    }
    case VIDIOC_DQBUF:
        return next_picture(descriptor, argument);
    case VIDIOC_STREAMON:
        streaming = 1;
        owner = descriptor;
        return *(int *)argument == V4L2_BUF_TYPE_VIDEO_CAPTURE ? 0 : fails(EINVAL);
    case VIDIOC_STREAMOFF:
        streaming = queued = 0;
        return 0;
    }
    return fails(ENOTTY);
}

int ioctl(int descriptor, unsigned long request, ...) {
    va_list rest;
    va_start(rest, request);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    // Python hands the number over as a signed one.
    if (is_camera(descriptor)) return answer(descriptor, (uint32_t)request, argument);
    return REAL("ioctl", int (*)(int, unsigned long, void *))(descriptor, request, argument);
}

int poll(struct pollfd *asked, nfds_t many, int limit_ms) {
    if (many != 1 || !is_camera(asked[0].fd)) {
        return REAL("poll", int (*)(struct pollfd *, nfds_t, int))(asked, many, limit_ms);
    }
    int64_t end = now_ms() + limit_ms;
    const char *how = getenv("CAMERA_END");
    int is_still = how != NULL && strcmp(how, "still") == 0;
    while (now_ms() < end) {
        if (now_ms() >= due && queued > 0 && !(is_still && shown == count)) {
            asked[0].revents = POLLIN;
            return 1;
        }
        usleep(1000);
    }
    return 0;
}
