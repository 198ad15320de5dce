#include <chrono>

#include "register_commands.h"

namespace vonggac::cli {
namespace {

namespace json = boost::json;

class AreaCommand : public RegisterCommands {
 protected:
  void add_neighbourhood(const std::string& name) {
    said({"area", "add", "--name", name, "--type", "KHOM", "--parent", "31823", "--from", "2020-01-01"});
  }
  json::array listed(std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"area", "list"});
    return told(more).at("areas").as_array();
  }
  std::string place(const std::string& area) {
    return std::string(told({"area", "show", area}).at("place").as_string());
  }
};

TEST_P(AreaCommand, ListShowsATreeWithKindsAndCodesOnADay) {
  add_ward();
  add_neighbourhood("1");
  const std::string text = said({"area", "list"});
  EXPECT_TRUE(says(text, "Tỉnh Bạc Liêu")) << text;
  EXPECT_TRUE(says(text, "\n  Phường 8")) << text;
  EXPECT_TRUE(says(text, "\n    Khóm 1")) << text;
  EXPECT_TRUE(says(text, "31823")) << text;
  EXPECT_TRUE(says(text, "residential area")) << text;
  EXPECT_EQ(listed({"--levels", "1"}).size(), 1U);
  EXPECT_EQ(listed({"31823"}).size(), 2U);
  EXPECT_EQ(listed({"--day", "2019-12-31"}).size(), 0U);
}

TEST_P(AreaCommand, SearchFindsHoweverItIsTyped) {
  add_ward();
  add_neighbourhood("5");
  const json::array found = listed({"--search", "khom 5 p 8"});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].at("full_name").as_string(), "Khóm 5");
  EXPECT_TRUE(says(said({"area", "list", "--search", "khom 5"}), "Khóm 5, Phường 8, Tỉnh Bạc Liêu"));
}

TEST_P(AreaCommand, ANameThatMeansSeveralIsAskedBackWithTheCandidates) {
  add_ward();
  said({"area", "add", "--name", "1", "--type", "PHUONG", "--code", "31825", "--parent", "95", "--from", "2020-01-01"});
  add_neighbourhood("1");
  said({"area", "add", "--name", "1", "--type", "KHOM", "--parent", "31825", "--from", "2020-01-01"});
  const std::string told_back = refused({"area", "show", "khom 1"});
  EXPECT_TRUE(says(told_back, "Khóm 1, Phường 8")) << told_back;
  EXPECT_TRUE(says(told_back, "Khóm 1, Phường 1")) << told_back;
  // A ward is meant although its residential areas carry its words too.
  EXPECT_EQ(place("phuong 8"), "Phường 8, Tỉnh Bạc Liêu");
  EXPECT_EQ(place("khom 1 phuong 8"), "Khóm 1, Phường 8, Tỉnh Bạc Liêu");
}

TEST_P(AreaCommand, RenameOpensAVersionAndShowTellsBoth) {
  add_ward();
  said({"area", "rename", "31823", "--name", "Trà Kha", "--day", "2025-07-01", "--basis", "12/NQ-HĐND"});
  const std::string text = said({"area", "show", "31823"});
  EXPECT_TRUE(says(text, "30/06/2025")) << text;
  EXPECT_TRUE(says(text, "Phường Trà Kha")) << text;
  EXPECT_TRUE(says(text, "12/NQ-HĐND")) << text;
  EXPECT_EQ(listed({"--day", "2024-01-01"})[1].at("name").as_string(), "8");
}

TEST_P(AreaCommand, MergeSplitAndTransferSayWhatBecameOfAnArea) {
  add_ward();
  said({"area", "add", "--name", "1", "--type", "PHUONG", "--code", "31825", "--parent", "95", "--from", "2020-01-01"});
  for (const char* name : {"1", "2", "3"}) add_neighbourhood(name);
  said({"area", "transfer", "31823", "--target", "31825", "--moved", "khom 3", "--day", "2024-01-01", "--basis",
        "1/NQ"});
  EXPECT_EQ(place("khom 3"), "Khóm 3, Phường 1, Tỉnh Bạc Liêu");
  const std::string merged =
      said({"area", "merge", "--source", "31823", "--source", "31825", "--name", "Bạc Liêu", "--type", "PHUONG",
            "--code", "31900", "--parent", "95", "--day", "2025-07-01", "--basis", "2/NQ"});
  const std::string old = said({"area", "show", "31823", "--day", "2025-01-01"});
  const std::string id = old.substr(old.find('(') + 1, 36);
  EXPECT_TRUE(says(said({"area", "show", id}), "became: Phường Bạc Liêu")) << out_.str();
  EXPECT_TRUE(says(said({"area", "show", merged}), "took in: ")) << out_.str();
  said({"area", "split", "31900", "--part", "Tân A=31901: Khóm 1, khom 2", "--part", "Tân B=31902: Khóm 3", "--day",
        "2026-01-01", "--basis", "3/NQ"});
  EXPECT_EQ(place("khom 2"), "Khóm 2, Phường Tân A, Tỉnh Bạc Liêu");
  EXPECT_EQ(place("khom 3"), "Khóm 3, Phường Tân B, Tỉnh Bạc Liêu");
}

