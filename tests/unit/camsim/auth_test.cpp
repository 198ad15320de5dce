#include "camsim/auth.h"

#include <gtest/gtest.h>

namespace vonggac::camsim {
namespace {

RtspRequest request_with(const std::string& authorization) {
  RtspRequest request;
  request.method = "DESCRIBE";
  request.uri = "rtsp://h/cam0/main";
  if (!authorization.empty()) request.headers.emplace_back("authorization", authorization);
  return request;
}

AuthPolicy policy_of(AuthScheme scheme) {
  AuthPolicy policy;
  policy.scheme = scheme;
  policy.credentials = {"admin", "secret"};
  return policy;
}

/// What a client answers to a Digest challenge.
std::string digest_answer(const std::string& challenge, const Credentials& credentials, bool use_sha256) {
  auto p = parse_auth_parameters(std::string_view(challenge).substr(7));
  p["uri"] = "rtsp://h/cam0/main";
  if (p.contains("qop")) {
    p["nc"] = "00000001";
    p["cnonce"] = "0a4f113b";
  }
  std::string out = "Digest username=\"" + credentials.user + "\", realm=\"" + p["realm"] + "\", nonce=\"" +
                    p["nonce"] + "\", uri=\"" + p["uri"] + "\"";
  if (p.contains("qop")) out += ", qop=auth, nc=00000001, cnonce=\"0a4f113b\"";
  if (use_sha256) out += ", algorithm=SHA-256";
  return out + ", response=\"" + digest_response(p, "DESCRIBE", credentials, use_sha256) + "\"";
}

TEST(DigestResponse, AgreesWithTheExamplesOfRfc7616) {
  const std::map<std::string, std::string> p = {{"realm", "http-auth@example.org"},
                                                {"nonce", "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"},
                                                {"uri", "/dir/index.html"},
                                                {"qop", "auth"},
                                                {"nc", "00000001"},
                                                {"cnonce", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"}};
  const Credentials mufasa{"Mufasa", "Circle of Life"};
  EXPECT_EQ(digest_response(p, "GET", mufasa, false), "8ca523f5e9506fed4657c9700eebdbec");
  EXPECT_EQ(digest_response(p, "GET", mufasa, true),
            "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
}

TEST(Authenticator, AllowsEverybodyWithoutAScheme) {
  Authenticator authenticator(1);
  EXPECT_EQ(authenticator.check({}, request_with("")), AuthVerdict::kAllowed);
}

TEST(Authenticator, AcceptsTheRightDigestAndRefusesTheWrong) {
  for (const AuthScheme scheme : {AuthScheme::kDigest, AuthScheme::kDigestSha256}) {
    for (const bool qop : {false, true}) {
      const bool sha256 = scheme == AuthScheme::kDigestSha256;
      Authenticator authenticator(1);
      AuthPolicy policy = policy_of(scheme);
      policy.offer_qop = qop;
      ASSERT_EQ(authenticator.check(policy, request_with("")), AuthVerdict::kNotTried);
      const std::string challenge = authenticator.challenges(policy, AuthVerdict::kNotTried).at(0);
      EXPECT_EQ(authenticator.check(policy, request_with(digest_answer(challenge, {"admin", "secret"}, sha256))),
                AuthVerdict::kAllowed);
      EXPECT_EQ(authenticator.check(policy, request_with(digest_answer(challenge, {"admin", "Secret"}, sha256))),
                AuthVerdict::kRefused);
      EXPECT_EQ(authenticator.check(policy, request_with(digest_answer(challenge, {"root", "secret"}, sha256))),
                AuthVerdict::kRefused);
    }
  }
}

TEST(Authenticator, RefusesANonceOfAnotherConnection) {
  Authenticator mine(1);
  Authenticator other(2);
  const AuthPolicy policy = policy_of(AuthScheme::kDigest);
  (void)mine.challenges(policy, AuthVerdict::kNotTried);
  const std::string challenge = other.challenges(policy, AuthVerdict::kNotTried).at(0);
  EXPECT_EQ(mine.check(policy, request_with(digest_answer(challenge, {"admin", "secret"}, false))),
            AuthVerdict::kStale);
}

TEST(Authenticator, GivesAFreshNonceEachTimeWhenStale) {
  Authenticator authenticator(1);
  AuthPolicy policy = policy_of(AuthScheme::kDigest);
  policy.fault = AuthFault::kStale;
  const std::string first = authenticator.challenges(policy, AuthVerdict::kStale).at(0);
  EXPECT_EQ(authenticator.check(policy, request_with(digest_answer(first, {"admin", "secret"}, false))),
            AuthVerdict::kStale);
  const std::string second = authenticator.challenges(policy, AuthVerdict::kStale).at(0);
  EXPECT_NE(first, second);
  EXPECT_NE(second.find("stale=\"TRUE\""), std::string::npos);
}

TEST(Authenticator, TakesBasicOnlyWhereOffered) {
  const std::string answer = "Basic " + encode_base64(base::as_bytes("admin:secret"));
  Authenticator authenticator(1);
  EXPECT_EQ(authenticator.check(policy_of(AuthScheme::kBasic), request_with(answer)), AuthVerdict::kAllowed);
  EXPECT_EQ(authenticator.check(policy_of(AuthScheme::kBoth), request_with(answer)), AuthVerdict::kAllowed);
  EXPECT_EQ(authenticator.check(policy_of(AuthScheme::kDigest), request_with(answer)), AuthVerdict::kRefused);
  EXPECT_EQ(authenticator.challenges(policy_of(AuthScheme::kBoth), AuthVerdict::kNotTried).size(), 2u);
}

TEST(Authenticator, RefusesEvenTheRightPasswordWhenWrongIsAskedFor) {
  Authenticator authenticator(1);
  AuthPolicy policy = policy_of(AuthScheme::kBasic);
  policy.fault = AuthFault::kWrong;
  const std::string answer = "Basic " + encode_base64(base::as_bytes("admin:secret"));
  EXPECT_EQ(authenticator.check(policy, request_with(answer)), AuthVerdict::kRefused);
}

TEST(Base64, AgreesWithRfc4648AndComesBack) {
  EXPECT_EQ(encode_base64(base::as_bytes("")), "");
  EXPECT_EQ(encode_base64(base::as_bytes("f")), "Zg==");
  EXPECT_EQ(encode_base64(base::as_bytes("fo")), "Zm8=");
  EXPECT_EQ(encode_base64(base::as_bytes("foobar")), "Zm9vYmFy");
  EXPECT_EQ(base::as_text(*decode_base64("Zm8=")), "fo");
  EXPECT_FALSE(decode_base64("Zm8*"));
}

}  // namespace
}  // namespace vonggac::camsim
