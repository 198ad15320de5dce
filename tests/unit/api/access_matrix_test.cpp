/// Every row of the route table x every kind of caller x where the thing lies. What must come out is worked out here
/// from the row's demand and the roles alone, and compared with what the running code answers.
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/feed_rounds.h"
#include "api/feed_topics.h"
#include "api/page_assets.h"
#include "api/routes.h"
#include "archive_doubles.h"
#include "catalogue/agreements.h"
#include "catalogue/area_changes.h"
#include "catalogue/cameras.h"
#include "catalogue/code_lists.h"
#include "catalogue/documents.h"
#include "catalogue/force_teams.h"
#include "catalogue/model_types.h"
#include "catalogue/models.h"
#include "catalogue/recorders.h"
#include "catalogue/tickets.h"
#include "intake/imports.h"
#include "link_fixture.h"
#include "sheet/read_sheet.h"
#include "support/postgres_server.h"
#include "support/register_world.h"
#include "two_wards.h"

namespace vonggac::api {
namespace {

using catalogue::AreaId;
using catalogue::Day;

enum class Place { kOwn, kOther, kParent, kRevoked, kNonexistent };
constexpr Place kPlaces[] = {Place::kOwn, Place::kOther, Place::kParent, Place::kRevoked, Place::kNonexistent};
const char* name_of(Place place) {
  constexpr const char* kNames[] = {"own", "other", "parent", "revoked", "nonexistent"};
  return kNames[static_cast<int>(place)];
}

/// Remembers what was asked.
struct ListedClips final : NoArchive {
  base::Result<std::vector<ClipRow>> clips(const FootageFilter& f) override {
    filter = f;
    return std::vector<ClipRow>{};
  }
  base::Result<base::Bytes> thumbnail(std::int64_t) override { return base::Bytes{0xFF, 0xD8}; }
  base::Result<EventPlace> place_of_event(std::int64_t event) override {
    const auto found = events_of.find(event);
    if (found == events_of.end()) return base::not_found("no such event");
    return EventPlace{found->second, filmed, filmed + base::Seconds(10)};
  }
  std::map<std::int64_t, base::CameraId> events_of;
  base::WallTime filmed{1'774'000'000'000'000};
  std::optional<FootageFilter> filter;
};

/// Things of every kind in one ward; ids by object kind.
struct Things {
  AreaId ward;
  base::CameraId camera;
  std::int64_t event = 0;
  access::UserId user;
  base::Uuid grant, reassignment, site, recorder, ticket, party, agreement, document, model, force_team, import;
};

class AccessMatrix : public LinkFixture, public testing::WithParamInterface<store::Engine> {
 protected:
  void SetUp() override {
    const std::string database =
        GetParam() == store::Engine::kPostgres ? test::PostgresServer::shared().make_database() : "";
    world = std::make_unique<test::RegisterWorld>(clock, database);
    const TwoWards wards = make_two_wards(*world);
    province = wards.province;
    own.ward = wards.own;
    other.ward = wards.other;
    fill(own, 41);
    fill(other, 42);
    desk = std::make_unique<gate::LoginDesk>(*world->office);
    permits = std::make_unique<gate::Permits>(*world->office);
  }

  static gate::Asked about(const std::string& session, const base::CameraId& camera) {
    gate::Asked asked;
    asked.credentials.session = session;
    asked.object = camera;
    return asked;
  }

