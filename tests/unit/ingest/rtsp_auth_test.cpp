#include "ingest/rtsp_auth.h"

#include <gtest/gtest.h>

#include "base/digest.h"

namespace vonggac::ingest {
namespace {

using Verdict = Authenticator::Verdict;

Authenticator authenticator(std::string user = "Mufasa", std::string password = "Circle Of Life",
                            std::string cnonce = "0a4f113b") {
  return Authenticator(std::move(user), base::Secret(std::move(password)), [cnonce] { return cnonce; });
}

TEST(AuthChallenge, SplitsSeveralInOneHeader) {
  const auto challenges = parse_challenges(
      {R"(Digest realm="a, b", nonce="n1", stale=FALSE, Basic realm="x",Digest realm = "c" , nonce=n2,algorithm=SHA-256)"});
  ASSERT_EQ(challenges.size(), 3U);
  EXPECT_EQ(challenges[0].realm, "a, b");
  EXPECT_EQ(challenges[1].scheme, AuthScheme::kBasic);
  EXPECT_EQ(challenges[2].realm, "c");
  EXPECT_EQ(challenges[2].nonce, "n2");
  EXPECT_EQ(challenges[2].hash, DigestHash::kSha256);
}

TEST(AuthChallenge, LeavesOutWhatCannotBeAnswered) {
  EXPECT_TRUE(parse_challenges({R"(Digest realm="a")", R"(Digest nonce="n", algorithm=SHA-512-256)",
                                R"(Digest nonce="n", qop="auth-int")", "Bearer", "\"\"\",,==", ""})
                  .empty());
}

TEST(AuthChallenge, ReadsEscapedQuotesAndFlags) {
  const auto challenges = parse_challenges(
      {R"(digest REALM="say \"hi\"", NONCE="n", qop="auth-int, auth", opaque="o", stale="TRUE", algorithm="MD5-sess")"});
  ASSERT_EQ(challenges.size(), 1U);
  EXPECT_EQ(challenges[0].realm, "say \"hi\"");
  EXPECT_TRUE(challenges[0].qop_auth);
  EXPECT_TRUE(challenges[0].stale);
  EXPECT_TRUE(challenges[0].session_variant);
  EXPECT_EQ(challenges[0].opaque, "o");
}

// The worked example of RFC 2617 section 3.5.
TEST(Authenticator, ComputesTheExampleOfRfc2617) {
  Authenticator auth = authenticator();
  ASSERT_EQ(
      auth.on_challenge(
          {R"(Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41")"},
          false),
      Verdict::kRetry);
  EXPECT_EQ(auth.authorization("GET", "/dir/index.html"),
            R"(Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", )"
            R"(uri="/dir/index.html", opaque="5ccc069c403ebaf9f0171e9517f40e41", qop=auth, nc=00000001, )"
            R"(cnonce="0a4f113b", response="6629fae49393a05397450978507c4ef1")");
}

// The worked example of RFC 7616 section 3.9.1.
TEST(Authenticator, ComputesTheSha256ExampleOfRfc7616) {
  Authenticator auth = authenticator("Mufasa", "Circle of Life", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ");
  ASSERT_EQ(
      auth.on_challenge(
          {R"(Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS")"},
          false),
      Verdict::kRetry);
  EXPECT_NE(auth.authorization("GET", "/dir/index.html")
                .find("response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\""),
            std::string::npos);
}

TEST(Authenticator, AnswersWithoutQopAsRfc2069) {
  Authenticator auth = authenticator("admin", "pw");
  (void)auth.on_challenge({R"(Digest realm="r", nonce="n")"}, false);
  const std::string response =
      base::md5_hex(base::md5_hex("admin:r:pw") + ":n:" + base::md5_hex("DESCRIBE:rtsp://h/s"));
  EXPECT_EQ(auth.authorization("DESCRIBE", "rtsp://h/s"),
            R"(Digest username="admin", realm="r", nonce="n", uri="rtsp://h/s", response=")" + response + "\"");
}

TEST(Authenticator, HashesTheSessionVariantWithOneCnonceForAllRequests) {
  Authenticator auth = authenticator("admin", "pw");
  (void)auth.on_challenge({R"(Digest realm="r", nonce="n", algorithm=MD5-sess, qop="auth")"}, false);
  (void)auth.authorization("OPTIONS", "rtsp://h/s");
  const std::string key = base::md5_hex(base::md5_hex("admin:r:pw") + ":n:0a4f113b");
  const std::string response = base::md5_hex(key + ":n:00000002:0a4f113b:auth:" + base::md5_hex("PLAY:rtsp://h/s"));
  const std::string value = auth.authorization("PLAY", "rtsp://h/s");
  EXPECT_NE(value.find("response=\"" + response + "\""), std::string::npos);
  EXPECT_NE(value.find("algorithm=MD5-sess,"), std::string::npos);
}

TEST(Authenticator, EncodesBasic) {
  Authenticator auth = authenticator("Aladdin", "open sesame");
  ASSERT_EQ(auth.on_challenge({R"(Basic realm="WallyWorld")"}, false), Verdict::kRetry);
  EXPECT_EQ(auth.authorization("DESCRIBE", "x"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
}

TEST(Authenticator, PrefersSha256ThenMd5ThenBasic) {
  Authenticator auth = authenticator();
  (void)auth.on_challenge(
      {R"(Basic realm="r")", R"(Digest realm="r", nonce="m")", R"(Digest realm="r", nonce="s", algorithm=SHA-256)"},
      false);
  EXPECT_NE(auth.authorization("X", "y").find("algorithm=SHA-256"), std::string::npos);
  Authenticator second = authenticator();
  (void)second.on_challenge({R"(Basic realm="r")", R"(Digest realm="r", nonce="m")"}, false);
  EXPECT_EQ(second.authorization("X", "y").rfind("Digest ", 0), 0U);
}

TEST(Authenticator, NeverSendsBasicOnceDigestWasOffered) {
  Authenticator auth = authenticator();
  // A Digest that cannot be answered still forbids the password in clear.
  EXPECT_EQ(auth.on_challenge({R"(Digest realm="r", nonce="n", qop="auth-int")", R"(Basic realm="r")"}, false),
            Verdict::kNoUsableScheme);
  EXPECT_EQ(auth.on_challenge({R"(Basic realm="r")"}, false), Verdict::kNoUsableScheme);
  EXPECT_EQ(auth.authorization("X", "y"), "");
}

TEST(Authenticator, GivesUpAtOnceWhenThePasswordIsWrong) {
  Authenticator auth = authenticator();
  EXPECT_EQ(auth.on_challenge({R"(Digest realm="r", nonce="n1")"}, false), Verdict::kRetry);
  EXPECT_FALSE(auth.credentials_tried());
  EXPECT_EQ(auth.on_challenge({R"(Digest realm="r", nonce="n2")"}, true), Verdict::kRefused);
  EXPECT_TRUE(auth.credentials_tried());
}

TEST(Authenticator, TriesAStaleNonceThreeTimesAtMost) {
  Authenticator auth = authenticator();
  EXPECT_EQ(auth.on_challenge({R"(Digest realm="r", nonce="n1")"}, false), Verdict::kRetry);
  EXPECT_EQ(auth.on_challenge({R"(Digest realm="r", nonce="n2", stale=true)"}, true), Verdict::kRetry);
  EXPECT_EQ(auth.on_challenge({R"(Digest realm="r", nonce="n3", stale=true)"}, true), Verdict::kRetry);
  EXPECT_EQ(auth.on_challenge({R"(Digest realm="r", nonce="n4", stale=true)"}, true), Verdict::kRefused);
}

TEST(Authenticator, TakesANewNonceWithoutStaleOnceTheOldOneHasWorked) {
  Authenticator auth = authenticator();
  (void)auth.on_challenge({R"(Digest realm="r", nonce="n1")"}, false);
  auth.on_accepted();
  EXPECT_EQ(auth.on_challenge({R"(Digest realm="r", nonce="n2")"}, true), Verdict::kRetry);
  EXPECT_EQ(auth.on_challenge({R"(Digest realm="r", nonce="n3")"}, true), Verdict::kRefused);
}

TEST(Authenticator, TakesANewNonceOnANewConnection) {
  Authenticator auth = authenticator();
  (void)auth.on_challenge({R"(Digest realm="r", nonce="n1")"}, false);
  auth.on_new_connection();
  EXPECT_EQ(auth.on_challenge({R"(Digest realm="r", nonce="n2")"}, true), Verdict::kRetry);
  EXPECT_EQ(auth.on_challenge({R"(Digest realm="r", nonce="n3")"}, true), Verdict::kRefused);
}

TEST(Authenticator, AsksForCredentialsThatAreNotStored) {
  Authenticator auth = authenticator("", "");
  EXPECT_EQ(auth.on_challenge({R"(Digest realm="r", nonce="n1")"}, false), Verdict::kNoCredentials);
}

TEST(Authenticator, KeepsLineBreaksAndQuotesInsideTheHeader) {
  Authenticator auth = authenticator("a\"b\r\nX: y", "pw");
  (void)auth.on_challenge({R"(Digest realm="r", nonce="n1")"}, false);
  const std::string value = auth.authorization("X", "y");
  EXPECT_EQ(value.find('\n'), std::string::npos);
  EXPECT_NE(value.find(R"(username="a\"bX: y")"), std::string::npos);
}

TEST(Authenticator, MakesDifferentCnonces) {
  EXPECT_NE(Authenticator::random_cnonce(), Authenticator::random_cnonce());
}

}  // namespace
}  // namespace vonggac::ingest
