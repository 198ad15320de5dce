#include "cli/command_line.h"

#include <sstream>

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/ids.h"
#include "core/data_files.h"
#include "support/temp_folder.h"

namespace vonggac::cli {
namespace {

namespace json = boost::json;

class CommandLineTest : public ::testing::Test {
 protected:
  ExitCode run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--lang", language_});
    out_.str("");
    err_.str("");
    return run_command_line(arguments, entries_, out_, err_);
  }
  std::string add(std::vector<std::string> more) {
    std::vector<std::string> arguments{"camera", "add", "--data", data()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    EXPECT_EQ(run(arguments), ExitCode::kOk) << err_.str();
    std::string id = out_.str();
    if (!id.empty()) id.pop_back();
    return id;
  }
  json::object listed(std::size_t index) {
    EXPECT_EQ(run({"camera", "list", "--data", data(), "--json"}), ExitCode::kOk) << err_.str();
    return json::parse(out_.str()).at("cameras").as_array().at(index).as_object();
  }
  std::string data() const { return folder_.file("data"); }

  test::TempFolder folder_;
  std::string language_ = "en";
  std::ostringstream out_, err_;
  std::vector<std::string> secrets_;  ///< lines of standard input, the next one last
  std::string served_data_;
  core::ServiceConfig served_;
  std::vector<std::string> motion_;
  Entries entries_{
      [this](const std::string& data_dir, const core::ServiceConfig& config) {
        served_data_ = data_dir;
        served_ = config;
        return 0;
      },
      [this](const std::vector<std::string>& arguments) {
        motion_ = arguments;
        return 1;
      },
      [this]() -> base::Result<std::string> {
        if (secrets_.empty()) return base::invalid_argument("standard input ended before the password");
        std::string line = secrets_.back();
        secrets_.pop_back();
        return line;
      },
  };
};

TEST_F(CommandLineTest, HelpAndVersionSucceed) {
  EXPECT_EQ(run({"--help"}), ExitCode::kOk);
  EXPECT_NE(out_.str().find("serve"), std::string::npos);
  EXPECT_EQ(run({"--version"}), ExitCode::kOk);
  EXPECT_NE(out_.str().find("OpenSSL"), std::string::npos);
  EXPECT_EQ(run({"camera", "add", "--help"}), ExitCode::kOk);
  EXPECT_NE(out_.str().find("--password-stdin"), std::string::npos);
}

TEST_F(CommandLineTest, SpeaksVietnameseWhenAsked) {
  language_ = "vi";
  EXPECT_EQ(run({"--help"}), ExitCode::kOk);
  EXPECT_NE(out_.str().find("Thêm, xem, sửa, xoá camera"), std::string::npos);
}

TEST_F(CommandLineTest, WrongUseEndsWithTwo) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {},
           {"dance"},
           {"serve"},
           {"camera"},
           {"camera", "add", "--data", data()},
           {"status", "--data"},
           {"camera", "list", "--data", data(), "--nonsense"},
           {"motion"},
           {"camera", "add", "--data", data(), "--name", "a", "--url", "rtsp://10.0.0.1/", "--audio", "loud"}}) {
    EXPECT_EQ(run(arguments), ExitCode::kUsage) << out_.str();
    EXPECT_FALSE(err_.str().empty());
  }
}

TEST_F(CommandLineTest, NeverRepeatsAnAddressInAnError) {
  EXPECT_EQ(run({"camera", "add", "rtsp://admin:TOPSECRET@10.0.0.1/", "--data", data()}), ExitCode::kUsage);
  EXPECT_EQ(err_.str().find("TOPSECRET"), std::string::npos) << err_.str();
  EXPECT_EQ(run({"camera", "add", "--data", data(), "--name", "a", "--url", "rtsp://admin:TOPSECRET@10.0.0.1:0/"}),
            ExitCode::kUsage);
  EXPECT_EQ(err_.str().find("TOPSECRET"), std::string::npos) << err_.str();
}

TEST_F(CommandLineTest, ServeReadsTheConfigurationAndLetsListenWin) {
  ASSERT_TRUE(core::write_file_atomically(folder_.file("c.toml"),
                                          "[server]\nlisten = \"127.0.0.1:1111\"\n[ingest]\ngather_ms = 7\n", 0644)
                  .ok());
  EXPECT_EQ(run({"serve", "--data", data(), "--config", folder_.file("c.toml"), "--listen", "[::1]:2222"}),
            ExitCode::kOk);
  EXPECT_EQ(served_data_, data());
  EXPECT_EQ(served_.ingest.gather_ms, 7U);
  EXPECT_EQ(core::to_string(served_.server.listen), "[::1]:2222");
}

