#include "ipc/messages.h"

#include <random>

#include <gtest/gtest.h>

namespace vonggac::ipc {
namespace {

Message round_trip(const Message& message) {
  base::Bytes bytes;
  encode(message, bytes);
  auto back = decode(bytes);
  EXPECT_TRUE(back.has_value()) << back.error().to_string();
  return back ? *back : Message{};
}

TEST(Messages, StartStreamKeepsEveryField) {
  StartStream m;
  m.slot = 7;
  m.generation = 99;
  m.camera_slot = 3;
  m.request_url = "rtsp://10.0.0.1:554/x?y=1";
  m.username = "admin";
  m.password = base::Secret("p@ss");
  m.transport = Transport::kUdp;
  m.want_audio = true;
  m.max_bits_per_second = 5;
  const auto back = std::get<StartStream>(round_trip(m));
  EXPECT_EQ(back.slot, 7);
  EXPECT_EQ(back.generation, 99U);
  EXPECT_EQ(back.camera_slot, 3);
  EXPECT_EQ(back.request_url, m.request_url);
  EXPECT_EQ(back.password.reveal(), "p@ss");
  EXPECT_EQ(back.transport, Transport::kUdp);
  EXPECT_TRUE(back.want_audio);
  EXPECT_FALSE(back.watched);
  EXPECT_EQ(back.max_bits_per_second, 5U);
}

TEST(Messages, AnalyseCameraKeepsZones) {
  AnalyseCamera m;
  m.zones.push_back({"gate", ZoneKind::kIgnore, {{{0.25F, 0.5F}, {1.F, 0.F}, {0.F, 1.F}}}, ""});
  const auto back = std::get<AnalyseCamera>(round_trip(m));
  ASSERT_EQ(back.zones.size(), 1U);
  EXPECT_EQ(back.zones[0].id, "gate");
  EXPECT_EQ(back.zones[0].kind, ZoneKind::kIgnore);
  EXPECT_EQ(back.zones[0].polygon.points, m.zones[0].polygon.points);
}

TEST(Messages, AnalyseSetupAndItsReportsKeepEveryField) {
  AnalyseSetup setup{"mog2", "dnn", "/srv/plugins", {"dnn.model=/m.onnx", "x.y=z"}, true, 40};
  base::Bytes bytes;
  encode(setup, bytes);
  auto decoded = decode(bytes);
  ASSERT_TRUE(decoded);
  const auto& got = std::get<AnalyseSetup>(*decoded);
  EXPECT_EQ(got.detector, "mog2");
  EXPECT_EQ(got.classifier, "dnn");
  EXPECT_EQ(got.plugin_directory, "/srv/plugins");
  EXPECT_EQ(got.plugin_options, setup.plugin_options);
  EXPECT_TRUE(got.hardware_decode);
  EXPECT_EQ(got.cpu_percent, 40);
  bytes.clear();
  encode(AnalysePartReport{AnalysePart::kClassifier, AnalysePartState::kFailed, "dnn", "4.6", "no model"}, bytes);
  decoded = decode(bytes);
  ASSERT_TRUE(decoded);
  const auto& report = std::get<AnalysePartReport>(*decoded);
  EXPECT_EQ(report.part, AnalysePart::kClassifier);
  EXPECT_EQ(report.state, AnalysePartState::kFailed);
  EXPECT_EQ(report.detail, "no model");
}

TEST(Messages, ProbesKeepWhatTheyAreToldAndFind) {
  const auto start =
      std::get<ProbeStart>(round_trip(ProbeStart{"{}", base::Secret("rtsp://a/b"), "u", base::Secret("p")}));
  EXPECT_EQ(start.request_url.reveal(), "rtsp://a/b");
  EXPECT_EQ(start.password.reveal(), "p");
  EXPECT_EQ(std::get<ProbeConnect>(round_trip(ProbeConnect{7, 554})).port, 554);
  const auto socket = std::get<ProbeSocket>(round_trip(ProbeSocket{7, StreamReason::kForbiddenAddress, true, "no"}));
  EXPECT_EQ(socket.reason, StreamReason::kForbiddenAddress);
  EXPECT_TRUE(socket.public_address);
  EXPECT_TRUE(std::get<ProbeNews>(round_trip(ProbeNews{true, "{}"})).finished);
  EXPECT_EQ(std::get<DiscoveryListen>(round_trip(DiscoveryListen{4000})).milliseconds, 4000U);
}

TEST(Messages, AnalyseWatchKeepsItsLevel) {
  const auto back = std::get<AnalyseWatch>(round_trip(AnalyseWatch{3, 9, AnalyseLevel::kShedKeys}));
  EXPECT_EQ(back.slot, 3);
  EXPECT_EQ(back.generation, 9U);
  EXPECT_EQ(back.level, AnalyseLevel::kShedKeys);
  for (int level = 0; level <= 4; ++level) {
    EXPECT_STRNE(analyse_level_name(static_cast<AnalyseLevel>(level)), "");
  }
}

TEST(Messages, MotionReportKeepsLabelsAndRefusesUnknownClasses) {
  MotionReport m;
  m.labels = {{media::ObjectClass::kPerson, 0.9F}, {media::ObjectClass::kAnimal, 0.4F}};
  base::Bytes bytes;
  encode(m, bytes);
  const auto decoded = decode(bytes);
  ASSERT_TRUE(decoded);
  const auto& labels = std::get<MotionReport>(*decoded).labels;
  ASSERT_EQ(labels.size(), 2U);
  EXPECT_EQ(labels[1].object_class, media::ObjectClass::kAnimal);
  EXPECT_FLOAT_EQ(labels[0].score, 0.9F);
  bytes[bytes.size() - 5] = 5;
  EXPECT_FALSE(decode(bytes).has_value());
}

TEST(Messages, MotionReportKeepsTheWatchZonesItWasIn) {
  MotionReport m;
  m.watched = {{"gate", {5}, {9}}, {"yard", {6}, {7}}};
  const auto back = std::get<MotionReport>(round_trip(m));
  ASSERT_EQ(back.watched.size(), 2U);
  EXPECT_EQ(back.watched[0].zone, "gate");
  EXPECT_EQ(back.watched[0].first.us, 5);
  EXPECT_EQ(back.watched[0].last.us, 9);
  EXPECT_EQ(back.watched[1].zone, "yard");
}

TEST(Messages, TamperMessagesKeepEveryField) {
  const auto report = std::get<TamperReport>(round_trip(TamperReport{3, 4, TamperKind::kFrozen, true, {77}}));
  EXPECT_EQ(report.slot, 3);
  EXPECT_EQ(report.generation, 4U);
  EXPECT_EQ(report.kind, TamperKind::kFrozen);
  EXPECT_TRUE(report.active);
  EXPECT_EQ(report.since.us, 77);
  const auto view = std::get<TamperView>(round_trip(TamperView{3, 4, 0x2A, {1, 2, 3}}));
  EXPECT_EQ(view.active, 0x2A);
  EXPECT_EQ(view.view, (base::Bytes{1, 2, 3}));
  EXPECT_EQ(std::get<TamperAccept>(round_trip(TamperAccept{5, 6})).generation, 6U);
  base::Bytes too_large;
  encode(TamperView{1, 1, 0, base::Bytes(TamperView::kMaxViewBytes + 1)}, too_large);
  EXPECT_FALSE(decode(too_large).has_value());
}

TEST(Messages, MediaParametersKeepParameterSets) {
  MediaParameters m;
  m.parameters.codec = media::Codec::kH265;
  m.parameters.vps = {{1, 2}};
  m.parameters.sps = {{3}, {4, 5}};
  m.parameters.pps = {{}};
  EXPECT_EQ(std::get<MediaParameters>(round_trip(m)).parameters, m.parameters);
}

TEST(Messages, TrailingBytesAreRefused) {
  base::Bytes bytes;
  encode(StopStream{1, 2}, bytes);
  bytes.push_back(0);
  EXPECT_FALSE(decode(bytes).has_value());
}

TEST(Messages, EveryTruncationIsRefused) {
  MotionReport m;
  m.zone = "z";
  m.thumbnail = {1, 2, 3};
  m.labels = {{media::ObjectClass::kVehicle, 0.5F}};
  base::Bytes bytes;
  encode(m, bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode(base::ByteSpan(bytes).first(size)).has_value()) << size;
  }
}

TEST(Messages, EnumeratorsThatDoNotExistAreRefused) {
  base::Bytes bytes;
  encode(StreamStatus{1, 2, StreamState::kQuarantined}, bytes);
  bytes.back() = static_cast<std::uint8_t>(StreamState::kQuarantined) + 1;
  EXPECT_FALSE(decode(bytes).has_value());
}

TEST(Messages, RandomBytesNeverCrashAndDecodedOnesEncodeToTheSameBytes) {
  std::mt19937 random(1);
  for (int round = 0; round < 20'000; ++round) {
    base::Bytes bytes(random() % 96);
    for (auto& b : bytes) b = static_cast<std::uint8_t>(random() % 4 == 0 ? random() : random() % 3);
    if (bytes.size() >= 2) bytes[0] = 0;
    auto message = decode(bytes);
    if (!message) continue;
    base::Bytes again;
    encode(*message, again);
    EXPECT_EQ(again, bytes);
  }
}

}  // namespace
}  // namespace vonggac::ipc