TEST_P(AreaCommand, RefusalsComeWithAllSentencesInBothLanguages) {
  add_ward();
  const std::vector<std::string> twice{"area", "add", "--name", "Khác", "--type", "PHUONG", "--code", "31823"};
  EXPECT_TRUE(says(refused(twice), "V4: Code 31823 belongs to Phường 8")) << err_.str();
  EXPECT_TRUE(says(err_.str(), "Choose the area it lies in")) << err_.str();
  language_ = "vi";
  EXPECT_TRUE(says(refused(twice), "V4: Mã 31823 đang là của Phường 8")) << err_.str();
  EXPECT_TRUE(says(refused({"area", "show", "không có"}), "không có địa bàn mang mã hoặc tên này")) << err_.str();
  EXPECT_TRUE(says(refused({"area", "list", "--day", "31/02/2025"}), "không phải ngày")) << err_.str();
}

constexpr const char* kList =
    "Danh mục đơn vị hành chính\n"
    "Mã,Tên,Cấp,Mã cấp trên,Hiệu lực từ\n"
    ",Khóm 1,Khóm,31825,01/07/2025\n"
    "31825,Phường Vĩnh Trạch,Phường,95,01/07/2025\n"
    "95,Cà Mau,Tỉnh,,01/01/2020\n";

TEST_P(AreaCommand, AListIsDryFirstThenAppliedAndThereTheSecondTime) {
  const std::string list = file("a.csv", kList);
  json::object dry = told({"area", "import", list});
  EXPECT_EQ(dry.at("new").as_int64(), 3) << json::serialize(dry);
  EXPECT_FALSE(dry.at("applied").as_bool());
  EXPECT_EQ(listed().size(), 0U);
  EXPECT_TRUE(says(said({"area", "import", list, "--apply"}), "3 rows, 3 new, 0 registered already, 0 wrong"));
  EXPECT_EQ(place("khom 1"), "Khóm 1, Phường Vĩnh Trạch, Tỉnh Cà Mau");
  const json::object again = told({"area", "import", list, "--apply"});
  EXPECT_EQ(again.at("there").as_int64(), 3) << json::serialize(again);
  EXPECT_EQ(again.at("new").as_int64(), 0);
  EXPECT_EQ(listed().size(), 3U);
}

TEST_P(AreaCommand, AWrongRowIsToldWithItsCellAndNothingIsRegistered) {
  const std::string list = file("a.csv", std::string(kList) +
                                             "31827,Thị trấn Hòa Bình,Thị trấn,95,01/07/2025\n"
                                             "31829,Xã Mới,Xã,77,01/07/2025\n"
                                             "31831,Nơi Nào,Miền,95,01/07/2025\n"
                                             "31833,Xã Sau,Xã,95,31/06/2025\n");
  language_ = "vi";
  EXPECT_TRUE(says(refused({"area", "import", list, "--apply"}), "chưa ghi gì vào sổ")) << err_.str();
  const std::string text = out_.str();
  EXPECT_TRUE(says(text, "C6")) << text;
  EXPECT_TRUE(says(text, "không còn Thị trấn")) << text;
  EXPECT_TRUE(says(text, "D7")) << text;
  EXPECT_TRUE(says(text, "không có đơn vị cấp trên phù hợp")) << text;
  EXPECT_TRUE(says(text, "C8")) << text;
  EXPECT_TRUE(says(text, "E9")) << text;
  EXPECT_TRUE(says(text, "7 dòng, 3 mới, 0 đã có, 4 lỗi (chưa ghi vào sổ)")) << text;
  EXPECT_EQ(listed().size(), 0U);
}

TEST_P(AreaCommand, AListDoesNotRename) {
  said({"area", "import", file("a.csv", kList), "--apply"});
  const std::string other = file("b.csv", "Mã,Tên,Cấp,Mã cấp trên\n31825,Vĩnh Châu,Phường,95\n");
  refused({"area", "import", other, "--apply", "--from", "2025-07-01"});
  EXPECT_TRUE(says(out_.str(), "V4") || says(out_.str(), "a new name comes with a decision")) << out_.str();
  EXPECT_EQ(place("31825"), "Phường Vĩnh Trạch, Tỉnh Cà Mau");
}

TEST_P(AreaCommand, ThreeThousandRowsTakeSeconds) {
  std::string text = "Mã,Tên,Mã cấp trên,Hiệu lực từ\n";
  for (int province = 10; province < 40; ++province) {
    text += std::to_string(province) + ",Tỉnh Số " + std::to_string(province) + ",,01/07/2025\n";
    for (int commune = 0; commune < 100; ++commune) {
      const std::string code = std::to_string(province * 1000 + commune);
      text += code + ",Xã Thứ " + code + "," + std::to_string(province) + ",01/07/2025\n";
    }
  }
  const std::string list = file("a.csv", text);
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(told({"area", "import", list, "--apply"}).at("new").as_int64(), 3030);
  const auto took = std::chrono::steady_clock::now() - began;
  EXPECT_LT(took, std::chrono::seconds(60));
  RecordProperty("milliseconds", static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
  EXPECT_EQ(told({"area", "import", list}).at("there").as_int64(), 3030);
}

TEST_P(AreaCommand, AGrantIsGivenForAWardByItsNameAlthoughOthersLieInIt) {
  add_ward();
  add_neighbourhood("1");
  entries_.read_secret_line = [] { return base::Result<std::string>("mat-khau-rat-dai-2026"); };
  said({"user", "add", "--login", "an.nguyen", "--name", "Nguyễn Văn An", "--role", "TRUC", "--area", "phuong 8"});
}

INSTANTIATE_TEST_SUITE_P(sqlite, AreaCommand, testing::Values(store::Engine::kSqlite));
INSTANTIATE_TEST_SUITE_P(postgresql, AreaCommand, testing::Values(store::Engine::kPostgres));

}  // namespace
}  // namespace vonggac::cli
