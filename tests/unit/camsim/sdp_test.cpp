#include "camsim/sdp.h"

#include <gtest/gtest.h>

#include "camsim/auth.h"
#include "synthetic_clip.h"

namespace vonggac::camsim {
namespace {

class Sdp : public ::testing::Test {
 protected:
  void describe(media::Codec codec) {
    test::ClipShape shape;
    shape.codec = codec;
    clip_ = test::synthetic_clip(shape);
    input_.video = &clip_->video;
    input_.described = &clip_->video.sets;
    input_.address = "192.0.2.7";
    input_.connection = "0.0.0.0";
    input_.declared_frame_rate = 10;
  }
  bool has_line(const std::string& line) const { return make_sdp(input_).find(line + "\r\n") != std::string::npos; }

  std::shared_ptr<Clip> clip_;
  SdpInput input_;
};

TEST_F(Sdp, DescribesH264WithItsParameterSets) {
  describe(media::Codec::kH264);
  EXPECT_TRUE(has_line("o=- 1 1 IN IP4 192.0.2.7"));
  EXPECT_TRUE(has_line("a=rtpmap:96 H264/90000"));
  EXPECT_TRUE(has_line("a=fmtp:96 packetization-mode=1;profile-level-id=4d4016;sprop-parameter-sets=" +
                       encode_base64(test::h264_sps()) + "," + encode_base64(test::h264_pps())));
  EXPECT_TRUE(has_line("a=control:trackID=0"));
  EXPECT_TRUE(has_line("a=framerate:10"));
}

TEST_F(Sdp, DescribesH265WithItsParameterSets) {
  describe(media::Codec::kH265);
  EXPECT_TRUE(has_line("a=rtpmap:96 H265/90000"));
  EXPECT_TRUE(has_line("a=fmtp:96 sprop-vps=" + encode_base64(test::h265_vps()) + ";sprop-sps=" +
                       encode_base64(test::h265_sps()) + ";sprop-pps=" + encode_base64(test::h265_pps())));
}

TEST_F(Sdp, LeavesParameterSetsOutWhenTheyAreInBandOnly) {
  describe(media::Codec::kH264);
  input_.sprop = SpropMode::kInBandOnly;
  EXPECT_TRUE(has_line("a=fmtp:96 packetization-mode=1"));
  describe(media::Codec::kH265);
  EXPECT_EQ(make_sdp(input_).find("sprop"), std::string::npos);
}

TEST_F(Sdp, RotatesParameterSetsWhenAsked) {
  describe(media::Codec::kH264);
  input_.sprop = SpropMode::kRotated;
  EXPECT_NE(make_sdp(input_).find("sprop-parameter-sets=" + encode_base64(test::h264_pps()) + ","), std::string::npos);
}

TEST_F(Sdp, DescribesAudio) {
  describe(media::Codec::kH264);
  AudioTrack audio;
  audio.codec = media::Codec::kAac;
  audio.sample_rate_hz = 16000;
  audio.channels = 1;
  audio.config = {0x14, 0x08};
  input_.audio = &audio;
  EXPECT_TRUE(has_line("m=audio 0 RTP/AVP 97"));
  EXPECT_TRUE(has_line("a=rtpmap:97 MPEG4-GENERIC/16000/1"));
  EXPECT_NE(make_sdp(input_).find("config=1408\r\n"), std::string::npos);
  audio.codec = media::Codec::kG711A;
  audio.sample_rate_hz = 8000;
  EXPECT_TRUE(has_line("m=audio 0 RTP/AVP 8"));
  EXPECT_TRUE(has_line("a=rtpmap:8 PCMA/8000/1"));
}

TEST_F(Sdp, DeviatesByQuirk) {
  describe(media::Codec::kH264);
  input_.quirks.set(static_cast<std::size_t>(Quirk::kNoOriginLine));
  input_.quirks.set(static_cast<std::size_t>(Quirk::kTrailingSemicolon));
  input_.quirks.set(static_cast<std::size_t>(Quirk::kSdpLfOnly));
  const std::string sdp = make_sdp(input_);
  EXPECT_EQ(sdp.find("o="), std::string::npos);
  EXPECT_EQ(sdp.find('\r'), std::string::npos);
  EXPECT_NE(sdp.find(";\na=framerate"), std::string::npos);
}

}  // namespace
}  // namespace vonggac::camsim
