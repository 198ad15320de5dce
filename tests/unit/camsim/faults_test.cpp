#include "camsim/faults.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace vonggac::camsim {
namespace {

base::Status apply(const char* line, Faults& faults, std::int64_t now_us = 0) {
  const boost::json::object object = boost::json::parse(line).as_object();
  VerbArguments arguments(object);
  return apply_fault(object.at("verb").as_string().c_str(), arguments, now_us, faults);
}

TEST(FaultVerbs, SetWhatTheySay) {
  Faults faults;
  ASSERT_TRUE(apply(R"({"camera":"*","verb":"mute","mode":"rtcp"})", faults).ok());
  EXPECT_EQ(faults.mute, MuteMode::kRtcpOnly);
  ASSERT_TRUE(apply(R"({"camera":"*","verb":"gop","mode":"none_for_ms","ms":500})", faults, 7'000'000).ok());
  EXPECT_EQ(faults.gop_until_us, 7'500'000);
  ASSERT_TRUE(apply(R"({"camera":"*","verb":"ts","mode":"slow","declared":25,"delivered":21})", faults).ok());
  EXPECT_DOUBLE_EQ(faults.slow_factor, 0.84);
  ASSERT_TRUE(apply(R"({"camera":"*","verb":"drop","loss_pct":5,"jitter_ms":200})", faults).ok());
  EXPECT_EQ(faults.loss.jitter_us, 200'000);
  ASSERT_TRUE(apply(R"({"camera":"*","verb":"quirk","name":"annex_b"})", faults).ok());
  EXPECT_TRUE(has(faults.quirks, Quirk::kAnnexB));
  ASSERT_TRUE(apply(R"({"camera":"*","verb":"quirk","name":"annex_b","on":false})", faults).ok());
  EXPECT_FALSE(has(faults.quirks, Quirk::kAnnexB));
}

TEST(FaultVerbs, AddUp) {
  Faults faults;
  ASSERT_TRUE(apply(R"({"verb":"flip"})", faults).ok());
  ASSERT_TRUE(apply(R"({"verb":"tear","every_ms":100})", faults).ok());
  EXPECT_TRUE(faults.flip_sps);
  EXPECT_EQ(faults.tear_every_us, 100'000);
}

TEST(FaultVerbs, RefuseWhatTheyDoNotKnowAndChangeNothing) {
  for (const char* line :
       {R"({"verb":"explode"})", R"({"verb":"mute","mode":"loud"})", R"({"verb":"mute","mod":"rtcp"})",
        R"({"verb":"flood","bits":"many"})", R"({"verb":"drop","loss_pct":101})", R"({"verb":"quirk","name":"x"})",
        R"({"verb":"flip","on":1})", R"({"verb":"redirect"})"}) {
    Faults faults;
    const base::Status status = apply(line, faults);
    EXPECT_EQ(status.kind(), base::ErrorKind::kInvalidArgument) << line;
    EXPECT_EQ(faults.mute, MuteMode::kOff) << line;
    EXPECT_FALSE(faults.flip_sps) << line;
  }
}

TEST(FaultVerbs, NameEveryQuirkOnce) {
  for (std::size_t i = 0; i < kQuirkNames.size(); ++i) {
    EXPECT_EQ(parse_quirk(kQuirkNames[i]), static_cast<Quirk>(i)) << kQuirkNames[i];
  }
}

}  // namespace
}  // namespace vonggac::camsim
