#include "register_commands.h"

namespace vonggac::cli {
namespace {

namespace json = boost::json;

class ModelCommand : public RegisterCommands {
 protected:
  void SetUp() override {
    RegisterCommands::SetUp();
    add_ward();
  }
  std::string add(const std::string& name = "Camera an ninh khóm 3") {
    return said({"model", "add", "--name", name, "--type", "CAMERA_AN_NINH", "--area", "31823", "--day", "2026-01-05"});
  }
  void launch(const std::string& code) {
    said({"model", "step", code, "--to", "KHAO_SAT", "--day", "2026-01-10", "--paper", "01/BC-KS"});
    said({"model", "step", code, "--to", "PHE_DUYET", "--day", "2026-02-01", "--decision-number", "15/QĐ-UBND",
          "--decision-day", "2026-01-30"});
    said({"model", "step", code, "--to", "RA_MAT", "--day", "2026-02-15", "--paper", "02/BB-RM"});
  }
};

TEST_P(ModelCommand, IsProposedFoundShownAndStepped) {
  const std::string code = add();
  launch(code);
  const json::object shown = told({"model", "show", code});
  EXPECT_EQ(shown.at("state").as_string(), "RA_MAT");
  EXPECT_EQ(shown.at("history").as_array().size(), 4U);
  EXPECT_EQ(shown.at("launch_day").as_string(), "2026-02-15");
  EXPECT_EQ(told({"model", "list", "--search", "khom 3", "--area", "phuong 8"}).at("models").as_array().size(), 1U);
  EXPECT_EQ(told({"model", "list", "--state", "GIAI_THE"}).at("models").as_array().size(), 0U);
  const std::string text = said({"model", "show", code});
  EXPECT_TRUE(says(text, "15/QĐ-UBND")) << text;
  EXPECT_TRUE(says(text, "may become: HOAT_DONG (active)")) << text;
}

TEST_P(ModelCommand, ALaunchBeforeItsDecisionIsRefusedByV8InBothLanguages) {
  const std::string code = add();
  said({"model", "step", code, "--to", "KHAO_SAT", "--day", "2026-01-10", "--paper", "01/BC-KS"});
  said({"model", "step", code, "--to", "PHE_DUYET", "--day", "2026-02-01", "--decision-number", "15/QĐ-UBND",
        "--decision-day", "2026-02-01"});
  const std::vector<std::string> bare{"model", "step", code, "--to", "RA_MAT", "--day", "2026-02-15"};
  EXPECT_TRUE(says(refused(bare), "V8: It needs: minutes and day of the launch.")) << err_.str();
  language_ = "vi";
  EXPECT_TRUE(says(refused(bare), "V8: Cần có: biên bản và ngày ra mắt.")) << err_.str();
}

TEST_P(ModelCommand, AStepThatDoesNotFollowSaysWhatMay) {
  const std::string code = add();
  EXPECT_TRUE(says(refused({"model", "step", code, "--to", "HOAT_DONG"}), "From \"proposed\" only to: surveyed."))
      << err_.str();
  EXPECT_TRUE(says(refused({"model", "step", "MH-0", "--to", "KHAO_SAT"}), "no model of this code")) << err_.str();
  EXPECT_TRUE(says(refused({"model", "add", "--name", "x", "--type", "KHONG_CO", "--area", "31823"}),
                   "Choose the type of the model"))
      << err_.str();
}

TEST_P(ModelCommand, AModelThatHasEndedTakesNothingIn) {
  const std::string ended = add("Mô hình cũ"), other = add("Mô hình mới");
  launch(ended);
  launch(other);
  said({"model", "step", ended, "--to", "SAP_NHAP_VAO", "--target", other, "--day", "2026-03-01"});
  EXPECT_EQ(told({"model", "show", ended}).at("state").as_string(), "SAP_NHAP_VAO");
  EXPECT_TRUE(says(refused({"model", "step", other, "--to", "SAP_NHAP_VAO", "--target", ended}), "has ended"))
      << err_.str();
  EXPECT_TRUE(says(refused({"model", "step", ended, "--to", "HOAT_DONG"}), "is the last state")) << err_.str();
}

INSTANTIATE_TEST_SUITE_P(sqlite, ModelCommand, testing::Values(store::Engine::kSqlite));
INSTANTIATE_TEST_SUITE_P(postgresql, ModelCommand, testing::Values(store::Engine::kPostgres));

}  // namespace
}  // namespace vonggac::cli