TEST_F(CommandLineTest, AWrongConfigurationEndsWithThree) {
  ASSERT_TRUE(core::write_file_atomically(folder_.file("c.toml"), "[server]\nlistne = 1\n", 0644).ok());
  EXPECT_EQ(run({"serve", "--data", data(), "--config", folder_.file("c.toml")}), ExitCode::kConfiguration);
  EXPECT_NE(err_.str().find("c.toml:2:1:"), std::string::npos) << err_.str();
  EXPECT_EQ(run({"serve", "--data", data(), "--config", folder_.file("gone.toml")}), ExitCode::kConfiguration);
  EXPECT_EQ(run({"serve", "--data", data(), "--listen", "example.org:80"}), ExitCode::kConfiguration);
  EXPECT_NE(err_.str().find("127.0.0.1:8080"), std::string::npos);
  EXPECT_TRUE(served_data_.empty());
}

TEST_F(CommandLineTest, AddPrintsTheIdAlone) {
  const std::string id = add({"--name", "Cổng", "--url", "rtsp://10.0.0.1/main", "--record", "continuous"});
  EXPECT_TRUE(base::Uuid::parse(id).has_value()) << id;
  EXPECT_EQ(listed(0).at("id").as_string(), id);
  EXPECT_EQ(listed(0).at("record").as_string(), "continuous");
}

TEST_F(CommandLineTest, AddTakesEverySetting) {
  ASSERT_TRUE(core::write_file_atomically(folder_.file("zones.json"),
                                          R"([{"id":"sân","ignore":false,"points":[[0,0],[1,0],[1,1]]}])", 0644)
                  .ok());
  add({"--name",
       "a",
       "--url",
       "rtsp://10.0.0.1/m",
       "--sub-url",
       "rtsp://10.0.0.1/s",
       "--schedule",
       "* 00:00-24:00 off",
       "--pre-roll",
       "7.5",
       "--post-roll",
       "0",
       "--retention-days",
       "3",
       "--retention-gb",
       "1.5",
       "--motion-retention-days",
       "9",
       "--audio",
       "on",
       "--paused",
       "off",
       "--sensitivity",
       "8",
       "--transport",
       "udp",
       "--zones-file",
       folder_.file("zones.json")});
  const json::object camera = listed(0);
  EXPECT_EQ(camera.at("sub_url").as_string(), "rtsp://10.0.0.1/s");
  EXPECT_EQ(camera.at("schedule").as_string(), "* 00:00-24:00 off");
  EXPECT_EQ(camera.at("pre_roll_s").as_double(), 7.5);
  EXPECT_EQ(camera.at("post_roll_s").as_int64(), 0);
  EXPECT_EQ(camera.at("retention_gb").as_double(), 1.5);
  EXPECT_EQ(camera.at("motion_retention_days").as_int64(), 9);
  EXPECT_TRUE(camera.at("audio").as_bool());
  EXPECT_EQ(camera.at("sensitivity").as_int64(), 8);
  EXPECT_EQ(camera.at("transport").as_string(), "udp");
  EXPECT_EQ(camera.at("zones").as_array().at(0).at("id").as_string(), "sân");
}

TEST_F(CommandLineTest, PasswordsComeFromStandardInputAndGoNowhereVisible) {
  secrets_ = {"SUBSECRET", "TOPSECRET"};
  add({"--name", "a", "--url", "rtsp://10.0.0.1/m", "--sub-url", "rtsp://10.0.0.1/s", "--user", "u", "--password-stdin",
       "--sub-user", "v", "--sub-password-stdin"});
  EXPECT_TRUE(secrets_.empty());
  EXPECT_EQ(run({"camera", "list", "--data", data(), "--json"}), ExitCode::kOk);
  EXPECT_EQ(out_.str().find("SECRET"), std::string::npos);
  EXPECT_EQ(core::read_file(data() + "/cameras.json", 1U << 20)->find("SECRET"), std::string::npos);
}

