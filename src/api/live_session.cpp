#include "api/live_session.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <deque>
#include <map>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>

#include "api/live_control.h"
#include "base/log.h"
#include "live/tile_muxer.h"
#include "live/viewer_queue.h"

namespace vonggac::api {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using ErrorCode = boost::system::error_code;

constexpr std::size_t kMaxTiles = 64;
constexpr int kMaxCommandsPerSecond = 50;
constexpr auto kSessionTick = std::chrono::seconds(1);
constexpr SocketLimits kLiveLimits{.command_bytes = 4096, .send_buffer_bytes = 256 << 10};

struct Outgoing {
  std::uint8_t tile = 0;
  bool is_text = false;
  std::string text;
  base::Bytes head;
  media::SharedBytes payload;
};

struct Tile {
  base::CameraId camera;
  media::StreamRole role = media::StreamRole::kSub;
  LiveHub::Ticket ticket = 0;                  ///< 0: paused, or not admitted yet
  std::uint64_t asked = 0;                     ///< number of the question whether it may be watched
  std::shared_ptr<const gate::Permit> permit;  ///< none: not admitted yet
  live::TileMuxer muxer;
  bool has_init = false;
  bool cut_before = false;
  bool paused = false;
};

base::Bytes framed(std::uint8_t kind, std::uint8_t tile, base::ByteSpan bytes) {
  base::Bytes out(2 + bytes.size());
  out[0] = kind;
  out[1] = tile;
  std::copy(bytes.begin(), bytes.end(), out.begin() + 2);
  return out;
}

class LiveSession final : public Connection, public LiveSink, public std::enable_shared_from_this<LiveSession> {
 public:
  LiveSession(ClientStream stream, ServerContext& context, std::shared_ptr<ConnectionSlot> slot,
              std::shared_ptr<PersonSlot> share, gate::Credentials credentials)
      : context_(context),
        slot_(std::move(slot)),
        share_(std::move(share)),
        credentials_(std::move(credentials)),
        socket_(std::move(stream)),
        timer_(socket_.get_executor()) {
    context_.connections.insert(this);
    ++context_.stats.viewers;
  }
  ~LiveSession() override {
    leave_hub();
    context_.connections.erase(this);
    --context_.stats.viewers;
  }

  void start(UpgradeRequest request) {
    set_up(socket_, kLiveLimits);
    request_ = std::move(request);
    socket_.async_accept(request_, [self = shared_from_this()](const ErrorCode& error) {
      if (error) return;
      self->open_ = true;
      self->read();
      self->tick();
    });
  }

  void close() override { end(); }

  void on_parameters(std::uint8_t tile, std::shared_ptr<const media::TrackParameters> parameters) override {
    queue_.push_parameters(tile, std::move(parameters), now());
    pump();
  }
  void on_unit(std::uint8_t tile, const media::AccessUnit& unit) override {
    queue_.push_unit(tile, unit, now());
    pump();
  }
  void on_ended(std::uint8_t tile, const std::string& reason, const std::string&) override {
    drop_tile(tile);
    say(tile, live_ended_text(tile, reason));
  }

 private:
  base::MonoTime now() const { return context_.clock.mono_now(); }

  void read() {
    socket_.async_read(buffer_, [self = shared_from_this()](const ErrorCode& error, std::size_t) {
      if (error) {
        self->end();
        return;
      }
      self->on_message();
    });
  }

  void on_message() {
    const bool is_text = socket_.got_text();
    const std::string text = beast::buffers_to_string(buffer_.data());
    buffer_.consume(buffer_.size());
    if (!is_text || ++commands_this_second_ > kMaxCommandsPerSecond) {
      refuse(is_text ? "too many commands" : "only text is understood");
      return;
    }
    const base::Result<LiveCommand> command = parse_live_command(text);
    if (command) {
      obey(*command);
    } else {
      say(0, live_error_text(command.error().message()));
    }
    if (open_) read();
  }

  void obey(const LiveCommand& command) {
    switch (command.op) {
      case LiveOp::kSubscribe:
        subscribe(command);
        return;
      case LiveOp::kUnsubscribe:
        drop_tile(command.tile);
        return;
      case LiveOp::kPause:
        pause(command.tile);
        return;
      case LiveOp::kResume:
        resume(command.tile);
        return;
    }
  }

