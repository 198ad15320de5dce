// The status page as files: it must hold together without a browser to tell.
#include "api/page_assets.h"

#include <cctype>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace vonggac::api {
namespace {

const std::vector<const char*> kScripts{
    "api_client.js",  "camera_state.js",  "camera_view.js",    "day_bar.js",       "door.js",
    "dom.js",         "footage_lists.js", "form.js",           "format.js",        "header.js",
    "live_socket.js", "live_tile.js",     "lock_screen.js",    "main.js",          "media_player.js",
    "notices.js",     "player.js",        "purpose_dialog.js", "region_picker.js", "region_search.js",
    "session.js",     "status_store.js",  "texts.js",          "theme.js",         "wall.js"};

std::string_view content(const char* name) {
  const PageAsset* asset = find_page_asset(name);
  EXPECT_NE(asset, nullptr) << name;
  return asset == nullptr ? std::string_view() : asset->content;
}

/// What stands between `before` and the next `after`, everywhere.
std::vector<std::string> all_between(std::string_view text, std::string_view before, std::string_view after) {
  std::vector<std::string> out;
  for (std::size_t at = text.find(before); at != std::string_view::npos; at = text.find(before, at)) {
    at += before.size();
    const std::size_t end = text.find(after, at);
    if (end == std::string_view::npos) break;
    out.emplace_back(text.substr(at, end - at));
  }
  return out;
}

/// The keys of one language of texts.js: a line each, indented by four.
std::set<std::string> keys_of(std::string_view language) {
  const std::string_view text = content("texts.js");
  const std::size_t begin = text.find("\n  " + std::string(language) + ": {");
  const std::size_t end = text.find("\n  },", begin);
  std::set<std::string> keys;
  for (const std::string& line : all_between(text.substr(begin, end - begin + 1), "\n    ", "\n")) {
    keys.insert(line.substr(0, line.find(':')));
  }
  return keys;
}

TEST(PageAssets, HaveTheTypeTheirNameSays) {
  EXPECT_EQ(find_page_asset("main.js")->content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(find_page_asset("page.css")->content_type, "text/css; charset=utf-8");
  EXPECT_EQ(find_page_asset("icon.svg")->content_type, "image/svg+xml");
  EXPECT_EQ(find_page_asset("../page/main.js"), nullptr);
}

TEST(PageAssets, HaveTagsThatDiffer) {
  const std::string_view one = find_page_asset("main.js")->etag;
  EXPECT_EQ(one.size(), 34U);
  EXPECT_EQ(one.front(), '"');
  EXPECT_NE(one, find_page_asset("page.css")->etag);
}

TEST(PageAssets, ReferOnlyToFilesThatExist) {
  for (const std::string& name : all_between(content("index.html"), "/assets/", "\"")) {
    EXPECT_NE(find_page_asset(name), nullptr) << name;
  }
  for (const char* script : kScripts) {
    for (const std::string& name : all_between(content(script), "from \"./", "\"")) {
      EXPECT_NE(find_page_asset(name), nullptr) << script << " imports " << name;
    }
  }
}

TEST(PageAssets, HoldNoInlineCodeNorForeignAddress) {
  const std::string_view html = content("index.html");
  EXPECT_EQ(html.find("style="), std::string_view::npos);
  EXPECT_EQ(html.find("<style"), std::string_view::npos);
  EXPECT_EQ(html.find(" on"), std::string_view::npos) << "an event attribute";
  EXPECT_EQ(html.find("<script>"), std::string_view::npos);
  EXPECT_EQ(html.find("//"), std::string_view::npos);
  for (const char* script : kScripts) {
    for (const char* danger : {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "https://"}) {
      EXPECT_EQ(content(script).find(danger), std::string_view::npos) << script << " uses " << danger;
    }
  }
}

TEST(PageTexts, ExistInBothLanguages) {
  const std::set<std::string> vietnamese = keys_of("vi");
  EXPECT_GT(vietnamese.size(), 100U);
  EXPECT_EQ(vietnamese, keys_of("en"));
}

TEST(PageTexts, ExistForEveryKeyThatIsUsed) {
  const std::set<std::string> keys = keys_of("vi");
  std::size_t used = 0;
  for (const char* script : kScripts) {
    const std::string_view text = content(script);
    for (std::size_t at = text.find("t(\""); at != std::string_view::npos; at = text.find("t(\"", at + 1)) {
      const char before = at == 0 ? ' ' : text[at - 1];
      const bool other_name = std::isalnum(static_cast<unsigned char>(before)) != 0 || before == '_' || before == '.';
      if (other_name) continue;
      const std::string key(text.substr(at + 3, text.find('"', at + 3) - at - 3));
      EXPECT_TRUE(keys.contains(key)) << script << " " << key;
      ++used;
    }
  }
  EXPECT_GT(used, 50U);
}

}  // namespace
}  // namespace vonggac::api