  void fill(Things& things, std::int64_t event) {
    things.event = event;
    world->write([&](store::WriteSession& s) -> base::Status {
      catalogue::Problems problems;
      catalogue::SiteForm site;
      site.name = "Ngã tư";
      site.area = things.ward;
      site.outside_residential = true;
      site.public_place = true;
      site.public_basis = "12/QĐ-UBND";
      site.opened = Day::of(2025, 8, 1);
      VG_ASSIGN(const catalogue::SiteId site_id, catalogue::add_site(s, site, problems));
      catalogue::CameraForm camera;
      camera.name = "Camera ngã tư";
      camera.site = site_id;
      camera.ownership = "NGAN_SACH_XA";
      camera.purpose = "AN_NINH";
      const auto registered = catalogue::register_camera(s, camera, problems);
      for (const auto& problem : problems.all())
        EXPECT_TRUE(problem.warning) << problem.field << " " << problem.sentence.en;
      if (!registered) return registered.error();
      things.camera = *registered;
      things.site = site_id;
      catalogue::RecorderForm recorder;
      recorder.site = site_id;
      recorder.location = "Phòng trực";
      VG_ASSIGN(things.recorder, catalogue::add_recorder(s, recorder, problems));
      catalogue::TicketForm ticket;
      ticket.subject = *registered;
      ticket.fault = std::string(catalogue::fault_kinds().values.front().code);
      ticket.note = "Mất hình";
      ticket.who = "dân báo";
      VG_ASSIGN(things.ticket, catalogue::open_ticket(s, ticket, problems));
      clips.events_of[event] = *registered;
      VG_TRY(s.run("insert into area_change (id, day, kind, basis, made_at_us) values ($1, 1, 'PARTIAL', '', 0)",
                   {things.camera})
                 .error());
      things.reassignment = s.new_id();
      return s
          .run(
              "insert into reassignment (id, change, subject_kind, subject, from_area) values ($1, $2, 'area', $3, $3)",
              {things.reassignment, things.camera, things.ward})
          .error();
    });
    fill_records(things);
    things.user = world->person("dan" + std::to_string(event), {"TRUC"}, things.ward);
    things.import = make_import(things);
    world->write([&](store::WriteSession& s) -> base::Status {
      VG_ASSIGN(const auto grants, access::grants_of(s, things.user, s.now()));
      things.grant = grants.at(0).id;
      return {};
    });
  }

  /// Sent in by the person of the ward.
  base::Uuid make_import(const Things& things) {
    base::Uuid made;
    world->write([&](store::WriteSession& s) -> base::Status {
      catalogue::Problems problems;
      const auto table = sheet::read_sheet(base::as_bytes("Tên camera,Địa chỉ\nCổng chợ,12 Trần Huỳnh\n"), {});
      const intake::ImportForm form{
          things.user.to_string(), "kiem-ke.csv", "", std::get<sheet::Table>(table), "d", std::nullopt, things.ward};
      const auto anywhere = [](store::Reader&, const AreaId&) { return base::Result<bool>(true); };
      VG_ASSIGN(made, intake::start_import(s, form, anywhere, problems));
      return {};
    });
    return made;
  }

  /// A household with its agreement, a document, a model.
  void fill_records(Things& things) {
    world->write([&](store::WriteSession& s) -> base::Status {
      catalogue::Problems problems;
      catalogue::PartyForm person;
      person.name = "Nguyễn Thị Năm";
      person.area = things.ward;
      VG_ASSIGN(const catalogue::PartyId party, catalogue::add_party(s, "PERSON", person, problems));
      things.party = party;
      catalogue::AgreementForm agreement;
      agreement.giver = party;
      agreement.cameras = {things.camera};
      agreement.live = true;
      agreement.playback = true;
      agreement.notice_shown = true;
      agreement.form_reference = "BB-" + std::to_string(things.event);
      agreement.text_version = "1";
      const auto agreed = catalogue::add_agreement(s, agreement, std::nullopt, problems);
      if (!agreed) return agreed.error();
      things.agreement = *agreed;
      catalogue::DocumentForm document;
      document.number = "15/KH-UBND";
      document.type = "KE_HOACH";
      document.issuer = "UBND phường ";
      document.title = "Kế hoạch camera an ninh";
      document.day = Day::at(s.now());
      document.area = things.ward;
      document.issuer += std::to_string(things.event);
      const auto written = catalogue::add_document(s, document, problems);
      for (const auto& problem : problems.all())
        EXPECT_TRUE(problem.warning) << problem.field << " " << problem.sentence.en;
      if (!written) return written.error();
      things.document = *written;
      catalogue::ForceTeamForm team;
      team.kind = "TO_BVANTT";
      team.name = "Tổ bảo vệ an ninh, trật tự khóm 3";
      team.areas = {things.ward};
      const auto guards = catalogue::add_force_team(s, team, problems);
      for (const auto& problem : problems.all())
        EXPECT_TRUE(problem.warning) << problem.field << " " << problem.sentence.en;
      if (!guards) return guards.error();
      things.force_team = *guards;
      VG_ASSIGN(const auto types, catalogue::model_types(s));
      catalogue::ModelForm model;
      model.type = types.at(0).code;
      model.name = "Camera an ninh khóm 3";
      model.area = things.ward;
      const auto made = catalogue::add_model(s, model, Day::at(s.now()), problems);
      for (const auto& problem : problems.all())
        EXPECT_TRUE(problem.warning) << problem.field << " " << problem.sentence.en;
      if (!made) return made.error();
      things.model = *made;
      return {};
    });
  }

