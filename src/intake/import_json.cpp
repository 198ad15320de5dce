#include "intake/import_json.h"

#include <boost/json.hpp>

namespace vonggac::intake {
namespace {

namespace json = boost::json;

json::value parsed(std::string_view text) {
  boost::system::error_code error;
  json::value value = json::parse(text, error);
  return error ? json::value() : value;
}

}  // namespace

std::string cells_json(const Cells& cells) {
  json::object all;
  for (const auto& [field, written] : cells) {
    std::string text = written.text;
    // A password in a sheet goes no further than this; whether there was one still shows.
    if (holds_credentials(text)) {
      text = without_credentials(text);
      if (holds_credentials(text)) text.clear();
    }
    json::object one{{"column", written.column}, {"text", text}};
    if (written.wrong) one["wrong"] = true;
    all[field_key(field)] = std::move(one);
  }
  return json::serialize(all);
}

Cells cells_from(std::string_view text) {
  Cells cells;
  const json::value value = parsed(text);
  const json::object* all = value.if_object();
  if (all == nullptr) return cells;
  for (const auto& [key, one] : *all) {
    const std::optional<Field> field = field_of_key(std::string_view(key.data(), key.size()));
    const json::object* parts = one.if_object();
    if (!field || parts == nullptr || !parts->contains("text")) continue;
    const json::string* written = parts->at("text").if_string();
    const json::value* column = parts->if_contains("column");
    if (written == nullptr || column == nullptr || !column->is_number()) continue;
    cells[*field] = {column->to_number<std::uint32_t>(), std::string(written->data(), written->size()),
                     parts->contains("wrong")};
  }
  return cells;
}

std::string findings_json(const std::vector<Finding>& findings) {
  json::array list;
  for (const Finding& one : findings) {
    list.push_back(json::object{{"wrong", one.wrong},
                                {"field", field_key(one.field)},
                                {"cell", one.cell},
                                {"value", one.value},
                                {"vi", one.sentence.vi},
                                {"en", one.sentence.en}});
  }
  return json::serialize(list);
}

std::string same_json(const std::vector<Same>& same) {
  json::array list;
  for (const Same& one : same) {
    json::object item{{"vi", one.reason.vi}, {"en", one.reason.en}};
    if (one.camera) {
      item["camera"] = one.camera->to_string();
      item["code"] = one.code;
    } else {
      item["row"] = one.row;
    }
    list.push_back(std::move(item));
  }
  return json::serialize(list);
}

bool offered(std::string_view text, const base::CameraId& camera) {
  const json::value value = parsed(text);
  const json::array* list = value.if_array();
  if (list == nullptr) return false;
  for (const json::value& one : *list) {
    const json::object* item = one.if_object();
    const json::value* id = item == nullptr ? nullptr : item->if_contains("camera");
    if (id != nullptr && id->is_string() && id->as_string() == camera.to_string()) return true;
  }
  return false;
}

}  // namespace vonggac::intake