  void subscribe(const LiveCommand& command) {
    drop_tile(command.tile);
    if (tiles_.size() >= kMaxTiles) {
      say(command.tile, live_ended_text(command.tile, "too_many_tiles"));
      return;
    }
    Tile& tile = tiles_[command.tile];
    ++context_.stats.tiles;
    tile.camera = command.camera;
    tile.role = command.role;
    tile.asked = ++questions_;
    context_.routes.admit_tile(
        credentials_, command.camera,
        [weak = weak_from_this(), number = command.tile, asked = tile.asked](std::shared_ptr<gate::Permit> permit) {
          if (const auto self = weak.lock()) self->on_admission(number, asked, std::move(permit));
        });
  }

  /// The tile may show something else by now, or nothing.
  void on_admission(std::uint8_t number, std::uint64_t asked, std::shared_ptr<gate::Permit> permit) {
    const auto tile = tiles_.find(number);
    if (!open_ || tile == tiles_.end() || tile->second.asked != asked) return;
    if (!permit) {
      refuse_tile(number);
      return;
    }
    tile->second.permit = std::move(permit);
    if (!tile->second.paused) attach(number);
  }

  /// The same words for a camera that is somebody else's and for one that does not exist.
  void refuse_tile(std::uint8_t number) {
    drop_tile(number);
    say(number, live_ended_text(number, "not_allowed"));
  }

  void end_revoked_tiles() {
    std::vector<std::uint8_t> revoked;
    for (const auto& [number, tile] : tiles_) {
      if (tile.permit && !tile.permit->valid()) revoked.push_back(number);
    }
    for (const std::uint8_t number : revoked) refuse_tile(number);
  }

  void attach(std::uint8_t number) {
    // The hub delivers the first pictures from inside attach: the ticket is only known afterwards.
    const Tile wanted = tiles_[number];
    const LiveHub::Ticket ticket = context_.hub.attach(wanted.camera, wanted.role, *this, number);
    const auto tile = tiles_.find(number);
    if (tile == tiles_.end()) {  // its parameters could not be muxed
      context_.hub.detach(ticket);
    } else {
      tile->second.ticket = ticket;
    }
  }

  void pause(std::uint8_t number) {
    const auto tile = tiles_.find(number);
    if (tile == tiles_.end() || std::exchange(tile->second.paused, true)) return;
    context_.hub.detach(std::exchange(tile->second.ticket, 0));
    forget_media(number);
  }

  void resume(std::uint8_t number) {
    const auto tile = tiles_.find(number);
    if (tile == tiles_.end() || !std::exchange(tile->second.paused, false)) return;
    tile->second.cut_before = true;
    if (tile->second.permit) attach(number);
  }

  void drop_tile(std::uint8_t number) {
    const auto tile = tiles_.find(number);
    if (tile == tiles_.end()) return;
    context_.hub.detach(tile->second.ticket);
    tiles_.erase(tile);
    --context_.stats.tiles;
    forget_media(number);
  }

  void forget_media(std::uint8_t number) {
    queue_.forget_tile(number);
    std::erase_if(ready_, [number](const Outgoing& message) { return message.tile == number && !message.is_text; });
  }

  void say(std::uint8_t tile, std::string text) {
    queue_.push_text(tile, std::move(text), now());
    pump();
  }

  /// Writes the next message; on completion it comes back here. Never two writes at once.
  void pump() {
    count_queue();
    if (writing_ || !open_) return;
    while (ready_.empty()) {
      std::optional<live::QueueItem> item = queue_.pop(now());
      if (!item) return;
      prepare(*item);
      if (ready_.empty()) queue_.sent(now());  // nothing to write came of it
    }
    current_ = std::move(ready_.front());
    ready_.pop_front();
    writing_ = true;
    const auto done = [self = shared_from_this()](const ErrorCode& error, std::size_t) { self->on_written(error); };
    if (current_.is_text) {
      socket_.text(true);
      socket_.async_write(asio::buffer(current_.text), done);
      return;
    }
    socket_.binary(true);
    std::array<asio::const_buffer, 2> parts{asio::buffer(current_.head), asio::const_buffer()};
    if (current_.payload) parts[1] = asio::buffer(current_.payload->data(), current_.payload->size());
    socket_.async_write(parts, done);
  }

