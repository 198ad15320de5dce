#include "core/data_files.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/temp_folder.h"

namespace vonggac::core {
namespace {

std::size_t files_in(const std::string& path) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(path)) count += entry.is_regular_file() ? 1 : 0;
  return count;
}

TEST(WriteFileAtomically, ReplacesTheFileAndLeavesNothingElse) {
  const test::TempFolder folder;
  ASSERT_TRUE(write_file_atomically(folder.file("a"), "first", 0640).ok());
  ASSERT_TRUE(write_file_atomically(folder.file("a"), "second", 0640).ok());
  EXPECT_EQ(*read_file(folder.file("a"), 100), "second");
  EXPECT_EQ(files_in(folder.path()), 1U);
}

TEST(WriteFileAtomically, KeepsTheOldFileWhenTheFolderIsGone) {
  const test::TempFolder folder;
  EXPECT_EQ(write_file_atomically(folder.file("gone/a"), "x", 0640).kind(), base::ErrorKind::kNotFound);
}

TEST(CreateFileAtomically, NeverReplaces) {
  const test::TempFolder folder;
  ASSERT_TRUE(create_file_atomically(folder.file("a"), "first", 0600).ok());
  EXPECT_EQ(create_file_atomically(folder.file("a"), "second", 0600).kind(), base::ErrorKind::kOutOfRange);
  EXPECT_EQ(*read_file(folder.file("a"), 100), "first");
  EXPECT_EQ(files_in(folder.path()), 1U);
}

TEST(ReadFile, RefusesMoreThanTheLimit) {
  const test::TempFolder folder;
  ASSERT_TRUE(write_file_atomically(folder.file("a"), std::string(100, 'x'), 0640).ok());
  EXPECT_TRUE(read_file(folder.file("a"), 100).has_value());
  EXPECT_EQ(read_file(folder.file("a"), 99).error().kind(), base::ErrorKind::kOutOfRange);
}

TEST(MakeFolder, MakesParentsAndAcceptsWhatIsThere) {
  const test::TempFolder folder;
  ASSERT_TRUE(make_folder(folder.file("a/b/c"), 0750).ok());
  EXPECT_TRUE(std::filesystem::is_directory(folder.file("a/b/c")));
  EXPECT_TRUE(make_folder(folder.file("a/b/c"), 0750).ok());
  ASSERT_TRUE(write_file_atomically(folder.file("f"), "", 0640).ok());
  EXPECT_FALSE(make_folder(folder.file("f"), 0750).ok());
}

TEST(DataFiles, OfRootBelongToTheOwnerOfTheFolder) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  constexpr uid_t kSomebody = 65'534;
  const test::TempFolder folder;
  ASSERT_EQ(::chown(folder.path().c_str(), kSomebody, kSomebody), 0);
  ASSERT_TRUE(write_file_atomically(folder.file("a"), "x", 0600).ok());
  ASSERT_TRUE(make_folder(folder.file("b/c"), 0700).ok());
  ASSERT_TRUE(lock_file(folder.file("d"), 0).has_value());
  for (const char* name : {"a", "b", "b/c", "d"}) {
    struct stat info {};
    ASSERT_EQ(::stat(folder.file(name).c_str(), &info), 0);
    EXPECT_EQ(info.st_uid, kSomebody) << name;
  }
}

TEST(LockFile, IsHeldByOneAtATime) {
  const test::TempFolder folder;
  base::Result<base::UniqueFd> first = lock_file(folder.file("lock"), 0);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(lock_file(folder.file("lock"), 0).error().kind(), base::ErrorKind::kUnavailable);
  first->reset();
  EXPECT_TRUE(lock_file(folder.file("lock"), 0).has_value());
}

}  // namespace
}  // namespace vonggac::core