TEST_F(CommandLineTest, SetChangesByIdOrByName) {
  const std::string id = add({"--name", "old", "--url", "rtsp://10.0.0.1/m"});
  EXPECT_EQ(run({"camera", "set", id, "--data", data(), "--name", "new"}), ExitCode::kOk) << err_.str();
  EXPECT_EQ(run({"camera", "set", "new", "--data", data(), "--record", "off", "--json"}), ExitCode::kOk) << err_.str();
  EXPECT_EQ(json::parse(out_.str()).at("camera").at("record").as_string(), "off");
  EXPECT_EQ(run({"camera", "set", "old", "--data", data(), "--record", "off"}), ExitCode::kFailure);
  EXPECT_EQ(run({"camera", "set", id, "--data", data()}), ExitCode::kUsage);
}

TEST_F(CommandLineTest, ANameOfTwoCamerasIsNotEnough) {
  add({"--name", "twin", "--url", "rtsp://10.0.0.1/m"});
  add({"--name", "twin", "--url", "rtsp://10.0.0.2/m"});
  EXPECT_EQ(run({"camera", "remove", "twin", "--data", data()}), ExitCode::kUsage);
  EXPECT_NE(err_.str().find("several"), std::string::npos);
}

TEST_F(CommandLineTest, RemoveForgetsTheCamera) {
  const std::string id = add({"--name", "a", "--url", "rtsp://10.0.0.1/m"});
  EXPECT_EQ(run({"camera", "remove", id, "--data", data()}), ExitCode::kOk);
  EXPECT_EQ(run({"camera", "remove", id, "--data", data()}), ExitCode::kFailure);
  EXPECT_EQ(run({"camera", "list", "--data", data()}), ExitCode::kOk);
  EXPECT_NE(out_.str().find("No cameras yet"), std::string::npos);
}

TEST_F(CommandLineTest, RefusalsNameTheFieldAlsoAsJson) {
  EXPECT_EQ(run({"camera", "add", "--data", data(), "--name", "a", "--url", "http://10.0.0.1/", "--json"}),
            ExitCode::kUsage);
  const json::value reply = json::parse(out_.str());
  EXPECT_FALSE(reply.at("ok").as_bool());
  EXPECT_EQ(reply.at("error").at("kind").as_string(), "invalid_argument");
  EXPECT_NE(reply.at("error").at("message").as_string().find("url"), std::string::npos);
}

TEST_F(CommandLineTest, LookingDoesNotMakeADataDirectory) {
  EXPECT_EQ(run({"camera", "list", "--data", folder_.file("nowhere")}), ExitCode::kFailure);
  EXPECT_EQ(core::read_file(folder_.file("nowhere/cameras.json"), 10).error().kind(), base::ErrorKind::kNotFound);
}

TEST_F(CommandLineTest, StatusWithoutAServiceEndsWithFour) {
  EXPECT_EQ(run({"status", "--data", data()}), ExitCode::kUnreachable);
  EXPECT_NE(err_.str().find("vonggac serve"), std::string::npos) << err_.str();
}

TEST_F(CommandLineTest, WrongUseIsJsonWhereJsonIsWanted) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"camera", "add", "--json", "--data", data()},
                                             {"camera", "add", "--pre-roll", "soon", "--data", data(), "--json"},
                                             {"clips", "--json"},
                                             {"dance", "--json"}}) {
    EXPECT_EQ(run(arguments), ExitCode::kUsage);
    const json::value reply = json::parse(out_.str());
    EXPECT_FALSE(reply.at("ok").as_bool());
    EXPECT_EQ(reply.at("error").at("kind").as_string(), "invalid_argument");
    EXPECT_TRUE(err_.str().empty()) << err_.str();
  }
}

TEST_F(CommandLineTest, NamesAnUnknownCommandAndThoseThereAre) {
  EXPECT_EQ(run({"dance"}), ExitCode::kUsage);
  EXPECT_NE(err_.str().find("'dance'"), std::string::npos) << err_.str();
  EXPECT_NE(err_.str().find("export"), std::string::npos) << err_.str();
  EXPECT_EQ(run({"camera", "paint"}), ExitCode::kUsage);
  EXPECT_NE(err_.str().find("'paint'"), std::string::npos) << err_.str();
  EXPECT_NE(err_.str().find("remove"), std::string::npos) << err_.str();
  EXPECT_EQ(run({"camera"}), ExitCode::kUsage);
  EXPECT_NE(err_.str().find("add, list"), std::string::npos) << err_.str();
}

