#include <chrono>

#include "catalogue/camera_streams.h"
#include "catalogue/parties.h"
#include "intake_world.h"

namespace vonggac::test {
namespace {

class Imports : public IntakeWorld {};

const std::vector<std::string> kHead{"Mã",         "Tên camera", "Khu dân cư", "Xã, phường",    "Tọa độ",
                                     "Chủ sở hữu", "SĐT",        "Số sê-ri",   "Đường dẫn RTSP"};

Lines two_rows() {
  return {{"KIỂM KÊ CAMERA"},
          kHead,
          {"01", "Cổng chợ", "Khóm 1", "Phường 8", "9.2941, 105.7278", "Hộ ông Nguyễn Văn Tư", "0912345678", "SN1",
           "rtsp://10.0.0.5/1"},
          {"02", "Cầu Sập", "k. tra kha", "P8", "9,2951; 105,7288", "UBND Phường 8", "", "SN2", ""}};
}

TEST_P(Imports, DryRunWritesNoCameraAndIsFoundAgain) {
  const auto id = start(two_rows());
  EXPECT_EQ(import(id).state, "dry");
  EXPECT_EQ(import(id).counts.fresh, 2) << rows(id)[0].findings << rows(id)[1].findings;
  EXPECT_EQ(count("camera"), 0);
  EXPECT_EQ(rows(id)[0].number, 3U);
  const auto imports_of = [&](const char* who) {
    return read([&](store::Reader& s) { return intake::list_imports(s, who, 10); });
  };
  EXPECT_EQ(imports_of("cán bộ").size(), 1U);
  EXPECT_TRUE(imports_of("ai khác").empty());
}

TEST_P(Imports, ApplyMakesSiteCameraOwnerAndStream) {
  const auto id = start(two_rows());
  ASSERT_TRUE(apply(id).ok()) << problems_.status().to_string();
  EXPECT_EQ(applied_.cameras, 2);
  EXPECT_EQ(applied_.parties, 2);
  const auto made = rows(id);
  const catalogue::Camera first = camera(*made[0].camera), second = camera(*made[1].camera);
  EXPECT_EQ(first.code, "CAM-31823-0001");
  EXPECT_EQ(first.area, khom1_);
  EXPECT_EQ(second.area, kha_);
  EXPECT_EQ(first.facts.kind, "CHI_DANG_KY");
  EXPECT_EQ(first.life, "DE_XUAT");
  EXPECT_EQ(first.facts.ownership, "HO_CHIA_SE");
  EXPECT_EQ(second.facts.ownership, "NGAN_SACH_XA");
  const auto owner =
      read([&](store::Reader& s) { return catalogue::party_by_id(s, catalogue::PartyId{*first.facts.owner}); });
  ASSERT_TRUE(owner);
  EXPECT_EQ(owner->kind, "HOUSEHOLD");
  EXPECT_EQ(owner->phone, "0912345678");
  const auto streams = read([&](store::Reader& s) { return catalogue::streams_of(s, first.id); });
  ASSERT_FALSE(streams.empty());
  EXPECT_EQ(streams[0].display_url, "rtsp://10.0.0.5/1");
  const auto site = read([&](store::Reader& s) { return catalogue::site_of(s, first.facts.site); });
  ASSERT_TRUE(site);
  EXPECT_NE(site->facts.survey_note.find("dòng 3"), std::string::npos);
  EXPECT_NE(site->facts.survey_note.find("Mã trong bảng: 01"), std::string::npos);
  EXPECT_FALSE(apply(id).ok());
}

TEST_P(Imports, UndoRemovesAllThatWasMade) {
  const auto id = start(two_rows());
  ASSERT_TRUE(apply(id).ok());
  ASSERT_TRUE(undo(id).ok());
  EXPECT_EQ(undone_.removed, 2);
  for (const char* table : {"camera", "camera_site", "camera_term", "camera_stream", "camera_device", "party",
                            "household", "unit", "name_term", "area_member"}) {
    EXPECT_EQ(count(table), 0) << table;
  }
  EXPECT_EQ(import(id).state, "undone");
  EXPECT_FALSE(undo(id).ok());
}

TEST_P(Imports, UndoKeepsWhatWasChangedSinceAndSaysWhy) {
  const auto id = start(two_rows());
  ASSERT_TRUE(apply(id).ok());
  clock_.advance(base::Seconds(60));
  const catalogue::Camera first = camera(*rows(id)[0].camera);
  ASSERT_TRUE(write([&](store::WriteSession& s) {
                catalogue::CameraForm form = first.facts;
                form.name = "Tên mới";
                return catalogue::amend_camera(s, first.id, form, problems_);
              }).ok());
  ASSERT_TRUE(undo(id).ok());
  EXPECT_EQ(undone_.removed, 1);
  EXPECT_EQ(undone_.kept, 1);
  EXPECT_EQ(count("camera"), 1);
  EXPECT_EQ(count("party"), 1);
  EXPECT_NE(rows(id)[0].fate.find("được sửa"), std::string::npos);
}

TEST_P(Imports, RowsThatAreWrongNameCellAndWhatToDoAndBlockUntilSkipped) {
  Lines lines = two_rows();
  lines[3][3] = "Phường 9";
  lines[3][6] = "12";
  const auto id = start(lines);
  const auto wrong = rows(id, "wrong");
  ASSERT_EQ(wrong.size(), 1U);
  EXPECT_NE(wrong[0].findings.find("\"D4\""), std::string::npos);
  EXPECT_NE(wrong[0].findings.find("\"G4\""), std::string::npos);
  EXPECT_FALSE(apply(id).ok());
  EXPECT_EQ(count("camera"), 0);
  EXPECT_FALSE(choose(id, 4, "make").ok());
  ASSERT_TRUE(choose(id, 4, "skip").ok());
  ASSERT_TRUE(apply(id).ok()) << problems_.status().to_string();
  EXPECT_EQ(applied_.cameras, 1);
  EXPECT_EQ(applied_.skipped, 1);
}

TEST_P(Imports, DuplicatesInTheFileAndInTheRegisterAreOfferedNeverSilent) {
  ASSERT_TRUE(apply(start(two_rows())).ok());
  Lines lines = two_rows();
  lines[2][4] = lines[3][4] = "";
  lines[2][8] = "";
  lines[3] = lines[2];
  lines[3][0] = "77";
  const auto id = start(lines);
  EXPECT_EQ(import(id).counts.duplicate, 2);
  EXPECT_NE(rows(id)[0].same.find("CAM-31823-0001"), std::string::npos);
  EXPECT_NE(rows(id)[1].same.find("\"row\":3"), std::string::npos);
  EXPECT_FALSE(apply(id).ok());
  EXPECT_FALSE(choose(id, 3, "merge", base::CameraId{khom1_}).ok());
  const auto there = read([&](store::Reader& s) { return catalogue::camera_by_code(s, "CAM-31823-0001"); });
  ASSERT_TRUE(there);
  const std::optional<base::CameraId> survivor = there->id;
  ASSERT_TRUE(choose(id, 3, "merge", survivor).ok());
  ASSERT_TRUE(choose(id, 4, "skip").ok());
  ASSERT_TRUE(apply(id).ok()) << problems_.status().to_string();
  EXPECT_EQ(applied_.merged, 1);
  EXPECT_EQ(count("camera"), 2);
}

TEST_P(Imports, ApplyingAfterTheRegisterChangedIsRefused) {
  const auto first = start(two_rows()), second = start(two_rows());
  ASSERT_TRUE(apply(first).ok());
  EXPECT_FALSE(apply(second).ok());
  EXPECT_NE(problems_.status().message().find("Row 3"), std::string::npos);
  EXPECT_EQ(count("camera"), 2);
}

TEST_P(Imports, AreasOutOfReachAreAnsweredLikeThoseThatDoNotExist) {
  may_write_ = [this](store::Reader&, const catalogue::AreaId& area) {
    return base::Result<bool>(area == ward8_ || area == khom1_ || area == kha_);
  };
  Lines lines = two_rows();
  lines[2][3] = "Phường 1";
  lines[3][3] = "Phường 77";
  const auto id = start(lines);
  const auto wrong = rows(id, "wrong");
  ASSERT_EQ(wrong.size(), 2U);
  const auto words = [](const std::string& findings) { return findings.substr(findings.find("\"vi\"")); };
  EXPECT_EQ(words(wrong[0].findings), words(wrong[1].findings));
}

TEST_P(Imports, DuplicatesOutOfReachAreNotToldOf) {
  ASSERT_TRUE(apply(start(two_rows())).ok());
  may_write_ = [this](store::Reader&, const catalogue::AreaId& area) {
    return base::Result<bool>(area == ward1_ || area == khom1_of_ward1_);
  };
  Lines lines = two_rows();
  lines[2][3] = lines[3][3] = "Phường 1";
  lines[3][2] = "Khóm 1";
  const auto id = start(lines);
  EXPECT_EQ(import(id).counts.duplicate, 0) << rows(id)[0].same;
  EXPECT_EQ(import(id).counts.fresh, 2);
}

TEST_P(Imports, OldNamesLeadToWhatTheAreasAreToday) {
  clock_.advance(base::Seconds(86'400));
  ASSERT_TRUE(write([&](store::WriteSession& s) -> base::Status {
                catalogue::MergeForm merge;
                merge.sources = {ward8_, ward1_};
                catalogue::AreaForm target;
                target.name = "Bạc Liêu";
                target.type = "PHUONG";
                target.code = "31825";
                target.parent = province_;
                merge.form = target;
                merge.basis = "1655/NQ-UBTVQH15";
                return catalogue::merge_areas(s, merge, catalogue::Day::at(clock_.wall_now()), problems_).error();
              }).ok())
      << problems_.status().to_string();
  Lines lines = two_rows();
  lines[2][2] = "";
  lines[2][3] = "Phường 8";
  lines[3][3] = "Phường Bạc Liêu";
  const auto id = start(lines);
  EXPECT_EQ(import(id).counts.fresh, 2) << rows(id)[0].findings << rows(id)[1].findings;
  EXPECT_NE(rows(id)[0].findings.find("Phường 8 nay là Phường Bạc Liêu"), std::string::npos) << rows(id)[0].findings;
  ASSERT_TRUE(apply(id).ok()) << problems_.status().to_string();
  EXPECT_EQ(camera(*rows(id)[1].camera).code.substr(0, 9), "CAM-31825");
}

TEST_P(Imports, AmbiguousNamesListTheCandidates) {
  const auto other = add_area("TINH", "Cà Mau", std::nullopt, "96");
  add_area("PHUONG", "8", other, "32008");
  Lines lines = two_rows();
  lines[2][2] = "";
  const auto id = start(lines);
  const auto wrong = rows(id, "wrong");
  ASSERT_FALSE(wrong.empty());
  EXPECT_NE(wrong[0].findings.find("Phường 8, Tỉnh Bạc Liêu; Phường 8, Tỉnh Cà Mau"), std::string::npos)
      << wrong[0].findings;
}

TEST_P(Imports, GenericAreaColumnAndDefaultAreaAreUnderstood) {
  within_ = ward8_;
  const auto id = start({{"Tên", "Địa bàn", "Chủ sở hữu"},
                         {"A", "Khóm 1, Phường 8, Bạc Liêu", "UBND"},
                         {"B", "Trà Kha", "UBND"},
                         {"C", "", "UBND"}});
  EXPECT_EQ(import(id).counts.fresh, 3) << rows(id)[0].findings << rows(id)[1].findings << rows(id)[2].findings;
  ASSERT_TRUE(apply(id).ok()) << problems_.status().to_string();
  EXPECT_EQ(camera(*rows(id)[0].camera).area, khom1_);
  EXPECT_EQ(camera(*rows(id)[1].camera).area, kha_);
  EXPECT_EQ(camera(*rows(id)[2].camera).area, ward8_);
}

TEST_P(Imports, UnknownColumnsAreNamedAndLeftOut) {
  const auto id =
      start({{"Tên", "Xã, phường", "Chủ sở hữu", "Mật khẩu", "role"}, {"A", "Phường 8", "UBND", "s3cret", "ADMIN"}});
  EXPECT_NE(import(id).remarks.find("“Mật khẩu”"), std::string::npos);
  EXPECT_NE(import(id).remarks.find("“role”"), std::string::npos);
  EXPECT_EQ(rows(id)[0].cells.find("s3cret"), std::string::npos);
}

TEST_P(Imports, ScriptsInNamesStayText) {
  const std::string script = "<script>alert(1)</script>";
  const auto id = start(
      {{"Tên", "Xã, phường", "Chủ sở hữu"}, {script, "Phường 8", "UBND " + script}, {"=cmd|x", "Phường 8", "UBND"}});
  ASSERT_TRUE(apply(id).ok()) << problems_.status().to_string();
  EXPECT_EQ(camera(*rows(id)[0].camera).facts.name, script);
  const std::string csv = read([&](store::Reader& s) { return intake::report_csv(s, id); });
  EXPECT_NE(csv.find("\"'=cmd|x\""), std::string::npos);
  EXPECT_NE(csv.find("CAM-31823-0001"), std::string::npos);
}

TEST_P(Imports, FileWithoutHeaderIsRefusedInWords) {
  EXPECT_FALSE(try_start(workbook_of_texts({{"xin", "chào"}, {"a", "b"}})));
  EXPECT_NE(problems_.status().message().find("No header row"), std::string::npos);
}

TEST_P(Imports, AThousandRowsTakeLessThanThirtySeconds) {
  Lines lines{kHead};
  for (int i = 0; i < 1'000; ++i) {
    const std::string n = std::to_string(i);
    const double lat = 9.2 + i * 0.0005;
    lines.push_back({n, "Camera " + n, i % 2 == 0 ? "Khóm 1" : "Trà Kha", "Phường 8", std::to_string(lat) + ", 105.7",
                     "Hộ ông " + n, "", "S" + n,
                     "rtsp://10.1." + std::to_string(i / 250) + "." + std::to_string(i % 250) + "/1"});
  }
  const auto begin = std::chrono::steady_clock::now();
  const auto id = start(lines);
  const std::chrono::duration<double> looked = std::chrono::steady_clock::now() - begin;
  ASSERT_TRUE(apply(id).ok()) << problems_.status().to_string();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  EXPECT_EQ(applied_.cameras, 1'000);
  EXPECT_LT(took.count(), 30.0);
  RecordProperty("dry_run_seconds", std::to_string(looked.count()));
  RecordProperty("seconds", std::to_string(took.count()));
  ASSERT_TRUE(undo(id).ok());
  EXPECT_EQ(undone_.removed, 1'000);
}

INSTANTIATE_TEST_SUITE_P(sqlite, Imports, testing::Values(store::Engine::kSqlite));
INSTANTIATE_TEST_SUITE_P(postgresql, Imports, testing::Values(store::Engine::kPostgres));

}  // namespace
}  // namespace vonggac::test
