#include "probe/findings.h"

#include <gtest/gtest.h>

namespace vonggac::probe {
namespace {

using media::StreamRole;

SurveyedStream stream(StreamRole role, media::Codec codec, double gop_s, double fps = 15, int channel = 1) {
  SurveyedStream out;
  out.offer.role = role;
  out.offer.channel = channel;
  out.result.streamed = out.result.let_in = true;
  ipc::MediaParameters parameters;
  parameters.parameters.codec = codec;
  out.result.gauge.take(parameters);
  const double until = gop_s > 20 ? 20 : gop_s * 1.01;
  for (double at = 0; at <= until; at += 1 / fps) {
    ipc::MediaUnit unit;
    unit.unit.pts.ticks_90k = static_cast<std::int64_t>(at * 90'000);
    unit.unit.key = at == 0;
    out.result.gauge.take(unit);
  }
  if (gop_s <= 20) {
    ipc::MediaUnit key;
    key.unit.pts.ticks_90k = static_cast<std::int64_t>(gop_s * 90'000);
    key.unit.key = true;
    out.result.gauge.take(key);
  }
  return out;
}

struct Findings : testing::Test {
  Findings() {
    task.username = "admin";
    task.password = base::Secret("x");
    survey.onvif.found = true;
    survey.rtsp_port = 554;
    survey.budget.note_accepted();
    survey.streams.push_back(stream(StreamRole::kMain, media::Codec::kH264, 2));
    survey.streams.push_back(stream(StreamRole::kSub, media::Codec::kH264, 2));
  }
  std::vector<std::string> codes() const {
    std::vector<std::string> out;
    for (const Finding& one : judge(survey, task)) out.push_back(one.code);
    return out;
  }
  Finding finding(const std::string& code) const {
    for (const Finding& one : judge(survey, task)) {
      if (one.code == code) return one;
    }
    ADD_FAILURE() << code << " was not found";
    return {};
  }
  Survey survey;
  ProbeTask task;
};

TEST_F(Findings, AGoodCameraHasNone) { EXPECT_EQ(codes(), std::vector<std::string>{}); }

TEST_F(Findings, ALongDistanceOfKeyPicturesIsSaidWithItsRemedy) {
  survey.streams[0] = stream(StreamRole::kMain, media::Codec::kH264, 14);
  EXPECT_NE(finding("long_gop").vi.find("Khung hình khóa cách nhau 14 giây"), std::string::npos)
      << finding("long_gop").vi;
  survey.streams[0] = stream(StreamRole::kMain, media::Codec::kH264, 40);
  EXPECT_NE(finding("long_gop").vi.find("cách nhau hơn"), std::string::npos) << finding("long_gop").vi;
  EXPECT_NE(finding("long_gop").en.find("more than"), std::string::npos);
  EXPECT_EQ(finding("long_gop").stream, 0U);
}

TEST_F(Findings, H265NeedsAnH264SubStream) {
  survey.streams[0] = stream(StreamRole::kMain, media::Codec::kH265, 2);
  EXPECT_EQ(codes(), std::vector<std::string>{}) << "the sub stream is H.264";
  survey.streams[1] = stream(StreamRole::kSub, media::Codec::kH265, 2);
  EXPECT_EQ(codes(), std::vector<std::string>{"h265_on_wall"});
  survey.streams.pop_back();
  EXPECT_EQ(codes(), (std::vector<std::string>{"no_sub_stream", "h265_on_wall"}));
}

TEST_F(Findings, ClocksThatAreOffAreSaidInWords) {
  survey.onvif.clock_offset_ms = -4'000;
  EXPECT_EQ(codes(), std::vector<std::string>{});
  survey.onvif.clock_offset_ms = -7 * 3'600'000;
  EXPECT_NE(finding("clock_off").vi.find("chậm 7 giờ"), std::string::npos) << finding("clock_off").vi;
  survey.onvif.clock_offset_ms = 45'000;
  EXPECT_NE(finding("clock_off").en.find("45 seconds fast"), std::string::npos) << finding("clock_off").en;
}

TEST_F(Findings, FewFramesAndUdpAreWarnedOf) {
  survey.streams[0] = stream(StreamRole::kMain, media::Codec::kH264, 4, 6);
  survey.streams[0].result.transport = ipc::Transport::kUdp;
  EXPECT_EQ(codes(), (std::vector<std::string>{"slow_frames", "udp_only"}));
}

TEST_F(Findings, SoundNeedsAnAgreement) {
  ipc::MediaParameters audio;
  audio.track = media::TrackKind::kAudio;
  audio.parameters.codec = media::Codec::kAac;
  survey.streams[0].result.gauge.take(audio);
  EXPECT_EQ(codes(), std::vector<std::string>{"audio_on"});
}

TEST_F(Findings, AWrongPasswordComesFirstAndNothingElseIsInvented) {
  survey = Survey();
  survey.rtsp_port = 554;
  survey.budget.note_refused();
  survey.onvif.found = survey.onvif.refused = true;
  EXPECT_EQ(codes(), std::vector<std::string>{"wrong_password"});
  EXPECT_FALSE(PasswordBudget().accepted());
  survey.budget.note_refused();
  EXPECT_FALSE(survey.budget.may_try());
}

TEST_F(Findings, AnotherUserForOnvifIsNoFault) {
  survey.onvif.refused = true;
  survey.budget.note_refused();
  EXPECT_EQ(codes(), std::vector<std::string>{"onvif_other_user"});
}

TEST_F(Findings, APublicAddressInTheClearIsAFault) {
  survey.public_address = true;
  EXPECT_EQ(codes().front(), "public_address");
}

TEST_F(Findings, NothingThereSaysOnlyThat) {
  survey = Survey();
  survey.nothing_listens = true;
  task = ProbeTask();
  EXPECT_EQ(codes(), std::vector<std::string>{"nothing_answers"});
}

TEST_F(Findings, EveryFindingHasBothLanguagesAndEndsLikeASentence) {
  survey.public_address = survey.onvif.foreign_address = survey.onvif.wants_login = true;
  survey.onvif.clock_offset_ms = 99'000;
  survey.streams = {stream(StreamRole::kMain, media::Codec::kH265, 40, 5)};
  task = ProbeTask();
  for (const Finding& one : judge(survey, task)) {
    EXPECT_GT(one.vi.size(), 20U) << one.code;
    EXPECT_GT(one.en.size(), 20U) << one.code;
    EXPECT_EQ(one.vi.back(), '.') << one.code;
    EXPECT_EQ(one.en.back(), '.') << one.code;
  }
}

}  // namespace
}  // namespace vonggac::probe