TEST_F(CommandLineTest, ComplainsInVietnameseWhenAsked) {
  add({"--name", "twin", "--url", "rtsp://10.0.0.1/m"});
  add({"--name", "twin", "--url", "rtsp://10.0.0.2/m"});
  language_ = "vi";
  const auto complaint = [this](std::vector<std::string> arguments) {
    EXPECT_NE(run(std::move(arguments)), ExitCode::kOk);
    return err_.str();
  };
  const std::vector<std::string> add_a{"camera", "add", "--data", data(), "--name", "a", "--url"};
  const auto with = [&add_a](std::vector<std::string> more) {
    more.insert(more.begin(), add_a.begin(), add_a.end());
    return more;
  };
  EXPECT_NE(complaint({"camera", "add", "--data", data()}).find("thiếu --"), std::string::npos) << err_.str();
  EXPECT_NE(complaint({"dance"}).find("không có lệnh 'dance'"), std::string::npos) << err_.str();
  EXPECT_NE(complaint(with({"http://10.0.0.1/"})).find("url: địa chỉ camera phải bắt đầu bằng rtsp://"),
            std::string::npos)
      << err_.str();
  EXPECT_NE(complaint(with({"rtsp://10.0.0.1/", "--pre-roll", "31"})).find("pre_roll_s phải là số từ 1 đến 30"),
            std::string::npos)
      << err_.str();
  EXPECT_NE(complaint(with({"rtsp://10.0.0.1/", "--schedule", "foo"})).find("mục lịch 'foo'"), std::string::npos)
      << err_.str();
  EXPECT_NE(complaint({"camera", "remove", "ai đó", "--data", data()}).find("không có camera nào tên 'ai đó'"),
            std::string::npos)
      << err_.str();
  EXPECT_NE(complaint({"camera", "remove", "twin", "--data", data()}).find("có nhiều camera tên 'twin'"),
            std::string::npos)
      << err_.str();
  EXPECT_NE(complaint({"status", "--data", data()}).find("không có dịch vụ nào chạy trên"), std::string::npos)
      << err_.str();
  EXPECT_NE(complaint({"clips", "--data", data(), "--from", "hôm qua"}).find("không phải thời điểm: 'hôm qua'"),
            std::string::npos)
      << err_.str();
}

TEST_F(CommandLineTest, AnInstallationThatHasRecordedNothingHasNoClipsAndNothingWrong) {
  add({"--name", "a", "--url", "rtsp://10.0.0.1/m"});
  EXPECT_EQ(run({"clips", "--data", data()}), ExitCode::kOk) << err_.str();
  EXPECT_EQ(run({"clips", "--data", data(), "--json"}), ExitCode::kOk) << err_.str();
  EXPECT_TRUE(json::parse(out_.str()).at("clips").as_array().empty());
  EXPECT_TRUE(json::parse(out_.str()).at("gaps").as_array().empty());
  EXPECT_EQ(run({"check", "--data", data(), "--json"}), ExitCode::kOk) << out_.str();
  EXPECT_EQ(run({"clips", "--data", folder_.file("nowhere")}), ExitCode::kFailure);
}

TEST_F(CommandLineTest, AnInstallationThatHasRecordedNothingHasNothingToFind) {
  add({"--name", "a", "--url", "rtsp://10.0.0.1/m"});
  EXPECT_EQ(run({"search", "--data", data()}), ExitCode::kOk) << err_.str();
  EXPECT_NE(out_.str().find("Nothing moved"), std::string::npos) << out_.str();
  EXPECT_EQ(run({"search", "--data", data(), "--json"}), ExitCode::kOk) << err_.str();
  EXPECT_TRUE(json::parse(out_.str()).at("hits").as_array().empty());
  EXPECT_EQ(run({"tamper", "--data", data()}), ExitCode::kOk) << err_.str();
  EXPECT_NE(out_.str().find("No camera"), std::string::npos) << out_.str();
  EXPECT_EQ(run({"tamper", "--data", data(), "--json"}), ExitCode::kOk) << err_.str();
  EXPECT_TRUE(json::parse(out_.str()).at("tampers").as_array().empty());
  EXPECT_EQ(run({"search", "--data", folder_.file("nowhere")}), ExitCode::kFailure);
}

