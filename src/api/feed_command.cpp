#include "api/feed_command.h"

#include <algorithm>

#include <boost/json.hpp>

namespace vonggac::api {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxFeedCommandDepth = 4, kMostTopicBytes = 40;

/// Nothing for a list that is not there; an error for one that is too long or holds something else than texts.
base::Result<std::vector<std::string>> texts_of(const json::object& object, std::string_view name, std::size_t most) {
  std::vector<std::string> found;
  const json::value* value = object.if_contains(name);
  if (value == nullptr || value->is_null()) return found;
  const json::array* list = value->if_array();
  if (list == nullptr || list->size() > most)
    return base::invalid_argument(std::string(name) + " is no list, or too long");
  for (const json::value& one : *list) {
    if (!one.is_string()) return base::invalid_argument(std::string(name) + " holds something else than texts");
    found.emplace_back(one.get_string().data(), one.get_string().size());
  }
  return found;
}

base::Result<std::vector<base::Uuid>> ids_of(const json::object& object, std::string_view name) {
  VG_ASSIGN(const std::vector<std::string> texts, texts_of(object, name, FeedCommand::kMostIds));
  std::vector<base::Uuid> ids;
  for (const std::string& text : texts) {
    VG_ASSIGN(const base::Uuid id, base::Uuid::parse(text));
    ids.push_back(id);
  }
  return ids;
}

bool holds(const std::vector<base::Uuid>& ids, const base::Uuid& id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

}  // namespace

bool FeedCommand::wants_topic(std::string_view topic) const {
  if (topics.empty()) return true;
  return std::any_of(topics.begin(), topics.end(), [topic](const std::string& beginning) {
    if (!topic.starts_with(beginning)) return false;
    return topic.size() == beginning.size() || beginning.ends_with('.') || topic[beginning.size()] == '.';
  });
}

bool FeedCommand::wants_place(const base::Uuid& subject, const std::vector<base::Uuid>& lineage) const {
  if (!asks_for_places() || holds(cameras, subject)) return true;
  return std::any_of(lineage.begin(), lineage.end(), [this](const base::Uuid& area) { return holds(areas, area); });
}

base::Result<FeedCommand> parse_feed_command(std::string_view text) {
  json::parse_options options;
  options.max_depth = kMaxFeedCommandDepth;
  boost::system::error_code error;
  const json::value value = json::parse(text, error, {}, options);
  if (error || !value.is_object()) return base::invalid_argument("not a JSON object");
  const json::object& object = value.get_object();
  for (const json::key_value_pair& member : object) {
    const std::string_view name = member.key();
    if (name != "op" && name != "topics" && name != "areas" && name != "cameras" && name != "after") {
      return base::invalid_argument("only op, topics, areas, cameras and after are understood");
    }
  }
  const json::value* op = object.if_contains("op");
  if (op == nullptr || !op->is_string() || op->get_string() != "subscribe") {
    return base::invalid_argument("op is not subscribe");
  }
  FeedCommand command;
  VG_ASSIGN(command.topics, texts_of(object, "topics", FeedCommand::kMostTopics));
  for (const std::string& topic : command.topics) {
    if (topic.empty() || topic.size() > kMostTopicBytes) return base::invalid_argument("a topic has 1 to 40 letters");
  }
  VG_ASSIGN(command.areas, ids_of(object, "areas"));
  VG_ASSIGN(command.cameras, ids_of(object, "cameras"));
  if (const json::value* after = object.if_contains("after"); after != nullptr && !after->is_null()) {
    const json::string* position = after->if_string();
    command.after = position == nullptr ? std::nullopt : FeedPosition::parse(*position);
    if (!command.after) return base::invalid_argument("after is the id of a message, as a text");
  }
  return command;
}

}  // namespace vonggac::api