  void on_written(const ErrorCode& error) {
    writing_ = false;
    current_ = {};
    if (error) {
      end();
      return;
    }
    queue_.sent(now());
    pump();
  }

  void prepare(live::QueueItem& item) {
    if (item.kind == live::ItemKind::kText) {
      Outgoing message;
      message.tile = item.tile;
      message.is_text = true;
      message.text = std::move(item.text);
      ready_.push_back(std::move(message));
      return;
    }
    const auto tile = tiles_.find(item.tile);
    if (tile == tiles_.end()) return;
    if (item.kind == live::ItemKind::kParameters) {
      prepare_init(item.tile, tile->second, *item.parameters);
    } else if (tile->second.has_init) {
      const bool cut_before = std::exchange(tile->second.cut_before, false) || item.after_drop;
      live::LiveFragment fragment = tile->second.muxer.fragment(item.unit, cut_before);
      Outgoing message;
      message.tile = item.tile;
      message.head = framed(kFragmentFrame, item.tile, fragment.head);
      message.payload = std::move(fragment.payload);
      ready_.push_back(std::move(message));
    }
  }

  void prepare_init(std::uint8_t number, Tile& tile, const media::TrackParameters& parameters) {
    const base::Result<live::LiveInit> init = tile.muxer.set_parameters(parameters);
    Outgoing text;
    text.tile = number;
    text.is_text = true;
    if (!init) {
      base::log::warning("api", "live view of {}: {}", tile.camera.to_string(), init.error().message());
      drop_tile(number);
      text.text = live_ended_text(number, "unsupported_codec");
      ready_.push_back(std::move(text));
      return;
    }
    tile.has_init = true;
    text.text = live_init_text(number, tile.camera, *init);
    ready_.push_back(std::move(text));
    Outgoing message;
    message.tile = number;
    message.head = framed(kInitFrame, number, init->bytes);
    ready_.push_back(std::move(message));
  }

  void tick() {
    commands_this_second_ = 0;
    timer_.expires_after(kSessionTick);
    timer_.async_wait([self = shared_from_this()](const ErrorCode& error) {
      if (error || !self->open_) return;
      if (self->queue_.must_cut(self->now())) {
        base::log::info("api", "a viewer that does not read was disconnected");
        ++self->context_.stats.viewers_cut;
        self->end();
        return;
      }
      self->end_revoked_tiles();
      self->tick();
    });
  }

  void count_queue() {
    const live::QueueStats& stats = queue_.stats();
    context_.stats.units_sent += stats.units_sent - counted_.units_sent;
    context_.stats.units_dropped += stats.units_dropped - counted_.units_dropped;
    counted_ = stats;
  }

  void refuse(const char* why) {
    base::log::info("api", "a live socket was closed: {}", why);
    end();
  }

  void leave_hub() {
    for (const auto& entry : tiles_) context_.hub.detach(entry.second.ticket);
    context_.stats.tiles -= tiles_.size();
    tiles_.clear();
  }

  /// Ends the connection at once. A polite close could wait for a peer that does not read.
  void end() {
    open_ = false;
    leave_hub();
    timer_.cancel();
    beast::get_lowest_layer(socket_).close();
  }

  ServerContext& context_;
  std::shared_ptr<ConnectionSlot> slot_;
  std::shared_ptr<PersonSlot> share_;
  gate::Credentials credentials_;
  std::uint64_t questions_ = 0;
  WebSocket socket_;
  asio::steady_timer timer_;
  UpgradeRequest request_;
  beast::flat_buffer buffer_;
  live::ViewerQueue queue_{live::QueueLimits{}};
  live::QueueStats counted_;
  std::map<std::uint8_t, Tile> tiles_;
  std::deque<Outgoing> ready_;
  Outgoing current_;
  int commands_this_second_ = 0;
  bool writing_ = false;
  bool open_ = false;
};

}  // namespace

void start_live_session(ClientStream stream, UpgradeRequest request, ServerContext& context,
                        std::shared_ptr<ConnectionSlot> slot, std::shared_ptr<PersonSlot> share,
                        gate::Credentials credentials) {
  std::make_shared<LiveSession>(std::move(stream), context, std::move(slot), std::move(share), std::move(credentials))
      ->start(std::move(request));
}

}  // namespace vonggac::api
