/* Loaded into Debian's `motion` (LD_PRELOAD) while it plays a file: writes down at which moment of the *file* it ran each of
   its commands, instead of running them. Its own clock says when it noticed something, not in which picture.

   VONGGAC_WITNESS names the file to append to, a line each:
     <ms of the newest picture> <the command>
     <ms> cpu <CPU ms since the first picture, without fork()> <of it in the decoder>     once, at the end of the file
   At the end of the file the program is asked to stop, as it would start over. Everything else is left as it is: motion plays
   a file in real time. Where one of its threads writes what another reads, both are plain long longs that may be a picture old. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

static atomic_llong newest_ms, decode_ns, fork_ns, begun_ns;
static atomic_bool ended;
static AVRational time_base = {1, 1000};

static long long spent_ns(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void* original(const char* name) {
  void* symbol = dlsym(RTLD_NEXT, name);
  if (symbol == NULL) abort();
  return symbol;
}

static void write_down(const char* text) {
  const char* path = getenv("VONGGAC_WITNESS");
  const int fd = path == NULL ? -1 : open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  char line[256];
  const int length = snprintf(line, sizeof line, "%lld %s\n", (long long)newest_ms, text);
  if (fd < 0 || length < 0 || length >= (int)sizeof line || write(fd, line, (size_t)length) != length) abort();
  close(fd);
}

int av_read_frame(AVFormatContext* input, AVPacket* packet) {
  const int result = ((int (*)(AVFormatContext*, AVPacket*))original("av_read_frame"))(input, packet);
  if (result >= 0) time_base = input->streams[packet->stream_index]->time_base;
  if (result == AVERROR_EOF && !atomic_exchange(&ended, 1)) {
    char text[96];
    const long long all = spent_ns(CLOCK_PROCESS_CPUTIME_ID) - begun_ns - fork_ns;
    snprintf(text, sizeof text, "cpu %.3f %.3f", (double)all / 1e6, (double)decode_ns / 1e6);
    write_down(text);
    kill(getpid(), SIGTERM);
  }
  return result;
}

int avcodec_send_packet(AVCodecContext* codec, const AVPacket* packet) {
  const long long before = spent_ns(CLOCK_THREAD_CPUTIME_ID);
  const int result = ((int (*)(AVCodecContext*, const AVPacket*))original("avcodec_send_packet"))(codec, packet);
  decode_ns += spent_ns(CLOCK_THREAD_CPUTIME_ID) - before;
  return result;
}

int avcodec_receive_frame(AVCodecContext* codec, AVFrame* frame) {
  const long long before = spent_ns(CLOCK_THREAD_CPUTIME_ID);
  const int result = ((int (*)(AVCodecContext*, AVFrame*))original("avcodec_receive_frame"))(codec, frame);
  decode_ns += spent_ns(CLOCK_THREAD_CPUTIME_ID) - before;
  if (result == 0 && frame->pts != AV_NOPTS_VALUE) newest_ms = av_rescale_q(frame->pts, time_base, (AVRational){1, 1000});
  if (result == 0 && begun_ns == 0) begun_ns = spent_ns(CLOCK_PROCESS_CPUTIME_ID);
  return result;
}

/* One for each command: a cost of being watched, not of the program. */
pid_t fork(void) {
  const long long before = spent_ns(CLOCK_THREAD_CPUTIME_ID);
  const pid_t child = ((pid_t(*)(void))original("fork"))();
  if (child > 0) fork_ns += spent_ns(CLOCK_THREAD_CPUTIME_ID) - before;
  return child;
}

/* In the child, whose memory is a copy of the moment of the fork: sh -c COMMAND. */
int execl(const char* path, const char* first, ...) {
  (void)path;
  (void)first;
  va_list list;
  va_start(list, first);
  const char* const option = va_arg(list, const char*);
  const char* const command = option == NULL ? NULL : va_arg(list, const char*);
  va_end(list);
  if (command != NULL && !ended) write_down(command);
  _exit(0);
}
