#include "api/feed_topics.h"

#include <algorithm>

namespace vonggac::api {
namespace {

namespace json = boost::json;
using access::Action;
using gate::Demand;
using gate::ObjectKind;

constexpr std::size_t kMostTextBytes = 200;

constexpr Demand heard_by(std::string_view topic, Action action, ObjectKind object) {
  Demand demand;
  demand.name = topic;
  demand.action = action;
  demand.object = object;
  return demand;
}

constexpr FeedTopic of(std::string_view topic, Action action, ObjectKind object, std::string_view fields = "") {
  return {topic, heard_by(topic, action, object), fields, false};
}
/// What the duty wall shows goes on while its screen is locked.
constexpr FeedTopic on_the_duty_wall(FeedTopic topic) {
  topic.demand.while_locked = true;
  return topic;
}
constexpr FeedTopic newest(FeedTopic topic) {
  topic.newest_only = true;
  return topic;
}
constexpr FeedTopic of_whole_node(FeedTopic topic) {
  topic.demand.everywhere_only = true;
  return topic;
}
constexpr FeedTopic of_camera(std::string_view topic, std::string_view fields) {
  return of(topic, Action::kRegisterRead, ObjectKind::kRegisteredCamera, fields);
}
/// Of what a person watches as well: not while the owner's agreement does not allow it.
constexpr FeedTopic of_pictures(std::string_view topic, std::string_view fields) {
  return on_the_duty_wall(of(topic, Action::kLiveView, ObjectKind::kCamera, fields));
}
constexpr FeedTopic of_state(std::string_view topic, std::string_view fields) {
  return on_the_duty_wall(of(topic, Action::kStatusRead, ObjectKind::kCamera, fields));
}

constexpr FeedTopic kTopics[] = {
    // Areas.
    of("area.changed", Action::kStatusRead, ObjectKind::kNone, "kind,day"),
    of("area.outlined", Action::kStatusRead, ObjectKind::kArea),
    of("area.places", Action::kStatusRead, ObjectKind::kArea),
    of("area.reassigned", Action::kRegisterWrite, ObjectKind::kNone),
    // Sites, cameras, recorders, tickets.
    of("site.added", Action::kRegisterRead, ObjectKind::kSite, "code"),
    of("site.changed", Action::kRegisterRead, ObjectKind::kSite, "code"),
    of("site.moved", Action::kRegisterRead, ObjectKind::kSite, "code,day"),
    of("site.closed", Action::kRegisterRead, ObjectKind::kSite, "code,day"),
    of("site.proposed", Action::kRegisterRead, ObjectKind::kArea),
    of_camera("camera.registered", "code,kind"),
    newest(of_camera("camera.changed", "code")),
    of_camera("camera.moved", "code"),
    of_camera("camera.merged", "code,into"),
    of_camera("camera.life", "code,from,to"),
    of_camera("camera.accepted", "code"),
    of_camera("camera.password_attested", ""),
    of_camera("camera.device_swapped", "code"),
    newest(of_camera("camera.stream", "code,role")),
    newest(of_camera("camera.reference", "code,light")),
    of_camera("camera.maintenance_planned", "code"),
    of_camera("camera.agreement", "agreement,withdrawn"),
    newest(of_camera("camera.connected", "")),
    newest(on_the_duty_wall(of("camera.health", Action::kStatusRead, ObjectKind::kRegisteredCamera, "from,to"))),
    on_the_duty_wall(of("camera.recovered", Action::kStatusRead, ObjectKind::kRegisteredCamera)),
    of("retention.changed", Action::kRegisterRead, ObjectKind::kNone),
    of("recorder.added", Action::kRegisterRead, ObjectKind::kRecorder, "code"),
    newest(of("recorder.changed", Action::kRegisterRead, ObjectKind::kRecorder, "code")),
    of("ticket.opened", Action::kTicketRead, ObjectKind::kTicket, "code,fault"),
    of("ticket.step", Action::kTicketRead, ObjectKind::kTicket, "code,from,to"),
    of("ticket.cost", Action::kTicketRead, ObjectKind::kTicket, "code"),
    of("ticket.note", Action::kTicketRead, ObjectKind::kTicket, "code"),
    // Parties, documents, models, forces.
    newest(of("party.changed", Action::kRegisterRead, ObjectKind::kParty, "kind")),
    of("party.account", Action::kUserManage, ObjectKind::kParty),
    newest(of("committee.changed", Action::kRegisterRead, ObjectKind::kParty)),
    newest(of("document.changed", Action::kRegisterRead, ObjectKind::kDocument)),
    newest(of("document.recipient", Action::kRegisterRead, ObjectKind::kDocument)),
    of("model.changed", Action::kRegisterRead, ObjectKind::kModel, "what"),
    of("model.types", Action::kRegisterRead, ObjectKind::kNone),
    newest(of("force.changed", Action::kRegisterRead, ObjectKind::kForceTeam)),
    of_whole_node(of("figure.declared", Action::kRegisterRead, ObjectKind::kNone)),
    // Imports may reach over the whole register.
    of_whole_node(of("import.looked_at", Action::kRegisterWrite, ObjectKind::kNone)),
    of_whole_node(of("import.chosen", Action::kRegisterWrite, ObjectKind::kNone)),
    of_whole_node(of("import.applied", Action::kRegisterWrite, ObjectKind::kNone, "cameras")),
    of_whole_node(of("import.undone", Action::kRegisterWrite, ObjectKind::kNone, "removed,kept")),
    // Accounts.
    of("user.added", Action::kUserManage, ObjectKind::kUser),
    of("user.renamed", Action::kUserManage, ObjectKind::kUser),
    of("user.password", Action::kUserManage, ObjectKind::kUser),
    of("user.second_factor", Action::kUserManage, ObjectKind::kUser),
    of("user.suspended", Action::kUserManage, ObjectKind::kUser),
    of("user.resumed", Action::kUserManage, ObjectKind::kUser),
    of("grant.given", Action::kUserManage, ObjectKind::kUser),
    of("grant.revoked", Action::kUserManage, ObjectKind::kUser),
    of("token.made", Action::kUserManage, ObjectKind::kUser),
    of("token.revoked", Action::kUserManage, ObjectKind::kUser),
    // What the recorder does (recorder_news.h).
    newest(of_state("recording.state", "state,reason,recording,since")),
    of_state("recording.tamper", "kind,active,since"),
    of_state("recording.gap", "start,end,cause"),
    of_pictures("recording.motion", "active"),
    of_pictures("recording.alarm", "zone,at"),
    of_pictures("recording.event", "event,start,end,ended,alarm,score,class"),
    newest(on_the_duty_wall(of("recording.disk", Action::kStatusRead, ObjectKind::kNone, "state"))),
};

/// A topic stands once, and each has the demand of its own name.
[[maybe_unused]] constexpr bool topics_are_whole() {
  for (const FeedTopic& one : kTopics) {
    if (one.topic != one.demand.name || one.demand.any_person) return false;
    int found = 0;
    for (const FeedTopic& other : kTopics) found += one.topic == other.topic ? 1 : 0;
    if (found != 1) return false;
  }
  return true;
}
#if !defined(__SANITIZE_ADDRESS__)  // see route_table.cpp
static_assert(topics_are_whole());
#endif

constexpr Demand door_demand() {
  Demand demand;
  demand.name = "event_feed";
  demand.any_person = true;
  demand.while_locked = true;
  return demand;
}
constexpr Demand kFeedDoor = door_demand();

bool is_told(const json::value& value) {
  if (const json::string* text = value.if_string()) return text->size() <= kMostTextBytes;
  return !value.is_object() && !value.is_array();
}

}  // namespace

std::span<const FeedTopic> feed_topics() { return kTopics; }

const FeedTopic* find_feed_topic(std::string_view topic) {
  const auto* found = std::find_if(std::begin(kTopics), std::end(kTopics),
                                   [topic](const FeedTopic& one) { return one.topic == topic; });
  return found == std::end(kTopics) ? nullptr : found;
}

const Demand& feed_door() { return kFeedDoor; }

json::object told_data(const FeedTopic& topic, const json::object& body) {
  json::object data;
  std::string_view rest = topic.fields;
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view name = rest.substr(0, comma);
    const json::value* value = body.if_contains(name);
    if (value != nullptr && is_told(*value)) data[name] = *value;
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return data;
}

json::object told_data(const FeedTopic& topic, std::string_view body) {
  boost::system::error_code error;
  const json::value value = json::parse(body, error);
  return error || !value.is_object() ? json::object() : told_data(topic, value.get_object());
}

}  // namespace vonggac::api