TEST_F(CommandLineTest, ASensitivityThatIsSetIsExplained) {
  const std::string id = add({"--name", "a", "--url", "rtsp://10.0.0.1/m"});
  EXPECT_EQ(run({"camera", "set", id, "--data", data(), "--sensitivity", "7"}), ExitCode::kOk);
  EXPECT_NE(out_.str().find("Sensitivity 7"), std::string::npos) << out_.str();
  EXPECT_NE(out_.str().find("% of the picture's height"), std::string::npos) << out_.str();
  language_ = "vi";
  EXPECT_EQ(run({"camera", "set", id, "--data", data(), "--sensitivity", "2"}), ExitCode::kOk);
  EXPECT_NE(out_.str().find("chiều cao khung hình"), std::string::npos) << out_.str();
  EXPECT_EQ(run({"camera", "set", id, "--data", data(), "--record", "off"}), ExitCode::kOk);
  EXPECT_EQ(out_.str(), "");
}

TEST_F(CommandLineTest, AcceptingAViewNeedsTheService) {
  const std::string id = add({"--name", "a", "--url", "rtsp://10.0.0.1/m"});
  EXPECT_EQ(run({"camera", "accept-view", id, "--data", data()}), ExitCode::kUnreachable);
  EXPECT_EQ(run({"camera", "accept-view", "--data", data()}), ExitCode::kUsage);
}

TEST_F(CommandLineTest, MotionPassesCheckedZonesOn) {
  const std::string path = folder_.file("zones.json");
  ASSERT_TRUE(
      core::write_file_atomically(path, R"([{"id":"w","kind":"privacy","points":[[0,0],[1,0],[1,1]]}])", 0644).ok());
  EXPECT_EQ(run({"motion", "--zones-file", path, "a.mp4"}), ExitCode::kFailure);
  ASSERT_EQ(motion_.size(), 4U);
  EXPECT_EQ(motion_[1], R"(--zones=[{"id":"w","kind":"privacy","points":[[0,0],[1,0],[1,1]]}])");
  ASSERT_TRUE(
      core::write_file_atomically(path, R"([{"id":"w","kind":"mask","points":[[0,0],[1,0],[1,1]]}])", 0644).ok());
  EXPECT_EQ(run({"motion", "--zones-file", path, "a.mp4"}), ExitCode::kUsage);
}

TEST_F(CommandLineTest, ARangeThatEndsBeforeItBeginsIsWrongUse) {
  add({"--name", "a", "--url", "rtsp://10.0.0.1/m"});
  EXPECT_EQ(run({"clips", "--data", data(), "--from", "2026-11-28T00:00:00Z", "--to", "2026-11-27T00:00:00Z"}),
            ExitCode::kUsage);
}

TEST_F(CommandLineTest, MotionPassesTheExplanationOn) {
  EXPECT_EQ(run({"motion", "--explain", "why.png", "--sensitivity", "7", "a.mp4"}), ExitCode::kFailure);
  EXPECT_EQ(motion_, (std::vector<std::string>{"motion", "--explain", "why.png", "--sensitivity", "7", "--", "a.mp4"}));
  EXPECT_EQ(run({"motion", "--sensitivity", "10", "a.mp4"}), ExitCode::kUsage);
}

TEST_F(CommandLineTest, SearchRefusesARegionThatIsNone) {
  EXPECT_EQ(run({"search", "--data", data(), "--region", "0,0,2,1"}), ExitCode::kUsage);
  EXPECT_NE(err_.str().find("between 0 and 1"), std::string::npos) << err_.str();
  EXPECT_EQ(run({"search", "--data", data(), "--min-cells", "0"}), ExitCode::kUsage);
}

TEST_F(CommandLineTest, TuneWithoutAServiceEndsWithFour) {
  EXPECT_EQ(run({"tune", "--data", data(), "--camera", "01932b6e-7a10-7c3e-9f00-0123456789ab"}),
            ExitCode::kUnreachable);
  EXPECT_EQ(run({"tune", "--data", data(), "--camera", "x", "--hours", "2"}), ExitCode::kUsage);
}

TEST_F(CommandLineTest, MotionPassesItsFilesOn) {
  EXPECT_EQ(run({"motion", "a.mp4", "b.mp4", "--json"}), ExitCode::kFailure);
  EXPECT_EQ(motion_, (std::vector<std::string>{"motion", "--json", "--", "a.mp4", "b.mp4"}));
}

}  // namespace
}  // namespace vonggac::cli
