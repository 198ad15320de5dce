#include "core/secret_box.h"

#include <fstream>
#include <set>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/data_files.h"
#include "support/hand_clock.h"
#include "support/temp_folder.h"

namespace vonggac::core {
namespace {

class SecretBoxTest : public ::testing::Test {
 protected:
  SecretBox open_box() {
    base::Result<SecretBox> box = SecretBox::load_or_create(folder_.path());
    EXPECT_TRUE(box.has_value()) << box.error().message();
    return std::move(box).value();
  }
  std::string key_path() const { return folder_.file("secrets/node.key"); }
  mode_t mode_of(const std::string& path) const {
    struct stat info {};
    EXPECT_EQ(::stat(path.c_str(), &info), 0);
    return info.st_mode & 07777;
  }

  test::TempFolder folder_;
  test::HandClock clock_;
  base::CameraId camera_{base::Uuid::make_v7(clock_)};
  base::CameraId other_{base::Uuid::make_v7(clock_)};
};

TEST_F(SecretBoxTest, OpensWhatItSealedAlsoAfterARestart) {
  const std::string sealed = open_box().seal(base::Secret("hush"), camera_, "password");
  EXPECT_EQ(sealed.find("hush"), std::string::npos);
  EXPECT_EQ(open_box().unseal(sealed, camera_, "password")->reveal(), "hush");
}

TEST_F(SecretBoxTest, SealsTheSameSecretDifferentlyEachTime) {
  const SecretBox box = open_box();
  std::set<std::string> seen;
  for (int i = 0; i < 20; ++i) seen.insert(box.seal(base::Secret("same"), camera_, "password"));
  EXPECT_EQ(seen.size(), 20U);
}

TEST_F(SecretBoxTest, DoesNotOpenForAnotherCameraOrField) {
  const SecretBox box = open_box();
  const std::string sealed = box.seal(base::Secret("hush"), camera_, "password");
  EXPECT_EQ(box.unseal(sealed, other_, "password").error().kind(), base::ErrorKind::kDataLoss);
  EXPECT_EQ(box.unseal(sealed, camera_, "main_url").error().kind(), base::ErrorKind::kDataLoss);
}

TEST_F(SecretBoxTest, DoesNotOpenWhatWasChanged) {
  const SecretBox box = open_box();
  const std::string sealed = box.seal(base::Secret("hush"), camera_, "password");
  for (std::size_t i = 0; i + 4 < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(box.unseal(changed, camera_, "password").has_value()) << i;
  }
  for (const std::string& text :
       {std::string(), std::string("AQ=="), std::string("not base64!"), sealed + "AAAA", std::string(20'000, 'A')}) {
    EXPECT_FALSE(box.unseal(text, camera_, "password").has_value()) << text.substr(0, 30);
  }
}

TEST_F(SecretBoxTest, DoesNotOpenWithAnotherKey) {
  const std::string sealed = open_box().seal(base::Secret("hush"), camera_, "password");
  ASSERT_EQ(::unlink(key_path().c_str()), 0);
  const base::Result<base::Secret> opened = open_box().unseal(sealed, camera_, "password");
  ASSERT_FALSE(opened.has_value());
  EXPECT_NE(opened.error().message().find("camera set"), std::string::npos);
}

TEST_F(SecretBoxTest, KeepsTheKeyForTheOwnerAlone) {
  (void)open_box();
  EXPECT_EQ(mode_of(key_path()), 0600U);
  EXPECT_EQ(mode_of(folder_.file("secrets")), 0700U);
}

TEST_F(SecretBoxTest, RefusesAKeyOthersCanReadAndSaysHowToMendIt) {
  (void)open_box();
  ASSERT_EQ(::chmod(key_path().c_str(), 0640), 0);
  const base::Result<SecretBox> box = SecretBox::load_or_create(folder_.path());
  ASSERT_FALSE(box.has_value());
  EXPECT_EQ(box.error().kind(), base::ErrorKind::kPermissionDenied);
  EXPECT_NE(box.error().message().find("chmod 600"), std::string::npos);
}

TEST_F(SecretBoxTest, RefusesAFolderOthersCanEnter) {
  (void)open_box();
  ASSERT_EQ(::chmod(folder_.file("secrets").c_str(), 0755), 0);
  const base::Result<SecretBox> box = SecretBox::load_or_create(folder_.path());
  ASSERT_FALSE(box.has_value());
  EXPECT_NE(box.error().message().find("chmod 700"), std::string::npos);
}

TEST_F(SecretBoxTest, RefusesAKeyOfTheWrongSize) {
  (void)open_box();
  ASSERT_TRUE(write_file_atomically(key_path(), "short", 0600).ok());
  EXPECT_EQ(SecretBox::load_or_create(folder_.path()).error().kind(), base::ErrorKind::kDataLoss);
}

TEST_F(SecretBoxTest, DoesNotFollowALinkToAKey) {
  ASSERT_TRUE(make_folder(folder_.file("secrets"), 0700).ok());
  ASSERT_TRUE(write_file_atomically(folder_.file("elsewhere"), std::string(32, 'k'), 0600).ok());
  ASSERT_EQ(::symlink(folder_.file("elsewhere").c_str(), key_path().c_str()), 0);
  EXPECT_FALSE(SecretBox::load_or_create(folder_.path()).has_value());
}

}  // namespace
}  // namespace vonggac::core