  /// openapi.json lists this status for the row.
  static bool is_described(const RouteRow& row, unsigned status) {
    static const boost::json::value description = boost::json::parse(find_page_asset("openapi.json")->content);
    std::string method(row.method);
    for (char& c : method) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const auto& responses = description.at("paths").at(row.path).at(method).at("responses").as_object();
    return responses.contains(std::to_string(status));
  }

  /// A row may have taken away what the next one needs.
  void restore() {
    world->quietly([&](store::WriteSession& s) {
      return s.run("update user_grant set revoked_at_us = null where id = $1 or id = $2", {own.grant, other.grant})
          .error();
    });
  }

  /// The address of a row for a thing of that place.
  std::string address(const RouteRow& row, Place place) const {
    std::string path(row.path);
    const std::size_t open = path.find('{');
    if (open == std::string::npos) return path;
    const Things& things = place == Place::kOther ? other : own;
    std::string value = "main.js";
    if (variable_of(row) == PathVariable::kEvent)
      value = place == Place::kNonexistent ? "999999" : std::to_string(things.event);
    if (variable_of(row) == PathVariable::kId) value = id_of(row.demand.object, things, place).to_string();
    path.replace(open, path.find('}') - open + 1, value);
    if (const std::size_t row_open = path.find("{row}"); row_open != std::string::npos) path.replace(row_open, 5, "2");
    return path;
  }
  base::Uuid id_of(gate::ObjectKind kind, const Things& things, Place place) const {
    if (place == Place::kNonexistent) return *base::Uuid::parse("01932b6e-7a10-7c3e-9f00-0123456789ab");
    switch (kind) {
      case gate::ObjectKind::kCamera:
        return things.camera;
      case gate::ObjectKind::kArea:
        return things.ward;
      case gate::ObjectKind::kUser:
        return things.user;
      case gate::ObjectKind::kGrant:
        return things.grant;
      case gate::ObjectKind::kReassignment:
        return things.reassignment;
      case gate::ObjectKind::kSite:
        return things.site;
      case gate::ObjectKind::kRegisteredCamera:
        return things.camera;
      case gate::ObjectKind::kRecorder:
        return things.recorder;
      case gate::ObjectKind::kTicket:
        return things.ticket;
      case gate::ObjectKind::kParty:
        return things.party;
      case gate::ObjectKind::kAgreement:
        return things.agreement;
      case gate::ObjectKind::kDocument:
        return things.document;
      case gate::ObjectKind::kModel:
        return things.model;
      case gate::ObjectKind::kForceTeam:
        return things.force_team;
      case gate::ObjectKind::kImport:
        return things.import;
      case gate::ObjectKind::kNone:
        break;
    }
    return *base::Uuid::parse("01932b6e-7a10-7c3e-9f00-0123456789ab");
  }

