/// The description of the interface and the table of routes say the same.
#include <set>
#include <string>

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/page_assets.h"
#include "api/route_table.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;

const json::object& description() {
  static const json::value value = json::parse(find_page_asset("openapi.json")->content);
  return value.as_object();
}

std::string lower_case(std::string_view text) {
  std::string out;
  for (const char c : text) out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

void collect_references(const json::value& value, std::set<std::string>& found) {
  if (value.is_array()) {
    for (const json::value& one : value.as_array()) collect_references(one, found);
  }
  if (!value.is_object()) return;
  for (const auto& [key, inner] : value.as_object()) {
    if (key == "$ref") {
      found.insert(std::string(inner.as_string()));
    } else {
      collect_references(inner, found);
    }
  }
}

TEST(OpenApi, DescribesEveryRouteAndNothingElse) {
  std::set<std::string> described, declared;
  for (const auto& [path, item] : description().at("paths").as_object()) {
    for (const auto& [method, operation] : item.as_object()) {
      if (method != "parameters") described.insert(std::string(method) + " " + std::string(path));
    }
  }
  for (const RouteRow& row : route_table()) declared.insert(lower_case(row.method) + " " + std::string(row.path));
  EXPECT_EQ(described, declared);
}

TEST(OpenApi, SaysWhichQueryEachRouteTakesAndWhoMayComeIn) {
  for (const RouteRow& row : route_table()) {
    const json::object& operation = description().at("paths").at(row.path).at(lower_case(row.method)).as_object();
    EXPECT_FALSE(operation.at("summary").as_string().empty()) << row.path;
    const bool open = row.door == Door::kOpen || row.door == Door::kOpenLogin;
    const json::value* security = operation.if_contains("security");
    EXPECT_EQ(open, security != nullptr && security->as_array().empty()) << row.method << " " << row.path;
    if (row.query == "*") continue;
    std::string names;
    if (const json::value* parameters = operation.if_contains("parameters")) {
      for (const json::value& one : parameters->as_array()) {
        names += (names.empty() ? "" : ",") + std::string(one.at("name").as_string());
      }
    }
    EXPECT_EQ(names, row.query) << row.method << " " << row.path;
  }
}

TEST(OpenApi, PointsOnlyToWhatIsThere) {
  std::set<std::string> references;
  collect_references(json::value(description()), references);
  EXPECT_GT(references.size(), 20U);
  for (const std::string& reference : references) {
    ASSERT_EQ(reference.rfind("#/", 0), 0U) << reference;
    boost::system::error_code error;
    const json::value* found = json::value(description()).find_pointer(reference.substr(1), error);
    EXPECT_TRUE(found != nullptr && !error) << reference;
  }
}

TEST(OpenApi, NamesEachOperationOnce) {
  std::set<std::string> names;
  std::size_t operations = 0;
  for (const auto& [path, item] : description().at("paths").as_object()) {
    for (const auto& [method, operation] : item.as_object()) {
      if (method == "parameters") continue;
      ++operations;
      names.insert(std::string(operation.at("operationId").as_string()));
    }
  }
  EXPECT_EQ(names.size(), operations);
}

}  // namespace
}  // namespace vonggac::api
