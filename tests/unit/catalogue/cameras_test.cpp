#include "catalogue/cameras.h"

#include "catalogue/camera_references.h"
#include "catalogue/camera_streams.h"
#include "catalogue/duplicates.h"
#include "catalogue/recorders.h"
#include "support/catalogue_world.h"

namespace vonggac::catalogue {
namespace {

class CameraTest : public test::CatalogueWorld {
 protected:
  base::Status try_register(const CameraForm& form) {
    return write([&](store::WriteSession& s) { return register_camera(s, form, problems_).error(); });
  }
  std::string code_of(const base::CameraId& id) { return camera(id).code; }
  CameraForm with_device(const SiteId& site, const DeviceFacts& device) {
    CameraForm form = camera_form(site);
    form.device = device;
    return form;
  }
  std::vector<Duplicate> duplicates(const DuplicateQuestion& question) {
    return read([&](store::Reader& s) { return find_duplicates(s, question); });
  }
  base::Status put(const base::CameraId& camera, const StreamFacts& stream) {
    return write([&](store::WriteSession& s) { return put_stream(s, camera, stream, problems_); });
  }
};

TEST_P(CameraTest, TheIdIsTheRecordersAndTheCodeTheCommunes) {
  const SiteId place = add_site(site_form(khom1_));
  CameraForm form = camera_form(place);
  form.id = base::CameraId{base::Uuid::make_v7(clock_)};
  form.device = {"Dahua", "IPC-HFW1230", "5f0 1a2b", "4cbd.8f12.3456", "URN:UUID:4419D68A-0000-1000-8000-001F544A0001",
                 true};
  EXPECT_EQ(add_camera(form), *form.id);
  const Camera kept = camera(*form.id);
  EXPECT_EQ(kept.code, "CAM-31823-0001");
  EXPECT_EQ(kept.life, "DE_XUAT");
  EXPECT_EQ(kept.health, "CHUA_CAU_HINH");
  EXPECT_EQ(kept.facts.device.mac, "4C:BD:8F:12:34:56");
  EXPECT_EQ(kept.facts.device.serial, "5F01A2B");
  EXPECT_EQ(kept.facts.device.onvif_uuid, "4419d68a-0000-1000-8000-001f544a0001");
  EXPECT_EQ(kept.residential, khom1_);
  EXPECT_EQ(kept.province, province_);
  EXPECT_FALSE(try_register(form).ok()) << "the same id twice";
  EXPECT_EQ(code_of(add_camera(camera_form(place))), "CAM-31823-0002");
}

TEST_P(CameraTest, FormsAreRefusedWithTheirFields) {
  CameraForm form = camera_form(add_site(site_form(khom1_)));
  form.name = " ";
  form.kind = "KHONG_CO";
  form.ownership = "";
  form.purpose = "";
  form.device.mac = "01:00:5e:00:00:01";  // of a group, not of a device
  form.device.onvif_uuid = "abc";
  form.channel = 3;
  form.installed = Day::of(2025, 1, 1);
  form.warranty_to = Day::of(2024, 1, 1);
  EXPECT_FALSE(try_register(form).ok());
  std::vector<std::string> fields;
  for (const Problem& p : problems_.all()) {
    fields.push_back(p.field);
    EXPECT_FALSE(p.sentence.vi.empty());
  }
  EXPECT_EQ(fields, (std::vector<std::string>{"mac", "onvif_uuid", "kind", "ownership", "recorder", "warranty_to",
                                              "name", "purpose"}));
}

TEST_P(CameraTest, V11InServiceOnlyWithAcceptanceSignAndPassword) {
  SiteForm bare = site_form(khom1_);
  bare.sign_photo = "";
  const SiteId place = add_site(bare);
  const base::CameraId id = add_camera(camera_form(place));
  for (const char* to : {"KHAO_SAT", "DONG_THUAN", "PHE_DUYET", "LAP_DAT", "NGHIEM_THU"})
    EXPECT_TRUE(step(id, to).ok());
  EXPECT_FALSE(step(id, "HOAT_DONG").ok());
  EXPECT_EQ(problems_.all().size(), 3U) << "acceptance, sign, password, all at once";
  for (const Problem& p : problems_.all()) EXPECT_EQ(p.rule, "V11");
  EXPECT_FALSE(write([&](store::WriteSession& s) {
                 return accept_camera(s, id, {true, true, true, "A"}, problems_);
               }).ok())
      << "without pictures there is nothing to accept";
  EXPECT_TRUE(problems_.has("V11"));
  accept(id);
  EXPECT_FALSE(step(id, "HOAT_DONG").ok());
  EXPECT_EQ(problems_.all().size(), 1U);
  bare.sign_photo = "anh/b.jpg";
  ASSERT_TRUE(write([&](store::WriteSession& s) { return amend_site(s, place, bare, problems_); }).ok());
  EXPECT_TRUE(step(id, "HOAT_DONG").ok());
  const auto history = read([&](store::Reader& s) { return camera_history(s, id); });
  ASSERT_EQ(history.size(), 6U);
  EXPECT_EQ(history.back().to, "HOAT_DONG");
  EXPECT_NE(history.back().evidence.find("\"sign_photo\":\"anh/b.jpg\""), std::string::npos) << history.back().evidence;
}

TEST_P(CameraTest, V11APrivatePlaceNeedsTheAgreement) {
  SiteForm home = site_form(khom1_);
  home.public_place = false;
  const base::CameraId id = add_camera(camera_form(add_site(home)));
  EXPECT_TRUE(step(id, "KHAO_SAT").ok());
  EXPECT_FALSE(step(id, "DONG_THUAN").ok());
  CameraStepForm form{"DONG_THUAN", "A", "", true, "", std::nullopt};
  EXPECT_TRUE(write([&](store::WriteSession& s) { return step_camera(s, id, form, problems_); }).ok());
}

TEST_P(CameraTest, V12SoundNeedsABasis) {
  CameraForm form = camera_form(add_site(site_form(khom1_)));
  form.audio = true;
  EXPECT_FALSE(try_register(form).ok());
  EXPECT_TRUE(problems_.has("V12"));
  form.audio_basis = "Đồng ý bằng văn bản ngày 01/03/2026";
  EXPECT_TRUE(try_register(form).ok());
}

TEST_P(CameraTest, V13HomesInViewNeedMasksAndTheyStay) {
  SiteForm homes = site_form(khom1_);
  homes.homes_visible = true;
  CameraForm form = camera_form(add_site(homes));
  const base::CameraId id = add_camera(form);
  for (const char* to : {"KHAO_SAT", "DONG_THUAN", "PHE_DUYET", "LAP_DAT", "NGHIEM_THU"})
    EXPECT_TRUE(step(id, to).ok());
  accept(id);
  EXPECT_FALSE(step(id, "HOAT_DONG").ok());
  EXPECT_TRUE(problems_.has("V13"));
  const auto amend = [&] {
    return write([&](store::WriteSession& s) { return amend_camera(s, id, form, problems_); });
  };
  form.masks_drawn = true;
  ASSERT_TRUE(amend().ok());
  EXPECT_TRUE(step(id, "HOAT_DONG").ok());
  form.masks_drawn = false;
  EXPECT_FALSE(amend().ok());
  EXPECT_TRUE(problems_.has("V13"));
}

TEST_P(CameraTest, V14RetentionKeepsToTheProvincesProfile) {
  CameraForm form = camera_form(add_site(site_form(khom1_)));
  form.retention_days = 400;
  EXPECT_TRUE(try_register(form).ok()) << "no profile yet";
  const auto profile = [&](const std::string& province, std::int64_t least, std::int64_t most) {
    return write([&](store::WriteSession& s) {
      return put_retention_profile(s, {province, "THUONG_XUYEN", least, most, "01/2022/QĐ-UBND"}, problems_);
    });
  };
  ASSERT_TRUE(profile("", 1, 365).ok());
  EXPECT_FALSE(try_register(form).ok());
  EXPECT_TRUE(problems_.has("V14"));
  ASSERT_TRUE(profile("95", 15, 90).ok());
  form.retention_days = 100;
  EXPECT_FALSE(try_register(form).ok());
  EXPECT_NE(problems_.all().front().sentence.vi.find("từ 15 đến 90 ngày"), std::string::npos);
  form.retention_days = 10;
  EXPECT_FALSE(try_register(form).ok());
  form.retention_days = 90;
  EXPECT_TRUE(try_register(form).ok());
  EXPECT_FALSE(profile("95", 30, 10).ok());
}

TEST_P(CameraTest, V29AddressesWithCredentialsAreNotKept) {
  const base::CameraId id = add_camera_in(khom1_);
  StreamFacts stream;
  stream.codec = "H264";
  for (const char* url :
       {"rtsp://admin:123@10.0.0.5/cam", "rtsp://admin%3A123%40@10.0.0.5/cam",
        "rtsp://10.0.0.5:554/user=admin&password=abc&channel=1&stream=0.sdp?", "rtsp://10.0.0.5/x?Token=77",
        "rtsp://10.0.0.5/user=admin_password=tlJwpbo6_channel=1_stream=0.sdp"}) {
    stream.display_url = url;
    EXPECT_FALSE(put(id, stream).ok()) << url;
    EXPECT_TRUE(problems_.has("V29")) << url;
  }
  stream.display_url = "not an address";
  EXPECT_FALSE(put(id, stream).ok());
  for (const char* url : {"rtsp://10.0.0.5/cam/realmonitor?channel=1&subtype=0", "rtsp://[fe80::1]:8554/stream1"}) {
    stream.display_url = url;
    EXPECT_TRUE(put(id, stream).ok()) << url;
  }
  EXPECT_EQ(stream_endpoint("RTSP://Cam.LAN/stream1"), "cam.lan:554/stream1");
  EXPECT_EQ(stream_endpoint("rtsp://[fe80::1]/s"), "[fe80::1]:554/s");
}

TEST_P(CameraTest, V30ASkewedClockIsSaidAndBlocksTheExportUntilNoted) {
  EXPECT_FALSE(judge_skew(1'999, false).warns);
  EXPECT_TRUE(judge_skew(-2'001, false).warns);
  EXPECT_FALSE(judge_skew(30'000, false).blocks_export);
  EXPECT_TRUE(judge_skew(73'000, false).blocks_export);
  EXPECT_FALSE(judge_skew(73'000, true).blocks_export);
  StreamFacts stream;
  stream.display_url = "rtsp://10.0.0.5/1";
  stream.skew_ms = 73'000;
  stream.gop_ms = 40'000;
  EXPECT_TRUE(put(add_camera_in(khom1_), stream).ok()) << "warnings, no refusals";
  EXPECT_TRUE(problems_.has("V30"));
  EXPECT_EQ(problems_.all()[0].sentence.vi, "Khung hình khóa cách nhau 40 giây: tắt H.264+/H.265+ trên camera.");
  EXPECT_EQ(problems_.all()[1].sentence.vi, "Đồng hồ camera lệch +73.0 giây.");
  Problems for_export;
  say_skew(73'000, false, true, for_export);
  EXPECT_TRUE(for_export.refused());
}

TEST_P(CameraTest, StreamsAreKeptByRole) {
  const base::CameraId id = add_camera_in(khom1_);
  StreamFacts main{"CHINH", "TCP", "dahua", "H265", 2560, 1440, 25, 2000, -120, "rtsp://10.0.0.5/a", clock_.wall_now()};
  ASSERT_TRUE(put(id, main).ok());
  main.width = 1920;
  ASSERT_TRUE(put(id, main).ok());
  ASSERT_TRUE(put(id, {"PHU", "UDP", "", "H264", 640, 360, 15, {}, {}, "rtsp://10.0.0.5/b", {}}).ok());
  const auto streams = [&] { return read([&](store::Reader& s) { return streams_of(s, id); }); };
  ASSERT_EQ(streams().size(), 2U);
  EXPECT_EQ(streams()[0].width, 1920);
  EXPECT_EQ(streams()[0].skew_ms, -120);
  EXPECT_FALSE(streams()[1].gop_ms);
  ASSERT_TRUE(write([&](store::WriteSession& s) { return drop_stream(s, id, "PHU"); }).ok());
  EXPECT_EQ(streams().size(), 1U);
  EXPECT_EQ(write([&](store::WriteSession& s) { return drop_stream(s, id, "PHU"); }).kind(),
            base::ErrorKind::kNotFound);
}

TEST_P(CameraTest, ASwappedDeviceKeepsCodeAndHistoryAndIsAcceptedAnew) {
  const base::CameraId id =
      add_camera(with_device(add_site(site_form(khom1_)), {"Dahua", "A", "S1", "4C:BD:8F:00:00:01", "", true}));
  put_in_service(id);
  const auto swap = [&](Day day, const std::string& serial) {
    return write([&](store::WriteSession& s) {
      return swap_device(s, id, {{"KBVision", "B", serial, "", "", false}, day, "Hỏng nguồn", "Thợ"}, problems_);
    });
  };
  EXPECT_FALSE(swap(today(), "S2").ok()) << "the day it was installed itself";
  clock_.advance(base::Seconds(5 * 86'400));
  ASSERT_TRUE(swap(today(), "S2").ok());
  const Camera now = camera(id);
  EXPECT_EQ(now.code, "CAM-31823-0001");
  EXPECT_EQ(now.facts.device.serial, "S2");
  EXPECT_TRUE(now.facts.device.mac.empty());
  EXPECT_EQ(now.life, "BAO_TRI");
  EXPECT_FALSE(now.password_at);
  EXPECT_FALSE(step(id, "HOAT_DONG").ok()) << "the new one may have the maker's password";
  EXPECT_TRUE(problems_.has("V11"));
  accept(id);
  EXPECT_TRUE(step(id, "HOAT_DONG").ok());
  const auto periods = read([&](store::Reader& s) { return device_history(s, id); });
  ASSERT_EQ(periods.size(), 2U);
  EXPECT_EQ(periods[0].device.serial, "S1");
  EXPECT_EQ(periods[0].to, today());
  EXPECT_EQ(periods[1].to, kOpenEnd);
}

TEST_P(CameraTest, RehangingTakesTheCodeAlongAndAsksForANewAcceptance) {
  const base::CameraId id = add_camera_in(khom1_);
  put_in_service(id);
  const SiteId there = add_site(site_form(khom2_, "Cầu"));
  const auto rehang = [&] {
    return write([&](store::WriteSession& s) { return rehang_camera(s, id, there, problems_); });
  };
  EXPECT_FALSE(rehang().ok()) << "in service";
  ASSERT_TRUE(step(id, "BAO_TRI").ok());
  ASSERT_TRUE(rehang().ok());
  EXPECT_EQ(camera(id).residential, khom2_);
  EXPECT_FALSE(camera(id).accepted_at);
  EXPECT_FALSE(step(id, "HOAT_DONG").ok());
}

TEST_P(CameraTest, DuplicatesAreFoundByEachSignAndSayWhy) {
  SiteForm place = site_form(khom1_);
  place.lat = 9.3;
  place.lon = 105.7;
  place.azimuth_deg = 355;
  const base::CameraId known = add_camera(with_device(
      add_site(place), {"Dahua", "A", "S-1", "4C:BD:8F:00:00:01", "4419d68a-0000-1000-8000-001f544a0001", false}));
  ASSERT_TRUE(put(known, {"CHINH", "TCP", "", "", 0, 0, 0, {}, {}, "rtsp://Cam1.lan/stream1", {}}).ok());
  const base::CameraId other = add_camera_in(khom2_);

  DuplicateQuestion all;
  all.device = {"", "", "s-1", "4c-bd-8f-00-00-01", "4419D68A-0000-1000-8000-001F544A0001", false};
  all.stream_urls = {"rtsp://cam1.lan:554/stream1"};
  all.point = geo_point(9.30005, 105.70005);  // some 8 m away
  all.azimuth_deg = 10;
  const auto found = duplicates(all);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].camera, known);
  EXPECT_EQ(found[0].reasons.size(), 5U);
  for (const SameBy reason : found[0].reasons) EXPECT_FALSE(same_by_name(reason).vi.empty());

  const auto only = [&](auto change) {
    DuplicateQuestion question;
    change(question);
    return duplicates(question).size();
  };
  EXPECT_EQ(only([](DuplicateQuestion& q) { q.device.mac = "4CBD8F000001"; }), 1U);
  EXPECT_EQ(only([](DuplicateQuestion& q) { q.device.serial = "S-2"; }), 0U);
  EXPECT_EQ(only([](DuplicateQuestion& q) { q.stream_urls = {"rtsp://cam1.lan/stream2"}; }), 0U);
  EXPECT_EQ(only([](DuplicateQuestion& q) { q.point = geo_point(9.3002, 105.7); }), 0U) << "22 m away";
  EXPECT_EQ(only([](DuplicateQuestion& q) {
              q.point = geo_point(9.3, 105.7);
              q.azimuth_deg = 180;
            }),
            0U)
      << "looks the other way";
  all.not_this = known;
  EXPECT_TRUE(duplicates(all).empty());
  EXPECT_NE(other, known);
}

TEST_P(CameraTest, V7TwoCamerasInOnePlaceThatLookTheSameWayAreWarnedOf) {
  SiteForm place = site_form(khom1_);
  place.lat = 9.3;
  place.lon = 105.7;
  place.azimuth_deg = 90;
  add_camera(camera_form(add_site(place)));
  EXPECT_FALSE(problems_.has("V7"));
  place.lat = 9.30009;  // 10 m
  add_camera(camera_form(add_site(place)));
  ASSERT_TRUE(problems_.has("V7"));
  EXPECT_EQ(problems_.all()[0].sentence.vi, "Cách CAM-31823-0001 chỉ 10 m và cùng hướng nhìn: có thể trùng vị trí.");
  EXPECT_FALSE(problems_.refused());
  place.azimuth_deg = 270;
  add_camera(camera_form(add_site(place)));
  EXPECT_FALSE(problems_.has("V7")) << "the other direction";
}

TEST_P(CameraTest, AMergedCamerasCodeLeadsToTheOneThatStays) {
  const base::CameraId stays = add_camera_in(khom1_), goes = add_camera_in(khom1_), third = add_camera_in(khom2_);
  const auto merge = [&](const base::CameraId& survivor, const base::CameraId& merged) {
    return write([&](store::WriteSession& s) { return merge_cameras(s, survivor, merged, "A", problems_); });
  };
  EXPECT_FALSE(merge(stays, stays).ok());
  ASSERT_TRUE(merge(goes, third).ok());
  ASSERT_TRUE(merge(stays, goes).ok());
  EXPECT_FALSE(merge(goes, stays).ok()) << "no circles";
  const auto by_code = [&](const char* code) {
    return read([&](store::Reader& s) { return camera_by_code(s, code); });
  };
  EXPECT_EQ(by_code("CAM-31823-0002")->id, stays);
  EXPECT_EQ(by_code("CAM-31823-0003")->id, stays) << "two steps";
  EXPECT_EQ(camera(goes).code, "CAM-31823-0002") << "its own record is still there";
  EXPECT_FALSE(step(goes, "KHAO_SAT").ok());
}

TEST_P(CameraTest, ChannelsOfARecorderBelongToOneCameraEach) {
  const SiteId place = add_site(site_form(khom1_));
  RecorderForm form{place, "Hikvision", "DS-7216", "abc 1", 16, 20, "Phòng trực công an phường"};
  const RecorderId recorder = made([&](store::WriteSession& s) { return add_recorder(s, form, problems_); });
  EXPECT_EQ(read([&](store::Reader& s) { return recorder_of(s, recorder); })->code, "DG-31823-0001");
  CameraForm one = camera_form(place);
  one.recorder = recorder;
  one.channel = 17;
  EXPECT_FALSE(try_register(one).ok());
  one.channel = 16;
  EXPECT_TRUE(try_register(one).ok());
  EXPECT_FALSE(try_register(one).ok()) << "taken";
  EXPECT_EQ(problems_.all()[0].sentence.vi, "Kênh 16 đang là của CAM-31823-0001.");
  EXPECT_EQ(read([&](store::Reader& s) { return cameras_of_recorder(s, recorder); }).size(), 1U);
  form.channels = 8;
  EXPECT_FALSE(write([&](store::WriteSession& s) { return amend_recorder(s, recorder, form, problems_); }).ok());
}

TEST_P(CameraTest, ReferencePicturesAreSmallJpegsAndTheNewestCounts) {
  const base::CameraId id = add_camera_in(khom1_);
  const auto put_picture = [&](const std::string& light, base::Bytes picture) {
    return write([&](store::WriteSession& s) {
      return put_reference(s, id, {light, s.now(), "Kỹ thuật viên", std::move(picture)}, problems_);
    });
  };
  const auto jpeg = [](std::size_t size, std::uint8_t mark) {
    base::Bytes bytes(size, mark);
    bytes[0] = bytes[2] = 0xFF;
    bytes[1] = 0xD8;
    return bytes;
  };
  EXPECT_FALSE(put_picture("NGAY", {'G', 'I', 'F', '8'}).ok());
  EXPECT_FALSE(put_picture("CHIEU", jpeg(9, 1)).ok());
  EXPECT_FALSE(put_picture("NGAY", jpeg(kLargestReference + 1, 1)).ok());
  EXPECT_TRUE(put_picture("NGAY", jpeg(kLargestReference, 1)).ok());
  clock_.advance(base::Seconds(60));
  EXPECT_TRUE(put_picture("NGAY", jpeg(100, 2)).ok());
  const auto day = read([&](store::Reader& s) { return reference_of(s, id, "NGAY"); });
  ASSERT_TRUE(day);
  EXPECT_EQ(day->picture, jpeg(100, 2));
  EXPECT_EQ(day->who, "Kỹ thuật viên");
  EXPECT_FALSE(read([&](store::Reader& s) { return reference_of(s, id, "DEM"); }));
}

INSTANTIATE_TEST_SUITE_P(sqlite, CameraTest, testing::Values(store::Engine::kSqlite));
INSTANTIATE_TEST_SUITE_P(postgresql, CameraTest, testing::Values(store::Engine::kPostgres));

}  // namespace
}  // namespace vonggac::catalogue