  /// Each topic of the outbox and of the recorder, about the thing of that place.
  void tell_every_topic(Place place, NewsShelf& shelf) {
    const Things& things = place == Place::kOther ? other : own;
    std::vector<RecorderNews> news;
    world->quietly([&](store::WriteSession& s) -> base::Status {
      for (const FeedTopic& topic : feed_topics()) {
        const base::Uuid subject = id_of(topic.demand.object, things, place);
        if (topic.topic.starts_with("recording.")) {
          news.push_back({0, {}, std::string(topic.topic), subject, {}});
        } else {
          VG_TRY(s.tell(topic.topic, subject, "{}"));
        }
      }
      return {};
    });
    shelf.put(std::move(news), clock.wall_now());
  }
  static std::set<std::string> topics_in(const FeedAnswer& answer) {
    std::set<std::string> topics;
    for (const FeedMessage& one : answer.messages) {
      topics.emplace(boost::json::parse(one.text).at("topic").as_string());
    }
    return topics;
  }
  static bool may_hear(const gate::Demand& demand, const access::Role& role, Place place) {
    // All of these people have a grant for a part; what is of no thing is heard by whoever may do it somewhere.
    if (!access::allows(role.actions, demand.action) || place == Place::kRevoked || demand.everywhere_only)
      return false;
    const bool out_of_reach = place == Place::kOther || place == Place::kNonexistent;
    return demand.object == gate::ObjectKind::kNone || !out_of_reach;
  }
  void revoke_grants_of(const access::UserId& user) {
    world->write([&](store::WriteSession& s) -> base::Status {
      VG_ASSIGN(const auto grants, access::grants_of(s, user, s.now()));
      return access::revoke_grant(s, grants.at(0).id);
    });
  }

  HttpReply ask(const RouteRow& row, const std::string& target, const std::string& session, const std::string& token) {
    HttpRequest request;
    request.method = std::string(row.method);
    request.target = target;
    request.host = "127.0.0.1:8080";
    request.origin = row.method == "GET" ? "" : "http://127.0.0.1:8080";
    if (!session.empty()) request.cookie = "__Host-vonggac=" + session;
    if (!token.empty()) request.authorization = "Bearer " + token;
    Routes routes(
        {clock, *link, clips, pool, pool, pool, *world->office, *desk, *permits, stats, {8080, false, true, {}}});
    std::optional<HttpReply> out;
    routes.handle(request, [&out](HttpReply reply) { out = std::move(reply); });
    // What core answers is not the question here: a request that went on to it was let in.
    return out.value_or(text_reply(200, "application/json", "{}"));
  }
  static std::string code_of(const HttpReply& reply) {
    if (reply.content_type != "application/problem+json") return "";
    const boost::json::value problem = boost::json::parse(*reply.body);
    const auto* code = problem.as_object().if_contains("code");
    return code == nullptr ? "" : std::string(code->as_string());
  }

  /// What must come of it: a refusal's code, or "in".
  static std::string expected(const RouteRow& row, const access::Role& role, bool token, Place place) {
    const gate::Demand& demand = row.demand;
    if (demand.persons_only && token) return "not_allowed";
    const bool acts = access::allows(role.actions, demand.action) && place != Place::kRevoked;
    if (!demand.any_person && !acts) return "not_allowed";
    if (demand.everywhere_only) return "not_allowed";  // all of these people have a grant for a part
    const bool out_of_reach = place == Place::kOther || place == Place::kNonexistent;
    // All of these people have a grant for a part, and none of them sent the import in.
    const bool of_others = demand.owner_only || demand.owner_too;
    if (demand.object != gate::ObjectKind::kNone && (out_of_reach || of_others)) return "not_there";
    return demand.purpose ? "purpose_needed" : "in";
  }
  static std::string outcome(const HttpReply& reply) {
    const std::string code = code_of(reply);
    for (const char* refusal : {"login_needed", "not_allowed", "not_there", "purpose_needed",
                                "second_factor_must_be_set", "password_must_change", "locked", "not_agreed"}) {
      if (code == refusal) return code;
    }
    return "in";
  }

