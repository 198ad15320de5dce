// Other processes open index.db while the recorder runs: people with sqlite3, backups, a second `vonggac`.
#include <cstdio>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include "support/step_recorder.h"

namespace vonggac::record {
namespace {

using test::FastFolder;
using test::HandClock;
using test::StepRecorder;
using test::SyntheticCamera;

/// Another process opens the index as people do, counts the fragments of open segments, and closes it. A program of its
/// own: a mere fork would share SQLite's idea of who holds which lock.
std::string count_in_another_process(const std::string& data_dir) {
  const std::string command = "sqlite3 '" + index_path(data_dir) + "' 'SELECT count(*) FROM fragment_tail' 2>&1";
  std::FILE* output = ::popen(command.c_str(), "r");
  if (output == nullptr) return "popen failed";
  std::string text(200, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), output));
  ::pclose(output);
  return text;
}

/// POSIX drops all locks of a process on a file when it closes any descriptor of it. Without its lock the recorder
/// looks gone, the other process takes the log away, and what is committed later is seen by nobody and dies with us.
TEST(IndexSharing, AnotherProcessThatClosesTheIndexDoesNotTakeTheLogAway) {
  FastFolder folder;
  HandClock clock;
  SyntheticCamera source(clock);
  StepRecorder recorder(clock, folder.path());
  ASSERT_TRUE(recorder.open().ok());
  CameraTrack& track = recorder.add(1, test::continuous());
  recorder.play(source, track, 4'500'000);
  ASSERT_TRUE(recorder.write_and_flush().ok());
  EXPECT_EQ(count_in_another_process(folder.path()), "2\n");
  recorder.play(source, track, 4'000'000);
  ASSERT_TRUE(recorder.write_and_flush().ok());
  EXPECT_EQ(count_in_another_process(folder.path()), "4\n");
  EXPECT_EQ(::access((index_path(folder.path()) + "-wal").c_str(), F_OK), 0);
}

}  // namespace
}  // namespace vonggac::record