  std::unique_ptr<test::RegisterWorld> world;
  std::unique_ptr<gate::LoginDesk> desk;
  std::unique_ptr<gate::Permits> permits;
  AreaId province;
  Things own, other;
  ListedClips clips;
  DirectPool pool;
  WebStats stats;
};

TEST_P(AccessMatrix, EveryRouteForEveryRoleAndPlaceAnswersAsItsRowSays) {
  int asked = 0;
  int number = 0;
  for (const access::Role& role : access::roles()) {
    for (const Place place : kPlaces) {
      const std::optional<base::Uuid> area = place == Place::kParent ? base::Uuid(province) : base::Uuid(own.ward);
      const access::UserId user = world->person("user" + std::to_string(++number), {std::string(role.code)}, area);
      if (place == Place::kRevoked) revoke_grants_of(user);
      const std::string token = world->token_of(user, access::all_actions());
      for (const RouteRow& row : route_table()) {
        if (row.door == Door::kOpen || row.door == Door::kOpenLogin) continue;
        // Rows that end the session they come with, or slow by design: the demand is the same as of their neighbours.
        const std::string session = world->log_in(user);
        for (const bool by_token : {false, true}) {
          const HttpReply reply = ask(row, address(row, place), by_token ? "" : session, by_token ? token : "");
          ++asked;
          restore();
          ASSERT_TRUE(is_described(row, reply.status)) << row.method << " " << row.path << " answered " << reply.status;
          ASSERT_EQ(outcome(reply), expected(row, role, by_token, place))
              << row.method << " " << row.path << " as " << role.code << (by_token ? " (token)" : "") << ", "
              << name_of(place) << ": " << reply.status << " " << (reply.body ? *reply.body : "");
        }
      }
    }
  }
  EXPECT_GT(asked, 4000);
}

TEST_P(AccessMatrix, NobodyComesInWithoutACredentialOrWithAnEndedOne) {
  const access::UserId user = world->person("het.han", test::all_roles());
  const std::string ended_token = world->token_of(user, access::all_actions(), base::Seconds(3600));
  const std::string ended = world->log_in(user);
  clock.advance(base::Seconds(15LL * 24 * 3600));
  for (const RouteRow& row : route_table()) {
    if (row.door == Door::kOpen || row.door == Door::kOpenLogin) continue;
    for (const auto& [session, token] : std::vector<std::pair<std::string, std::string>>{
             {"", ""}, {ended, ""}, {"", ended_token}, {"constructor", ""}, {"", "vgt_"}, {"", "constructor"}}) {
      EXPECT_EQ(ask(row, address(row, Place::kOwn), session, token).status, 401U) << row.method << " " << row.path;
    }
  }
}

TEST_P(AccessMatrix, ForeignAndNonexistentAreAnsweredAlike) {
  const access::UserId user = world->person("moi.vai", test::all_roles(), own.ward);
  for (const RouteRow& row : route_table()) {
    if (row.demand.object == gate::ObjectKind::kNone) continue;
    const std::string session = world->log_in(user);
    const HttpReply foreign = ask(row, address(row, Place::kOther), session, "");
    const HttpReply nothing = ask(row, address(row, Place::kNonexistent), session, "");
    EXPECT_EQ(foreign.status, 404U) << row.method << " " << row.path;
    EXPECT_EQ(nothing.status, 404U) << row.method << " " << row.path;
    EXPECT_EQ(*foreign.body, *nothing.body) << row.method << " " << row.path;
    EXPECT_EQ(foreign.headers, nothing.headers) << row.method << " " << row.path;
  }
}

TEST_P(AccessMatrix, ListsTakeWhatThePersonMaySeeAsAnArgument) {
  const access::UserId user = world->person("xem.lai", {"XAC_MINH"}, own.ward);
  const RouteRow* clips_row = find_route("GET", "/api/v1/clips").row;
  EXPECT_EQ(ask(*clips_row, "/api/v1/clips?camera=" + other.camera.to_string(), world->log_in(user), "").status, 200U);
  ASSERT_TRUE(clips.filter->among.has_value());
  EXPECT_EQ(*clips.filter->among, std::vector<base::CameraId>{own.camera});
}

TEST_P(AccessMatrix, EachDenialIsOneRowOfTheAudit) {
  const access::UserId user = world->person("to.mo", {"XAC_MINH"}, own.ward);
  const auto rows = [&] {
    std::int64_t count = 0;
    world->quietly([&](store::WriteSession& s) -> base::Status {
      VG_ASSIGN(const store::Rows found,
                s.query("select cast(count(*) as bigint) from audit where actor = $1 and allowed = 0", {user}));
      count = found[0].integer(0);
      return {};
    });
    return count;
  };
  const RouteRow* snapshot = find_route("GET", "/api/v1/cameras/" + other.camera.to_string() + "/snapshot.jpg").row;
  (void)ask(*snapshot, address(*snapshot, Place::kOther), world->log_in(user), "");
  EXPECT_EQ(rows(), 1);
  (void)ask(*snapshot, address(*snapshot, Place::kOwn), world->log_in(user), "");
  EXPECT_EQ(rows(), 1) << "what was allowed is no denial";
}

TEST_P(AccessMatrix, AWithdrawnAgreementCutsWhatIsUnderWayAtTheNextLook) {
  world->quietly([&](store::WriteSession& s) {
    VG_TRY(s.run("delete from agreement_camera where camera = $1", {own.camera}).error());
    return s.run("update camera set ownership = 'HO_CHIA_SE' where id = $1", {own.camera}).error();
  });
  const access::UserId user = world->person("truc.ban", {"TRUC"}, own.ward);
  const RouteRow* snapshot = find_route("GET", "/api/v1/cameras/" + own.camera.to_string() + "/snapshot.jpg").row;
  const std::string session = world->log_in(user);
  EXPECT_EQ(outcome(ask(*snapshot, address(*snapshot, Place::kOwn), session, "")), "not_agreed") << "nobody agreed";
  const catalogue::AgreementId agreement =
      world->agree(own.camera, [](catalogue::AgreementForm& form) { form.playback = false; });
  EXPECT_EQ(outcome(ask(*snapshot, address(*snapshot, Place::kOwn), session, "")), "in");
  const auto permit = permits->issue(snapshot->demand, about(session, own.camera));
  permits->recheck();
  EXPECT_TRUE(permit->valid());
  world->write([&](store::WriteSession& s) -> base::Status {
    catalogue::Problems problems;
    return catalogue::withdraw_agreement(s, agreement, user, "gọi điện", problems);
  });
  clock.advance(base::Millis(1));
  permits->recheck();
  EXPECT_FALSE(permit->valid());
  EXPECT_EQ(outcome(ask(*snapshot, address(*snapshot, Place::kOwn), session, "")), "not_agreed");
}

TEST_P(AccessMatrix, FootageFromOutsideTheAgreedHoursIsNeitherPlayedNorTakenAway) {
  world->quietly([&](store::WriteSession& s) {
    return s.run("update agreement set hours = '22:00-05:00' where id = $1", {own.agreement}).error();
  });
  const access::UserId user = world->person("xem.dem", {"XAC_MINH"}, own.ward);
  const std::string address = "/api/v1/cameras/" + own.camera.to_string() + "/clip.mp4";
  const RouteRow* clip = find_route("GET", address).row;
  const auto play = [&](const char* from, const char* to, const char* more = "") {
    const std::string purpose = world->purpose_of(user).to_string();
    return outcome(
        ask(*clip, address + "?purpose=" + purpose + "&from=" + from + "&to=" + to + more, world->log_in(user), ""));
  };
  // In Viet Nam it is seven hours later.
  EXPECT_EQ(play("2026-03-19T16:00:00Z", "2026-03-19T17:30:00Z"), "in") << "23:00 to 0:30";
  EXPECT_EQ(play("2026-03-20T02:00:00Z", "2026-03-20T02:10:00Z"), "not_agreed") << "9:00 to 9:10";
  EXPECT_EQ(play("2026-03-20T02:00:00Z", "2026-03-20T02:10:00Z", "&download=1"), "not_agreed");
  EXPECT_EQ(play("2026-03-19T21:50:00Z", "2026-03-19T22:10:00Z"), "not_agreed") << "4:50 to 5:10";
  // Pictures of events too, when it is the hour to look at all.
  const RouteRow* thumbnail = find_route("GET", "/api/v1/events/41/thumbnail.jpg").row;
  const access::UserId guard = world->person("truc.dem", {"TRUC"}, own.ward);
  world->quietly([&](store::WriteSession& s) {
    return s.run("update agreement set hours = '16:00-17:00, 22:00-05:00' where id = $1", {own.agreement}).error();
  });
  const auto picture = [&](const char* filmed) {
    clips.filmed = *base::parse_iso8601(filmed);
    return outcome(ask(*thumbnail, "/api/v1/events/41/thumbnail.jpg", world->log_in(guard), ""));
  };
  EXPECT_EQ(picture("2026-03-19T16:00:00Z"), "in") << "23:00";
  EXPECT_EQ(picture("2026-03-20T05:00:00Z"), "not_agreed") << "12:00";
}

TEST_P(AccessMatrix, ARevokedGrantCutsWhatIsUnderWayAtTheNextLook) {
  const access::UserId user = world->person("doi.viec", {"TRUC"}, own.ward);
  const RouteRow* snapshot = find_route("GET", "/api/v1/cameras/" + own.camera.to_string() + "/snapshot.jpg").row;
  const auto permit = permits->issue(snapshot->demand, about(world->log_in(user), own.camera));
  permits->recheck();
  EXPECT_TRUE(permit->valid());
  world->write([&](store::WriteSession& s) -> base::Status {
    VG_ASSIGN(const auto grants, access::grants_of(s, user, s.now()));
    return access::revoke_grant(s, grants.at(0).id);
  });
  permits->recheck();
  EXPECT_FALSE(permit->valid());
}

TEST_P(AccessMatrix, EveryTopicOfTheFeedForEveryRoleAndPlaceIsHeardAsItsRowSays) {
  FeedRounds rounds(*world->office);
  int number = 0, asked = 0;
  for (const access::Role& role : access::roles()) {
    for (const Place place : kPlaces) {
      const std::optional<base::Uuid> area = place == Place::kParent ? base::Uuid(province) : base::Uuid(own.ward);
      const access::UserId user = world->person("nghe" + std::to_string(++number), {std::string(role.code)}, area);
      if (place == Place::kRevoked) revoke_grants_of(user);
      const std::string token = world->token_of(user, access::all_actions());
      FeedAsk ask;
      ask.room = FeedRounds::kPage;
      ask.at = FeedPosition{*world->office->newest_change(), 0};
      NewsShelf shelf;
      tell_every_topic(place, shelf);
      for (const bool by_token : {false, true}) {
        ask.credentials = {};
        (by_token ? ask.credentials.token : ask.credentials.session) = by_token ? token : world->log_in(user);
        const auto answers = rounds.take({ask}, shelf);
        ASSERT_TRUE(answers.ok()) << answers.error().to_string();
        EXPECT_FALSE(answers->at(0).ended.has_value());
        const std::set<std::string> heard = topics_in(answers->at(0));
        for (const FeedTopic& topic : feed_topics()) {
          ++asked;
          EXPECT_EQ(heard.contains(std::string(topic.topic)), may_hear(topic.demand, role, place))
              << topic.topic << " as " << role.code << (by_token ? " (token)" : "") << ", " << name_of(place);
        }
      }
    }
  }
  EXPECT_GT(asked, 4000);
}

TEST_P(AccessMatrix, ATopicOfTheFeedAsksForWhatReadingItsThingAsksFor) {
  for (const FeedTopic& topic : feed_topics()) {
    if (topic.demand.object == gate::ObjectKind::kNone) continue;
    bool found = false;
    for (const RouteRow& row : route_table()) {
      found = found || (row.method == "GET" && row.demand.object == topic.demand.object &&
                        row.demand.action == topic.demand.action);
    }
    const bool of_status = topic.demand.action == access::Action::kStatusRead;  // the status is a list
    EXPECT_TRUE(found || of_status || topic.topic == "party.account" || topic.topic == "site.proposed") << topic.topic;
  }
}

INSTANTIATE_TEST_SUITE_P(sqlite, AccessMatrix, testing::Values(store::Engine::kSqlite));
INSTANTIATE_TEST_SUITE_P(postgresql, AccessMatrix, testing::Values(store::Engine::kPostgres));

}  // namespace
}  // namespace vonggac::api
